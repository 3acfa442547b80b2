"""The server goes away while somebody types: it is said, nothing typed is lost, and saving works again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from crm_desktop.db.address import Host
from crm_desktop.db.engine import Gateway
from crm_desktop.spec import Ref
from tests.db.conftest import SignIn
from tests.db.proxy import Proxy
from tests.ui.desk import SitDown, create, own_database, sign_in, sit_down, template, write

__all__ = ["own_database", "sign_in", "sit_down", "template"]


@pytest.fixture
def behind(sign_in: SignIn) -> Iterator[tuple[Gateway, Proxy]]:
    """A seller whose line to the server runs through a proxy."""
    direct = sign_in("seller")
    host = direct.address.hosts[0]
    proxy = Proxy((host.address, host.port))
    gateway = Gateway.connect(replace(direct.address, hosts=(Host("127.0.0.1", proxy.port),)))
    yield gateway, proxy
    gateway.close()
    if not proxy._closed:
        proxy.close()


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
    assert "server" in desk.notices()
    assert line.text() == "采购经理"
    assert page.editor.is_edited()
    assert page.editor.save_button.isEnabled()


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
