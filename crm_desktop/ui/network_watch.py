"""Notices that this computer has slept or that its network has changed, so that the server is looked for at once."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QNetworkInformation

BEAT_MS = 5000
SLEPT_SECONDS = 15.0
"""When the clock has gone on by so much between two beats, or back, the computer has slept or its clock was set."""


class NetworkWatch(QObject):
    """Costs a beat every five seconds."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._beat_at = time.time()
        timer = QTimer(self)
        timer.setInterval(BEAT_MS)
        timer.timeout.connect(self.beat)
        timer.start()
        if QNetworkInformation.loadDefaultBackend():
            network = QNetworkInformation.instance()
            network.reachabilityChanged.connect(lambda _reachability: self.changed.emit())
            network.transportMediumChanged.connect(lambda _medium: self.changed.emit())

    def beat(self) -> None:
        """Compare the clock with what it should show."""
        before, self._beat_at = self._beat_at, time.time()
        if abs(self._beat_at - before) > BEAT_MS / 1000 + SLEPT_SECONDS:
            self.changed.emit()
