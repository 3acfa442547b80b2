"""The steps into a database, each with a tick or a cross, and what to do at the first cross."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.connection_trial import STAGES, Trial
from crm_desktop.ui import icons
from crm_desktop.ui.widgets.labels import label


class TrialView(QWidget):
    """Hidden until something was tried."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.hide()

    def show_trials(self, trials: Sequence[Trial]) -> None:
        """Show how far each host let us."""
        self.clear()
        for trial in trials:
            if len(trials) > 1:
                self._column.addWidget(label(trial.host, "strong"))
            for stage, words in STAGES.items():
                if trial.failed is None or stage < trial.failed:
                    self._add("check-circle", "good", _(words))
                elif stage == trial.failed and trial.error is not None:
                    self._add("x-circle", "bad", trial.error.message)
                    self._column.addWidget(_indented(trial.error.hint))
                    break
        self.show()

    def clear(self) -> None:
        """Forget the last trial."""
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.hide()

    def texts(self) -> list[str]:
        """What is said."""
        return [made.text() for made in self.findChildren(QLabel) if made.text() and not made.isHidden()]

    def _add(self, picture: str, tone: str, words: str) -> None:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        image = QLabel()
        image.setPixmap(icons.pixmap(picture, 16, tone))
        row.addWidget(image)
        row.addWidget(label(words, "strong" if tone == "bad" else "body", wrap=True, selectable=True), 1)
        self._column.addWidget(line)


def _indented(text: str) -> QLabel:
    made = label(text, "muted", wrap=True, selectable=True)
    made.setContentsMargins(24, 0, 0, 0)
    return made
