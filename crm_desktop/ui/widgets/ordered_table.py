"""A table whose rows stand in an order of one's own: moved by Alt+Up and Alt+Down, by buttons, by dragging."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDropEvent, QKeySequence, QShortcut, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView

from crm_desktop.ui.soon import later
from crm_desktop.ui.widgets.table_view import TableView

ID = Qt.ItemDataRole.UserRole + 20
"""Role of a row's first item that holds its id."""
PAUSE_MS = 600
"""After the last step, until the order is to be saved: several steps are one change."""


class OrderedTable(TableView):
    """Shows ``rows``."""

    ordered = Signal()  # a moment after the last step

    def __init__(self) -> None:
        super().__init__()
        self.rows = QStandardItemModel(self)
        self.setModel(self.rows)
        self.is_movable = False
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDropIndicatorShown(True)
        self.setDragDropOverwriteMode(False)
        self._timer = later(PAUSE_MS, self.ordered.emit, self)
        for key, direction in (("Alt+Up", -1), ("Alt+Down", 1)):
            shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(partial(self.step, direction))

    def set_movable(self, *, movable: bool) -> None:
        """Let rows be moved, or not."""
        self.is_movable = movable
        mode = QAbstractItemView.DragDropMode
        self.setDragDropMode(mode.InternalMove if movable else mode.NoDragDrop)

    def ids(self) -> list[int]:
        """Of all rows in their order."""
        return [int(self.rows.item(row).data(ID)) for row in range(self.rows.rowCount())]

    def current_id(self) -> int:
        """Of the current row; 0 where there is none."""
        row = self.currentIndex().row()
        return int(self.rows.item(row).data(ID)) if 0 <= row < self.rows.rowCount() else 0

    def is_being_ordered(self) -> bool:
        """Whether the order in sight is still to be saved."""
        return self._timer.isActive()

    def stop_waiting(self) -> None:
        """The order is saved now."""
        self._timer.stop()

    def step(self, direction: int) -> None:
        """Move the current row one up (-1) or down (1)."""
        row = self.currentIndex().row()
        if row >= 0:
            self._move(row, row + direction)

    def dropEvent(self, event: QDropEvent) -> None:
        """Move the row instead of letting Qt copy cells."""
        row = self.rowAt(event.position().toPoint().y())
        target = row if row >= 0 else self.rows.rowCount() - 1
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        self._move(self.currentIndex().row(), target)

    def _move(self, source: int, target: int) -> None:
        if self.is_movable and 0 <= target < self.rows.rowCount() and source != target:
            self.rows.insertRow(target, self.rows.takeRow(source))
            self.selectRow(target)
            self._timer.start()
