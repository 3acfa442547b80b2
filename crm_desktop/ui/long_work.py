"""A long work under way, as a progress bar shows it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QObject, Signal

from crm_desktop.core.errors import CancelledError
from crm_desktop.core.i18n import _

PROGRESS_SECONDS = 0.1  # how often a long work may repaint its bar


class LongWork(QObject):
    """A running ``long_command``: what a progress bar shows, and the way to stop it. Lives as long as
    ``Tasks``.
    """

    progressed = Signal(int, int, str)  # done, of (0: unknown), what
    cancelled = Signal()
    finished = Signal()

    def __init__(self, post: Callable[[Callable[[], None]], None], parent: QObject) -> None:
        super().__init__(parent)
        self._post = post
        self._cancelled = threading.Event()
        self._shown_at = 0.0

    @property
    def is_cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask the work to stop: its statement ends now, it at its next report; all is rolled back."""
        self._cancelled.set()
        self.cancelled.emit()

    def report(self, done: int, total: int, what: str) -> None:
        """Called by the work on its thread. Raises ``CancelledError`` once the user has cancelled."""
        if self._cancelled.is_set():
            raise cancelled()
        now = monotonic()
        if done >= total or now - self._shown_at >= PROGRESS_SECONDS:
            self._shown_at = now
            self._post(lambda: self.progressed.emit(done, total, what))


def cancelled() -> CancelledError:
    """What a work ends with that was told to stop."""
    return CancelledError(_("Cancelled. Nothing was changed."))
