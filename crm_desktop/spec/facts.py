"""What a mapped attribute says of itself: kind, required, length, target. Derived, never written twice."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, DefaultClause, Integer, Numeric, String, Text
from sqlalchemy.orm import ColumnProperty, DeclarativeBase, InstrumentedAttribute, RelationshipProperty

from crm_desktop.spec import kinds
from crm_desktop.spec.calendar_kinds import MONTH, YEAR
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
NAMED = kinds.NAMED | {kind.name: kind for kind in (YEAR, MONTH)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One attribute of a model. ``key`` names it everywhere; ``column`` holds it in the table."""

    key: str
    column: str
    kind: Kind
    is_required: bool = False
    default: str | None = None
    """The server's default as SQL text; None where there is none."""
    max_length: int | None = None
    least: int | None = None
    """Of a number of things or an amount, below which there is no sense."""
    target: type[DeclarativeBase] | None = None
    dictionary: str | None = None
    default_choice: str | None = None
    """Code of the entry that a new record begins with."""
    is_list: bool = False
    hours_ahead: int | None = None
    """A new record begins with the next full hour, so many hours later."""


@functools.cache
def facts(attr: Attr) -> Facts:
    """The facts of a mapped attribute. A relationship to one row is a choice or a reference, to many rows a list.

    A choice that an expression computes says in its ``info`` of which dictionary it is, and what model that is of.
    """
    prop = attr.property
    if isinstance(prop, RelationshipProperty):
        target: type[DeclarativeBase] | None = prop.mapper.class_
        if prop.uselist:
            return Facts(key=attr.key, column="", kind=kinds.REFERENCE, target=target, is_list=True)
        (column,) = prop.local_columns
        dictionary = column.info.get("dictionary")
        kind: Kind = kinds.CHOICE if dictionary else kinds.REFERENCE
    elif isinstance(prop, ColumnProperty) and "dictionary" in prop.info:
        return Facts(
            key=attr.key,
            column=attr.key,
            kind=kinds.CHOICE,
            target=prop.info["target"],
            dictionary=prop.info["dictionary"],
        )
    else:
        assert isinstance(prop, ColumnProperty)
        column, target, dictionary = prop.columns[0], None, None
        assert isinstance(column, Column)
        kind = _kind(column, prop.info.get("kind"))
    assert isinstance(column, Column)
    default = column.server_default
    return Facts(
        key=attr.key,
        column=column.key,
        kind=kind,
        is_required=not column.nullable,
        default=str(default.arg) if isinstance(default, DefaultClause) else None,
        max_length=prop.info.get("max_length") or (column.type.length if isinstance(column.type, String) else None),
        least=column.info.get("least"),
        target=target,
        dictionary=dictionary,
        default_choice=column.info.get("default"),
        hours_ahead=column.info.get("hours_ahead"),
    )


def _kind(column: Column[Any], of_attribute: str | None) -> Kind:
    if named := of_attribute or column.info.get("kind"):
        return NAMED[named]
    return next((kind for type_, kind in type_kinds if isinstance(column.type, type_)), kinds.TEXT)
