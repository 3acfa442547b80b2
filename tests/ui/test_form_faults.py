"""The server goes away while somebody types: it is said, nothing typed is lost, and saving works again."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from crm_desktop.db.engine import Gateway
from crm_desktop.spec import Ref
from crm_desktop.ui.dialogs.conflict import ConflictDialog
from tests.db.conftest import SignIn
from tests.db.proxy import Proxy
from tests.ui.behind import behind, server_comes_back
from tests.ui.desk import Desk, SitDown, button, change, create, own_database, sign_in, sit_down, template, write

__all__ = ["behind", "own_database", "sign_in", "sit_down", "template"]


def test_typed_text_stays_when_the_server_is_gone(sit_down: SitDown, behind: tuple[Gateway, Proxy]) -> None:
    gateway, proxy = behind
    desk = sit_down("seller", gateway)
    customer = desk.customer()
    contact = create(gateway, "contact", name="陈立", customer=Ref(customer.id, customer.title))
    page = desk.open("contact", contact.id)
    line = page.editor.form.editors["title"].line
    write(line, "采购经理")
    proxy.close()
    page.editor.save()
    desk.settle()
    assert "as soon as it is back" in page.editor.waiting_bar.texts()[0]
    assert "1 change is saved when the server is back" in desk.window.status.text()
    assert line.text() == "采购经理"
    assert page.editor.is_edited()
    button(page.editor.waiting_bar, "Do not wait").click()
    assert page.editor.save_button.isEnabled()
    assert desk.tasks.waiting_count == 0


def test_save_works_again_after_the_line_was_cut(
    sit_down: SitDown, behind: tuple[Gateway, Proxy], qtbot: QtBot
) -> None:
    gateway, proxy = behind
    desk = sit_down("seller", gateway)
    page = desk.open("customer", desk.customer("珠海华工").id)
    write(page.story.log_line.line, "首次来电")
    proxy.cut()
    page.story.log_line.log()
    desk.settle()
    if page.story.log_line.is_edited():
        page.story.log_line.log()
        desk.settle()
    qtbot.waitUntil(lambda: any("首次来电" in text for text in page.story.timeline.texts()))
    assert page.story.log_line.line.text() == ""


@pytest.fixture
def contact(behind: tuple[Gateway, Proxy], sit_down: SitDown) -> tuple[Desk, Any]:
    """A seller's window at the page of a contact, behind a proxy."""
    gateway, _proxy = behind
    desk = sit_down("seller", gateway)
    customer = desk.customer()
    made = create(gateway, "contact", name="陈立", customer=Ref(customer.id, customer.title), title="职员")
    return desk, desk.open("contact", made.id)


def test_save_waits_for_the_server_and_typing_goes_on(contact: tuple[Desk, Any], behind: tuple[Gateway, Proxy]) -> None:
    (desk, page), (_gateway, proxy) = contact, behind
    write(page.editor.form.editors["department_name"].line, "采购部")
    proxy.refuse()
    page.editor.save()
    desk.settle()
    assert desk.tasks.waiting_count == 1
    write(page.editor.form.editors["hobbies"].line, "钓鱼")
    server_comes_back(desk, proxy)
    assert desk.value("contact", page.id, "department_name") == "采购部"
    assert page.editor.form.edited_keys() == {"hobbies"}
    assert page.editor.waiting_bar.texts() == []


def test_waiting_save_asks_where_a_colleague_was_faster(
    contact: tuple[Desk, Any], behind: tuple[Gateway, Proxy], sign_in: SignIn
) -> None:
    (desk, page), (_gateway, proxy) = contact, behind
    line = page.editor.form.editors["title"].line
    line.clear()
    write(line, "经理")
    proxy.refuse()
    page.editor.save()
    desk.settle()
    change(sign_in("director"), "contact", page.id, title="总监")
    server_comes_back(desk, proxy)
    assert desk.value("contact", page.id, "title") == "总监"
    assert desk.dialog(ConflictDialog)


@pytest.mark.parametrize("arrives", [True, False])
def test_save_whose_answer_was_lost_is_written_once(
    behind: tuple[Gateway, Proxy], sit_down: SitDown, *, arrives: bool
) -> None:
    gateway, proxy = behind
    desk = sit_down("seller", gateway)
    page = desk.open("customer", 0)
    write(page.editor.form.editors["name"].line, "中山新客户")
    proxy.break_at(b"COMMIT", arrives=arrives)
    page.editor.save()
    desk.qtbot.waitUntil(lambda: desk.tasks.waiting_count == 1)
    server_comes_back(desk, proxy)
    with gateway.read() as session:
        count = session.execute(text("select count(*) from crm.customer where name = '中山新客户'")).scalar_one()
    assert count == 1
    assert page.id == desk.id_of("customer", "name = '中山新客户'")
    assert desk.window.context.drafts.waiting() == []


@pytest.mark.parametrize("arrives", [True, False])
def test_line_that_was_logged_when_the_connection_broke_is_logged_once(
    behind: tuple[Gateway, Proxy], sit_down: SitDown, *, arrives: bool
) -> None:
    gateway, proxy = behind
    desk = sit_down("seller", gateway)
    page = desk.open("customer", desk.customer("珠海华工").id)
    write(page.story.log_line.line, "首次来电")
    proxy.break_at(b"COMMIT", arrives=arrives)
    page.story.log_line.log()
    page.story.log_line.log()  # impatience
    desk.qtbot.waitUntil(lambda: desk.tasks.waiting_count == 1)
    assert page.story.log_line.line.text() == "首次来电"
    page.story.log_line.log()
    server_comes_back(desk, proxy)
    with gateway.read() as session:
        count = session.execute(text("select count(*) from crm.activity where subject = '首次来电'")).scalar_one()
    assert count == 1
    assert page.story.log_line.line.text() == ""


def test_record_that_could_not_be_read_is_read_when_the_server_is_back(
    contact: tuple[Desk, Any], behind: tuple[Gateway, Proxy]
) -> None:
    (desk, page), (_gateway, proxy) = contact, behind
    page.view.close_page(page)
    proxy.refuse()
    page = desk.open("contact", page.id)
    assert page.editor.form.value_of("name") is None
    proxy.accept()
    desk.bus.post("contact", None)
    desk.bus.flush()
    desk.settle()
    assert page.editor.form.value_of("name") == "陈立"


def test_lost_server_is_said_in_one_place_and_found_again_by_a_click(
    contact: tuple[Desk, Any], behind: tuple[Gateway, Proxy]
) -> None:
    (desk, page), (_gateway, proxy) = contact, behind
    status = desk.window.status
    desk.bus.post_connection("lost")
    assert "connection lost since" in status.text()
    proxy.refuse()
    for _query in range(5):
        desk.window.view("customers").refresh_counts()
        page.editor.load(page.id)
        desk.settle()
    assert len(desk.notices().splitlines()) <= 2
    with desk.qtbot.waitSignal(desk.bus.retry_wanted):
        status.connection.retry_link.click()
    proxy.accept()
    desk.bus.post_connection("connected")
    assert "connected" in status.text()
    assert desk.notices() == ""
