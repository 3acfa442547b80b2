"""How a board is drawn: the heads of its columns, the lanes, the cards."""

from __future__ import annotations

import datetime

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from crm_desktop.core import clock
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services.boards import BoardColumn
from crm_desktop.services.listing import Row
from crm_desktop.spec import facts
from crm_desktop.spec.board import BoardSpec
from crm_desktop.ui import theme
from crm_desktop.ui.board.layout import HEAD, LANE
from crm_desktop.ui.widgets.chip import HEIGHT as CHIP
from crm_desktop.ui.widgets.chip import chip_width, paint_chip

PADDING = 12
DOT = 12
CARD_BAR = 76
"""What stays free below the grey bar of a card that is not read yet."""
NO_ROOM = "!"
"""In place of a flag that has no room; the tooltip says it."""
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
ON_THE_WAY = ("neutral", "accent", "violet", "warn")
"""Colours of stages, one after the other."""
_MONTH_DAY = 5  # characters of 2026-03-05 that this year needs no other of


def tone_of(columns: tuple[BoardColumn, ...], number: int) -> str:
    """The colour of a column: its own, where they have some; else what is on the way changes from one to the next, ends
    have that of what they mean.
    """
    column = columns[number]
    if column.state is None and any(one.ref.tone for one in columns):
        return column.ref.tone or "neutral"
    if column.state is not None and column.state != columns[0].state:
        return column.state.tone or "neutral"
    return ON_THE_WAY[number % len(ON_THE_WAY)]


class BoardPainter:
    """Draws with one painter in the colours of the moment."""

    def __init__(self, painter: QPainter, board: BoardSpec) -> None:
        self._painter, self._board = painter, board
        self._spec = by_key(board.entity)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def text(self, rect: QRect, words: str, role: str = "text", *, size: int = theme.BODY, strong: bool = False,
             side: Qt.AlignmentFlag = _LEFT) -> int:  # fmt: skip
        """Write one line, elided where there is no room; its width in px."""
        font = theme.font(size, strong=strong)
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        self._painter.setFont(font)
        self._painter.setPen(theme.color(role))
        self._painter.drawText(rect, side, shown)
        return metrics.horizontalAdvance(shown)

    def head(self, rect: QRect, column: BoardColumn, tone: str) -> None:
        """Name, count, what the cards add up to."""
        self._dot(rect.x(), rect.y() + 12, tone)
        line = QRect(rect.x() + DOT + 8, rect.y(), rect.width() - DOT - 8, 24)
        count = f"{column.count:,}"
        number_width = QFontMetrics(theme.font(theme.SMALL)).horizontalAdvance(count) + 10
        name = line.adjusted(0, 0, -number_width, 0)
        width = self.text(name, column.ref.label, size=theme.TITLE, strong=True)
        self.text(line.adjusted(width + 8, 0, 0, 0), count, "faint", size=theme.SMALL)
        if self._board.amount is None:
            return
        below = QRect(rect.x(), rect.y() + 28, rect.width(), 20)
        money = facts(self._board.amount).kind
        width = self.text(below, money.format(round(column.amount)), "muted", size=theme.SMALL)
        if self._board.weighted is not None:
            weighted = _("weighted {amount}").format(amount=money.format(round(column.weighted)))
            self.text(below.adjusted(width + 8, 0, 0, 0), weighted, "faint", size=theme.SMALL, side=_RIGHT)

    def folded(self, rect: QRect, column: BoardColumn, tone: str) -> None:
        """A column folded to a strip: its dot, its count, its name from above to below."""
        self._box(rect, "line_soft", "line_soft")
        self._dot(rect.center().x() - DOT // 2, rect.y() + 12, tone)
        count = QRect(rect.x(), rect.y() + 26, rect.width(), 20)
        self.text(count, f"{column.count:,}", "muted", size=theme.SMALL, side=Qt.AlignmentFlag.AlignCenter)
        self._painter.save()
        self._painter.translate(rect.x() + rect.width(), rect.y() + HEAD)
        self._painter.rotate(90)
        self.text(QRect(0, 0, max(0, rect.height() - HEAD), rect.width()), column.ref.label, "muted")
        self._painter.restore()

    def lane(self, rect: QRect, name: str, count: int) -> None:
        """Whose cards follow."""
        self._painter.setPen(theme.color("line"))
        self._painter.drawLine(rect.left(), rect.bottom() - 4, rect.right(), rect.bottom() - 4)
        line = QRect(rect.x(), rect.y(), rect.width(), LANE - 6)
        width = self.text(line, name, strong=True)
        self.text(line.adjusted(width + 8, 0, 0, 0), f"{count:,}", "faint", size=theme.SMALL)

    def waiting(self, rect: QRect) -> None:
        """A card that is not read yet."""
        self._box(rect, "surface", "line_soft")
        self._painter.fillRect(rect.adjusted(PADDING, 16, -rect.width() // 3, -CARD_BAR), theme.color("line_soft"))

    def card(self, rect: QRect, row: Row, *, is_current: bool, has_focus: bool, is_flashing: bool) -> None:
        """One record."""
        frame = "accent" if is_current else "line"
        ground = "flash" if is_flashing else "select" if is_current and has_focus else "surface"
        self._box(rect, ground, frame, width=2 if is_current and has_focus else 1)
        values, board = row.values, self._board
        room = rect.adjusted(PADDING, 8, -PADDING, -8)
        title = facts(board.title).kind.format(values[board.title.key])
        self.text(QRect(room.x(), room.y(), room.width(), 22), title)
        subtitle = facts(board.subtitle).kind.format(values[board.subtitle.key])
        self.text(QRect(room.x(), room.y() + 20, room.width(), 20), subtitle, "muted", size=theme.SMALL)
        line = QRect(room.x(), room.y() + 42, room.width(), 22)
        day, role = self.day(row)
        width = self.text(line, day, role, size=theme.SMALL, side=_RIGHT)
        if board.amount is not None:
            amount = facts(board.amount).kind.format(values[board.amount.key])
            self.text(line.adjusted(0, 0, -width - 8, 0), amount, size=theme.TITLE, strong=True)
        self._chips(QRect(room.x(), room.bottom() - CHIP + 1, room.width(), CHIP), row)

    def day(self, row: Row) -> tuple[str, str]:
        """The day of a card and its colour, without the year where that is this one."""
        key = next((attr.key for attr in self._board.days if row.values[attr.key] is not None), "")
        if not key:
            return "", "faint"
        day = row.values[key]
        is_moment = isinstance(day, datetime.datetime)
        words = f"{day.astimezone():%m-%d %H:%M}" if is_moment else day.isoformat()
        if not is_moment and day.year == clock.today().year:
            words = words[-_MONTH_DAY:]
        return words, self._spec.tone(row.values).get(key, "faint")

    def _chips(self, room: QRect, row: Row) -> None:
        font = theme.font(theme.SMALL)
        person = facts(self._board.person).kind.format(row.values[self._board.person.key])
        left = room.x()
        for words, tone in ((person, "accent"), *self._board.flags(row.values)):
            rest = QRect(left, room.y(), room.right() - left, room.height())
            shown = words if chip_width(words, font) <= rest.width() or tone == "accent" else NO_ROOM
            if words and rest.width() >= chip_width(NO_ROOM, font):
                paint_chip(self._painter, rest, shown, tone, font)
                left += chip_width(shown, font) + 6

    def _dot(self, x: int, y: int, tone: str) -> None:
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(theme.color(tone))
        self._painter.drawEllipse(QRect(x, y - DOT // 2, DOT, DOT))

    def _box(self, rect: QRect, ground: str, frame: str, *, width: int = 1) -> None:
        self._painter.setBrush(theme.color(ground))
        self._painter.setPen(QPen(theme.color(frame), width))
        inset = width / 2
        box = QRectF(rect).adjusted(inset, inset, -inset, -inset)
        self._painter.drawRoundedRect(box, theme.CARD_RADIUS, theme.CARD_RADIUS)

    def target(self, rect: QRect) -> None:
        """Where a card that is dragged would go."""
        ground = QColor(theme.color("accent_soft"))
        self._painter.setBrush(ground)
        self._painter.setPen(QPen(theme.color("accent"), 1, Qt.PenStyle.DashLine))
        self._painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), theme.CARD_RADIUS, theme.CARD_RADIUS)
