"""A row meets a record that is there: what of it is news, whose it becomes, which number it gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import _
from crm_desktop.core.text import digits, normalise
from crm_desktop.entities import by_key
from crm_desktop.services.records import Record
from crm_desktop.spec import EntitySpec, Ref, facts
from importers.plan import Fate, OnMatch, PlannedRow
from importers.resolve import remark_key


def meet(row: PlannedRow, base: Record, on_match: OnMatch, person: Person) -> None:
    """The record is there: keep of the sheet's values what changes something."""
    owner = base.values.get("owner")
    if on_match is OnMatch.SKIP:
        row.fate, row.reason = Fate.SKIP, _("{reason}: {name}").format(reason=row.reason, name=base.title)
    elif owner is not None and owner.id not in person.owners.get((base.entity, "update"), ()):
        row.fate = Fate.SKIP
        row.reason = _("{name} belongs to {owner}; you may not change it").format(name=base.title, owner=owner.label)
    else:
        row.values = news(base.values, row.values, on_match, remark_key(by_key(base.entity)))


def news(
    current: Mapping[str, Any], values: Mapping[str, Any], on_match: OnMatch, kept_in: str = "remark"
) -> dict[str, Any]:
    """The values that change something: all that differ, or only those for fields that are empty. To what stands in
    ``kept_in`` already, lines are added.
    """
    changed: dict[str, Any] = {}
    for key, value in values.items():
        before = current.get(key)
        if key == "phones":
            known = {digits(phone) for phone in before or ()}
            more = [phone for phone in value if digits(phone) not in known]
            if more and (not before or on_match is OnMatch.UPDATE):
                changed[key] = [*(before or ()), *more]
        elif key == kept_in and before and on_match is OnMatch.UPDATE:
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


def meet_contacts(
    row: PlannedRow, people: Sequence[dict[str, Any]], known: Sequence[dict[str, Any]], on_match: OnMatch
) -> None:
    """Contacts of one name at one customer are one person."""
    by_name = {normalise(contact["name"]): contact for contact in known}
    for values in people:
        contact = by_name.get(normalise(values["name"]))
        if contact is None:
            row.new_parts.append({**values, "is_main": bool(values.get("is_main")) and not known})
        elif changed := news(contact, {k: v for k, v in values.items() if k not in ("name", "is_main")}, on_match):
            row.changed_parts.append((contact, changed))


def give_owners(rows: Sequence[PlannedRow], person: Person, spec: EntitySpec) -> None:
    """Who may not create for others keeps the new records himself; the sheet's owner stays in the remark. What is there
    keeps its own. Where a record says something of its owner, nobody else takes his place.
    """
    may_own = set(person.owners.get((spec.key, "create"), ()))
    me = Ref(person.id, person.name)
    belongs_to_nobody = facts(spec.fields["owner"]).default == "crm.pool_owner()"
    is_of_owner = facts(spec.fields["owner"]).default is None
    for row in rows:
        owner = row.values.get("owner")
        if row.fate is Fate.CREATE and is_of_owner and owner is not None and owner.id not in may_own:
            row.fate, row.reason = Fate.REJECT, _("You may not create this for {name}.").format(name=owner.label)
            continue
        if row.fate is Fate.CREATE and owner is None and belongs_to_nobody:
            continue
        if row.fate is Fate.CREATE:
            row.values["owner"] = owner if owner is not None and owner.id in may_own else me
        if owner is None or owner.id in may_own:
            continue
        if row.fate is Fate.CREATE:
            keep_note(row.values, spec, _("Owner in the sheet: {name}").format(name=owner.label))
            row.warnings += (_("You may not give records to {name}; it becomes yours.").format(name=owner.label),)
        elif row.fate is Fate.UPDATE:
            del row.values["owner"]
            row.warnings += (_("You may not give records to {name}; its owner stays.").format(name=owner.label),)
            if not (row.values or row.new_parts or row.changed_parts or row.parent):
                row.fate = Fate.UNCHANGED


def free_codes(session: Session, rows: Sequence[PlannedRow], spec: EntitySpec) -> None:
    """A new record whose number is used already gets a fresh one; its own stays in the remark."""
    if "code" not in spec.fields or facts(spec.fields["code"]).default is None:
        return
    numbered = [row for row in rows if row.fate is Fate.CREATE and row.values.get("code")]
    if not numbered:
        return
    wanted = {"entity": spec.key, "codes": [row.values["code"] for row in numbered]}
    taken = set(session.execute(text("select crm.taken_codes(:entity, :codes)"), wanted).scalar_one())
    for row in numbered:
        code = row.values["code"]
        if code in taken:
            del row.values["code"]
            keep_note(row.values, spec, _("No. in the sheet: {code}").format(code=code))
            row.warnings += (_("The number {code} is used already; a new one is given.").format(code=code),)
        taken.add(code)


def keep_note(values: dict[str, Any], spec: EntitySpec, note: str) -> None:
    """Keep a line in the remark of a new record, where it has one."""
    kept_in = remark_key(spec)
    if kept_in:
        values[kept_in] = "\n".join(filter(None, (values.get(kept_in), note)))
