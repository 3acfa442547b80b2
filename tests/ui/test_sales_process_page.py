"""A sales process as its administrator keeps it: stages in order, what each asks for, none deleted under somebody."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from crm_desktop.spec import Ref
from crm_desktop.ui.dialogs.move_stage import MoveDialog
from tests.ui.desk import Desk, SitDown, button, change, create, own_database, sign_in, sit_down, template
from tests.ui.settled import Answer

__all__ = ["own_database", "sign_in", "sit_down", "template"]


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    return sit_down("admin")


def open_process(desk: Desk) -> Any:
    return desk.open("sales_process", desk.id_of("sales_process")).stages


def stage(desk: Desk, name: str) -> int:
    return desk.id_of("sales_stage", "name_en = :name", name=name)


def shown(card: Any, column: int) -> list[str]:
    rows = card.table.rows
    return [rows.item(row, column).text() for row in range(rows.rowCount())]


def test_stage_is_moved_and_put_back(desk: Desk, qtbot: QtBot) -> None:
    card = open_process(desk)
    assert shown(card, 1)[:2] == ["First contact", "Needs confirmed"]
    card.table.setFocus()
    card.table.selectRow(0)
    qtbot.keyClick(card.table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    card.save_order()
    desk.settle()
    assert desk.value("sales_stage", stage(desk, "First contact"), "sort_order") == 1
    desk.press_undo()
    assert desk.value("sales_stage", stage(desk, "First contact"), "sort_order") == 0


def test_required_fields_are_chosen_by_name_and_asked_for(desk: Desk) -> None:
    page = desk.open("sales_stage", stage(desk, "Proposal"))
    editor = page.editor.form.editors["required_fields"]
    editor.boxes["expected_on"].click()
    editor.boxes["amount"].click()
    page.editor.save()
    desk.settle()
    assert desk.value("sales_stage", page.id, "required_fields") == ["amount", "expected_on"]
    assert shown(open_process(desk), 6)[2] == "Amount, Expected on"
    made = create(desk.gateway, "opportunity", name="二期设备")
    opportunity = desk.open("opportunity", made.id)
    opportunity.stage_card.steps[2].click()
    dialog = desk.dialog(MoveDialog)
    assert list(dialog.editors) == ["amount", "expected_on"]
    button(dialog, "Move").click()
    assert dialog.editors["amount"].error()


def test_stage_in_use_stays_and_another_goes(desk: Desk) -> None:
    create(desk.gateway, "opportunity", name="二期设备")
    card = open_process(desk)
    card.table.selectRow(0)
    card.delete()
    desk.settle()
    assert "Move them to another stage first." in desk.notices()
    card.table.selectRow(1)
    card.delete()
    desk.settle()
    assert "Needs confirmed" not in shown(card, 1)


def test_new_default_takes_the_place_of_the_old(desk: Desk) -> None:
    old = desk.id_of("sales_process")
    process = create(desk.gateway, "sales_process", name="备件销售", is_default=True)
    assert desk.value("sales_process", old, "is_default") is False
    change(desk.gateway, "sales_process", old, is_default=True)
    assert desk.value("sales_process", process.id, "is_default") is False


def test_customer_with_opportunities_is_not_deleted(desk: Desk, answers: list[Answer]) -> None:
    customer = desk.customer()
    create(desk.gateway, "opportunity", name="二期设备", customer=Ref(customer.id, customer.title))
    page = desk.open("customer", customer.id)
    answers.append(lambda dialog: button(dialog, "Delete").click())
    page.delete_record(page.attached.record)
    desk.settle()
    assert "There are still opportunities that belong here, so it cannot be deleted." in desk.notices()
    assert desk.value("customer", customer.id, "name") == customer.title
