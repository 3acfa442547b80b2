"""Writing a plan: everything as one change set in the caller's transaction, by COPY, in some ten statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.db.bulk import insert_rows, update_rows
from crm_desktop.entities import by_key
from crm_desktop.services.journal import begin_change
from crm_desktop.services.keys import derived_columns
from crm_desktop.services.records import to_columns
from crm_desktop.spec import EntitySpec, Ref
from importers.plan import Fate, Plan


@dataclass(frozen=True, slots=True)
class Written:
    """What an import wrote: numbers of records by entity."""

    change_set: int | None
    created: dict[str, int]
    updated: dict[str, int]


def foresee(plan: Plan) -> Written:
    """What ``write_plan`` would write, as far as others leave the records as they are."""
    created = [row for row in plan.rows if row.fate is Fate.CREATE]
    changed = [row for row in plan.rows if row.fate is Fate.UPDATE]
    if not created and not changed:
        return Written(None, {}, {})
    return Written(
        None,
        {"customer": len(created), "contact": sum(len(row.new_contacts) for row in (*created, *changed))},
        {
            "customer": sum(bool(row.values) for row in changed),
            "contact": sum(len(row.changed_contacts) for row in changed),
        },
    )


def write_plan(session: Session, plan: Plan, label: str, progress: Progress | None = None) -> Written:
    """Write all rows of the plan. The caller's transaction makes it all or nothing."""
    created = [row for row in plan.rows if row.fate is Fate.CREATE]
    changed = [row for row in plan.rows if row.fate is Fate.UPDATE]
    if not created and not changed:
        return Written(None, {}, {})
    say = progress or (lambda _done, _total, _what: None)
    change_set = begin_change(session, "import", label, "customer")
    _lock(session, [row.base.id for row in changed if row.base])
    say(0, 4, _("Writing customers"))
    ids = reserve_ids(session, "customer", len(created))
    without_code = [row for row in created if not row.values.get("code")]
    for row, code in zip(without_code, _next_codes(session, len(without_code)), strict=True):
        row.values["code"] = code
    id_of = {row.at: id_ for row, id_ in zip(created, ids, strict=True)}
    for row in plan.rows:
        if row.parent is not None and row.fate in {Fate.CREATE, Fate.UPDATE}:
            row.values["parent"] = Ref(id_of[row.parent.at], row.parent.title)
    customers = [{**row.values, "id": id_of[row.at]} for row in created]
    insert(session, by_key("customer"), customers)
    say(1, 4, _("Writing contacts"))
    contacts = [
        {**contact, "customer": Ref(id_, "")}
        for row, id_ in [*((r, id_of[r.at]) for r in created), *((r, r.base.id) for r in changed if r.base)]
        for contact in row.new_contacts
    ]
    contact_ids = reserve_ids(session, "contact", len(contacts))
    insert(session, by_key("contact"), [{**c, "id": id_} for c, id_ in zip(contacts, contact_ids, strict=True)])
    say(2, 4, _("Updating customers"))
    updates = [(row.base.id, dict(row.base.values), row.values) for row in changed if row.base and row.values]
    customers_updated = update(session, by_key("customer"), updates)
    say(3, 4, _("Updating contacts"))
    contact_updates = [(now["id"], now, news) for row in changed for now, news in row.changed_contacts]
    contacts_updated = update(session, by_key("contact"), contact_updates)
    say(4, 4, _("Done"))
    return Written(
        change_set,
        {"customer": len(customers), "contact": len(contacts)},
        {"customer": customers_updated, "contact": contacts_updated},
    )


def reserve_ids(session: Session, table: str, count: int) -> list[int]:
    """Keys for ``count`` new rows, so that their parts can be written together with them."""
    if not count:
        return []
    ids: list[int] = session.execute(
        text("select crm.reserve_ids(:table, :count)"), {"table": table, "count": count}
    ).scalar_one()
    return ids


def _next_codes(session: Session, count: int) -> list[str]:
    if not count:
        return []
    codes: list[str] = session.execute(
        text("select crm.next_numbers('customer', :count)"), {"count": count}
    ).scalar_one()
    return codes


def _lock(session: Session, ids: Sequence[int]) -> None:
    """Nobody changes the customers that are met until this import is done."""
    if ids:
        session.execute(text("select from crm.customer where id = any(:ids) for update"), {"ids": list(ids)})


def insert(session: Session, spec: EntitySpec, records: Sequence[dict[str, Any]]) -> None:
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


def update(session: Session, spec: EntitySpec, updates: Sequence[tuple[int, dict[str, Any], dict[str, Any]]]) -> int:
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
