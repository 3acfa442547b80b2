"""How a cell of a table is painted: plain text, a chip, a muted or coloured word, a row that has just
changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from crm_desktop.ui import icons, theme
from crm_desktop.ui.widgets.chip import chip_width, paint_chip
from crm_desktop.ui.widgets.tooltips import plain_tooltip

if TYPE_CHECKING:
    from crm_desktop.ui.widgets.table_view import TableView

CELL_PADDING = 12
CARET, COUNT_WIDTH = 12, 120
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class CellRole(IntEnum):
    """What a model may answer beside Qt's own roles (text, alignment, tooltip)."""

    CHIP = Qt.ItemDataRole.UserRole + 1  # tone of the chip in which the text stands
    TONE = Qt.ItemDataRole.UserRole + 2  # colour role of plain text: "muted", "bad", ...
    STRONG = Qt.ItemDataRole.UserRole + 4  # True for text in medium weight: the name a row is known by
    MISSING = Qt.ItemDataRole.UserRole + 6  # the word in a chip where a text is missing that others need
    PHONES = Qt.ItemDataRole.UserRole + 7  # the telephone numbers in the text, each of which dials
    HEADING = Qt.ItemDataRole.UserRole + 5  # the ``Heading`` of a row that heads the rows below it
    LOOK = Qt.ItemDataRole.UserRole + 8  # the ``Look`` of a cell, from models that are asked for thousands of them


class Heading(NamedTuple):
    """What a row says that heads others: their name, how many they are in words, whether they are folded away."""

    name: str
    note: str
    is_folded: bool


@dataclass(frozen=True, slots=True)
class Look:
    """All that is asked of a cell in order to paint it, at once: eight questions took half of a list's time."""

    text: str
    alignment: int = 0
    chip: str = ""
    tone: str = ""
    missing: str = ""
    is_strong: bool = False
    is_lit: bool = False
    """While a row that changed is lit up."""

    @classmethod
    def of(cls, index: QModelIndex | QPersistentModelIndex) -> Look:
        """What a model says role by role."""
        return cls(
            str(index.data() or ""),
            int(index.data(Qt.ItemDataRole.TextAlignmentRole) or 0),
            str(index.data(CellRole.CHIP) or ""),
            str(index.data(CellRole.TONE) or ""),
            str(index.data(CellRole.MISSING) or ""),
            bool(index.data(CellRole.STRONG)),
        )


class ItemDelegate(QStyledItemDelegate):
    """Paints the cells of a ``TableView``."""

    def __init__(self, table: TableView) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002 - Qt's signature
        """As wide as the text and its padding, as high as a row."""
        look = index.data(CellRole.LOOK) or Look.of(index)
        if look.chip:
            width = chip_width(look.text, theme.font(theme.SMALL))
        else:
            width = QFontMetrics(theme.font(strong=look.is_strong)).horizontalAdvance(look.text)
        return QSize(width + 2 * CELL_PADDING + 2, theme.row_height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw ground, line and content of one cell."""
        table = self._table
        selected = bool(option.state & QStyle.StateFlag.State_Selected) or table.is_picked(index)
        painter.save()
        rect: QRect = option.rect
        look = index.data(CellRole.LOOK)
        heading = index.data(CellRole.HEADING) if look is None else None
        if heading is not None:
            self._paint_heading(painter, rect, index, heading)
            painter.restore()
            return
        look = look or Look.of(index)
        if look.is_lit:
            painter.fillRect(rect, theme.color("flash"))
        elif selected:
            painter.fillRect(rect, theme.color("select"))
        elif index.row() == table.hovered_row:
            painter.fillRect(rect, theme.color("hover"))
        painter.setPen(theme.color("line_soft"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if table.hasFocus() and index.row() == table.currentIndex().row():
            self._paint_focus(painter, rect, first=table.horizontalHeader().visualIndex(index.column()) == 0)
            if table.shows_current_cell and index.column() == table.currentIndex().column():
                painter.drawRect(rect.adjusted(0, 0, -1, -1))
        self.paint_content(painter, rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, 0), index, look)
        painter.restore()

    def _paint_heading(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex, heading: Heading
    ) -> None:
        """Every cell of the row draws its part of the name, which begins at the left edge and may cross columns."""
        table = self._table
        painter.setClipRect(rect)
        painter.fillRect(rect, theme.color("hover" if index.row() == table.hovered_row else "canvas"))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        header = table.horizontalHeader()
        left = -header.offset()
        if table.hasFocus() and index.row() == table.currentIndex().row():
            self._paint_focus(painter, rect, first=header.visualIndex(index.column()) == 0)
        caret = icons.pixmap("caret-right" if heading.is_folded else "caret-down", CARET, "muted")
        painter.drawPixmap(left + CELL_PADDING, rect.center().y() - CARET // 2, caret)
        text = str(index.data() or "")
        if text and header.visualIndex(index.column()) > 0:
            painter.setFont(theme.font(theme.SMALL, strong=True))
            painter.setPen(theme.color("text"))
            room = rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, 0)
            painter.drawText(room, Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole)), text)
            return
        start = left + CELL_PADDING + CARET + 8
        painter.setFont(theme.font(strong=True))
        painter.setPen(theme.color("text"))
        width = painter.fontMetrics().horizontalAdvance(heading.name)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(start, rect.y(), width + 2, rect.height()), middle, heading.name)
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(theme.color("muted"))
        painter.drawText(QRect(start + width + 8, rect.y(), COUNT_WIDTH, rect.height()), middle, heading.note)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Show the tooltip only where it says more than the cell does."""
        tip, text = str(index.data(Qt.ItemDataRole.ToolTipRole) or ""), str(index.data() or "")
        if tip in {"", text} and self.sizeHint(option, index).width() <= option.rect.width() + 2:
            QToolTip.hideText()
        else:
            QToolTip.showText(event.globalPos(), plain_tooltip(tip or text), view)
        return True

    @staticmethod
    def _paint_focus(painter: QPainter, rect: QRect, *, first: bool) -> None:
        painter.setPen(theme.color("accent"))
        painter.drawLine(rect.topLeft(), rect.topRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if first:
            painter.fillRect(QRect(rect.x(), rect.y(), 3, rect.height()), theme.color("accent"))

    @staticmethod
    def paint_content(painter: QPainter, room: QRect, _index: QModelIndex | QPersistentModelIndex, look: Look) -> None:
        """Draw the text or chip of a cell into the room that its padding leaves."""
        text = look.text.replace("\n", " ")
        if look.missing and not text:
            paint_chip(painter, room, look.missing, "warn", theme.font(theme.SMALL))
            return
        if look.chip and text:
            paint_chip(painter, room, text, look.chip, theme.font(theme.SMALL))
            return
        if not text:
            return
        painter.setFont(theme.font(strong=look.is_strong))
        painter.setPen(theme.color(look.tone or "text"))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, look.alignment or LEFT, shown)
