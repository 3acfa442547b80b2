"""Knows when somebody is to be reminded: one statement at first, then by the bus and a clock that asks nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from crm_desktop.core import clock
from crm_desktop.core.errors import KnownError
from crm_desktop.services.reminders import AHEAD, Pending, due, fetch_pending
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.tasks import Tasks

TICK_MS = 15_000
TABLE = "reminder"
"""Its messages name people, not rows."""


class ReminderWatch(QObject):
    """Announces what is to be shown, whenever that is something else, and every tick while there is something."""

    due = Signal(object)  # list of Pending

    def __init__(self, tasks: Tasks, bus: Bus, person_id: int, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._person_id = tasks, person_id
        self._pending: list[Pending] = []
        self._read_at = clock.now()
        self._shown: list[Pending] = []
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.look)
        bus.changed.connect(self._note_change)

    def start(self) -> None:
        """Read what has come meanwhile and what will, as soon as nobody waits for anything else."""
        self._timer.start()
        self._tasks.when_idle(self.read)

    def read(self) -> None:
        """Ask the database. One statement."""
        self._read_at = clock.now()
        until = self._read_at + AHEAD
        self._tasks.query(self, lambda session: fetch_pending(session, until), self._take, self._leave_it, key=TABLE)

    def look(self) -> None:
        """Look at the clock."""
        now = clock.now()
        if now > self._read_at + AHEAD / 2:
            self.read()
        found = due(self._pending, now)
        if found or self._shown:
            self._shown = found
            self.due.emit(found)

    def forget(self, several: Iterable[Pending]) -> None:
        """These are done with; the database is told by whoever says so."""
        through = {one.id: one.remind_at for one in several}
        self._pending = [one for one in self._pending if one.id not in through or one.remind_at > through[one.id]]
        self.look()

    def put_off(self, several: Iterable[Pending], until: datetime) -> None:
        """These come back later."""
        ids = {one.id for one in several}
        self._pending = [replace(one, snoozed_until=until) if one.id in ids else one for one in self._pending]
        self.look()

    def _take(self, pending: list[Pending]) -> None:
        self._pending = pending
        self.look()

    def _leave_it(self, error: KnownError) -> None:
        """Nobody asked for it; when the server is back, the bus says that anything may have changed."""

    def _note_change(self, table: str, ids: frozenset[int] | None) -> None:
        if table == TABLE and (ids is None or self._person_id in ids):
            self.read()
