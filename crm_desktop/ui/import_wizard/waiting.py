"""A work under way in the place of what it will show: what is being done, how far it is, a way to stop it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui.import_wizard.work import Stoppable
from crm_desktop.ui.widgets.buttons import secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import ElidedLabel, label

WIDTH = 420
LOOK_MS = 100


class Waiting(QWidget):
    """A card in the middle. ``stop`` is what the button and Esc do."""

    def __init__(self, title: str, remark: str, stop: Callable[[], object]) -> None:
        super().__init__()
        self._stop = stop
        self._work: Stoppable | None = None
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._what = ElidedLabel("", "muted")
        self.cancel_button: QPushButton = secondary_button(_("Cancel"), self.stop, shortcut="Esc")
        card = Card(title)
        card.setFixedWidth(WIDTH)
        card.body.addWidget(self._bar)
        card.body.addWidget(self._what)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(label(remark, "faint", wrap=True), 1)
        foot.addWidget(self.cancel_button, 0, Qt.AlignmentFlag.AlignBottom)
        card.body.addLayout(foot)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def begin(self, work: Stoppable | None = None) -> None:
        """Start at nothing; with ``work``, look at it until the card is hidden."""
        self._work = work
        self.cancel_button.setEnabled(True)
        self.show_progress(0, 0, "")
        if work is not None:
            self._timer.start()

    def show_progress(self, done: int, total: int, what: str) -> None:
        """How far it is. Before the first part is done the bar only shows that something happens."""
        self._bar.setRange(0, total if done else 0)
        self._bar.setValue(done)
        self._what.setText(what)

    def stop(self) -> None:
        """Ask the work to stop."""
        self.cancel_button.setEnabled(False)
        self._what.setText(_("Stopping…"))
        self._timer.stop()
        self._stop()

    def _look(self) -> None:
        if self._work is None or not self.isVisible():
            self._timer.stop()
        else:
            self.show_progress(*self._work.state)
