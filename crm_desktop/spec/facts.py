"""What a mapped attribute says of itself: kind, required, length, target. Derived, never written twice."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, Numeric, String, Text
from sqlalchemy.orm import ColumnProperty, DeclarativeBase, InstrumentedAttribute, RelationshipProperty

from crm_desktop.spec import kinds
from crm_desktop.spec.kinds import Kind

type_kinds: tuple[tuple[type[Any], Kind], ...] = (
    (Boolean, kinds.BOOL),
    (DateTime, kinds.TIME),
    (Date, kinds.DATE),
    (Integer, kinds.INTEGER),
    (Numeric, kinds.MONEY),
    (Text, kinds.LONG_TEXT),
    (String, kinds.TEXT),
)
Attr = InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """One attribute of a model. ``key`` names it everywhere; ``column`` holds it in the table."""

    key: str
    column: str
    kind: Kind
    is_required: bool
    has_default: bool
    max_length: int | None
    target: type[DeclarativeBase] | None
    dictionary: str | None
    is_list: bool = False


@functools.cache
def facts(attr: Attr) -> Facts:
    """The facts of a mapped attribute. A relationship to one row is a choice or a reference, to many rows a list."""
    prop = attr.property
    if isinstance(prop, RelationshipProperty):
        target = prop.mapper.class_
        if prop.uselist:
            return Facts(
                attr.key,
                "",
                kinds.REFERENCE,
                is_required=False,
                has_default=True,
                max_length=None,
                target=target,
                dictionary=None,
                is_list=True,
            )
        (column,) = prop.local_columns
        dictionary = column.info.get("dictionary")
        kind = kinds.CHOICE if dictionary else kinds.REFERENCE
        return Facts(
            attr.key,
            str(column.key),
            kind,
            not column.nullable,
            column.server_default is not None,
            None,
            target,
            dictionary,
        )
    assert isinstance(prop, ColumnProperty)
    column = prop.columns[0]
    assert isinstance(column, Column)
    length = column.type.length if isinstance(column.type, String) else None
    return Facts(
        attr.key, column.key, _kind(column), not column.nullable, column.server_default is not None, length, None, None
    )


def _kind(column: Column[Any]) -> Kind:
    if named := column.info.get("kind"):
        return kinds.NAMED[named]
    return next((kind for type_, kind in type_kinds if isinstance(column.type, type_)), kinds.TEXT)
