"""Writing a plan: everything as one change set in the caller's transaction, by COPY, in some ten statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.db.bulk import insert_rows, update_rows
from crm_desktop.entities import by_key, guard_of
from crm_desktop.services.journal import begin_change
from crm_desktop.services.keys import derived_columns
from crm_desktop.services.records import to_columns
from crm_desktop.spec import EntitySpec, Ref, facts
from importers.plan import Fate, Plan, PlannedRow
from importers.references import References
from importers.targets import PARTS, parent_field

NEUTRAL = frozenset(("{}", "false"))
"""Defaults that are what an empty cell is written as; any other one is the database's to give."""


@dataclass(frozen=True, slots=True)
class Written:
    """What an import wrote: numbers of records by entity."""

    change_set: int | None
    created: dict[str, int]
    updated: dict[str, int]


def foresee(plan: Plan, entity: str) -> Written:
    """What ``write_plan`` would write, as far as others leave the records as they are."""
    created, changed = _rows(plan)
    made, altered = {entity: len(created)}, {entity: sum(bool(row.values or row.parent) for row in changed)}
    if entity in PARTS:
        made[PARTS[entity]] = sum(len(row.new_parts) for row in (*created, *changed))
        altered[PARTS[entity]] = sum(len(row.changed_parts) for row in changed)
    return Written(None, made, altered)


def write_plan(session: Session, plan: Plan, entity: str, name: str, progress: Progress | None = None) -> Written:
    """Write all rows of the plan; ``name`` is what the change set is called, the file's. The caller's transaction makes
    it all or nothing.
    """
    foreseen = foresee(plan, entity)
    created, changed = _rows(plan)
    if not created and not changed:
        return foreseen
    spec, say = by_key(entity), progress or (lambda _done, _total, _what: None)
    change_set = begin_change(session, "import", name, entity)
    _lock(session, spec, [row.base.id for row in changed if row.base])
    say(0, 3, _("Writing"))
    _number(session, spec, created)
    id_of = _reserve_ids(session, spec, created)
    below = [row for row in (*created, *changed) if row.parent is not None]
    if id_of:
        _set_parents(spec, below, id_of)
    for rows in _alike(spec, created):
        _insert(session, spec, [row.values for row in rows])
    say(1, 3, _("Updating"))
    updates = [(row.base.id, dict(row.base.values), row.values) for row in changed if row.base and row.values]
    updated = {entity: _update(session, spec, updates)}
    if below and not id_of:
        _find_parents(session, spec, below)
    say(2, 3, _("Writing"))
    if entity in PARTS:
        part = by_key(PARTS[entity])
        above = next(attr.key for attr in part.fields.values() if facts(attr).target is spec.model)
        whole = [*((row, id_of[row.at]) for row in created), *((row, row.base.id) for row in changed if row.base)]
        _insert(session, part, [{**new, above: Ref(id_, "")} for row, id_ in whole for new in row.new_parts])
        part_updates = [(now["id"], now, news) for row in changed for now, news in row.changed_parts]
        updated[part.key] = _update(session, part, part_updates)
    say(3, 3, _("Done"))
    return Written(change_set, foreseen.created, updated)


def _rows(plan: Plan) -> tuple[list[PlannedRow], list[PlannedRow]]:
    """The new ones, and those that change something."""
    return tuple([row for row in plan.rows if row.fate is fate] for fate in (Fate.CREATE, Fate.UPDATE))  # type: ignore[return-value]


def _alike(spec: EntitySpec, created: Sequence[PlannedRow]) -> Iterable[list[PlannedRow]]:
    """The rows by which of the fields that cannot be empty they fill, in their order: where the sheet says nothing, the
    database's own default counts.
    """
    required = [key for key, attr in spec.fields.items() if facts(attr).is_required]
    given = [key for key in required if facts(spec.fields[key]).default not in NEUTRAL]
    found: dict[tuple[str, ...], list[PlannedRow]] = {}
    for row in created:
        found.setdefault(tuple(key for key in given if key in row.values), []).append(row)
    return found.values()


def _number(session: Session, spec: EntitySpec, created: Sequence[PlannedRow]) -> None:
    """Numbers for the new records without one, at once: the database would give them one by one."""
    without = [row for row in created if not row.values.get("code")]
    if not without or "code" not in spec.fields or not facts(spec.fields["code"]).default:
        return
    statement = text("select crm.next_numbers(:entity, :count)")
    codes: list[str] = session.execute(statement, {"entity": spec.key, "count": len(without)}).scalar_one()
    for row, code in zip(without, codes, strict=True):
        row.values["code"] = code


def _reserve_ids(session: Session, spec: EntitySpec, created: Sequence[PlannedRow]) -> dict[str, int]:
    """Keys of the new records by row, for parts and for rows below them; none where only the database gives keys."""
    if not created or guard_of(spec).rule != "owned":
        return {}
    statement = text("select crm.reserve_ids(:table, :count)")
    ids = session.execute(statement, {"table": spec.model.__tablename__, "count": len(created)}).scalar_one()
    for row, id_ in zip(created, ids, strict=True):
        row.values["id"] = id_
    return {row.at: row.values["id"] for row in created}


def _set_parents(spec: EntitySpec, below: Sequence[PlannedRow], id_of: Mapping[str, int]) -> None:
    """Lay rows below new ones of the same file."""
    field = parent_field(spec)
    for row in below:
        if field is not None and row.parent is not None:
            row.values[field.key] = Ref(id_of[row.parent.at], row.parent.title)


def _find_parents(session: Session, spec: EntitySpec, below: Sequence[PlannedRow]) -> None:
    """Lay records that were just written below others of the same file, found by their names."""
    parents = [row.parent for row in below if row.parent is not None]
    known = References(session, spec.model, [row.title for row in (*below, *parents)])
    id_of = {row.at: ref.id for row in (*below, *parents) if (ref := known.find(row.title))}
    found = [row for row in below if row.at in id_of and row.parent is not None and row.parent.at in id_of]
    _set_parents(spec, found, id_of)
    field = parent_field(spec)
    if field is not None:
        _update(session, spec, [(id_of[row.at], row.values, {field.key: row.values[field.key]}) for row in found])


def _lock(session: Session, spec: EntitySpec, ids: Sequence[int]) -> None:
    """Nobody changes the records that are met until this import is done."""
    if ids:
        table = spec.model.__table__
        session.execute(table.select().with_only_columns(table.c.id).where(table.c.id.in_(ids)).with_for_update())


def _insert(session: Session, spec: EntitySpec, records: Sequence[dict[str, Any]]) -> None:
    """New records by field key, with their ids or all without."""
    if not records:
        return
    used = {key for record in records for key in record} & set(spec.fields)
    rows = [
        {key: record[key] for key in ("id",) if key in record}
        | to_columns(spec, {key: record.get(key) for key in used})
        | derived_columns(spec, record)
        for record in records
    ]
    columns = list(rows[0])
    insert_rows(session, f"crm.{spec.model.__tablename__}", columns, _tuples(rows, columns))


def _update(session: Session, spec: EntitySpec, updates: Sequence[tuple[int, dict[str, Any], dict[str, Any]]]) -> int:
    """Set what changed of many records; what does not change is written as it was, the journal sees only changes."""
    if not updates:
        return 0
    used = {key for _id, _now, news in updates for key in news}
    rows = []
    for id_, now, changed in updates:
        after = {**now, **changed}
        rows.append({"id": id_} | to_columns(spec, {k: after.get(k) for k in used}) | derived_columns(spec, after))
    columns = list(rows[0])
    return update_rows(session, f"crm.{spec.model.__tablename__}", columns, _tuples(rows, columns))


def _tuples(rows: Iterable[dict[str, Any]], columns: Sequence[str]) -> Iterable[tuple[Any, ...]]:
    return (tuple(row[column] for column in columns) for row in rows)
