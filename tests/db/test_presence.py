"""Who has a record open is known to those who may see it, as long as his connection lives, and hinders nobody."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from sqlalchemy import text

from crm_desktop.db.changes import NOWHERE, ChangeListener
from crm_desktop.db.engine import Gateway
from crm_desktop.services.presence import Place, fetch_present, places_text
from crm_desktop.services.records import create_record, new_record
from tests.db.conftest import SignIn

TIMEOUT = 60  # seconds that a test waits before it gives up


class Window:
    """One person's workbench, as far as others notice it."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self._heard: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.listener = ChangeListener(
            gateway.address, lambda table, ids, _sets: self._heard.put((table, ids)), lambda: None, self._heard.put
        )
        self.listener.start()
        assert [self._heard.get(timeout=TIMEOUT), self._heard.get(timeout=TIMEOUT)] == ["connecting", "connected"]

    def be_at(self, *ids: int, is_editing: bool = False) -> None:
        self.listener.announce(places_text(Place("customer", id_, is_editing) for id_ in ids))

    def hear(self, *ids: int) -> None:
        """Until it is announced that somebody came to or went from these rows."""
        while self._heard.get(timeout=TIMEOUT) != ("presence.customer", frozenset(ids)):
            pass

    def next_presence(self) -> frozenset[int]:
        """The rows that somebody came to or went from next."""
        while (heard := self._heard.get(timeout=TIMEOUT))[0] != "presence.customer":
            pass
        ids: frozenset[int] = heard[1]
        return ids

    def sees(self, id_: int) -> list[tuple[str, bool]]:
        with self.gateway.read() as session:
            return [(person.name, person.is_editing) for person in fetch_present(session, "customer", id_)]


OpenWindow = Callable[[str], Window]


@pytest.fixture
def open_window(sign_in: SignIn) -> Iterator[OpenWindow]:
    opened: list[Window] = []

    def make(key: str) -> Window:
        opened.append(Window(sign_in(key)))
        return opened[-1]

    yield make
    for window in opened:
        window.listener.stop()


def customer_of(window: Window) -> int:
    with window.gateway.write() as session:
        return create_record(session, new_record("customer", window.gateway.person, name="华工")).id


def test_others_see_who_is_there_and_who_edits(open_window: OpenWindow) -> None:
    seller, manager = open_window("seller"), open_window("manager")
    id_ = customer_of(seller)
    seller.be_at(id_)
    manager.hear(id_)
    assert manager.sees(id_) == [("seller", False)]
    assert seller.sees(id_) == []
    seller.be_at(id_, is_editing=True)
    manager.hear(id_)
    assert manager.sees(id_) == [("seller", True)]
    seller.be_at()
    manager.hear(id_)
    assert manager.sees(id_) == []


def test_a_window_does_not_hear_itself(open_window: OpenWindow) -> None:
    seller, manager = open_window("seller"), open_window("manager")
    here, there = customer_of(seller), customer_of(seller)
    seller.be_at(here)
    manager.hear(here)
    manager.be_at(there)
    assert seller.next_presence() == {there}


def test_who_may_not_see_the_record_neither_learns_nor_claims_anything(open_window: OpenWindow) -> None:
    manager, seller = open_window("manager"), open_window("seller")
    id_, own = customer_of(manager), customer_of(seller)
    manager.be_at(id_, own)
    seller.hear(id_, own)
    assert seller.sees(id_) == []
    assert seller.sees(own) == [("manager", False)]
    seller.be_at(id_, own)
    manager.hear(own)
    assert manager.sees(id_) == []


def test_a_dead_connection_is_nowhere_and_is_swept_up_by_the_next(open_window: OpenWindow, sign_in: SignIn) -> None:
    manager, seller = open_window("manager"), open_window("seller")
    id_ = customer_of(seller)
    seller.be_at(id_)
    manager.hear(id_)
    with sign_in("seller").read() as session:  # as the server sees a crash
        session.execute(
            text(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                " where usename = session_user and application_name = 'crm-desktop changes'"
            )
        )
    seller.listener.stop()
    assert manager.sees(id_) == []
    director = open_window("director")
    director.be_at(id_)
    manager.hear(id_)
    assert manager.sees(id_) == [("director", False)]


def test_a_window_that_closes_says_goodbye(open_window: OpenWindow) -> None:
    manager, seller = open_window("manager"), open_window("seller")
    id_ = customer_of(seller)
    seller.be_at(id_)
    manager.hear(id_)
    seller.listener.stop()
    manager.hear(id_)
    assert manager.sees(id_) == []


def test_after_a_reconnect_it_is_said_again(open_window: OpenWindow, sign_in: SignIn) -> None:
    manager, seller = open_window("manager"), open_window("seller")
    id_ = customer_of(seller)
    seller.be_at(id_, is_editing=True)
    manager.hear(id_)
    with sign_in("seller").read() as session:
        session.execute(
            text(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where usename = session_user and application_name = 'crm-desktop changes'"
            )
        )
    seller.listener.ask_now()
    manager.hear(id_)
    assert manager.sees(id_) == [("seller", True)]


@pytest.mark.parametrize(
    "places",
    [
        '{"table_name": "customer"}',
        "null",
        '[{"table_name": "no such table", "row_id": 1}]',
        '[{"table_name": "preference", "row_id": 1}]',
        '[{"table_name": "customer", "row_id": null}]',
        "[1, null]",
    ],
)
def test_nonsense_is_ignored_or_refused(sign_in: SignIn, places: str) -> None:
    gateway = sign_in("seller")
    connection = psycopg2.connect(**gateway.address.libpq_parameters())
    with connection, connection.cursor() as cursor:
        try:
            cursor.execute("select crm.be_at(%s)", [places])
        except psycopg2.DataError:
            connection.rollback()
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("select * from crm.presence")
    connection.close()


def test_no_open_record_is_said_as_such() -> None:
    assert places_text(()) == NOWHERE
