"""What a board holds: all ids, and the cards that were in sight. Reads what is new in the background."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from PySide6.QtCore import QObject, Signal

from crm_desktop.core.access import Person
from crm_desktop.core.errors import KnownError
from crm_desktop.entities import by_key
from crm_desktop.services.boards import BoardColumn, Cell, FoundBoard, fetch_board, fetch_places
from crm_desktop.services.listing import ListQuery, Row, fetch_rows
from crm_desktop.spec import Ref
from crm_desktop.spec.board import BoardSpec
from crm_desktop.ui.board.layout import Place
from crm_desktop.ui.soon import later
from crm_desktop.ui.tasks import Session, Tasks

PAGE = 50
"""So many cards of a column are read at once."""
KEPT = 5000
FLASH_MS = 1200
REQUEST_MS = 20
SLOW_SECONDS = 0.05
"""Boards that take longer to read are not read at once after each change; cards are shown where they are until then."""


@dataclass(frozen=True)
class BoardQuery:
    """Which cards, in lanes by person or not, in the columns of which process (0: of the first)."""

    rows: ListQuery
    has_lanes: bool = False
    process_id: int = 0


class BoardModel(QObject):
    """``opened`` tells of another board, ``changed`` of other cards in the same one."""

    opened = Signal()
    changed = Signal()
    failed = Signal(object)
    took = Signal(float)  # seconds that reading it has taken

    def __init__(self, tasks: Tasks, board: BoardSpec, person: Person, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self.board, self._person = tasks, board, person
        self.query = BoardQuery(ListQuery(entity=board.entity))
        self.columns: tuple[BoardColumn, ...] = ()
        self._found = FoundBoard()
        self._rows: OrderedDict[int, Row | None] = OrderedDict()
        self._changed: set[int] | None = set()  # None: any
        self._wanted: set[int] = set()
        self._flashing: set[int] = set()
        self._moved: set[int] = set()
        self._seconds = 0.0
        self._generation = 0
        self.is_read = False
        self._flash_timer = later(FLASH_MS, self._end_flash, self)
        self._request_timer = later(REQUEST_MS, self._request, self)

    # What it holds

    @property
    def lanes(self) -> tuple[Ref, ...]:
        """In their order; one without a name where there are none."""
        return self._found.lanes

    @property
    def processes(self) -> tuple[Ref, ...]:
        """Those that columns can be shown of."""
        return self._found.processes()

    @property
    def count(self) -> int:
        """All cards in the columns shown."""
        return sum(column.count for column in self.columns)

    def cell(self, lane: int, column: int) -> Cell:
        """The cards of a lane in a column, both by their place."""
        return self.columns[column].cell(self.lanes[lane].id)

    def counts(self) -> list[list[int]]:
        """How many cards each lane has in each column."""
        return [[len(column.cell(lane.id).ids) for column in self.columns] for lane in self.lanes]

    def id_at(self, place: Place) -> int:
        """Which card lies there."""
        return self.cell(place.lane, place.column).ids[place.row]

    def place_of(self, id_: int) -> Place | None:
        """Where a card lies now; None where it is on the board no more."""
        for column, found in enumerate(self.columns):
            for lane, ref in enumerate(self.lanes):
                ids = found.cell(ref.id).ids
                if id_ in ids:
                    return Place(lane, column, ids.index(id_))
        return None

    def loaded(self, id_: int) -> Row | None:
        """The card as far as it was read."""
        return self._rows.get(id_)

    def card_at(self, place: Place) -> Row | None:
        """The card, if it is at hand; else it is read soon, with those around it."""
        id_ = self.id_at(place)
        if id_ not in self._rows:
            first = place.row - place.row % PAGE
            around = self.cell(place.lane, place.column).ids[first : first + PAGE]
            self._wanted.update(one for one in around if one not in self._rows)
            if not self._request_timer.isActive():
                self._request_timer.start()
        return self._rows.get(id_)

    def is_flashing(self, id_: int) -> bool:
        """Whether it has just changed."""
        return id_ in self._flashing

    # Reading

    def open(self, query: BoardQuery) -> None:
        """Show another board."""
        is_same = self.is_read and replace(query, process_id=self.query.process_id) == self.query
        self.query = query
        if is_same:
            self._show()
            self.opened.emit()
            return
        self.is_read = False
        self.refresh()

    def refresh(self) -> None:
        """Read everything again that may be other than it was."""
        self._generation += 1
        generation, query, begun = self._generation, self.query, monotonic()
        changed, is_first = self._changed, not self.is_read
        spec, columns = by_key(self.board.entity), self.board.columns
        lane = self.board.person if query.has_lanes else None
        kept = [] if is_first else [id_ for id_ in self._rows if changed is None or id_ in changed]
        fresh = [] if is_first or changed is None else [id_ for id_ in changed if id_ not in self._rows]
        self._changed = set()
        self._moved.clear()

        def work(session: Session) -> tuple[FoundBoard, list[int], Mapping[int, Row]]:
            found = fetch_board(session, self.board, query.rows, self._person, lane)
            ids = [*kept, *fresh] or [*_first_ids(found.of(query.process_id))] * is_first
            return found, ids, fetch_rows(session, spec, columns, ids) if ids else {}

        def take(answer: tuple[FoundBoard, list[int], Mapping[int, Row]]) -> None:
            if generation == self._generation:
                self._seconds = monotonic() - begun
                self.took.emit(self._seconds)
                self._take(*answer, is_first=is_first)

        def fail(error: KnownError) -> None:
            if generation == self._generation:
                self._changed = None
                self.failed.emit(error)

        self._tasks.query(self, work, take, fail, key="board")

    def note_changes(self, ids: Iterable[int] | None) -> None:
        """Somebody saved these cards, or any; they are read with the next ``refresh``."""
        if ids is None or self._changed is None:
            self._changed = None
        else:
            self._changed.update(ids)
            if self.is_read and self._seconds > SLOW_SECONDS:
                self._moved.update(ids)
                self._show_moved()

    def shift(self, id_: int, column: int) -> None:
        """Show a card first in another column, until the server has said what became of it."""
        place = self.place_of(id_)
        if place is not None:
            self._put(id_, (self.columns[column].ref.id, self.lanes[place.lane].id))
            self.changed.emit()

    def _show_moved(self) -> None:
        """Show cards that others saved where they are now, until all is read; so many that they fill a page wait."""
        ids, generation, query = list(self._moved), self._generation, self.query
        spec, columns = by_key(self.board.entity), self.board.columns
        lane = self.board.person if query.has_lanes else None

        def work(session: Session) -> tuple[dict[int, tuple[int, int]], Mapping[int, Row]]:
            places = fetch_places(session, self.board, query.rows, self._person, ids, lane)
            return places, fetch_rows(session, spec, columns, ids)

        def take(answer: tuple[dict[int, tuple[int, int]], Mapping[int, Row]]) -> None:
            if generation != self._generation:
                return
            self._moved.clear()
            places, rows = answer
            self._flash(id_ for id_ in places if rows.get(id_) != self._rows.get(id_))
            self._keep(ids, rows)
            for id_ in ids:
                self._put(id_, places.get(id_))
            self.changed.emit()

        if len(ids) <= PAGE:
            self._tasks.query(self, work, take, self.failed.emit, key="moved")

    def _put(self, id_: int, where: tuple[int, int] | None) -> None:
        """Let a card stand first in a column and a lane, by their ids; or nowhere. Heads add up when all is read."""
        place = self.place_of(id_)
        before = None if place is None else (self.columns[place.column], self.lanes[place.lane].id)
        if before is not None:
            column, lane = before
            if (column.ref.id, lane) == where:
                return
            cell = column.cell(lane)
            column.cells[lane] = replace(cell, ids=array("q", [one for one in cell.ids if one != id_]))
        entered = next((column for column in self.columns if where is not None and column.ref.id == where[0]), None)
        if entered is not None and where is not None and any(lane.id == where[1] for lane in self.lanes):
            cell = entered.cell(where[1])
            entered.cells[where[1]] = replace(cell, ids=array("q", [id_, *cell.ids]))

    def _take(self, found: FoundBoard, asked: Sequence[int], rows: Mapping[int, Row], *, is_first: bool) -> None:
        before = dict(self._rows)
        if is_first:
            self._rows.clear()
        self._keep(asked, rows)
        self._found = found
        self._show()
        if is_first:
            self.is_read = True
            self.opened.emit()
            return
        on_board = {id_ for column in self.columns for cell in column.cells.values() for id_ in cell.ids}
        self._flash(id_ for id_ in asked if id_ in on_board and rows.get(id_) != before.get(id_))
        self.changed.emit()

    def _show(self) -> None:
        self.columns = self._found.of(self.query.process_id)

    def _request(self) -> None:
        ids = list(self._wanted)
        self._wanted.clear()
        spec, columns = by_key(self.board.entity), self.board.columns

        def take(rows: Mapping[int, Row]) -> None:
            self._keep(ids, rows)
            self.changed.emit()

        if ids:
            self._tasks.query(self, lambda session: fetch_rows(session, spec, columns, ids), take, self.failed.emit)

    def _keep(self, asked: Sequence[int], rows: Mapping[int, Row]) -> None:
        for id_ in asked:
            self._rows[id_] = rows.get(id_)
            self._rows.move_to_end(id_)
        while len(self._rows) > KEPT:
            self._rows.popitem(last=False)

    def _flash(self, ids: Iterable[int]) -> None:
        self._flashing.update(ids)
        if self._flashing:
            self._flash_timer.start()

    def _end_flash(self) -> None:
        self._flashing.clear()
        self.changed.emit()


def _first_ids(columns: Sequence[BoardColumn]) -> Iterable[int]:
    for column in columns:
        for cell in column.cells.values():
            yield from cell.ids[:PAGE]
