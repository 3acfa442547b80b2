"""A thread that hears what anybody changes in the database, and is never silently deaf. No Qt: calls back on its own.

While it was not connected it has missed something: after every connect it says that anything may have changed.
"""

from __future__ import annotations

import contextlib
import random
import selectors
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any, Literal, Never

import psycopg2
import psycopg2.extensions

from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.connection import CONNECT_SECONDS, connection_parameters

State = Literal["connecting", "connected", "lost"]
_WAITS_FOR = {
    psycopg2.extensions.POLL_READ: selectors.EVENT_READ,
    psycopg2.extensions.POLL_WRITE: selectors.EVENT_WRITE,
}

NOWHERE = "[]"
"""No record is open."""
ELECTION = 7_316_226_905
"""The advisory lock of the elected workstation."""
_LONGEST_ID = 18
"""Digits that fit into a bigint, whatever they are."""


class ChangeListener:
    """Listens on a connection of its own from ``start`` to ``stop``."""

    BATCH_SECONDS = 0.1
    """Changes that come within this time are reported together."""
    HEARTBEAT_SECONDS = 8.0
    """After so much silence the server is asked whether it is still there. An empty statement: it costs nothing."""
    ANSWER_SECONDS = 5.0
    LONGEST_PAUSE = 30.0
    """Between two attempts to connect. The first pause is at most a second, each at most twice the one before."""

    def __init__(
        self,
        address: ConnectionAddress,
        changed: Callable[[str, frozenset[int] | None, frozenset[int]], None],
        anything_changed: Callable[[], None],
        state_changed: Callable[[State], None],
        elected: Callable[[bool], None] = lambda _is_elected: None,
    ) -> None:
        """``changed`` gets a table, the ids of its changed rows, None where there were too many to name, and the change
        sets that changed them, with 0 for what is in none. ``elected`` is told when this connection gets the lock of
        the one workstation that has scheduled work done, and when it has lost it.
        """
        self._address = address
        self._changed, self._anything_changed, self._state_changed = changed, anything_changed, state_changed
        self._elected, self._is_elected = elected, False
        self._wake, self._waker = socket.socketpair()  # on Windows nothing but a socket can wake a select
        self._is_asked = threading.Event()
        self._places = self._told_places = NOWHERE
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="changes", daemon=True)

    def start(self) -> None:
        """Begin to connect, in the background."""
        self._thread.start()

    def ask_now(self) -> None:
        """See at once whether the server is there: connect without waiting, or ask on the connection there is."""
        self._is_asked.set()
        self._wake_up()

    def announce(self, places: str) -> None:
        """Tell the others at which records this window is, as ``crm.be_at`` reads them; after a reconnect again."""
        self._places = places
        self._wake_up()

    def stop(self) -> None:
        """Stop listening, or never begin; no callback begins any more."""
        self._stopped.set()
        self._wake_up()
        if self._thread.ident is not None:
            self._thread.join(timeout=5)  # longer only while the system looks up a name

    def _wake_up(self) -> None:
        with contextlib.suppress(OSError):  # the thread has ended and closed it
            self._waker.send(b"x")

    def _run(self) -> None:
        with self._wake, self._waker, contextlib.suppress(_StoppedError):
            self._state_changed("connecting")
            self._stay_connected()

    def _stay_connected(self) -> Never:
        failures = 0
        while True:
            try:
                with contextlib.closing(self._connect(failures)) as connection:
                    failures = 0
                    self._state_changed("connected")
                    self._anything_changed()
                    self._hear(connection)
            except (psycopg2.DatabaseError, UnicodeDecodeError, TimeoutError):  # the next query tells its user why
                if failures == 0:
                    self._state_changed("lost")
                self._elect(is_elected=False)
            failures += 1
            self._pause(min(self.LONGEST_PAUSE, 0.5 * 2 ** min(failures, 10)))

    def _pause(self, seconds: float) -> None:
        """Wait before the next attempt, unless somebody asks; not all computers of the office come at once."""
        until = monotonic() + random.uniform(seconds / 2, seconds)  # noqa: S311
        while not self._is_asked.is_set() and (left := until - monotonic()) > 0:
            self._wait(left)
        self._is_asked.clear()

    def _connect(self, failures: int) -> psycopg2.extensions.connection:
        """A listening connection that never blocks this thread."""
        turn = failures % len(self._address.hosts)  # a host that is silent must not keep us from the others
        hosts = self._address.hosts[turn:] + self._address.hosts[:turn]
        address = replace(self._address, hosts=hosts)
        connection = psycopg2.connect(**connection_parameters(address, "crm-desktop changes"), async_=True)
        try:
            self._finish(connection, CONNECT_SECONDS)
            self._execute(connection, "listen crm")
        except BaseException:
            connection.close()
            raise
        return connection

    def _hear(self, connection: psycopg2.extensions.connection) -> Never:
        heard: dict[str, _Heard] = {}
        self._told_places = NOWHERE
        ask_at, report_at = monotonic(), None
        while True:
            for notice in connection.notifies:
                if notice.pid != connection.info.backend_pid:  # this window says itself where it is
                    _note(notice.payload, heard)
            connection.notifies.clear()
            now = monotonic()
            if heard and report_at is None:
                report_at = now + self.BATCH_SECONDS
            if report_at is not None and now >= report_at:
                for table, change in heard.items():
                    self._changed(table, change.named_ids(), frozenset(change.change_sets))
                heard, report_at = {}, None
            if self._told_places != self._places:
                self._told_places = self._places
                self._execute(connection, "select crm.be_at(%s::jsonb)", self._told_places)
            if now >= ask_at or self._is_asked.is_set():
                self._is_asked.clear()
                self._ask(connection)
                ask_at = monotonic() + self.HEARTBEAT_SECONDS
            else:
                until = ask_at if report_at is None else min(ask_at, report_at)
                try:
                    self._wait(until - now, connection.fileno(), selectors.EVENT_READ)
                except _StoppedError:
                    self._say_goodbye(connection)
                    raise
                connection.poll()

    def _ask(self, connection: psycopg2.extensions.connection) -> None:
        """Whether the server is still there; and for the election, as long as another one holds it."""
        if self._is_elected:
            self._execute(connection, "select")
        elif self._execute(connection, f"select pg_try_advisory_lock({ELECTION})") == [(True,)]:
            self._elect(is_elected=True)

    def _elect(self, *, is_elected: bool) -> None:
        if is_elected != self._is_elected:
            self._is_elected = is_elected
            self._elected(is_elected)

    def _say_goodbye(self, connection: psycopg2.extensions.connection) -> None:
        """Let the others know that this window is at no record any more, without waiting for the answer."""
        if self._told_places != NOWHERE:
            with contextlib.suppress(psycopg2.Error), connection.cursor() as cursor:
                cursor.execute("select crm.be_at(%s::jsonb)", [NOWHERE])

    def _execute(
        self, connection: psycopg2.extensions.connection, statement: str, *values: str
    ) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:  # must live until the answer is there
            cursor.execute(statement, values)
            self._finish(connection, self.ANSWER_SECONDS)
            return cursor.fetchall() if cursor.description else []

    def _finish(self, connection: psycopg2.extensions.connection, seconds: float) -> None:
        """Let what has been begun come to its end. Raises ``TimeoutError`` where that takes longer than ``seconds``."""
        deadline = monotonic() + seconds
        while (state := connection.poll()) != psycopg2.extensions.POLL_OK:
            left = deadline - monotonic()
            if left <= 0:
                raise TimeoutError
            self._wait(left, connection.fileno(), _WAITS_FOR[state])

    def _wait(self, seconds: float, file: int | None = None, events: int = 0) -> None:
        """Until ``file`` is ready, or the time is over. Raises ``_StoppedError`` as soon as somebody stops us."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake, selectors.EVENT_READ)
            if file is not None:
                selector.register(file, events)
            ready = selector.select(max(0, seconds))
        if any(key.fileobj is self._wake for key, _events in ready):
            self._wake.recv(4096)
        if self._stopped.is_set():
            raise _StoppedError


class _StoppedError(Exception):
    pass


@dataclass(slots=True)
class _Heard:
    """Of one table."""

    ids: set[int] = field(default_factory=set)
    is_any: bool = False
    change_sets: set[int] = field(default_factory=set)

    def named_ids(self) -> frozenset[int] | None:
        return None if self.is_any else frozenset(self.ids)


def _note(payload: str, heard: dict[str, _Heard]) -> None:
    """Add ``table:operation:ids:change set`` to what was heard; ids are numbers with commas, ``*`` for too many."""
    table, _operation, ids, change_set, *_more = [*payload.split(":"), "", "", ""]
    numbers = {int(id) for id in ids.split(",") if _is_number(id)}
    if numbers or ids == "*":  # anybody may send nonsense
        of_table = heard.setdefault(table, _Heard())
        of_table.ids |= numbers
        of_table.is_any |= ids == "*"
        of_table.change_sets.add(int(change_set) if _is_number(change_set) else 0)


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= _LONGEST_ID
