"""Break connections over which the server is silent for longer than it may work on one statement.

The network's own keep-alive notices a dead computer, not a dead program on it, nor a gateway in between that answers in
its place. What broke is then an ordinary lost connection to all the rest of the program. Where a statement may take as
long as it needs, the server is asked over another line whether it still works on it.
"""

from __future__ import annotations

import contextlib
import io
import select
import socket
import threading
import weakref
from collections.abc import Callable, Iterator
from time import monotonic, time
from typing import IO, Any

import psycopg2.extensions

from crm_desktop.core.errors import KnownError

TRUSTED_SECONDS = 30
"""So long after an answer a line is taken to lead to the server: after more, this computer may have slept."""


class WatchedConnection(psycopg2.extensions.connection):  # type: ignore[misc]  # psycopg2 ships no types
    """Knows since when it waits for the server. Watched only once a ``Watch`` is told of it."""

    autocommit: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cursor_factory = _WatchedCursor
        self.unhurried: int | None = None
        """The server's process here, while its statements may take as long as they need."""
        self.interrupting = threading.Lock()
        """Held while the statement at hand is interrupted, so that this does not hit a later one."""
        self._waits_since: float | None = None
        self._heard_at = time()
        self._asked_at = 0.0
        self._lock = threading.Lock()

    def commit(self) -> None:
        """Commit, watched."""
        with self.waiting():
            super().commit()

    def rollback(self) -> None:
        """Roll back, watched."""
        with self.waiting():
            super().rollback()

    def use(self, *, begins: bool, writes: bool = False) -> None:
        """From now on, ``begins`` a transaction with the first statement, or leaves each to itself. Sends nothing, as
        long as the driver is not told what a single statement may do.
        """
        if begins:
            self.set_session(readonly=not writes, autocommit=False)
        elif not self.autocommit:
            self.set_session(readonly="default")
            self.autocommit = True

    def is_alive(self) -> bool:
        """Whether statements can be sent. The server is only asked when there is a reason to: an end of the line is
        something to read from it, as nothing else is while no statement runs.
        """
        try:
            has_news = bool(select.select([self], [], [], 0)[0])
            if not has_news and 0 <= time() - self._heard_at < TRUSTED_SECONDS:
                return True
            with self.cursor() as cursor:
                cursor.execute("select")
            self.rollback()
        except psycopg2.Error:
            return False
        return True

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """While the server is asked something."""
        with self._lock:
            self._waits_since = monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._waits_since = None
            self._heard_at = time()

    def note_progress(self) -> None:
        """In the middle of a long statement the server has taken something: the waiting begins anew."""
        with self._lock:
            self._waits_since = monotonic()

    def break_after(self, seconds: float) -> None:
        """Break the line if the server has let us wait for longer than this."""
        with self._lock:
            if self._waits_since is None or self.unhurried or monotonic() < self._waits_since + seconds:
                return
            self._break()

    def is_doubtful_after(self, seconds: float) -> float | None:
        """Since when an unhurried statement waits, once it is time to ask, every so many seconds, about it."""
        with self._lock:
            since, now = self._waits_since, monotonic()
            if since is None or not self.unhurried or now < max(since, self._asked_at) + seconds:
                return None
            self._asked_at = now
            return since

    def break_if_waiting_since(self, since: float) -> None:
        """Break the line if it is still the same waiting."""
        with self._lock:
            if self._waits_since == since:
                self._break()

    def _break(self) -> None:
        with (
            contextlib.suppress(OSError, psycopg2.Error),  # it has broken by itself
            socket.fromfd(self.fileno(), socket.AF_INET, socket.SOCK_STREAM) as line,
        ):
            line.shutdown(socket.SHUT_RDWR)


class _WatchedCursor(psycopg2.extensions.cursor):  # type: ignore[misc]
    connection: WatchedConnection

    def execute(self, *args: Any) -> None:
        with self.connection.waiting():
            super().execute(*args)

    def executemany(self, *args: Any) -> None:
        with self.connection.waiting():
            super().executemany(*args)

    def copy_expert(self, statement: str, file: IO[str], *args: Any) -> None:
        with self.connection.waiting():
            super().copy_expert(statement, _Reading(file, self.connection), *args)


class _Reading(io.TextIOBase):
    """What COPY sends, piece by piece; each piece is wanted when the one before is on its way."""

    def __init__(self, file: IO[str], connection: WatchedConnection) -> None:
        self._file, self._connection = file, connection

    def read(self, size: int | None = -1, /) -> str:
        """The next piece."""
        self._connection.note_progress()
        return self._file.read(-1 if size is None else size)


class Watch:
    """A thread that looks after some connections until ``stop``."""

    def __init__(self, patience: float, is_at_work: Callable[[int], bool]) -> None:
        """``patience``: seconds that a server may be silent. ``is_at_work`` asks it, with the number of a connection's
        process, where that is no proof.
        """
        self._patience, self._is_at_work = patience, is_at_work
        self._connections: weakref.WeakSet[WatchedConnection] = weakref.WeakSet()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def add(self, connection: WatchedConnection) -> WatchedConnection:
        """The same connection, watched from now on."""
        self._connections.add(connection)
        return connection

    def break_after(self, seconds: float) -> None:
        """Break the lines on which the server has been silent for longer than this."""
        for connection in list(self._connections):
            connection.break_after(seconds)

    def stop(self) -> None:
        """Watch no longer."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(min(1.0, self._patience / 4)):
            self.break_after(self._patience)
            for connection in list(self._connections):
                since = connection.is_doubtful_after(self._patience)
                if since is not None:  # on a thread of its own: the answer may take as long as a dead line does
                    threading.Thread(target=self._ask, args=(connection, since), name="doubt", daemon=True).start()

    def _ask(self, connection: WatchedConnection, since: float) -> None:
        with contextlib.suppress(KnownError):  # no server to ask: it may still work, and is asked again
            process = connection.unhurried
            if process is not None and not self._is_at_work(process):
                connection.break_if_waiting_since(since)
