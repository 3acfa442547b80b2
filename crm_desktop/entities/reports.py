"""The reports of the program. Each number of them is a filter of a list."""

from __future__ import annotations

from crm_desktop.core.i18n import N_
from crm_desktop.models import Opportunity
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.spec.kinds import DAYS, MONEY, RATE
from crm_desktop.spec.report import Count, Dimension, Measure, ReportSpec, chosen

_SALES = N_("Sales")
_OPEN = Group((chosen("outcome", "open"),))
_WON = Group((chosen("outcome", "won"),))
_LOST = Group((chosen("outcome", "lost"),))
_DECIDED = Group((chosen("outcome", "won", "lost"),))
_LATE = Condition("expected_on", "longer_ago", 0)
_STALLED = Group((Condition("stalls_on", "period", "today"), Condition("stalls_on", "longer_ago", 0)), "any")
_ALOOF = Group((Condition("next_step", "empty"), Condition("next_on", "empty")), "any")

_STAGE = Dimension(field="stage", is_ranked=False)
_OWNER = Dimension(field="owner")
_DEPARTMENT = Dimension(field="owner.department")
_SUPERIOR = Dimension(field="owner.superior")
_PRODUCT = Dimension(field="product", part="opportunity_line")
_INDUSTRY = Dimension(field="customer.industry")
_REGION = Dimension(field="customer.region")
_SOURCE = Dimension(field="source")
_PROCESS = Dimension(field="stage.process", label=N_("Sales process"), is_ranked=False)
_OF_DEAL = (_OWNER, _DEPARTMENT, _SUPERIOR, _PRODUCT, _INDUSTRY, _REGION, _SOURCE, _PROCESS)


def _by(day: str, *units: str) -> tuple[Dimension, ...]:
    """The months, quarters and so on of a day."""
    words = {"month": N_("Month"), "quarter": N_("Quarter"), "year": N_("Year"), "week": N_("Week")}
    return tuple(Dimension(field=day, unit=unit, label=words[unit]) for unit in units)


_COUNT = Measure(key="count", label=N_("Opportunities"))
_AMOUNT = Measure(key="amount", label=N_("Amount"), count=Count.SUM, of=Opportunity.amount, kind=MONEY)
_WEIGHTED = Measure(
    key="weighted", label=N_("Weighted amount"), count=Count.SUM, of=Opportunity.weighted_amount, kind=MONEY,
    tone="violet",
)  # fmt: skip
_AVERAGE = Measure(key="average", label=N_("Average amount"), count=Count.AVERAGE, of=Opportunity.amount, kind=MONEY)
_DAYS = Measure(
    key="days",
    label=N_("Days to close"),
    count=Count.AVERAGE,
    of=Opportunity.closed_on - Opportunity.opened_on,
    kind=DAYS,
)

TRACKING = ReportSpec(
    key="tracking",
    number="R1",
    label=N_("Opportunity tracking"),
    told=N_("What is open, where it stands, and what of it needs attention."),
    group=_SALES,
    entity="opportunity",
    day="expected_on",
    period="",
    where=_OPEN,
    dimensions=(_STAGE, *_by("expected_on", "month", "quarter"), *_OF_DEAL),
    measures=(
        _COUNT,
        _AMOUNT,
        _WEIGHTED,
        Measure(key="late", label=N_("Overdue"), where=Group((_LATE,)), tone="bad"),
        Measure(key="stalled", label=N_("Stalled"), where=_STALLED, tone="bad"),
        Measure(key="aloof", label=N_("Without next step"), where=_ALOOF, tone="warn"),
    ),
    drawn=("amount", "weighted"),
)


def _forecast(category: str, label: str, tone: str) -> Measure:
    """What is open in a category."""
    where = Group((chosen("outcome", "open"), chosen("category", category)))
    return Measure(
        key=category, label=label, count=Count.SUM, of=Opportunity.amount, kind=MONEY, where=where, tone=tone
    )


FORECAST = ReportSpec(
    key="forecast",
    number="R2",
    label=N_("Forecast"),
    told=N_("What was won, and what is expected, by month and person. What is late stands where it was expected."),
    group=_SALES,
    entity="opportunity",
    day="expected_on",
    period="this_year",
    dimensions=(*_by("expected_on", "month", "quarter", "year"), _OWNER, _DEPARTMENT, _SUPERIOR, _PROCESS, _INDUSTRY),
    then="owner",
    measures=(
        Measure(
            key="won", label=N_("Won"), count=Count.SUM, of=Opportunity.amount, kind=MONEY, where=_WON,
            day="closed_on", tone="good",
        ),
        _forecast("commit", N_("Commit"), "accent"),
        _forecast("best_case", N_("Best case"), "violet"),
        _forecast("pipeline", N_("Pipeline"), "neutral"),
        Measure(
            key="expected", label=N_("Open in total"), count=Count.SUM, of=Opportunity.amount, kind=MONEY, where=_OPEN
        ),
        Measure(
            key="weighted", label=N_("Weighted amount"), count=Count.SUM, of=Opportunity.weighted_amount, kind=MONEY,
            where=_OPEN,
        ),
        Measure(key="count", label=N_("Open opportunities"), where=_OPEN),
    ),
    chart="stacked",
    drawn=("won", "commit", "best_case", "pipeline"),
)  # fmt: skip
WON = ReportSpec(
    key="won",
    number="R3",
    label=N_("Won opportunities"),
    told=N_("What was won, by the day it was."),
    group=_SALES,
    entity="opportunity",
    day="closed_on",
    period="this_year",
    where=_WON,
    dimensions=(*_by("closed_on", "month", "quarter", "year"), *_OF_DEAL),
    measures=(_COUNT, _AMOUNT, _AVERAGE, _DAYS),
    drawn=("amount",),
)
LOST = ReportSpec(
    key="lost",
    number="R4",
    label=N_("Lost opportunities"),
    told=N_("What was lost, and why."),
    group=_SALES,
    entity="opportunity",
    day="closed_on",
    period="this_year",
    where=_LOST,
    dimensions=(Dimension(field="reason"), *_by("closed_on", "month", "quarter", "year"), *_OF_DEAL),
    measures=(_COUNT, _AMOUNT, _AVERAGE, _DAYS),
    drawn=("count",),
)
_OF_PEOPLE = (
    Measure(key="won_amount", label=N_("Amount won"), count=Count.SUM, of=Opportunity.amount, where=_WON, kind=MONEY),
    Measure(key="won", label=N_("Won"), where=_WON, tone="good"),
    Measure(key="lost", label=N_("Lost"), where=_LOST, tone="bad"),
    Measure(key="rate", label=N_("Win rate"), count=Count.RATE, where=_WON, among=_DECIDED, kind=RATE),
    Measure(key="opened", label=N_("Newly opened"), day="opened_on"),
    Measure(key="open", label=N_("Open now"), where=_OPEN, is_now=True),
    Measure(
        key="open_amount", label=N_("Amount open now"), count=Count.SUM, of=Opportunity.amount, where=_OPEN,
        is_now=True, kind=MONEY,
    ),
)  # fmt: skip
PEOPLE = ReportSpec(
    key="people",
    number="R5",
    label=N_("Opportunities by person"),
    told=N_("What each person opened, won and lost in the period, and what is open now."),
    group=_SALES,
    entity="opportunity",
    day="closed_on",
    period="this_year",
    dimensions=(_OWNER, _SUPERIOR, _PROCESS, _PRODUCT, _INDUSTRY, _SOURCE),
    measures=_OF_PEOPLE,
    chart="stacked",
    drawn=("won", "lost"),
)
DEPARTMENTS = ReportSpec(
    key="departments",
    number="R6",
    label=N_("Opportunities by department"),
    told=N_("What each department opened, won and lost in the period, and what is open now."),
    group=_SALES,
    entity="opportunity",
    day="closed_on",
    period="this_year",
    dimensions=(_DEPARTMENT, _OWNER, _PROCESS, _PRODUCT, _INDUSTRY, _SOURCE),
    then="owner",
    measures=_OF_PEOPLE,
    chart="stacked",
    drawn=("won", "lost"),
)
FUNNEL = ReportSpec(
    key="funnel",
    number="R7",
    label=N_("Funnel"),
    told=N_("Of the opportunities opened in the period, how many reached each stage and went on."),
    group=_SALES,
    entity="opportunity",
    day="opened_on",
    period="this_year",
    dimensions=(_STAGE,),
    measures=(
        Measure(key="reached", label=N_("Reached")),
        Measure(key="reached_amount", label=N_("Amount"), kind=MONEY),
        Measure(key="on", label=N_("Went on"), kind=RATE),
        Measure(key="now", label=N_("There now")),
        Measure(key="now_amount", label=N_("Amount there now"), kind=MONEY),
    ),
    source="funnel",
    chart="funnel",
    drawn=("reached",),
)
WEEKS = ReportSpec(
    key="weeks",
    number="S3",
    label=N_("Weekly changes"),
    told=N_("What became of the open opportunities since the snapshot at the beginning of the period."),
    group=_SALES,
    entity="opportunity",
    day="expected_on",
    period="this_week",
    dimensions=(
        Dimension(field="outcome", label=N_("Change"), is_ranked=False),
        Dimension(field="name", label=N_("Opportunity")),
    ),
    measures=(
        _COUNT,
        Measure(key="before", label=N_("Amount before"), kind=MONEY),
        Measure(key="after", label=N_("Amount after"), kind=MONEY),
        Measure(key="difference", label=N_("Difference"), kind=MONEY),
        Measure(key="days", label=N_("Days later"), kind=DAYS),
    ),
    source="weeks",
    drawn=("count",),
)

REPORTS: tuple[ReportSpec, ...] = (TRACKING, FORECAST, WEEKS, WON, LOST, PEOPLE, DEPARTMENTS, FUNNEL)
"""In the order in which they are listed."""


def report_of(key: str) -> ReportSpec | None:
    """The report of a key."""
    return next((one for one in REPORTS if one.key == key), None)
