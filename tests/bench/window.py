"""The workbench's window as its user waits for it: from the key press to the last paint, and the longest block."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from time import perf_counter, sleep

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from crm_desktop.core import clock
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.engine import Gateway
from crm_desktop.services.calendar_times import Mode
from crm_desktop.services.search import search
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.areas import areas_for
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.collector import Collector
from crm_desktop.ui.context import Context
from crm_desktop.ui.list_page.arrangement import Arrangement
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.pages.calendar import CalendarPage
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.theme import apply_theme
from crm_desktop.ui.turns import Turns

RUNS = 9
QUIET_SECONDS = 0.25  # so long without a paint: the page is as it will be
PATIENCE_SECONDS = 60
TYPED = ("华工", "广州华工", "gzhgyy", "0205550")


@dataclass(frozen=True, slots=True)
class Timing:
    """One line of the result, in milliseconds (or megabytes); a limit of 0 promises nothing."""

    name: str
    value: float
    limit: float
    longest_block: float = 0.0
    unit: str = "ms"


class Watch(QObject):
    """Knows when a window was last painted, and how long its thread was ever kept from the next event."""

    def __init__(self) -> None:
        super().__init__()
        self._is_dirty = False
        self._watched: QWidget | None = None
        self.painted = self.longest_block = 0.0
        self._ticked = perf_counter()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._tick)

    def look_at(self, widget: QWidget) -> None:
        """Note when this widget is painted from now on; of a window, when anything in it is."""
        self.look_away()
        self._watched = widget
        widget.installEventFilter(self)

    def look_away(self) -> None:
        """Before what is watched is deleted."""
        if self._watched is not None:
            self._watched.removeEventFilter(self)
            self._watched = None

    def start(self) -> None:
        """Begin to watch."""
        self.longest_block, self._ticked = 0.0, perf_counter()
        self._timer.start()

    def go_on(self) -> None:
        """Watch, without forgetting."""
        if not self._timer.isActive():
            self.start()

    def stop(self) -> None:
        """Take no more of the processor."""
        self._timer.stop()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Note a paint; its end is the next tick."""
        assert self._watched is not None
        if event.type() == (QEvent.Type.UpdateRequest if self._watched.isWindow() else QEvent.Type.Paint):
            self._is_dirty = True
        return False

    def _tick(self) -> None:
        now = perf_counter()
        self.longest_block = max(self.longest_block, now - self._ticked)
        self._ticked = now
        if self._is_dirty:
            self.painted, self._is_dirty = now, False
        sleep(0)


class WindowBench:
    """One salesperson's window."""

    def __init__(self, address: ConnectionAddress) -> None:
        instance = QApplication.instance()
        self._app = instance if isinstance(instance, QApplication) else QApplication([])
        if self._app is not instance:
            Collector(self._app)
        self._app.setCursorFlashTime(0)  # a blink is no paint that anybody waits for
        apply_theme(self._app, "light")
        self.gateway = Gateway.connect(address)
        self._tasks, self._bus = Tasks(self.gateway.read, self.gateway.write), Bus()
        person = self.gateway.person
        self._context = Context(
            self._tasks,
            self._bus,
            person,
            "",
            areas_for(person),
            lambda text, answer: self._tasks.query(
                self._watch, lambda session: search(session, text, person), answer, key="search"
            ),
        )
        self._watch = Watch()
        self.window = MainWindow(self._context, "customers")
        self._watch.look_at(self.window)
        self.window.resize(1366, 768)
        self.window.show()
        self.window.activateWindow()
        self.settle()
        self._all_customers().arrange(Arrangement())  # an earlier person may have left it in groups
        self.settle()

    def close(self) -> None:
        """Sign out."""
        self._watch.look_away()
        self.window.close()
        self.window.deleteLater()
        self._app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self._tasks.close()
        self.gateway.close()

    def begin_anew(self, area: str = "customers") -> AreaView:
        """Show the first page of an area, as if none of the others had been opened yet. Customers stay as they are."""
        self.window.show_area("customers")
        views = self.window.views()
        for key in views.keys() - {"customers"}:
            views.pop(key).deleteLater()
        return self.window.show_area(area)

    def timings(self) -> Iterator[Timing]:
        """All cases, in order."""
        yield self._switch_lists()
        yield from self._page_down()
        yield self._jump_in_list()
        for typed in TYPED:
            yield self._search(typed)
        yield self._open_page()
        yield from self._turn_calendar()

    def _switch_lists(self) -> Timing:
        side = self.window.view("customers").side

        def press() -> None:
            is_all = side.current_key() == "customer/all"
            QTest.keyClick(side, Qt.Key.Key_Up if is_all else Qt.Key.Key_Down)

        self.window.view("customers").select_page("customer/all")
        self.settle()
        page = self._all_customers()
        return self.timing("list", press, 60, watched=page.table.viewport())

    def _page_down(self) -> Iterator[Timing]:
        page = self._all_customers()

        def press() -> None:
            QTest.keyClick(page.table, Qt.Key.Key_PageDown)

        yield self.timing("a page further in the list", press, 60, watched=page.table.viewport())
        yield self.timing("a page further, and the preview beside it", press, 0)

    def _jump_in_list(self) -> Timing:
        page = self._all_customers()
        bar = page.table.verticalScrollBar()
        places = iter(range(1, 1000))

        def drag() -> None:
            bar.setValue(bar.maximum() * (next(places) * 37 % 100) // 100)

        return self.timing("anywhere in the list", drag, 60, watched=page.table.viewport())

    def _search(self, typed: str) -> Timing:
        box = self.window.header.search_box
        box.setFocus()

        def act() -> None:
            box.setText(typed)
            box.search_now()  # the pause in typing is over

        def clear() -> None:
            box.clear()
            box.search_now()

        found = self.timing(f"search, {typed}", act, 60, clear, self.window.header.hits.view.viewport())
        box.clearFocus()
        return found

    def _open_page(self) -> Timing:
        page = self._all_customers()
        rows = iter(range(3, 1000))

        def choose() -> None:
            self.window.view("customers").close_current()
            page.table.setFocus()
            page.table.selectRow(next(rows))

        return self.timing("360° page", lambda: QTest.keyClick(page.table, Qt.Key.Key_Return), 100, choose)

    def _turn_calendar(self) -> Iterator[Timing]:
        """With the times of everybody."""
        self.window.show_area("calendar").select_page("calendar")
        self.settle()
        page = self.window.view("calendar").current_page()
        assert isinstance(page, CalendarPage)
        for mode in (Mode.WEEK, Mode.MONTH, Mode.TEAM_WEEK):
            page.model.go_to(clock.today(), mode)
            page.model.choose((one.is_resource, one.ref.id) for one in page.model.calendars)
            self.settle()
            yield self.timing(f"calendar, {mode.value} of all, next page", lambda: page.model.step(1), 200)

    def _all_customers(self) -> ListPage:
        view = self.window.view("customers")
        view.select_page("customer/all")
        self.settle()
        page = view.current_page()
        assert isinstance(page, ListPage)
        page.table.setFocus()
        return page

    def timing(
        self,
        name: str,
        act: Callable[[], object],
        limit: float,
        before: Callable[[], object] | None = None,
        watched: QWidget | None = None,
        runs: int = RUNS,
    ) -> Timing:
        """The median from ``act`` to the last paint of ``watched``, or of the window; ``before`` is not measured."""
        found = []
        self._watch.look_at(watched or self.window)
        for run in range(runs + 2):
            if before is not None:
                before()
                self.settle()
            measured = self._measured(act)
            if run > 1:  # the first ones warm up
                found.append(measured)
        return Timing(name, median(taken for taken, _block in found), limit, max(block for _taken, block in found))

    def once(self, name: str, act: Callable[[], object]) -> Timing:
        """What is slow the first time only."""
        self._watch.look_at(self.window)
        taken, block = self._measured(act)
        return Timing(name, taken, 0, block)

    def _measured(self, act: Callable[[], object]) -> tuple[float, float]:
        """Milliseconds to the last paint, and the longest block."""
        gc.collect()
        self._watch.start()
        begun = perf_counter()
        act()
        self.settle()
        self._watch.stop()
        return (self._watch.painted - begun) * 1000, self._watch.longest_block * 1000

    def settle(self, quiet: float = QUIET_SECONDS) -> None:
        """Until nothing is under way and nothing was painted for ``quiet`` seconds."""
        self._watch.go_on()
        begun = perf_counter()
        quiet_since = begun
        while perf_counter() - begun < PATIENCE_SECONDS:
            self._app.processEvents()
            self._app.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # as a running event loop does
            if self._tasks.busy or Turns.under_way or self._watch.painted > quiet_since:
                quiet_since = perf_counter()
            elif perf_counter() - quiet_since >= quiet:
                return
            sleep(0.0005)
        raise TimeoutError("the window does not come to rest")
