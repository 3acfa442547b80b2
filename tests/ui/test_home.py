"""The home page, messages and announcements in the window."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from crm_desktop.core import clock
from crm_desktop.services import events, messages
from crm_desktop.services.events import Attendance
from crm_desktop.services.messages import Receiver
from crm_desktop.services.opportunities import fetch_stages
from crm_desktop.services.records import new_record
from crm_desktop.spec import Ref
from crm_desktop.ui.board.next_step import NextStepDialog
from crm_desktop.ui.dialogs.checklist import ChecklistDialog
from crm_desktop.ui.dialogs.log import LogDialog
from crm_desktop.ui.dialogs.write_message import WriteDialog
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
from tests.ui.settled import Answer

__all__ = ["own_database", "sign_in", "sit_down", "template"]

WON, ACTIVITIES = 4, 5
DEAL = """
    insert into crm.opportunity (name, owner_id, stage_id, amount, opened_on, closed_on)
    select '商机', e.id, :stage, 1000, '2020-01-01', :day from crm.employee e where e.name = :owner
"""


def home_of(desk: Desk) -> Any:
    view = desk.window.show_area("home")
    desk.settle()
    return view.current_page()


def given_lead(desk: Desk, sign_in: SignIn) -> int:
    """A lead that somebody else registered for this person; its id."""
    receiver = Ref(desk.gateway.person.id, "")
    return create(sign_in("director"), "lead", name="新线索", contact_name="陈工", owner=receiver).id


def test_it_opens_in_three_statements_and_enter_opens_a_row(sit_down: SitDown, sign_in: SignIn, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    lead = given_lead(desk, sign_in)
    desk.window.show_area("customers")
    asked = count_statements(lambda: home_of(desk))
    assert len([one for one in asked if "preference" not in one and "count" not in one.partition("from")[0]]) <= 3
    page = home_of(desk)
    card = page.cards["assignments"]
    assert [row.title for row in card.model.rows] == ["新线索"]
    card.table.setFocus()
    card.table.setCurrentIndex(card.model.index(0, 0))
    qtbot.keyClick(card.table, Qt.Key.Key_Return)
    desk.settle()
    assert desk.window.view("opportunities").current_tab_key() == f"lead/{lead}"


def test_it_moves_by_itself(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = home_of(desk)
    assert page.cards["steps"].empty.isVisible()
    made = create(desk.gateway, "lead", name="线索", next_step="打电话", next_on=datetime.date(2020, 1, 1))
    desk.hear("lead", made.id)
    (row,) = page.cards["steps"].model.rows
    assert (row.title, row.tone) == ("打电话", "bad")


def test_a_figure_opens_the_rows_it_counts_and_tells_the_target(sit_down: SitDown) -> None:
    desk = sit_down("manager")
    today = clock.today()
    with desk.gateway.write() as session:
        stages = fetch_stages(session).all
        for owner, stage, closed_on in (
            ("manager", WON, today), ("junior", WON, today), ("manager", WON, today - datetime.timedelta(400)),
            ("manager", 0, None),
        ):  # fmt: skip
            values = {"owner": owner, "stage": stages[stage].ref.id, "day": closed_on}
            session.execute(text(DEAL), values)
    page = home_of(desk)
    assert page.figures._headings == ["My own", "My department"]
    for row, column, expected in ((0, 0, 1), (0, 1, 2), (2, 1, 2), (3, 0, 1), (4, 1, 1), (5, 1, 0)):
        page.figures.cell(row, column).link.click()
        desk.settle_all()
        listed: Any = desk.window.view("customers" if row == ACTIVITIES else "opportunities").current_page()
        assert len(listed.model.ids()) == expected, (row, column)
    cell = page.figures.cell(0, 1)
    assert (cell.link.text(), cell.share.isHidden()) == ("¥2,000", True)
    month = {"year": today.year, "month": today.month}
    of_junior = Ref(desk.id_of("employee", "name = 'junior'"), "junior")
    target = create(desk.gateway, "sales_target", owner=of_junior, **month, amount=Decimal(8_000))
    desk.window.show_area("home")
    desk.hear("sales_target", target.id)
    assert (cell.share.text(), cell.target.text(), cell.bar.percent) == ("25%", "/ ¥8,000", 25)
    assert page.figures.cell(0, 0).share.isHidden()


def test_what_waits_is_settled_in_place_and_its_row_goes(sit_down: SitDown, sign_in: SignIn) -> None:
    desk = sit_down("seller")
    task = create(desk.gateway, "task", subject="发报价", due_on=datetime.date(2020, 1, 1))
    lead = given_lead(desk, sign_in)
    deal = create(desk.gateway, "opportunity", name="门禁", next_step="打电话", next_on=datetime.date(2020, 1, 1))
    page = home_of(desk)

    def choose(card: str, words: str) -> None:
        (row,) = page.cards[card].model.rows
        menu = QMenu()
        page.fill_menu(menu, row)
        next(action for action in menu.actions() if action.text() == words).trigger()
        desk.settle()

    choose("tasks", "Done")
    assert page.cards["tasks"].empty.isVisible()
    assert desk.value("task", task.id, "done_at") is not None
    choose("assignments", "Log…")
    dialog = desk.dialog(LogDialog)
    dialog.line.line.setText("约了周三")
    dialog.note.leave()  # what a program that ends in the middle leaves behind
    dialog.done(0)
    choose("assignments", "Log…")
    dialog = desk.dialog(LogDialog)
    assert dialog.line.line.text() == "约了周三"
    dialog.line.log()
    desk.settle()
    assert page.cards["assignments"].empty.isVisible()
    assert desk.value("lead", lead, "responded_at") is not None
    assert desk.window.context.drafts.waiting() == []
    choose("steps", "Next step…")
    step = desk.dialog(NextStepDialog)
    step.editors["next_on"].set_value(clock.today() + datetime.timedelta(9))
    button(step, "Save").click()
    desk.settle()
    assert page.cards["steps"].empty.isVisible()
    desk.press_undo()
    desk.hear("opportunity", deal.id)
    assert [row.title for row in page.cards["steps"].model.rows] == ["打电话"]
    assert desk.value("opportunity", deal.id, "next_on") == datetime.date(2020, 1, 1)


def test_cards_are_arranged(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = home_of(desk)
    page.arrange()
    dialog = desk.dialog(ChecklistDialog)
    dialog.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    button(dialog, "Show these").click()
    desk.settle()
    assert not page.cards["day"].isVisible()
    assert page.cards["alerts"].isVisible()
    for key, words in (("logs", "Move forward"), ("tasks", "Hide this card")):
        menu = QMenu()
        page.fill_card_menu(menu, key)
        next(action for action in menu.actions() if action.text() == words).trigger()
        desk.settle()
    assert page._shown[:3] == ["logs", "alerts", "steps"]
    assert page.cards["tasks"].isHidden()


def test_a_message_is_written_rings_is_read_and_answered(
    sit_down: SitDown, qtbot: QtBot, answers: list[Answer]
) -> None:
    desk = sit_down("seller")
    page = home_of(desk)
    page.write()
    dialog = desk.dialog(WriteDialog)
    dialog.whom.set_value([Ref(desk.id_of("employee", "name = 'leader'"), "leader")])
    dialog._all[dialog.whom.value()[0]] = Receiver("employee", dialog.whom.value()[0])
    write(dialog.text, "三点开会")
    answers.append(lambda question: button(question, "Cancel").click())
    dialog.reject()
    assert dialog.isVisible(), "nothing typed is lost by Esc"
    dialog.send_button.click()
    desk.settle()
    assert "Sent to 1 person" in desk.notices()
    other = sit_down("leader")
    other.hear("message", other.gateway.person.id)
    assert other.window.header.bell.text() == "1"
    waiting = home_of(other).cards["messages"]
    assert [row.note for row in waiting.model.rows] == ["三点开会"]
    waiting.table.opened.emit(waiting.model.index(0, 0))
    other.settle_all()
    inbox: Any = other.window.view("home").current_page()
    assert inbox.text.toPlainText() == "三点开会"
    assert inbox.table.hasFocus()
    other.hear("message", other.gateway.person.id)
    assert other.window.header.bell.text() == ""
    qtbot.keyClick(inbox.table, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(other.window.findChildren(WriteDialog)))
    answer = other.dialog(WriteDialog)
    assert [ref.label for ref in answer.whom.value()] == ["seller"]
    write(answer.text, "好")
    answer.send_button.click()
    other.settle()
    with desk.gateway.read() as session:
        assert [one.body for one in messages.fetch_messages(session, "unread")] == ["好"]
    view = desk.window.show_area("home")
    view.select_page("messages/unread")
    desk.settle_all()
    unread: Any = view.current_page()
    unread.table.setCurrentIndex(unread.model.index(0, 0))
    desk.settle()
    desk.hear("message", desk.gateway.person.id)
    assert unread.text.toPlainText() == "好", "what was just read stays until one goes on"
    assert desk.window.header.bell.text() == ""
    view.select_page("messages/in")
    view.select_page("messages/unread")
    desk.settle_all()
    assert unread.model.rowCount() == 0


def test_an_invitation_is_answered_where_one_reads_of_it(sit_down: SitDown, sign_in: SignIn) -> None:
    desk, asking = sit_down("seller"), sign_in("director")
    begin = clock.now() + datetime.timedelta(days=1)
    values = {"subject": "评审", "starts_at": begin, "ends_at": begin + datetime.timedelta(hours=1)}
    with asking.write() as session:
        record = new_record("event", asking.person, None, **values)
        event = events.create(session, record, None, Attendance((desk.gateway.person.id,))).event_id
    desk.window.show_messages()
    desk.settle_all()
    inbox: Any = desk.window.view("home").current_page()
    assert inbox.table.hasFocus()
    inbox.table.setCurrentIndex(inbox.model.index(0, 0))
    desk.settle()
    button(inbox, "Accept").click()
    desk.settle()
    assert "You take part in “评审”." in desk.notices()
    inbox.table.opened.emit(inbox.table.currentIndex())
    desk.settle()
    page: Any = desk.window.view("calendar").current_page()
    assert page.invitation_bar.texts() == ["You take part in “评审”."]
    button(page.invitation_bar, "Decline").click()
    desk.settle()
    assert page.invitation_bar.texts() == ["You declined “评审”."]
    declined = "answer_id = crm.choice('event_answer', 'declined')"
    assert desk.id_of("event_participant", f"event_id = {event} and {declined}")


def test_an_announcement_that_is_opened_is_read(sit_down: SitDown) -> None:
    desk = sit_down("clerk")
    made = create(desk.gateway, "announcement", title="放假通知")
    desk.open("announcement", made.id)
    assert desk.id_of("announcement_reading") > 0
