"""The page of a record: the form for every entity, but for those named here."""

from __future__ import annotations

from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.form_page import FormPage
from crm_desktop.ui.form_page.record_page import RecordPage
from crm_desktop.ui.pages.customer import CustomerPage

PAGE_FOR: dict[str, type[RecordPage]] = {"customer": CustomerPage}


def build_record(entity: str, view: AreaView, id_: int) -> RecordPage:
    """The page of a record; id 0 is a new one."""
    return PAGE_FOR.get(entity, FormPage)(view, entity, id_)
