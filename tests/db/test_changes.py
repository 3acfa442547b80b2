"""The listener hears what anybody changes, and says so when it may have missed something."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from crm_desktop.db import changes
from crm_desktop.db.address import Host
from crm_desktop.db.changes import ChangeListener
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.db.engine import Gateway
from crm_desktop.services.journal import begin_change
from tests.db.firm import Firm
from tests.db.proxy import Proxy

UNKNOWN = frozenset({0})
LOST_WITHIN = 60  # seconds that a test waits before it gives up


@pytest.fixture(scope="module")
def firm(server: ServerAddress) -> Iterator[Firm]:
    firm = Firm(server.url())
    yield firm
    firm.drop()


@pytest.fixture
def proxy(server: ServerAddress) -> Iterator[Proxy]:
    with Proxy((server.host, server.port)) as proxy:
        yield proxy


class Change(NamedTuple):
    """What a listener calls back with."""

    table: str
    ids: frozenset[int] | None
    change_sets: frozenset[int] = UNKNOWN


class Heard:
    """What a listener has called back, in its order."""

    def __init__(self, firm: Firm, *hosts: Host) -> None:
        self._events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.listener = ChangeListener(
            replace(firm.address(firm.anna), hosts=hosts),
            lambda table, ids, change_sets: self._events.put(Change(table, ids, change_sets)),
            lambda: self._events.put("anything"),
            self._events.put,
        )

    def next(self) -> Any:
        return self._events.get(timeout=3 * LOST_WITHIN)  # an attempt may have begun while nothing came through

    def connect(self) -> None:
        self.listener.start()
        assert [self.next() for _event in range(3)] == ["connecting", "connected", "anything"]

    def nothing_waits(self) -> bool:
        return self._events.empty()


@pytest.fixture
def heard(firm: Firm, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    monkeypatch.setattr(ChangeListener, "HEARTBEAT_SECONDS", 0.3)
    monkeypatch.setattr(ChangeListener, "ANSWER_SECONDS", float(LOST_WITHIN))  # no slow server is lost
    heard = Heard(firm, Host("127.0.0.1", proxy.port))
    yield heard
    heard.listener.stop()


def test_changes_of_others_are_heard_by_table_and_id(firm: Firm, heard: Heard) -> None:
    heard.connect()
    gateway = Gateway.connect(firm.address(firm.bert))
    with gateway.write() as session:
        change_set = begin_change(session, "create", "new", "customer")
        id = session.execute(text("insert into crm.customer (name) values ('new') returning id")).scalar_one()
    gateway.close()
    assert heard.next() == Change("customer", frozenset({id}), frozenset({change_set}))


def test_what_is_rolled_back_is_not_heard(firm: Firm, heard: Heard) -> None:
    heard.connect()
    gateway = Gateway.connect(firm.address(firm.anna))
    with pytest.raises(ZeroDivisionError), gateway.write() as session:  # noqa: PT012 - the failure follows the change
        session.execute(text("update crm.customer set remark = 'x'"))
        raise ZeroDivisionError
    gateway.close()
    firm.sql("notify crm, 'marker:u:7'")
    assert heard.next() == Change("marker", frozenset({7}))


def test_changes_of_one_moment_come_as_one_batch(firm: Firm, heard: Heard) -> None:
    heard.connect()
    firm.sql("select pg_notify('crm', 'customer:u:' || n || ',' || n + 100) from generate_series(1, 50) n")
    assert heard.next() == Change("customer", frozenset(range(1, 51)) | frozenset(range(101, 151)))
    assert heard.nothing_waits()


def test_too_many_changes_to_name_mean_the_whole_table(firm: Firm, heard: Heard) -> None:
    heard.connect()
    firm.sql("notify crm, 'customer:u:1'; notify crm, 'customer:u:*'; notify crm, 'customer:d:2'")
    assert heard.next() == Change("customer", None)


def test_nonsense_on_the_channel_is_ignored(firm: Firm, heard: Heard) -> None:
    heard.connect()
    firm.sql("notify crm; notify crm, 'x'; notify crm, 'x:y:z'; notify crm, '::'")
    firm.sql("select pg_notify('crm', 'customer:u:' || repeat('9', 7000))")
    firm.sql("notify crm, 'customer:u:5:-7:x'")
    assert heard.next() == Change("customer", frozenset({5}))


@pytest.mark.parametrize("harm", ["cut", "swallow"])
def test_lost_line_is_noticed_and_then_anything_may_have_changed(
    firm: Firm, proxy: Proxy, heard: Heard, harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard.connect()
    getattr(proxy, harm)()
    monkeypatch.setattr(ChangeListener, "ANSWER_SECONDS", 1.0)
    assert heard.next() == "lost"
    monkeypatch.setattr(ChangeListener, "ANSWER_SECONDS", float(LOST_WITHIN))
    firm.sql("notify crm, 'customer:u:1'")
    proxy.resume()
    assert [heard.next(), heard.next()] == ["connected", "anything"]
    firm.sql("notify crm, 'customer:u:2'")
    assert heard.next() == Change("customer", frozenset({2}))


def test_who_asks_does_not_wait_for_the_next_attempt(
    proxy: Proxy, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard.connect()
    monkeypatch.setattr("crm_desktop.db.changes.random.uniform", lambda _least, _most: 10_000.0)
    proxy.refuse()
    assert heard.next() == "lost"
    proxy.accept()
    heard.listener.ask_now()
    assert [heard.next(), heard.next()] == ["connected", "anything"]


def test_server_that_ends_the_connection_is_asked_again(firm: Firm, heard: Heard) -> None:
    heard.connect()
    firm.sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'crm-desktop changes'")
    assert [heard.next() for _event in range(3)] == ["lost", "connected", "anything"]


def test_quiet_connection_stays(firm: Firm, heard: Heard) -> None:
    heard.connect()
    session = "select pid from pg_stat_activity where application_name = 'crm-desktop changes'"
    asked = f"select count(*) from pg_stat_activity where pid = {firm.sql(session)[0][0]} and query = 'select'"
    while firm.sql(asked) != [(1,)]:
        pass
    assert heard.nothing_waits()


@pytest.mark.parametrize("harm", ["nothing", "cut", "swallow", "pause"])
def test_listener_stops_whatever_the_line_does(proxy: Proxy, heard: Heard, harm: str) -> None:
    heard.connect()
    if harm != "nothing":
        getattr(proxy, harm)()
    heard.listener.stop()
    assert "changes" not in {thread.name for thread in threading.enumerate()}
    proxy.resume()


def test_listener_that_never_reached_a_server_stops(heard: Heard, proxy: Proxy) -> None:
    proxy.swallow()
    heard.listener.start()
    assert heard.next() == "connecting"
    heard.listener.stop()
    assert "changes" not in {thread.name for thread in threading.enumerate()}


def test_second_host_is_tried_when_the_first_is_silent(
    firm: Firm, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "CONNECT_SECONDS", 0.5)
    proxy.swallow()
    heard = Heard(firm, Host("127.0.0.1", proxy.port), *firm.address(firm.anna).hosts)
    heard.listener.start()
    assert [heard.next() for _event in range(3)] == ["connecting", "lost", "connected"]
    heard.listener.stop()
