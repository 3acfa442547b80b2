"""The sheet as it is in the file, each row with what it was taken for. Any number of rows; nothing is copied."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui import theme
from crm_desktop.ui.import_wizard.row_kinds import FURTHER, HEADING, RECORD, REMARK, TITLE, RowKind, RowKinds
from crm_desktop.ui.widgets.item_delegate import CellRole, ItemDelegate
from crm_desktop.ui.widgets.table_view import NARROWEST, SAMPLE_ROWS, TableView
from importers.layout import column_letters
from importers.readers import Cell, Sheet
from importers.values.cells import plain

NUMBER, KIND, FIRST_CELL = range(3)
TINT = Qt.ItemDataRole.UserRole + 9
WIDEST_CELL = 240
ROW_HEIGHT = theme.ROW["compact"]
MOST_COLUMNS = 256
"""Of a sheet wider than this only the first columns are shown; all are read."""

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class SheetModel(QAbstractTableModel):
    """Row number, kind, then the cells."""

    def __init__(self, sheet: Sheet, kinds: RowKinds) -> None:
        super().__init__()
        self._sheet, self.kinds = sheet, kinds
        self._width = min(MOST_COLUMNS, max((len(row) for row in sheet.rows), default=0))

    def rowCount(self, parent: Index = ROOT) -> int:
        """All rows of the sheet, blank ones too."""
        return 0 if parent.isValid() else len(self._sheet.rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        """The cells, and two columns before them."""
        return 0 if parent.isValid() else FIRST_CELL + self._width

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Letters as in the office program."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight if section == NUMBER else Qt.AlignmentFlag.AlignLeft
        if role == Qt.ItemDataRole.DisplayRole:
            return (_("Row"), _("Taken for"))[section] if section < FIRST_CELL else column_letters(section - FIRST_CELL)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: PLR0911 - one a role
        """A cell, in the colour of its row."""
        if not index.isValid():
            return None
        column, kind = index.column(), self.kinds.kind(index.row() + 1)
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return self._words(kind, index, role)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column == NUMBER or self._is_number(index.row(), column - FIRST_CELL) else _LEFT
        if role == CellRole.TONE:
            if column == NUMBER:
                return "faint"
            return kind.tone if kind and (column == KIND or kind not in {RECORD, FURTHER}) else "text"
        if role == CellRole.STRONG:
            return kind is HEADING and column >= FIRST_CELL
        if role == TINT:
            return f"{kind.tone}_soft" if kind and kind is not RECORD else None
        return None

    def _words(self, kind: RowKind | None, index: Index, role: int) -> str:
        if index.column() == NUMBER:
            return str(index.row() + 1)
        if index.column() != KIND:
            return self._text(index.row(), index.column() - FIRST_CELL)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _(kind.why) if kind else ""
        return _(kind.word) if kind and kind is not RECORD else ""

    def spans(self) -> list[tuple[int, int]]:
        """Rows (0-based) of which the only cell may take the whole width, and its column."""
        found = []
        for row in (number - 1 for kind in (TITLE, REMARK) for number in self.kinds.numbers(kind)):
            filled = [column for column, cell in enumerate(self._sheet.rows[row]) if cell is not None]
            if len(filled) == 1 and filled[0] + 1 < self._width:
                found.append((row, filled[0] + FIRST_CELL))
        return found

    def _cell(self, row: int, column: int) -> Cell:
        cells = self._sheet.rows[row]
        return cells[column] if 0 <= column < len(cells) else None

    def _text(self, row: int, column: int) -> str:
        cell = self._cell(row, column)
        return cell if isinstance(cell, str) else plain(cell)

    def _is_number(self, row: int, column: int) -> bool:
        cell = self._cell(row, column)
        return isinstance(cell, int | float) and not isinstance(cell, bool)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class SheetGrid(TableView):
    """The grid; one row is current, its kind is told by ``current_row``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(_TintedDelegate(self))
        self.setSelectionMode(TableView.SelectionMode.SingleSelection)
        self.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.setAccessibleName(_("The sheet as it is in the file"))
        self._sheet_model: SheetModel | None = None
        self.sheet: Sheet | None = None

    def show_sheet(self, sheet: Sheet, model: SheetModel) -> None:
        """Show a sheet from its top."""
        self.sheet = sheet
        old, self._sheet_model = self._sheet_model, model
        model.setParent(self)
        self.clearSpans()
        self.setModel(model)
        self.horizontalHeader().setSectionsMovable(False)
        spans = model.spans()
        for row, column in spans:
            self.setSpan(row, column, 1, model.columnCount() - column)
        self._fit({row for row, _column in spans})
        first = next(iter(model.kinds.numbers(RECORD)), 1)
        self.setCurrentIndex(model.index(first - 1, 0))
        self.scrollToTop()
        if old is not None:
            old.deleteLater()

    def _fit(self, spanned: set[int]) -> None:
        """As wide as the first rows need; a title may run over all columns."""
        model, option = self.model(), QStyleOptionViewItem()
        sample = [row for row in range(min(model.rowCount(), SAMPLE_ROWS)) if row not in spanned]
        for column in range(model.columnCount()):
            widths = [self.itemDelegate().sizeHint(option, model.index(row, column)).width() for row in sample]
            width = max([self.horizontalHeader().sectionSizeHint(column), *widths])
            self.setColumnWidth(column, max(NARROWEST, min(width, WIDEST_CELL)))

    def go_to_row(self, number: int) -> None:
        """Bring a row (1-based) into sight and make it current."""
        model = self.model()
        index = model.index(number - 1, max(0, self.currentIndex().column()))
        self.setCurrentIndex(index)
        self.scrollTo(index, TableView.ScrollHint.PositionAtCenter)


class _TintedDelegate(ItemDelegate):
    """Cells on the ground of their row's kind."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tint = index.data(TINT)
        if tint:
            painter.fillRect(option.rect, theme.color(tint))
        super().paint(painter, option, index)
