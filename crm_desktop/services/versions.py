"""A record as it was: its present values with its history rolled back. Plain data, no database."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from crm_desktop.core.i18n import _
from crm_desktop.services.journal import Change, FieldChange
from crm_desktop.services.records import Record, is_same


def as_of(record: Record, history: Sequence[Change], moment: datetime.datetime) -> Record | None:
    """The record as it was at ``moment``; None where it did not exist yet. ``history`` is newest first.

    Where the journal no longer reaches back so far, the oldest state it knows.
    """
    values = dict(record.values)
    for change in history:
        if change.at <= moment:
            break
        if change.operation == "I":
            return None
        values.update({field.key: field.before for field in change.fields})
    return Record(record.entity, record.id, record.version, values)


def differences(earlier: Record, later: Record) -> Iterator[FieldChange]:
    """The fields of the form that differ, in the form's order."""
    for attr in earlier.spec.form.fields:
        before, after = earlier.values.get(attr.key), later.values.get(attr.key)
        if not is_same(before, after):
            yield FieldChange(attr.key, _(earlier.spec.labels[attr]), before, after)
