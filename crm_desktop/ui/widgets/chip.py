"""A word in a coloured pill: a state, never colour alone."""

from __future__ import annotations

from math import ceil
from typing import Literal

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from crm_desktop.ui import theme

Tone = Literal["accent", "good", "warn", "bad", "violet", "neutral"]
HEIGHT = 20
PADDING = 8


def chip_width(text: str, font: QFont) -> int:
    """The width in px that ``paint_chip`` needs for ``text``."""
    return ceil(QFontMetricsF(font).horizontalAdvance(text)) + 1 + 2 * PADDING


def paint_chip(painter: QPainter, rect: QRect, text: str, tone: str, font: QFont) -> None:
    """Paint a chip at the left of ``rect``, in the middle of its height; text that has no room is elided."""
    width = min(chip_width(text, font), rect.width())
    ground = QRectF(rect.x(), rect.y() + (rect.height() - HEIGHT) // 2, width, HEIGHT)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(f"{tone}_soft"))
    painter.drawRoundedRect(ground, HEIGHT / 2, HEIGHT / 2)
    painter.setPen(theme.color(tone))
    painter.setFont(font)
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(width) - 2 * PADDING)
    painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, shown)
    painter.restore()


class Chip(QWidget):
    """A chip as a widget of its own."""

    def __init__(self, text: str, tone: Tone = "neutral", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._tone = text, tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def text(self) -> str:
        """The word shown."""
        return self._text

    def set_text(self, text: str, tone: Tone = "neutral") -> None:
        """Show another word."""
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the word."""
        return QSize(chip_width(self._text, theme.font(theme.SMALL)), HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the pill."""
        paint_chip(QPainter(self), self.rect(), self._text, self._tone, theme.font(theme.SMALL))
