"""Changing and deleting many records as one change set, in the database, set by set.

First a rehearsal says what would happen and why some records would stay; then what it found is written, as far as
nobody changed it meanwhile. The caller's transaction makes it all or nothing.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    and_,
    any_,
    case,
    column,
    delete,
    exists,
    func,
    literal,
    literal_column,
    select,
    table,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, Integer

from crm_desktop.core.access import Function, Person, Verb
from crm_desktop.core.errors import NoRightError
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.db.bulk import load_rows
from crm_desktop.db.guard import condition, may_change_hands
from crm_desktop.entities import by_key, guard_of, parts_of
from crm_desktop.services.bulk_steps import Action, Step, after, check_steps, column_of, refusals, stored
from crm_desktop.services.journal import begin_change
from crm_desktop.services.keys import affects_keys, derived_columns
from crm_desktop.services.listing import packed, unpacked
from crm_desktop.services.records import fetch_records, refused_deletion, refused_values
from crm_desktop.spec import EntitySpec, Ref, facts

BATCH = 5000
EXAMPLES = 4
_CHANGES, _SAME, _NO_RIGHT, _WRONG = 0, 1, 2, 3  # what becomes of a row; from _WRONG on the number of its refusal


class Targets(NamedTuple):
    """Rows with the versions that were looked at."""

    ids: array[int]
    versions: array[int]


NOTHING = Targets(array("q"), array("i"))


class Example(NamedTuple):
    """One record before and after, values by field key."""

    title: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would happen to ``total`` records. ``refused``: the ids that stay, by the sentence that says why."""

    total: int
    targets: Targets
    same: int = 0
    refused: Mapping[str, array[int]] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    parts: Mapping[str, int] = field(default_factory=dict)
    """What goes with deleted records: numbers by entity."""

    @property
    def gone(self) -> int:
        """How many are no longer there, or out of sight."""
        return self.total - len(self.targets.ids) - self.same - sum(map(len, self.refused.values()))


@dataclass(frozen=True, slots=True)
class Changed:
    """What was done. ``left``: how many stayed because somebody changed them after the rehearsal."""

    change_set: int
    count: int
    left: int


def may_change(person: Person, entity: str, count: int) -> None:
    """Raise NoRightError where the person may not change so many records at once."""
    if count > 1 and not person.may_use(Function.BULK_EDIT, entity):
        raise NoRightError(
            _("You have no right to change several records at once."), _("Ask the administrator if you need it.")
        )


def rehearse(
    session: Session,
    person: Person,
    entity: str,
    steps: Sequence[Step],
    ids: Sequence[int],
    excluded: Iterable[tuple[ColumnElement[bool], str]] = (),
) -> Rehearsal:
    """What ``steps`` would do to the records; ``excluded`` are further conditions under which one stays, and why.

    Three statements; raises FieldsError for a value no record can take.
    """
    spec = by_key(entity)
    may_change(person, entity, len(ids))
    check_steps(spec, steps)
    for step in steps:
        if not may_receive(spec, person, step.key, step.value):
            raise no_receiver(step.value)
    found = [*excluded, *(refusal for step in steps for refusal in refusals(spec, step))]
    is_same = and_(*(after(spec, step).is_not_distinct_from(column_of(spec, step.key)) for step in steps))
    outcomes = [(is_same, _SAME), (~_may(spec, "update"), _NO_RIGHT)]
    guard = guard_of(spec)
    if {column_of(spec, step.key).name for step in steps} & {guard.owner_column, guard.parent_column}:
        outcomes.append((~literal_column(f"({may_change_hands(guard)})"), _NO_RIGHT))
    outcomes += [(refused, _WRONG + number) for number, (refused, _why) in enumerate(found)]
    fates = _fates(session, spec, case(*outcomes, else_=_CHANGES), ids)
    targets = fates.pop(_CHANGES, NOTHING)
    same = fates.pop(_SAME, NOTHING)
    refused = _refused(fates, _("You may not change them."), [why for _condition, why in found])
    return Rehearsal(len(ids), targets, len(same.ids), refused, _examples(session, spec, steps, targets.ids[:EXAMPLES]))


def rehearse_delete(session: Session, entity: str, ids: Sequence[int]) -> Rehearsal:
    """What deleting would do, with the numbers of what belongs to the records. Two statements."""
    spec = by_key(entity)
    rows: Any = spec.model.__table__
    found = [
        (
            exists().where(column == rows.c.id),
            _("They still have {things}.").format(things=_(part.label_plural).lower()),
        )
        for part, column in _part_columns(spec)
        if not _goes_along(column)
    ]
    outcomes = [(~_may(spec, "delete"), _NO_RIGHT)]
    outcomes += [(needed, _WRONG + number) for number, (needed, _why) in enumerate(found)]
    fates = _fates(session, spec, case(*outcomes, else_=_CHANGES), ids)
    targets = fates.pop(_CHANGES, NOTHING)
    refused = _refused(fates, _("You may not delete them."), [why for _condition, why in found])
    return Rehearsal(len(ids), targets, refused=refused, parts=_parts(session, spec, targets.ids))


def change_all(
    session: Session, entity: str, steps: Sequence[Step], targets: Targets, label: str, progress: Progress
) -> Changed:
    """Do ``steps`` to the records that the rehearsal found. One statement a batch, four where names are among them."""
    spec = by_key(entity)
    rows: Any = spec.model.__table__
    change_set = begin_change(session, "bulk", label, entity)
    changes = {column_of(spec, step.key): stored(spec, step) for step in steps}
    has_keys = affects_keys(spec, {step.key: None for step in steps})
    count = 0
    for batch in _batches(targets, progress, _("Changing")):
        given = _given(batch)
        statement = update(rows).where(rows.c.id == given.c.id, rows.c.version == given.c.version)
        values = dict(changes)
        if has_keys:
            names = _load_keys(session, spec, changes, batch)
            loading = table("loading", column("id"), *map(column, names), schema="pg_temp")
            statement = statement.where(loading.c.id == rows.c.id)
            values |= {rows.c[name]: loading.c[name] for name in names}
        with refused_values(spec):
            result: Any = session.execute(statement.values(values))
        count += result.rowcount
    return Changed(change_set, count, len(targets.ids) - count)


def delete_all(session: Session, entity: str, targets: Targets, label: str, progress: Progress) -> Changed:
    """Delete the records that the rehearsal found; what belongs to them goes too. One statement a batch."""
    rows: Any = by_key(entity).model.__table__
    change_set = begin_change(session, "delete", label, entity)
    count = 0
    for batch in _batches(targets, progress, _("Deleting")):
        given = _given(batch)
        statement = delete(rows).where(rows.c.id == given.c.id, rows.c.version == given.c.version)
        with refused_deletion():
            result: Any = session.execute(statement)
        count += result.rowcount
    return Changed(change_set, count, len(targets.ids) - count)


def changeable(session: Session, entity: str, ids: Sequence[int]) -> set[int]:
    """Those of ``ids`` that this person may change. One statement."""
    spec = by_key(entity)
    rows: Any = spec.model.__table__
    return set(session.scalars(select(rows.c.id).where(_among(rows.c.id, ids), _may(spec, "update"))))


def lock_unchanged(session: Session, entity: str, targets: Targets) -> set[int]:
    """Those that nobody changed since, which nobody can change now until this transaction ends. One statement."""
    rows: Any = by_key(entity).model.__table__
    given = _given(targets)
    unchanged = select(rows.c.id).where(rows.c.id == given.c.id, rows.c.version == given.c.version)
    return set(session.scalars(unchanged.with_for_update(of=rows)))


def may_receive(spec: EntitySpec, person: Person, key: str, value: Any) -> bool:
    """Whether records may be given to the person in ``value``, where the field decides whose they are: the policies
    refuse the whole statement otherwise.
    """
    guard = guard_of(spec)
    deciding = {guard.owner_column, guard.writer_column} if guard.rule == "owned" else set()
    if facts(spec.fields[key]).column not in deciding or not isinstance(value, Ref):
        return True
    return value.id in person.owners.get((spec.key, "update"), ())


def no_receiver(value: Ref) -> NoRightError:
    """Says that records may not be given to this person."""
    return NoRightError(
        _("You may not give records to {name}.").format(name=value.label),
        _("Choose somebody whose records you may change."),
    )


def _may(spec: EntitySpec, verb: Verb) -> Any:
    """The table's own policy, asked beforehand."""
    return literal_column(f"({condition(guard_of(spec), verb)})")


def _among(key: Any, ids: Sequence[int]) -> Any:
    return key == any_(literal(list(ids), ARRAY(BigInteger)))


def _fates(session: Session, spec: EntitySpec, fate: Any, ids: Sequence[int]) -> dict[int, Targets]:
    """The rows by what becomes of them."""
    rows: Any = spec.model.__table__
    judged = select(rows.c.id, rows.c.version, fate.label("fate")).where(_among(rows.c.id, ids)).subquery()
    versions = func.string_agg(func.int4send(judged.c.version), text("''::bytea"))
    answer = session.execute(select(judged.c.fate, packed(judged), versions).group_by(judged.c.fate))
    return {fate: Targets(unpacked(ids), unpacked(versions, "i")) for fate, ids, versions in answer}


def _refused(fates: Mapping[int, Targets], no_right: str, sentences: Sequence[str]) -> dict[str, array[int]]:
    words = {_NO_RIGHT: no_right} | dict(enumerate(sentences, _WRONG))
    return {words[fate]: targets.ids for fate, targets in sorted(fates.items())}


def _examples(session: Session, spec: EntitySpec, steps: Sequence[Step], ids: Sequence[int]) -> tuple[Example, ...]:
    if not ids:
        return ()
    records = fetch_records(session, spec.key, ids)
    computed = [step for step in steps if step.action not in {Action.SET, Action.CLEAR}]
    given = {step.key: step.value if step.action is Action.SET else None for step in steps if step not in computed}
    rows: Any = spec.model.__table__
    outcome = session.execute(
        select(rows.c.id, *(stored(spec, step) for step in computed)).where(_among(rows.c.id, ids))
    ).all()
    values = {row[0]: given | dict(zip((step.key for step in computed), row[1:], strict=True)) for row in outcome}
    return tuple(
        Example(records[id_].title, {key: records[id_].values.get(key) for key in values[id_]}, values[id_])
        for id_ in ids
        if id_ in records and id_ in values
    )


def _parts(session: Session, spec: EntitySpec, ids: Sequence[int]) -> dict[str, int]:
    parts = [(part, parent) for part, parent in _part_columns(spec) if _goes_along(parent)]
    if not parts or not ids:
        return {}
    counts = (select(func.count()).where(_among(parent, ids)).scalar_subquery() for _part, parent in parts)
    numbers = session.execute(select(*counts)).one()
    return {part.key: number for (part, _parent), number in zip(parts, numbers, strict=True) if number}


def _part_columns(spec: EntitySpec) -> list[tuple[EntitySpec, Any]]:
    """The kinds of parts, each with the column that names the record it belongs to."""
    return [(part, part.model.__table__.c[facts(part.part_of).column]) for part in parts_of(spec) if part.part_of]


def _goes_along(parent: Any) -> bool:
    """Whether a part is deleted with what it belongs to; else it keeps that from being deleted."""
    return any(key.ondelete == "CASCADE" for key in parent.foreign_keys)


def _batches(targets: Targets, progress: Progress, what: str) -> Iterator[Targets]:
    """The targets in portions; progress is told before each, and stops the work by raising."""
    total = len(targets.ids)
    for start in itertools.takewhile(lambda first: first < total, itertools.count(0, BATCH)):
        progress(start, total, what)
        yield Targets(targets.ids[start : start + BATCH], targets.versions[start : start + BATCH])
    progress(total, total, what)


def _given(batch: Targets) -> Any:
    ids, versions = literal(list(batch.ids), ARRAY(BigInteger)), literal(list(batch.versions), ARRAY(Integer))
    return func.unnest(ids, versions).table_valued("id", "version").render_derived("given")


def _load_keys(session: Session, spec: EntitySpec, changes: Mapping[Any, Any], batch: Targets) -> list[str]:
    """Compute the search keys of the batch as it will be, and load them; returns the names of their columns."""
    assert spec.search is not None
    rows: Any = spec.model.__table__
    attrs = spec.search.attrs
    columns = [column_of(spec, attr.key) for attr in attrs]
    wanted = select(rows.c.id, *(changes.get(c, c) for c in columns)).where(_among(rows.c.id, batch.ids))
    names = [attr.key for attr in attrs]
    keys = {
        row[0]: derived_columns(spec, dict(zip(names, row[1:], strict=True))) for row in session.execute(wanted).all()
    }
    derived = list(next(iter(keys.values()), derived_columns(spec, {})))
    load_rows(session, f"crm.{rows.name}", ["id", *derived], ((id_, *values.values()) for id_, values in keys.items()))
    return derived
