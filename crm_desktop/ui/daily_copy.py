"""The daily copy of a firm that this computer keeps: made while one works, or at the end of the day at the latest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from crm_desktop.core.errors import CancelledError, KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services.firm_here import copy_is_due, make_copy
from crm_desktop.ui.dialogs.progress import ProgressDialog
from crm_desktop.ui.long_work import LongWork
from crm_desktop.ui.maintenance import Maintenance
from crm_desktop.ui.widgets.notice import notices_of

FIRST_MS, AGAIN_MS = 300_000, 3_600_000
"""Not while the firm is being opened; then every hour, since the day may change and a drive be plugged in."""


class DailyCopy:
    """Lives as long as its window. ``folder`` answers where copies go at the moment; None: none are made."""

    def __init__(self, window: QWidget, maintenance: Maintenance, folder: Callable[[], Path | None]) -> None:
        self._window, self._maintenance, self._folder = window, maintenance, folder
        self._work: LongWork | None = None
        timer = QTimer(window)
        timer.setInterval(AGAIN_MS)
        timer.timeout.connect(self.make_quietly)
        timer.start()
        QTimer.singleShot(FIRST_MS, window, self.make_quietly)

    def is_due(self) -> bool:
        """Whether today's copy is still to be made, and there is a folder for it."""
        folder = self._folder()
        return folder is not None and copy_is_due(folder)

    def make_quietly(self) -> None:
        """Make it if it is due. Only a failure is told."""
        if self.is_due() and self._work is None:
            self._start(self._say_failure)

    def make_before_leaving(self, leave: Callable[[], object]) -> None:
        """Make it if it is due, shown with a way to skip it, then ``leave``, whether it could be made or not."""
        if not self.is_due():
            leave()
            return
        work = self._work or self._start(_pass_over)
        dialog = ProgressDialog(self._window, _("Making today's copy of all data"), work)
        work.finished.connect(leave)
        dialog.show()  # its window is closing

    def _start(self, failed: Callable[[KnownError], None]) -> LongWork:
        folder = self._folder()
        assert folder is not None
        address = self._maintenance.own_address
        self._work = work = self._maintenance.tasks.long_command(
            self._window, lambda _session, progress: make_copy(address, folder, progress), lambda _file: None, failed
        )
        work.finished.connect(self._end)
        return work

    def _end(self) -> None:
        self._work = None

    def _say_failure(self, error: KnownError) -> None:
        notices = notices_of(self._window)
        if notices is not None and not isinstance(error, CancelledError):
            notices.show_notice(_("Today's copy could not be made. {reason}").format(reason=error), tone="bad")


def _pass_over(_error: KnownError) -> None:
    """Whoever leaves is not held up; the next start tries again, and then says so."""
