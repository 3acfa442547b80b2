"""What a report is made of: by what it is gathered, what it counts, what of it is drawn. Each number stands for a
filter of an entity's list, which is how it is computed and what opens when somebody clicks on it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from crm_desktop.core.i18n import N_
from crm_desktop.spec import kinds
from crm_desktop.spec.filters import EVERYTHING, Condition, Group
from crm_desktop.spec.kinds import Kind

ChartKind = Literal["bar", "stacked", "line", "funnel"]
Source = Literal["rows", "funnel", "weeks"]
"""What counts: rows by their dimensions, the history of stages, the snapshots of two weeks."""


class Code(str):
    """A choice of a fixed dictionary by its code, in a condition that knows no ids."""

    __slots__ = ()


def chosen(field: str, *codes: str) -> Condition:
    """The field is one of these choices."""
    return Condition(field, "any_of", tuple(map(Code, codes)))


class Count(enum.StrEnum):
    """What a number says of its rows."""

    COUNT = "count"
    SUM = "sum"
    AVERAGE = "average"
    RATE = "rate"
    """How many in a hundred of those in ``among``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """By what rows are gathered: a reference, text, day or moment by ``unit``. ``field`` is a path as in filters."""

    field: str
    unit: str = ""
    """As in ``services.grouping.UNITS``; ``hour`` is the hour of whichever day."""
    label: str = ""
    """Else the field's."""
    part: str = ""
    """The field is one of this part; who has several such parts counts for each."""
    is_ranked: bool = True
    """The largest first; else in the order of its own rows, as days always are."""

    @property
    def key(self) -> str:
        """Names it in what is kept and on the command line."""
        return self.unit or self.field.rpartition(".")[2]


_WORDS = {
    "hour": N_("Hour of the day"),
    "day": N_("Day"),
    "week": N_("Week"),
    "month": N_("Month"),
    "quarter": N_("Quarter"),
    "year": N_("Year"),
}


def by_day(field: str, *units: str) -> tuple[Dimension, ...]:
    """The months, quarters and so on of a day or a moment."""
    return tuple(Dimension(field=field, unit=unit, label=_WORDS[unit]) for unit in units)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A number: what is said of the rows that ``where`` lets through, of the period by ``day``."""

    key: str
    label: str
    count: Count = Count.COUNT
    of: Any = None
    """What is summed: a mapped attribute, or an expression over such."""
    where: Group = EVERYTHING
    among: Group = EVERYTHING
    """Of a rate: those of which the share is taken. They are what it opens."""
    kind: Kind = kinds.INTEGER
    entity: str = ""
    """Else the report's."""
    day: str = ""
    """By which its rows lie in the period; else the report's."""
    is_now: bool = False
    """It says what is, whatever the period."""
    tone: str = "accent"
    """Its colour in charts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSpec:
    """A report. The first dimension is the one it opens with; ``drawn`` are the keys of the measures in its chart."""

    key: str
    number: str
    """As the list of features has it."""
    label: str
    told: str
    """What it says, in one sentence."""
    group: str
    """Under which heading it is listed."""
    entity: str
    day: str
    period: str
    """With which it opens: a key of ``spec.operators.PERIODS``, empty for any time."""
    dimensions: tuple[Dimension, ...]
    then: str = ""
    """Key of the dimension that it opens with below the first."""
    where: Group = EVERYTHING
    measures: tuple[Measure, ...]
    source: Source = "rows"
    chart: ChartKind = "bar"
    drawn: tuple[str, ...]
    people: Mapping[str, str] = field(default_factory=dict)
    """What says whose a record is, for entities that have no ``owner`` that does."""

    def dimension(self, key: str) -> Dimension:
        """The dimension of a key, the first one where there is none."""
        return next((one for one in self.dimensions if one.key == key), self.dimensions[0])

    def field_in(self, entity: str, field: str) -> str:
        """The path of a field from this entity: whose a record is, is said by another one in each."""
        head, dot, rest = field.partition(".")
        return f"{self.people.get(entity, head)}{dot}{rest}" if head == "owner" else field

    def entities(self) -> Iterator[str]:
        """Whose rows are counted, once each; its own first."""
        yield from dict.fromkeys((self.entity, *(one.entity or self.entity for one in self.measures)))
