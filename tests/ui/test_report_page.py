"""A report in the window: asked, drawn, opened as a list, printed."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from sqlalchemy import text

from crm_desktop.reports import fonts
from crm_desktop.services.analysis_parameters import Parameters
from crm_desktop.ui.dialogs.print_preview import PrintPreview
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.pages.report import ReportPage
from tests.db.test_report_command import MOVES
from tests.ui.desk import Desk, SitDown, button, count_statements, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]


def open_report(desk: Desk, key: str, parameters: Parameters | None = None) -> ReportPage:
    view = desk.window.show_area("reports")
    view.select_page(f"report/{key}")
    desk.settle()
    page = view.current_page()
    assert isinstance(page, ReportPage)
    if parameters is not None:
        page.choose(parameters)
        desk.settle()
    return page


def listed(desk: Desk) -> int:
    """How many rows the list in front has."""
    desk.settle_all()
    assert desk.window.current_area() == "opportunities"
    page = desk.window.view("opportunities").current_page()
    assert isinstance(page, ListPage)
    return len(page.model.ids())


def test_numbers_and_bars_open_their_rows(sit_down: SitDown) -> None:
    desk = sit_down("director")
    with desk.gateway.write() as session:
        session.execute(text(MOVES))
    page = open_report(desk, "people", Parameters(by="owner"))
    shown = [page.model.index(row, 0).data() for row in range(page.model.rowCount())]
    assert shown == ["junior", "seller", "Total"]
    page.table.setFocus()
    page.table.setCurrentIndex(page.model.index(0, 4))  # of the rate: what was decided
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert listed(desk) == 6

    page = open_report(desk, "people")
    page.chart.setFocus()
    QTest.keyClick(page.chart, Qt.Key.Key_Right)
    QTest.keyClick(page.chart, Qt.Key.Key_Return)  # what the first person lost
    assert listed(desk) == 3

    page = open_report(desk, "people")
    assert page.chart.chart is not None
    hit = page.chart.chart.hits[2]
    assert hit.told == "seller\nWon: 3"
    place = QPoint(round(hit.left + 3), round(hit.top + 3))
    QTest.mouseClick(page.chart, Qt.MouseButton.LeftButton, pos=place)
    assert listed(desk) == 3


def test_the_faces_of_the_chart_are_read_while_the_window_goes_on(
    sit_down: SitDown, monkeypatch: pytest.MonkeyPatch
) -> None:
    at: list[threading.Thread] = []
    monkeypatch.setattr(fonts, "register_fonts", lambda: at.append(threading.current_thread()))
    open_report(sit_down("director"), "people")
    assert at
    assert threading.main_thread() not in at


def test_what_was_asked_is_asked_again(sit_down: SitDown) -> None:
    desk = sit_down("director")
    with desk.gateway.write() as session:
        session.execute(text(MOVES))
    page = open_report(desk, "won")
    button(page, "Show everything").click()  # nothing was won this year
    desk.settle()
    assert page.line.period.text() == "Any time"
    assert page.splitter.sizes()[0] >= page.chart.minimumHeight(), "the chart that has come has its room"
    page.choose(replace(page.parameters, by="department", then="owner"))
    desk.settle()
    assert [page.model.index(row, 0).data().strip() for row in range(4)] == ["south", "junior", "seller", "Total"]
    desk.window.rebuild()
    again = open_report(desk, "won")
    assert (again.line.by.text(), again.line.then.text()) == ("By Department", "Then by Owner")
    assert again.model.rowCount() == 4
    assert open_report(desk, "lost").parameters.by == "reason"


def test_a_heading_sorts_the_rows_for_good(sit_down: SitDown) -> None:
    desk = sit_down("director")
    with desk.gateway.write() as session:
        session.execute(text(MOVES))
    page = open_report(desk, "people", Parameters(by="owner"))

    def names(page: ReportPage) -> list[str]:
        return [page.model.index(row, 0).data() for row in range(page.model.rowCount())]

    header = page.table.horizontalHeader()
    for column, expected in ((0, ["junior", "seller"]), (0, ["seller", "junior"]), (0, ["junior", "seller"]),
                             (3, ["junior", "seller"]), (3, ["seller", "junior"])):  # fmt: skip
        place = QPoint(header.sectionViewportPosition(column) + 20, 10)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        desk.settle()
        assert names(page) == [*expected, "Total"], column
    desk.window.rebuild()
    again = open_report(desk, "people")
    assert names(again) == ["seller", "junior", "Total"]
    assert again.table.horizontalHeader().sortIndicatorSection() == 3
    assert open_report(desk, "funnel").line.sort.isHidden()


def test_a_report_is_read_in_two_and_follows_changes(sit_down: SitDown) -> None:
    desk = sit_down("director")
    open_report(desk, "won", Parameters(by="owner"))
    assert len(count_statements(lambda: open_report(desk, "people", Parameters(by="owner")))) <= 2 + 2 + 1  # kept
    with desk.gateway.write() as session:
        session.execute(text(MOVES))
    desk.hear("opportunity", 1)
    page = open_report(desk, "people")
    assert page.model.rowCount() == 3


def test_pages_are_shown_before_they_are_printed(sit_down: SitDown) -> None:
    desk = sit_down("director")
    with desk.gateway.write() as session:
        session.execute(text(MOVES))
    page = open_report(desk, "departments", Parameters(by="department", then="owner"))
    page.print()
    desk.settle()
    preview = desk.dialog(PrintPreview)
    assert preview.pages.count() == 1
    preview.reject()


def test_who_may_not_export_is_not_offered_it(sit_down: SitDown) -> None:
    page = open_report(sit_down("seller"), "won")
    assert page.export_button.isHidden()
    assert not page.print_button.isHidden()
