"""The pages by name. Each is loaded when the first of its kind is built, the rest when nobody waits (``load_pages``):
all together they take a quarter of a second, which no start should.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Any

from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.collector import load_for_good
from crm_desktop.ui.page import Page, PageBuilder

if TYPE_CHECKING:
    from crm_desktop.ui.form_page.record_page import RecordPage

RECORD_PAGES = {
    "announcement": "pages.announcement.AnnouncementPage",
    "customer": "pages.customer.CustomerPage",
    "employee": "pages.employee.EmployeePage",
    "event": "pages.event.EventPage",
    "permission_group": "pages.permission_group.PermissionGroupPage",
    "dictionary": "pages.dictionary.DictionaryPage",
    "installed_product": "pages.installed_product.InstalledProductPage",
    "knowledge_article": "pages.article.ArticlePage",
    "lead": "pages.lead.LeadPage",
    "opportunity": "pages.opportunity.OpportunityPage",
    "opportunity_line": "pages.priced_line.PricedLinePage",
    "sales_process": "pages.sales_process.SalesProcessPage",
    "service_part": "pages.priced_line.PricedLinePage",
    "service_request": "pages.service_request.ServiceRequestPage",
    "task": "pages.task.TaskPage",
    "work_log": "pages.work_log.WorkLogPage",
}
"""Of the entities whose records are shown by more than the form."""


def build_record(entity: str, view: AreaView, id_: int) -> RecordPage:
    """The page of a record; id 0 is a new one."""
    from crm_desktop.ui.form_page.form_page import FormPage

    page: type[RecordPage] = _named(RECORD_PAGES[entity]) if entity in RECORD_PAGES else FormPage
    return page(view, entity, id_)


def page_at(name: str, **how: Any) -> PageBuilder:
    """Builds the page of this name, ``module.Class`` below ``ui``; ``how`` is told to it."""

    def build(view: AreaView) -> Page:
        page: Page = _named(name)(view, **how)
        return page

    return build


def load_pages() -> None:
    """Load what has not been needed yet. Any thread may."""
    load_for_good(*(f"{__name__}.{module.name}" for module in pkgutil.iter_modules(__path__)))


def _named(name: str) -> Any:
    module, _dot, what = name.rpartition(".")
    return getattr(import_module(f"crm_desktop.ui.{module}"), what)
