"""What a grant means for people: said in sentences, and counted by the database for one employee."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from crm_desktop.core.access import Function, Grant, Scope, Verb
from crm_desktop.core.i18n import N_, _
from crm_desktop.entities import ALL_ENTITIES
from crm_desktop.models import Employee, GroupMember
from crm_desktop.services.grants import Cell, Subject, save_matrix
from crm_desktop.spec import Ref

_WHOSE = {
    Scope.OWN: N_("his own {things}"),
    Scope.TEAM: N_("his own {things} and those of his subordinates"),
    Scope.DEPARTMENT: N_("the {things} of his department"),
    Scope.DEPARTMENT_TREE: N_("the {things} of his department and those below it"),
    Scope.ALL: N_("all {things}"),
}
_MAY: Mapping[Verb, str] = {
    "read": N_("sees {whose}"),
    "create": N_("may create {whose}"),
    "update": N_("may change {whose}"),
    "delete": N_("may delete {whose}"),
}
_MAY_NOT: Mapping[Verb, str] = {
    "read": N_("sees none of the {things}"),
    "create": N_("may not create any"),
    "update": N_("may not change any"),
    "delete": N_("may not delete any"),
}


class Reach(NamedTuple):
    """How many records of a kind an employee reaches, by the sum of his groups and what is shared with him."""

    employee: Ref
    read: int
    update: int
    delete: int


def say_grant(subject: Subject, group: str, grant: Grant) -> str:
    """What a member of the group may do: ``Salesperson: sees his own customers; may not delete any.``."""
    parts = list(_verbs(subject, grant))
    functions = [_(f.label) for f in subject.functions if f in grant.functions and f is not Function.POOL]
    if functions:
        parts.append(_("may also use: {functions}").format(functions=_(", ").join(functions)))
    return _("{group}: {sentence}.").format(group=group, sentence=_("; ").join(parts))


def _verbs(subject: Subject, grant: Grant) -> Iterator[str]:
    things = _(subject.label).lower()
    for verb, words in _MAY.items():
        scope: Scope = getattr(grant, verb)
        if subject.is_common and verb == "read":
            scope = Scope.ALL  # everybody does
        whose = _(_WHOSE[scope]).format(things=things) if scope else ""
        if verb in ("read", "update") and Function.POOL in grant.functions and scope < Scope.ALL:
            pool = _("{things} of the public pool").format(things=things)
            whose = _("{whose}, and {pool}").format(whose=whose, pool=pool) if whose else pool
        yield _(words).format(whose=whose) if whose else _(_MAY_NOT[verb]).format(things=things)


def fetch_reach(session: Session, group_id: int, subject: Subject, employee: Ref | None) -> Reach | None:
    """What an employee reaches now; without one, the group's first member. None where there is nothing to count.

    Two statements; raises NoRightError for who may not administer the rights.
    """
    employee = employee or _first_member(session, group_id)
    table = next((spec.model.__tablename__ for spec in ALL_ENTITIES if spec.key == subject.key), None)
    if employee is None or table is None:
        return None
    asked = text("select * from crm.reach_counts(:table, :person)")
    row = session.execute(asked, {"table": table, "person": employee.id}).one_or_none()
    return Reach(employee, row.may_read, row.may_update, row.may_delete) if row is not None else None


def rehearse_reach(
    session: Session, changes: Mapping[Cell, Grant], group_id: int, subject: Subject, employee: Ref | None
) -> Reach | None:
    """What he would reach if these cells were saved. Writes them and takes them back; raises what saving raises."""
    trial = session.begin_nested()
    try:
        save_matrix(session, changes, "", may_lose_own=True)
        return fetch_reach(session, group_id, subject, employee)
    finally:
        trial.rollback()


def say_reach(reach: Reach, *, is_rehearsal: bool) -> str:
    """How many records that are: ``林平 now sees 123 of them, may change 120 and delete 0.``."""
    words = (
        _("{name} would see {read} of them, could change {update} and delete {delete}.")
        if is_rehearsal
        else _("{name} now sees {read} of them, may change {update} and delete {delete}.")
    )
    return words.format(
        name=reach.employee.label, read=f"{reach.read:,}", update=f"{reach.update:,}", delete=f"{reach.delete:,}"
    )


def _first_member(session: Session, group_id: int) -> Ref | None:
    row = session.execute(
        select(Employee.id, Employee.name)
        .join(GroupMember, GroupMember.employee_id == Employee.id)
        .where(GroupMember.group_id == group_id, Employee.is_active, Employee.login.is_not(None))
        .order_by(Employee.sort_key, Employee.id)
        .limit(1)
    ).one_or_none()
    return Ref(row.id, row.name) if row is not None else None
