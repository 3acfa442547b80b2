"""Break connections over which the server is silent for longer than it may work on one statement.

The network's own keep-alive notices a dead computer, not a dead program on it, nor a gateway in between that answers in
its place. What broke is then an ordinary lost connection to all the rest of the program.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import weakref
from collections.abc import Iterator
from time import monotonic
from typing import Any

import psycopg2.extensions


class WatchedConnection(psycopg2.extensions.connection):  # type: ignore[misc]  # psycopg2 ships no types
    """Knows since when it waits for the server. Watched only once a ``Watch`` is told of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cursor_factory = _WatchedCursor
        self.is_unhurried = False
        """Whether its statements may take as long as they need."""
        self._waits_since: float | None = None
        self._lock = threading.Lock()

    def commit(self) -> None:
        """Commit, watched."""
        with self.waiting():
            super().commit()

    def rollback(self) -> None:
        """Roll back, watched."""
        with self.waiting():
            super().rollback()

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

    def break_after(self, seconds: float) -> None:
        """Break the line if the server has let us wait for longer than this."""
        with self._lock:
            if self._waits_since is None or self.is_unhurried or monotonic() < self._waits_since + seconds:
                return
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

    def copy_expert(self, *args: Any) -> None:
        with self.connection.waiting():
            super().copy_expert(*args)


class Watch:
    """A thread that looks after some connections until ``stop``."""

    def __init__(self, patience: float) -> None:
        """``patience``: seconds that a server may be silent."""
        self._patience = patience
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
