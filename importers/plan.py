"""What an import would do with every row, decided before anything is written: plain data for the preview."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import N_, _
from crm_desktop.core.names import name_core
from crm_desktop.core.progress import Progress
from crm_desktop.core.text import digits, normalise
from crm_desktop.entities import by_key, custom_attrs
from crm_desktop.services.records import Record, fetch_records
from crm_desktop.spec import Ref, facts
from importers.matching import DEFAULT_KEYS, Matcher, MatchKey, fetch_contacts
from importers.records import Record as SheetRecord
from importers.resolve import PARENT, Resolver


class OnMatch(enum.StrEnum):
    """What happens with a record that is there already."""

    UPDATE = "update"
    """The sheet's values replace those of the record."""
    FILL = "fill"
    """Only what is empty in the record is filled."""
    SKIP = "skip"
    CREATE = "create"
    """It comes in once more."""


@dataclass(frozen=True, slots=True)
class MatchRule:
    """By what records are found in the database, and what happens with those that are there.

    ``decisions`` are those for single rows by their ``at``; they go before ``on_match``.
    """

    on_match: OnMatch = OnMatch.FILL
    keys: tuple[MatchKey, ...] = DEFAULT_KEYS
    decisions: Mapping[str, OnMatch] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def of_row(self, at: str) -> OnMatch:
        """What happens when this row meets a record that is there."""
        return self.decisions.get(at, self.on_match)

    def deciding(self, at: str, on_match: OnMatch) -> MatchRule:
        """The rule with a decision for this row; what holds for all rows takes its decision back."""
        decisions = {**self.decisions, at: on_match}
        if on_match is self.on_match:
            del decisions[at]
        return replace(self, decisions=MappingProxyType(decisions))

    def without_decisions(self) -> MatchRule:
        """The rule as it holds for all rows."""
        return replace(self, decisions=MappingProxyType({}))


FILL_IN = MatchRule()


class Fate(enum.StrEnum):
    """What becomes of a row."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    SKIP = "skip"
    REJECT = "reject"

    @property
    def label(self) -> str:
        """The words for it, not yet translated."""
        return _FATE_LABELS[self]


_FATE_LABELS = {
    Fate.CREATE: N_("New"),
    Fate.UPDATE: N_("Update"),
    Fate.UNCHANGED: N_("Nothing new"),
    Fate.SKIP: N_("Skipped"),
    Fate.REJECT: N_("Rejected"),
}
_MATCHED_BY = {
    "code": N_("same number"),
    "tax_no": N_("same tax number"),
    "name": N_("same name"),
    "phone": N_("same phone"),
    "email": N_("same e-mail"),
}


@dataclass(slots=True)
class PlannedRow:
    """One record of the sheet and what becomes of it. ``base`` is the customer it joins."""

    at: str
    title: str
    fate: Fate
    reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    base: Record | None = None
    new_contacts: list[dict[str, Any]] = field(default_factory=list)
    changed_contacts: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    """Contacts as they are, and the fields that change."""
    parent: PlannedRow | None = None
    """The new record of the same file that is this one's parent company."""
    warnings: tuple[str, ...] = ()
    has_met: bool = False
    """Whether there is such a customer already, whatever happens then."""
    is_decided: bool = False
    """Whether that was decided for this row alone."""
    part: dict[str, Any] = field(default_factory=dict)
    """What a new record brings with it beside contacts, such as the product of an opportunity."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Every row's fate."""

    rows: tuple[PlannedRow, ...]

    def count(self, fate: Fate) -> int:
        """How many rows have this fate."""
        return sum(row.fate is fate for row in self.rows)


def make_plan(
    session: Session,
    person: Person,
    records: Sequence[SheetRecord],
    rule: MatchRule = FILL_IN,
    progress: Progress | None = None,
) -> Plan:
    """Decide about all records; some eight statements however many there are. Writes nothing."""
    resolver = Resolver(session)
    resolver.look_up(custom_attrs("customer"), [record.values for record in records])
    resolver.look_up(custom_attrs("contact"), [contact for record in records for contact in record.contacts])
    resolved = [resolver.customer(record.values) for record in records]
    matcher = Matcher(session, [r.values for r in resolved], rule.keys)
    matches = [matcher.match(r.values) for r in resolved]
    found = sorted({match.id for match in matches if match})
    bases = fetch_records(session, "customer", found) if found else {}
    contacts = fetch_contacts(session, found) if found else {}
    rows = []
    for number, (record, ready, match) in enumerate(zip(records, resolved, matches, strict=True)):
        if progress and number % 500 == 0:
            progress(number, len(records), _("Comparing"))
        on_match = rule.of_row(record.at)
        met = bases.get(match.id) if match else None
        base = met if on_match is not OnMatch.CREATE else None
        people = [resolver.contact(values) for values in record.contacts]
        warnings = (*record.warnings, *ready.warnings, *(w for p in people for w in p.warnings))
        title = str(ready.values.get("name", ""))
        row = PlannedRow(record.at, title, Fate.CREATE, values=ready.values, base=base, warnings=warnings)
        row.has_met, row.is_decided = met is not None, met is not None and record.at in rule.decisions
        if base is None or match is None:
            row.new_contacts = [p.values for p in people]
        else:
            row.reason = _(_MATCHED_BY[match.by])
            meet(row, base, on_match, person)
            if row.fate is not Fate.SKIP:
                _meet_contacts(row, [p.values for p in people], contacts.get(base.id, []), on_match)
                has_news = row.values or row.new_contacts or row.changed_contacts
                row.fate = Fate.UPDATE if has_news else Fate.UNCHANGED
        rows.append(row)
    _find_parents(session, rows, records)
    give_owners(rows, person, "customer")
    _free_codes(session, rows)
    return Plan(tuple(rows))


def meet(row: PlannedRow, base: Record, on_match: OnMatch, person: Person) -> None:
    """The record is there: keep of the sheet's values what changes something."""
    owner = base.values.get("owner")
    if on_match is OnMatch.SKIP:
        row.fate, row.reason = Fate.SKIP, _("{reason}: {name}").format(reason=row.reason, name=base.title)
    elif owner is not None and owner.id not in person.owners.get((base.entity, "update"), ()):
        row.fate = Fate.SKIP
        row.reason = _("{name} belongs to {owner}; you may not change it").format(name=base.title, owner=owner.label)
    else:
        row.values = news(base.values, row.values, on_match)


def news(current: Mapping[str, Any], values: Mapping[str, Any], on_match: OnMatch) -> dict[str, Any]:
    """The values that change something: all that differ, or only those for fields that are empty."""
    changed: dict[str, Any] = {}
    for key, value in values.items():
        before = current.get(key)
        if key == "phones":
            known = {digits(phone) for phone in before or ()}
            more = [phone for phone in value if digits(phone) not in known]
            if more and (not before or on_match is OnMatch.UPDATE):
                changed[key] = [*(before or ()), *more]
        elif key == "remark" and before and on_match is OnMatch.UPDATE:
            lines = [line for line in str(value).splitlines() if line not in str(before)]
            if lines:
                changed[key] = "\n".join([str(before), *lines])
        elif _differs(before, value) and (before in (None, "", False) or on_match is OnMatch.UPDATE):
            changed[key] = value
    return changed


def _differs(before: Any, value: Any) -> bool:
    if isinstance(before, Ref) and isinstance(value, Ref):
        return before.id != value.id
    return bool(before != value)


def _meet_contacts(
    row: PlannedRow, people: Sequence[dict[str, Any]], known: Sequence[dict[str, Any]], on_match: OnMatch
) -> None:
    """Contacts of one name at one customer are one person."""
    by_name = {normalise(contact["name"]): contact for contact in known}
    for values in people:
        contact = by_name.get(normalise(values["name"]))
        if contact is None:
            row.new_contacts.append({**values, "is_main": bool(values.get("is_main")) and not known})
        elif changed := news(contact, {k: v for k, v in values.items() if k not in ("name", "is_main")}, on_match):
            row.changed_contacts.append((contact, changed))


def _find_parents(session: Session, rows: Sequence[PlannedRow], records: Sequence[SheetRecord]) -> None:
    """The parent company by its name: a customer of the database, or a new one of the same file."""
    wanted = {
        row.at: str(record.values[PARENT])
        for row, record in zip(rows, records, strict=True)
        if record.values.get(PARENT)
    }
    if not wanted:
        return
    matcher = Matcher(session, [{"name": name} for name in wanted.values()], ("name",))
    in_file = {name_core(row.title): row for row in rows if row.fate is Fate.CREATE}
    for row in rows:
        name = wanted.get(row.at)
        if name is None or row.fate is Fate.SKIP:
            continue
        match = matcher.match({"name": name})
        if match:
            row.values[PARENT] = Ref(match.id, match.name)
        elif name_core(name) in in_file and in_file[name_core(name)] is not row:
            row.parent = in_file[name_core(name)]
        else:
            note = _("Parent company: {name}").format(name=name)
            row.values["remark"] = "\n".join(filter(None, (row.values.get("remark"), note)))
            row.warnings += (
                _("The parent company “{name}” is not there; it is kept in the remark.").format(name=name),
            )


def give_owners(rows: Sequence[PlannedRow], person: Person, entity: str) -> None:
    """Who may not create for others keeps the new records himself; the sheet's owner stays in the remark."""
    may_own = set(person.owners.get((entity, "create"), ()))
    me = Ref(person.id, person.name)
    belongs_to_nobody = facts(by_key(entity).fields["owner"]).default == "crm.pool_owner()"
    for row in rows:
        owner = row.values.get("owner")
        if row.fate is Fate.CREATE and owner is None and belongs_to_nobody:
            continue
        if row.fate is Fate.CREATE:
            row.values["owner"] = owner if owner is not None and owner.id in may_own else me
        if owner is not None and owner.id not in may_own:
            if row.fate is not Fate.CREATE:
                del row.values["owner"]
            note = _("Owner in the sheet: {name}").format(name=owner.label)
            row.values["remark"] = "\n".join(filter(None, (row.values.get("remark"), note)))
            row.warnings += (_("You may not give records to {name}; it becomes yours.").format(name=owner.label),)


def _free_codes(session: Session, rows: Sequence[PlannedRow]) -> None:
    """A new record whose number is used already gets a fresh one; its own stays in the remark."""
    wanted = [row.values["code"] for row in rows if row.fate is Fate.CREATE and row.values.get("code")]
    if not wanted:
        return
    taken = set(session.execute(text("select crm.taken_codes(:codes)"), {"codes": wanted}).scalar_one())
    for row in rows:
        code = row.values.get("code")
        if row.fate is not Fate.CREATE or not code:
            continue
        if code in taken:
            del row.values["code"]
            note = _("No. in the sheet: {code}").format(code=code)
            row.values["remark"] = "\n".join(filter(None, (row.values.get("remark"), note)))
            row.warnings += (_("The number {code} is used already; a new one is given.").format(code=code),)
        taken.add(code)
