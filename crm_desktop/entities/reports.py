"""All reports. Each number of them is a filter of a list, so that a click on it opens what it counts."""

from __future__ import annotations

from crm_desktop.entities import sales_reports as sales
from crm_desktop.entities import service_reports as service
from crm_desktop.spec.report import ReportSpec

REPORTS: tuple[ReportSpec, ...] = (
    sales.TRACKING,
    sales.FORECAST,
    sales.WEEKS,
    sales.WON,
    sales.LOST,
    sales.PEOPLE,
    sales.DEPARTMENTS,
    sales.FUNNEL,
    sales.PERFORMANCE,
    sales.DEPARTMENT_PERFORMANCE,
    sales.ACTIVITIES,
    sales.TRADE,
    sales.LEADS,
    sales.CONVERSION,
    service.MONITOR,
    service.REQUESTS,
    service.ENGINEERS,
)
"""In the order in which they are listed, those of a group together."""


def report_of(key: str) -> ReportSpec | None:
    """The report of a key."""
    return next((one for one in REPORTS if one.key == key), None)
