"""Reports of a real database, for the gallery."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from crm_desktop.entities.reports import REPORTS
from crm_desktop.services.analysis_parameters import Parameters, opening_parameters
from crm_desktop.ui.context import Context
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.pages.report import ReportPage
from crm_desktop.ui.side_entries import REPORT


def report_pages(context: Context) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """Every report as it opens."""
    return tuple(
        (f"report_{spec.key}", partial(report_window, context, spec.key, opening_parameters(spec))) for spec in REPORTS
    )


def report_window(context: Context, key: str, parameters: Parameters) -> QWidget:
    """The window at a report, whatever was asked of it before."""
    window = MainWindow(context)
    view = window.show_area("reports")
    view.select_page(REPORT + key)
    view.focus_page()
    page = view.current_page()
    assert isinstance(page, ReportPage)
    context.preferences.load(page, lambda _stored: page.choose(parameters), lambda _error: None)
    return window
