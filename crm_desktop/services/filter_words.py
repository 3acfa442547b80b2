"""A filter in words, for the chips above a list, the heading of a print and the command line; and the names in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from crm_desktop.core.i18n import N_, _
from crm_desktop.entities import by_key
from crm_desktop.models import DictionaryEntry
from crm_desktop.services.filter_fields import FilterField, find_field, part_of, problem_of
from crm_desktop.services.statements import display_of, full_name_of
from crm_desktop.spec import EntitySpec, Ref
from crm_desktop.spec.filters import Condition, Group, Item, Unreadable
from crm_desktop.spec.kinds import DATE, INTEGER
from crm_desktop.spec.operators import LONGER_AGO, OPERATORS, PERIODS, Takes

MOST_SHOWN = 80
"""Characters of a text in a phrase."""
GAP = "…"
"""Where a value stands in the words of an operator; without one it stands behind them."""
_HAVING = {"any": N_("Has {things}"), "none": N_("Has no {things}")}
_SELF_EVIDENT = frozenset({"any_of", "period", "yes", "no", "equal", "on"})
"""Operators that a colon says as well."""


def filter_words(entity: str, group: Group) -> list[str]:
    """What each item of the filter asks, a phrase each."""
    spec = by_key(entity)
    return [describe(spec, item) for item in group.items]


def describe(spec: EntitySpec, item: Item) -> str:
    """What an item asks, in one phrase: ``Level: A, B``."""
    match item:
        case Unreadable():
            return _("Unreadable condition")
        case Group():
            return _describe_group(spec, item)
    field = find_field(spec, item.field)
    operator = OPERATORS.get(item.operator)
    if field is None or operator is None:
        return _("“{name}” no longer exists").format(name=item.field if field is None else item.operator)
    if problem_of(spec, item):
        return f"{field.label} {_(operator.label)}"
    values = _value_texts(field, operator.takes, item.value)
    if operator.key in _SELF_EVIDENT:
        words = _(operator.label) if operator.takes is Takes.NOTHING else values[0]
        return _("{field}: {value}").format(field=field.label, value=words)
    is_today = operator is LONGER_AGO and item.value == 0
    words = _("before today") if is_today else _(operator.label)
    for value in values if not is_today else ():
        words = words.replace(GAP, value, 1) if GAP in words else f"{words} {value}"
    return f"{field.label} {words}"


def _describe_group(spec: EntitySpec, group: Group) -> str:
    inner = part_of(spec, group.part) if group.part else spec
    if inner is None:
        return _("“{name}” no longer exists").format(name=group.part)
    texts = [
        f"({text})" if isinstance(item, Group) and not item.part and len(item.items) > 1 else text
        for item, text in ((item, describe(inner, item)) for item in group.items)
    ]
    joined = (_(", and ") if group.match == "all" else _(", or ")).join(texts)
    if not group.part:
        return joined
    things = _(_HAVING[group.has]).format(things=_(inner.label_plural).lower())
    return _("{field}: {value}").format(field=things, value=joined) if joined else things


def shorten(value: str) -> str:
    """A text as far as a phrase has room for it."""
    return value if len(value) <= MOST_SHOWN else f"{value[:MOST_SHOWN]}{GAP}"


def _value_texts(field: FilterField, takes: Takes, value: Any) -> list[str]:
    number = field.facts.kind.format
    texts: dict[Takes, Callable[[], list[str]]] = {
        Takes.NOTHING: list,
        Takes.TEXT: lambda: [f"“{shorten(value)}”"],
        Takes.NUMBER: lambda: [number(value)],
        Takes.NUMBERS: lambda: [f"{number(min(value))} – {number(max(value))}"],
        Takes.DAY: lambda: [DATE.format(value)],
        Takes.DAYS: lambda: [DATE.format(min(value)), DATE.format(max(value))],
        Takes.COUNT: lambda: [INTEGER.format(value)],
        Takes.HOUR: lambda: [INTEGER.format(value)],
        Takes.PERIOD: lambda: [_(PERIODS[value].label)],
        Takes.ROWS: lambda: [_(", ").join(row.label or GAP for row in value)],
    }
    return texts[takes]()


def fetch_names(session: Session, entity: str, group: Group) -> Group:
    """The filter with the names of the rows it refers to, as far as the person may see them. A statement a table."""
    spec = by_key(entity)
    wanted: dict[Any, set[int]] = {}
    for target, row in _rows(spec, group):
        wanted.setdefault(target, set()).add(row.id)
    names = {target: _fetch_names(session, target, ids) for target, ids in wanted.items()}
    return _named(spec, group, names) if names else group


def _rows(spec: EntitySpec, group: Group) -> Iterator[tuple[Any, Ref]]:
    for item in group.items:
        if isinstance(item, Group):
            inner = part_of(spec, item.part) if item.part else spec
            yield from _rows(inner, item) if inner else ()
        elif isinstance(item, Condition) and isinstance(item.value, tuple):
            field = find_field(spec, item.field)
            yield from ((field.facts.target, row) for row in item.value if field and isinstance(row, Ref))


def _fetch_names(session: Session, target: Any, ids: set[int]) -> dict[int, Ref]:
    is_entry = target is DictionaryEntry
    name = full_name_of(DictionaryEntry) if is_entry else display_of(target)
    tone = target.tone if is_entry else literal(None)
    chosen = target.id == any_(literal(sorted(ids), ARRAY(BigInteger)))
    rows = session.execute(select(target.id, name, display_of(target), tone).where(chosen))
    return {id_: Ref(id_, full or short or "", tone) for id_, full, short, tone in rows}


def _named(spec: EntitySpec, group: Group, names: Mapping[Any, Mapping[int, Ref]]) -> Group:
    items: list[Item] = []
    for item in group.items:
        if isinstance(item, Group):
            inner = part_of(spec, item.part) if item.part else spec
            items.append(_named(inner, item, names) if inner else item)
        elif isinstance(item, Condition) and (field := find_field(spec, item.field)) and field.facts.target in names:
            known = names[field.facts.target]
            is_rows = isinstance(item.value, tuple)
            rows = (known.get(row.id) or Ref(row.id, _("(not visible to you)")) for row in item.value if is_rows)
            items.append(replace(item, value=tuple(rows)) if is_rows else item)
        else:
            items.append(item)
    return replace(group, items=tuple(items))
