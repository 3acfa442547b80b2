"""How far a long work on a page is, and the way to stop it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui.long_work import LongWork
from crm_desktop.ui.widgets.buttons import secondary_button
from crm_desktop.ui.widgets.labels import label


class WorkBar(QWidget):
    """Hidden while nothing is under way."""

    def __init__(self) -> None:
        super().__init__()
        self._work: LongWork | None = None
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.what = label("", "muted", wrap=True)
        self.cancel_button = secondary_button(_("Cancel"), self.cancel)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.bar)
        words.addWidget(self.what)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addLayout(words, 1)
        line.addWidget(self.cancel_button)
        self.hide()

    def follow(self, work: LongWork) -> None:
        """Show a work until it ends."""
        self._work = work
        self.bar.setRange(0, 0)
        self.what.setText("")
        self.cancel_button.setEnabled(True)
        work.progressed.connect(self._show_progress)
        work.finished.connect(self._end)
        self.show()

    def cancel(self) -> None:
        """Ask the work to stop; the bar stays until it has."""
        if self._work is not None:
            self._work.cancel()
            self.cancel_button.setEnabled(False)
            self.what.setText(_("Stopping…"))

    def _show_progress(self, done: int, total: int, what: str) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        if self.cancel_button.isEnabled():
            self.what.setText(what)

    def _end(self) -> None:
        self._work = None
        self.hide()
