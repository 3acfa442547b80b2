"""Servers and lines that fail in the middle: nothing half written, one clear error, and the next use works."""

from __future__ import annotations

import contextlib
import io
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import InternalError
from sqlalchemy.orm import Session

from crm_desktop.core.errors import KnownError, ServerLostError
from crm_desktop.db import connection, engine, watch
from crm_desktop.db.address import Host
from crm_desktop.db.engine import CONNECTIONS, Gateway, read_together
from crm_desktop.db.errors import known_errors
from tests.db.firm import Firm, superuser
from tests.db.own_server import OwnServer
from tests.db.proxy import Proxy

LOST = "The connection to the server was lost."
COUNT = text("select count(*) from crm.customer where remark = 'changed'")
CHANGE = text("update crm.customer set remark = 'changed'")
UNDO_CHANGE = text("update crm.customer set remark = null")


@pytest.fixture(scope="module")
def own(firm_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    folder = tmp_path_factory.mktemp("faults")
    server = OwnServer(folder, data=firm_data, max_connections="12", superuser_reserved_connections="3")
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def firm(own: OwnServer) -> Firm:
    return Firm(own.url(), "crm", is_there=True)


@pytest.fixture
def gateway(firm: Firm) -> Iterator[Gateway]:
    gateway = Gateway.connect(firm.address(firm.anna))
    yield gateway
    gateway.close()


@pytest.fixture
def proxy(own: OwnServer) -> Iterator[Proxy]:
    with Proxy(("127.0.0.1", own.port)) as proxy:
        yield proxy


@pytest.fixture
def through_proxy(firm: Firm, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """A gateway that gives up after seconds where others wait for more than a minute."""
    monkeypatch.setattr(engine, "SILENCE_SECONDS", 2.0)
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 2)
    gateway = Gateway.connect(replace(firm.address(firm.anna), hosts=(Host("127.0.0.1", proxy.port),)))
    yield gateway
    proxy.resume()
    gateway.close()


def lost(gateway: Gateway, harm: Callable[[], object], *, writing: bool) -> KnownError:
    """The error when ``harm`` comes between two statements of one session."""

    def work() -> None:
        with (gateway.write if writing else gateway.read)() as session:
            session.execute(CHANGE if writing else COUNT)
            harm()
            session.execute(COUNT)

    with pytest.raises(KnownError) as caught:
        work()
    return caught.value


def works_again(gateway: Gateway) -> None:
    """Nothing of an earlier change is there, and a new one is saved."""
    with gateway.read() as session:
        assert session.execute(COUNT).scalar() == 0
    with gateway.write() as session:
        session.execute(CHANGE)
    with gateway.read() as session:
        assert session.execute(COUNT).scalar() == 30
    with gateway.write() as session:
        session.execute(UNDO_CHANGE)


def stop_and_start(own: OwnServer) -> None:
    own.stop()
    own.start()


def stop_at_once_and_start(own: OwnServer) -> None:
    own.stop("immediate")
    own.start()


def kill_and_start(own: OwnServer) -> None:
    own.kill()
    own.start()


@pytest.mark.parametrize("harm", [stop_and_start, stop_at_once_and_start, kill_and_start])
@pytest.mark.parametrize("writing", [False, True])
def test_server_that_restarts_in_the_middle(
    own: OwnServer, gateway: Gateway, harm: Callable[[OwnServer], None], *, writing: bool
) -> None:
    error = lost(gateway, lambda: harm(own), writing=writing)
    assert isinstance(error, ServerLostError)
    assert error.message == (LOST + " Nothing of this step was saved." if writing else LOST)
    works_again(gateway)


@pytest.mark.parametrize("harm", [stop_and_start, kill_and_start])
def test_restart_between_two_uses_is_not_noticed(
    own: OwnServer, gateway: Gateway, harm: Callable[[OwnServer], None]
) -> None:
    with gateway.read() as one, gateway.read() as two:  # both connections are open
        assert one.execute(COUNT).scalar() == two.execute(COUNT).scalar() == 0
    harm(own)
    works_again(gateway)


@pytest.mark.parametrize("trusted", [watch.TRUSTED_SECONDS, 0])
def test_line_that_died_is_known_with_and_without_asking(
    firm: Firm, monkeypatch: pytest.MonkeyPatch, trusted: int
) -> None:
    monkeypatch.setattr(watch, "TRUSTED_SECONDS", trusted)
    line = connection.open_connection(firm.address(firm.anna), "dies")
    assert line.is_alive()
    firm.sql("select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = 'dies'")
    assert not line.is_alive()
    assert line.closed
    assert not line.is_alive()


def test_reading_session_takes_each_statement_for_itself_and_never_writes(gateway: Gateway) -> None:
    moment = text("select now()")
    with gateway.write() as session:
        session.execute(UNDO_CHANGE)
    with gateway.read() as session:
        assert session.scalar(moment) < session.scalar(moment)
        with pytest.raises(InternalError, match="read-only transaction"):
            session.execute(CHANGE)
    with gateway.read() as session:
        read_together(session)
        assert session.scalar(moment) == session.scalar(moment)
        with pytest.raises(InternalError, match="read-only transaction"):
            session.execute(CHANGE)
    works_again(gateway)


def test_server_that_stays_away_is_named_and_welcome_when_it_comes_back(own: OwnServer, gateway: Gateway) -> None:
    error = lost(gateway, own.stop, writing=True)
    assert isinstance(error, ServerLostError)
    try:
        with pytest.raises(ServerLostError) as caught, gateway.read():
            pass
        assert caught.value.message.startswith(f"No database answers at 127.0.0.1:{own.port}")
    finally:
        own.start()
    works_again(gateway)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="Windows cannot freeze a process")
def test_server_that_pauses_is_waited_for(own: OwnServer, gateway: Gateway) -> None:
    own.pause()
    wake = threading.Timer(3, own.resume)
    wake.start()
    works_again(gateway)
    wake.join()


@pytest.mark.parametrize("writing", [False, True])
def test_line_that_breaks_in_the_middle(through_proxy: Gateway, proxy: Proxy, *, writing: bool) -> None:
    error = lost(through_proxy, proxy.cut, writing=writing)
    assert isinstance(error, ServerLostError)
    works_again(through_proxy)


def test_line_that_breaks_while_saving_leaves_it_open_which_side_of_it(
    through_proxy: Gateway, proxy: Proxy, firm: Firm
) -> None:
    def work() -> None:
        with through_proxy.write() as session:
            session.execute(CHANGE)
            proxy.cut()

    with pytest.raises(ServerLostError, match="completely or not at all"):
        work()
    assert firm.sql("select count(*) from crm.customer where remark = 'changed'")[0][0] in {0, 30}
    works_again(through_proxy)


@pytest.mark.parametrize("writing", [False, True])
def test_line_that_falls_silent_in_the_middle_is_given_up(
    through_proxy: Gateway, proxy: Proxy, *, writing: bool
) -> None:
    error = lost(through_proxy, proxy.swallow, writing=writing)
    assert isinstance(error, ServerLostError)
    proxy.resume()
    works_again(through_proxy)


def test_save_that_nobody_confirms_is_given_up(through_proxy: Gateway, proxy: Proxy) -> None:
    def work() -> None:
        with through_proxy.write() as session:
            session.execute(CHANGE)
            proxy.swallow()

    with pytest.raises(ServerLostError, match="completely or not at all"):
        work()
    proxy.resume()
    works_again(through_proxy)


def test_long_work_is_not_given_up(through_proxy: Gateway) -> None:
    with through_proxy.long_write() as session:
        session.execute(text("select pg_sleep(3)"))  # longer than others are waited for
        assert session.execute(COUNT).scalar() == 0
    works_again(through_proxy)


def test_long_work_whose_answer_never_comes_is_given_up_once_the_server_has_ended_it(
    through_proxy: Gateway, proxy: Proxy
) -> None:
    def work() -> None:
        with through_proxy.long_write() as session:
            session.execute(CHANGE)
            proxy.lose()
            session.execute(COUNT)

    with pytest.raises(ServerLostError):
        work()
    works_again(through_proxy)


def test_long_work_whose_rows_never_arrive_is_given_up(through_proxy: Gateway, proxy: Proxy) -> None:
    def work() -> None:
        with through_proxy.long_write() as session:
            session.execute(text("create temporary table sent (line text) on commit drop"))
            cursor = session.connection().connection.cursor()
            with known_errors():
                cursor.copy_expert("copy sent from stdin", _Slowly(proxy))

    with pytest.raises(ServerLostError):
        work()
    works_again(through_proxy)


class _Slowly(io.StringIO):
    """Lines, after the first of which the line dies."""

    def __init__(self, proxy: Proxy) -> None:
        super().__init__("one\ntwo\n")
        self._proxy = proxy

    def read(self, _size: int | None = -1, /) -> str:
        if self.tell():
            self._proxy.lose()
        return super().readline()


def test_new_connection_over_a_silent_line_is_given_up(through_proxy: Gateway, proxy: Proxy) -> None:
    through_proxy.close()
    proxy.swallow()
    with pytest.raises(ServerLostError, match="does not answer"), through_proxy.read():
        pass
    proxy.resume()
    works_again(through_proxy)


def test_full_server_is_named_and_room_is_used(own: OwnServer, firm: Firm, gateway: Gateway) -> None:
    guests = []
    try:
        with contextlib.suppress(psycopg2.OperationalError):
            while True:
                guests.append(psycopg2.connect(**firm.address(firm.bert).libpq_parameters()))
        with pytest.raises(ServerLostError, match="no free connection"):
            Gateway.connect(firm.address(firm.boss))
        works_again(gateway)  # on the connection that it has
    finally:
        for guest in guests:
            guest.close()
    own.stop()
    own.start()
    Gateway.connect(firm.address(firm.boss)).close()


def test_gateway_never_holds_more_connections_than_promised(firm: Firm, gateway: Gateway) -> None:
    ready, done = threading.Barrier(CONNECTIONS + 1), threading.Event()
    waited = threading.Event()

    def work() -> None:
        with gateway.read():
            ready.wait()
            done.wait()

    def wait_for_one() -> None:
        with gateway.read():
            waited.set()

    threads = [threading.Thread(target=work) for _connection in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    ready.wait()
    third = threading.Thread(target=wait_for_one)
    third.start()
    open_now = f"select count(*) from pg_stat_activity where usename = '{firm.anna}'"
    assert firm.sql(open_now) == [(CONNECTIONS,)]
    assert not waited.is_set()
    done.set()
    for thread in (*threads, third):
        thread.join()
    assert waited.is_set()


def test_locked_login_cannot_go_on_after_a_reconnect(firm: Firm, gateway: Gateway) -> None:
    firm.sql("update crm.employee set is_active = false where login = %s", firm.anna)
    try:
        firm.sql("select pg_terminate_backend(pid, 10000) from pg_stat_activity where usename = %s", firm.anna)
        with pytest.raises(KnownError, match="is locked"), gateway.read():
            pass
    finally:
        firm.sql("update crm.employee set is_active = true where login = %s", firm.anna)
    works_again(gateway)


def test_program_that_stops_in_the_middle_of_its_work_is_ended_by_the_server(firm: Firm, gateway: Gateway) -> None:
    def sleep_too_long(session: Session) -> None:
        session.execute(text("set local idle_in_transaction_session_timeout = 50"))
        session.execute(CHANGE)
        pid = session.execute(text("select pg_backend_pid()")).scalar()
        with superuser(firm.url) as cursor:
            while True:
                cursor.execute("select count(*) from pg_stat_activity where pid = %s", [pid])
                if cursor.fetchone() == (0,):
                    break
        session.execute(COUNT)

    def work() -> None:
        with gateway.write() as session:
            sleep_too_long(session)

    with pytest.raises(ServerLostError, match="Nothing of this step was saved"):
        work()
    works_again(gateway)
