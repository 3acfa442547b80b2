"""Messages between people: what one got and sent, sending to people, departments and groups, marking as read."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Select, func, literal, select, text
from sqlalchemy.orm import Session

from crm_desktop.core.errors import Attempt
from crm_desktop.core.i18n import N_, _
from crm_desktop.db.engine import ATTEMPT
from crm_desktop.models import Department, Employee, PermissionGroup
from crm_desktop.models import Message as Row
from crm_desktop.services.statements import display_of
from crm_desktop.spec import Ref

MOST = 200
"""Messages that are shown at once."""
_SENTENCES = {
    "invitation": N_("Invitation: {what}"),
    "accepted": N_("Accepted: {what}"),
    "declined": N_("Declined: {what}"),
    "moved": N_("Moved or changed: {what}"),
    "cancelled": N_("Cancelled: {what}"),
    "released": N_("You need not take part any more: {what}"),
    "restored": N_("Takes place after all: {what}"),
    "task_given": N_("New task for you: {what}"),
    "task_done": N_("Task done: {what}"),
    "task_returned": N_("Task given back: {what}"),
    "task_answered": N_("Feedback on a task: {what}"),
    "request_soon": N_("About to breach its target: {what}"),
    "request_breached": N_("Has breached its target: {what}"),
    "submitted": N_("Work log submitted: {what}"),
    "commented": N_("Comment on a work log: {what}"),
}
_OUT_OF_SIGHT = {"cancelled", "released"}
Folder = Literal["in", "unread", "sent"]


@dataclass(frozen=True, slots=True)
class Message:
    """One's copy of a message. ``sender`` is empty for the program; ``entity`` names the record it is about, if any."""

    id: int
    kind: str
    """``personal mention notice``, or one of those that the program tells."""
    sender_id: int | None
    sender: str
    receivers: str
    body: str
    entity: str | None
    record_id: int | None
    sent_at: datetime.datetime
    read_at: datetime.datetime | None

    @property
    def words(self) -> str:
        """What it says; of what the program tells the body is only about what."""
        return _(_SENTENCES[self.kind]).format(what=self.body) if self.kind in _SENTENCES else self.body

    @property
    def can_be_opened(self) -> bool:
        """Whether it is about a record that is still there for its reader, as far as it knows."""
        return bool(self.entity) and self.kind not in _OUT_OF_SIGHT


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who can be written to: an employee, a department with those below it, a permission group."""

    kind: str
    """``employee department group``."""
    ref: Ref


def select_messages(folder: Folder, most: int = MOST) -> Select[Any]:
    """The fields of ``Message``, newest first; row security shows only one's own."""
    columns: tuple[Any, ...] = (
        Row.id, Row.kind, Row.sender_id, func.coalesce(Employee.name, "").label("sender"), Row.receivers, Row.body,
        Row.entity, Row.record_id, Row.sent_at, Row.read_at,
    )  # fmt: skip
    statement = (
        select(*columns)
        .outerjoin(Employee, Employee.id == Row.sender_id)
        .where(Row.is_sent.is_(folder == "sent"))
        .order_by(Row.sent_at.desc(), Row.id.desc())
        .limit(most)
    )
    return statement.where(Row.read_at.is_(None)) if folder == "unread" else statement


def fetch_messages(session: Session, folder: Folder, most: int = MOST) -> list[Message]:
    """The newest ones. One statement."""
    return [Message(*row) for row in session.execute(select_messages(folder, most))]


def count_unread(session: Session) -> int:
    """How many wait to be read. One statement."""
    count: int = session.execute(select(func.count()).select_from(Row).where(Row.read_at.is_(None))).scalar_one()
    return count


def fetch_receivers(session: Session) -> list[Receiver]:
    """Everybody who can be written to: people first, then departments, then groups. One statement."""
    people = select(
        literal("employee"), Employee.id, Employee.name, Employee.sort_key, literal(0).label("place")
    ).where(Employee.is_active, Employee.login.is_not(None), Employee.is_pool.is_(False), Employee.id != func.crm.me())
    departments = select(literal("department"), Department.id, Department.name, Department.name, literal(1))
    groups = select(literal("group"), PermissionGroup.id, display_of(PermissionGroup), PermissionGroup.name, literal(2))
    rows = session.execute(people.union_all(departments, groups).order_by(text("place, sort_key, id")))
    return [Receiver(kind, Ref(id_, name)) for kind, id_, name, _key, _place in rows]


def send(
    session: Session, receivers: Sequence[Receiver], body: str, entity: str | None = None, record_id: int | None = None
) -> int:
    """Send to all of them; how many people got it. One statement; raises NoRightError for a record out of sight."""
    ids = {kind: [one.ref.id for one in receivers if one.kind == kind] for kind in ("employee", "department", "group")}
    count, transaction = session.execute(
        text(
            "select crm.send_message(:body, :employee, :department, :group, :entity, :record),"
            " pg_current_xact_id()::text::bigint"
        ),
        {"body": body.strip(), **ids, "entity": entity, "record": record_id},
    ).one()
    session.info[ATTEMPT] = Attempt(0, transaction)
    return int(count)


def mark_read(session: Session, ids: Sequence[int]) -> None:
    """They have been read. One statement."""
    session.execute(text("select crm.mark_messages(:ids, false)"), {"ids": list(ids)})


def delete_messages(session: Session, ids: Sequence[int]) -> None:
    """Throw one's own copies away; others keep theirs. One statement."""
    session.execute(text("select crm.mark_messages(:ids, true)"), {"ids": list(ids)})


def note_announcement_read(session: Session, id_: int) -> None:
    """The person has read an announcement. One statement."""
    session.execute(text("select crm.note_announcement_read(:id)"), {"id": id_})


def in_short(message: Message) -> str:
    """Who it comes from."""
    return message.sender or _("The program")
