"""Custom fields for tests: added by the administrator of the office, known to the specs, forgotten at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from crm_desktop.db.engine import Gateway
from crm_desktop.entities import by_key, take_custom_fields
from crm_desktop.services import custom_fields, records
from crm_desktop.services.records import Record
from tests.db.conftest import SignIn


@pytest.fixture
def admin(sign_in: SignIn) -> Iterator[Gateway]:
    """The administrator, signed in; afterwards the specs are as shipped."""
    yield sign_in("admin")
    take_custom_fields(())


def add(gateway: Gateway, entity: str, kind: str, name: str, **values: Any) -> Record:
    """A new field that the specs know."""
    choices = values.pop("choices", ())
    with gateway.write() as session:
        field = custom_fields.add_field(session, {"entity": entity, "kind": kind, "name": name, **values}, choices)
    with gateway.read() as session:
        custom_fields.load_custom_fields(session)
    return field


def key_of(field: Record) -> str:
    """The key of the field in the spec of its entity."""
    labels = by_key(field.values["entity"]).labels
    return next(attr.key for attr, label in labels.items() if label == field.values["name"])


def create(gateway: Gateway, entity: str, **values: Any) -> Record:
    with gateway.write() as session:
        created = records.create_record(session, records.new_record(entity, gateway.person, **values))
        return records.fetch_record(session, entity, created.id)


def change(gateway: Gateway, record: Record, **values: Any) -> Record:
    with gateway.write() as session:
        return records.save_record(session, record, values)
