"""Change events on the UI thread: what a listener thread hears, in batches, as Qt signals."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from crm_desktop.services.presence import TABLE
from crm_desktop.ui.soon import later

BATCH_MS = 150


class Bus(QObject):
    """Says what changed in the database, by anybody. Lives on the UI thread; ``post`` may be called from any
    thread.
    """

    changed = Signal(str, object)  # table, frozenset of ids; None: anything in it may have changed
    presence_changed = Signal(str, object)  # table, frozenset of ids of rows where somebody came or went
    connection_changed = Signal(str)  # "connected" | "lost" | "connecting"
    retry_wanted = Signal()  # look at once whether the server is there
    _heard = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: dict[str, set[int] | None] = {}
        self._timer = later(BATCH_MS, self.flush, self)
        self._heard.connect(self._start, Qt.ConnectionType.QueuedConnection)

    def post(self, table: str, ids: Iterable[int] | None) -> None:
        """Note a change; it is announced within 150 ms, together with the others of the same table."""
        with self._lock:
            if ids is None:
                self._waiting[table] = None
            else:
                waiting = self._waiting.setdefault(table, set())
                if waiting is not None:
                    waiting.update(ids)
        self._heard.emit()

    def post_connection(self, state: str) -> None:
        """Announce the state of the connection at once."""
        self.connection_changed.emit(state)  # Qt queues it when this is another thread

    @Slot()
    def flush(self) -> None:
        """Announce now what waits."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for table, ids in waiting.items():
            row_table = table.removeprefix(TABLE)
            signal = self.changed if row_table == table else self.presence_changed
            signal.emit(row_table, None if ids is None else frozenset(ids))

    @Slot()
    def _start(self) -> None:
        if not self._timer.isActive():  # the first change starts the clock, later ones do not put it off
            self._timer.start()
