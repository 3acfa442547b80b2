"""What was done lately, with the way back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from crm_desktop.services.records import delete_records
from crm_desktop.ui.dialogs.undo import UndoDialog
from crm_desktop.ui.pages.changes import ChangesPage
from tests.ui.desk import Desk, SitDown, button, change, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]


def open_changes(desk: Desk, key: str = "changes/mine") -> ChangesPage:
    view = desk.window.view("customers")
    view.select_page(key)
    desk.settle()
    page = view.current_page()
    assert isinstance(page, ChangesPage)
    page.table.setFocus()
    return page


def lines(page: ChangesPage) -> list[str]:
    model = page.table.model()
    return [" | ".join(str(model.index(row, column).data()) for column in (2, 3, 4)) for row in range(model.rowCount())]


def test_own_changes_are_listed_newest_first(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    customer = desk.customer("珠海华工")
    change(desk.gateway, "customer", customer.id, short_name="华工")
    page = open_changes(desk)
    assert lines(page)[:2] == ["Edited: Customer 珠海华工 | 1 | ", "Created: Customer 珠海华工 | 1 | "]


def test_deleted_record_comes_back_from_the_list_by_keyboard(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("manager")
    customer = desk.customer("珠海华工")
    with desk.gateway.write() as session:
        delete_records(session, "customer", [customer.id], "珠海华工")
    page = open_changes(desk)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    desk.settle()
    button(desk.dialog(UndoDialog), "Take back").click()
    desk.settle()
    assert desk.value("customer", customer.id, "name") == "珠海华工"
    assert "Deleted: Customer 珠海华工 | 1 | taken back" in lines(page)
    page.table.selectRow([line.endswith("taken back") for line in lines(page)].index(True))
    assert not page.undo_button.isEnabled()


def test_page_follows_what_happens(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    page = open_changes(desk)
    made = desk.customer("新客户")
    desk.bus.post("customer", [made.id])
    qtbot.waitUntil(lambda: "Created: Customer 新客户 | 1 | " in lines(page))


def test_only_who_may_undo_others_changes_sees_them(sit_down: SitDown) -> None:
    seller, manager = sit_down("seller"), sit_down("manager")
    seller.customer("珠海华工")
    keys = {entry.key for entry in seller.window.view("customers").area.pages}
    assert "changes/mine" in keys
    assert "changes/all" not in keys
    page = open_changes(manager, "changes/all")
    assert any("珠海华工" in line for line in lines(page))
    assert not page.table.isColumnHidden(1)
