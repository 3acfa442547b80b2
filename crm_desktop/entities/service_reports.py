"""The reports on service requests."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from crm_desktop.core.i18n import N_
from crm_desktop.models import ServiceRequest, WorkingTime
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.spec.kinds import MEAN, RATE
from crm_desktop.spec.report import Count, Dimension, Measure, ReportSpec, by_day, chosen

_SERVICE = N_("Service")
_OPEN = Group((Condition("solved_at", "empty"), Condition("closed_at", "empty")))
_SOLVED = Group((Condition("solved_at", "filled"),))
_LATE = Group((Condition("solved_at", "filled"), Condition("was_late", "yes")))
_MISSED = Group((chosen("target", "missed", "breached"),))
_DECIDED = Group((chosen("target", "kept", "missed", "breached"),))
"""Whether the target is kept is known as soon as its time is over, solved or not."""
_ENGINEER, _TEAM = Dimension(field="owner"), Dimension(field="owner.department")
_STATE = Dimension(field="state", is_ranked=False)
_PRIORITY = Dimension(field="priority", is_ranked=False)
_TYPE, _PRODUCT, _CAUSE = Dimension(field="type"), Dimension(field="product"), Dimension(field="cause")
_CHANNEL, _INDUSTRY = Dimension(field="channel"), Dimension(field="customer.industry")
_PIECES = select(
    *(
        func.array_agg(aggregate_order_by(column, WorkingTime.begins_at), type_=ARRAY(column.type)).label(column.key)
        for column in (WorkingTime.begins_at, WorkingTime.ends_at, WorkingTime.seconds_before)
    )
).cte("pieces")


def _hours(begin: object, end: object) -> object:
    """Working hours between two moments of a request."""
    return (_worked_until(end) - _worked_until(begin)) / 3600.0


def _worked_until(moment: object) -> Any:
    """Seconds, as ``crm.worked_until`` says, at a tenth of the time: the pieces are read once for the whole report."""
    place = func.width_bucket(moment, _PIECES.c.begins_at)
    begins_at, ends_at, before = (column[place] for column in _PIECES.c)
    return before + func.floor(func.extract("epoch", func.least(moment, ends_at) - begins_at))


_TO_RESPOND = _hours(ServiceRequest.reported_at, ServiceRequest.responded_at)
_TO_SOLVE = _hours(ServiceRequest.reported_at, ServiceRequest.solved_at)
_RESPONDED = Measure(
    key="response", label=N_("Working hours to respond"), count=Count.AVERAGE, of=_TO_RESPOND, kind=MEAN
)
_SATISFIED = Measure(
    key="satisfied", label=N_("Satisfied"), count=Count.RATE, kind=RATE,
    where=Group((chosen("satisfaction", "5", "4"),)), among=Group((Condition("satisfaction", "filled"),)),
)  # fmt: skip


def _standing(code: str, label: str, tone: str) -> Measure:
    """What is open and stands so with its target."""
    return Measure(key=code, label=label, where=Group((*_OPEN.items, chosen("target", code))), is_now=True, tone=tone)


MONITOR = ReportSpec(
    key="service_monitor",
    number="R25",
    label=N_("Service monitor"),
    told=N_("What is open at this moment, and how it stands with its targets."),
    group=_SERVICE,
    entity="service_request",
    day="reported_at",
    period="",
    where=_OPEN,
    dimensions=(_STATE, _ENGINEER, _TEAM, _PRIORITY, _TYPE, _PRODUCT, _CHANNEL),
    measures=(
        Measure(key="count", label=N_("Still open")),
        _standing("breached", N_("Breached"), "bad"),
        _standing("soon", N_("About to breach"), "warn"),
        _standing("on_time", N_("On time"), "good"),
        _standing("paused", N_("Paused"), "neutral"),
        Measure(key="again", label=N_("Opened again"), where=Group((Condition("times_reopened", "more", 0),))),
    ),
    chart="stacked",
    drawn=("breached", "soon", "on_time", "paused"),
)
REQUESTS = ReportSpec(
    key="requests",
    number="R26",
    label=N_("Request analysis"),
    told=N_(
        "What customers reported in the period, by kind, product and cause, and how it was dealt with. Too late is also"
        " what is still open and has breached its target."
    ),
    group=_SERVICE,
    entity="service_request",
    day="reported_at",
    period="this_month",
    dimensions=(
        _TYPE, _PRODUCT, _CAUSE, _ENGINEER, _TEAM, _PRIORITY, _CHANNEL, _INDUSTRY,
        *by_day("reported_at", "hour", "day", "week", "month"),
    ),
    measures=(
        Measure(key="count", label=N_("Requests")),
        Measure(key="solved", label=N_("Requests solved"), where=_SOLVED, tone="good"),
        Measure(key="late", label=N_("Too late"), count=Count.RATE, where=_MISSED, among=_DECIDED, kind=RATE),
        _RESPONDED,
        Measure(key="hours", label=N_("Working hours to solve"), count=Count.AVERAGE, of=_TO_SOLVE, kind=MEAN),
        Measure(key="again", label=N_("Opened again"), where=Group((Condition("times_reopened", "more", 0),))),
        _SATISFIED,
    ),
    drawn=("count",),
)  # fmt: skip
ENGINEERS = ReportSpec(
    key="engineers",
    number="R28",
    label=N_("Engineers"),
    told=N_(
        "What each engineer solved in the period, how fast and how well, and what he has now. Too late is said of what"
        " was solved; what is open and has breached its target stands beside it."
    ),
    group=_SERVICE,
    entity="service_request",
    day="solved_at",
    period="this_month",
    dimensions=(_ENGINEER, _TEAM, _TYPE, _PRIORITY),
    measures=(
        Measure(key="solved", label=N_("Requests solved"), where=_SOLVED, tone="good"),
        Measure(key="late", label=N_("Solved too late"), count=Count.RATE, where=_LATE, among=_SOLVED, kind=RATE),
        _RESPONDED,
        Measure(key="hours", label=N_("Working hours to solve"), count=Count.AVERAGE, of=_TO_SOLVE, kind=MEAN),
        Measure(key="work", label=N_("Hours of work"), count=Count.SUM, of=ServiceRequest.hours, kind=MEAN),
        _SATISFIED,
        Measure(key="open", label=N_("Open now"), where=_OPEN, is_now=True, tone="warn"),
        _standing("breached", N_("Breached now"), "bad"),
    ),
    chart="stacked",
    drawn=("solved", "open"),
)
