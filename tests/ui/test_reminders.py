"""What pops up: at its time by the server's clock, late after the program was closed, in two windows; its answers."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from crm_desktop.core import clock
from crm_desktop.services.reminders import Wish
from crm_desktop.spec import Ref
from crm_desktop.ui.reminders.card import ReminderCard
from crm_desktop.ui.reminders.reminding import Reminding
from crm_desktop.ui.reminders.rows import ReminderRow, when_words
from tests.ui.desk import Desk, SitDown, count_statements, create, own_database, sign_in, sit_down, template, write

__all__ = ["own_database", "sign_in", "sit_down", "template"]
MINUTE, HOUR = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    return sit_down("seller")


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets the server's time be so much later."""
    begun = clock.now()

    def later(distance: datetime.timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: begun + distance)

    later(0 * HOUR)
    return later


def event(desk: Desk, begins_in: datetime.timedelta = HOUR, **values: Any) -> int:
    starts_at = clock.now() + begins_in
    given = {"subject": "回访", "starts_at": starts_at, "ends_at": starts_at + HOUR} | values
    return create(desk.gateway, "event", **given).id


def remind(desk: Desk) -> Reminding:
    desk.window.remind()
    desk.settle()
    assert desk.window.reminding is not None
    return desk.window.reminding


def rows(reminding: Reminding) -> list[ReminderRow]:
    return list(reminding.panel.rows.values())


def test_one_statement_at_the_beginning_and_none_while_time_goes_by(desk: Desk, at: Any) -> None:
    event(desk)
    assert len(count_statements(lambda: remind(desk))) == 1
    reminding = desk.window.reminding
    assert reminding is not None

    def wait() -> None:
        at(46 * MINUTE)
        reminding.watch.look()
        desk.settle()

    assert count_statements(wait) == []
    (row,) = rows(reminding)
    assert "in 14 minutes" in row.when.text()
    assert reminding.panel.isVisibleTo(desk.window)


def test_what_came_while_the_program_was_closed_says_how_late_it_is(desk: Desk, at: Any) -> None:
    event(desk)
    at(3 * HOUR)
    (row,) = rows(remind(desk))
    assert "2 hours ago" in row.when.text()


def test_put_off_it_comes_back_and_done_it_does_not(desk: Desk, at: Any) -> None:
    event(desk, 5 * MINUTE)
    reminding = remind(desk)
    (row,) = rows(reminding)
    row.later_button.menu().actions()[1].trigger()  # a quarter of an hour
    desk.settle()
    assert rows(reminding) == []
    assert not reminding.panel.isVisibleTo(desk.window)
    at(16 * MINUTE)
    reminding.watch.look()
    (row,) = rows(reminding)
    row.done_button.click()
    desk.settle()
    reminding.watch.read()
    desk.settle()
    assert rows(reminding) == []


def test_what_is_done_in_one_window_goes_in_the_other(sit_down: SitDown) -> None:
    one, other = sit_down("seller"), sit_down("seller")
    event(one, 5 * MINUTE)
    here, there = remind(one), remind(other)
    assert len(rows(here)) == len(rows(there)) == 1
    rows(here)[0].done_button.click()
    one.settle()
    other.window.context.bus.post("reminder", [one.gateway.person.id])  # as the listener of a real program hears it
    other.window.context.bus.flush()
    other.settle()
    assert rows(there) == []


def test_messages_about_others_cost_nothing(desk: Desk) -> None:
    remind(desk)

    def hear() -> None:
        desk.window.context.bus.post("reminder", [desk.gateway.person.id + 1])
        desk.window.context.bus.flush()
        desk.settle()

    assert count_statements(hear) == []


def test_an_event_that_has_ended_asks_in_one_line(desk: Desk, at: Any, qtbot: QtBot) -> None:
    customer = desk.customer("新华仪器")
    id_ = event(desk, customer=Ref(customer.id, customer.title))
    at(3 * HOUR)
    reminding = remind(desk)
    asked = next(row for row in rows(reminding) if row.one.is_question)
    assert "What came of" in asked.title.text()
    write(asked.result, "要两台")
    write(asked.next_step, "寄报价")
    qtbot.keyClick(asked.result, Qt.Key.Key_Return)
    desk.settle()
    assert [row for row in rows(reminding) if row.one.is_question] == []
    assert desk.value("event", id_, "outcome") == "要两台"
    activity = desk.id_of("activity", f"customer_id = {customer.id}")
    assert desk.value("activity", activity, "result") == "要两台"
    assert desk.value("activity", activity, "next_step") == "寄报价"


def test_opening_goes_there_and_is_done_with_it(desk: Desk) -> None:
    id_ = event(desk, 5 * MINUTE)
    reminding = remind(desk)
    rows(reminding)[0].open_button.click()
    desk.settle()
    assert desk.window.view("calendar").current_tab_key() == f"event/{id_}"
    assert rows(reminding) == []


def test_ones_wishes_are_added_and_dropped_on_the_page(desk: Desk) -> None:
    page = desk.open("task", create(desk.gateway, "task", subject="寄样本", due_on=clock.today() + 24 * HOUR).id)
    card = page.findChild(ReminderCard)
    assert card is not None
    card.refresh()
    desk.settle()
    editor = card.editor
    assert editor.wishes == [Wish(0)]
    editor.add(Wish(60))
    desk.settle()
    write(editor.moment.line, "2030-03-05 9:00")
    QTest.keyClick(editor.moment.line, Qt.Key.Key_Return)
    desk.settle()
    assert {one.minutes for one in editor.wishes} == {0, 60, None}
    editor.drop(Wish(0))
    desk.settle()
    assert {one.minutes for one in editor.wishes} == {60, None}


@pytest.mark.parametrize(
    ("distance", "words"),
    [(0, "now"), (15, "in 15 minutes"), (-1, "1 minute ago"), (-90, "90 minutes ago"), (180, "in 3 hours")],
)
def test_when_is_said_in_words(distance: int, words: str) -> None:
    now = clock.now()
    assert when_words(now + distance * MINUTE, now) == words
