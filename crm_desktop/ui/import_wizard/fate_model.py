"""The rows of the preview as a table: any number of them, filtered by what becomes of them and by typed text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from crm_desktop.core.i18n import N_, _
from crm_desktop.core.text import normalise
from crm_desktop.ui.import_wizard.fates import FateRow, Outcome
from crm_desktop.ui.widgets.item_delegate import CellRole

SHEET, NUMBER, OUTCOME, TITLE, WHAT, WARNINGS = range(6)
HEADINGS = (N_("Sheet"), N_("Row"), N_("Fate"), N_("Record"), N_("In short"), N_("Warnings"))
Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class FateModel(QAbstractTableModel):
    """Holds numbers of rows; a cell's text is made when it is looked at."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: Sequence[FateRow] = ()
        self._shown: Sequence[int] = ()

    def show_rows(self, rows: Sequence[FateRow]) -> None:
        """Show these, all of them."""
        self.beginResetModel()
        self._rows, self._shown = rows, range(len(rows))
        self.endResetModel()

    def filter_rows(self, outcome: Outcome | None, *, only_warned: bool, typed: str, warning: str = "") -> None:
        """Show only those with an outcome, with warnings, with this one, or that a text finds."""
        wanted = normalise(typed)
        self.beginResetModel()
        self._shown = [
            number
            for number, row in enumerate(self._rows)
            if (outcome is None or row.outcome is outcome)
            and (not only_warned or row.warnings)
            and (not warning or row.has_warning(warning))
            and (not wanted or wanted in row.found)
        ]
        self.endResetModel()

    def row_at(self, index: Index) -> FateRow:
        """The row of a cell."""
        return self._rows[self._shown[index.row()]]

    def find(self, place: tuple[str, int] | None) -> int | None:
        """At which line of those shown the row of this place of the file stands."""
        return next((line for line, number in enumerate(self._shown) if self._rows[number].place == place), None)

    def rowCount(self, parent: Index = ROOT) -> int:
        """Those that are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = ROOT) -> int:
        """The same for every file."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words above the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight if section == NUMBER else Qt.AlignmentFlag.AlignLeft
        return _(HEADINGS[section]) if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell and its look."""
        if not index.isValid():
            return None
        row, column = self.row_at(index), index.column()
        if role == Qt.ItemDataRole.ToolTipRole and column == WARNINGS:
            return "\n".join(row.warnings)
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return _text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column == NUMBER else None
        return _look(row, column, role)


def _text(row: FateRow, column: int) -> str:
    if column == WARNINGS:
        return str(len(row.warnings)) if row.warnings else ""
    return (row.sheet, f"{row.number:,}", _(row.outcome.label), row.title, row.what)[column]


def _look(row: FateRow, column: int, role: int) -> Any:
    if role == CellRole.CHIP:
        return row.outcome.tone if column == OUTCOME else "warn" if column == WARNINGS and row.warnings else None
    if role == CellRole.STRONG:
        return column == TITLE and row.outcome is not Outcome.JOINED
    if role == CellRole.TONE:
        is_aside = column in {SHEET, NUMBER} or row.outcome is Outcome.JOINED
        return "muted" if is_aside else "bad" if column == WHAT and row.reject else "text"
    return None
