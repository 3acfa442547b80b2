"""List pages of a real database and their dialogs, for the gallery."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from crm_desktop.core.i18n import _
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.reports.engine import Letterhead
from crm_desktop.reports.list_report import ListReport, list_pdf
from crm_desktop.reports.table import Column
from crm_desktop.services.listing import columns_of
from crm_desktop.services.views import View
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.ui.context import Context
from crm_desktop.ui.dialogs.columns import ColumnsDialog
from crm_desktop.ui.dialogs.print_preview import PrintPreview
from crm_desktop.ui.dialogs.view_settings import ViewSettingsDialog
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.specimens.bulk import bulk_pages

SELECTED_ROW = 4
PRINTED_ROWS = 90


def list_pages(context: Context) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """The lists of every area with a row selected, a filter that finds nothing, and the dialogs of a list."""
    lists = ((f"list_{entry.replace('/', '_')}", partial(list_window, context, entry)) for entry in _entries(context))
    return (
        *lists,
        ("list_nothing_matches", partial(list_window, context, "customer/all", "xxyyzz")),
        ("list_filter", partial(filter_window, context, is_open=True)),
        ("list_filter_chips", partial(filter_window, context, is_open=False)),
        ("view_settings", partial(view_settings, context)),
        ("columns", columns_dialog),
        ("print_preview", print_preview),
        *bulk_pages(context),
    )


def list_window(context: Context, entry: str, typed: str = "") -> QWidget:
    """The window at one view of a list."""
    window = MainWindow(context)
    area = next(area for area in context.areas if entry in {page.key for page in area.pages})
    view = window.show_area(area.key)
    view.select_page(entry)
    page = view.current_page()
    assert isinstance(page, ListPage)
    page.model.counted.connect(lambda: _select(page))
    if typed:
        page.filter.setText(typed)
    return window


def filter_window(context: Context, *, is_open: bool) -> QWidget:
    """A list under a filter of several kinds of conditions, one of them on a field that is gone; its builder open."""
    window = list_window(context, "customer/all")
    page = window.findChild(ListPage)
    assert isinstance(page, ListPage)
    title, me = Condition("title", "contains", "经理"), Condition("owner", "my_team")
    group = Group(
        (
            Condition("last_contact_at", "not_last_days", 30),
            Group((me, Condition("owner.department", "my_department")), "any"),
            Group((title,), part="contact"),
            *(() if is_open else (Condition("shoe_size", "more", 42),)),
        )
    )
    page.set_filter(group)
    if is_open:
        page.filters.open()
    return window


def view_settings(context: Context) -> QWidget:
    """Who sees a view."""
    view = View(entity="customer", name=_("My customers"), is_for_everybody=True)
    return ViewSettingsDialog(None, _("Settings of the view"), view, context.tasks, may_share=True)


def columns_dialog() -> QWidget:
    """The columns of customers."""
    return ColumnsDialog(None, CUSTOMER, (), lambda _keys: None)


def print_preview() -> QWidget:
    """A printed list of some pages."""
    columns = columns_of(CUSTOMER)
    rows = [tuple(f"{_(CUSTOMER.column_label(column))} {n}" for column in columns) for n in range(1, PRINTED_ROWS + 1)]
    report = ListReport(
        letterhead=Letterhead(
            firm="广州穗捷办公设备有限公司", person="林秋", printed_at=datetime.datetime.now().astimezone()
        ),
        title=_("All customers"),
        columns=tuple(Column(_(CUSTOMER.column_label(column))) for column in columns),
        rows=rows,
    )
    pdf = io.BytesIO()
    list_pdf(pdf, report)
    return PrintPreview(None, report.title, pdf.getvalue())


def listed(context: Context) -> list[str]:
    """The entities that have a list in this person's areas, but for the administrator's, which he draws himself."""
    entries = [
        (entry.key.split("/"), area) for area in context.areas if area.key != "administration" for entry in area.pages
    ]
    return list(dict.fromkeys(key for (key, *view), area in entries if view == ["all"] and key in area.records))


def _entries(context: Context) -> tuple[str, ...]:
    return ("customer/mine", *(f"{entity}/all" for entity in listed(context)), "employee/staff")


def _select(page: ListPage) -> None:
    if page.model.rowCount() > SELECTED_ROW and not page.table.selected_count():
        page.table.go_to(page.model.id_at(SELECTED_ROW))
