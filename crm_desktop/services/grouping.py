"""A list in groups: by a choice, a record, yes and no, a text, or a day and the longer times around it."""

from __future__ import annotations

import datetime
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, BindParameter, Date, Select, any_, bindparam, cast, func, not_, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.services.listing import (
    Ids,
    ListQuery,
    Row,
    RowGroup,
    parameters_of,
    read_page,
    select_ids,
    shape_of,
    unpacked,
    where_of,
)
from crm_desktop.services.prepared import execute
from crm_desktop.services.statements import Joins, outputs, read_values, sort_columns
from crm_desktop.services.totals import Totals, aggregate, number_of, rounded
from crm_desktop.spec import Attr, Column, EntitySpec, Ref, facts

MOST_GROUPS = 5000
"""Nobody reads more headings."""
READ_AT_ONCE = 20_000
"""So many ids come with the headings; of longer lists the headings are there first."""
UNITS = {
    "day": N_("By day"),
    "week": N_("By week"),
    "month": N_("By month"),
    "quarter": N_("By quarter"),
    "year": N_("By year"),
}
"""What days are gathered by, as PostgreSQL calls it, and the word for it."""
_KINDS = frozenset({"choice", "reference", "bool", "text"})
_DAYS = frozenset({"date", "time"})


@dataclass(frozen=True, slots=True)
class Grouping:
    """By which column, and for days by which unit."""

    key: str
    unit: str = ""

    @classmethod
    def from_text(cls, spec: EntitySpec, stored: str) -> Grouping | None:
        """What ``text`` made; None for a column that the list does not have or that makes no groups."""
        key, _colon, unit = stored.partition(":")
        column = next((column for column in spec.table.columns if column.key == key), None)
        found = cls(key, unit)
        return found if column is not None and found in groupings_of(column) else None

    def text(self) -> str:
        """As it is kept with the arrangement of a list."""
        return f"{self.key}:{self.unit}" if self.unit else self.key

    def column(self, spec: EntitySpec) -> Column:
        """The list column it groups by."""
        return next(column for column in spec.table.columns if column.key == self.key)

    def label_of(self, spec: EntitySpec, value: Any) -> str:
        """What a group is called."""
        if value is None or value == "":
            return _("(empty)")
        if isinstance(value, datetime.date):
            return day_label(value, self.unit)
        return self.column(spec).facts.kind.format(value)


def groupings_of(column: Column) -> tuple[Grouping, ...]:
    """The ways to group by a column; none for numbers and lists."""
    kind = column.facts.kind.name
    if kind in _DAYS:
        return tuple(Grouping(column.key, unit) for unit in UNITS)
    return (Grouping(column.key),) if kind in _KINDS else ()


def fetch_groups(
    session: Session,
    query: ListQuery,
    person: Person,
    grouping: Grouping,
    totals: Totals,
    ids: Sequence[int] | None = None,
) -> Ids:
    """All ids (or only ``ids``), group by group, sorted inside as the query says, with the groups. One statement.

    Raises KnownError where there are more groups than anybody would read.
    """
    keys = sorted(totals)

    def build() -> Select[Any]:
        table: Any = query.spec.model
        among = where_of(query, person) if ids is None else table.id == any_(bindparam("ids", type_=ARRAY(BigInteger)))
        return _select_groups(query, grouping, totals, keys, has_ids=True).where(among)

    shape = ("groups", shape_of(query, person), grouping, tuple(keys), tuple(totals[key] for key in keys), ids is None)
    parameters = parameters_of(query, person) if ids is None else {"ids": list(ids)}
    rows = execute(session, shape, build, parameters, is_wide=ids is None).all()
    groups = _groups(query, grouping, keys, [row[1:] for row in rows])
    found = array("q")
    for row in rows:
        found.extend(unpacked(row[0]))
    return Ids(found, {}, groups)


def fetch_headings(session: Session, query: ListQuery, person: Person, grouping: Grouping, totals: Totals) -> Ids:
    """The groups, and as many ids of 0 as there are rows: of a long list one reads those later. One statement.

    A list of up to ``READ_AT_ONCE`` rows comes with its ids, by a second statement. Raises KnownError as above.
    """
    keys = sorted(totals)

    def build() -> Select[Any]:
        return _select_groups(query, grouping, totals, keys, has_ids=False).where(where_of(query, person))

    shape = ("headings", shape_of(query, person), grouping, tuple(keys), tuple(totals[key] for key in keys))
    found = execute(session, shape, build, parameters_of(query, person), is_wide=True).all()
    groups = _groups(query, grouping, keys, found)
    count = sum(group.size for group in groups)
    if count <= READ_AT_ONCE:
        return fetch_groups(session, query, person, grouping, totals)
    return Ids(array("q", bytes(8 * count)), {}, groups)


def fetch_first_of(
    session: Session,
    query: ListQuery,
    person: Person,
    grouping: Grouping,
    value: Any,
    columns: Sequence[Column],
    limit: int = 100,
) -> list[Row]:
    """The first rows of the group of ``value``, for as long as the ids of a long list are not known. One statement."""

    def select_page() -> Select[Any]:
        return select_ids(query, person, where=_is_member(query.spec, grouping, value), limit=limit)

    key = ("first of group", shape_of(query, person), grouping, value is None, limit)
    parameters = parameters_of(query, person) | {"group": value.id if isinstance(value, Ref) else value}
    return read_page(session, key, query, columns, select_page, parameters)


def _is_member(spec: EntitySpec, grouping: Grouping, value: Any) -> Any:
    """Whether a row is in the group of a value, which comes in as the parameter ``group``."""

    def has(model: Any, path: Sequence[Attr]) -> Any:
        first, *rest = path
        fact = facts(first)
        if rest:
            return getattr(model, fact.key).has(has(fact.target, rest))
        found = getattr(model, fact.column)
        if value is None:
            return found.is_not(None)
        if grouping.unit:
            found = cast(func.date_trunc(grouping.unit, found), Date)
        return found == bindparam("group", type_=found.type)

    is_in = has(spec.model, grouping.column(spec).path)
    return not_(is_in) if value is None else is_in


def _groups(query: ListQuery, grouping: Grouping, keys: Sequence[str], rows: Sequence[Any]) -> tuple[RowGroup, ...]:
    """From rows of the number, the totals and what is shown."""
    column = grouping.column(query.spec)
    if len(rows) > MOST_GROUPS:
        raise KnownError(
            _("“{column}” makes more than {count} groups.").format(
                column=_(query.spec.column_label(column)), count=f"{MOST_GROUPS:,}"
            ),
            _("Group by another column, or by a longer time."),
        )
    found = []
    for count, *rest in rows:
        amounts = {k: rounded(a) for k, a in zip(keys, rest[: len(keys)], strict=True) if a is not None}
        found.append(RowGroup(_value(column.path, grouping, rest[len(keys) :]), count, amounts))
    return tuple(found)


def _select_groups(
    query: ListQuery, grouping: Grouping, totals: Totals, keys: Sequence[str], *, has_ids: bool
) -> Select[Any]:
    spec, model = query.spec, query.spec.model
    table: Any = model
    joins = Joins(model)
    path = grouping.column(spec).path
    is_reversed = query.is_descending and query.sort == grouping.key
    shown = outputs(path, joins)
    first_sort = sort_columns(spec, path, joins, is_descending=False)[0]
    if grouping.unit:
        shown = (cast(func.date_trunc(grouping.unit, shown[0]), Date),)
        first_sort = shown[0]
    column = next((column for column in spec.table.columns if column.key == query.sort), None)
    is_descending = query.is_descending if column else spec.table.is_descending
    inner = sort_columns(spec, column.path if column else (spec.table.sort,), joins, is_descending=is_descending)
    packed = func.string_agg(func.int8send(table.id), aggregate_order_by(text("''::bytea"), *inner))
    amounts = [aggregate(totals[key], number_of(spec, key, joins)) for key in keys]
    found = [*([packed] if has_ids else []), func.count(), *amounts, *shown]
    statement = joins.apply(select(*found).select_from(table))
    order = first_sort.desc().nulls_last() if is_reversed else first_sort.asc().nulls_last()
    grouped = [part for part in shown if not isinstance(part, BindParameter)]  # a tone that no row has is a constant
    return statement.group_by(*grouped, first_sort).order_by(order).limit(MOST_GROUPS + 1)


def _value(path: Any, grouping: Grouping, shown: Sequence[Any]) -> Any:
    return shown[0] if grouping.unit else next(read_values([path], shown))


def day_label(day: datetime.date, unit: str) -> str:
    """The day, week, month, quarter or year that begins on ``day``, in words."""
    match unit:
        case "week":
            year, week, _weekday = day.isocalendar()
            return _("{year}, week {week}").format(year=year, week=week)
        case "month":
            return f"{day:%Y-%m}"
        case "quarter":
            return _("{year}, quarter {quarter}").format(year=day.year, quarter=(day.month + 2) // 3)
        case "year":
            return str(day.year)
        case _:
            return day.isoformat()
