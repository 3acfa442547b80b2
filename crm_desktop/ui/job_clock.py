"""The clock of scheduled work: every minute it lets the database do what is due, where this workstation is elected."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from crm_desktop.core.errors import KnownError
from crm_desktop.services.jobs import run_next_job
from crm_desktop.ui.tasks import Tasks

MINUTE_MS = 60_000
OTHERS_MS = 10 * MINUTE_MS
"""Any program can hold the election's lock and do nothing; then all the others still see to what is due."""


class JobClock(QObject):
    """Goes slowly until this workstation is elected, and again when it is no longer."""

    _told = Signal(bool)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__(tasks)
        self._tasks = tasks
        self._is_at_work = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.work)
        self._timer.start(OTHERS_MS)
        self._told.connect(self._turn, Qt.ConnectionType.QueuedConnection)

    def elect(self, is_elected: bool) -> None:  # noqa: FBT001 - a callback
        """Whether this is the elected workstation; may be called from any thread."""
        self._told.emit(is_elected)

    @property
    def interval_ms(self) -> int:
        """How often it has work done."""
        return self._timer.interval()

    def work(self) -> None:
        """Do what is due, one job after the other, unless that is still under way."""
        if self._is_at_work:
            return
        self._is_at_work = True
        self._tasks.long_command(self, lambda session, _progress: run_next_job(session), self._go_on, self._leave_it)

    def _turn(self, is_elected: bool) -> None:  # noqa: FBT001 - a slot
        self._timer.start(MINUTE_MS if is_elected else OTHERS_MS)
        if is_elected:
            self.work()

    def _go_on(self, job: str | None) -> None:
        self._is_at_work = False
        if job is not None:
            self.work()

    def _leave_it(self, error: KnownError) -> None:
        """Nobody asked for it; in a minute it is tried again, here or elsewhere."""
        del error
        self._is_at_work = False
