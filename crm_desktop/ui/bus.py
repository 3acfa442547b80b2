"""Change events on the UI thread: what a listener thread hears, in batches, as Qt signals."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, Signal, Slot

from crm_desktop.services.presence import TABLE
from crm_desktop.ui.soon import later

BATCH_MS = 150
UNKNOWN = frozenset({0})
"""Of what is in no change set, or in none that anybody knows."""


@dataclass(slots=True)
class _Waiting:
    ids: set[int] | None = field(default_factory=set)
    change_sets: set[int] = field(default_factory=set)


class Bus(QObject):
    """Says what changed in the database, by anybody. Lives on the UI thread; ``post`` may be called from any
    thread.
    """

    # Table, frozenset of ids (None: anything in it may have changed), frozenset of change sets: for ``Follower.note``.
    changed = Signal(str, object, object)
    presence_changed = Signal(str, object)  # table, frozenset of ids of rows where somebody came or went
    connection_changed = Signal(str)  # "connected" | "lost" | "connecting"
    retry_wanted = Signal()  # look at once whether the server is there
    _heard = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: dict[str, _Waiting] = {}
        self._timer = later(BATCH_MS, self.flush, self)
        self._heard.connect(self._start, Qt.ConnectionType.QueuedConnection)

    def post(self, table: str, ids: Iterable[int] | None, change_sets: Iterable[int] = UNKNOWN) -> None:
        """Note a change; it is announced within 150 ms, together with the others of the same table."""
        with self._lock:
            waiting = self._waiting.setdefault(table, _Waiting())
            waiting.change_sets.update(change_sets)
            if ids is None:
                waiting.ids = None
            elif waiting.ids is not None:
                waiting.ids.update(ids)
        self._heard.emit()

    def post_connection(self, state: str) -> None:
        """Announce the state of the connection at once."""
        self.connection_changed.emit(state)  # Qt queues it when this is another thread

    @Slot()
    def flush(self) -> None:
        """Announce now what waits."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for table, change in waiting.items():
            ids = None if change.ids is None else frozenset(change.ids)
            if table.startswith(TABLE):
                self.presence_changed.emit(table.removeprefix(TABLE), ids)
            else:
                self.changed.emit(table, ids, frozenset(change.change_sets))

    @Slot()
    def _start(self) -> None:
        if not self._timer.isActive():  # the first change starts the clock, later ones do not put it off
            self._timer.start()
