"""Cause and remedy in a red frame, inside the page on which something failed."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout

from crm_desktop.core.errors import KnownError
from crm_desktop.ui.widgets.labels import label


class Failure(QFrame):
    """Hidden until something fails."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("failure")
        self._message = label("", "strong", wrap=True, selectable=True)
        self._hint = label("", "body", wrap=True, selectable=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addWidget(self._message)
        column.addWidget(self._hint)
        self.hide()

    def show_error(self, error: KnownError) -> None:
        """Say what failed and what to do."""
        self._message.setText(error.message)
        self._hint.setText(error.hint)
        self._hint.setVisible(bool(error.hint))
        self.show()

    def text(self) -> str:
        """What is said."""
        return f"{self._message.text()} {self._hint.text()}".strip()
