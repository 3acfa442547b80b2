"""The rows of a report as a table, the total last. A click on a heading asks for another order."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from crm_desktop.core.i18n import _
from crm_desktop.services.analysis import FoundReport, Number, ReportRow, dimension_label
from crm_desktop.services.analysis_parameters import BY_NAME
from crm_desktop.ui.widgets.item_delegate import CellRole

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_INDENT = "    "


class ReportModel(QAbstractTableModel):
    """One column for what rows have in common, one for each measure."""

    sort_chosen = Signal(str)  # as services.analysis_parameters.Parameters.sort

    def __init__(self) -> None:
        super().__init__()
        self.found: FoundReport | None = None
        self._rows: tuple[ReportRow, ...] = ()

    def show_report(self, found: FoundReport) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.found = found
        self._rows = (*found.rows, found.total) if found.total is not None and found.rows else found.rows
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """All, with the total."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """The names and the measures."""
        return 0 if parent.isValid() or self.found is None else 1 + len(self.found.measures)

    def number_at(self, index: Index) -> Number:
        """What a cell counts; of a name, what its first number does."""
        return self._rows[index.row()].numbers[max(0, index.column() - 1)]

    def sort_shown(self) -> tuple[int, Qt.SortOrder]:
        """The column by which rows are ordered and which way; -1 for the report's own order."""
        assert self.found is not None
        sort = self.found.parameters.sort
        keys = [BY_NAME, *(one.key for one in self.found.measures)]
        order = Qt.SortOrder.DescendingOrder if sort.startswith("-") else Qt.SortOrder.AscendingOrder
        key = sort.removeprefix("-")
        return keys.index(key) if key in keys else -1, order

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Announce the wish; whoever owns the parameters asks for the rows in that order."""
        if self.found is None or (column, order) == self.sort_shown():
            return
        key = "" if column < 0 else BY_NAME if not column else self.found.measures[column - 1].key
        self.sort_chosen.emit(f"-{key}" if key and order == Qt.SortOrder.DescendingOrder else key)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words over the columns."""
        if self.found is None or orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
        if role == Qt.ItemDataRole.InitialSortOrderRole:
            return Qt.SortOrder.DescendingOrder if section else Qt.SortOrder.AscendingOrder
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if section:
            return _(self.found.measures[section - 1].label)
        return " › ".join(dimension_label(self.found.spec, one) for one in self.found.dimensions)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts as they are printed too; what lies below something stands a step to the right."""
        assert self.found is not None
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            if not column:
                return _INDENT * max(0, row.level - 1) + row.label
            return self.found.measures[column - 1].kind.format(row.numbers[column - 1].value)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == CellRole.STRONG:
            return row.level < len(self.found.dimensions)
        if role == CellRole.TONE and column and not row.numbers[column - 1].value:
            return "faint"
        return None
