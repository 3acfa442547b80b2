"""What a person may do with one record, said beforehand. The database decides; this spares him typing in vain."""

from __future__ import annotations

from crm_desktop.core.access import Person, Verb
from crm_desktop.core.i18n import _
from crm_desktop.entities import guard_of
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref, facts


def why_not(person: Person, verb: Verb, record: Record) -> str:
    """Why the person may not do this to the record, in one sentence; empty where he may."""
    spec = record.spec
    if not person.may(verb, spec.key):
        return _("Your permission groups let you read this, not change it.")
    if record.id == 0:
        return ""
    if verb != "read" and (closed := spec.closed(record.values)):
        return _(closed)
    owner = _decider(record, verb)
    if owner is None or owner.id in person.owners.get((spec.key, verb), ()):
        return ""
    if verb == "update" and record.is_lent and guard_of(spec).writer_column is None:
        return ""
    return _("You may read this, not change it: it belongs to {owner}.").format(owner=owner.label)


def _decider(record: Record, verb: Verb) -> Ref | None:
    """The employee whose record it is for row security; None where nobody owns it, or it does not say who."""
    guard = guard_of(record.spec)
    column = guard.writer_column if verb in ("update", "delete") and guard.writer_column else guard.owner_column
    attr = next((attr for attr in record.spec.labels if facts(attr).column == column), None)
    if guard.rule != "owned" or attr is None:
        return None
    value = record.values.get(attr.key)
    return value if isinstance(value, Ref) else None
