"""Ctrl+Z and Ctrl+Y outside of fields, the recycle bin, and a record as it was."""

from __future__ import annotations

import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from crm_desktop.services.records import delete_records
from crm_desktop.ui.dialogs.undo import UndoDialog
from crm_desktop.ui.dialogs.versions import VersionsDialog
from crm_desktop.ui.messages import notify
from crm_desktop.ui.pages.recycle_bin import RecycleBinPage
from crm_desktop.ui.widgets.notice import Notice
from tests.db.conftest import SignIn
from tests.ui.desk import Desk, SitDown, button, change, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def _press(desk: Desk, qtbot: QtBot, key: Qt.Key) -> None:
    view = desk.window.view("customers")
    view.current_page().setFocus()
    qtbot.keyClick(view.current_page(), key, CTRL)
    desk.settle()


def _delete(desk: Desk, *ids: int) -> None:
    with desk.gateway.write() as session:
        delete_records(session, "customer", list(ids), "some")


def _open_bin(desk: Desk) -> RecycleBinPage:
    view = desk.window.view("customers")
    view.select_page("changes/bin")
    desk.settle()
    page = view.current_page()
    assert isinstance(page, RecycleBinPage)
    page.table.setFocus()
    return page


def _names(page: RecycleBinPage) -> list[str]:
    model = page.table.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_actions_are_taken_back_newest_first_and_done_again_in_order(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    customer = desk.customer("珠海华工")
    for fax in ("1", "2"):
        change(desk.gateway, "customer", customer.id, fax=fax)
    told = []
    for key in (Qt.Key.Key_Z, Qt.Key.Key_Z, Qt.Key.Key_Y, Qt.Key.Key_Z, Qt.Key.Key_Y, Qt.Key.Key_Y, Qt.Key.Key_Y):
        _press(desk, qtbot, key)
        told.append(desk.value("customer", customer.id, "fax"))
    assert told == ["1", None, "1", None, "1", "2", "2"]
    assert "There is nothing to do again." in desk.notices()
    assert "Done again: Edited: Customer 珠海华工" in desk.notices()
    for _key in range(2):  # as fast as one types
        qtbot.keyClick(desk.window.view("customers").current_page(), Qt.Key.Key_Z, CTRL)
    desk.settle()
    assert desk.value("customer", customer.id, "fax") is None
    for key in (Qt.Key.Key_Y, Qt.Key.Key_Y):
        _press(desk, qtbot, key)
    notify(desk.window, "Saved.", undo=lambda: None)
    _press(desk, qtbot, Qt.Key.Key_Z)
    (saved,) = [one for one in desk.window.findChildren(Notice) if one.text == "Saved."]
    assert saved.action_button is None, "what was taken back is not offered again"


def test_who_has_done_something_else_since_cannot_redo(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    customer = desk.customer("珠海华工")
    change(desk.gateway, "customer", customer.id, fax="1")
    _press(desk, qtbot, Qt.Key.Key_Z)
    change(desk.gateway, "customer", customer.id, short_name="华工")
    _press(desk, qtbot, Qt.Key.Key_Y)
    assert desk.value("customer", customer.id, "fax") is None


def test_where_somebody_built_on_it_the_person_is_asked_first(sit_down: SitDown, sign_in: SignIn, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    customer = desk.customer("珠海华工")
    change(desk.gateway, "customer", customer.id, fax="1", short_name="华工")
    change(sign_in("manager"), "customer", customer.id, fax="2")
    _press(desk, qtbot, Qt.Key.Key_Z)
    assert desk.value("customer", customer.id, "short_name") == "华工"
    button(desk.dialog(UndoDialog), "Take back").click()
    desk.settle()
    assert desk.value("customer", customer.id, "short_name") is None
    assert desk.value("customer", customer.id, "fax") == "2"


def test_several_records_come_back_from_the_bin_by_keyboard(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("manager")
    made = [desk.customer(name) for name in ("甲医药", "乙医药", "丙医药")]
    _delete(desk, made[0].id, made[1].id)
    _delete(desk, made[2].id)
    page = _open_bin(desk)
    assert set(_names(page)) == {"甲医药", "乙医药", "丙医药"}
    page.search_box.setText("乙")
    page.search_box.search_now()
    assert _names(page) == ["乙医药"]
    page.search_box.clear()
    page.search_box.search_now()
    page.table.selectRow(0)
    qtbot.keyClick(page.table, Qt.Key.Key_Down, SHIFT)
    brought = set(_names(page)[:2])
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    desk.settle()
    assert set(_names(page)) == {"甲医药", "乙医药", "丙医药"} - brought
    assert "brought back" in desk.notices()


def test_the_bin_tells_what_a_record_was_and_follows(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("manager")
    page = _open_bin(desk)
    assert page.empty.isVisible()
    customer = desk.customer("珠海华工", remark="老客户，月结")
    _delete(desk, customer.id)
    desk.bus.post("customer", [customer.id])
    qtbot.waitUntil(lambda: _names(page) == ["珠海华工"])
    qtbot.waitUntil(lambda: "老客户，月结" in [words.text() for words in page.findChildren(QLabel)])


def test_a_record_is_compared_with_what_it_was_and_put_back(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    customer = desk.customer("珠海华工")
    change(desk.gateway, "customer", customer.id, fax="1", short_name="华工")
    change(desk.gateway, "customer", customer.id, fax="2")
    page = desk.open("customer", customer.id)
    page.story.choose("changes")
    desk.settle()
    page.story.history.show_versions()
    dialog = desk.dialog(VersionsDialog)
    dialog.versions.selectRow(3)
    model = dialog.fields.model()
    shown = {model.index(row, 0).data(): model.index(row, 2).data() for row in range(model.rowCount())}
    assert shown == {"Short name": "华工", "Fax": "2"}
    dialog.put_back_button.click()
    desk.settle()
    assert (desk.value("customer", customer.id, "fax"), desk.value("customer", customer.id, "short_name")) == (
        None,
        None,
    )


def test_the_state_at_the_end_of_a_day_is_found(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    customer = desk.customer("珠海华工")
    change(desk.gateway, "customer", customer.id, fax="1")
    page = desk.open("customer", customer.id)
    page.story.choose("changes")
    desk.settle()
    page.story.history.show_versions()
    dialog = desk.dialog(VersionsDialog)
    dialog.day.set_value(datetime.date.today() - datetime.timedelta(days=400))
    dialog.day.line.returnPressed.emit()
    assert "did not exist yet" in dialog.day.error()
    dialog.versions.selectRow(2)
    dialog.day.set_value(datetime.date.today())
    dialog.day.line.returnPressed.emit()
    assert [index.row() for index in dialog.versions.selectionModel().selectedRows()] == [1]
