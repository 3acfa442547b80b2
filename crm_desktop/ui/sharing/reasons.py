"""What somebody may do with a record and why, a line for each verb."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services.why import VERBS, Reason
from crm_desktop.ui.widgets.chip import Chip
from crm_desktop.ui.widgets.labels import label


class ReasonsView(QWidget):
    """Verb, yes or no, and the sentence that says why."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(2, 1)

    def show_reasons(self, reasons: Sequence[Reason]) -> None:
        """Show these in place of those before."""
        self._clear()
        top = Qt.AlignmentFlag.AlignTop
        for row, reason in enumerate(reasons):
            self._grid.addWidget(label(_(VERBS[reason.verb]), "strong"), row, 0, top)
            chip = Chip(_("yes"), "good") if reason.may else Chip(_("no"), "bad")
            self._grid.addWidget(chip, row, 1, top)
            self._grid.addWidget(label(reason.sentence, wrap=True, selectable=True), row, 2, top)

    def show_error(self, error: KnownError) -> None:
        """Nobody answers, and why."""
        self._clear()
        self._grid.addWidget(label(str(error), "error", wrap=True), 0, 0, 1, 3)

    def _clear(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
