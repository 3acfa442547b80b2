"""Changes of a record in words: one field before and after, who changed what meanwhile."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from typing import Any

from crm_desktop.core import clock
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services.journal import Change
from crm_desktop.services.records import Record, is_same
from crm_desktop.spec import EntitySpec, facts
from crm_desktop.spec.kinds import FIELDS, TIME

MOST_NAMED = 4
NOTHING = "—"


def moment_text(moment: datetime.datetime) -> str:
    """As a list shows it now."""
    return TIME.brief(moment, clock.today())


def value_text(spec: EntitySpec, key: str, value: Any) -> str:
    """A value as the user reads it; a dash for none."""
    kind = facts(spec.fields[key]).kind
    if kind is FIELDS:
        known = by_key("opportunity").fields
        value = [_(by_key("opportunity").label_of(field)) for field in value or () if field in known]
    return kind.format(value) or NOTHING


def step_text(spec: EntitySpec, key: str, before: object, after: object) -> str:
    """``B → A``."""
    return f"{value_text(spec, key, before)} → {value_text(spec, key, after)}"


def who_changed(history: Sequence[Change], key: str) -> Change | None:
    """The newest change of a field; ``history`` is newest first."""
    return next((change for change in history if any(field.key == key for field in change.fields)), None)


def describe_changes_since(
    base: Record, current: Record, history: Sequence[Change], edited: Collection[str] = ()
) -> str:
    """``何毅 has changed Level (B → A) meanwhile. What you typed stays.`` Empty where no shown field differs.

    ``edited`` are the keys of the fields that are being typed into: where both changed one, saving will ask. Without
    them it is only told.
    """
    spec = base.spec
    changed = [
        attr.key for attr in spec.form.fields if not is_same(base.values.get(attr.key), current.values.get(attr.key))
    ]
    if not changed:
        return ""
    people = dict.fromkeys(change.who for key in changed if (change := who_changed(history, key)))
    fields = [
        _("{field} ({step})").format(
            field=_(spec.label_of(key)), step=step_text(spec, key, base.values.get(key), current.values.get(key))
        )
        for key in changed[:MOST_NAMED]
    ]
    if not edited:
        sentence = _("{who} has just changed this record: {fields}.")
    elif set(changed) & set(edited):
        sentence = _(
            "{who} has changed this record meanwhile: {fields}. What you typed stays; saving asks which is to stay."
        )
    else:
        sentence = _("{who} has changed this record meanwhile: {fields}. What you typed stays; saving keeps both.")
    return sentence.format(
        who=_(", ").join(people) or _("Somebody"),
        fields=_(", ").join(fields) + (" …" if len(changed) > MOST_NAMED else ""),
    )
