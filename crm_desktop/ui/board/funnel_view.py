"""The funnel: a bar for each stage, as long as its number, and what share of it went on."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.funnel import Funnel, FunnelStage
from crm_desktop.spec.kinds import MONEY
from crm_desktop.ui import theme
from crm_desktop.ui.board.paint import ON_THE_WAY

BAR, GAP = 46, 26
NAME, NUMBERS = 150, 250
"""Room left and right of the bars."""
LEAST_BAR = 28
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class FunnelView(QWidget):
    """Up and Down choose a stage, Enter or a click opens its rows."""

    opened = Signal(object)  # FunnelStage

    def __init__(self) -> None:
        super().__init__()
        self.funnel = Funnel()
        self.current = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setObjectName("plain")
        self.setAccessibleName(_("Funnel"))
        self.setMouseTracking(True)

    def show_funnel(self, funnel: Funnel) -> None:
        """Show other numbers; what was chosen stays chosen."""
        self.funnel = funnel
        self.current = min(self.current, max(0, len(funnel.stages) - 1))
        self.setMinimumHeight(len(funnel.stages) * (BAR + GAP))
        self.updateGeometry()
        self.update()

    def lines(self) -> tuple[FunnelStage, ...]:
        """The way, then where the rest ended."""
        return (*self.funnel.way, *self.funnel.ends)

    def rect_of(self, number: int) -> QRect:
        """Where the line of a stage is drawn."""
        return QRect(0, 8 + number * (BAR + GAP), self.width(), BAR)

    def sizeHint(self) -> QSize:
        """All of its lines."""
        return QSize(NAME + 400 + NUMBERS, len(self.funnel.stages) * (BAR + GAP))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw every stage."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lines = self.lines()
        most = max((_number(self.funnel, stage) for stage in lines), default=0) or 1
        for number, stage in enumerate(lines):
            self._paint_line(painter, number, stage, most)

    def _paint_line(self, painter: QPainter, number: int, stage: FunnelStage, most: int) -> None:
        rect, is_on_way = self.rect_of(number), stage in self.funnel.way
        if number == self.current and self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(theme.color("select"))
            painter.drawRoundedRect(QRectF(rect).adjusted(1, -5, -1, 5), theme.CARD_RADIUS, theme.CARD_RADIUS)
        room = max(LEAST_BAR, self.width() - NAME - NUMBERS)
        width = max(LEAST_BAR, round(room * _number(self.funnel, stage) / most))
        bar = QRectF(NAME + (room - width) / 2, rect.y(), width, BAR)
        tone = ON_THE_WAY[number % len(ON_THE_WAY)] if stage.outcome == "open" else stage.ref.tone or "neutral"
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(tone))
        painter.drawRoundedRect(bar, theme.RADIUS, theme.RADIUS)
        _write(painter, QRect(12, rect.y(), NAME - 24, BAR), stage.ref.label, "text", strong=True)
        share = self.funnel.conversion(number) if is_on_way else None
        if share is not None:
            self._paint_share(painter, bar, number, room, most, share)
        numbers = QRect(self.width() - NUMBERS + 16, rect.y(), NUMBERS - 28, BAR // 2)
        amount = stage.reached_amount if is_on_way else stage.amount
        count = _number(self.funnel, stage)
        _write(painter, numbers, f"{count:,} · {MONEY.format(round(amount))}", "text", strong=True)
        if stage.outcome == "open":
            now = _("now {count} · {amount}").format(count=f"{stage.count:,}", amount=MONEY.format(round(stage.amount)))
            _write(painter, numbers.translated(0, BAR // 2), now, "muted", size=theme.SMALL)

    def _paint_share(self, painter: QPainter, bar: QRectF, number: int, room: int, most: int, share: float) -> None:
        below = max(LEAST_BAR, round(room * self.funnel.way[number + 1].reached / most))
        left = NAME + (room - below) / 2
        low = bar.bottom() + GAP
        slope = QPolygonF([bar.bottomLeft(), bar.bottomRight(), QPointF(left + below, low), QPointF(left, low)])
        painter.setBrush(theme.color("line_soft"))
        painter.drawPolygon(slope)
        place = QRect(NAME, round(bar.bottom()), room, GAP)
        _write(painter, place, f"↓ {share:.0%}", "muted", size=theme.SMALL, side=Qt.AlignmentFlag.AlignCenter)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a stage, or open its rows."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        lines = self.lines()
        if step and lines:
            self.current = max(0, min(self.current + step, len(lines) - 1))
            self.setAccessibleDescription(lines[self.current].ref.label)
            self.update()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and lines:
            self.opened.emit(lines[self.current])
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand where a click opens something."""
        is_there = self._line_at(event.position().toPoint()) >= 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_there else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the rows of a stage."""
        number = self._line_at(event.position().toPoint())
        if number >= 0:
            self.current = number
            self.update()
            self.opened.emit(self.lines()[number])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show which stage is chosen."""
        super().focusInEvent(event)
        self.update()

    def _line_at(self, point: QPoint) -> int:
        numbers = range(len(self.lines()))
        return next((number for number in numbers if self.rect_of(number).contains(point)), -1)


def _number(funnel: Funnel, stage: FunnelStage) -> int:
    return stage.reached if stage in funnel.way else stage.count


def _write(
    painter: QPainter, rect: QRect, words: str, role: str, *, size: int = theme.BODY, strong: bool = False,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:  # fmt: skip
    painter.setFont(theme.font(size, strong=strong))
    painter.setPen(theme.color(role))
    shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, side | _MIDDLE, shown)
    painter.setPen(Qt.PenStyle.NoPen)
