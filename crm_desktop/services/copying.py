"""A new record that begins as another one is."""

from __future__ import annotations

from typing import Any

from crm_desktop.services.records import Record
from crm_desktop.spec import facts


def values_to_copy(record: Record) -> dict[str, Any]:
    """The fields of the form as they are, without codes and whatever else can be there only once."""
    fields = [attr for attr in record.spec.form.fields if attr not in record.spec.form.read_only]
    columns = record.spec.model.__table__.columns
    return {
        attr.key: record.values[attr.key]
        for attr in fields
        if not facts(attr).is_list and not columns[facts(attr).column].unique and attr.key in record.values
    }
