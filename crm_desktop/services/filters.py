"""From a filter to SQL: one boolean expression over an entity's table, its values as parameters. Nothing is run here.

A related record out of the person's sight counts as none, as row security has it.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from itertools import count
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, and_, bindparam, exists, literal, or_, select, true
from sqlalchemy.orm import aliased
from sqlalchemy.sql import operators

from crm_desktop.core.access import Person
from crm_desktop.core.text import digits, normalise, telling_pieces
from crm_desktop.entities import by_model
from crm_desktop.services.filter_comparisons import Leaf, compare
from crm_desktop.services.filter_fields import FilterField, find_field, part_of, without_broken
from crm_desktop.services.statements import has_grams
from crm_desktop.spec import EntitySpec, facts
from crm_desktop.spec.filters import Condition, Group, Item
from crm_desktop.spec.operators import OPERATORS, Takes

_BETWEEN = re.compile(r"[,;，；、\n]")
_SOUGHT = frozenset({"contains", "begins", "ends", "is"})


def filter_shape(spec: EntitySpec, group: Group, person: Person) -> Hashable:
    """Filters of one shape differ only in :func:`filter_parameters`."""
    sound = without_broken(spec, group)
    return _shape(sound), tuple(bool(_pieces(one, field, person)) for field, one in _conditions(spec, sound))


def _shape(item: Item) -> Hashable:
    match item:
        case Group(items, match, part, has):
            return (match, part, has, *map(_shape, items))
        case Condition(field, operator, value):
            return (field, operator, value if OPERATORS[operator].takes is Takes.PERIOD else None)
    raise AssertionError(item)


def filter_parameters(spec: EntitySpec, group: Group, person: Person) -> dict[str, Any]:
    """The values of the parameters that :func:`filter_clause` names."""
    found: dict[str, Any] = {}
    for number, (field, condition) in enumerate(_conditions(spec, without_broken(spec, group))):
        for ending, value in _values(condition).items():
            found[f"filter{number}{ending}"] = value
        if pieces := _pieces(condition, field, person):
            found[f"filter{number}_pieces"] = pieces
    return found


def _conditions(spec: EntitySpec, group: Group) -> Iterator[tuple[FilterField, Condition]]:
    """All conditions of a sound filter with their fields, from left to right."""
    inner = part_of(spec, group.part) if group.part else spec
    assert inner is not None
    for item in group.items:
        if isinstance(item, Group):
            yield from _conditions(inner, item)
        elif isinstance(item, Condition):
            field = find_field(inner, item.field)
            assert field is not None
            yield field, item


def _pieces(condition: Condition, field: FilterField, person: Person) -> list[str]:
    """Pieces of text by which the index of a large table finds all rows that the condition lets through, and few
    others; none where most rows have them, or the index does not know the field.
    """
    attr: Any = field.path[-1]
    spec = by_model(attr.class_)
    if condition.operator not in _SOUGHT or spec is None or spec.search is None or attr not in spec.search.attrs:
        return []
    common = person.common_pieces.get(str(spec.model.__tablename__))
    if common is None:
        return []
    words = [digits(condition.value)] if attr in spec.search.phones else normalise(condition.value).split(" ")
    return sorted({piece for word in words for piece in telling_pieces(word) if word} - common)


def _values(condition: Condition) -> dict[str, Any]:
    value = condition.value
    match OPERATORS[condition.operator].takes:
        case Takes.TEXT if condition.operator == "one_of":
            several = [one for part in _BETWEEN.split(condition.value) if (one := normalise(part))]
            return {"": several, "_has_marks": any(map(_has_marks, several))}
        case Takes.TEXT:
            text = normalise(value)
            latin = text.replace(" ", "") if text.isascii() and any(map(str.isalpha, text)) else ""
            marks, word = _has_marks(text), text.partition(" ")[0]
            return {"": text, "_word": word, "_pinyin": latin, "_digits": digits(value), "_has_marks": marks}
        case Takes.NUMBER | Takes.DAY | Takes.COUNT | Takes.HOUR:
            return {"": value}
        case Takes.NUMBERS | Takes.DAYS:
            return {"": min(value), "_to": max(value)}
        case Takes.ROWS:
            return {"": [row.id for row in value]}
    return {}


def _has_marks(text: str) -> bool:
    """Whether a text is more than letters, digits and blanks."""
    return not text.replace(" ", "").isalnum()


def filter_clause(spec: EntitySpec, group: Group, person: Person) -> ColumnElement[bool]:
    """The rows of ``spec.model`` that the filter lets through; conditions that cannot be applied are left out."""
    return _Clause(person).of_group(spec, spec.model, without_broken(spec, group))


def filter_clauses(spec: EntitySpec, groups: Sequence[Group], person: Person) -> list[ColumnElement[bool]]:
    """As :func:`filter_clause`, several for one statement. Its parameters are those of a group of these groups."""
    clause = _Clause(person)
    return [clause.of_group(spec, spec.model, without_broken(spec, group)) for group in groups]


class _Clause:
    """Walks through a filter once, giving each condition its number."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._numbers: Iterator[int] = count()
        self._is_indexed = False  # whether the condition at hand is looked up in the index of pieces

    def of_group(self, spec: EntitySpec, source: Any, group: Group) -> ColumnElement[bool]:
        if not group.part:
            return self._of_items(spec, source, group)
        part = part_of(spec, group.part)
        assert part is not None
        assert part.part_of is not None
        rows = aliased(part.model)
        belongs = getattr(rows, facts(part.part_of).column) == source.id
        found = exists(select(literal(1)).where(belongs, self._of_items(part, rows, group)))
        return found if group.has == "any" else ~found

    def _of_items(self, spec: EntitySpec, source: Any, group: Group) -> ColumnElement[bool]:
        clauses = [
            self.of_group(spec, source, item) if isinstance(item, Group) else self._of_condition(spec, source, item)
            for item in group.items
        ]
        if not clauses:
            return true()
        return and_(*clauses) if group.match == "all" else or_(*clauses)

    def _of_condition(self, spec: EntitySpec, source: Any, condition: Item) -> ColumnElement[bool]:
        assert isinstance(condition, Condition)
        field = find_field(spec, condition.field)
        assert field is not None
        denied = OPERATORS[condition.operator].denies
        name = f"filter{next(self._numbers)}"
        self._is_indexed = bool(_pieces(condition, field, self._person))
        holds = self._holds(field, source, denied or condition.operator, name, condition.value)
        if not denied:
            return holds
        is_never_null = len(field.path) > 1 or getattr(holds, "operator", None) in {operators.is_, operators.is_not}
        return ~holds if is_never_null else holds.is_not(true())

    def _holds(self, field: FilterField, source: Any, operator: str, name: str, value: Any) -> ColumnElement[bool]:
        """A related record that fits exists; what is denied has none, so that the planner can join either way."""
        first, *rest = field.path
        if not rest:
            fact = facts(first)
            holds = compare(operator, Leaf(source, fact, name, value, self._person))
            if not self._is_indexed:
                return holds
            attr: Any = first
            searched = by_model(attr.class_)
            assert searched is not None
            return has_grams(searched, bindparam(f"{name}_pieces", type_=ARRAY(Text)), source) & holds
        target = facts(first).target
        assert target is not None
        related: Any = aliased(target)
        refers = related.id == getattr(source, facts(first).column)
        further = FilterField(tuple(rest), field.labels[1:])
        return exists(select(literal(1)).where(refers, self._holds(further, related, operator, name, value)))
