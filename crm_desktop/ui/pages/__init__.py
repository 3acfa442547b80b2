"""The page of a record: the form for every entity, but for those named here."""

from __future__ import annotations

from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.form_page import FormPage
from crm_desktop.ui.form_page.record_page import RecordPage
from crm_desktop.ui.pages.announcement import AnnouncementPage
from crm_desktop.ui.pages.article import ArticlePage
from crm_desktop.ui.pages.customer import CustomerPage
from crm_desktop.ui.pages.dictionary import DictionaryPage
from crm_desktop.ui.pages.employee import EmployeePage
from crm_desktop.ui.pages.lead import LeadPage
from crm_desktop.ui.pages.opportunity import OpportunityPage
from crm_desktop.ui.pages.opportunity_line import OpportunityLinePage
from crm_desktop.ui.pages.permission_group import PermissionGroupPage
from crm_desktop.ui.pages.sales_process import SalesProcessPage
from crm_desktop.ui.pages.service_request import ServiceRequestPage
from crm_desktop.ui.pages.task import TaskPage

PAGE_FOR: dict[str, type[RecordPage]] = {
    "announcement": AnnouncementPage,
    "customer": CustomerPage,
    "employee": EmployeePage,
    "permission_group": PermissionGroupPage,
    "dictionary": DictionaryPage,
    "knowledge_article": ArticlePage,
    "lead": LeadPage,
    "opportunity": OpportunityPage,
    "opportunity_line": OpportunityLinePage,
    "sales_process": SalesProcessPage,
    "service_request": ServiceRequestPage,
    "task": TaskPage,
}


def build_record(entity: str, view: AreaView, id_: int) -> RecordPage:
    """The page of a record; id 0 is a new one."""
    return PAGE_FOR.get(entity, FormPage)(view, entity, id_)
