"""What an administrator does beyond saving records: logins, groups and their grants, the order of choices.

The database guards all of it; whoever may not gets a NoRightError.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import any_, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.core.text import pinyin
from crm_desktop.db.scram import scram_verifier
from crm_desktop.entities import ALL_ENTITIES, by_key, guard_of
from crm_desktop.models import Employee, GroupMember, PermissionGroup
from crm_desktop.services.administrators import check_somebody_administers
from crm_desktop.services.journal import begin_change
from crm_desktop.services.records import Record, fetch_records, save_record
from crm_desktop.services.statements import display_of
from crm_desktop.spec import Ref, facts

SHORTEST_PASSWORD = 8


def suggest_login(name: str) -> str:
    """A login for a name: its pinyin without blanks, in small letters of ASCII."""
    letters = "".join(pinyin(name.lower()))
    return "".join(c for c in letters if c.isascii() and c.isalnum())[:63]


def create_login(session: Session, employee: Record, login: str, password: str) -> Record:
    """Let an employee sign in; returns his record with the login. Only a verifier of the password leaves this PC."""
    check_password(password)
    saved = save_record(session, employee, {"login": login})
    session.execute(
        text("select crm.create_login(:login, :verifier)"), {"login": login, "verifier": scram_verifier(password)}
    )
    return saved


def set_password(session: Session, login: str, password: str) -> None:
    """Give a login another password: one's own, or as administrator anybody's."""
    check_password(password)
    session.execute(
        text("select crm.set_login_password(:login, :verifier)"), {"login": login, "verifier": scram_verifier(password)}
    )


def check_password(password: str) -> None:
    """Raise ``KnownError`` for a password that is too short to be one."""
    if len(password) < SHORTEST_PASSWORD:
        raise KnownError(
            _("The password is too short."),
            _("Choose one of at least {count} characters.").format(count=SHORTEST_PASSWORD),
        )


def set_active(session: Session, employee: Record, *, is_active: bool) -> Record:
    """Lock or unlock an employee; the database locks his login with him."""
    saved = save_record(session, employee, {"is_active": is_active})
    check_somebody_administers(session)
    return saved


def fetch_groups(session: Session) -> list[Ref]:
    """All permission groups. One statement."""
    rows = session.execute(select(PermissionGroup.id, display_of(PermissionGroup)).order_by(PermissionGroup.id))
    return [Ref(id_, name) for id_, name in rows]


def fetch_groups_of(session: Session, employee_id: int) -> frozenset[int]:
    """The ids of an employee's groups. One statement."""
    return frozenset(session.scalars(select(GroupMember.group_id).where(GroupMember.employee_id == employee_id)))


def fetch_members(session: Session, group_id: int) -> list[Ref]:
    """The employees of a group in pinyin order. One statement."""
    rows = session.execute(
        select(Employee.id, Employee.name)
        .join(GroupMember, GroupMember.employee_id == Employee.id)
        .where(GroupMember.group_id == group_id)
        .order_by(Employee.sort_key, Employee.id)
    )
    return [Ref(id_, name) for id_, name in rows]


def save_groups_of(
    session: Session, employee: Record, group_ids: Collection[int], *, may_lose_own: bool = False
) -> int:
    """Put an employee into exactly these groups; returns the change set. Raises ``OwnRightsError``."""
    change_set = begin_change(session, "edit", employee.title, employee.entity)
    _keep_members(session, GroupMember.employee_id, employee.id, GroupMember.group_id, group_ids)
    check_somebody_administers(session, may_lose_own=may_lose_own)
    return change_set


def save_members(session: Session, group: Record, employee_ids: Collection[int], *, may_lose_own: bool = False) -> int:
    """Make exactly these employees members of a group; returns the change set. Raises ``OwnRightsError``."""
    change_set = begin_change(session, "edit", group.title, group.entity)
    _keep_members(session, GroupMember.group_id, group.id, GroupMember.employee_id, employee_ids)
    check_somebody_administers(session, may_lose_own=may_lose_own)
    return change_set


def _keep_members(session: Session, fixed: Any, fixed_id: int, other: Any, wanted: Collection[int]) -> None:
    held = frozenset(session.scalars(select(other).where(fixed == fixed_id)))
    gone, new = held - frozenset(wanted), frozenset(wanted) - held
    if new:  # first: who leaves the administrators himself may not add anything afterwards
        session.execute(insert(GroupMember), [{fixed.key: fixed_id, other.key: id_} for id_ in sorted(new)])
    if gone:
        removed = delete(GroupMember).where(fixed == fixed_id, other == any_(literal(sorted(gone), ARRAY(BigInteger))))
        session.execute(removed.execution_options(synchronize_session=False))


def save_order(session: Session, parent: Record, part: str, ids: Sequence[int]) -> int:
    """Give the parts of a record this order, such as the entries of a dictionary; returns the change set. Two
    statements.
    """
    change_set = begin_change(session, "edit", parent.title, parent.entity)
    model, is_part = _parts_of(part, parent.id)
    given = literal(list(ids), ARRAY(BigInteger))
    order = func.array_position(given, model.id) - 1
    statement = update(model).where(is_part, model.id == any_(given), model.sort_order != order)
    session.execute(statement.values(sort_order=order).execution_options(synchronize_session=False))
    return change_set


def fetch_owned(session: Session, employee_id: int) -> dict[str, int]:
    """How many records belong to an employee, by entity, also out of the asker's sight. One statement.

    Raises NoRightError for who may not keep employees.
    """
    keys = {spec.model.__tablename__: spec.key for spec in ALL_ENTITIES}
    rows = session.execute(text("select * from crm.owned_counts(:person)"), {"person": employee_id})
    return {keys[row.table_name]: row.owned for row in rows if row.table_name in keys}


def fetch_owned_ids(session: Session, entity: str, employee_id: int) -> list[int]:
    """The records of an employee that the person of this session sees. One statement."""
    spec = by_key(entity)
    model: Any = spec.model
    owner = model.__table__.c[guard_of(spec).owner_column]
    return list(session.scalars(select(model.id).where(owner == employee_id).order_by(model.id)))


def fetch_ordered(session: Session, part: str, parent_id: int) -> list[Record]:
    """The parts of a record in their order, such as the entries of a dictionary. Two statements."""
    model, is_part = _parts_of(part, parent_id)
    ids = session.scalars(select(model.id).where(is_part).order_by(model.sort_order, model.id)).all()
    parts = fetch_records(session, part, ids)
    return [parts[id_] for id_ in ids if id_ in parts]


def _parts_of(part: str, parent_id: int) -> tuple[Any, Any]:
    """The model of a kind of parts, and the condition that they are those of one record."""
    spec = by_key(part)
    assert spec.part_of is not None
    model: Any = spec.model
    return model, getattr(model, facts(spec.part_of).column) == parent_id
