"""How a calendar is drawn: lines of words, blocks and bars of events, in the colours of the moment."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from crm_desktop.services.calendar import Occurrence
from crm_desktop.services.calendar_times import clock_words
from crm_desktop.ui import icons, theme

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter
LINE = 17
EDGE = 3
SLIVER = 28
"""Narrower than that it has no words, px."""


class CalendarPainter:
    """Draws with one painter."""

    def __init__(self, painter: QPainter) -> None:
        self.painter = painter
        self._fonts = {strong: theme.font(theme.SMALL, strong=strong) for strong in (False, True)}
        self._metrics = {strong: QFontMetrics(font) for strong, font in self._fonts.items()}

    def text(self, rect: QRect, words: str, role: str = "text", *, strong: bool = False, side: Qt.AlignmentFlag = LEFT,
             size: int = theme.SMALL) -> int:  # fmt: skip
        """Write one line, elided where there is no room; its width in px."""
        font, metrics = self._fonts[strong], self._metrics[strong]
        if size != theme.SMALL:
            font = theme.font(size, strong=strong)
            metrics = QFontMetrics(font)
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        self.painter.setFont(font)
        self.painter.setPen(theme.color(role))
        self.painter.drawText(rect, side, shown)
        return metrics.horizontalAdvance(shown)

    def line(self, x1: int, y1: int, x2: int, y2: int, role: str = "line") -> None:
        """A thin line."""
        self.painter.setPen(theme.color(role))
        self.painter.drawLine(x1, y1, x2, y2)

    def fill(self, rect: QRect, role: str) -> None:
        """A ground."""
        self.painter.fillRect(rect, theme.color(role))

    def frame(self, rect: QRect, role: str, *, width: int = 2) -> None:
        """A rounded frame around what is current."""
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.setPen(QPen(theme.color(role), width))
        self.painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def disc(self, center: QPoint, radius: int, role: str) -> None:
        """A filled circle."""
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(theme.color(role))
        self.painter.drawEllipse(center, radius, radius)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def block(self, rect: QRect, occurrence: Occurrence, names: str) -> None:
        """An event with its hours: its title, then as many lines as there is room for."""
        self._ground(rect, occurrence)
        room = rect.adjusted(EDGE + 5, 1, -4, -1)
        details = occurrence.details
        role = "text" if details is not None else "muted"
        time = f"{clock_words(occurrence.starts_at)}–{clock_words(occurrence.ends_at)}"
        lines = [
            names,
            details.customer.label if details and details.customer else "",
            details.place if details else "",
        ]
        if rect.height() < 2 * LINE + 2:
            line = QRect(room.x(), room.y(), room.width(), min(LINE, room.height()))
            width = self._marks(line, occurrence)
            said = " ".join(filter(None, (occurrence.title, names, clock_words(occurrence.starts_at))))
            self.text(line.adjusted(width, 0, 0, 0), said, role)
            return
        line = QRect(room.x(), room.y() + 1, room.width(), LINE)
        width = self._marks(line, occurrence)
        self.text(line.adjusted(width, 0, 0, 0), occurrence.title, role, strong=True)
        for words in filter(None, (time, *lines)):
            line.translate(0, LINE)
            if line.bottom() > room.bottom():
                break
            self.text(line, words, "muted")

    def sliver(self, rect: QRect, occurrence: Occurrence) -> None:
        """An event that has many others beside it: its colour, as quickly as can be."""
        edge = min(EDGE, rect.width() // 2)
        self.fill(rect, "line_soft" if occurrence.details is None else f"{occurrence.tone}_soft")
        self.fill(QRect(rect.x(), rect.y(), edge, rect.height()), occurrence.tone)

    def bar(self, rect: QRect, occurrence: Occurrence, names: str, *, with_time: bool = False) -> None:
        """An event in one line."""
        self._ground(rect, occurrence)
        room = rect.adjusted(EDGE + 5, 0, -4, 0)
        if with_time:
            width = self.text(room, clock_words(occurrence.starts_at), "muted")
            room.adjust(width + 5, 0, 0, 0)
        room.adjust(self._marks(room, occurrence), 0, 0, 0)
        role = "text" if occurrence.details is not None else "muted"
        self.text(room, " · ".join(filter(None, (occurrence.title, names))), role)

    def _marks(self, line: QRect, occurrence: Occurrence) -> int:
        """Small pictures before the title: private, repeating. The width they take."""
        details = occurrence.details
        if details is None or line.width() < 40:  # noqa: PLR2004 - px; the words come first
            return 0
        marks = [(details.is_private, "lock-simple"), (details.rule is not None, "repeat"),
                 (details.answer == "invited", "envelope-simple")]  # fmt: skip
        width = 0
        for is_so, name in marks:
            if is_so:
                top = line.y() + (line.height() - 12) // 2
                self.painter.drawPixmap(line.x() + width, top, icons.pixmap(name, 12, occurrence.tone))
                width += 15
        return width

    def _ground(self, rect: QRect, occurrence: Occurrence) -> None:
        """Soft in the colour of its category; only framed as long as one has not answered the invitation."""
        painter, tone = self.painter, occurrence.tone
        is_open = occurrence.details is not None and occurrence.details.answer == "invited"
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.color("surface" if is_open else f"{tone}_soft"))
        painter.setPen(
            QPen(
                theme.color(tone if is_open else "surface"),
                1,
                Qt.PenStyle.DashLine if is_open else Qt.PenStyle.SolidLine,
            )
        )
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.fillRect(QRect(rect.x() + 1, rect.y() + 3, EDGE, rect.height() - 6), theme.color(tone))
        if occurrence.details is None:
            pattern = theme.color("line")
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(pattern)
            brush = painter.brush()
            brush.setStyle(Qt.BrushStyle.BDiagPattern)
            painter.fillRect(rect.adjusted(EDGE + 2, 2, -2, -2), brush)
