"""The clock of the elected workstation: every minute it lets the database do what is due."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from crm_desktop.core.errors import KnownError
from crm_desktop.services.jobs import run_next_job
from crm_desktop.ui.tasks import Tasks

MINUTE_MS = 60_000


class JobClock(QObject):
    """Stands still until this workstation is elected, and again when it is no longer."""

    _told = Signal(bool)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__(tasks)
        self._tasks = tasks
        self._is_at_work = False
        self._timer = QTimer(self)
        self._timer.setInterval(MINUTE_MS)
        self._timer.timeout.connect(self.work)
        self._told.connect(self._turn, Qt.ConnectionType.QueuedConnection)

    def elect(self, is_elected: bool) -> None:  # noqa: FBT001 - a callback
        """Whether this is the elected workstation; may be called from any thread."""
        self._told.emit(is_elected)

    def is_running(self) -> bool:
        """Whether it has work done."""
        return self._timer.isActive()

    def work(self) -> None:
        """Do what is due, one job after the other, unless that is still under way."""
        if self._is_at_work:
            return
        self._is_at_work = True
        self._tasks.long_command(self, lambda session, _progress: run_next_job(session), self._go_on, self._leave_it)

    def _turn(self, is_elected: bool) -> None:  # noqa: FBT001 - a slot
        if is_elected:
            self._timer.start()
            self.work()
        else:
            self._timer.stop()

    def _go_on(self, job: str | None) -> None:
        self._is_at_work = False
        if job is not None:
            self.work()

    def _leave_it(self, error: KnownError) -> None:
        """Nobody asked for it; in a minute it is tried again, here or elsewhere."""
        del error
        self._is_at_work = False
