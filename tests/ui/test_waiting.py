"""Small changes while the server is away: they wait for it, are done once, and what was typed for them stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import text

from crm_desktop.db.engine import Gateway
from crm_desktop.ui.form_page import record_page
from crm_desktop.ui.form_page.undoing import undo
from tests.db.proxy import Proxy
from tests.ui.behind import behind, server_comes_back
from tests.ui.desk import Desk, SitDown, change, own_database, sign_in, sit_down, template, write

__all__ = ["behind", "own_database", "sign_in", "sit_down", "template"]

AWAY = "The server is away. This is done as soon as it is back."


@pytest.fixture
def desk(behind: tuple[Gateway, Proxy], sit_down: SitDown) -> Desk:
    return sit_down("seller", behind[0])


@pytest.fixture
def proxy(behind: tuple[Gateway, Proxy]) -> Proxy:
    return behind[1]


@pytest.fixture
def page(desk: Desk) -> Any:
    return desk.open("customer", desk.customer("珠海华工").id)


def count(desk: Desk, table: str, where: str) -> int:
    with desk.gateway.read() as session:
        return int(session.execute(text(f"select count(*) from crm.{table} where {where}")).scalar_one())


def do_without_server(desk: Desk, proxy: Proxy, act: Callable[[], object]) -> None:
    proxy.refuse()
    act()
    desk.qtbot.waitUntil(lambda: desk.tasks.waiting_count > 0 and not desk.tasks.busy)
    assert AWAY in desk.notices()


def test_comment_waits_and_is_sent_once(desk: Desk, proxy: Proxy, page: Any) -> None:
    panel = page.attached.comments
    write(panel.box, "请报价")
    do_without_server(desk, proxy, panel.send)
    panel.send()  # impatience
    assert not panel.send_button.isEnabled()
    with desk.qtbot.waitSignal(desk.tasks.server_found):  # the status line need not wait for its own next attempt
        server_comes_back(desk, proxy)
    assert count(desk, "comment", "body = '请报价'") == 1
    assert panel.box.text() == ""
    assert panel.send_button.isEnabled()
    assert AWAY not in desk.notices()


def test_who_does_not_wait_keeps_his_comment(desk: Desk, proxy: Proxy, page: Any) -> None:
    panel = page.attached.comments
    write(panel.box, "请报价")
    do_without_server(desk, proxy, panel.send)
    QTest.keyClick(desk.window, Qt.Key.Key_Z, Qt.KeyboardModifier.AltModifier)
    assert panel.box.text() == "请报价"
    assert panel.send_button.isEnabled()
    server_comes_back(desk, proxy)
    assert count(desk, "comment", "body = '请报价'") == 0


def test_comment_of_a_page_that_is_left_is_a_draft_and_not_sent(
    desk: Desk, proxy: Proxy, page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(page.attached.comments.box, "请报价")
    do_without_server(desk, proxy, page.attached.comments.send)
    monkeypatch.setattr(record_page, "ask_unsaved", lambda *_all, **_more: "keep")
    page.view.close_page(page)
    server_comes_back(desk, proxy)
    assert count(desk, "comment", "body = '请报价'") == 0
    assert [draft.content["parts"]["text"] for draft in desk.window.context.drafts.waiting()] == ["请报价"]


def test_star_and_undo_wait(desk: Desk, proxy: Proxy, page: Any) -> None:
    changed = change(desk.gateway, "customer", page.id, fax="020-1")

    def act() -> None:
        page.attached.star.toggle()
        undo(page.view, page.view, changed.change_set)

    do_without_server(desk, proxy, act)
    server_comes_back(desk, proxy)
    assert page.attached.star.is_on
    assert desk.value("customer", page.id, "fax") is None


def test_cell_waits_and_what_is_typed_there_is_a_draft(desk: Desk, proxy: Proxy) -> None:
    customer = desk.customer("珠海华工")
    shown = desk.window.show_area("customers")
    shown.select_page("customer/all")
    desk.settle()
    cells = shown.current_page().commands.cells  # type: ignore[attr-defined]
    model = shown.current_page().model  # type: ignore[attr-defined]
    cells.begin(model.index(model.row_of(customer.id), _column(model, "name")))
    desk.qtbot.waitUntil(cells.is_open)
    write(cells.editor.focusProxy(), "珠海华工二厂")
    do_without_server(desk, proxy, cells.save)
    cells.close()
    (draft,) = desk.window.context.drafts.waiting_at("customer", customer.id)
    assert draft.content["typed"] == {"name": "珠海华工二厂"}
    server_comes_back(desk, proxy)
    assert desk.value("customer", customer.id, "name") == "珠海华工二厂"


def _column(model: Any, key: str) -> int:
    return next(n for n, column in enumerate(model.source.columns) if column.key == key)
