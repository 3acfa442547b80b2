"""The rows of a report, under the reader's own rights, each number with the filter that it stands for."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta
from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import _
from crm_desktop.core.text import sort_key
from crm_desktop.entities import by_key
from crm_desktop.services.analysis_parameters import BY_NAME, PROCESS, Parameters, in_period
from crm_desktop.services.analysis_statement import Counted, Question, fetch_gathered, field_of
from crm_desktop.services.choice_codes import Codes, fetch_codes, with_choices
from crm_desktop.services.funnel import FunnelStage, fetch_funnel
from crm_desktop.services.grouping import day_label
from crm_desktop.services.listing import ListQuery
from crm_desktop.services.weekly_changes import KINDS, DealChange, fetch_changes
from crm_desktop.spec import Ref, facts
from crm_desktop.spec.filters import EVERYTHING, Condition, Group, Item
from crm_desktop.spec.report import Count, Dimension, Measure, ReportSpec

_UNITS = {
    "day": relativedelta(days=1),
    "week": relativedelta(weeks=1),
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
    "year": relativedelta(years=1),
}
_MOST_FILLED = 400
"""Days, months and so on between the first and the last that has something."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a report, and the rows of a list that it counts."""

    value: Any
    entity: str
    rows: Group


@dataclass(frozen=True, slots=True)
class ReportRow:
    """``values`` are what its rows have in common, one for each dimension down to its level; the total has none."""

    values: tuple[Any, ...]
    label: str
    numbers: tuple[Number, ...]

    @property
    def level(self) -> int:
        """0 of the total, 1 of the first dimension, 2 of what lies below it."""
        return len(self.values)

    @property
    def tone(self) -> str | None:
        """The colour of what its rows have in common."""
        last = self.values[-1] if self.values else None
        return last.tone if isinstance(last, Ref) else None


@dataclass(frozen=True, slots=True)
class FoundReport:
    """The rows in the order asked for, each before those below it, and the total over all."""

    spec: ReportSpec
    parameters: Parameters
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    rows: tuple[ReportRow, ...]
    total: ReportRow | None

    def first_level(self) -> tuple[ReportRow, ...]:
        """The rows of the first dimension, which the chart draws."""
        return tuple(row for row in self.rows if row.level == 1)


def dimension_label(spec: ReportSpec, dimension: Dimension) -> str:
    """What one gathers by, in the language of the moment."""
    return _(dimension.label or field_of(by_key(spec.entity), dimension).labels[-1])


def tables_of_report(spec: ReportSpec) -> frozenset[str]:
    """The tables that decide about its numbers and names."""
    tables = {by_key(entity).model.__tablename__ for entity in spec.entities()}
    tables |= {"funnel": {"opportunity_stay"}, "weeks": {"opportunity_snapshot"}}.get(spec.source, set())
    for dimension in spec.dimensions:
        if dimension.part:
            tables.add(by_key(dimension.part).model.__tablename__)
        targets = (facts(attr).target for attr in field_of(by_key(spec.entity), dimension).path)
        tables |= {target.__tablename__ for target in targets if target is not None}
    return frozenset(tables)


def fetch_report(session: Session, spec: ReportSpec, parameters: Parameters, person: Person) -> FoundReport:
    """The report. Two statements, one more for each further entity that it counts, and where it gathers by parts."""
    if spec.source == "funnel":
        return _funnel(session, spec, parameters, person)
    fetch = _weeks if spec.source == "weeks" else _counts
    return _sorted(fetch(session, spec, parameters, person))


def _counts(session: Session, spec: ReportSpec, parameters: Parameters, person: Person) -> FoundReport:
    """Rows by their dimensions."""
    codes = fetch_codes(session)
    measures = tuple(one for one in spec.measures if person.may("read", one.entity or spec.entity))
    asked = _Asked(spec, parameters, codes, measures)
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    places: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for question in asked.questions():
        keys = [one.measure.key for one in question.counted]
        has_parts = any(one.part for one in question.dimensions)
        for gathered in fetch_gathered(session, question, person):
            if has_parts and not gathered.values:
                continue  # who has two parts is in it twice
            places[gathered.values] = gathered.places
            found.setdefault(gathered.values, {}).update(zip(keys, gathered.numbers, strict=True))
    rows = [asked.row(values, numbers) for values, numbers in found.items()]
    total = next((row for row in rows if not row.level), None)
    kept = [row for row in rows if row.level and any(number.value for number in row.numbers)]
    ordered = _level_by_level([*kept, *asked.missing_days(kept)], _Order(asked.dimensions, places))
    return FoundReport(spec, parameters, asked.dimensions, measures, tuple(ordered), total)


class _Shown(NamedTuple):
    """What all numbers of a measure have in common: ``nothing`` was found, what is asked of the rows, and by which of
    the sets of dimensions they are gathered.
    """

    key: str
    nothing: int | None
    entity: str
    items: tuple[Item, ...]
    place: int


class _Asked:
    """A report with its parameters: what to ask the database, and what each number stands for."""

    def __init__(self, spec: ReportSpec, parameters: Parameters, codes: Codes, measures: tuple[Measure, ...]) -> None:
        self._spec, self._parameters, self._codes, self._measures = spec, parameters, codes, measures
        by = spec.dimension(parameters.by)
        below = next((one for one in spec.dimensions if one.key == parameters.then and one.key != by.key), None)
        is_alone = below is None or bool(by.part or below.part)  # rows that count for several parts add up to nothing
        self.dimensions: tuple[Dimension, ...] = (by,) if is_alone or below is None else (by, below)
        self._gathered = {one.key: tuple(self._dimension(one, by) for by in self.dimensions) for one in measures}
        self._keys = tuple(dict.fromkeys(self._gathered.values()))
        self._shown = tuple(map(self._measure_shown, measures))

    def questions(self) -> Iterator[Question]:
        """One for each entity and what it is gathered by; where parts are gathered by, one more for the total."""
        together: dict[tuple[str, tuple[Dimension, ...]], list[Measure]] = {}
        for measure in self._measures:
            together.setdefault((self._entity(measure), self._gathered[measure.key]), []).append(measure)
        for (entity, gathered_by), counted in together.items():
            measures = tuple(Counted(one, *self._conditions(one, counted)) for one in counted)
            question = Question(entity, self._base(entity, counted), gathered_by, measures)
            yield question
            if any(one.part for one in question.dimensions):
                yield replace(question, dimensions=())

    def row(self, values: tuple[Any, ...], numbers: dict[str, Any]) -> ReportRow:
        """A row with all measures: of those that nothing was found for, none."""
        label = self._label(self.dimensions[len(values) - 1], values[-1]) if values else _("Total")
        own = [tuple(map(_has_value, dimensions, values)) for dimensions in self._keys]
        shown = [
            Number(numbers.get(one.key, one.nothing), one.entity, Group(one.items + own[one.place]))
            for one in self._shown
        ]
        return ReportRow(values, label, tuple(shown))

    def missing_days(self, rows: Sequence[ReportRow]) -> Iterator[ReportRow]:
        """Between the first month and the last those in which there was nothing."""
        dimension = self.dimensions[0]
        found = {row.values[0] for row in rows if row.level == 1 and row.values[0] is not None}
        if not dimension.unit or not found:
            return
        day, last = min(found), max(found)
        if dimension.unit == "hour":
            yield from (self.row((hour,), {}) for hour in range(day + 1, last) if hour not in found)
            return
        for _step in range(_MOST_FILLED):
            day += _UNITS[dimension.unit]
            if day >= last:
                return
            if day not in found:
                yield self.row((day,), {})

    def _measure_shown(self, measure: Measure) -> _Shown:
        nothing = 0 if measure.count in {Count.COUNT, Count.SUM} else None
        group = self._group(measure, measure.among if measure.count is Count.RATE else measure.where)
        place = self._keys.index(self._gathered[measure.key])
        return _Shown(measure.key, nothing, self._entity(measure), group.items, place)

    def _entity(self, measure: Measure) -> str:
        return measure.entity or self._spec.entity

    def _dimension(self, measure: Measure, dimension: Dimension) -> Dimension:
        """The dimension as this measure's entity has it: months are those of the measure's own day."""
        if dimension.unit and dimension.field == self._spec.day:
            return replace(dimension, field=measure.day or self._spec.day)
        return replace(dimension, field=self._spec.field_in(self._entity(measure), dimension.field))

    def _group(self, measure: Measure, where: Group) -> Group:
        """All that is asked of the rows of a measure."""
        entity = self._entity(measure)
        return Group((*self._common(entity), *self._period(measure).items, *self._of_measure(measure, where)))

    def _of_measure(self, measure: Measure, where: Group) -> tuple[Item, ...]:
        return _flat(with_choices(by_key(self._entity(measure)), where, self._codes))

    def _common(self, entity: str) -> tuple[Item, ...]:
        """What is asked of all rows of an entity."""
        items: list[Item] = [
            replace(one, field=self._spec.field_in(entity, one.field)) if isinstance(one, Condition) else one
            for one in self._parameters.whose.items
        ]
        if entity == self._spec.entity:
            items += _flat(with_choices(by_key(entity), self._spec.where, self._codes))
            if self._parameters.process is not None:
                items.append(Condition(PROCESS, "any_of", (self._parameters.process,)))
        return tuple(items)

    def _period(self, measure: Measure) -> Group:
        return EVERYTHING if measure.is_now else in_period(measure.day or self._spec.day, self._parameters.period)

    def _base(self, entity: str, counted: Sequence[Measure]) -> Group:
        """What any of the measures needs, each of its own period."""
        periods = {self._period(one) for one in counted}
        shared = periods.pop() if len(periods) == 1 else EVERYTHING
        needed = [self._needed(one, () if shared else self._period(one).items) for one in counted]
        return Group((*self._common(entity), *_flat(shared), *_flat(_any(needed))))

    def _needed(self, measure: Measure, period: tuple[Item, ...]) -> Group:
        counted = measure.among if measure.count is Count.RATE else measure.where
        return Group((*period, *self._of_measure(measure, counted)))

    def _conditions(self, measure: Measure, counted: Sequence[Measure]) -> tuple[Group, Group]:
        """Beyond the base."""
        is_same = len({self._period(one) for one in counted}) == 1
        period = () if is_same else self._period(measure).items
        rows, among = (Group((*period, *self._of_measure(measure, group))) for group in (measure.where, measure.among))
        return rows, among if measure.count is Count.RATE else EVERYTHING

    def _label(self, dimension: Dimension, value: Any) -> str:
        if value is None:
            return _("(empty)")
        if isinstance(value, Ref | str):
            return str(value.label if isinstance(value, Ref) else value)
        return f"{value:02}:00" if dimension.unit == "hour" else day_label(value, dimension.unit)


def _flat(group: Group) -> tuple[Item, ...]:
    return group.items if group.match == "all" and not group.part else (group,)


def _any(groups: Sequence[Group]) -> Group:
    """What one of the filters lets through."""
    different = tuple(dict.fromkeys(groups))
    if not all(different):
        return EVERYTHING
    return different[0] if len(different) == 1 else Group(different, "any")


def _has_value(dimension: Dimension, value: Any) -> Item:
    """The rows of a group."""
    if dimension.part:
        parts = () if value is None else (Condition(dimension.field, "any_of", (value,)),)
        return Group(parts, part=dimension.part, has="any" if parts else "none")
    if value is None:
        return Condition(dimension.field, "empty")
    if isinstance(value, Ref):
        return Condition(dimension.field, "any_of", (value,))
    if isinstance(value, str):
        return Condition(dimension.field, "is", value)
    if dimension.unit == "hour":
        return Condition(dimension.field, "at_hour", value)
    return Condition(dimension.field, "from_to", (value, _last_day(value, dimension.unit)))


@functools.cache
def _last_day(first: datetime.date, unit: str) -> datetime.date:
    last: datetime.date = first + _UNITS[unit] - relativedelta(days=1)
    return last


def _level_by_level(
    rows: Iterable[ReportRow], order: Callable[[Sequence[ReportRow]], Iterable[ReportRow]]
) -> Iterator[ReportRow]:
    """The rows, each before those below it, put in order within the one above."""
    below: dict[tuple[Any, ...], list[ReportRow]] = {}
    for row in rows:
        below.setdefault(row.values[:-1], []).append(row)
    for row in order(below.get((), [])):
        yield row
        yield from order(below.get(row.values, []))


class _Order:
    """The order of a report's own: by size, by the order of what they are called after, or by day."""

    def __init__(self, dimensions: tuple[Dimension, ...], places: dict[tuple[Any, ...], tuple[Any, ...]]) -> None:
        self._dimensions, self._places = dimensions, places

    def __call__(self, rows: Sequence[ReportRow]) -> list[ReportRow]:
        return sorted(rows, key=self._key)

    def _key(self, row: ReportRow) -> tuple[Any, ...]:
        dimension, value = self._dimensions[row.level - 1], row.values[-1]
        place = self._places[row.values][-1] if row.values in self._places else value
        size = row.numbers[0].value or 0
        is_ranked = dimension.is_ranked and not dimension.unit
        return (value is None, -size if is_ranked else 0, place is not None, place if place is not None else 0)


def _sorted(found: FoundReport) -> FoundReport:
    """The rows as ``sort`` says; what has no number or name comes last either way."""
    sort = found.parameters.sort
    key, is_descending = sort.removeprefix("-"), sort.startswith("-")
    place = next((place for place, one in enumerate(found.measures) if one.key == key), None)
    if place is None and key != BY_NAME:
        return found

    def value_of(row: ReportRow) -> Any:
        if place is not None:
            return row.numbers[place].value
        value = row.values[-1]
        return sort_key(row.label) if isinstance(value, Ref | str) else value

    def order(rows: Sequence[ReportRow]) -> list[ReportRow]:
        filled = [row for row in rows if value_of(row) is not None]
        return [*sorted(filled, key=value_of, reverse=is_descending), *(row for row in rows if value_of(row) is None)]

    return replace(found, rows=tuple(_level_by_level(found.rows, order)))


def _funnel(session: Session, spec: ReportSpec, parameters: Parameters, person: Person) -> FoundReport:
    """How far opportunities came. What they come from and go to is asked of their history."""
    where = with_choices(by_key(spec.entity), spec.where, fetch_codes(session))
    common = Group((*parameters.whose.items, *_flat(where), *in_period(spec.day, parameters.period).items))
    found = fetch_funnel(session, ListQuery(entity=spec.entity, filter=common), person)
    funnel = found.of(parameters.process.id if parameters.process else 0)

    def row(place: int, stage: FunnelStage) -> ReportRow:
        reached = Group((*common.items, *_flat(funnel.rows_of(stage))))
        there = Group((*common.items, Condition("stage", "any_of", (stage.ref,))))
        share = funnel.conversion(place) if stage in funnel.way else None
        is_end = stage not in funnel.way
        numbers = {
            "reached": (stage.count if is_end else stage.reached, reached),
            "reached_amount": (stage.amount if is_end else stage.reached_amount, reached),
            "on": (None if share is None else round(Decimal(100 * share), 2), reached),
            "now": (stage.count, there),
            "now_amount": (stage.amount, there),
        }
        made = (Number(numbers[one.key][0], spec.entity, numbers[one.key][1]) for one in spec.measures)
        return ReportRow((stage.ref,), stage.ref.label, tuple(made))

    rows = tuple(row(place, stage) for place, stage in enumerate((*funnel.way, *funnel.ends)))
    shown = replace(parameters, process=next(iter(funnel.processes()), None))
    return FoundReport(spec, shown, spec.dimensions[:1], spec.measures, rows, None)


def _weeks(session: Session, spec: ReportSpec, parameters: Parameters, person: Person) -> FoundReport:
    """What changed between two weeks, a row for each kind of change with the opportunities below it."""
    process = () if parameters.process is None else (Condition(PROCESS, "any_of", (parameters.process,)),)
    query = ListQuery(entity=spec.entity, filter=Group((*parameters.whose.items, *process)))
    changes = fetch_changes(session, query, parameters.period, person)

    def row(values: tuple[Any, ...], some: Sequence[DealChange]) -> ReportRow:
        codes = Group((Condition("code", "one_of", ", ".join(one.code for one in some)),))
        shifts = [one.days for one in some if one.days]
        before, after = (sum((one.amounts[side] for one in some), Decimal(0)) for side in (0, 1))
        numbers = {
            "count": len(some),
            "before": before,
            "after": after,
            "difference": after - before,
            "days": round(Decimal(sum(shifts)) / len(shifts), 2) if shifts else None,
        }
        made = (Number(numbers[one.key], spec.entity, codes) for one in spec.measures)
        return ReportRow(values, values[-1].label, tuple(made))

    rows: list[ReportRow] = []
    for place, (kind, (label, tone)) in enumerate(KINDS.items()):
        some = [one for one in changes if kind in one.kinds]
        if some:
            ref = Ref(place, _(label), tone)
            rows.append(row((ref,), some))
            rows += [row((ref, Ref(one.id, one.name)), [one]) for one in some]
    return FoundReport(spec, parameters, spec.dimensions, spec.measures, tuple(rows), None)
