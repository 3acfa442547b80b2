"""What a list or a panel shows when it has nothing: what would be here, and the first step."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from crm_desktop.ui import icons
from crm_desktop.ui.widgets.labels import label

TEXT_WIDTH = 360


class EmptyState(QWidget):
    """Icon, title, one sentence, and buttons for what to do next, in the middle of the room it gets."""

    def __init__(
        self,
        icon: str,
        title: str,
        text: str = "",
        actions: tuple[QPushButton, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        picture = QLabel()
        picture.setPixmap(icons.pixmap(icon, 40, "faint"))
        centre = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(picture, 0, centre)
        column.addWidget(label(title, "title"), 0, centre)
        if text:
            explanation = label(text, "muted", wrap=True)
            # Fixed in both directions: a layout that centres a label does not ask how high it wraps.
            width = min(TEXT_WIDTH, explanation.fontMetrics().horizontalAdvance(text) + 8)
            explanation.setFixedSize(width, explanation.heightForWidth(width))
            explanation.setAlignment(centre)
            column.addWidget(explanation, 0, centre)
        if actions:
            self.setFocusProxy(actions[0])
            row = QHBoxLayout()
            row.setContentsMargins(0, 8, 0, 0)
            row.setSpacing(8)
            row.addStretch(1)
            for action in actions:
                row.addWidget(action)
            row.addStretch(1)
            column.addLayout(row)
        column.addStretch(3)
