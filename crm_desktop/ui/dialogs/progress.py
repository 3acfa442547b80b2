"""A long work in front of the window: what is being done, how far it is, and a way to stop it."""

from __future__ import annotations

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.long_work import LongWork
from crm_desktop.ui.soon import later
from crm_desktop.ui.widgets.labels import label

PATIENCE_MS = 400  # shorter work needs no dialog


class ProgressDialog(Dialog):
    """Closes by itself when the work has ended. Esc and the button ask the work to stop."""

    def __init__(self, parent: QWidget | None, title: str, work: LongWork) -> None:
        super().__init__(parent, title)
        self._work = work
        self._what = label("", "muted")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self.body.addWidget(self._bar)
        self.body.addWidget(self._what)
        self._cancel = self.add_cancel()
        work.progressed.connect(self._show_progress)
        work.finished.connect(self.accept)

    def reject(self) -> None:
        """Ask the work to stop; the dialog stays until it has."""
        self._work.cancel()
        self._cancel.setEnabled(False)
        self._what.setText(_("Stopping…"))

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's cross does the same as the button."""
        event.ignore()
        self.reject()

    def _show_progress(self, done: int, total: int, what: str) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._what.setText(what)


def show_progress(page: QWidget, title: str, work: LongWork) -> None:
    """Show how far a work is, once it takes longer than one waits for gladly."""
    dialog = ProgressDialog(page.window(), title, work)
    later(PATIENCE_MS, dialog.show, dialog).start()
    work.finished.connect(dialog.deleteLater)
