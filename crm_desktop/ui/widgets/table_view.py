"""The table of every list: soft lines, rows of 34 or 28 px, headings aligned as their columns, copy as a
table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from PySide6.QtCore import QEvent, QMimeData, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QStyleOptionViewItem, QTableView, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui import icons, messages, theme
from crm_desktop.ui.widgets.item_delegate import CELL_PADDING, ItemDelegate
from crm_desktop.ui.widgets.phone_cells import PhoneCells

Index = QModelIndex | QPersistentModelIndex
LOADING = "…"  # what a model answers for a row that is on its way
HEADING_HEIGHT = 32
NARROWEST, WIDEST = 56, 320
SAMPLE_ROWS = 30  # more than are in sight: each cell of them is measured
ARROW = 12
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-][\d\s.,]+")
_NAME = re.compile(r"0\d+|\d{12,}")  # digits that nobody counts with


class TableView(QTableView):
    """A table of whole rows. Models answer the roles of ``item_delegate.CellRole``; Enter or a double click
    opens a row.
    """

    opened = Signal(QModelIndex)  # by double click or Enter
    menu_requested = Signal(QModelIndex, QPoint)  # the row under the mouse, place on the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hovered_row = -1
        self.shows_current_cell = False  # where a key does something to one cell
        self._roomy_column, self._roomy_least = -1, 0
        self.setItemDelegate(ItemDelegate(self))
        self.phone_cells = PhoneCells(self)
        self.setHorizontalHeader(_Header(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(theme.row_height())
        self.verticalHeader().setDefaultSectionSize(theme.row_height())
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(
            lambda place: self.menu_requested.emit(self.indexAt(place), self.viewport().mapToGlobal(place))
        )
        self.doubleClicked.connect(self.opened)

    def fit_columns(self, roomy_column: int = -1) -> None:
        """Make every column as wide as its heading and the first rows need; ``roomy_column`` takes the room
        that is left, and only that where one cannot scroll to what would be pushed out.
        """
        self._roomy_column = roomy_column
        model, size_hint, option = self.model(), self.itemDelegate().sizeHint, QStyleOptionViewItem()
        rows = range(min(model.rowCount(), SAMPLE_ROWS))
        for column in range(model.columnCount()):
            width = self.horizontalHeader().sectionSizeHint(column)
            width = max([width, *(size_hint(option, model.index(row, column)).width() for row in rows)])
            self.setColumnWidth(column, max(NARROWEST, min(width, WIDEST)))
        can_scroll = self.horizontalScrollBarPolicy() != Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self._roomy_least = self.columnWidth(roomy_column) if roomy_column >= 0 and can_scroll else NARROWEST
        self._give_room()

    def is_picked(self, index: Index) -> bool:  # noqa: ARG002 - for tables that select more than Qt can hold
        """Whether a row is selected beside Qt's own selection."""
        return False

    def copy_selection(self) -> None:
        """Put the selected rows, with headings and in the order shown, on the clipboard as text and as a
        table.
        """
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        header = self.horizontalHeader()
        shown = [header.logicalIndex(place) for place in range(header.count())]
        columns = [column for column in shown if not header.isSectionHidden(column)]
        model = self.model()
        table = [[str(model.headerData(column, Qt.Orientation.Horizontal) or "") for column in columns]]
        table += [[str(model.index(row, column).data() or "") for column in columns] for row in rows]
        if any(cell == LOADING for line in table for cell in line):
            messages.notify(
                self, _("Some of the selected rows are still on their way; copy again in a moment."), tone="warn"
            )
            return
        copy_table(table)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Ctrl+C copies, Home and End go to the first and last row."""
        current = self.currentIndex()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers() and current.isValid():
            self.opened.emit(current)
        elif event.key() in {Qt.Key.Key_Home, Qt.Key.Key_End} and not event.modifiers() and self.model().rowCount():
            row = 0 if event.key() == Qt.Key.Key_Home else self.model().rowCount() - 1
            self.setCurrentIndex(self.model().index(row, max(0, current.column())))
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Move the frame of the focus, which goes round whole rows while Qt draws one cell anew."""
        super().currentChanged(current, previous)
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the row under the mouse."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(int(event.position().y())))

    def leaveEvent(self, event: QEvent) -> None:
        """Put the light out."""
        super().leaveEvent(event)
        self._hover(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the roomy column filling the width."""
        super().resizeEvent(event)
        self._give_room()

    def _hover(self, row: int) -> None:
        if row != self.hovered_row:
            self.hovered_row = row
            self.viewport().update()

    def _give_room(self) -> None:
        if self._roomy_column < 0 or self.model() is None:
            return
        header = self.horizontalHeader()
        others = header.length() - header.sectionSize(self._roomy_column)
        wanted = max(self._roomy_least, self.viewport().width() - others)
        if wanted != self.columnWidth(self._roomy_column):
            self.setColumnWidth(self._roomy_column, wanted)


def copy_table(table: Iterable[Sequence[str]]) -> None:
    """Put lines of cells on the clipboard, as text with tabs and as a table."""
    lines = [[" ".join(cell.split()) for cell in line] for line in table]
    data = QMimeData()
    data.setText("\n".join("\t".join(map(_harmless, line)) for line in lines))
    rows = ("".join(map(_html_cell, line)) for line in lines)
    data.setHtml("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
    QGuiApplication.clipboard().setMimeData(data)


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet does not take for a formula (OWASP, "CSV Injection"); numbers stay numbers."""
    return f"'{cell}" if cell.startswith(FORMULA) and not _NUMBER.fullmatch(cell) else cell


def _html_cell(cell: str) -> str:
    """Text to Excel where it would compute something, or lose the zeros and digits of a number that is a name."""
    is_text = _harmless(cell) != cell or _NAME.fullmatch(cell)
    style = " style='mso-number-format:\"\\@\"'" if is_text else ""
    return f"<td{style}>{escape(cell)}</td>"


class _Header(QHeaderView):
    """Headings in the alignment of their columns, the sort arrow beside the word."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(NARROWEST)
        self.setFixedHeight(HEADING_HEIGHT)
        self.setSortIndicatorShown(False)

    def sectionSizeHint(self, column: int) -> int:
        text = str(self.model().headerData(column, Qt.Orientation.Horizontal) or "")
        metrics = self.fontMetrics()
        return metrics.horizontalAdvance(text) + 2 * CELL_PADDING + ARROW + 4

    def paintSection(self, painter: QPainter, rect: QRect, column: int) -> None:
        painter.save()
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        model = self.model()
        text = str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        alignment = model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        side = Qt.AlignmentFlag(alignment or Qt.AlignmentFlag.AlignLeft)
        right = bool(side & Qt.AlignmentFlag.AlignRight)
        sorted_by = self.isSortIndicatorShown() and self.sortIndicatorSection() == column
        room = rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, 0)
        painter.setFont(theme.font(theme.SMALL, strong=True))
        painter.setPen(theme.color("accent" if sorted_by else "muted"))
        arrow_room = ARROW + 4 if sorted_by else 0
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width() - arrow_room)
        width = painter.fontMetrics().horizontalAdvance(shown)
        left = room.right() - width + 1 if right else room.left()
        if side & Qt.AlignmentFlag.AlignHCenter:
            left += (room.width() - width) // 2
        painter.drawText(QRect(left, room.y(), width + 2, room.height()), Qt.AlignmentFlag.AlignVCenter, shown)
        if sorted_by:
            up = self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
            place = left - ARROW - 4 if right else left + width + 4
            painter.drawPixmap(
                place,
                rect.center().y() - ARROW // 2 + 1,
                icons.pixmap("arrow-up" if up else "arrow-down", ARROW, "accent"),
            )
        painter.restore()
