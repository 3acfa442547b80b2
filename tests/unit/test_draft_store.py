"""Drafts outlive the program, are encrypted where there is a keyring, and a full disk stops nobody."""

from __future__ import annotations

import datetime
import os
import sqlite3
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import pytest

from crm_desktop.core.draft_store import DraftStore
from crm_desktop.core.errors import Attempt
from crm_desktop.core.paths import ROOT
from crm_desktop.services.drafts import Draft, Drafts, Typed, draft_bytes, draft_from, record_content
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref


class Drawer(keyring.backend.KeyringBackend):
    priority = 1.0

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password


@pytest.fixture
def drawer() -> Any:
    before = keyring.get_keyring()
    keyring.set_keyring(Drawer())
    yield keyring.get_keyring()
    keyring.set_keyring(before)


def quiet(_error: object) -> None:
    return


def opened(owner: str = "anna", told: Callable[[Any], None] = quiet) -> DraftStore:
    store = DraftStore(owner, told)
    store.load()
    return store


def test_what_is_kept_is_there_at_the_next_start() -> None:
    store = opened()
    store.keep("a", b"one")
    store.keep("a", "二".encode())
    store.keep("b", b"gone")
    store.forget("b")
    assert store.flush()
    assert DraftStore("anna", quiet).load() == ({"a": "二".encode()}, 0)
    assert DraftStore("bert", quiet).load() == ({}, 0)


def test_it_is_encrypted_where_there_is_a_keyring(drawer: Drawer) -> None:
    store = opened()
    assert store.is_sealed
    store.keep("a", "珠海华工".encode())
    store.flush()
    assert "珠海华工".encode() not in store.file.read_bytes()
    assert DraftStore("anna", quiet).load() == ({"a": "珠海华工".encode()}, 0)
    drawer.secrets.clear()
    assert DraftStore("anna", quiet).load() == ({}, 1)


@pytest.mark.skipif(os.name == "nt", reason="Windows protects the folder of the user")
def test_without_a_keyring_only_its_user_may_read_the_file() -> None:
    store = opened()
    store.keep("a", b"one")
    store.flush()
    assert not store.is_sealed
    assert store.file.stat().st_mode & 0o077 == 0
    assert store.file.parent.stat().st_mode & 0o077 == 0


def test_a_full_disk_is_told_once_and_everything_is_written_when_there_is_room_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(DraftStore, "RETRY_SECONDS", 0.01)
    told: list[object] = []
    heard = threading.Event()

    def tell(error: object) -> None:
        told.append(error)
        heard.set()

    store = opened(told=tell)
    write = store._try
    monkeypatch.setattr(store, "_try", lambda _batch: sqlite3.OperationalError("database or disk is full"))
    store.keep("a", b"one")
    assert heard.wait(60)
    assert isinstance(told[0], sqlite3.OperationalError)
    store.keep("b", b"two")
    assert not store.flush(0.05)
    heard.clear()
    monkeypatch.setattr(store, "_try", write)
    while told[-1] is not None:
        assert heard.wait(60)
        heard.clear()
    assert store.flush()
    assert DraftStore("anna", quiet).load() == ({"a": b"one", "b": b"two"}, 0)


def test_a_damaged_file_is_put_aside() -> None:
    store = opened()
    store.keep("a", b"one")
    store.flush()
    store.file.write_bytes(b"no database at all" * 1000)
    again = opened()
    again.keep("b", b"two")
    assert again.flush()
    assert DraftStore("anna", quiet).load() == ({"b": b"two"}, 0)
    assert store.file.with_suffix(".damaged").exists()


def test_a_draft_of_another_version_is_counted_and_stays() -> None:
    store = opened()
    store.keep("a", b'{"kind": "hologram", "process": [1, 2.0], "attempt": null}')
    store.flush()
    drafts = restarted()
    assert drafts.waiting() == []
    assert drafts.unreadable == 1
    assert "a" in DraftStore("anna", quiet).load()[0]


@pytest.mark.parametrize(
    ("is_sealed", "content"),
    [
        (1, b"x"),
        (1, "text"),
        (1, 7),
        (0, "text"),
        (0, b"[" * 100_000),
        (0, b'{"crm:type": "Decimal", "of": "x"}'),
        (0, b'{"run": 1, "attempt": null}'),
        (0, b'{"run": "../../x", "attempt": null}'),
        (0, b'{"run": "0123456789abcdef0123456789abcdef", "attempt": null, "kind": "note", "at": "x"}'),
    ],
)
def test_a_row_that_somebody_else_wrote_harms_no_other(drawer: Drawer, is_sealed: int, content: Any) -> None:
    del drawer
    store = opened()
    store.keep("good", draft_bytes(a_draft(id="good", run=uuid.uuid4().hex)))
    store.flush()
    with closing(sqlite3.connect(store.file)) as file, file:
        file.execute("insert into draft values ('bad', ?, ?)", [is_sealed, content])
    drafts = restarted()
    assert [draft.id for draft in drafts.waiting()] == ["good"]
    assert drafts.unreadable == 1


SCRIPT = """
import itertools, sys
from crm_desktop.core.draft_store import DraftStore
store = DraftStore("anna", lambda _error: None)
store.load()
for number in itertools.count():
    store.keep("a", b"%d " % number * 2000)
    if number % 3 == 0 and store.flush():
        print(number, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 7, 40])
def test_a_killed_program_loses_nothing_that_was_written(lines: int, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True, env=os.environ | {"CRM_HOME": str(tmp_path)}
    ) as typing:
        assert typing.stdout is not None
        known = [int(typing.stdout.readline()) for _line in range(lines)][-1]
        typing.kill()
    os.environ["CRM_HOME"] = str(tmp_path)
    kept, unreadable = DraftStore("anna", quiet).load()
    numbers = set(kept["a"].split())
    assert unreadable == 0
    assert len(numbers) == 1
    assert int(numbers.pop()) >= known


def a_draft(**changes: Any) -> Draft:
    values = {
        "name": "华工",
        "owner": Ref(7, "何毅", "good"),
        "phones": ["0756-1", "0756-2"],
        "capital": Decimal("12.50"),
        "founded": datetime.date(1998, 3, 5),
        "at": datetime.datetime(2026, 3, 5, 14, 30, tzinfo=datetime.UTC),
        "is_main": True,
        "remark": None,
    }
    base = Record("contact", 3, 9, values)
    content = record_content(base, {"founded": Typed("19"), "name": "华工医药"})
    return replace(Draft("record", "contact", 3, "华工", content), **changes)


def test_a_draft_comes_back_as_it_was() -> None:
    for draft in (a_draft(), a_draft(attempt=Attempt(4, 700), discarded_at=datetime.datetime.now(datetime.UTC))):
        read = draft_from(draft_bytes(draft))
        assert read == draft
        assert isinstance(read.content["base"]["owner"], Ref)
        assert isinstance(read.content["typed"]["founded"], Typed)


def restarted() -> Drafts:
    drafts = Drafts("anna", quiet)
    drafts.take(drafts.load())
    return drafts


def test_an_open_draft_is_not_offered_and_one_that_was_left_is() -> None:
    drafts, draft = restarted(), a_draft()
    drafts.keep(draft)
    assert drafts.waiting() == []
    drafts.leave(draft.id)
    assert drafts.waiting_at("contact", 3) == [draft]
    drafts.store.flush()
    assert restarted().waiting() == [draft]


def test_a_saved_draft_is_gone_and_a_discarded_one_can_be_brought_back() -> None:
    drafts, saved, discarded = restarted(), a_draft(), a_draft(id="other")
    for draft in (saved, discarded):
        drafts.keep(draft)
    drafts.forget(saved.id)
    drafts.discard(discarded.id)
    drafts.store.flush()
    again = restarted()
    assert again.waiting() == []
    assert [draft.id for draft in again.discarded()] == ["other"]
    again.bring_back("other")
    assert [draft.id for draft in again.waiting()] == ["other"]


def test_what_was_discarded_long_ago_is_dropped() -> None:
    drafts = restarted()
    drafts.keep(a_draft(discarded_at=datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=31)))
    drafts.store.flush()
    assert restarted().discarded() == []


HOLDS_A_RUN = "import sys; from crm_desktop.core.runs import this_run; print(this_run(), flush=True); sys.stdin.read()"


def test_a_draft_that_another_running_program_holds_is_offered_when_that_was_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_A_RUN], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        drafts = restarted()
        drafts.keep(draft := a_draft(run=other.stdout.readline().strip()))
        drafts.leave(draft.id)
        assert drafts.waiting() == []
        other.kill()
    assert drafts.waiting() == [draft]
