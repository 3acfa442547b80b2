"""The reports on opportunities and on what people did about them."""

from __future__ import annotations

from sqlalchemy import func

from crm_desktop.core.i18n import N_
from crm_desktop.models import Lead, Opportunity, SalesTarget
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.spec.kinds import MEAN, MONEY, RATE
from crm_desktop.spec.report import Count, Dimension, Measure, ReportSpec, by_day, chosen

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


_COUNT = Measure(key="count", label=N_("Opportunities"))
_AMOUNT = Measure(key="amount", label=N_("Amount"), count=Count.SUM, of=Opportunity.amount, kind=MONEY)
_WEIGHTED = Measure(
    key="weighted", label=N_("Weighted amount"), count=Count.SUM, of=Opportunity.weighted_amount, kind=MONEY,
    tone="violet",
)  # fmt: skip
_AVERAGE = Measure(key="average", label=N_("Average amount"), count=Count.AVERAGE, of=Opportunity.amount, kind=MONEY)
_MEAN = Measure(
    key="days",
    label=N_("Days to close"),
    count=Count.AVERAGE,
    of=Opportunity.closed_on - Opportunity.opened_on,
    kind=MEAN,
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
    dimensions=(_STAGE, *by_day("expected_on", "month", "quarter"), *_OF_DEAL),
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
    dimensions=(*by_day("expected_on", "month", "quarter", "year"), _OWNER, _DEPARTMENT, _SUPERIOR, _PROCESS),
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
    dimensions=(*by_day("closed_on", "month", "quarter", "year"), *_OF_DEAL),
    measures=(_COUNT, _AMOUNT, _AVERAGE, _MEAN),
    drawn=("amount",),
)
LOST = ReportSpec(
    key="lost",
    number="R4",
    label=N_("Lost opportunities"),
    told=N_("What was lost, why, and to whom."),
    group=_SALES,
    entity="opportunity",
    day="closed_on",
    period="this_year",
    where=_LOST,
    dimensions=(
        Dimension(field="reason"),
        Dimension(field="competitor"),
        *by_day("closed_on", "month", "quarter", "year"),
        *_OF_DEAL,
    ),
    measures=(_COUNT, _AMOUNT, _AVERAGE, _MEAN),
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
        Dimension(field="outcome", label=N_("What changed"), is_ranked=False),
        Dimension(field="name", label=N_("Opportunity")),
    ),
    measures=(
        _COUNT,
        Measure(key="before", label=N_("Amount before"), kind=MONEY),
        Measure(key="after", label=N_("Amount after"), kind=MONEY),
        Measure(key="difference", label=N_("Difference"), kind=MONEY),
        Measure(key="days", label=N_("Days later"), kind=MEAN),
    ),
    source="weeks",
    drawn=("count",),
)

_ACTIVITIES = Measure(key="activities", label=N_("Activities"), entity="activity", day="happened_at")
_PERFORMANCE = (
    Measure(key="amount", label=N_("Amount won"), count=Count.SUM, of=Opportunity.amount, where=_WON, kind=MONEY),
    Measure(
        key="target", label=N_("Sales target"), count=Count.SUM, of=SalesTarget.amount, kind=MONEY,
        entity="sales_target", day="begins_on",
    ),
    Measure(key="won", label=N_("Won"), where=_WON, tone="good"),
    Measure(key="rate", label=N_("Win rate"), count=Count.RATE, where=_WON, among=_DECIDED, kind=RATE),
    Measure(
        key="days", label=N_("Days to close"), count=Count.AVERAGE, of=Opportunity.closed_on - Opportunity.opened_on,
        where=_WON, kind=MEAN,
    ),
    Measure(key="opened", label=N_("New opportunities"), day="opened_on"),
    Measure(key="leads", label=N_("Leads"), entity="lead", day="created_at"),
    _ACTIVITIES,
)  # fmt: skip
PERFORMANCE = ReportSpec(
    key="performance",
    number="R13",
    label=N_("Performance by person"),
    told=N_("What each person did in the period: leads, activities, opportunities, and what came of them."),
    group=_SALES,
    entity="opportunity",
    day="closed_on",
    period="this_month",
    dimensions=(_OWNER, _DEPARTMENT, _SUPERIOR),
    measures=_PERFORMANCE,
    drawn=("amount",),
    people={"activity": "done_by"},
)
DEPARTMENT_PERFORMANCE = ReportSpec(
    key="department_performance",
    number="R14",
    label=N_("Performance by department"),
    told=N_("What each department did in the period: leads, activities, opportunities, and what came of them."),
    group=_SALES,
    entity="opportunity",
    day="closed_on",
    period="this_month",
    dimensions=(_DEPARTMENT, _OWNER, _SUPERIOR),
    then="owner",
    measures=_PERFORMANCE,
    drawn=("amount",),
    people={"activity": "done_by"},
)
ACTIVITIES = ReportSpec(
    key="activities",
    number="R9",
    label=N_("Activities"),
    told=N_("How often customers were called and visited, by whom and how."),
    group=_SALES,
    entity="activity",
    day="happened_at",
    period="this_month",
    dimensions=(
        Dimension(field="done_by"),
        Dimension(field="kind"),
        Dimension(field="result"),
        *by_day("happened_at", "day", "week", "month"),
        Dimension(field="customer.industry"),
        Dimension(field="customer.level", is_ranked=False),
    ),
    then="kind",
    measures=(
        Measure(key="count", label=N_("Activities")),
        Measure(
            key="planned", label=N_("With a next step"), where=Group((Condition("next_on", "filled"),)), tone="good"
        ),
        Measure(
            key="overdue",
            label=N_("Next step overdue"),
            where=Group((Condition("next_on", "longer_ago", 0),)),
            tone="bad",
        ),
    ),
    drawn=("count",),
    people={"activity": "done_by"},
)

_CONVERTED = Group((chosen("state", "converted"),))
_DROPPED = Group((chosen("state", "dropped"),))
_ENDED = Group((chosen("state", "converted", "dropped"),))
_OF_LEAD = (_SOURCE, _OWNER, _DEPARTMENT, Dimension(field="region"), Dimension(field="industry"))
_DAYS_TO_CONVERT = func.extract("epoch", Lead.ended_at - Lead.created_at) / 86_400
LEADS = ReportSpec(
    key="leads",
    number="R16",
    label=N_("Leads"),
    told=N_("Where leads registered in the period came from, and how they stand."),
    group=N_("Leads"),
    entity="lead",
    day="created_at",
    period="this_quarter",
    dimensions=(*_OF_LEAD, Dimension(field="state", is_ranked=False), *by_day("created_at", "month", "week")),
    measures=(
        Measure(key="count", label=N_("Leads")),
        Measure(key="new", label=N_("Not taken up"), where=Group((chosen("state", "new"),)), tone="warn"),
        Measure(key="working", label=N_("Working"), where=Group((chosen("state", "working"),)), tone="violet"),
        Measure(key="converted", label=N_("Converted"), where=_CONVERTED, tone="good"),
        Measure(key="dropped", label=N_("Dropped"), where=_DROPPED, tone="neutral"),
        Measure(
            key="in_time", label=N_("Answered in time"), count=Count.RATE, kind=RATE,
            where=Group((Condition("is_in_time", "yes"),)), among=Group((Condition("responded_at", "filled"),)),
        ),
    ),
    chart="stacked",
    drawn=("new", "working", "converted", "dropped"),
)  # fmt: skip
CONVERSION = ReportSpec(
    key="conversion",
    number="R17",
    label=N_("Lead conversion"),
    told=N_("Of the leads that ended in the period, how many became customers, how fast, and why the others did not."),
    group=N_("Leads"),
    entity="lead",
    day="ended_at",
    period="this_quarter",
    dimensions=(*_OF_LEAD, Dimension(field="reason"), *by_day("ended_at", "month", "week")),
    where=_ENDED,
    measures=(
        Measure(key="converted", label=N_("Converted"), where=_CONVERTED, tone="good"),
        Measure(key="dropped", label=N_("Dropped"), where=_DROPPED, tone="neutral"),
        Measure(key="rate", label=N_("Conversion rate"), count=Count.RATE, where=_CONVERTED, kind=RATE),
        Measure(
            key="days", label=N_("Days to convert"), count=Count.AVERAGE, of=_DAYS_TO_CONVERT, where=_CONVERTED,
            kind=MEAN,
        ),
        Measure(
            key="deals", label=N_("With an opportunity"), where=Group((Condition("opportunity", "filled"),)),
        ),
    ),
    chart="stacked",
    drawn=("converted", "dropped"),
)  # fmt: skip

_UNSOLVED = Group((Condition("solved_at", "empty"), Condition("closed_at", "empty")))
TRADE = ReportSpec(
    key="trade",
    number="C4",
    label=N_("Trade overview"),
    told=N_("From opportunity to service: what was opened, won, delivered and asked for in each period."),
    group=_SALES,
    entity="opportunity",
    day="opened_on",
    period="",
    dimensions=(
        *by_day("opened_on", "year", "quarter", "month"),
        Dimension(field="customer"),
        _OWNER,
        _DEPARTMENT,
        _INDUSTRY,
        _REGION,
    ),
    measures=(
        Measure(key="opened", label=N_("New opportunities")),
        Measure(key="won", label=N_("Won"), where=_WON, day="closed_on", tone="good"),
        Measure(
            key="amount", label=N_("Amount won"), count=Count.SUM, of=Opportunity.amount, where=_WON, kind=MONEY,
            day="closed_on", tone="good",
        ),
        Measure(key="lost", label=N_("Lost"), where=_LOST, day="closed_on", tone="bad"),
        Measure(
            key="delivered", label=N_("Products delivered"), entity="installed_product", day="delivered_on",
            where=Group((Condition("delivered_on", "filled"),)), tone="violet",
        ),
        Measure(key="requests", label=N_("Service requests"), entity="service_request", day="reported_at"),
        Measure(
            key="unsolved", label=N_("Not solved yet"), entity="service_request", day="reported_at", where=_UNSOLVED,
            tone="warn",
        ),
    ),
    drawn=("amount",),
    people={"service_request": "customer.owner", "installed_product": "customer.owner"},
)  # fmt: skip
