"""The table of a list page: selection and place are kept by id while the rows beneath them change."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, compress

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from crm_desktop.ui import theme
from crm_desktop.ui.list_page.row_model import RowModel
from crm_desktop.ui.soon import later
from crm_desktop.ui.widgets.table_view import TableView

Index = QModelIndex | QPersistentModelIndex
SETTLE_MS = 80  # so long a selection rests before something is read for it
MOST_RUNS = 500
"""Qt looks through all pieces of a selection for each cell it draws, and joins them in quadratic time."""


@dataclass(frozen=True)
class _Place:
    """What was selected, current and at the top, by id."""

    selected: array[int]
    is_all: bool
    current: int
    top: int
    offset: int


class ListTable(TableView):
    """A ``TableView`` of a ``RowModel``.

    A selection that falls into many pieces, such as 100,000 rows in another order, is kept here instead of in Qt's own.
    """

    copy_requested = Signal()
    paste_requested = Signal()
    edit_requested = Signal()
    delete_requested = Signal()
    selection_changed = Signal()
    selection_settled = Signal()
    resized = Signal()

    def __init__(self, model: RowModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self._place: _Place | None = None
        self._kept: _Place | None = None  # what was selected, while the ids are not known yet
        self._picked: frozenset[int] = frozenset()
        self._picked_in_order = array("q")
        self._is_restoring = False
        self.shows_current_cell = True
        self._settle_timer = later(SETTLE_MS, self.selection_settled.emit, self)
        model.modelAboutToBeReset.connect(self._remember_place)
        self.setModel(model)
        model.modelReset.connect(self._return_to_place)  # after Qt's own slots, which forget everything
        model.counted.connect(self._complete_selection)
        model.rowsRemoved.connect(self._note_fold)
        self.selectionModel().selectionChanged.connect(self._note_selection)

    @property
    def rows(self) -> RowModel:
        """The model."""
        return self._rows

    def selected_ids(self) -> array[int]:
        """The ids of the selected rows in the order shown, as far as they are known, their rows read or not."""
        if self._picked:
            return self._picked_in_order[:]
        ids, found = self._rows.ids(), array("q")
        for first, last in self._places():
            found.extend(ids[first : last + 1])
        return found if self._rows.is_counted else array("q", filter(None, found))

    def selected_count(self) -> int:
        """How many rows are selected."""
        return len(self._picked) or sum(last - first + 1 for first, last in self._places())

    def select_ids(self, ids: Iterable[int]) -> None:
        """Select these records, as far as they are in the list."""
        wanted, lines = set(ids) - {0}, self._rows.lines
        places = list(compress(range(len(lines.ids)), map(wanted.__contains__, lines.ids))) if wanted else []
        if lines.folded:
            places = [place for place in places if lines.line_of(place) >= 0]
        rows = list(map(lines.line_of, places)) if lines.groups else places
        first = [row for before, row in zip(chain((-2,), rows), rows, strict=False) if row != before + 1]
        if len(first) > MOST_RUNS:
            self._pick(array("q", map(lines.ids.__getitem__, places)))
            return
        last = [row for row, after in zip(rows, chain(rows[1:], (-2,)), strict=False) if after != row + 1]
        last_column = self._rows.columnCount() - 1
        selection = QItemSelection()
        for top, bottom in zip(first, last, strict=True):
            selection.select(self._rows.index(top, 0), self._rows.index(bottom, last_column))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def is_picked(self, index: Index) -> bool:
        """Whether a row is in a selection of many pieces."""
        return bool(self._picked) and self._rows.id_at(index.row()) in self._picked

    def clearSelection(self) -> None:
        """Select nothing."""
        super().clearSelection()
        if self._picked:
            self._note_selection()

    def go_to(self, id_: int) -> None:
        """Select one record and bring it into sight."""
        row = self._rows.row_of(id_)
        if row >= 0:
            self.setCurrentIndex(self._rows.index(row, max(0, self.currentIndex().column())))

    def id_of(self, index: QModelIndex) -> int:
        """The record of a cell."""
        return self._rows.id_at(index.row())

    def copy_selection(self) -> None:
        """Ask for it: rows that were never in sight must be read first."""
        self.copy_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Del asks to delete, F2 edits a cell, Ctrl+V pastes, Esc selects nothing. On the heading of a group Left,
        Right and Enter fold and unfold it.
        """
        key = Qt.Key(event.key())
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if is_plain and self._fold_by_key(key):
            return
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste_requested.emit()
        elif is_plain and key == Qt.Key.Key_Delete:
            self.delete_requested.emit()
        elif is_plain and key == Qt.Key.Key_F2:
            self.edit_requested.emit()
        elif is_plain and key == Qt.Key.Key_Escape and self.selected_count():
            self.clearSelection()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the heading of a group folds and unfolds it; the selection stays."""
        row = self.rowAt(int(event.position().y()))
        if event.button() == Qt.MouseButton.LeftButton and row >= 0 and self._rows.group_at(row) is not None:
            self._fold(row, folded=not self._is_folded(row))
        elif not (self._picked and row >= 0 and self._press_on_picked(event, row)):
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second click on a heading is a click as well."""
        if self._rows.group_at(self.rowAt(int(event.position().y()))) is not None:
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Announce it, so that the columns can share the room."""
        super().resizeEvent(event)
        self.resized.emit()

    def _press_on_picked(self, event: QMouseEvent, row: int) -> bool:
        """With Ctrl a row joins or leaves a selection of many pieces; the right button leaves it as it is."""
        id_, button = self._rows.id_at(row), event.button()
        is_toggle = event.modifiers() == Qt.KeyboardModifier.ControlModifier and button == Qt.MouseButton.LeftButton
        if not is_toggle and not (button == Qt.MouseButton.RightButton and id_ in self._picked):
            return False
        self.selectionModel().setCurrentIndex(
            self.indexAt(event.position().toPoint()), QItemSelectionModel.SelectionFlag.NoUpdate
        )
        if is_toggle:
            self.select_ids(self._picked ^ {id_})
        return True

    def _fold_by_key(self, key: Qt.Key) -> bool:
        row = self.currentIndex().row()
        if row < 0 or self._rows.group_at(row) is None:
            return False
        wishes = {Qt.Key.Key_Left: True, Qt.Key.Key_Right: False}
        toggles = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}
        if key not in wishes and key not in toggles:
            return False
        self._fold(row, folded=wishes.get(key, not self._is_folded(row)))
        return True

    def _is_folded(self, row: int) -> bool:
        lines = self._rows.lines
        return lines.group_at(row) in lines.folded

    def _fold(self, row: int, *, folded: bool) -> None:
        self._rows.fold(row, folded=folded)
        heading = self._rows.index(row, max(0, self.currentIndex().column()))
        self.selectionModel().setCurrentIndex(heading, QItemSelectionModel.SelectionFlag.NoUpdate)

    def _places(self) -> list[tuple[int, int]]:
        """The places of the selected records among all ids."""
        return [run for first, last in self._ranges() for run in self._rows.lines.places(first, last)]

    def _ranges(self) -> list[tuple[int, int]]:
        """The selected rows from top to bottom, none twice."""
        ranges: list[tuple[int, int]] = []
        selection = self.selectionModel().selection()
        found = (selection.at(number) for number in range(selection.count()))
        for first, last in sorted((part.top(), part.bottom()) for part in found):
            if ranges and first <= ranges[-1][1] + 1:
                ranges[-1] = (ranges[-1][0], max(last, ranges[-1][1]))
            else:
                ranges.append((first, last))
        return ranges

    def _pick(self, ids: array[int]) -> None:
        """Select rows in many pieces."""
        is_restoring, self._is_restoring = self._is_restoring, True
        super().clearSelection()
        self._is_restoring = is_restoring
        self._picked, self._picked_in_order = frozenset(ids), ids
        self.viewport().update()
        self.selection_changed.emit()
        self._settle_timer.start()

    def _note_fold(self) -> None:
        if self._picked:
            self.select_ids(self._picked)  # without what was folded away

    def _note_selection(self) -> None:
        if not self._is_restoring:
            self._kept = None
            self._drop_picked()
        self.selection_changed.emit()
        self._settle_timer.start()

    def _drop_picked(self) -> None:
        if self._picked:
            self._picked, self._picked_in_order = frozenset(), array("q")
            self.viewport().update()

    def _remember_place(self) -> None:
        if self._kept is not None:  # what is shown at the moment is only the beginning of it
            self._place = self._kept
            return
        count = len(self._rows.ids())
        current, top = self.currentIndex().row(), self.rowAt(0)
        is_all = 0 < count == self.selected_count()
        self._place = _Place(
            selected=array("q") if is_all else self.selected_ids(),
            is_all=is_all,
            current=self._rows.id_at(current) if 0 <= current < self._rows.rowCount() else 0,
            # Who looks at the beginning wants to see what comes in there.
            top=self._rows.id_at(top) if top >= 0 and self.verticalScrollBar().value() > 0 else 0,
            offset=self.rowViewportPosition(top) if top >= 0 else 0,
        )

    def _return_to_place(self) -> None:
        place, self._place = self._place, None
        self._kept = None
        if place is None or not self._rows.is_selection_kept:
            self.scrollToTop()
            self._note_selection()
            return
        self.doItemsLayout()
        self._select(place)
        if self._rows.is_same_list:
            self._scroll_to(place)
        else:
            self.scrollToTop()
            self._kept = None if self._rows.is_counted else place
        self._settle_timer.start()

    def _select(self, place: _Place) -> None:
        """Select again what was selected, and go back to where one was."""
        self._is_restoring = True
        self._drop_picked()
        if place.is_all:
            self.selectAll()
        elif place.selected:
            self.select_ids(place.selected)
        row = self._rows.row_of(place.current) if place.current else -1
        if row >= 0:
            self.selectionModel().setCurrentIndex(self._rows.index(row, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
        self._is_restoring = False
        self.selection_changed.emit()

    def _scroll_to(self, place: _Place) -> None:
        top = self._rows.row_of(place.top) if place.top else -1
        if top >= 0:
            self.verticalScrollBar().setValue(top * theme.row_height() - place.offset)

    def _complete_selection(self) -> None:
        """All ids are known: what was selected of them is selected again."""
        kept, self._kept = self._kept, None
        if kept is not None:
            where = self.verticalScrollBar().value()
            self._select(kept)
            self.verticalScrollBar().setValue(where)
