"""The white frame in which everything on the grey canvas lies."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from crm_desktop.ui.widgets.labels import label


class Card(QFrame):
    """A frame with a vertical layout (``body``), an optional title, and room for buttons beside the title
    (``head``).
    """

    def __init__(self, title: str = "", *, padding: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.body = QVBoxLayout(self)
        margin = max(padding, 1)  # the frame's line stays visible
        self.body.setContentsMargins(margin, margin, margin, margin)
        self.body.setSpacing(12 if padding else 0)
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        if title:
            self.head.addWidget(label(title, "title"))
            self.head.addStretch(1)
            self.body.addLayout(self.head)
