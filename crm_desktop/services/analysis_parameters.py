"""What somebody asks of a report: which period, whose rows, which process, by what they are gathered.
As it is kept, and in words.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services.filter_fields import find_field
from crm_desktop.services.filter_words import fetch_names, filter_words
from crm_desktop.spec import Ref
from crm_desktop.spec.filters import EVERYTHING, Condition, Group, from_json, to_json
from crm_desktop.spec.kinds import DATE
from crm_desktop.spec.operators import PERIODS
from crm_desktop.spec.report import ReportSpec

PROCESS = "stage.process"
BY_NAME = "name"
_FIRST_DAY, _LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2999, 12, 31)
Period = str | tuple[datetime.date, datetime.date]
"""A key of ``spec.operators.PERIODS``, empty for any time; or the first and the last day."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """``whose`` are conditions on the owner; ``by`` and ``then`` are keys of dimensions. ``sort`` is ``BY_NAME`` or the
    key of a measure, after a minus the largest first; empty for the report's own order.
    """

    period: Period = ""
    whose: Group = EVERYTHING
    process: Ref | None = None
    by: str = ""
    then: str = ""
    sort: str = ""

    def stored(self) -> dict[str, Any]:
        """As a preference."""
        return {
            "period": self.period if isinstance(self.period, str) else [str(day) for day in self.period],
            "whose": to_json(self.whose),
            "process": self.process.id if self.process else 0,
            "by": self.by,
            "then": self.then,
            "sort": self.sort,
        }


def opening_parameters(spec: ReportSpec) -> Parameters:
    """With which a report opens."""
    return Parameters(period=spec.period, by=spec.dimensions[0].key, then=spec.then)


def from_stored(spec: ReportSpec, stored: Any) -> Parameters:
    """What :meth:`Parameters.stored` has made, without names; of what cannot be read, as for somebody new."""
    opening = opening_parameters(spec)
    if not isinstance(stored, Mapping):
        return opening
    keys = {one.key for one in spec.dimensions}
    process, by, then, sort = (stored.get(name) for name in ("process", "by", "then", "sort"))
    whose = from_json(stored.get("whose"))
    is_whose = all(isinstance(one, Condition) and one.field.startswith("owner") for one in whose.items)
    return Parameters(
        _period_from_stored(stored.get("period"), opening.period),
        whose if is_whose and not whose.part else EVERYTHING,
        Ref(process, "") if isinstance(process, int) and process else None,
        by if by in keys else opening.by,
        then if then in keys else "",
        sort if sort in sorts_of(spec) else "",
    )


def sorts_of(spec: ReportSpec) -> list[str]:
    """All that :attr:`Parameters.sort` can be; a funnel has the order of its stages."""
    if spec.source == "funnel":
        return [""]
    keys = [BY_NAME, *(one.key for one in spec.measures)]
    return ["", *keys, *(f"-{key}" for key in keys)]


def has_process(spec: ReportSpec) -> bool:
    """Whether one sales process can be asked for."""
    return find_field(by_key(spec.entity), PROCESS) is not None


def fetch_named(session: Session, spec: ReportSpec, parameters: Parameters) -> Parameters:
    """The same with the names of the rows it asks for. A statement a table."""
    whose = fetch_names(session, spec.entity, parameters.whose)
    if parameters.process is None:
        return replace(parameters, whose=whose)
    asked = Group((Condition(PROCESS, "any_of", (parameters.process,)),))
    (named,) = fetch_names(session, spec.entity, asked).items
    assert isinstance(named, Condition)
    return replace(parameters, whose=whose, process=named.value[0])


def _period_from_stored(stored: Any, otherwise: Period) -> Period:
    if isinstance(stored, str):
        return stored if stored in PERIODS or not stored else otherwise
    try:
        first, last = (datetime.date.fromisoformat(day) for day in stored)
    except (TypeError, ValueError):
        return otherwise
    return (first, last)


def in_period(day: str, period: Period) -> Group:
    """The rows whose day lies in a period."""
    if not period:
        return EVERYTHING
    if isinstance(period, str):
        return Group((Condition(day, "period", period),))
    return Group((Condition(day, "from_to", period),))


def days_of(session: Session, period: Period) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of a period, as the server has it. One statement for a named one."""
    if not period:
        return _FIRST_DAY, _LAST_DAY
    if not isinstance(period, str):
        return period
    unit, offset = PERIODS[period].unit, PERIODS[period].offset
    count, of = (3 * offset, "months") if unit == "quarter" else (offset, f"{unit}s")
    end = 3 if unit == "quarter" else 1
    begins = f"date_trunc('{unit}', current_date::timestamp) + interval '{count} {of}'"
    row = session.execute(text(f"select ({begins})::date, ({begins} + interval '{end} {of}')::date - 1")).one()
    return row[0], row[1]


def period_words(period: Period) -> str:
    """A period in words."""
    if isinstance(period, str):
        words = _(PERIODS[period].label) if period else _("Any time")
        return words[:1].upper() + words[1:]
    return _("{first} to {last}").format(first=DATE.format(period[0]), last=DATE.format(period[1]))


def parameter_words(spec: ReportSpec, parameters: Parameters) -> list[str]:
    """What was asked, a phrase each; what leaves out nothing says nothing."""
    process = [parameters.process.label] if parameters.process else []
    return [period_words(parameters.period), *filter_words(spec.entity, parameters.whose), *process]
