"""The rows of a list of any length: all ids, and the values of the rows that were looked at lately.

``data`` never waits: it answers "…" and notes the page, which is then read in one statement.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from time import monotonic
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services.listing import Ids, Row, RowGroup
from crm_desktop.ui.list_page.cells import alignment_of, answer, heading_answer, look_of
from crm_desktop.ui.list_page.lines import Lines
from crm_desktop.ui.list_page.source import Source
from crm_desktop.ui.soon import Soon, later
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.widgets.item_delegate import CellRole, Look
from crm_desktop.ui.widgets.table_view import LOADING

Index = QModelIndex | QPersistentModelIndex
PAGE = 100
KEPT_ROWS = 4000
MOST_WAITING = 4  # pages; no window is as high as two of them, so what is left out is out of sight
FLASH_MS = 1200


@dataclass(frozen=True, slots=True)
class _Kept:
    """A row, the colours of its cells, and whether it may have changed since it was read."""

    row: Row
    tones: Mapping[str, str]
    is_stale: bool = False


class RowModel(QAbstractTableModel):
    """Shows one ``Source`` after the other. Announces ``opened`` with the first rows, ``counted`` with all ids."""

    opening = Signal()
    opened = Signal()
    counted = Signal()
    failed = Signal(KnownError)
    sort_chosen = Signal(str, bool)  # key of the column, descending

    def __init__(self, tasks: Tasks, source: Source, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._source = self._asked = source  # what is shown, and what is shown or on its way
        self._lines = Lines(array("q"))
        self._folded: set[Any] = set()  # what the records of folded groups have in common
        self._rows: OrderedDict[int, _Kept | None] = OrderedDict()  # None: gone since the ids were read
        self._wanted: list[int] = []  # pages, the newest last
        self._begun: set[int] = set()  # numbers of groups whose first rows were asked for before all ids came
        self._beginning = -1  # the one that is wanted, or on its way
        self._is_opening = self._is_reading = False
        self._generation = 0
        self._changed: set[int] = set()
        self._flashing: set[int] = set()
        self.is_counted = False
        self.is_same_list = False
        self.is_selection_kept = False
        self.sums: Mapping[str, Decimal] = {}
        self._request_timer = later(0, self._request, self)
        self._begin_timer = later(0, self._begin, self)
        self._flash_timer = later(FLASH_MS, self._end_flash, self)
        self._refresh = Soon(self._read_ids, self)

    def open(self, source: Source, *, keep_selection: bool = False) -> None:
        """Show other rows, or the same in another order: the first ones at once, the rest when their ids are known.

        Of groups the headings are first.
        """
        self._asked = source
        self.is_selection_kept = keep_selection
        self._is_opening = True
        self._generation += 1
        self._refresh.drop()
        self._wanted.clear()
        self._tasks.drop_query(self, "ids")
        generation, began = self._generation, monotonic()
        self.opening.emit()

        def fail(error: KnownError) -> None:
            self._fail(generation, error)

        if source.is_grouped:

            def take(ids: Ids) -> None:
                self._take_groups(generation, ids, monotonic() - began)

            self._tasks.query(self, source.fetch_headings, take, fail, key="first page")
        else:

            def take_rows(rows: Sequence[Row]) -> None:
                self._take_first_page(generation, rows)

            self._tasks.query(self, source.fetch_first_page, take_rows, fail, key="first page")

    def refresh(self) -> None:
        """Read the ids again; rows that were read before are read again when they are in sight."""
        for id_ in tuple(self._rows):
            self._set_stale(id_)
        self._read_ids()

    def refresh_soon(self) -> None:
        """Read the ids again, but a list that is slow to read not too often."""
        self._refresh.ask()

    def note_changes(self, ids: Iterable[int] | None) -> None:
        """Somebody wrote these rows (None: any). Those in sight are read again and flash once when they differ."""
        changed = set(self._rows if ids is None else self._rows.keys() & set(ids))
        for id_ in changed:
            self._set_stale(id_)
        if ids is not None:
            self._changed |= changed
        self._repaint()

    def id_at(self, row: int) -> int:
        """The id of the record in a row, 0 for the heading of a group and while the id is not known."""
        place = self._lines.place_at(row)
        return self._lines.ids[place] if place >= 0 else 0

    def ids(self) -> array[int]:
        """All ids in order, as far as they are known; 0 for those below headings that are not. Not to be changed."""
        return self._lines.ids

    @property
    def lines(self) -> Lines:
        """What stands on which line."""
        return self._lines

    def row_of(self, id_: int) -> int:
        """Where a record stands, -1 where it does not, or its group is folded."""
        try:
            return self._lines.line_of(self._lines.ids.index(id_))
        except ValueError:
            return -1

    def neighbour(self, id_: int, step: int) -> int | None:
        """The record so many places further on, None past the ends and for a record that is not in the list."""
        ids = self._lines.ids
        if id_ not in ids:
            return None
        place = ids.index(id_) + step
        return ids[place] if 0 <= place < len(ids) else None

    def group_at(self, row: int) -> RowGroup | None:
        """The group whose heading stands there."""
        number = self._lines.group_at(row)
        return self._lines.groups[number] if number >= 0 else None

    def fold(self, row: int, *, folded: bool) -> None:
        """Show only the heading of a group, or its records again."""
        lines, number = self._lines, self._lines.group_at(row)
        if number < 0 or (number in lines.folded) == folded:
            return
        changed = Lines(lines.ids, lines.groups, lines.folded ^ {number})
        first, last = row + 1, row + lines.groups[number].size
        if folded:
            self.beginRemoveRows(QModelIndex(), first, last)
            self._lines = changed
            self.endRemoveRows()
            self._folded.add(lines.groups[number].value)
        else:
            self.beginInsertRows(QModelIndex(), first, last)
            self._lines = changed
            self.endInsertRows()
            self._folded.discard(lines.groups[number].value)
        self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))

    def fold_all(self, *, folded: bool) -> None:
        """Show only the headings of all groups, or all records again."""
        self._folded = {group.value for group in self._lines.groups} if folded else set()
        self.is_same_list = True
        self.beginResetModel()
        self._set_lines(self._lines.ids, self._lines.groups)
        self.endResetModel()

    def loaded(self, id_: int) -> Row | None:
        """The row of a record, None where it is not at hand."""
        kept = self._rows.get(id_)
        return kept.row if kept else None

    @property
    def source(self) -> Source:
        """What is shown, or on its way."""
        return self._asked

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """As many as ids are known, and the headings of groups."""
        return 0 if parent.isValid() else self._lines.count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """As many as are shown."""
        return 0 if parent.isValid() else len(self._source.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Label and alignment of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self._source.columns[section]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return _(self._source.spec.column_label(column))
        return alignment_of(column) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The cell's answer; "…" for a row that is on its way."""
        if not index.isValid():
            return None
        column = self._source.columns[index.column()]
        place = self._lines.place_at(index.row())
        if place < 0:
            number = self._lines.group_at(index.row())
            is_folded = number in self._lines.folded
            return heading_answer(self._source, self._lines.groups[number], column, role, is_folded=is_folded)
        id_ = self._lines.ids[place]
        kept = self._rows.get(id_)
        if role not in {CellRole.LOOK, Qt.ItemDataRole.DisplayRole}:
            return answer(column, kept.row, role) if kept is not None else None
        if not id_:
            self._want_group(self._lines.group_of(place))
        elif id_ not in self._rows or (kept and kept.is_stale):
            self._want(place // PAGE)
        if kept is None:
            unloaded = LOADING if id_ not in self._rows else ""
            return unloaded if role == Qt.ItemDataRole.DisplayRole else Look(unloaded)
        if role == CellRole.LOOK:
            return look_of(self._source.spec, column, kept.row, kept.tones, is_lit=id_ in self._flashing)
        return answer(column, kept.row, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings of groups cannot be selected."""
        is_heading = index.isValid() and self._lines.group_at(index.row()) >= 0
        return Qt.ItemFlag.ItemIsEnabled if is_heading else super().flags(index)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Announce the wish; whoever owns the query opens the list in that order."""
        if 0 <= column < len(self._source.columns):
            self.sort_chosen.emit(self._source.columns[column].key, order == Qt.SortOrder.DescendingOrder)

    # First rows and ids

    def _take_first_page(self, generation: int, rows: Sequence[Row]) -> None:
        if generation != self._generation:
            return
        self._is_opening = False
        self.is_counted = False
        self.is_same_list = False
        self.beginResetModel()
        self._source = self._asked
        self._lines = Lines(array("q", [row.id for row in rows]))
        self._folded.clear()
        self._rows.clear()
        self._changed.clear()
        self._keep(rows)
        self.endResetModel()
        self.opened.emit()
        self._read_ids()

    def _take_groups(self, generation: int, answered: Ids, seconds: float) -> None:
        if generation != self._generation:
            return
        if self._asked.grouping_text != self._source.grouping_text:
            self._folded.clear()
        self._is_opening = False
        self._refresh.took(seconds)
        self.sums = answered.sums
        self.is_counted = 0 not in answered.ids[:1]
        self.is_same_list = False
        self.beginResetModel()
        self._source = self._asked
        self._rows.clear()
        self._begun.clear()
        self._changed.clear()
        self._set_lines(answered.ids, answered.groups)
        self.endResetModel()
        self.opened.emit()
        if self.is_counted:
            self.counted.emit()
        else:
            self._read_ids()

    def _set_lines(self, ids: array[int], groups: Sequence[RowGroup]) -> None:
        self._lines = Lines(ids, groups, {n for n, group in enumerate(groups) if group.value in self._folded})

    def _read_ids(self) -> None:
        self._refresh.drop()
        if self._is_opening:
            return
        if self._asked is not self._source:  # what was asked for could not be read: the server was away
            self.open(self._asked, keep_selection=self.is_selection_kept)
            return
        generation, began = self._generation, monotonic()
        self._tasks.query(
            self,
            self._source.fetch_ids,
            lambda ids: self._take_ids(generation, ids, monotonic() - began),
            lambda error: self._fail(generation, error),
            key="ids",
        )

    def _take_ids(self, generation: int, answered: Ids, seconds: float) -> None:
        if generation != self._generation:
            return
        self._refresh.took(seconds)
        self.sums = answered.sums
        had_headings = not self.is_counted and self._source.is_grouped
        self.is_counted = True
        ids, known = answered.ids, len(self._lines.ids)
        if had_headings and answered.groups == self._lines.groups:
            self._lines = Lines(ids, self._lines.groups, self._lines.folded)
        elif ids[:known] != self._lines.ids or answered.groups != self._lines.groups:
            self.is_same_list = self.is_selection_kept = True
            self.beginResetModel()
            self._set_lines(ids, answered.groups)
            self.endResetModel()
        elif len(ids) > known:
            self.beginInsertRows(QModelIndex(), known, len(ids) - 1)
            self._lines = Lines(ids)
            self.endInsertRows()
        self._repaint()
        self.counted.emit()

    def _fail(self, generation: int, error: KnownError) -> None:
        if generation == self._generation:
            self._is_opening = False
            self.failed.emit(error)

    # The first rows of groups, while the ids are not known

    def _want_group(self, number: int) -> None:
        if self._beginning < 0 and number not in self._begun:
            self._beginning = number
            self._begun.add(number)
            self._begin_timer.start()

    def _begin(self) -> None:
        generation, source, number = self._generation, self._source, self._beginning
        if self.is_counted or number >= len(self._lines.groups):
            self._beginning = -1
            return

        def take(rows: Sequence[Row]) -> None:
            self._beginning = -1
            if generation == self._generation and not self.is_counted:
                self._keep(rows)
                self._lines.begin(number, [row.id for row in rows])
            self._repaint()

        def fail(_error: KnownError) -> None:
            self._beginning = -1  # the ids are being asked for, and tell of it

        value = self._lines.groups[number].value
        self._tasks.query(self, lambda session: source.fetch_first_of(session, value), take, fail)

    # Pages of rows

    def _want(self, page: int) -> None:
        if page in self._wanted:
            self._wanted.remove(page)
        self._wanted.append(page)
        del self._wanted[:-MOST_WAITING]
        if not self._request_timer.isActive():
            self._request_timer.start()  # all cells painted in this event become one request

    def _request(self) -> None:
        """Read the newest wanted page; the others wait, so that dragging the scroll bar leaves no queue behind."""
        if self._is_reading:
            return
        while self._wanted:
            page = self._wanted.pop()
            ids = [i for i in self._lines.ids[page * PAGE : (page + 1) * PAGE] if i and self._is_outdated(i)]
            if ids:
                self._read_rows(ids)
                return

    def _is_outdated(self, id_: int) -> bool:
        kept = self._rows.get(id_)
        return id_ not in self._rows or bool(kept and kept.is_stale)

    def _read_rows(self, ids: Sequence[int]) -> None:
        generation, source = self._generation, self._source
        self._is_reading = True

        def fail(error: KnownError) -> None:
            self._is_reading = False
            self._wanted.clear()
            self._fail(generation, error)

        self._tasks.query(
            self,
            lambda session: source.fetch_rows(session, ids),
            lambda rows: self._take_rows(generation, ids, rows),
            fail,
        )

    def _take_rows(self, generation: int, ids: Sequence[int], rows: Mapping[int, Row]) -> None:
        self._is_reading = False
        if generation == self._generation:
            changed = {i for i in self._changed.intersection(ids) if i in rows and rows[i] != self.loaded(i)}
            self._changed.difference_update(ids)
            self._keep(rows.values())
            for id_ in ids:
                if id_ not in rows:
                    self._rows[id_] = None
            if changed:
                self._flashing |= changed
                self._flash_timer.start()
            self._repaint()
            if len(rows) < len(ids):
                self.refresh_soon()
        if self._wanted:
            self._request_timer.start()

    def _keep(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._rows[row.id] = _Kept(row, self._source.spec.tone(row.values))
            self._rows.move_to_end(row.id)
        while len(self._rows) > KEPT_ROWS:
            self._rows.popitem(last=False)

    def _set_stale(self, id_: int) -> None:
        kept = self._rows[id_]
        if kept is None:
            del self._rows[id_]  # it was gone, and may be back
        else:
            self._rows[id_] = _Kept(kept.row, kept.tones, is_stale=True)

    def _end_flash(self) -> None:
        self._flashing.clear()
        self._repaint()

    def _repaint(self) -> None:
        """Let the view ask again for what is in sight; it does not ask for the rest."""
        if self._lines.count and self._source.columns:
            last = self.index(self._lines.count - 1, len(self._source.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
