"""What an import of a plain list would do with every row; writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Text, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import N_, _
from crm_desktop.core.progress import Progress
from crm_desktop.entities import by_key
from crm_desktop.services.records import fetch_records
from crm_desktop.spec import EntitySpec, facts
from importers.plan import Fate, MatchRule, OnMatch, Plan, PlannedRow, give_owners, meet
from importers.records import Record
from importers.resolve import Resolved, Resolver
from importers.targets import PART_FIELDS

_KEYS = {"code": N_("same number"), "name": N_("same name")}
Key = tuple[str, str, int]
"""By what a record is known: its number, or its name and what it belongs to."""


def plan_plain(
    session: Session,
    person: Person,
    entity: str,
    records: Sequence[Record],
    rule: MatchRule,
    progress: Progress | None = None,
) -> Plan:
    """Decide about all records; a few statements however many there are."""
    spec, (part, part_fields) = by_key(entity), PART_FIELDS.get(entity, ("", ()))
    resolver = Resolver(session)
    attrs = [*spec.fields.values(), *(by_key(part).fields[field] for field in part_fields)]
    resolver.look_up(attrs, [record.values for record in records])
    rows: list[PlannedRow] = []
    keys: list[Key | None] = []
    for number, record in enumerate(records):
        if progress and number % 500 == 0:
            progress(number, len(records), _("Comparing"))
        own = {key: value for key, value in record.values.items() if key not in part_fields}
        ready = resolver.resolve(spec, own)
        brought = resolver.resolve(by_key(part), {key: record.values.get(key) for key in part_fields}) if part else None
        row = _row(spec, record, ready, brought)
        rows.append(row)
        keys.append(_key(spec, row.values) if row.fate is Fate.CREATE else None)
    _meet_known(session, person, spec, rows, keys, rule)
    if "owner" in spec.fields:
        give_owners(rows, person, entity)
    return Plan(tuple(rows))


def _row(spec: EntitySpec, record: Record, ready: Resolved, brought: Resolved | None) -> PlannedRow:
    """A new record, or a row that cannot become one."""
    values = ready.values
    warnings = (*record.warnings, *ready.warnings, *(brought.warnings if brought else ()))
    part = brought.values if brought else {}
    if part and not _is_whole(by_key(PART_FIELDS[spec.key][0]), spec, part):
        if part.get("remark"):
            values["remark"] = "\n".join(filter(None, (values.get("remark"), part["remark"])))
        part = {}
    if "name" not in values and part:  # an opportunity that nobody gave a name is called by what is wanted
        wanted = (part["product"], values.get("customer"))
        values["name"] = " · ".join(ref.label for ref in wanted if ref is not None)
    if spec.key == "service_request" and values.get("solution") and "reported_at" in values:
        values.setdefault("closed_at", values.get("solved_at", values["reported_at"]))  # what has a result is over
    row = PlannedRow(
        record.at, str(values.get(_name_key(spec), "")), Fate.CREATE, values=values, warnings=warnings, part=part
    )
    for key, attr in spec.fields.items():
        fact = facts(attr)
        if not fact.is_required or key in values:
            continue
        if key in record.values:
            words = _("{field} “{text}” is not known here.")
            row.fate, row.reason = Fate.REJECT, words.format(field=_(spec.labels[attr]), text=record.values[key])
        elif fact.default is None:
            row.fate, row.reason = Fate.REJECT, _("{field} is missing.").format(field=_(spec.labels[attr]))
    return row


def _is_whole(part: EntitySpec, spec: EntitySpec, values: Mapping[str, Any]) -> bool:
    """Whether nothing is missing but what it belongs to and what the database gives it."""
    needed = [facts(attr) for attr in part.fields.values()]
    return all(
        fact.key in values or fact.default is not None or fact.target is spec.model
        for fact in needed
        if fact.is_required
    )


def _name_key(spec: EntitySpec) -> str:
    """The field that names a record."""
    return spec.search.name.key if spec.search is not None else "name"


def _key(spec: EntitySpec, values: Mapping[str, Any]) -> Key | None:
    """None for what happens again and again under the same name, such as calls."""
    if values.get("code"):
        return "code", str(values["code"]), 0
    if spec.story is not None:
        return None
    belongs_to = values.get(spec.part_of.key) if spec.part_of is not None else None
    return "name", str(values[_name_key(spec)]).lower(), belongs_to.id if belongs_to else 0


def _meet_known(
    session: Session, person: Person, spec: EntitySpec, rows: Sequence[PlannedRow], keys: Sequence[Key | None],
    rule: MatchRule,
) -> None:  # fmt: skip
    """Rows about a record that is there, or that a row above tells of already."""
    known = _fetch(session, spec, [key for key in keys if key])
    bases = fetch_records(session, spec.key, sorted(set(known.values()))) if known else {}
    first: dict[Key, str] = {}
    for row, key in zip(rows, keys, strict=True):
        if key is None:
            continue
        if key in first:
            row.fate, row.reason = Fate.SKIP, _("the same as row {at}").format(at=first[key])
            continue
        first[key] = row.at
        base = bases.get(known.get(key, 0))
        on_match = rule.of_row(row.at)
        row.has_met, row.is_decided = base is not None, base is not None and row.at in rule.decisions
        if base is not None and on_match is not OnMatch.CREATE:
            row.base, row.part, row.reason = base, {}, _(_KEYS[key[0]])
            meet(row, base, on_match, person)
            if row.fate is not Fate.SKIP:
                row.fate = Fate.UPDATE if row.values else Fate.UNCHANGED


def _fetch(session: Session, spec: EntitySpec, keys: Sequence[Key]) -> dict[Key, int]:
    """The oldest record of each key. One statement for numbers, one for names."""
    model: Any = spec.model
    above = getattr(model, facts(spec.part_of).column) if spec.part_of is not None else literal(0)
    found: dict[Key, int] = {}
    for kind in _KEYS:
        wanted = literal([word for by, word, _above in keys if by == kind], ARRAY(Text))
        if not any(by == kind for by, _word, _above in keys):
            continue
        word = func.lower(getattr(model, _name_key(spec))) if kind == "name" else model.code
        statement = select(word, func.coalesce(above, 0) if kind == "name" else literal(0), model.id)
        for text, parent, id_ in session.execute(statement.where(word == any_(wanted)).order_by(model.id.desc())):
            found[kind, text, parent] = id_
    return found
