"""The derived columns of a row that only the program can write: search keys and the core of a company's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ARRAY, Text, literal, select
from sqlalchemy.orm import Session

from crm_desktop.core import text
from crm_desktop.core.names import name_core
from crm_desktop.db.bulk import update_rows
from crm_desktop.entities import every_entity
from crm_desktop.services.statements import has_grams
from crm_desktop.spec import Attr, EntitySpec

_INCOMPLETE = "=?"
"""The token with which ``db/sql/search.sql`` marks a row whose keys it filled in."""


def derived_columns(spec: EntitySpec, values: Mapping[str, Any]) -> dict[str, Any]:
    """``sort_key``, ``search_text``, ``search_grams`` and, for customers, ``name_core`` from values by field key."""
    search = spec.search
    if search is None:
        return {}

    def texts(attrs: tuple[Attr, ...]) -> list[str]:
        return [str(value) for attr in attrs if (value := values.get(attr.key))]

    name = str(values.get(search.name.key) or "")
    phones = [phone for attr in search.phones for phone in values.get(attr.key) or ()]
    keys = text.search_keys(name, texts(search.texts), phones, texts(search.emails), texts(search.passages))
    columns: dict[str, Any] = keys._asdict()
    if hasattr(spec.model, "name_core"):
        columns["name_core"] = name_core(name)
    return columns


def affects_keys(spec: EntitySpec, changed: Mapping[str, Any]) -> bool:
    """Whether a change of these fields changes a derived column."""
    search = spec.search
    if search is None:
        return False
    return any(attr.key in changed for attr in search.attrs)


def complete_keys(session: Session) -> None:
    """Add pinyin to the search columns that the database filled in, which knows none: of rows that an undo restored."""
    for spec in every_entity():
        if spec.search is None:
            continue
        model: Any = spec.model
        attrs = spec.search.attrs
        incomplete = literal([_INCOMPLETE], ARRAY(Text))
        rows = session.execute(select(model.id, *attrs).where(has_grams(spec, incomplete))).all()
        if rows:
            found = [derived_columns(spec, dict(zip((a.key for a in attrs), row[1:], strict=True))) for row in rows]
            completed = [(row.id, *columns.values()) for row, columns in zip(rows, found, strict=True)]
            update_rows(session, f"crm.{model.__tablename__}", ("id", *found[0]), completed)
