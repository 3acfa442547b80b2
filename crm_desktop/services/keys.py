"""The derived columns of a row that only the program can write: search keys and the core of a company's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_desktop.core import text
from crm_desktop.core.names import name_core
from crm_desktop.spec import Attr, EntitySpec, facts


def derived_columns(spec: EntitySpec, values: Mapping[str, Any]) -> dict[str, Any]:
    """``sort_key``, ``search_text``, ``search_grams`` and, for customers, ``name_core`` from values by field key."""
    search = spec.search
    if search is None:
        return {}

    def texts(attrs: tuple[Attr, ...]) -> list[str]:
        return [str(value) for attr in attrs if (value := values.get(attr.key))]

    name = str(values.get(search.name.key) or "")
    phones = [phone for attr in search.phones for phone in values.get(attr.key) or ()]
    keys = text.search_keys(name, texts(search.texts), phones, texts(search.emails))
    columns: dict[str, Any] = keys._asdict()
    if hasattr(spec.model, "name_core"):
        columns["name_core"] = name_core(name)
    return columns


def affects_keys(spec: EntitySpec, changed: Mapping[str, Any]) -> bool:
    """Whether a change of these fields changes a derived column."""
    search = spec.search
    if search is None:
        return False
    return any(facts(attr).key in changed for attr in (search.name, *search.texts, *search.phones, *search.emails))
