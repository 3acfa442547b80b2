"""The statement behind a report: rows of one entity gathered by up to two dimensions, with all subtotals at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Date, Integer, Numeric, Select, and_, case, cast, func, literal, select, tuple_
from sqlalchemy.orm import Session, aliased

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.models import SalesStage
from crm_desktop.services.filter_fields import FilterField, find_field
from crm_desktop.services.filters import filter_clauses, filter_parameters, filter_shape
from crm_desktop.services.prepared import execute
from crm_desktop.services.statements import Joins, display_of, full_name_of, scope_hint, sight_of
from crm_desktop.spec import EntitySpec, Ref, facts
from crm_desktop.spec.filters import Group
from crm_desktop.spec.report import Count, Dimension, Measure

_PLACES = 2


@dataclass(frozen=True, slots=True)
class Counted:
    """A measure with the filters of its rows, choices and all, and of those in ``among``."""

    measure: Measure
    rows: Group
    among: Group


@dataclass(frozen=True, slots=True)
class Question:
    """What is counted of one entity. ``base`` lets through what any of the measures needs."""

    entity: str
    base: Group
    dimensions: tuple[Dimension, ...]
    counted: tuple[Counted, ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        """All filters in the order in which the statement has them."""
        return (self.base, *(group for one in self.counted for group in (one.rows, one.among)))


class Gathered(NamedTuple):
    """Rows that have the same values of the first dimensions; of none, all. ``places`` order the values."""

    values: tuple[Any, ...]
    places: tuple[Any, ...]
    numbers: tuple[Any, ...]


def fetch_gathered(session: Session, question: Question, person: Person) -> list[Gathered]:
    """The groups of all levels, in no order. One statement."""
    spec = by_key(question.entity)
    whole = Group(question.groups)

    def build() -> Select[Any]:
        return _Statement(spec, question, person).select()

    shape = (question.dimensions, tuple(one.measure.key for one in question.counted))
    key = ("report", question.entity, shape, filter_shape(spec, whole, person), sight_of(person, question.entity))
    rows = execute(session, key, build, filter_parameters(spec, whole, person))
    are_rows = [field_of(spec, one).facts.target is not None for one in question.dimensions]
    return [_read(len(question.counted), are_rows, row) for row in rows]


def field_of(spec: EntitySpec, dimension: Dimension) -> FilterField:
    """The field of a dimension of the entity, or of its part."""
    found = find_field(by_key(dimension.part) if dimension.part else spec, dimension.field)
    assert found is not None, dimension.field
    return found


class _Statement:
    """Puts one together."""

    def __init__(self, spec: EntitySpec, question: Question, person: Person) -> None:
        self._spec, self._question, self._person = spec, question, person
        self._joins = Joins(spec.model)
        self._parts = {one.key: self._select_parts(one).subquery() for one in question.dimensions if one.part}

    def select(self) -> Select[Any]:
        """Keys, level and numbers are found first; what the keys are called is looked up for the groups alone."""
        grouped = self._grouped().subquery()
        shown: list[Any] = []
        statement = select(grouped.c.bits, *(grouped.c[f"number{n}"] for n in range(len(self._question.counted))))
        statement = statement.select_from(grouped)
        for number, dimension in enumerate(self._question.dimensions):
            key = grouped.c[f"key{number}"]
            target: Any = field_of(self._spec, dimension).facts.target
            if target is None:
                shown += [key, literal(None), literal(None), key]
                continue
            rows: Any = aliased(target)
            statement = statement.outerjoin(rows, rows.id == key)
            is_within = field_of(self._spec, dimension).facts.dictionary == "region" or target is SalesStage
            label = full_name_of(rows) if is_within else display_of(rows)
            shown += [key, label, getattr(rows, "tone", literal(None)), getattr(rows, rows.order)]
        return statement.add_columns(*(column.label(f"shown{n}") for n, column in enumerate(shown)))

    def _grouped(self) -> Select[Any]:
        rows = self._rows().subquery()
        keys = [rows.c[f"key{number}"] for number in range(len(self._question.dimensions))]
        numbers = [self._number(rows, n).label(f"number{n}") for n in range(len(self._question.counted))]
        bits = (func.grouping(*keys) if keys else literal(0)).label("bits")
        statement = select(bits, *keys, *numbers)
        if not keys:
            return statement
        levels = [tuple_(*keys[:count]) for count in range(len(keys) + 1)]
        return statement.group_by(func.grouping_sets(*levels))

    def _number(self, rows: Any, number: int) -> Any:
        counts = self._question.counted[number].measure.count
        if counts is Count.SUM:
            return func.coalesce(func.sum(rows.c[f"value{number}"]), 0)
        if counts is Count.AVERAGE:
            return func.round(cast(func.avg(rows.c[f"value{number}"]), Numeric), _PLACES)
        count = func.count().filter(rows.c[f"rows{number}"])
        if counts is Count.COUNT:
            return count
        whole = func.count().filter(rows.c[f"among{number}"])
        return func.round(cast(100 * count, Numeric) / func.nullif(whole, 0), _PLACES)

    def _rows(self) -> Select[Any]:
        """The rows themselves: their keys, which measures they count for, or what is summed of them."""
        question = self._question
        model: Any = self._spec.model
        base, *clauses = filter_clauses(self._spec, question.groups, self._person)
        columns = [self._key(dimension).label(f"key{n}") for n, dimension in enumerate(question.dimensions)]
        for number, one in enumerate(question.counted):
            is_counted, is_among = clauses[2 * number : 2 * number + 2]
            if one.measure.of is not None:  # of no other rows: to work it out may take long
                columns.append(case((is_counted, one.measure.of)).label(f"value{number}"))
                continue
            columns.append(is_counted.label(f"rows{number}"))
            if one.measure.count is Count.RATE:
                columns.append(is_among.label(f"among{number}"))
        found = self._joins.apply(select(*columns).select_from(model))
        for parts in self._parts.values():
            found = found.outerjoin(parts, parts.c.parent == model.id)
        return found.where(and_(scope_hint(self._spec, self._person), base))

    def _key(self, dimension: Dimension) -> Any:
        field = field_of(self._spec, dimension)
        if dimension.part:
            return self._parts[dimension.key].c.key
        source, fact = self._joins.target(field.path[:-1]), field.facts
        if dimension.unit == "hour":
            return cast(func.extract("hour", getattr(source, fact.key)), Integer)
        if dimension.unit:
            return cast(func.date_trunc(dimension.unit, getattr(source, fact.key)), Date)
        if fact.target:
            return getattr(source, fact.column)
        written = func.nullif(getattr(source, fact.key), "")  # texts that a filter takes for the same are one group
        return func.min(written).over(partition_by=func.crm.normalise(written))

    def _select_parts(self, dimension: Dimension) -> Select[Any]:
        """Which record has parts with which key, each once."""
        part = by_key(dimension.part)
        assert part.part_of is not None
        parent, key = facts(part.part_of).column, field_of(self._spec, dimension).facts.column
        found = select(getattr(part.model, parent).label("parent"), getattr(part.model, key).label("key"))
        return found.distinct()


def _read(count: int, are_rows: Sequence[bool], row: Sequence[Any]) -> Gathered:
    """One group with ``count`` numbers; ``are_rows`` says which of its dimensions refer to rows."""
    bits, numbers, shown = row[0], row[1 : 1 + count], row[1 + count :]
    level = len(are_rows) - int(bits).bit_count()
    values, places = [], []
    for number, is_row in enumerate(are_rows[:level]):
        key, label, tone, place = shown[4 * number : 4 * number + 4]
        values.append(Ref(key, _("(not visible to you)") if label is None else label, tone) if is_row and key else key)
        places.append(place)
    return Gathered(tuple(values), tuple(places), tuple(numbers))
