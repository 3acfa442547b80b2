"""The program is killed between two steps of keeping and saving: nothing typed is lost, nothing is saved twice.

The steps of a key: it is in the form, in the queue, on the disk. Those of a save: what is sent is noted in the draft
and on the disk, the server commits, the answer comes, the draft is settled. A killed program leaves what was on the
disk and what was committed, so that it is stopped here by letting nothing more of it reach either.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from threading import Event
from typing import Any, Literal

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from sqlalchemy import text

from crm_desktop.core.errors import Attempt
from crm_desktop.core.paths import ROOT
from crm_desktop.db.embedded import ServerAddress
from tests.db.office import PASSWORD
from tests.ui.desk import Desk, SitDown, own_database, sign_in, sit_down, template, write

__all__ = ["own_database", "sign_in", "sit_down", "template"]

Step = Literal["noted", "committed", "settled"]
PATIENCE = 60  # seconds, that only a test that fails waits


class KilledError(Exception):
    """Ends a transaction, as the server does with that of a program that is gone."""


class Victim:
    """A window that is killed when the save that is begun next has come to ``last``."""

    def __init__(self, desk: Desk, last: Step) -> None:
        self.desk, self._last = desk, last
        book = desk.window.context.drafts
        self.store = book._drafts.store
        self._note = book.note_attempt
        self._is_begun, self._goes_on, self._is_noted, self._may_end = Event(), Event(), Event(), Event()
        book.note_attempt = self._note_step_by_step  # type: ignore[method-assign]

    def type_during_save(self, box: QWidget, before: str, after: str) -> None:
        """Type ``before`` the attempt is noted, and ``after``."""
        self.desk.qtbot.waitUntil(self._is_begun.is_set)
        write(box, before)
        assert self.store.flush(PATIENCE)
        self._goes_on.set()
        self.desk.qtbot.waitUntil(self._is_noted.is_set)
        write(box, after)
        assert self.store.flush(PATIENCE)
        self._may_end.set()
        if self._last == "settled":
            self.desk.settle()
            assert self.store.flush(PATIENCE)
            self.die()
        self.desk.tasks._pool.shutdown()

    def die(self) -> None:
        """Nothing more is written, no answer is heard."""
        self.store._try = lambda batch: None  # type: ignore[method-assign]  # noqa: ARG005 - as it is named
        self.desk.tasks._closed = True
        self.desk.tasks._open = 0

    def _note_step_by_step(self, id_: str, attempt: Attempt, sent: Mapping[str, Any]) -> None:
        self._is_begun.set()
        assert self._goes_on.wait(PATIENCE)
        self._note(id_, attempt, sent)
        self._is_noted.set()
        assert self._may_end.wait(PATIENCE)
        if self._last != "settled":
            self.die()
        if self._last == "noted":
            raise KilledError


def come_back(desk: Desk, sit_down: SitDown) -> Desk:
    """The same person starts the program again."""
    again = sit_down("seller", desk.gateway)
    again.qtbot.waitUntil(lambda: again.window.context.drafts.is_loaded)
    again.settle()
    return again


def apply(desk: Desk, entity: str, id_: int) -> Any:
    """The page of a record, with what is offered there put back."""
    page = desk.open(entity, id_)
    for button in [one for one in page.draft_bar.findChildren(QPushButton) if one.text() == "Apply"]:
        button.click()
        desk.settle()
    return page


def save_all_that_is_offered(desk: Desk) -> None:
    """Go on with every draft."""
    book = desk.window.context.drafts
    for _each in range(3):
        if not book.waiting():
            return
        draft = book.waiting()[0]
        page = apply(desk, draft.entity, draft.record_id)
        has_cards = page.spec.key == "customer" and page.id > 0  # a new customer has only its form
        if has_cards and page.story.log_line.is_edited():
            page.story.log_line.log()
        elif page.attached.comments.is_edited():
            page.attached.comments.send()
        elif page.editor is not None and page.editor.is_edited():
            page.editor.save()
        desk.settle()
        page.view.close_page(page)
    assert book.waiting() == []


def all_of(desk: Desk, what: str) -> list[Any]:
    with desk.gateway.read() as session:
        return list(session.execute(text(f"select {what} order by 1")).scalars())


@pytest.mark.parametrize(
    ("last", "typed_on"), [("committed", ""), ("noted", "ab"), ("committed", "ab"), ("settled", "ab")]
)
def test_new_record(sit_down: SitDown, last: Step, typed_on: str) -> None:
    desk = sit_down("seller")
    page = desk.open("customer", 0)
    write(page.editor.form.editors["name"].line, "中山新客户")
    victim = Victim(desk, last)
    page.editor.save()
    victim.type_during_save(page.editor.form.editors["fax"].line, typed_on[:1], typed_on[1:])
    made = "crm.customer where name = '中山新客户'"
    assert all_of(desk, f"count(*) from {made}") == [0 if last == "noted" else 1]
    desk = come_back(desk, sit_down)
    save_all_that_is_offered(desk)
    assert all_of(desk, f"coalesce(fax, '') from {made}") == [typed_on]


@pytest.mark.parametrize("last", ["noted", "committed"])
def test_change_of_a_record(sit_down: SitDown, last: Step) -> None:
    desk = sit_down("seller")
    customer = desk.customer()
    page = desk.open("customer", customer.id)
    page.edit()
    line = page.editor.form.editors["fax"].line
    write(line, "0756-1")
    victim = Victim(desk, last)
    page.editor.save()
    victim.type_during_save(line, "2", "3")
    assert (desk.value("customer", customer.id, "fax") or "") == ("" if last == "noted" else "0756-1")
    desk = come_back(desk, sit_down)
    save_all_that_is_offered(desk)
    assert desk.value("customer", customer.id, "fax") == "0756-123"


@pytest.mark.parametrize("last", ["noted", "committed", "settled"])
def test_comment(sit_down: SitDown, last: Step) -> None:
    desk = sit_down("seller")
    page = desk.open("customer", desk.customer().id)
    box = page.attached.comments.box
    write(box, "请报价")
    victim = Victim(desk, last)
    page.attached.comments.send()
    victim.type_during_save(box, "1", "2")
    sent = [] if last == "noted" else ["请报价"]
    assert all_of(desk, "body from crm.comment") == sent
    desk = come_back(desk, sit_down)
    save_all_that_is_offered(desk)
    assert all_of(desk, "body from crm.comment") == [*sent, "请报价12"]


@pytest.mark.parametrize("place", ["log", "contact"])
def test_line_and_contact_that_were_saved_are_not_offered(sit_down: SitDown, place: str) -> None:
    desk = sit_down("seller")
    id_ = desk.customer().id
    page = desk.open("customer", id_)
    victim = Victim(desk, "committed")
    if place == "log":
        write(page.story.log_line.line, "来电")
        page.story.log_line.log()
    else:
        page.contacts.show_adder()
        write(page.contacts.parts["name"], "来电")
        page.contacts._add()
    victim.type_during_save(page, "", "")
    desk = come_back(desk, sit_down)
    assert desk.window.context.drafts.waiting() == []
    assert desk.open("customer", id_).draft_bar.texts() == []
    assert desk.window.context.drafts.waiting() == []


def test_key_that_is_not_written_yet_is_all_that_is_lost(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = desk.open("customer", 0)
    line = page.editor.form.editors["name"].line
    victim = Victim(desk, "noted")
    write(line, "中山新客")
    assert victim.store.flush(PATIENCE)
    victim.die()
    write(line, "户")
    page = apply(come_back(desk, sit_down), "customer", 0)
    assert page.editor.form.value_of("name") == "中山新客"


def test_killed_process_leaves_what_was_typed(server: ServerAddress, own_database: str, sit_down: SitDown) -> None:
    command = [sys.executable, "-m", "tests.ui.typing_process"]
    url = server.url(own_database, "office.seller", PASSWORD)
    with subprocess.Popen([*command, url, "中山新客户"], cwd=ROOT, stdout=subprocess.PIPE, text=True) as typing:
        assert typing.stdout is not None
        assert typing.stdout.readline() == "kept\n"
        typing.kill()
    desk = sit_down("seller")
    desk.qtbot.waitUntil(lambda: desk.window.context.drafts.is_loaded)
    assert apply(desk, "customer", 0).editor.form.value_of("name") == "中山新客户"
