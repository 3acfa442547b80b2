"""Who else is at a record stands beside its name; one is announced oneself when a page opens and at the first key."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from crm_desktop.db.changes import ChangeListener
from crm_desktop.services.presence import Place, places_text
from crm_desktop.ui.network_watch import BEAT_MS, SLEPT_SECONDS, NetworkWatch
from crm_desktop.ui.widgets.chip import Chip
from tests.db.conftest import SignIn
from tests.ui.desk import Desk, SitDown, own_database, sign_in, sit_down, template, write

__all__ = ["own_database", "sign_in", "sit_down", "template"]


@pytest.fixture
def colleague(sign_in: SignIn) -> Iterator[ChangeListener]:
    """The listener of the manager's workbench, on another computer."""
    listener = ChangeListener(sign_in("manager").address, lambda *_change: None, lambda: None, lambda _state: None)
    listener.start()
    yield listener
    listener.stop()


def people(page: object) -> list[str]:
    chips = page.heading.findChildren(Chip)  # type: ignore[attr-defined]
    return [chip.text() for chip in chips if not chip.isHidden() and "manager" in chip.text()]


def announced(desk: Desk) -> list[list[object]]:
    said: list[list[object]] = []
    desk.window.context.presence.announced.connect(lambda places: said.append(json.loads(places)))
    return said


def test_colleague_who_comes_edits_and_goes_is_shown(
    sit_down: SitDown, qtbot: QtBot, colleague: ChangeListener
) -> None:
    desk = sit_down("seller")
    customer = desk.customer()
    page = desk.open("customer", customer.id)
    assert people(page) == []

    def shown_after(*places: Place) -> list[str]:
        before = people(page)
        colleague.announce(places_text(places))

        def is_new() -> bool:
            desk.bus.post("presence.customer", [customer.id])
            desk.bus.flush()
            desk.settle()
            return people(page) != before

        qtbot.waitUntil(is_new)
        return people(page)

    assert shown_after(Place("customer", customer.id, is_editing=False)) == ["manager has this open"]
    assert shown_after(Place("customer", customer.id, is_editing=True)) == ["manager is editing"]
    assert shown_after() == []


def test_open_pages_are_announced_and_editing_at_the_first_key(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    customer = desk.customer()
    said = announced(desk)
    page = desk.open("customer", customer.id)
    qtbot.waitUntil(lambda: bool(said))
    place = {"table_name": "customer", "row_id": customer.id}
    assert said[-1] == [place | {"is_editing": False}]
    page.edit()
    desk.settle()
    write(page.editor.form.editors["website"].line, "w")
    qtbot.waitUntil(lambda: said[-1] == [place | {"is_editing": True}])
    page.editor.revert()
    qtbot.waitUntil(lambda: said[-1] == [place | {"is_editing": False}])
    page.view.close_page(page)
    qtbot.waitUntil(lambda: said[-1] == [])


def test_nothing_is_said_while_nothing_changes(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    customer = desk.customer()
    said = announced(desk)
    page = desk.open("customer", customer.id)
    qtbot.waitUntil(lambda: len(said) == 1)
    page.refresh()
    desk.settle()
    desk.window.context.presence._announce()
    assert len(said) == 1


def test_a_computer_that_slept_looks_for_the_server_at_once(qtbot: QtBot) -> None:
    parent = QObject()
    watch = NetworkWatch(parent)
    watch.beat()
    with qtbot.assertNotEmitted(watch.changed):
        watch.beat()
    watch._beat_at -= BEAT_MS / 1000 + SLEPT_SECONDS + 1
    with qtbot.waitSignal(watch.changed):
        watch.beat()
