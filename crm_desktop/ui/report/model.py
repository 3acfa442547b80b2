"""The rows of a report as a table, the total last."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from crm_desktop.core.i18n import _
from crm_desktop.services.analysis import FoundReport, Number, ReportRow, dimension_label
from crm_desktop.ui.widgets.item_delegate import CellRole

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_INDENT = "    "


class ReportModel(QAbstractTableModel):
    """One column for what rows have in common, one for each measure."""

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

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words over the columns."""
        if self.found is None or orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
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
