"""Writing the plan of a plain list: one change set in the caller's transaction, by COPY."""

from __future__ import annotations

from itertools import groupby

from sqlalchemy.orm import Session

from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.entities import by_key
from crm_desktop.services.journal import begin_change
from crm_desktop.spec import EntitySpec, Ref, facts
from importers.plan import Fate, Plan, PlannedRow
from importers.targets import PART_FIELDS
from importers.write import Written, insert, reserve_ids, update


def write_plain(session: Session, entity: str, plan: Plan, name: str, progress: Progress | None = None) -> Written:
    """Write what the plan says; ``name`` is what the change set is called, the file's."""
    expected = foresee_plain(entity, plan)
    if not expected.created[entity] and not expected.updated[entity]:
        return expected
    spec, part = by_key(entity), PART_FIELDS.get(entity, ("", ()))[0]
    created = [row for row in plan.rows if row.fate is Fate.CREATE]
    say = progress or (lambda _done, _total, _what: None)
    change_set = begin_change(session, "import", name)
    say(0, 2, _("Writing"))
    by_given = sorted(created, key=lambda row: _given(spec, row))  # the sort keeps the order of the sheet
    if part:
        ids = reserve_ids(session, spec.model.__tablename__, len(created))
        for row, id_ in zip(created, ids, strict=True):
            row.values["id"] = id_
    for _fields, rows in groupby(by_given, lambda row: _given(spec, row)):
        insert(session, spec, [row.values for row in rows])
    if part:
        above = next(attr.key for attr in by_key(part).labels if facts(attr).target is spec.model)
        brought = [{**row.part, above: Ref(row.values["id"], "")} for row in created if row.part]
        insert(session, by_key(part), brought)
    say(1, 2, _("Updating"))
    changed = [
        (row.base.id, dict(row.base.values), row.values) for row in plan.rows if row.fate is Fate.UPDATE and row.base
    ]
    updated = update(session, spec, changed)
    say(2, 2, _("Done"))
    return Written(change_set, expected.created, {entity: updated})


def foresee_plain(entity: str, plan: Plan) -> Written:
    """What ``write_plain`` would write, as far as others leave the records as they are."""
    return Written(None, {entity: plan.count(Fate.CREATE)}, {entity: plan.count(Fate.UPDATE)})


def _given(spec: EntitySpec, row: PlannedRow) -> tuple[str, ...]:
    """The fields with a value that cannot be empty: where the sheet says nothing, the database's own default counts."""
    return tuple(key for key, attr in spec.fields.items() if key in row.values and facts(attr).is_required)
