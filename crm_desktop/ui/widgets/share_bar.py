"""A thin bar that says how much of something is reached."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from crm_desktop.ui import theme

HEIGHT = 4
WIDTH = 64
WHOLE = 100


class ShareBar(QWidget):
    """Full, and green, from the whole on. What it says is said in words beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.percent = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_percent(self, percent: int) -> None:
        """Show so much."""
        self.percent = percent
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(WIDTH, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the whole, and over it what is reached."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        reached = min(max(self.percent, 0), WHOLE) * self.width() / WHOLE
        tone = "good" if self.percent >= WHOLE else "accent"
        for role, width in (("line", float(self.width())), (tone, reached)):
            painter.setBrush(theme.color(role))
            painter.drawRoundedRect(QRectF(0, 0, width, HEIGHT), HEIGHT / 2, HEIGHT / 2)
