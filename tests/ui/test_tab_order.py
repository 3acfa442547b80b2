"""Everything is reached by Tab, in the order in which it is laid out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.widgets.bar import Bar
from crm_desktop.ui.widgets.tab_order import tab_on
from tests.ui.desk import SitDown, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]

Key = Qt.Key


def _name(widget: QWidget | None) -> str:
    return widget.accessibleName() or getattr(widget, "text", str)() if widget is not None else ""


def test_tab_goes_to_what_was_made_later_where_it_is_laid_out(qtbot: QtBot) -> None:
    dialog = Dialog(None, "Fields")
    qtbot.addWidget(dialog)
    line = QHBoxLayout()
    dialog.body.addLayout(line)
    for name in ("first", "third"):
        line.addWidget(QPushButton(name))
    close = dialog.add_primary("Close", dialog.accept)
    line.insertWidget(1, QPushButton("second"))
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    close.setFocus()
    reached = []
    for key in (Key.Key_Tab, Key.Key_Tab, Key.Key_Tab, Key.Key_Backtab):
        focused = QApplication.focusWidget()
        assert focused is not None
        qtbot.keyClick(focused, key)
        reached.append(_name(dialog.focusWidget()))
    assert reached == ["first", "second", "third", "second"]


def test_what_tab_reaches_is_scrolled_into_sight(qtbot: QtBot) -> None:
    window, inside, area = QWidget(), QWidget(), QScrollArea()
    qtbot.addWidget(window)
    column = QVBoxLayout(inside)
    column.addWidget(QPushButton("top"))
    column.addSpacing(2000)
    column.addWidget(QPushButton("bottom"))
    area.setWidget(inside)
    QVBoxLayout(window).addWidget(area)
    window.show()
    qtbot.waitExposed(window)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    top, bottom = inside.findChildren(QPushButton)
    top.setFocus()
    assert tab_on(window, forward=True)
    assert window.focusWidget() is bottom
    assert not bottom.visibleRegion().isEmpty()


def test_what_goes_while_it_has_the_keyboard_hands_it_on_from_its_place(qtbot: QtBot) -> None:
    dialog, bar, line = Dialog(None, "Draft"), Bar("accent"), QLineEdit()
    qtbot.addWidget(dialog)
    dialog.add_primary("Close", dialog.accept)
    dialog.body.addWidget(line)
    dialog.body.insertWidget(0, bar)
    bar.say_one("You typed this.", ("Discard", lambda: bar.say_one("")))
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    discard = bar.findChildren(QPushButton)[0]
    discard.setFocus()
    discard.click()
    assert dialog.focusWidget() is line


def test_tab_reaches_the_buttons_of_a_list_before_its_rows(sit_down: SitDown) -> None:
    desk = sit_down("manager")
    page = desk.window.findChild(ListPage)
    assert page is not None
    desk.window.view("customers").side.setFocus()
    reached = []
    for _step in range(40):
        assert tab_on(desk.window, forward=True)
        reached.append(_name(desk.window.focusWidget()))
        if desk.window.focusWidget() is page.table:
            break
    assert {"Filter this list", "Filter", "View", "Sort", "Grouping", "Columns", "Preview"} <= set(reached)
    assert reached[-1] == "Customers"


def test_a_closed_record_gives_the_keyboard_back_to_its_list(sit_down: SitDown) -> None:
    desk = sit_down("manager")
    page = desk.window.findChild(ListPage)
    assert page is not None
    desk.open("customer", 0)
    desk.window.view("customers").close_current()
    assert desk.window.focusWidget() is page.table
