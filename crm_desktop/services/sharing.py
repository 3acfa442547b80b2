"""Lending records to people and departments, giving them to another owner, and whose they were before.

The database guards all of it (``db/sql/sharing.sql``); a rehearsal says beforehand what would stay as it is.
"""

from __future__ import annotations

import datetime
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Select, String, any_, case, column, func, literal, literal_column, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Session, aliased
from sqlalchemy.types import BigInteger

from crm_desktop.core.access import Function, Person
from crm_desktop.core.i18n import N_, _
from crm_desktop.db.guard import may_change_hands
from crm_desktop.entities import ALL_ENTITIES, by_key, guard_of
from crm_desktop.models import Department, Employee, Share
from crm_desktop.services import bulk, journal, search
from crm_desktop.services.bulk import Changed, Rehearsal, Targets
from crm_desktop.services.bulk_steps import Action, Step
from crm_desktop.services.listing import packed, unpacked
from crm_desktop.spec import EntitySpec, Ref, facts

COLLABORATORS = N_("Collaborators")
"""The employees with whom a record is shared to write."""
Owners = dict[tuple[str, str], tuple[int, ...]]
"""By entity and verb: the employees whose records somebody reaches."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """With whom a record is shared: an employee, or a department and those below it."""

    ref: Ref
    is_department: bool = False


@dataclass(frozen=True, slots=True)
class Lending:
    """One share of a record. ``ends_at`` is None for one that holds until it is taken back."""

    id: int
    receiver: Receiver
    may_write: bool
    shared_by: str
    shared_at: datetime.datetime
    ends_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class EndedLending:
    """A share that holds no more. ``ended_by`` is empty for one that ran out."""

    name: str
    may_write: bool
    shared_at: datetime.datetime
    ended_at: datetime.datetime
    ended_by: str


@dataclass(frozen=True, slots=True)
class Tenure:
    """From when until when somebody owned a record; ``until`` is None for who owns it now."""

    owner: str
    since: datetime.datetime
    until: datetime.datetime | None


def is_shareable(spec: EntitySpec) -> bool:
    """Whether records of this kind have an owner of their own; parts are lent with what they belong to."""
    guard = guard_of(spec)
    return guard.rule == "owned" and guard.parent_table is None


def fetch_lent(session: Session) -> frozenset[str]:
    """Of which entities somebody has shared records with the person of this session. One statement."""
    return frozenset(session.execute(text("select crm.shared_tables()")).scalar_one())


def fetch_owners(session: Session) -> Owners:
    """Whose records the person of this session reaches now. One statement."""
    scopes = session.execute(text("select entity, verb, owner_ids from crm.my_scopes()"))
    return {(row.entity, row.verb): tuple(row.owner_ids) for row in scopes}


def select_lendings(entity: str, id_: int) -> Select[Any]:
    """What ``lending_of`` reads, for each share of a record that holds now, people first."""
    sharer = aliased(Employee)
    columns: tuple[Any, ...] = (
        Share.id,
        func.coalesce(Share.department_id, Share.employee_id).label("whom"),
        func.coalesce(Department.name, Employee.name).label("name"),
        Share.department_id.is_not(None).label("is_department"),
        Share.may_write,
        func.coalesce(sharer.name, "").label("shared_by"),
        Share.shared_at,
        Share.ends_at,
    )
    return (
        select(*columns)
        .outerjoin(Employee, Employee.id == Share.employee_id)
        .outerjoin(Department, Department.id == Share.department_id)
        .outerjoin(sharer, sharer.id == Share.shared_by_id)
        .where(Share.entity == entity, Share.record_id == id_)
        .where((Share.ends_at > func.now()) | Share.ends_at.is_(None))
        .order_by(Share.department_id.is_not(None), Share.shared_at, Share.id)
    )


def lending_of(row: Any) -> Lending:
    """The share that a row of ``select_lendings`` tells of."""
    id_, whom, name, is_department, *terms = row
    return Lending(id_, Receiver(Ref(whom, name), is_department), *terms)


def fetch_lendings(session: Session, entity: str, id_: int) -> list[Lending]:
    """With whom a record is shared now. One statement."""
    return [lending_of(row) for row in session.execute(select_lendings(entity, id_))]


def select_ended(entity: str, id_: int) -> Select[Any]:
    """The fields of ``EndedLending`` for each share of a record that holds no more, the latest first."""
    moment = TIMESTAMP(timezone=True)
    ended = func.crm.ended_shares(entity, id_).table_valued(
        column("whom", String),
        column("may_write", Boolean),
        column("shared_at", moment),
        column("ended_at", moment),
        column("ended_by", String),
    )
    return select(
        ended.c.whom, ended.c.may_write, ended.c.shared_at, ended.c.ended_at, func.coalesce(ended.c.ended_by, "")
    )


def fetch_ended(session: Session, entity: str, id_: int) -> list[EndedLending]:
    """With whom a record was shared before. One statement."""
    return [EndedLending(*row) for row in session.execute(select_ended(entity, id_))]


def find_people(session: Session, typed: str, person: Person) -> list[Ref]:
    """Those who work here now and are found by ``typed``. Two statements."""
    hits = search.find(session, "employee", typed, person)
    here = select(Employee.id).where(
        Employee.is_active, Employee.is_pool.is_(False), Employee.id.in_(h.id for h in hits)
    )
    working = set(session.scalars(here))
    return [Ref(hit.id, hit.title) for hit in hits if hit.id in working]


def may_share(session: Session, entity: str, id_: int) -> bool:
    """Whether the person of this session may share the record. One statement."""
    asked = text("select crm.may_share(:entity, :id)")
    return bool(session.execute(asked, {"entity": entity, "id": id_}).scalar_one())


def rehearse_share(session: Session, entity: str, ids: Sequence[int]) -> Rehearsal:
    """Which of the records the person of this session may share. One statement."""
    spec = by_key(entity)
    rows: Any = spec.model.__table__
    fate = case((literal_column(f"({may_change_hands(guard_of(spec))})"), 1), else_=0).label("fate")
    judged = select(rows.c.id, fate).where(_among(rows.c.id, ids)).subquery()
    answer = session.execute(select(judged.c.fate, packed(judged)).group_by(judged.c.fate))
    found = {fate: unpacked(ids) for fate, ids in answer}
    targets = found.get(1, array("q"))
    kept = {_("You may not share them."): found[0]} if 0 in found else {}
    return Rehearsal(len(ids), Targets(targets, array("i", bytes(4 * len(targets)))), refused=kept)


def share(
    session: Session,
    entity: str,
    ids: Sequence[int],
    receivers: Sequence[Receiver],
    label: str,
    *,
    may_write: bool,
    ends_at: datetime.datetime | None = None,
) -> Changed:
    """Share records with people and departments; who has one already gets the new terms. A statement a receiver."""
    change_set = journal.begin_change(session, "share", label, entity)
    for receiver in receivers:
        _share_with(session, entity, ids, receiver, may_write=may_write, ends_at=ends_at)
    return Changed(change_set, len(ids), 0)


def _share_with(
    session: Session,
    entity: str,
    ids: Sequence[int],
    receiver: Receiver,
    *,
    may_write: bool,
    ends_at: datetime.datetime | None,
) -> None:
    column = "department_id" if receiver.is_department else "employee_id"
    session.execute(
        text(f"""
            insert into crm.share as s (entity, record_id, {column}, may_write, ends_at)
            select :entity, id, :receiver, :may_write, :ends_at from unnest(cast(:ids as bigint[])) id
            on conflict on constraint share_whom_key do update
              set may_write = excluded.may_write, ends_at = excluded.ends_at
              where (s.may_write, s.ends_at) is distinct from (excluded.may_write, excluded.ends_at)
        """),  # noqa: S608 - one of two columns
        {"entity": entity, "ids": list(ids), "receiver": receiver.ref.id, "may_write": may_write, "ends_at": ends_at},
    )


def end_share(session: Session, entity: str, share_ids: Sequence[int], label: str) -> Changed:
    """Take shares back. Two statements."""
    change_set = journal.begin_change(session, "share_end", label, entity)
    ended = session.execute(
        text("delete from crm.share where id = any (:ids) returning id"), {"ids": list(share_ids)}
    ).all()
    return Changed(change_set, len(ended), len(share_ids) - len(ended))


def rehearse_assign(session: Session, person: Person, entity: str, ids: Sequence[int], owner: Ref) -> Rehearsal:
    """What giving the records to ``owner`` would do. Three statements."""
    return bulk.rehearse(session, person, entity, [_step(by_key(entity), owner)], ids)


def assign(
    session: Session, person: Person, entity: str, targets: Targets, owner: Ref, label: str, *, keeps_me: bool = False
) -> Changed:
    """Give the records that the rehearsal found to ``owner``; what belongs to them follows.

    ``keeps_me`` makes the person a collaborator of those that were his. Four statements; what others changed since the
    rehearsal stays.
    """
    spec = by_key(entity)
    model: Any = spec.model
    owner_column = model.__table__.c[guard_of(spec).owner_column]
    change_set = journal.begin_change(session, "assign", label, entity)
    unchanged = list(bulk.lock_unchanged(session, entity, targets))
    if keeps_me:  # while they are still his to share
        mine = session.scalars(select(model.id).where(_among(model.id, unchanged), owner_column == person.id)).all()
        _share_with(session, entity, mine, Receiver(Ref(person.id, person.name)), may_write=True, ends_at=None)
    given = session.execute(
        update(model)
        .where(_among(model.id, unchanged))
        .values({owner_column.name: owner.id})
        .execution_options(synchronize_session=False)
    )
    count: int = given.rowcount  # type: ignore[attr-defined]
    return Changed(change_set, count, len(targets.ids) - count)


def may_assign_several(person: Person, entity: str) -> bool:
    """Whether the person may give several records to somebody at once."""
    return person.may_use(Function.BULK_EDIT, entity)


def may_claim(person: Person, entity: str) -> bool:
    """Whether the person may take records without owner for himself."""
    spec = by_key(entity)
    return is_shareable(spec) and person.may_use(Function.POOL, entity) and person.may("update", entity)


def rehearse_claim(session: Session, person: Person, entity: str, ids: Sequence[int]) -> Rehearsal:
    """Which of the records are in the public pool and can become the person's own. Two statements."""
    spec = by_key(entity)
    rows: Any = spec.model.__table__
    owner = rows.c[guard_of(spec).owner_column]
    pool = select(Employee.id).where(Employee.is_pool).scalar_subquery()
    taken = session.scalars(select(rows.c.id).where(_among(rows.c.id, ids), owner != pool)).all()
    left = set(taken)
    me = Ref(person.id, person.name)
    free = [id_ for id_ in ids if id_ not in left]
    found = bulk.rehearse(session, person, entity, [_step(spec, me)], free) if free else Rehearsal(0, bulk.NOTHING)
    refused = dict(found.refused)
    if left:
        refused[_("They have an owner.")] = array("q", taken)
    return Rehearsal(len(ids), found.targets, found.same, refused, found.examples)


def tenures_of(history: Sequence[journal.Change], spec: EntitySpec, owner_now: str) -> list[Tenure]:
    """Who owned a record from when until when, the latest first, as its history (newest first) tells."""
    owner_key = next(attr.key for attr in spec.labels if facts(attr).column == guard_of(spec).owner_column)
    owner, until = owner_now, None
    tenures: list[Tenure] = []
    for change in history:
        before = next((f.before for f in change.fields if f.key == owner_key), None)
        if before is not None:
            tenures.append(Tenure(owner, change.at, until))
            owner, until = before.label, change.at
        elif change.operation == "I":
            tenures.append(Tenure(owner, change.at, until))
    return tenures


def shareable_entities() -> tuple[str, ...]:
    """The keys of all entities whose records can be shared."""
    return tuple(spec.key for spec in ALL_ENTITIES if is_shareable(spec))


def _step(spec: EntitySpec, owner: Ref) -> Step:
    attr = next(attr for attr in spec.labels if facts(attr).column == guard_of(spec).owner_column)
    return Step(attr.key, Action.SET, owner)


def _among(key: Any, ids: Sequence[int]) -> Any:
    return key == any_(literal(list(ids), ARRAY(BigInteger)))
