"""Reading again after somebody wrote: soon, but what is slow to read not often, since every workstation does it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

LEAST_MS, MOST_MS = 250, 30_000
SHARE = 10  # what takes a second is read every ten seconds at most


class Soon(QTimer):
    """Calls ``act`` a moment after it was first asked to; further wishes until then are the same wish."""

    def __init__(self, act: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self.setInterval(LEAST_MS)
        self.timeout.connect(act)

    def ask(self) -> None:
        """Wish for it."""
        if not self.isActive():
            self.start()

    def took(self, seconds: float) -> None:
        """Learn how long it takes."""
        self.setInterval(round(max(LEAST_MS, min(seconds * 1000 * SHARE, MOST_MS))))
