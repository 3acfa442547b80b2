"""Logging a call by keyboard: a known caller, an unknown one, the proposed priority, how much it asks the server."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from crm_desktop.services import knowledge
from crm_desktop.services.calls import suggest_priority
from crm_desktop.spec import Ref
from tests.ui.desk import (
    Desk,
    SitDown,
    button,
    change,
    count_statements,
    create,
    own_database,
    sign_in,
    sit_down,
    template,
    write,
)

__all__ = ["own_database", "sign_in", "sit_down", "template"]
NUMBER = "020-55501234"


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    return sit_down("desk")


@pytest.fixture
def known(desk: Desk) -> int:
    """A customer of level A with a contact who has this number, and two machines."""
    customer = create(desk.gateway, "customer", name="珠海华工医药有限公司", owner=Ref(desk.gateway.person.id, ""))
    level = desk.id_of("dictionary_entry", "id = crm.choice('level', 'a')")
    change(desk.gateway, "customer", customer.id, level=Ref(level, "A"))
    at = Ref(customer.id, customer.title)
    create(desk.gateway, "contact", name="张三", customer=at, phones=["02055501234"])
    for serial in ("SN-1", "SN-2"):
        create(desk.gateway, "installed_product", serial=serial, customer=at)
    return customer.id


def log_page(desk: Desk) -> Any:
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_F8)
    desk.settle()
    return desk.window.show_area("service").current_page()


def type_into(desk: Desk, qtbot: QtBot, line: Any, words: str) -> None:
    """As fast as one types: the list opens once."""
    line.setFocus()
    line.setText(words)
    line.textEdited.emit(words)
    desk.settle_all()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    desk.settle()


def newest(desk: Desk, column: str) -> Any:
    last = desk.id_of("service_request", "id = (select max(id) from crm.service_request)")
    return desk.value("service_request", last, column)


def count(desk: Desk) -> int:
    with desk.gateway.read() as session:
        return int(session.connection().exec_driver_sql("select count(*) from crm.service_request").scalar_one())


def test_known_caller_is_logged_in_six_statements(desk: Desk, known: int, qtbot: QtBot) -> None:
    page = log_page(desk)
    severity = Ref(desk.id_of("dictionary_entry", "code = 'major'"), "Partly out of use")

    def log() -> None:
        type_into(desk, qtbot, page.caller.line, "55501234")
        assert page.contact.value().label == "张三"
        page.subject.line.setText("卡纸")
        page.chosen["severity"].set_value(severity)
        page.chosen["severity"].changed.emit()
        qtbot.keyClick(page.subject.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        desk.settle()

    statements = count_statements(log)
    assert len(statements) <= 6, statements
    assert (newest(desk, "subject"), newest(desk, "customer_id")) == ("卡纸", known)
    priority = desk.value("dictionary_entry", newest(desk, "priority_id"), "code")
    assert priority == "urgent", "partly out of use, at a customer of level A"
    assert desk.value("dictionary_entry", newest(desk, "state_id"), "code") == "new"
    assert page.subject.line.text() == "", "ready for the next"
    desk.press_undo()
    desk.settle()
    assert count(desk) == 0


def test_unknown_caller_becomes_a_customer_in_the_same_step(desk: Desk, qtbot: QtBot) -> None:
    page = log_page(desk)
    page.take_call("0756-3399001")
    desk.settle_all()
    assert page.caller.popup.texts()[-1].endswith("“0756-3399001”…")
    qtbot.keyClick(page.caller.line, Qt.Key.Key_Return)
    desk.settle()
    assert page.new_phone.value() == "0756-3399001"
    page.new_name.line.setText("珠海新客户有限公司")
    page.new_contact.line.setText("李四")
    page.subject.line.setText("开机无反应")
    page.keeps.setChecked(True)
    page.save()
    desk.settle()
    customer = newest(desk, "customer_id")
    assert desk.value("customer", customer, "name") == "珠海新客户有限公司"
    assert desk.value("customer", customer, "phones") == ["0756-3399001"]
    assert desk.value("contact", newest(desk, "contact_id"), "name") == "李四"
    assert newest(desk, "owner_id") == desk.gateway.person.id
    assert desk.value("dictionary_entry", newest(desk, "state_id"), "code") == "accepted"


def test_nothing_is_saved_without_caller_and_problem(desk: Desk) -> None:
    page = log_page(desk)
    write(page.chosen["severity"].line, "zz")
    desk.settle_all()
    assert not desk.notices(), "words that are still being typed are no error"
    assert not count_statements(page.save)
    page.subject.line.setText("卡纸")
    assert not count_statements(page.save)


def test_a_call_from_the_telephone_opens_on_the_customer(desk: Desk, known: int) -> None:
    desk.window.take_call(NUMBER)
    desk.settle_all()
    page: Any = desk.window.view("service").current_page()
    assert page.caller.chosen().id == known
    assert page.contact.value().label == "张三"
    write(page.subject.line, "卡纸")
    another = desk.customer("佛山海诺钢材有限公司", phones=[NUMBER])
    desk.window.take_call(NUMBER)  # the telephone rings again while one types
    desk.settle_all()
    rows = page.caller.popup.texts()
    assert {"张三", another.title} <= {*rows}, "two customers have it: one chooses"
    assert page.subject.line.text() == ""
    button(page.draft, "Apply").click()
    desk.settle_all()
    assert (page.caller.chosen().id, page.subject.line.text()) == (known, "卡纸")
    button(page, "Clear").click()
    assert page.subject.line.text() == ""
    assert "卡纸" in next(draft.content["words"] for draft in desk.window.context.drafts.discarded())


def test_who_may_log_no_calls_is_told(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    desk.window.take_call(NUMBER)
    assert "right" in desk.notices()


def test_priority_follows_level_and_severity() -> None:
    found = {
        (level, severity): suggest_priority(level, severity) for level in "ab" for severity in ("critical", "minor", "")
    }
    assert found == {
        ("a", "critical"): "urgent", ("a", "minor"): "high", ("a", ""): "high",
        ("b", "critical"): "urgent", ("b", "minor"): "normal", ("b", ""): "normal",
    }  # fmt: skip


def test_known_solutions_appear_while_one_types_and_are_noted(desk: Desk, known: int, qtbot: QtBot) -> None:
    made = create(desk.gateway, "knowledge_article", name="打印机卡纸", solution="清洁搓纸轮")
    with desk.gateway.write() as session:
        knowledge.publish(session, made)
    page = log_page(desk)
    type_into(desk, qtbot, page.caller.line, "55501234")
    assert page.caller.chosen().id == known
    type_into(desk, qtbot, page.subject.line, "老是卡纸")
    solutions = page.known_solutions
    assert [title.text() for title in solutions.titles] == ["1  打印机卡纸"]
    qtbot.keyClick(page.subject.line, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert solutions.solution.text() == "清洁搓纸轮"
    qtbot.keyClick(page.subject.line, Qt.Key.Key_H, Qt.KeyboardModifier.AltModifier)
    assert solutions.used == [made.id]
    page.save()
    desk.settle()
    assert desk.value("knowledge_article", made.id, "used_count") == 1
    assert solutions.isHidden()
    desk.press_undo()
    assert desk.value("knowledge_article", made.id, "used_count") == 0
