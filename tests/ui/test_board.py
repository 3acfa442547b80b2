"""The board of opportunities: by keyboard, by mouse, live, and two people at the same card."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from sqlalchemy import text

from crm_desktop.core import clock
from crm_desktop.db.engine import Gateway
from crm_desktop.services.opportunities import fetch_stages, move
from crm_desktop.services.records import fetch_record
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.ui import soon
from crm_desktop.ui.board.layout import Place
from crm_desktop.ui.board.next_step import NextStepDialog
from crm_desktop.ui.bus import UNKNOWN
from crm_desktop.ui.dialogs.move_stage import MoveDialog
from crm_desktop.ui.dialogs.print_preview import PrintPreview
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.pages.board import BoardPage
from crm_desktop.ui.pages.funnel import FunnelPage
from crm_desktop.ui.widgets.side_list import COUNT
from tests.ui.desk import Desk, SitDown, button, change, count_statements, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]

FIRST, NEEDS, PROPOSAL, NEGOTIATION, WON, LOST, CLOSED = range(7)


def open_board(desk: Desk) -> BoardPage:
    view = desk.window.show_area("opportunities")
    desk.settle()
    page = view.current_page()
    assert isinstance(page, BoardPage)
    page.table.setFocus()
    return page


def deals(gateway: Gateway, *stages: int, owner: str | None = None, **values: Any) -> list[int]:
    """An opportunity in each of these stages, expected one day after the other from today on; their ids."""
    made = []
    with gateway.write() as session:
        found = fetch_stages(session).all
        for number, stage in enumerate(stages):
            row = {
                "name": f"商机 {number}",
                "stage_id": found[stage].ref.id,
                "amount": 1000 * (number + 1),
                "expected_on": clock.today() + datetime.timedelta(number),
                "next_step": "拜访",
                "next_on": clock.today(),
            } | values
            if owner is not None:
                row["owner_id"] = session.execute(
                    text("select id from crm.employee where name = :name"), {"name": owner}
                ).scalar_one()
            columns, marks = ", ".join(row), ", ".join(f":{key}" for key in row)
            insert = text(f"insert into crm.opportunity ({columns}) values ({marks}) returning id")
            made.append(session.execute(insert, row).scalar_one())
    return made


def stage_of(desk: Desk, id_: int) -> str:
    return str(desk.value("opportunity", id_, "(select name_en from crm.sales_stage s where s.id = stage_id)"))


def key(page: BoardPage, *keys: Qt.Key, control: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    for one in keys:
        QTest.keyClick(page.table, one, modifier)


def test_it_opens_in_three_statements_with_heads_over_all_that_matches(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    first, *_rest = deals(desk.gateway, *[FIRST] * 60, expected_on=clock.today())
    deals(desk.gateway, NEEDS, WON)
    opened: list[BoardPage] = []
    desk.window.context.preferences.load(desk.window, lambda _stored: None, lambda _error: None)
    desk.window.show_area("customers")
    desk.settle_all()
    asked = count_statements(lambda: opened.append(open_board(desk)))
    boards = [one for one in asked if "sales_stage" in one and "int8send" in one]
    cards = [one for one in asked if "next_step" in one and "id = ANY ($1" in one]
    assert (len(boards), len(cards)) == (1, 1)
    assert len(asked) <= 3, asked
    (page,) = opened
    heads = [(column.ref.label, column.count) for column in page.model.columns if column.count]
    assert heads == [("First contact", 60), ("Needs confirmed", 1), ("Won", 1)]
    assert page.model.columns[0].amount == sum(1000 * (number + 1) for number in range(60))
    last = page.model.id_at(Place(0, 0, 59))
    assert page.model.loaded(last) is None
    assert page.model.loaded(first) is not None
    key(page, Qt.Key.Key_Down, Qt.Key.Key_End)
    desk.qtbot.waitUntil(lambda: page.model.loaded(last) is not None)
    assert page.table.current == last
    assert page.table.viewport().rect().contains(page.table.rect_of(last))


def test_arrows_go_from_card_to_card_and_enter_opens(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    one, two, three, _lost, won = deals(desk.gateway, FIRST, FIRST, PROPOSAL, LOST, WON)
    page = open_board(desk)
    way = [(Qt.Key.Key_Down, one), (Qt.Key.Key_Down, two), (Qt.Key.Key_Down, two), (Qt.Key.Key_Right, three)]
    way += [(Qt.Key.Key_Right, won), (Qt.Key.Key_Right, won), (Qt.Key.Key_Left, three), (Qt.Key.Key_Left, one)]
    for pressed, expected in way:
        key(page, pressed)
        assert page.table.current == expected
    key(page, Qt.Key.Key_Return)
    desk.settle()
    assert desk.window.view("opportunities").current_tab_key() == f"opportunity/{one}"


def test_a_card_is_moved_by_keyboard_and_taken_back(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    (one,) = deals(desk.gateway, FIRST)
    page = open_board(desk)
    key(page, Qt.Key.Key_Down)
    key(page, Qt.Key.Key_Right, control=True)
    assert page.table.current_place() == Place(0, NEEDS, 0)  # at once
    desk.settle_all()
    assert stage_of(desk, one) == "Needs confirmed"
    assert page.table.current == one
    assert "“商机 0” is in stage “Needs confirmed” now. Not done yet: " in desk.notices()
    desk.press_undo()
    desk.hear("opportunity", one)
    assert stage_of(desk, one) == "First contact"
    assert page.table.current_place() == Place(0, FIRST, 0)


def drag(page: BoardPage, id_: int, column: int, *, drop: bool = True) -> QPoint:
    """Drag a card with the mouse into the middle of a column."""
    viewport, left = page.table.viewport(), Qt.MouseButton.LeftButton
    start, end = page.table.rect_of(id_).center(), page.table.column_rect(column).center()
    QTest.mousePress(viewport, left, Qt.KeyboardModifier.NoModifier, start)
    for share in (0.2, 0.6, 1):
        QTest.mouseMove(viewport, start + (end - start) * share)
    if drop:
        QTest.mouseRelease(viewport, left, Qt.KeyboardModifier.NoModifier, end)
    return end


def test_a_card_is_dragged(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    one, two = deals(desk.gateway, FIRST, FIRST)
    page = open_board(desk)

    def move() -> None:
        drag(page, two, PROPOSAL)
        desk.settle_all()

    assert len(count_statements(move)) <= 2 + 2 + 2  # read it with the stages, write it, read the board with its card
    assert (stage_of(desk, one), stage_of(desk, two)) == ("First contact", "Proposal")
    assert [column.count for column in page.model.columns[:3]] == [1, 0, 1]
    end = drag(page, one, NEGOTIATION, drop=False)
    key(page, Qt.Key.Key_Escape)
    QTest.mouseRelease(page.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
    desk.settle_all()
    assert stage_of(desk, one) == "First contact"


def test_what_the_stage_asks_for_is_asked(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    (one,) = deals(desk.gateway, NEGOTIATION)
    page = open_board(desk)
    drag(page, one, LOST)  # also into a folded column
    desk.settle_all()
    dialog = desk.dialog(MoveDialog)
    assert stage_of(desk, one) == "Negotiation"
    dialog.reject()
    desk.settle_all()
    assert page.model.place_of(one) == Place(0, NEGOTIATION, 0)
    drag(page, one, LOST)
    desk.settle_all()
    dialog = desk.dialog(MoveDialog)
    reasons: list[Any] = []
    desk.window.context.choices.load(desk.window, lambda found: reasons.extend(found.of("close_reason")))
    desk.settle()
    dialog.editors["reason"].set_value(reasons[0].ref)
    dialog.move_button.click()
    desk.settle_all()
    assert stage_of(desk, one) == "Lost"
    assert desk.value("opportunity", one, "reason_id") == reasons[0].ref.id


def test_what_a_colleague_does_shows_without_moving_anything(sit_down: SitDown, sign_in: Any) -> None:
    desk = sit_down("seller")
    ids = deals(desk.gateway, *[FIRST] * 30)
    page = open_board(desk)
    key(page, *[Qt.Key.Key_Down] * 12)
    desk.settle_all()
    current, scrolled = page.table.current, page.table.verticalScrollBar().value()
    assert scrolled > 0
    leader = sign_in("leader")
    with leader.write() as session:
        record = fetch_record(session, "opportunity", ids[14])
        move(session, record, fetch_stages(session).all[NEEDS], {}, "")
    change(leader, "opportunity", ids[10], amount=777)
    flashed: list[bool] = []
    page.model.changed.connect(lambda: flashed.append(page.model.is_flashing(ids[10])))
    desk.hear("opportunity", ids[14], ids[10])
    assert (page.table.current, page.table.verticalScrollBar().value()) == (current, scrolled)
    assert page.model.place_of(ids[14]) == Place(0, NEEDS, 0)
    row = page.model.loaded(ids[10])
    assert row is not None
    assert row.values["amount"] == 777
    assert flashed[0]
    assert [column.count for column in page.model.columns[:2]] == [29, 1]


def test_on_a_board_that_is_slow_to_read_moves_show_at_once_too(
    sit_down: SitDown, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soon, "MOST_MS", 600_000)
    desk = sit_down("seller")
    ids = deals(desk.gateway, *[FIRST] * 4)
    page = open_board(desk)
    page.model._seconds = 1000.0
    page.model.took.emit(1000.0)
    leader = sign_in("leader")
    with leader.write() as session:
        move(session, fetch_record(session, "opportunity", ids[2]), fetch_stages(session).all[NEEDS], {}, "")
    change(leader, "opportunity", ids[0], name="改名")
    change(leader, "opportunity", ids[1], expected_on=clock.today() + datetime.timedelta(800))  # outside the quarter
    (new,) = deals(leader, NEEDS, owner="seller")
    flashed: list[bool] = []
    page.model.changed.connect(lambda: flashed.append(page.model.is_flashing(ids[0])))
    desk.bus.post("opportunity", (*ids[:3], new), UNKNOWN)
    desk.bus.flush()
    desk.settle()
    shown = [list(page.model.cell(0, column).ids) for column in (FIRST, NEEDS)]
    assert (shown[0], set(shown[1])) == ([ids[0], ids[3]], {ids[2], new})
    assert flashed[0]
    assert page.model.columns[FIRST].amount == 10_000  # not read again yet
    page.model.refresh()
    desk.settle()
    assert [column.amount for column in page.model.columns[:2]] == [5000, 4000]


def test_the_second_of_two_who_drag_a_card_is_told_and_nothing_is_lost(sit_down: SitDown) -> None:
    mine, theirs = sit_down("seller"), sit_down("leader")
    (one,) = deals(mine.gateway, FIRST)
    pages = open_board(mine), open_board(theirs)
    drag(pages[0], one, PROPOSAL)
    mine.settle_all()
    drag(pages[1], one, NEGOTIATION)  # before he has heard of it
    theirs.settle_all()
    assert stage_of(mine, one) == "Proposal"
    assert "Somebody else has moved it to “Proposal” in the meantime." in theirs.notices()
    assert pages[1].model.place_of(one) == Place(0, PROPOSAL, 0)
    stays = "(select count(*) from crm.opportunity_stay s where s.opportunity_id = opportunity.id)"
    assert mine.value("opportunity", one, stays) == 2


def test_who_may_not_change_a_card_is_told_why(sit_down: SitDown, sign_in: Any) -> None:
    with sign_in("admin").write() as session:
        session.execute(text("update crm.permission_grant set update_scope = 1 where entity = 'opportunity'"))
    deals(sign_in("seller"), FIRST, owner="seller")
    desk = sit_down("leader")
    page = open_board(desk)
    (one,) = page.model.cell(0, FIRST).ids
    drag(page, one, NEEDS)
    desk.settle_all()
    assert stage_of(desk, one) == "First contact"
    assert page.model.place_of(one) == Place(0, FIRST, 0)
    assert "This belongs to seller: you may read it, but not change it." in desk.notices()
    menu = QMenu()
    page.fill_menu(menu, one)
    assert "Move to" in [action.text() for action in menu.actions()]


def test_the_next_step_is_edited_on_the_board(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    (one,) = deals(desk.gateway, FIRST, next_step=None)
    page = open_board(desk)
    key(page, Qt.Key.Key_Down, Qt.Key.Key_F2)
    desk.settle()
    dialog = desk.dialog(NextStepDialog)
    dialog.editors["next_step"].set_value("演示")
    dialog.save_button.click()
    desk.settle_all()
    assert desk.value("opportunity", one, "next_step") == "演示"
    key(page, Qt.Key.Key_Space)
    assert page.splitter.preview_shown()
    key(page, Qt.Key.Key_Space)
    assert not page.splitter.preview_shown()


def test_choices_filter_the_board_and_are_remembered(sit_down: SitDown) -> None:
    desk = sit_down("leader")
    mine = deals(desk.gateway, FIRST, NEEDS)
    late = deals(desk.gateway, FIRST, expected_on=clock.today() - datetime.timedelta(400))
    theirs = deals(desk.gateway, FIRST, owner="junior", expected_on=clock.today() + datetime.timedelta(800))
    page = open_board(desk)

    def shown() -> set[int]:
        return {id_ for column in page.model.columns for cell in column.cells.values() for id_ in cell.ids}

    assert shown() == {*mine, *late}  # what is late counts as now
    for button_menu, words in ((page.line.period.menu(), "Any time"), (page.line.whose.menu(), "My team")):
        button_menu.aboutToShow.emit()
        next(action for action in button_menu.actions() if action.text() == words).trigger()
        desk.settle_all()
    assert shown() == {*mine, *late, *theirs}
    button(page, "Lanes").click()
    page.set_filter(Group((Condition("amount", "at_least", 1000),)))
    desk.settle_all()
    assert [lane.label for lane in page.model.lanes] == ["junior", "leader"]
    again = sit_down("leader")
    other = open_board(again)
    assert other.choices == page.choices
    other.print()
    again.settle()
    assert again.dialog(PrintPreview).pages.count() == 1
    again.dialog(PrintPreview).reject()
    button(other, "List").click()
    again.settle_all()
    listed = again.window.view("opportunities").current_page()
    assert isinstance(listed, ListPage)
    assert set(listed.model.ids()) == shown()
    again.hear("opportunity", mine[0])
    count = again.window.view("opportunities").side._item("opportunity/board")
    assert count is not None
    assert count.data(COUNT) is None, "it is counted when it is looked at"
    other.set_filter(Group((Condition("amount", "more", 10**9),)))
    again.window.view("opportunities").select_page("opportunity/board")
    again.settle_all()
    button(other, "Show everything").click()
    again.settle_all()
    assert other.model.count == 4


def test_an_empty_board_says_what_to_do(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = open_board(desk)
    assert page.choices.is_narrowed()
    button(page, "Show everything").click()
    desk.settle_all()
    assert button(page.stack, "New opportunity").isEnabled()


def test_the_way_taken_last_is_the_first_next_time(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = open_board(desk)
    button(page, "List").click()
    desk.settle_all()
    again = sit_down("seller")
    view = again.window.show_area("opportunities")
    again.settle_all()
    assert view.side.current_key() == "opportunity/all"
    button(view.current_page(), "Board").click()
    again.settle_all()
    assert isinstance(view.current_page(), BoardPage)


def test_the_funnel_opens_the_rows_of_its_numbers(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    ids = deals(desk.gateway, FIRST, FIRST, FIRST, LOST)
    with desk.gateway.write() as session:
        record = fetch_record(session, "opportunity", ids[0])
        move(session, record, fetch_stages(session).all[NEEDS], {}, "")
    page = open_board(desk)
    button(page, "Funnel").click()
    desk.settle_all()
    view = desk.window.view("opportunities")
    funnel = view.current_page()
    assert isinstance(funnel, FunnelPage)
    shown = [(stage.reached, stage.count) for stage in funnel.table.funnel.way[:2]]
    assert shown == [(3, 2), (1, 1)]
    QTest.keyClick(funnel.table, Qt.Key.Key_Down)
    QTest.keyClick(funnel.table, Qt.Key.Key_Return)
    desk.settle_all()
    listed = view.current_page()
    assert isinstance(listed, ListPage)
    assert list(listed.model.ids()) == [ids[0]]
    assert listed.table.hasFocus()
    view.select_page("opportunity/funnel")
    QTest.mouseClick(
        funnel.table, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, funnel.table.rect_of(0).center()
    )
    desk.settle_all()
    assert set(listed.model.ids()) == set(ids[:3])
