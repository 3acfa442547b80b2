"""Records as cards in columns: how many there are, what they add up to, and which stand where. Cards are rows of lists.

All ids of a column come at once, eight bytes each, so that heads count what matches and not what was loaded.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Select, any_, bindparam, func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import Session, aliased

from crm_desktop.core.access import Person
from crm_desktop.models import Employee
from crm_desktop.services.listing import ListQuery, parameters_of, shape_of, unpacked, where_of
from crm_desktop.services.prepared import execute
from crm_desktop.services.statements import Joins, display_of, outputs, read_values
from crm_desktop.spec import Attr, Ref, facts
from crm_desktop.spec.board import BoardSpec

NO_LANE = Ref(0, "")
"""All cards, where they are in no lanes."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The cards of a lane in a column, in their order; what they add up to, in yuan."""

    ids: array[int] = field(default_factory=lambda: array("q"))
    amount: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)


_EMPTY = Cell()


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A column with its cells by the lane's id; ``state`` and ``process`` are those of its row."""

    ref: Ref
    state: Ref | None = None
    process: Ref | None = None
    cells: dict[int, Cell] = field(default_factory=dict)

    def cell(self, lane: int) -> Cell:
        """The cards in a lane."""
        return self.cells.get(lane, _EMPTY)

    @property
    def count(self) -> int:
        """How many cards there are."""
        return sum(len(cell.ids) for cell in self.cells.values())

    @property
    def amount(self) -> Decimal:
        """In yuan."""
        return sum((cell.amount for cell in self.cells.values()), Decimal(0))

    @property
    def weighted(self) -> Decimal:
        """In yuan, by probability."""
        return sum((cell.weighted for cell in self.cells.values()), Decimal(0))


@dataclass(frozen=True, slots=True)
class FoundBoard:
    """The columns of all processes in their order, and the lanes in theirs."""

    columns: tuple[BoardColumn, ...] = ()
    lanes: tuple[Ref, ...] = (NO_LANE,)

    def processes(self) -> tuple[Ref, ...]:
        """What columns belong to, once each."""
        return tuple(dict.fromkeys(column.process for column in self.columns if column.process is not None))

    def of(self, process_id: int) -> tuple[BoardColumn, ...]:
        """The columns of one process; of the first one where there is none of this id."""
        processes = self.processes()
        if not processes:
            return self.columns
        chosen = next((one for one in processes if one.id == process_id), processes[0])
        return tuple(column for column in self.columns if column.process == chosen)


def fetch_board(
    session: Session, board: BoardSpec, query: ListQuery, person: Person, lane: Attr | None = None
) -> FoundBoard:
    """Every column with all that matches; lanes by ``lane``, a reference, in the order of its rows. One statement."""

    def build() -> Select[Any]:
        return _select_board(board, query, person, lane)

    key = ("board", board.column.key, lane.key if lane else "", shape_of(query, person))
    return _read(board, execute(session, key, build, parameters_of(query, person)), has_lanes=lane is not None)


def fetch_places(
    session: Session, board: BoardSpec, query: ListQuery, person: Person, ids: Collection[int], lane: Attr | None = None
) -> dict[int, tuple[int, int]]:
    """Column and lane of those of these cards that the board holds, by id. One statement."""
    model: Any = query.spec.model

    def build() -> Select[Any]:
        place = getattr(model, facts(board.column).column)
        lane_id = literal(NO_LANE.id) if lane is None else func.coalesce(getattr(model, facts(lane).column), NO_LANE.id)
        is_one = model.id == any_(bindparam("ids", type_=ARRAY(BigInteger)))
        return select(model.id, place, lane_id).where(where_of(query, person), is_one)

    key = ("places", board.column.key, lane.key if lane else "", shape_of(query, person))
    rows = execute(session, key, build, parameters_of(query, person) | {"ids": list(ids)})
    return {id_: (place, lane_id) for id_, place, lane_id in rows}


def _select_board(board: BoardSpec, query: ListQuery, person: Person, lane: Attr | None) -> Select[Any]:
    model: Any = query.spec.model
    fact = facts(board.column)
    target: Any = fact.target
    place = getattr(model, fact.column)
    lane_id = None if lane is None else getattr(model, facts(lane).column)
    packed = func.string_agg(func.int8send(model.id), aggregate_order_by(text("''::bytea"), *board.order, model.id))
    sums = [func.sum(attr).label(f"sum{number}") for number, attr in enumerate(board.sums)]
    keys = [place.label("place"), *([] if lane_id is None else [lane_id.label("lane")])]
    counted = select(*keys, packed.label("ids"), *sums).select_from(model).where(where_of(query, person))
    cells = counted.group_by(place, *([] if lane_id is None else [lane_id])).subquery()
    joins = Joins(target)
    paths = _paths(board)
    shown = [column for path in paths for column in outputs(path, joins)]
    tone = getattr(target, "tone", literal(None))
    found = select(target.id, display_of(target), tone, *shown, cells.c.ids, *(cells.c[one.name] for one in sums))
    is_always_shown = board.process is not None or bool(fact.dictionary)  # of people only those who have a card
    statement = joins.apply(found.select_from(target).join(cells, cells.c.place == target.id, isouter=is_always_shown))
    if fact.dictionary:
        statement = statement.where(target.dictionary.has(code=fact.dictionary), target.is_active)
    ordered = [target] if board.process is None else [joins.target((board.process,)), target]
    order = [column for rows in ordered for column in (getattr(rows, rows.order), rows.id)]
    if target is Employee:
        order.insert(0, Employee.is_pool.desc())  # what nobody has yet
    if lane is not None:
        lane_target: Any = facts(lane).target
        lanes: Any = aliased(lane_target)
        statement = statement.outerjoin(lanes, lanes.id == cells.c.lane)
        statement = statement.add_columns(lanes.id, display_of(lanes), getattr(lanes, lanes.order))
    return statement.order_by(*order)


def _paths(board: BoardSpec) -> list[tuple[Attr, ...]]:
    return [(attr,) for attr in (board.process, board.state) if attr is not None]


def _read(board: BoardSpec, rows: Iterable[Any], *, has_lanes: bool) -> FoundBoard:
    paths = _paths(board)
    width = 3 + 3 * len(paths)
    end = width + 1 + len(board.sums)
    columns: dict[int, BoardColumn] = {}
    lanes: dict[Ref, Any] = {}
    for row in rows:
        values = iter(read_values(paths, row[3:width]))
        process = next(values) if board.process is not None else None
        state = next(values) if board.state is not None else None
        ref = Ref(row[0], row[1], state.tone if state else row[2])
        column = columns.setdefault(ref.id, BoardColumn(ref, state, process))
        if row[width] is not None:
            lane_id, label, place = row[end:] if has_lanes else (None, "", None)
            lane = NO_LANE if lane_id is None else Ref(lane_id, label)
            lanes[lane] = place
            amounts = [amount or Decimal(0) for amount in row[width + 1 : end]]
            column.cells[lane.id] = Cell(unpacked(row[width]), *amounts)
    in_order = sorted(lanes, key=lambda lane: (lane is NO_LANE, lanes[lane], lane.id))
    return FoundBoard(tuple(columns.values()), tuple(in_order) or (NO_LANE,))
