"""The chart of a report on the screen. A click on a bar, or Enter, opens the rows it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QToolTip, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.analysis import FoundReport
from crm_desktop.ui import theme
from crm_desktop.ui.widgets.tooltips import plain_tooltip

if TYPE_CHECKING:  # what draws takes a fifth of a second to load: where it is used
    from crm_desktop.reports.chart import Chart, Hit

NARROWEST = 560
_ROLES = ("text", "muted", "line", "accent", "good", "warn", "bad", "violet", "neutral")
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class ChartView(QWidget):
    """Arrows go from bar to bar."""

    opened = Signal(object)  # services.analysis.Number

    def __init__(self) -> None:
        super().__init__()
        self.chart: Chart | None = None
        self.current = 0
        self._found: FoundReport | None = None
        self._picture = QSvgRenderer(self)
        self._drawn_width = 0
        self.setObjectName("plain")
        self.setAccessibleName(_("Chart"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumWidth(NARROWEST)

    def show_report(self, found: FoundReport) -> None:
        """Draw the chart of another report; of one that has none, nothing."""
        is_other = self._found is None or self._found.spec != found.spec
        self._found, self._drawn_width = found, 0
        self._draw()
        hits = self.chart.hits if self.chart is not None else ()
        self.current = 0 if is_other else max(0, min(self.current, len(hits) - 1))

    def sizeHint(self) -> QSize:
        """As high as the chart."""
        return QSize(NARROWEST, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw it as wide as there is room."""
        super().resizeEvent(event)
        self._draw()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The picture, and a frame around the bar where the keyboard is."""
        if self.chart is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._picture.render(painter, QRectF(0, 0, self.chart.drawing.width, self.chart.drawing.height))
        if self.hasFocus() and self.chart.hits:
            painter.setPen(QPen(theme.color("text"), 2))
            painter.drawRoundedRect(_rect(self.chart.hits[self.current]).adjusted(-2, -2, 2, 2), 3, 3)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to another bar, or open its rows."""
        hits = self.chart.hits if self.chart is not None else ()
        step = _STEPS.get(Qt.Key(event.key()), 0)
        if step and hits:
            self.current = max(0, min(self.current + step, len(hits) - 1))
            self.setAccessibleDescription(hits[self.current].told)
            self.update()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and hits:
            self.opened.emit(hits[self.current].number)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand where a click opens something."""
        is_there = self._place_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_there else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the rows of a bar."""
        place = self._place_at(event.position())
        if place is not None and self.chart is not None:
            self.current = place
            self.update()
            self.opened.emit(self.chart.hits[place].number)

    def event(self, event: QEvent) -> bool:
        """Say the number in a tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.chart is not None:
            place = self._place_at(QPointF(event.pos()))
            told = self.chart.hits[place].told if place is not None else ""
            QToolTip.showText(event.globalPos(), plain_tooltip(told), self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """No longer."""
        super().focusOutEvent(event)
        self.update()

    def _draw(self) -> None:
        width = max(NARROWEST, self.width())
        if self._found is None or width == self._drawn_width:
            return
        from crm_desktop.reports.chart import draw_chart, svg_of

        self._drawn_width = width
        self.chart = draw_chart(self._found, {role: theme.color(role).name() for role in _ROLES}, width)
        if self.chart is not None:
            self._picture.load(QByteArray(svg_of(self.chart)))
            self.setMinimumHeight(round(self.chart.drawing.height))
        self.updateGeometry()
        self.update()

    def _place_at(self, point: QPointF) -> int | None:
        hits = self.chart.hits if self.chart is not None else ()
        return next((place for place, hit in enumerate(hits) if _rect(hit).contains(point)), None)


def _rect(hit: Hit) -> QRectF:
    return QRectF(hit.left, hit.top, hit.width, hit.height)
