"""A report: what was asked of it on top, its chart, its rows below. Each number opens the rows it counts as a list."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QScrollArea, QSplitter, QStackedWidget

from crm_desktop.core import clock
from crm_desktop.core.access import Function
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.entities.reports import REPORTS, report_of
from crm_desktop.services.analysis import FoundReport, Number, fetch_report, tables_of_report
from crm_desktop.services.analysis_parameters import Parameters, fetch_named, from_stored, opening_parameters, sorts_of
from crm_desktop.spec.filters import Group
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.collector import load_for_good
from crm_desktop.ui.list_page import words
from crm_desktop.ui.memory import remember, remembered
from crm_desktop.ui.page import Page
from crm_desktop.ui.printing import show_pages
from crm_desktop.ui.report.chart_view import ChartView
from crm_desktop.ui.report.model import ReportModel
from crm_desktop.ui.report.parameter_line import ParameterLine
from crm_desktop.ui.side_entries import REPORT
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.bar import Bar
from crm_desktop.ui.widgets.buttons import secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.empty_state import EmptyState
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.notice import notices_of
from crm_desktop.ui.widgets.page_title import PageTitle
from crm_desktop.ui.widgets.table_view import TableView

FOLDER = "export/folder"
_HIGHEST = 330
"""Of the chart at first; the table has the rest."""


class ReportPage(Page):
    """One page for all reports, each as it was asked last."""

    keys = (("Enter", N_("Open the rows of a number")),)

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Reports"))
        self._view, self._context = view, view.context
        self.spec = REPORTS[0]
        self.parameters = opening_parameters(self.spec)
        self.found: FoundReport | None = None
        self._asked: dict[str, Parameters] = {}
        self._asked_at = monotonic()
        self._chart_height = 0  # as it was shown last
        self.title_line = PageTitle("")
        self.export_button = secondary_button(_("Export"), self.export, icon_name="download-simple", shortcut="Ctrl+E")
        self.print_button = secondary_button(_("Print"), self.print, icon_name="printer", shortcut="Ctrl+P")
        self.title_line.add(self.export_button)
        self.title_line.add(self.print_button)
        self.line = ParameterLine(self._context)
        self.told = label("", "muted", wrap=True)
        self.bar = Bar("warn")
        self.chart, self.table, self.model = ChartView(), TableView(), ReportModel()
        self.table.setAccessibleName(self.title)
        self.stack = QStackedWidget()
        self.stack.addWidget(self._content())
        for widget in (self.title_line, self.told, self.line, self.bar):
            self.body.addWidget(widget)
        self.body.addWidget(self.stack, 1)
        self.begin_at(self.table)
        self.line.changed.connect(self.choose)
        self.model.sort_chosen.connect(lambda sort: self.choose(replace(self.parameters, sort=sort)))
        self.chart.opened.connect(self.open_rows)
        self.table.opened.connect(self._open_cell)
        self._follower = Follower(self, self._open)
        self._context.bus.changed.connect(self._note_change)

    def show_entry(self, key: str) -> None:
        """Show the report of a side entry as it was asked last."""
        spec = report_of(key.removeprefix(REPORT))
        assert spec is not None
        self.spec, self.found = spec, None
        person = self._context.person
        self.export_button.setVisible(person.may_use(Function.EXPORT, spec.entity))
        self.print_button.setVisible(person.may_use(Function.PRINT, spec.entity))
        self.title_line.set_title(_(spec.label))
        self.told.setText(_(spec.told))
        self._context.preferences.load(self, self._take_preferences, self._show_failure)

    def choose(self, parameters: Parameters) -> None:
        """Ask this, now and next time."""
        if parameters != self.parameters:
            self.parameters = self._asked[self.spec.key] = parameters
            self._context.preferences.save(REPORT + self.spec.key, parameters.stored())
            self._open()

    def set_filter(self, group: Group) -> None:
        """Show the report as it opens, of these rows only; the next time it is asked as before."""
        self.parameters = replace(opening_parameters(self.spec), whose=group)
        self._open()

    def open_rows(self, number: Number) -> None:
        """List what a number counts."""
        self._view.open_list(number.entity, number.rows)

    def export(self) -> None:
        """Ask for a file and write the rows as a sheet."""
        folder = Path(remembered(FOLDER, str(Path.home())))
        proposal = str(folder / f"{_(self.spec.label)} {clock.today()}.xlsx")
        kinds = _("Excel sheet") + " (*.xlsx)"
        chosen, _kind = QFileDialog.getSaveFileName(self, _("Export"), proposal, kinds)
        if not chosen:
            return
        target = Path(chosen).with_suffix(".xlsx")
        remember(FOLDER, str(target.parent))
        spec, parameters, person = self.spec, self.parameters, self._context.person

        def work(session: Session) -> int:
            from crm_desktop.reports.analysis import export_report

            return export_report(session, fetch_report(session, spec, parameters, person), person, target)

        def tell(_count: int) -> None:
            notices = notices_of(self)
            if notices is not None:
                action = (_("Open"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(target))))
                notices.show_notice(_("Written to {name}").format(name=target.name), tone="good", action=action)

        self._context.tasks.command(self, work, tell)

    def print(self) -> None:
        """Set the pages and show them before they are printed."""
        spec, parameters, person = self.spec, self.parameters, self._context.person

        def work(session: Session) -> bytes:
            from crm_desktop.reports.analysis import print_report

            pages = io.BytesIO()
            print_report(session, fetch_report(session, spec, parameters, person), person, pages)
            return pages.getvalue()

        self._context.tasks.query(self, work, lambda pdf: show_pages(self.window(), _(spec.label), pdf))

    def _content(self) -> QSplitter:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.chart)
        self._chart_card, table_card = Card(padding=16), Card(padding=0)
        self._chart_card.body.addWidget(area)
        self.table.setModel(self.model)
        self.table.shows_current_cell = True
        table_card.body.addWidget(self.table)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(12)
        self.splitter.addWidget(self._chart_card)
        self.splitter.addWidget(table_card)
        self.splitter.setStretchFactor(1, 1)
        return self.splitter

    def _take_preferences(self, stored: Mapping[str, Any]) -> None:
        spec = self.spec
        if spec.key in self._asked:
            self.parameters = self._asked[spec.key]
            self._open()
            return
        self.parameters = parameters = self._asked[spec.key] = from_stored(spec, stored.get(REPORT + spec.key))
        self._open()

        def take(named: Parameters) -> None:
            if self.parameters is parameters:
                self.parameters = self._asked[spec.key] = named
                self._show_parameters()

        if parameters.whose or parameters.process:
            query = self._context.tasks.query
            query(self, lambda session: fetch_named(session, spec, parameters), take, lambda _error: None)

    def _open(self) -> None:
        self._show_parameters()
        self._asked_at = monotonic()
        spec, parameters, person = self.spec, self.parameters, self._context.person

        def work(session: Session) -> FoundReport:
            from crm_desktop.reports.fonts import register_fonts  # here, where nobody waits: a fifth of a second each

            register_fonts()
            load_for_good("crm_desktop.reports.chart")
            return fetch_report(session, spec, parameters, person)

        self._context.tasks.query(self, work, self._take, self._show_failure, key="report")

    def _show_parameters(self) -> None:
        self.line.show_parameters(self.spec, self.parameters)

    def _take(self, found: FoundReport) -> None:
        self._follower.soon.took(monotonic() - self._asked_at)
        is_other = self.found is None
        self.found = found
        self.line.show_parameters(found.spec, found.parameters)
        self.bar.say_one("")
        if not found.rows:
            self._show_instead(self._nothing_there())
            return
        self.stack.setCurrentIndex(0)
        before = self.table.currentIndex()
        row, column = (0, 1) if is_other or not before.isValid() else (before.row(), before.column())
        self.model.show_report(found)
        self._show_order()
        self.table.fit_columns(0)
        self.chart.show_report(found)
        self._chart_card.setVisible(self.chart.chart is not None)
        high = min(_HIGHEST, self.chart.minimumHeight() + 36) if self.chart.chart is not None else 0
        if high and (is_other or high != self._chart_height):
            self.splitter.setSizes([high, max(200, self.splitter.height() - high)])
        self._chart_height = high
        last = self.model.rowCount() - 1, self.model.columnCount() - 1
        self.table.setCurrentIndex(self.model.index(min(row, last[0]), min(column, last[1])))

    def _show_order(self) -> None:
        header = self.table.horizontalHeader()
        with QSignalBlocker(header):
            header.setSortIndicatorClearable(True)
            header.setSortIndicator(*self.model.sort_shown())
            self.table.setSortingEnabled(len(sorts_of(self.spec)) > 1)
        header.viewport().update()

    def _nothing_there(self) -> EmptyState:
        anything = replace(opening_parameters(self.spec), period="", by=self.parameters.by)
        is_narrowed = self.parameters.period or self.parameters.whose or self.parameters.process
        button = secondary_button(_("Show everything"), lambda: self.choose(anything))
        title = _("Nothing to count here") if is_narrowed else _("Nothing to count yet")
        return EmptyState("chart-bar", title, _(self.spec.told), (button,) if is_narrowed else ())

    def _show_failure(self, error: KnownError) -> None:
        if self.found is not None:
            self.bar.say_one(error.message, (_("Try again"), self._open))
        else:
            self._show_instead(words.not_readable(error.message, error.hint, self._open))

    def _show_instead(self, state: EmptyState) -> None:
        while self.stack.count() > 1:
            before = self.stack.widget(1)
            assert before is not None
            self.stack.removeWidget(before)
            before.deleteLater()
        self.stack.addWidget(state)
        self.stack.setCurrentIndex(1)

    def _open_cell(self, index: QModelIndex) -> None:
        self.open_rows(self.model.number_at(index))

    def _note_change(self, table: str, _ids: object) -> None:
        if table in tables_of_report(self.spec):
            self._follower.note()
