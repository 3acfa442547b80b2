"""The board of tasks: cards go through the states by keys, back by undo, and not where the database forbids it."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.desk import Desk, SitDown, count_statements, create, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    return sit_down("seller")


def board(desk: Desk) -> Any:
    view = desk.window.show_area("calendar")
    view.select_page("task/board")
    desk.settle_all()
    return view.current_page()


def shown(page: Any) -> dict[str, list[int]]:
    return {c.ref.label: list(c.cell(0).ids) for c in page.model.columns if len(c.cell(0).ids)}


def place(page: Any, label: str) -> int:
    return next(number for number, column in enumerate(page.model.columns) if column.ref.label == label)


def test_a_card_is_begun_and_done_by_keys_and_taken_back(desk: Desk, qtbot: QtBot) -> None:
    first = create(desk.gateway, "task", subject="寄样本").id
    page = board(desk)
    assert shown(page) == {"Open": [first]}
    page.table.go_to(first)
    qtbot.keyClick(page.table, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    desk.settle_all()
    assert shown(page) == {"In progress": [first]}
    page.move_card(first, place(page, "Done"))
    desk.settle_all()
    assert shown(page) == {"Done": [first]}
    assert desk.value("task", first, "done_at") is not None
    desk.press_undo()
    desk.settle_all()
    page.model.refresh()
    desk.settle_all()
    assert shown(page) == {"In progress": [first]}


def test_what_the_database_forbids_is_said_and_the_card_stays(desk: Desk) -> None:
    first = create(desk.gateway, "task", subject="寄样本").id
    page = board(desk)
    page.move_card(first, place(page, "Declined"))
    desk.settle_all()
    assert shown(page) == {"Open": [first]}
    assert "nobody to give it back to" in " ".join(desk.window.notices.texts())


def test_it_opens_in_three_statements(desk: Desk) -> None:
    create(desk.gateway, "task", subject="寄样本")
    desk.window.show_area("calendar")
    desk.settle_all()
    assert len(count_statements(lambda: board(desk))) <= 3
