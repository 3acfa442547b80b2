"""The window: areas, tabs, the search box, dropped files, and building it anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import N_, set_language
from crm_desktop.services.search import Hit
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.context import Context
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.page import Area, Page, PageEntry
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.turns import Turns

Key, Ctrl, Shift = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PERSON = Person(
    id=1,
    login="linqiu",
    name="林秋",
    department_id=None,
    department="",
    groups=(),
    grants={},
    owners={},
    server_version=180003,
)
HITS = [Hit("customer", 7, "华工医药", "C7"), Hit("contact", 8, "何毅", "华工医药")]


class _Stubborn(Page):
    """A page with edits that its user wants to keep."""

    def may_close(self) -> bool:
        return False


def _list(_view: AreaView) -> Page:
    return Page("List")


def _record(_view: AreaView, id: int) -> Page:
    return Page(f"Record {id}")


@pytest.fixture
def window(qtbot: QtBot, tasks: Tasks, bus: Bus) -> MainWindow:
    searched: dict[str, Sequence[Hit]] = {"hgyy": HITS, "none": []}

    def search(text: str, answer: Callable[[Sequence[Hit]], None]) -> None:
        answer(searched[text])

    pages = (PageEntry("mine", N_("My customers"), _list), PageEntry("all", N_("All customers"), _list))
    counts = ({"mine": number} for number in count(428))
    areas = (
        Area("home", N_("Customers"), "house", (PageEntry("day", N_("Customers"), _list),)),
        Area(
            "customers",
            N_("Customers"),
            "buildings",
            pages,
            {"customer": _record, "contact": _record},
            lambda _session: next(counts),
            frozenset({"customer"}),
        ),
    )
    window = MainWindow(Context(tasks, bus, PERSON, "office", areas, search))
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def _front(window: MainWindow) -> AreaView:
    return window.view(window.current_area())


def test_ctrl_and_a_number_go_to_an_area(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Key.Key_2, Ctrl)
    assert window.current_area() == "customers"
    qtbot.keyClick(window, Key.Key_1, Ctrl)
    assert window.current_area() == "home"


def test_record_opens_once_in_its_area(window: MainWindow) -> None:
    first = window.open_record("customer", 7)
    window.show_area("home")
    assert window.open_record("customer", 7) is first
    assert window.current_area() == "customers"
    assert _front(window).tabs.current() is first
    assert window.open_record("unknown", 7) is None


def test_tabs_are_stepped_through_and_closed_by_keyboard(qtbot: QtBot, window: MainWindow) -> None:
    for id in (7, 8):
        window.open_record("customer", id)
    qtbot.keyClick(window, Key.Key_Tab, Ctrl)
    tabs = _front(window).tabs
    assert tabs.current() is tabs.pages()[0]
    qtbot.keyClick(window, Key.Key_Tab, Ctrl | Shift)
    assert tabs.current() is tabs.pages()[2]
    qtbot.keyClick(window, Key.Key_W, Ctrl)
    assert len(tabs.pages()) == 2
    qtbot.keyClick(window, Key.Key_W, Ctrl)
    qtbot.keyClick(window, Key.Key_W, Ctrl)
    assert len(tabs.pages()) == 1, "the list stays"


def test_the_program_is_closed_by_its_key(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.closed):
        qtbot.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)


def test_keys_go_to_the_page_in_front_and_to_no_notice(qtbot: QtBot, window: MainWindow) -> None:
    assert window.focusWidget() is _front(window).current_page(), "one begins in the list"
    window.open_record("customer", 7)
    window.notices.show_notice("Saved.", action=("Undo", lambda: None))
    qtbot.keyClick(window, Key.Key_W, Ctrl)
    assert window.focusWidget() is _front(window).current_page()
    window.open_record("customer", 7)
    qtbot.keyClick(window, Key.Key_Tab, Ctrl)
    assert window.focusWidget() is _front(window).current_page()
    qtbot.keyClick(window, Key.Key_1, Ctrl)
    assert window.focusWidget() is _front(window).current_page()


def test_page_with_unsaved_edits_is_marked_and_may_object(window: MainWindow) -> None:
    view = window.show_area("customers")
    page = view.open_tab("new", lambda _view: _Stubborn("New customer"))
    page.unsaved_changed.emit(True)
    assert view.tabs.bar.tabText(1) == "• New customer"
    page.set_title("华工医药")
    assert view.tabs.bar.tabText(1) == "• 华工医药"
    assert not view.close_page(page)
    assert page in view.tabs.pages()
    assert not window.close()


def test_search_finds_by_keyboard_and_opens_the_record(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Key.Key_K, Ctrl)
    box = window.header.search_box
    assert box.hasFocus()
    qtbot.keyClicks(box, "hgyy")
    qtbot.waitUntil(window.header.hits.isVisible)
    assert window.header.hits.texts() == ["Customers", "华工医药", "Contacts", "何毅"]
    qtbot.keyClick(box, Key.Key_Down)
    qtbot.keyClick(box, Key.Key_Return)
    page = _front(window).tabs.current()
    assert isinstance(page, Page)
    assert page.title == "Record 8"
    assert box.text() == ""


def test_search_without_result_says_so(qtbot: QtBot, window: MainWindow) -> None:
    window.header.search_box.take_focus()
    qtbot.keyClicks(window.header.search_box, "none")
    qtbot.waitUntil(window.header.hits.isVisible)
    assert window.header.hits.texts() == ["Nothing found for “none”"]


def test_side_list_shows_pages_and_keeps_their_counts_up_to_date(qtbot: QtBot, window: MainWindow, bus: Bus) -> None:
    view = window.show_area("customers")
    index = view.side.model().index(0, 0)
    qtbot.waitUntil(lambda: index.data(Qt.ItemDataRole.UserRole + 1) == 428)
    bus.post("contact", None)
    bus.post("customer", [1])
    qtbot.waitUntil(lambda: index.data(Qt.ItemDataRole.UserRole + 1) == 429)
    view.side.setFocus()
    qtbot.keyClick(view.side, Key.Key_Down)
    assert view.tabs.bar.tabText(0) == "All customers"


def test_side_list_leads_back_from_a_record(qtbot: QtBot, window: MainWindow) -> None:
    window.open_record("customer", 7)
    view = _front(window)
    qtbot.keyClick(window, Key.Key_F6)
    assert view.side.hasFocus()
    place = view.side.visualRect(view.side.currentIndex()).center()
    qtbot.mouseClick(view.side.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert view.tabs.current() is view.tabs.pages()[0]


def test_rebuilt_window_shows_the_same_tabs_in_the_other_language(qtbot: QtBot, window: MainWindow) -> None:
    window.show_area("customers").select_page("all")
    for id in (7, 8):
        window.open_record("customer", id)
    _front(window).tabs.step(-1)
    window.show_area("home")
    window.rebuild(lambda: set_language("zh"))
    assert window.current_area() == "home"  # whoever asks needs not wait
    view = window.view("customers")
    assert view.side.current_key() == "all"
    assert [page.title for page in view.tabs.pages()[1:] if isinstance(page, Page)] == ["Record 7", "Record 8"]
    assert view.current_tab_key() == "customer/7"
    assert [button.text() for button in window.header.findChildren(QPushButton, "area")] == ["客户", "客户"]
    changed: list[bool] = []
    window.rebuild(lambda: changed.append(isValid(view)))
    assert not window.updatesEnabled()  # nothing in between is painted
    qtbot.waitUntil(lambda: not Turns.under_way)
    assert window.updatesEnabled()
    inside = window.centralWidget()
    assert inside is not None
    assert inside.updatesEnabled()
    assert changed == [False]  # the old pages had gone by then
    assert window.view("customers") is not view
    assert window.view("customers").current_tab_key() == "customer/7"
    assert window.current_area() == "home"


def test_page_with_unsaved_edits_keeps_the_window_from_being_rebuilt(window: MainWindow) -> None:
    page = window.show_area("customers").open_tab("new", lambda _view: _Stubborn("New customer"))
    window.rebuild()
    assert _front(window).tabs.current() is page


def test_dropped_file_is_announced(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "客户.xlsx"))])
    event = QDropEvent(
        QPointF(300, 300), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(window.file_dropped) as dropped:
        window.dropEvent(event)
    assert dropped.args == [tmp_path / "客户.xlsx"]


def test_lost_connection_is_shown_until_it_is_back(window: MainWindow, bus: Bus) -> None:
    banner = window.findChild(QLabel, "banner")
    assert isinstance(banner, QLabel)
    bus.post_connection("lost")
    assert banner.isVisible()
    assert "connection lost" in window.status.text()
    bus.post_connection("connected")
    assert not banner.isVisible()
    assert window.status.text() == "office · connected"


def test_choices_in_the_menu_of_the_person_are_announced(qtbot: QtBot, window: MainWindow) -> None:
    button = next(one for one in window.header.findChildren(QPushButton) if one.text() == "林秋")
    menus = {action.text(): action for action in button.menu().actions()}
    themes = menus["Theme"].menu()
    assert themes is not None
    light, dark = themes.actions()  # type: ignore[attr-defined]
    assert light.isChecked()
    with qtbot.waitSignal(window.theme_chosen) as chosen:
        dark.trigger()
    assert chosen.args == ["dark"]
    with qtbot.waitSignal(window.sign_out_chosen):
        menus["Sign out"].trigger()
