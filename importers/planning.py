"""What an import would do with every row, decided before anything is written. Rows that are there already are met in
``meeting``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import N_, _
from crm_desktop.core.names import name_core
from crm_desktop.core.progress import Progress
from crm_desktop.entities import by_key
from crm_desktop.models import Employee
from crm_desktop.services.records import fetch_records
from crm_desktop.spec import EntitySpec, Ref, facts
from importers.matching import CustomerMatcher, Matcher, fetch_contacts, name_key, natural_key
from importers.meeting import free_codes, give_owners, keep_note, meet, meet_contacts
from importers.plan import FILL_IN, Fate, MatchRule, OnMatch, Plan, PlannedRow
from importers.records import Record
from importers.resolve import Resolver
from importers.targets import PARTS, parent_field, writable

_MATCHED_BY = {
    "code": N_("same number"),
    "tax_no": N_("same tax number"),
    "name": N_("same name"),
    "phone": N_("same phone"),
    "email": N_("same e-mail"),
}


def make_plan(
    session: Session,
    person: Person,
    entity: str,
    records: Sequence[Record],
    rule: MatchRule = FILL_IN,
    progress: Progress | None = None,
) -> Plan:
    """Decide about all records; some ten statements however many there are. Writes nothing."""
    spec, resolver = by_key(entity), Resolver(session)
    part_fields = by_key(PARTS[entity]).fields.values() if entity in PARTS else ()
    named = [values for record in records for values in (record.values, *record.parts)]
    resolver.look_up([*spec.fields.values(), *part_fields], named)
    above = _above(resolver, spec, records)
    rows = []
    for number, record in enumerate(records):
        if progress and number % 500 == 0:
            progress(number, len(records), _("Comparing"))
        rows.append(_row(resolver, spec, record, has_parent=record.at in above))
    _reject_unfinished(spec, rows, records)
    _meet_known(session, person, spec, rows, rule)
    _join_parents(spec, rows, above, rule)
    if any(attr.key == "owner" for attr in writable(spec)):
        give_owners(rows, person, spec)
    free_codes(session, rows, spec)
    return Plan(tuple(rows))


def _above(resolver: Resolver, spec: EntitySpec, records: Sequence[Record]) -> dict[str, str]:
    """Of rows below a record that only this file tells of, that one's row. Told by names."""
    field = parent_field(spec)
    if field is None:
        return {}
    names = {name_core(str(name)): record.at for record in records if (name := record.values.get(name_key(spec)))}
    named = {record.at: str(record.values[field.key]) for record in records if record.values.get(field.key)}
    in_file = {at: names[name_core(name)] for at, name in named.items() if name_core(name) in names}
    return {at: above for at, above in in_file.items() if at != above and resolver.value(field, named[at]) is None}


def _row(resolver: Resolver, spec: EntitySpec, record: Record, *, has_parent: bool) -> PlannedRow:
    """What a row says, as a new record."""
    field = parent_field(spec)
    told = {key: value for key, value in record.values.items() if not has_parent or field is None or key != field.key}
    ready = resolver.resolve(spec, told)
    values, warnings = ready.values, [*record.warnings, *ready.warnings]
    parts = []
    for part in record.parts:
        found = resolver.resolve(by_key(PARTS[spec.key]), part)
        warnings += found.warnings
        if _is_whole(by_key(PARTS[spec.key]), spec, found.values):
            parts.append(found.values)
        elif found.values.get("remark"):
            keep_note(values, spec, found.values["remark"])
    is_named = name_key(spec) in values
    _imply(resolver, spec, values, parts)
    naming = [attr.key for attr in natural_key(spec)] or [name_key(spec)]
    title = " ".join(_text(values.get(key, "")) for key in naming)
    return PlannedRow(
        record.at, title, Fate.CREATE, values=values, new_parts=parts, warnings=tuple(warnings), is_named=is_named
    )


def _text(value: object) -> str:
    return value.label if isinstance(value, Ref) else str(value)


def _reject_unfinished(spec: EntitySpec, rows: Sequence[PlannedRow], records: Sequence[Record]) -> None:
    """Rows without what every record needs. A colleague whom nobody knows is no reason where the database has another
    for him: he stays in the remark.
    """
    required = [(attr, facts(attr)) for attr in spec.fields.values() if facts(attr).is_required]
    needed = [attr for attr, fact in required if fact.target is not Employee or fact.default is None]
    for row, record in zip(rows, records, strict=True):
        for attr in needed:
            if attr.key in row.values:
                continue
            if attr.key in record.values:
                words = _("{field} “{text}” is not known here.")
                row.fate = Fate.REJECT
                row.reason = words.format(field=_(spec.labels[attr]), text=record.values[attr.key])
            elif facts(attr).default is None:
                row.fate, row.reason = Fate.REJECT, _("{field} is missing.").format(field=_(spec.labels[attr]))
        if row.fate is Fate.REJECT:
            row.warnings = ()  # of what is kept in a record that does not come in


def _imply(resolver: Resolver, spec: EntitySpec, values: dict[str, Any], parts: Sequence[Mapping[str, Any]]) -> None:
    """What a row says without a column for it."""
    if spec.key == "customer":  # who has bought something is no prospect
        has_bought = {"first_deal_on", "total_amount"} & values.keys()
        cycle = resolver.choice("life_cycle", "transaction" if has_bought else "potential")
        if cycle is not None:
            values.setdefault("life_cycle", cycle)
    elif spec.key == "opportunity" and "name" not in values and parts:  # called by what is wanted
        wanted = (parts[0]["product"], values.get("customer"))
        values["name"] = " · ".join(ref.label for ref in wanted if ref is not None)
    elif spec.key == "service_request" and values.get("solution") and "reported_at" in values:
        values.setdefault("closed_at", values.get("solved_at", values["reported_at"]))  # what has a result is over


def _is_whole(part: EntitySpec, spec: EntitySpec, values: Mapping[str, Any]) -> bool:
    """Whether nothing is missing but what it belongs to and what the database gives it."""
    needed = [facts(attr) for attr in part.fields.values()]
    return all(
        fact.key in values or fact.default is not None or fact.target is spec.model
        for fact in needed
        if fact.is_required
    )


def _meet_known(
    session: Session, person: Person, spec: EntitySpec, rows: Sequence[PlannedRow], rule: MatchRule
) -> None:
    """Rows about a record that is there, or that a row above tells of already."""
    good = [
        row for row in rows if row.fate is Fate.CREATE and (row.is_named or row.values.get("code") or natural_key(spec))
    ]
    values = [row.values for row in good]
    matcher: CustomerMatcher | Matcher
    if spec.key == "customer":  # whose repetitions are one record from the reading on
        matcher = CustomerMatcher(session, values, rule.keys)
    else:
        matcher = Matcher(session, spec, values, rule.keys)
        good = _without_repetitions(matcher, good)
    matches = {row.at: found for row in good if (found := matcher.match(row.values))}
    ids = sorted({id_ for id_, _by in matches.values()})
    bases = fetch_records(session, spec.key, ids) if ids else {}
    contacts = fetch_contacts(session, ids) if ids and spec.key == "customer" else {}
    for row in good:
        if row.at not in matches or matches[row.at][0] not in bases:
            continue
        base, by, on_match = bases[matches[row.at][0]], matches[row.at][1], rule.of_row(row.at)
        row.has_met, row.is_decided = True, row.at in rule.decisions
        if on_match is OnMatch.CREATE:
            continue
        row.base, row.reason = base, _(_MATCHED_BY[by])
        parts, row.new_parts = row.new_parts, []
        meet(row, base, on_match, person)
        if row.fate is not Fate.SKIP:
            if spec.key == "customer":
                meet_contacts(row, parts, contacts.get(base.id, []), on_match)
            has_news = row.values or row.new_parts or row.changed_parts
            row.fate = Fate.UPDATE if has_news else Fate.UNCHANGED


def _without_repetitions(matcher: Matcher, rows: Sequence[PlannedRow]) -> list[PlannedRow]:
    """The rows that no row above tells of already; the others are left out."""
    first: dict[Any, str] = {}
    kept = []
    for row in rows:
        key = matcher.key(row.values)
        if key is not None and key in first:
            row.fate, row.reason = Fate.SKIP, _("the same as row {at}").format(at=first[key])
            continue
        kept.append(row)
        if key is not None:
            first[key] = row.at
    return kept


def _join_parents(spec: EntitySpec, rows: Sequence[PlannedRow], above: Mapping[str, str], rule: MatchRule) -> None:
    """The record of the same file that a row lies below: a new one, or one that is there under another name."""
    field = parent_field(spec)
    by_row = {row.at: row for row in rows}
    for row in rows:
        if field is None or row.at not in above or row.fate in {Fate.SKIP, Fate.REJECT}:
            continue
        if row.base is not None and row.base.values.get(field.key) and rule.of_row(row.at) is not OnMatch.UPDATE:
            continue
        parent = by_row[above[row.at]]
        if parent.fate is Fate.CREATE:
            row.parent = parent
        elif parent.base is not None:
            row.values[field.key] = Ref(parent.base.id, parent.base.title)
        elif row.base is not None:  # that row does not come in
            continue
        else:
            keep_note(row.values, spec, _("{label}: {text}").format(label=_(spec.labels[field]), text=parent.title))
        row.fate = Fate.CREATE if row.base is None else Fate.UPDATE
