"""Filters that name choices of fixed dictionaries by their codes, as the program declares them: with the choices of
this firm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from crm_desktop.models import Dictionary, DictionaryEntry
from crm_desktop.services.filter_fields import find_field, part_of
from crm_desktop.services.prepared import execute
from crm_desktop.services.statements import display_of
from crm_desktop.spec import EntitySpec, Ref
from crm_desktop.spec.filters import Condition, Group, Item
from crm_desktop.spec.report import Code

Codes = Mapping[tuple[str, str], Ref]
"""The choices by dictionary and code."""


def fetch_codes(session: Session) -> Codes:
    """The choices of all fixed dictionaries. One statement."""

    def build() -> Select[Any]:
        entry = DictionaryEntry
        columns: list[Any] = [Dictionary.code, entry.code, entry.id, display_of(entry), entry.tone]
        return select(*columns).join(entry.dictionary).where(Dictionary.is_fixed)

    return {(row[0], row[1]): Ref(*row[2:]) for row in execute(session, "choices by code", build)}


def with_choices(spec: EntitySpec, group: Group, codes: Codes) -> Group:
    """The filter with rows instead of codes. Raises KeyError for a code that no dictionary has."""
    return replace(group, items=tuple(_items(spec, group, codes)))


def _items(spec: EntitySpec, group: Group, codes: Codes) -> Iterator[Item]:
    inner = part_of(spec, group.part) if group.part else spec
    assert inner is not None
    for item in group.items:
        match item:
            case Group():
                yield with_choices(inner, item, codes)
            case Condition(key, _operator, (Code(), *_) as value):
                field = find_field(inner, key)
                assert field is not None
                assert field.facts.dictionary is not None
                yield replace(item, value=tuple(codes[field.facts.dictionary, code] for code in value))
            case _:
                yield item
