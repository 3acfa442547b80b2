"""The page of a lead: followed up, converted, dropped, taken back by keyboard; leads given by rule from the list."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from crm_desktop.ui.dialogs.convert_lead import ConvertDialog
from crm_desktop.ui.dialogs.drop_lead import DropDialog
from crm_desktop.ui.list_page.page import ListPage
from tests.ui.desk import (
    Desk,
    SitDown,
    button,
    count_statements,
    create,
    own_database,
    sign_in,
    sit_down,
    template,
    write,
)

__all__ = ["own_database", "sign_in", "sit_down", "template"]
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    return sit_down("seller")


def lead(desk: Desk, **values: Any) -> Record:
    given = {"name": "广州新华仪器厂", "contact_name": "陈工", "phones": ["13800001111"]}
    return create(desk.gateway, "lead", **given | values)


def state_of(desk: Desk, id_: int) -> str:
    return str(desk.value("dictionary_entry", desk.value("lead", id_, "state_id"), "code"))


def test_page_opens_in_seven(desk: Desk) -> None:
    one, other = lead(desk), lead(desk, name="别的厂")
    desk.open("lead", one.id)  # the choices are read once a session
    assert len(count_statements(lambda: desk.open("lead", other.id))) <= 7


def test_a_line_is_logged_and_takes_the_lead_up(desk: Desk, qtbot: QtBot) -> None:
    id_ = lead(desk).id
    page = desk.open("lead", id_)
    assert button(page.card, "Take up").isEnabled()
    write(page.card.log_line.line, "打了电话")
    write(page.card.log_line.next_step, "寄样本")
    qtbot.keyClick(page.card.log_line.line, Qt.Key.Key_Return)
    desk.settle_all()
    assert (state_of(desk, id_), desk.value("lead", id_, "next_step")) == ("working", "寄样本")
    assert page.card.log_line.line.text() == ""
    assert "first took care" in page.card.words.text()
    desk.press_undo()
    assert (state_of(desk, id_), desk.value("lead", id_, "next_step")) == ("new", None)


def test_two_keys_convert_it_and_one_takes_it_back(desk: Desk, qtbot: QtBot) -> None:
    id_ = lead(desk).id
    page = desk.open("lead", id_)
    qtbot.keyClick(page, Qt.Key.Key_2, ALT)
    desk.settle()
    dialog = desk.dialog(ConvertDialog)
    dialog.fields["amount"].set_value(Decimal(5000))
    qtbot.keyClick(dialog.fields["name"].line, Qt.Key.Key_Return)
    desk.settle()
    assert state_of(desk, id_) == "converted"
    customer = desk.value("lead", id_, "customer_id")
    assert desk.window.view("customers").current_tab_key() == f"customer/{customer}"
    assert desk.value("opportunity", desk.value("lead", id_, "opportunity_id"), "amount") == Decimal(5000)
    desk.press_undo()
    assert state_of(desk, id_) == "new"


def test_it_becomes_a_customer_that_is_there(desk: Desk) -> None:
    customer = desk.customer("新华仪器", phones=["13800001111"])
    id_ = lead(desk).id
    page = desk.open("lead", id_)
    page.convert()
    desk.settle()
    dialog = desk.dialog(ConvertDialog)
    button(dialog.alike, "Take this one").click()
    dialog.no_opportunity.setChecked(True)
    button(dialog, "Convert").click()
    desk.settle()
    assert (state_of(desk, id_), desk.value("lead", id_, "customer_id")) == ("converted", customer.id)
    assert desk.value("lead", id_, "opportunity_id") is None


def test_dropping_asks_why_and_can_be_reopened(desk: Desk, qtbot: QtBot) -> None:
    id_ = lead(desk).id
    page = desk.open("lead", id_)
    qtbot.keyClick(page, Qt.Key.Key_3, ALT)
    desk.settle()
    dialog = desk.dialog(DropDialog)
    button(dialog, "Drop").click()
    assert dialog.reason.error()
    dialog.reason.set_value(Ref(desk.id_of("dictionary_entry", "code = 'no_need'"), "No need"))
    button(dialog, "Drop").click()
    desk.settle()
    assert state_of(desk, id_) == "dropped"
    assert "No need" in page.card.words.text()
    button(page.card, "Reopen").click()
    desk.settle()
    assert state_of(desk, id_) == "working"


def test_who_may_be_the_same_is_told_while_one_types(desk: Desk) -> None:
    customer = desk.customer("新华仪器", phones=["13800001111"])
    lead(desk)
    page = desk.open("lead", 0)
    write(page.editor.form.editors["phones"].line, "138 0000 1111")
    page.editor.duplicates.look_now()
    desk.settle()
    told = " ".join(page.editor.duplicates.texts())
    assert "新华仪器 (" in told
    assert "lead 广州新华仪器厂" in told
    button(page.editor.duplicates, "It is this customer").click()
    assert page.editor.form.changes()["customer"].id == customer.id
    assert "It comes from the customer 新华仪器." in page.editor.duplicates.texts()
    assert page.editor.form.editors["contact_name"].line.hasFocus(), "typing goes on"


def test_selected_leads_are_given_by_rule(sit_down: SitDown) -> None:
    desk = sit_down("manager")
    pool = Ref(desk.gateway.person.pool_id, "公海")
    waiting = [create(desk.gateway, "lead", name=f"线索{n}", owner=pool).id for n in range(2)]
    rule = create(desk.gateway, "lead_rule", name="轮流")
    seller = desk.id_of("employee", "name = 'seller'")
    create(desk.gateway, "lead_rule_member", rule=Ref(rule.id, "轮流"), employee=Ref(seller, "seller"))
    view = desk.window.show_area("opportunities")
    view.select_page("lead/all")
    page = view.current_page()
    assert isinstance(page, ListPage)
    desk.settle()
    page.table.select_ids(waiting)
    desk.settle_all()
    assign = button(page, "Assign by rule")
    assign.setFocus()
    assign.click()
    desk.settle()
    page.table.clearSelection()
    assert page.table.hasFocus(), "the button is gone"
    assert "2 leads assigned by rule: seller 2." in desk.notices(), "one must know whom to ask"
    assert {desk.value("lead", id_, "owner_id") for id_ in waiting} == {seller}
    desk.press_undo()
    assert {desk.value("lead", id_, "owner_id") for id_ in waiting} == {pool.id}
