"""The boards of service requests: what a state needs is asked for, what it forbids is said, all of it live."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from crm_desktop.services import service_desk
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from crm_desktop.ui.board.paint import tone_of
from crm_desktop.ui.dialogs.enter_state import EnterStateDialog
from tests.ui.desk import Desk, SitDown, change, count_statements, create, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    return sit_down("desk")


def request(desk: Desk, **values: Any) -> Record:
    customer = desk.id_of("customer")
    return create(desk.gateway, "service_request", **{"subject": "卡纸", "customer": Ref(customer, "客户")} | values)


def board(desk: Desk, entry: str) -> Any:
    view = desk.window.show_area("service")
    view.select_page(f"service_request/{entry}")
    desk.settle_all()
    return view.current_page()


def shown(page: Any) -> dict[str, list[int]]:
    return {c.ref.label: list(c.cell(0).ids) for c in page.model.columns if len(c.cell(0).ids)}


def place(page: Any, label: str) -> int:
    return next(number for number, column in enumerate(page.model.columns) if column.ref.label == label)


def test_cards_go_through_the_states_by_keys_and_are_asked_what_they_need(desk: Desk, qtbot: QtBot) -> None:
    me = Ref(desk.gateway.person.id, "")
    made, other = request(desk, owner=me), request(desk)
    page = board(desk, "board")
    assert shown(page) == {"New": [other.id], "Accepted": [made.id]}
    colours = [tone_of(page.model.columns, place(page, state)) for state in ("New", "Refused", "In work", "Solved")]
    assert colours == ["warn", "bad", "violet", "good"], "as everywhere"
    page.table.go_to(made.id)
    qtbot.keyClick(page.table, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    desk.settle_all()
    assert shown(page) == {"New": [other.id], "In work": [made.id]}
    page.move_card(made.id, place(page, "Solved"))
    desk.settle_all()
    dialog = desk.dialog(EnterStateDialog)
    assert set(dialog.editors) == {"cause", "solution", "hours"}
    dialog.reject()
    page.move_card(made.id, place(page, "Closed"))
    desk.settle_all()
    assert "cannot go" in desk.notices()
    assert shown(page)["In work"] == [made.id]


def test_claimed_by_a_colleague_it_is_his_at_once(desk: Desk) -> None:
    made = request(desk)
    page = board(desk, "board")
    assert shown(page) == {"New": [made.id]}
    with desk.gateway.write() as session:
        claimed = service_desk.claim(session, [made.id], "x")
    desk.hear("service_request", made.id, change_sets=frozenset({claimed.change_set}))
    desk.settle_all()
    assert shown(page) == {"Accepted": [made.id]}


def test_board_by_engineer_gives_cards_to_people(desk: Desk) -> None:
    me, both = Ref(desk.gateway.person.id, ""), Ref(desk.id_of("employee", "name = 'both'"), "both")
    made = request(desk, owner=me)
    request(desk, owner=both)
    request(desk)
    page = board(desk, "engineers")
    assert list(shown(page)) == ["公海", "both", "desk"], "what nobody has first; who has nothing has no column"
    page.move_card(made.id, place(page, "both"))
    desk.settle_all()
    assert len(shown(page)["both"]) == 2
    assert desk.value("service_request", made.id, "owner_id") == both.id
    desk.press_undo()
    desk.settle_all()
    assert desk.value("service_request", made.id, "owner_id") == me.id


def test_board_opens_in_three_statements(desk: Desk) -> None:
    made = request(desk)
    page = board(desk, "board")
    change(desk.gateway, "service_request", made.id, subject="又卡纸")

    def follow() -> None:
        desk.hear("service_request", made.id)
        desk.settle_all()

    assert len([one for one in count_statements(follow) if "count(" not in one and "service_stay" not in one]) <= 3
    assert page.model.loaded(made.id).values["subject"] == "又卡纸"
