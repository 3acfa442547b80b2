"""What people say about a record: everybody who sees the record reads and writes, each changes his own."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, delete, insert, select, update
from sqlalchemy.orm import Session

from crm_desktop.core.errors import ConflictError
from crm_desktop.core.i18n import _
from crm_desktop.db.errors import known_errors
from crm_desktop.models import Comment as Row
from crm_desktop.models import Employee
from crm_desktop.services.journal import begin_change
from crm_desktop.services.records import Record, refused_addition

LONGEST = 10_000
"""Characters of one comment."""


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment. ``edited_at`` is None where it still stands as it was written."""

    id: int
    version: int
    author_id: int
    author: str
    body: str
    at: datetime.datetime
    edited_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody whom a comment can name."""

    id: int
    name: str


def select_comments(entity: str, record_id: int) -> Select[Any]:
    """The fields of ``Comment`` for each one on a record, oldest first; none where the person may not see it."""
    edited_at = case((Row.version > 1, Row.updated_at)).label("edited_at")
    return (
        select(Row.id, Row.version, Row.author_id, Employee.name, Row.body, Row.created_at, edited_at)
        .join(Employee, Employee.id == Row.author_id)
        .where(Row.entity == entity, Row.record_id == record_id)
        .order_by(Row.id)
    )


def fetch_comments(session: Session, entity: str, record_id: int) -> list[Comment]:
    """The comments on a record. One statement."""
    return [Comment(*row) for row in session.execute(select_comments(entity, record_id))]


def fetch_colleagues(session: Session) -> list[Colleague]:
    """Everybody who works here and can be named, in the order of their names. One statement."""
    statement = (
        select(Employee.id, Employee.name)
        .where(Employee.is_active, Employee.login.is_not(None))
        .order_by(Employee.sort_key, Employee.id)
    )
    return [Colleague(*row) for row in session.execute(statement)]


def mentioned(body: str, colleagues: Sequence[Colleague]) -> list[int]:
    """Ids of those whom ``@name`` names. Of names that begin alike the longest counts: @王小明 does not mean 王小."""
    found: dict[int, None] = {}
    by_length = sorted(colleagues, key=lambda colleague: -len(colleague.name))
    rest = body
    for colleague in by_length:
        if (word := f"@{colleague.name}") in rest:
            found[colleague.id] = None
            rest = rest.replace(word, "\0")
    return [colleague.id for colleague in colleagues if colleague.id in found]


def add_comment(session: Session, record: Record, body: str) -> int:
    """Say something about a record; returns the change set. Three statements; raises RecordGoneError."""
    change_set = begin_change(session, "comment", record.title, record.entity)
    with refused_addition():
        session.execute(insert(Row).values(entity=record.entity, record_id=record.id, **_text(session, body)))
    return change_set


def change_comment(session: Session, record: Record, comment: Comment, body: str) -> int:
    """Say it otherwise; returns the change set. Raises ConflictError where it changed elsewhere or is not one's own."""
    change_set = begin_change(session, "comment", record.title, record.entity)
    statement = update(Row).where(Row.id == comment.id, Row.version == comment.version).values(**_text(session, body))
    with known_errors():
        _expect_one(session.execute(statement.execution_options(synchronize_session=False)))
    return change_set


def delete_comment(session: Session, record: Record, comment: Comment) -> int:
    """Take back one's own comment; returns the change set, by which it comes back."""
    change_set = begin_change(session, "uncomment", record.title, record.entity)
    statement = delete(Row).where(Row.id == comment.id)
    _expect_one(session.execute(statement.execution_options(synchronize_session=False)))
    return change_set


def _text(session: Session, body: str) -> Mapping[str, Any]:
    body = body.replace("\0", "").strip()[:LONGEST]
    return {"body": body, "mentions": mentioned(body, fetch_colleagues(session)) if "@" in body else []}


def _expect_one(result: Any) -> None:
    if result.rowcount != 1:
        raise ConflictError(
            _("This comment is no longer there, or was changed elsewhere."), _("The list shows what is there now.")
        )
