"""The shape of what is being loaded: grey bars, shown only when the wait can be noticed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from crm_desktop.ui import theme
from crm_desktop.ui.soon import later

DELAY_MS = 150
BAR = 12
WIDTHS = (0.62, 0.45, 0.78, 0.54, 0.70, 0.38)  # of the room, so that it looks like text


class Skeleton(QWidget):
    """Bars at the height of list rows, painted 150 ms after it was shown; before that it is empty."""

    def __init__(self, rows: int = 6, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self._visible_bars = False
        self._timer = later(DELAY_MS, self.show_bars, self)
        self.setMinimumHeight(rows * theme.row_height())

    def show_bars(self) -> None:
        """Paint the bars now."""
        self._visible_bars = True
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Start to wait."""
        super().showEvent(event)
        self._visible_bars = False
        self._timer.start()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the bars."""
        if not self._visible_bars:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("line_soft"))
        step = theme.row_height()
        for row in range(self._rows):
            width = WIDTHS[row % len(WIDTHS)] * (self.width() - 24)
            painter.drawRoundedRect(QRectF(12, row * step + (step - BAR) / 2, width, BAR), 4, 4)
