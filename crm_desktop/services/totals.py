"""Sum, average, least and most of a list's number columns, over all its rows or over some of them."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Select, any_, bindparam, func, select
from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import N_
from crm_desktop.services.listing import ListQuery, parameters_of, shape_of, where_of
from crm_desktop.services.prepared import execute
from crm_desktop.services.statements import Joins
from crm_desktop.spec import Column, EntitySpec

NUMBERS = frozenset({"integer", "money", "number", "percent"})


class Total(enum.StrEnum):
    """What is said of a column's numbers."""

    SUM = "sum"
    AVERAGE = "average"
    LEAST = "least"
    MOST = "most"

    @property
    def label(self) -> str:
        """The words for it, not yet translated."""
        return _LABELS[self]


_LABELS = {Total.SUM: N_("Sum"), Total.AVERAGE: N_("Average"), Total.LEAST: N_("Smallest"), Total.MOST: N_("Largest")}
_FUNCTIONS: Mapping[Total, Any] = {
    Total.SUM: func.sum,
    Total.AVERAGE: func.avg,
    Total.LEAST: func.min,
    Total.MOST: func.max,
}
Totals = Mapping[str, Total]
"""The total of each column by its key."""


def is_number(column: Column) -> bool:
    """Whether the column's values can be added up."""
    return column.facts.kind.name in NUMBERS


def default_totals(columns: Sequence[Column]) -> dict[str, Total]:
    """Money is added up where nobody chose otherwise."""
    return {column.key: Total.SUM for column in columns if column.has_sum}


def number_of(spec: EntitySpec, key: str, joins: Joins) -> Any:
    """The SQL column behind a number column of the list."""
    path = next(column.path for column in spec.table.columns if column.key == key)
    return getattr(joins.target(path[:-1]), path[-1].key)


def aggregate(total: Total, number: Any) -> Any:
    """The total of an SQL column."""
    return _FUNCTIONS[total](number)


def rounded(amount: Any) -> Decimal:
    """An amount of two places at most."""
    return round(Decimal(amount), 2)


def fetch_totals(
    session: Session, query: ListQuery, person: Person, totals: Totals, ids: Sequence[int] | None = None
) -> dict[str, Decimal]:
    """The totals over all rows of the list, or over those of ``ids``, by column key; columns without a number are left
    out. One statement.
    """
    if not totals:
        return {}
    keys = sorted(totals)

    def build() -> Select[Any]:
        model: Any = query.spec.model
        joins = Joins(query.spec.model)
        found = [aggregate(totals[key], number_of(query.spec, key, joins)) for key in keys]
        among = where_of(query, person) if ids is None else model.id == any_(bindparam("ids", type_=ARRAY(BigInteger)))
        return joins.apply(select(*found).select_from(model)).where(among)

    shape = ("totals", shape_of(query, person), ids is None, tuple(totals[key] for key in keys), tuple(keys))
    parameters = parameters_of(query, person) if ids is None else {"ids": list(ids)}
    amounts = execute(session, shape, build, parameters).one()
    return {key: rounded(amount) for key, amount in zip(keys, amounts, strict=True) if amount is not None}
