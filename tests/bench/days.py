"""The pages of a working day in a window: opened for the first time, and what is done on them, and undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from crm_desktop.core import clock
from crm_desktop.services.calendar_times import Mode
from crm_desktop.ui.board.layout import Place
from crm_desktop.ui.page import LOG_CALL
from crm_desktop.ui.pages.board import BoardPage
from crm_desktop.ui.pages.calendar import CalendarPage
from crm_desktop.ui.pages.log_call import LogCallPage
from crm_desktop.ui.undo_last import undo_last
from tests.bench.service_day import a_caller
from tests.bench.window import Timing, WindowBench

RUNS = 5
OPENED_MS = 500
_PROBLEM = "打印机卡纸"
_NONE, _LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


class Days:
    """One person's window."""

    def __init__(self, bench: WindowBench) -> None:
        self._bench, self._window = bench, bench.window
        self._is_to_undo = False

    def sales(self) -> Iterator[Timing]:
        """A salesperson's board, calendar and home page."""
        yield self._opened("open my day", lambda: self._window.show_area("home"))
        yield self._opened("open the board", self._board)
        yield self._dragged()
        yield self._opened("open the week", self._calendar)
        calendar = self._calendar()
        for mode in (Mode.TEAM, Mode.TEAM_WEEK, Mode.MONTH):
            self._bench.settle()
            turn = lambda mode=mode: calendar.model.go_to(clock.today(), mode)  # noqa: E731
            back = lambda: calendar.model.go_to(clock.today(), Mode.WEEK)  # noqa: E731
            yield self._bench.timing(f"the week turns into the {mode.value}", turn, OPENED_MS, back, runs=RUNS)

    def service(self) -> Iterator[Timing]:
        """A call at the service desk."""
        with self._bench.gateway.read() as session:
            _id, number = a_caller(session)
        yield self._opened("open the service requests", lambda: self._window.show_area("service"))
        yield self._opened("open the page for calls", self._log_page, "service")
        page = self._log_page()

        def log() -> None:
            page.take_call(number)
            self._bench.settle()
            QTest.keyClick(page.caller.line, Qt.Key.Key_Return)
            self._bench.settle()
            page.subject.line.setText(_PROBLEM)
            page.subject.line.textEdited.emit(_PROBLEM)
            self._bench.settle()
            page.save()
            self._is_to_undo = True

        yield self._bench.timing("log a call, as fast as it is answered", log, 0, self._undo, runs=RUNS)
        self._undo()

    def _opened(self, name: str, act: Callable[[], object], area: str = "customers") -> Timing:
        """From the first page of ``area``, others are yet to be built."""
        return self._bench.timing(name, act, OPENED_MS, lambda: self._bench.begin_anew(area), runs=RUNS)

    def _dragged(self) -> Timing:
        page = self._board()
        self._bench.settle()
        source = next(number for number, column in enumerate(page.model.columns) if column.count)

        def drag() -> None:
            viewport, id_ = page.table.viewport(), page.model.id_at(Place(0, source, 0))
            start, end = page.table.rect_of(id_).center(), page.table.column_rect(source + 1).center()
            QTest.mousePress(viewport, _LEFT, _NONE, start)
            for share in (0.2, 0.4, 0.6, 0.8, 1):
                QTest.mouseMove(viewport, start + (end - start) * share)
            QTest.mouseRelease(viewport, _LEFT, _NONE, end)
            self._is_to_undo = True

        found = self._bench.timing("drag a card", drag, 0, self._undo, runs=RUNS)
        self._undo()
        return found

    def _undo(self) -> None:
        if self._is_to_undo:
            self._is_to_undo = False
            undo_last(self._window.view(self._window.current_area()))

    def _board(self) -> BoardPage:
        return cast("BoardPage", self._window.show_area("opportunities").current_page())

    def _calendar(self) -> CalendarPage:
        return cast("CalendarPage", self._window.show_area("calendar").current_page())

    def _log_page(self) -> LogCallPage:
        view = self._window.show_area("service")
        view.select_page(LOG_CALL)
        return cast("LogCallPage", view.current_page())
