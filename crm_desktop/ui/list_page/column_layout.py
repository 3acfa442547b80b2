"""Keeps a table's columns as their user arranged them, and learns from what he does to the headings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt

from crm_desktop.services.listing import ListQuery
from crm_desktop.spec import EntitySpec
from crm_desktop.ui.list_page.arrangement import Arrangement
from crm_desktop.ui.list_page.list_table import ListTable
from crm_desktop.ui.list_page.row_model import RowModel
from crm_desktop.ui.soon import later

MOST_SHRINK = 0.5  # of the widest column
SAVE_MS = 600  # after the last pixel of a drag


class ColumnLayout(QObject):
    """Widths given by hand stay; the other columns are as wide as their first rows need, and share the room left."""

    def __init__(
        self, spec: EntitySpec, table: ListTable, model: RowModel, save: Callable[[Arrangement], object]
    ) -> None:
        super().__init__(table)
        self._spec, self._table, self._model, self._save = spec, table, model, save
        self.arrangement = Arrangement()
        self._needed: dict[str, int] = {}
        self._is_held = False
        self._save_timer = later(SAVE_MS, lambda: self._save(self.arrangement), self)
        header = table.horizontalHeader()
        header.sectionMoved.connect(self._note_order)
        header.sectionResized.connect(self._note_width)
        header.viewport().installEventFilter(self)
        model.opened.connect(self._fit)
        table.resized.connect(self._share_room)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice when somebody takes hold of a heading. Elsewhere the mouse may be down while the program sets widths:
        whoever clicks at the side still holds it when the list comes.
        """
        if event.type() in {QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease}:
            self._is_held = event.type() == QEvent.Type.MouseButtonPress
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        """Once for each set of columns, when there are rows to go by."""
        keys = [column.key for column in self._model.source.columns]
        header = self._table.horizontalHeader()
        with QSignalBlocker(header):
            for place in range(header.count()):
                header.moveSection(header.visualIndex(place), place)
        if list(self._needed) != keys and self._model.rowCount():
            self._table.fit_columns()
            self._needed = {key: self._table.columnWidth(place) for place, key in enumerate(keys)}
        self._share_room()

    def _share_room(self) -> None:
        """Too little room takes a little of the widest columns before one has to scroll sideways."""
        given = self.arrangement.widths
        free = {key: width for key, width in self._needed.items() if key not in given}
        room = self._table.viewport().width() - sum(given[key] for key in self._needed if key in given)
        widest = max(free.values(), default=0)
        for limit in range(widest, int(widest * (1 - MOST_SHRINK)), -1):
            if sum(min(width, limit) for width in free.values()) <= room:
                free = {key: min(width, limit) for key, width in free.items()}
                break
        stretch = max(1.0, room / max(1, sum(free.values())))
        for place, key in enumerate(self._needed):
            self._table.setColumnWidth(place, given[key] if key in given else int(free[key] * stretch))

    def fit_column(self, key: str) -> None:
        """Forget the width given to one column."""
        self._set_widths({name: width for name, width in self.arrangement.widths.items() if name != key})

    def fit_all(self) -> None:
        """Forget all widths given by hand."""
        self._set_widths({})

    def _set_widths(self, widths: Mapping[str, int]) -> None:
        self.arrangement = replace(self.arrangement, widths=widths)
        self._needed = {}
        self._fit()
        self._save_timer.start()

    def show_sort(self, query: ListQuery) -> None:
        """Mark the column by which the rows are sorted, where it is shown."""
        order = query.is_descending
        key = query.sort
        if not key:
            key, order = self._spec.table.sort.key, self._spec.table.is_descending
        keys = [column.key for column in self._model.source.columns]
        header = self._table.horizontalHeader()
        with QSignalBlocker(header):
            header.setSortIndicatorShown(key in keys)
            if key in keys:
                direction = Qt.SortOrder.DescendingOrder if order else Qt.SortOrder.AscendingOrder
                header.setSortIndicator(keys.index(key), direction)
        header.viewport().update()

    def _note_order(self) -> None:
        header = self._table.horizontalHeader()
        columns = self._model.source.columns
        keys = [columns[header.logicalIndex(place)].key for place in range(header.count())]
        self.arrangement = self.arrangement.with_keys(keys)
        self._save_timer.start()

    def _note_width(self, section: int, _old: int, width: int) -> None:
        if self._is_held:  # else the program did it
            self.arrangement = self.arrangement.with_width(self._model.source.columns[section].key, width)
            self._save_timer.start()
