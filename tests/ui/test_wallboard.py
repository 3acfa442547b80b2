"""The service monitor: right figures, live, alone on the screen; each number opens its list."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from crm_desktop.spec import Ref
from tests.ui.desk import Desk, SitDown, count_statements, create, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    return sit_down("desk")


def request(desk: Desk, **values: Any) -> int:
    customer = Ref(desk.id_of("customer"), "客户")
    return create(desk.gateway, "service_request", **{"subject": "卡纸", "customer": customer} | values).id


def test_figures_are_those_of_the_lists_and_follow_at_once(desk: Desk) -> None:
    me = Ref(desk.gateway.person.id, "")
    mine = request(desk, owner=me)
    request(desk)
    view = desk.window.show_area("service")
    view.select_page("service_request/wallboard")
    desk.settle_all()
    page: Any = view.current_page()
    shown = {key: figure.number for key, figure in page.board.figures.items()}
    assert shown == {
        "unassigned": 1, "in_work": 1, "waiting": 0, "soon": 0, "breached": 0, "reported": 2, "solved": 0
    }  # fmt: skip
    assert {page.board.due.model.item(row, 4).text() for row in range(2)} == {"desk", "Not assigned"}
    assert page.board.due.table.horizontalScrollBar().maximum() == 0, "nobody scrolls on a wall"
    assert page.board.engineers.model.item(0, 0).text() == "desk"
    with desk.gateway.write() as session:
        solve = text("update crm.service_request set state_id = crm.choice('request_state', 'solved') where id = :id")
        session.execute(solve, {"id": mine})

    def follow() -> None:
        desk.hear("service_request", mine)
        desk.settle_all()

    asked = count_statements(follow)
    assert sum("json_build_object" in one and "unassigned" in one for one in asked) == 1
    assert (page.board.figures["in_work"].number, page.board.figures["solved"].number) == (0, 1)
    page.show_alone()
    desk.settle_all()
    assert page.alone.isFullScreen()
    assert page.alone.board.figures["unassigned"].number == 1
    page.alone.close()
    for key, count in (("in_work", 0), ("reported", 2), ("solved", 1)):
        page.board.figures[key].clicked.emit()
        desk.settle_all()
        listed: Any = view.current_page()
        assert (key, listed.table.model().rowCount()) == (key, count), "a number opens what it counts"
        view.select_page("service_request/wallboard")
        desk.settle_all()
    page.board.figures["unassigned"].clicked.emit()
    desk.settle_all()
    assert view.side.current_key() == "service_request/unassigned"
