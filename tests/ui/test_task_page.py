"""The page of a task: begun, ticked off, done with feedback and given back by keyboard; several done from the list."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from crm_desktop.core import clock
from crm_desktop.services.drafts import Typed
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.list_page.task_line import TaskLine
from crm_desktop.ui.pages.task import TaskPage
from tests.db.conftest import SignIn
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


def task(desk: Desk, **values: Any) -> Record:
    return create(desk.gateway, "task", **{"subject": "寄样本"} | values)


def state_of(desk: Desk, id_: int) -> str:
    return str(desk.value("dictionary_entry", desk.value("task", id_, "state_id"), "code"))


def test_page_opens_in_seven(desk: Desk) -> None:
    one, other = task(desk), task(desk, subject="报价")
    desk.open("task", one.id)  # the choices are read once a session
    assert len(count_statements(lambda: desk.open("task", other.id))) <= 7


def test_begun_and_done_with_feedback_by_keys_and_taken_back(desk: Desk, qtbot: QtBot) -> None:
    id_ = task(desk).id
    page = desk.open("task", id_)
    qtbot.keyClick(page, Qt.Key.Key_1, ALT)
    desk.settle_all()
    assert state_of(desk, id_) == "working"
    write(page.card.feedback, "已寄出，单号 123")
    qtbot.keyClick(page.card.feedback, Qt.Key.Key_Return)
    desk.settle_all()
    assert (state_of(desk, id_), desk.value("task", id_, "result")) == ("done", "已寄出，单号 123")
    assert "Done on" in page.card.words.text()
    assert page.card.feedback.text() == ""
    desk.press_undo()
    assert (state_of(desk, id_), desk.value("task", id_, "result")) == ("working", None)


def test_ticking_off_makes_the_progress(desk: Desk) -> None:
    id_ = task(desk, checklist="打印\n寄出").id
    page = desk.open("task", id_)
    page.card.boxes[1].click()
    desk.settle_all()
    assert (desk.value("task", id_, "checked"), desk.value("task", id_, "progress")) == (["寄出"], 50)
    assert state_of(desk, id_) == "working"


def test_giving_back_asks_for_a_word(desk: Desk, sign_in: SignIn, qtbot: QtBot) -> None:
    given = create(sign_in("manager"), "task", subject="周报", owner=Ref(desk.gateway.person.id, "seller"))
    page = desk.open("task", given.id)
    assert "Given by manager" in page.card.words.text()
    qtbot.keyClick(page, Qt.Key.Key_3, ALT)
    desk.settle_all()
    assert state_of(desk, given.id) == "open"
    write(page.card.feedback, "不归我管")
    qtbot.keyClick(page, Qt.Key.Key_3, ALT)
    desk.settle_all()
    assert (state_of(desk, given.id), desk.value("task", given.id, "result")) == ("declined", "不归我管")
    assert button(page.card, "Open again").isVisibleTo(page.card)


def test_ones_own_task_cannot_be_given_back(desk: Desk) -> None:
    page = desk.open("task", task(desk).id)
    assert not page.card.buttons["declined"].isVisibleTo(page.card)


def test_a_task_about_an_opportunity_begins_from_it(desk: Desk) -> None:
    customer = desk.customer("新华仪器")
    deal = create(desk.gateway, "opportunity", name="二期", customer=Ref(customer.id, customer.title))
    desk.open("opportunity", deal.id).new_task()
    desk.settle()
    page = desk.window.view("calendar").current_page()
    assert isinstance(page, TaskPage)
    assert page.editor.form.value_of("opportunity").id == deal.id
    assert page.editor.form.value_of("customer").id == customer.id


def test_several_are_done_from_the_list_and_taken_back(desk: Desk) -> None:
    ids = [task(desk, subject=f"任务{n}").id for n in range(3)]
    view = desk.window.view("calendar")
    view.select_page("task/mine")
    page = view.current_page()
    assert isinstance(page, ListPage)
    desk.settle()
    page.table.select_ids(ids[:2])
    page.commands.finish()
    desk.settle()
    assert [state_of(desk, id_) for id_ in ids] == ["done", "done", "open"]
    desk.press_undo()
    assert [state_of(desk, id_) for id_ in ids] == ["open"] * 3


def test_a_line_makes_a_task_with_customer_day_and_priority(desk: Desk, qtbot: QtBot) -> None:
    customer = desk.customer("华工医药")
    view = desk.window.view("calendar")
    view.select_page("task/mine")
    line = view.current_page().findChild(TaskLine)
    assert line is not None
    desk.settle()
    write(line, "明天 华工医药 寄样本 #high")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    desk.settle()
    made = desk.id_of("task", "subject = '华工医药 寄样本'")
    assert desk.value("task", made, "customer_id") == customer.id
    assert desk.value("task", made, "due_on") == clock.today() + datetime.timedelta(days=1)
    assert desk.value("dictionary_entry", desk.value("task", made, "priority_id"), "code") == "high"
    assert line.text() == ""


def test_a_line_with_an_unknown_priority_stays(desk: Desk, qtbot: QtBot) -> None:
    view = desk.window.view("calendar")
    view.select_page("task/mine")
    line = view.current_page().findChild(TaskLine)
    assert line is not None
    desk.settle()
    write(line, "寄样本 #很急")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    desk.settle()
    assert line.text() == "寄样本 #很急"
    assert "no priority" in " ".join(desk.window.notices.texts())


def test_a_task_that_repeats_is_edited_and_finished(desk: Desk, qtbot: QtBot) -> None:
    made = task(desk, due_on=datetime.date(2030, 3, 5), rule="FREQ=MONTHLY;BYDAY=-1FR")
    page = desk.open("task", made.id)
    editor = page.editor.form.editors["rule"]
    assert "the last Fri" in editor.repeats.box.currentText()
    assert not page.editor.is_edited()
    editor.repeats.box.setCurrentIndex(editor.repeats.box.findData("FREQ=WEEKLY"))
    assert page.editor.is_edited()
    qtbot.keyClick(page, Qt.Key.Key_2, ALT)
    desk.settle_all()
    assert (state_of(desk, made.id), desk.value("task", made.id, "rule")) == ("done", "FREQ=WEEKLY")
    following = desk.id_of("task", f"follows_id = {made.id}")
    assert desk.value("task", following, "due_on") == datetime.date(2030, 3, 12)


def test_a_rule_that_is_none_is_said_in_its_field(desk: Desk) -> None:
    page = desk.open("task", task(desk).id)
    editor = page.editor.form.editors["rule"]
    editor.type_again(Typed("FREQ=SOMETIMES"))
    assert "no rule" in editor.error()
    assert editor.typed() == Typed("FREQ=SOMETIMES")
