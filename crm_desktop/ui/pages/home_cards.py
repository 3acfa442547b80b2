"""The cards of the home page: a few rows each, Enter opens what a row is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import QPushButton

from crm_desktop.core.i18n import _
from crm_desktop.ui import theme
from crm_desktop.ui.widgets.buttons import icon_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.chip import Chip
from crm_desktop.ui.widgets.item_delegate import CellRole
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.table_view import TableView

Index = QModelIndex | QPersistentModelIndex
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Shown:
    """A row: its title, what more is to be said, and at the right when or how much. ``open`` is what Enter does."""

    title: str
    note: str
    at: str
    open: Callable[[], object]
    tone: str = ""
    chip: str = ""
    """The tone of a chip in which the title stands; its text is the title then."""
    is_strong: bool = True
    record: tuple[str, int] | None = None
    """Entity and id of what actions in place are about."""
    alert: int = 0
    """The id of the alert that the row is."""


class _Rows(QAbstractTableModel):
    """Three columns: title, note, when."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[Shown] = ()

    def show_rows(self, rows: Sequence[Shown]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else 3

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return (row.title, row.note, row.at)[column]
        if role == CellRole.STRONG:
            return column == 0 and row.is_strong
        if role == CellRole.CHIP:
            return row.chip if column == 0 else ""
        if role == CellRole.TONE:
            return ("", "muted", row.tone or "muted")[column]
        return RIGHT if role == Qt.ItemDataRole.TextAlignmentRole and column == 2 else None  # noqa: PLR2004 - the last


class RowsCard(Card):
    """A title, how many there are, and rows; what it says where there are none is a good thing, quietly."""

    menu_wanted = Signal(object, QPoint)  # the row shown, place on the screen

    def __init__(self, title: str, nothing: str, most_high: int = 0) -> None:
        """With ``most_high`` so many rows are in sight before it scrolls; else all."""
        super().__init__(title, padding=12)
        self.body.setSpacing(4)
        self._most_high = most_high
        self._count: Chip | None = None
        self.model = _Rows()
        self.table = TableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName(title)
        self.table.horizontalHeader().hide()
        if not most_high:
            self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.clicked.connect(self._open)
        self.table.opened.connect(self._open)
        self.table.menu_requested.connect(self._ask_menu)
        self.more = icon_button("dots-three", _("Act on the selected row"), self._ask_current)
        self.add_action(self.more)
        self.empty = label(nothing, "muted", wrap=True)
        self.body.addWidget(self.table)
        self.body.addWidget(self.empty)

    def add_action(self, button: QPushButton) -> None:
        """A button beside the title."""
        self.head.addWidget(button)

    def show_rows(self, rows: Sequence[Shown], count: int | None = None) -> None:
        """Show these; ``count`` is of all, where there may be more."""
        kept = self.table.currentIndex().row()
        self.model.show_rows(rows)
        self.table.setVisible(bool(rows))
        self.more.setVisible(any(row.record is not None for row in rows))
        self.empty.setVisible(not rows)
        shown = min(len(rows), self._most_high or len(rows))
        self.table.setFixedHeight(shown * theme.row_height() + 2)
        self.table.fit_columns(1)
        if 0 <= kept < len(rows) and self.table.hasFocus():
            self.table.setCurrentIndex(self.model.index(kept, 0))
        self._show_count(len(rows) if count is None else count)

    def _show_count(self, count: int) -> None:
        if self._count is not None:
            self._count.hide()
            self._count.deleteLater()
            self._count = None
        if count:
            self._count = Chip(f"{count:,}")
            self.head.insertWidget(1, self._count)

    def _open(self, index: QModelIndex) -> None:
        self.model.rows[index.row()].open()

    def _ask_menu(self, index: QModelIndex, place: QPoint) -> None:
        if index.isValid():
            self.menu_wanted.emit(self.model.rows[index.row()], place)

    def _ask_current(self) -> None:
        """The menu of the row where the keyboard is, else of the first."""
        index = self.table.currentIndex()
        if not index.isValid():
            index = self.model.index(0, 0)
        place = self.table.viewport().mapToGlobal(self.table.visualRect(index).bottomLeft())
        self._ask_menu(index, place)
