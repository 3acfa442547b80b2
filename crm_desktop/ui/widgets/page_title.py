"""The line at the top of a page: what this is, how many, and the page's buttons at the right."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from crm_desktop.ui.widgets.labels import ElidedLabel, label


class PageTitle(QWidget):
    """Title and note ("428 customers") at the left; widgets given to ``add`` stand at the right."""

    def __init__(self, title: str, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ElidedLabel(title, "page")
        self._note = label(note, "muted")
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self._title)
        line.addWidget(self._note)
        line.addStretch(1)
        line.addLayout(self._buttons)
        self.setMinimumHeight(32)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_title(self, title: str) -> None:
        """Name the page."""
        self._title.setText(title)
        self._title.updateGeometry()

    def set_note(self, note: str) -> None:
        """Say how many, or of what."""
        self._note.setText(note)

    def add(self, widget: QWidget) -> None:
        """Put a button at the right; the primary one last."""
        self._buttons.addWidget(widget)
