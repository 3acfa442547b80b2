"""What happened with a record by day, newest first, to walk through with the arrow keys."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from itertools import groupby

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from crm_desktop.core import clock
from crm_desktop.core.i18n import _
from crm_desktop.spec.kinds import DATE
from crm_desktop.ui import theme
from crm_desktop.ui.pages.story_entries import CHANGE, Entry
from crm_desktop.ui.widgets.chip import chip_width, paint_chip

ENTRY = Qt.ItemDataRole.UserRole + 1
DAY_HEIGHT = 32
PADDING = 8
TIME_WIDTH = 48
MOST_DETAIL_LINES = 3


class Timeline(QListView):
    """Enter or a double click opens an entry."""

    opened = Signal(object)  # Entry

    def __init__(self) -> None:
        super().__init__()
        self._model = QStandardItemModel(self)
        self.setModel(self._model)
        self._delegate = _EntryDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setAccessibleName(_("Timeline"))
        self.doubleClicked.connect(self._open)

    def show_entries(self, entries: Iterable[Entry]) -> None:
        """Replace all entries, the newest first, staying where one was."""
        place = self.verticalScrollBar().value()
        self._model.clear()
        self._delegate.heights.clear()
        newest_first = sorted(entries, key=lambda entry: entry.at, reverse=True)
        for day, of_day in groupby(newest_first, key=lambda entry: entry.at.astimezone().date()):
            heading = QStandardItem(_day_text(day))
            heading.setFlags(Qt.ItemFlag.NoItemFlags)
            self._model.appendRow(heading)
            for entry in of_day:
                item = QStandardItem(f"{entry.chip} {entry.title}")
                item.setData(entry, ENTRY)
                self._model.appendRow(item)
        self.verticalScrollBar().setValue(place)

    def texts(self) -> list[str]:
        """All lines, days and entries, as a screen reader says them."""
        return [self._model.item(row).text() for row in range(self._model.rowCount())]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the texts anew."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def _open(self, index: QModelIndex) -> None:
        entry = index.data(ENTRY)
        if isinstance(entry, Entry):
            self.opened.emit(entry)


def _day_text(day: datetime.date) -> str:
    """The day, with a word where it is near."""
    brief = DATE.brief(day, clock.today())
    return day.isoformat() if brief == day.isoformat() else f"{day.isoformat()}  {brief}"


class _EntryDelegate(QStyledItemDelegate):
    """Paints days as small headings, entries with time, chip, text and person."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view
        self.heights: dict[tuple[Entry, int], int] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002 - Qt's signature
        """As high as the wrapped texts."""
        width = self._view.viewport().width()
        entry = index.data(ENTRY)
        if not isinstance(entry, Entry):
            return QSize(width, DAY_HEIGHT)
        if (entry, width) not in self.heights:  # asked for several times while the page finds its place
            self.heights[entry, width] = self._paint_texts(None, QRect(0, 0, width, 0), entry) + 2 * PADDING
        return QSize(width, self.heights[entry, width])

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one line."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        entry = index.data(ENTRY)
        rect = QRect(option.rect)
        if isinstance(entry, Entry):
            self._paint_ground(painter, option)
            self._paint_texts(painter, rect.adjusted(0, PADDING, 0, -PADDING), entry)
        else:
            painter.setFont(theme.font(theme.SMALL, strong=True))
            painter.setPen(theme.color("muted"))
            bottom = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
            painter.drawText(rect.adjusted(PADDING, 0, 0, -4), bottom, str(index.data()))
        painter.restore()

    @staticmethod
    def _paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(theme.color("select" if selected else "hover"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(option.rect, theme.RADIUS, theme.RADIUS)

    @staticmethod
    def _paint_texts(painter: QPainter | None, rect: QRect, entry: Entry) -> int:
        """Draw the texts (only measure without painter); returns their height."""
        pen = _Pen(painter, rect.adjusted(PADDING, 0, -PADDING, 0))
        who_width = pen.width_of(entry.who, small=True)
        if entry.has_time:
            pen.text(f"{entry.at.astimezone():%H:%M}", QRect(0, 0, TIME_WIDTH, 20), "faint", small=True)
        width = pen.chip(entry.chip, entry.tone, TIME_WIDTH)
        pen.text(entry.who, QRect(pen.width - who_width, 0, who_width, 20), "faint", small=True)
        left = TIME_WIDTH + width + PADDING
        role = "muted" if entry.kind == CHANGE else "text"
        height = pen.wrapped(entry.title, QRect(left, 0, pen.width - left - who_width - 12, 0), role, 4)
        height = max(height, 20)
        left = TIME_WIDTH
        if entry.details:
            room = QRect(left, height + 4, pen.width - left, 0)
            height += 4 + pen.wrapped(entry.details, room, "muted", MOST_DETAIL_LINES)
        if entry.next_step:
            room = QRect(left, height + 4, pen.width - left, 0)
            height += 4 + pen.wrapped("→ " + entry.next_step, room, "accent", 2)
        return height


class _Pen:
    """Draws relative to a rectangle, or only measures."""

    def __init__(self, painter: QPainter | None, rect: QRect) -> None:
        self._painter, self._rect = painter, rect
        self.width = rect.width()

    @staticmethod
    def width_of(text: str, *, small: bool) -> int:
        return _metrics(small=small).horizontalAdvance(text) + 2 if text else 0

    def chip(self, text: str, tone: str, left: int) -> int:
        font = theme.font(theme.SMALL)
        width = chip_width(text, font)
        if self._painter is not None:
            place = QRect(self._rect.x() + left, self._rect.y(), width, 20)
            paint_chip(self._painter, place, text, tone, font)
        return width

    def text(self, text: str, place: QRect, role: str, *, small: bool) -> None:
        if self._painter is None:
            return
        self._painter.setFont(theme.font(theme.SMALL) if small else theme.font())
        self._painter.setPen(theme.color(role))
        self._painter.drawText(
            place.translated(self._rect.topLeft()), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text
        )

    def wrapped(self, text: str, room: QRect, role: str, most_lines: int) -> int:
        """Draw over several lines; returns the height."""
        metrics = _metrics(small=False)
        flags = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
        if not text or room.width() <= 0:
            return 0
        needed = metrics.boundingRect(QRect(0, 0, room.width(), 10_000), flags, text).height()
        height = min(needed, most_lines * metrics.lineSpacing())
        if self._painter is not None:
            self._painter.setFont(theme.font())
            self._painter.setPen(theme.color(role))
            place = QRect(self._rect.x() + room.x(), self._rect.y() + room.y(), room.width(), height)
            self._painter.setClipRect(place)
            self._painter.drawText(place, flags, text)
            self._painter.setClipping(False)
        return height


def _metrics(*, small: bool) -> QFontMetrics:
    return QFontMetrics(theme.font(theme.SMALL if small else theme.BODY))
