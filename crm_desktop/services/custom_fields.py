"""Fields that the administrator adds: reading the definitions, and what his page does with them.

The database guards it, and makes a column of each field (``db/sql/custom_fields.sql``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import case, func, literal, literal_column, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from crm_desktop.core.i18n import _
from crm_desktop.core.text import normalise, pinyin
from crm_desktop.entities import ALL_ENTITIES, by_key, guard_of, take_custom_fields
from crm_desktop.entities.custom_fields import FieldDefinition
from crm_desktop.models import CustomField, Dictionary, DictionaryEntry
from crm_desktop.services.journal import begin_change
from crm_desktop.services.records import (
    Deleted,
    FieldsError,
    Record,
    create_record,
    delete_records,
    fetch_records,
    save_record,
)
from crm_desktop.spec import EntitySpec


def customisable() -> tuple[EntitySpec, ...]:
    """The entities that fields can be added to, and that references can refer to: not those that somebody keeps as part
    of another one, nor those that only triggers write.
    """
    specs = (by_key(spec.key) for spec in ALL_ENTITIES)
    guards = ((spec, guard_of(spec)) for spec in specs)
    return tuple(spec for spec, guard in guards if guard.entity == spec.key and guard.editable is None)


def fetch_definitions(session: Session) -> tuple[FieldDefinition, ...]:
    """The fields in use of all entities, in their order. One statement."""
    rows = session.execute(
        select(CustomField, Dictionary.code)
        .join(CustomField.dictionary, isouter=True)
        .where(CustomField.is_active)
        .order_by(CustomField.position, CustomField.id)
    )
    return tuple(
        FieldDefinition(
            entity=field.entity,
            column=field.column_name,
            kind=field.kind,
            name=field.name,
            name_en=field.name_en,
            help=field.help,
            section=field.section,
            target=field.target,
            dictionary=code,
            is_required=field.is_required,
            is_listed=field.is_listed,
        )
        for field, code in rows
    )


def load_custom_fields(session: Session) -> frozenset[str]:
    """Let the specs have the fields of this database; the keys of the entities that changed. One statement."""
    return take_custom_fields(fetch_definitions(session))


def fetch_fields(session: Session, entity: str) -> list[Record]:
    """The definitions of one entity in their order, also those out of use. Two statements."""
    ids = session.scalars(
        select(CustomField.id).where(CustomField.entity == entity).order_by(CustomField.position, CustomField.id)
    ).all()
    fields = fetch_records(session, "custom_field", ids)
    return [fields[id_] for id_ in ids if id_ in fields]


def fetch_uses(session: Session, entity: str, fields: Sequence[Record]) -> dict[int, int]:
    """In how many records in sight each of these fields of ``entity`` holds something, by its id. One statement."""
    if not fields:
        return {}
    filled = []
    for field in fields:
        column: Any = literal_column(f'"{field.values["column_name"]}"')  # made by the database, never typed
        is_filled = column if field.values["kind"] == "bool" else column.is_not(None)
        filled.append(func.count(case((is_filled, 1))))
    counts = session.execute(select(*filled).select_from(by_key(entity).model)).one()
    return {field.id: count for field, count in zip(fields, counts, strict=True)}


def add_field(session: Session, values: Mapping[str, Any], choices: Sequence[str] = ()) -> Record:
    """Add a field; for a choice with what can be chosen at first. Raises FieldsError.

    One change set, which can be undone for as long as the field holds nothing.
    """
    _raise_if_taken(values, 0)
    begun = Record("custom_field", 0, 0, {"is_active": True, **values})
    created = create_record(session, begun)
    field = fetch_records(session, "custom_field", [created.id])[created.id]
    names = list(dict.fromkeys(filter(None, (name.strip() for name in choices))))
    dictionary = field.values["dictionary"]
    if dictionary is not None and names:
        codes = _codes(names)
        session.execute(
            DictionaryEntry.__table__.insert(),  # type: ignore[attr-defined]  # a Table
            [
                {"dictionary_id": dictionary.id, "name": name, "code": code, "sort_order": order}
                for order, (name, code) in enumerate(zip(names, codes, strict=True))
            ],
        )
    return Record(field.entity, field.id, field.version, field.values, created.change_set)


def save_field(session: Session, field: Record, changes: Mapping[str, Any]) -> Record:
    """Change words and places of a field. Raises FieldsError, and what ``save_record`` raises."""
    _raise_if_taken({**field.values, **changes}, field.id)
    return save_record(session, field, changes)


def delete_field(session: Session, field: Record) -> Deleted:
    """Delete a field that holds nothing; raises ConflictError where it holds something."""
    return delete_records(session, "custom_field", [field.id], field.title)


def save_field_order(session: Session, entity: str, ids: Sequence[int]) -> int:
    """Give the fields of an entity this order; returns the change set. Two statements."""
    change_set = begin_change(session, "edit", _(by_key(entity).label_plural), "custom_field")
    order = func.array_position(literal(list(ids), ARRAY(BigInteger)), CustomField.id)
    statement = update(CustomField).where(CustomField.entity == entity, CustomField.position != order)
    session.execute(statement.values(position=order).execution_options(synchronize_session=False))
    return change_set


def _raise_if_taken(values: Mapping[str, Any], id_: int) -> None:
    """A second field of one name could not be told from the first, in lists and in sheets to import."""
    spec = by_key(str(values["entity"]))
    own = _own_key(spec, values) if id_ else None
    taken = {normalise(word) for attr, label in spec.labels.items() if attr.key != own for word in (label, _(label))}
    wrong = {
        key: _("There is a field of this name already.")
        for key in ("name", "name_en")
        if values.get(key) and normalise(str(values[key])) in taken
    }
    if wrong:
        raise FieldsError(wrong)


def _own_key(spec: EntitySpec, values: Mapping[str, Any]) -> str | None:
    column = str(values["column_name"])
    keys = {column, f"{column}_long", column.removesuffix("_id")}
    return next((key for key in spec.fields if key in keys), None)


def _codes(names: Sequence[str]) -> list[str]:
    """What imports and reports know the entries by: their pinyin in small letters, with a number where one is taken."""
    codes: list[str] = []
    for name in names:
        letters = "".join(c for c in "".join(pinyin(name.lower())) if c.isascii() and c.isalnum())[:30] or "entry"
        code = next(c for c in (letters, *(f"{letters}_{n}" for n in range(2, len(names) + 2))) if c not in codes)
        codes.append(code)
    return codes
