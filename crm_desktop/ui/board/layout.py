"""Where the cards of a board lie, in px of its whole content. Knows no records and draws nothing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect

CARD, GAP = 104, 8
COLUMN_GAP = 12
LEAST, FOLDED = 184, 40
"""Widths of columns."""
HEAD = 56
"""Height of what stands above the cards of a column, and stays there."""
LANE = 32


class Place(NamedTuple):
    """Of a card: which lane, which column, the how-manieth there."""

    lane: int
    column: int
    row: int


@dataclass(frozen=True)
class Layout:
    """``counts`` says of each lane how many cards each column has; ``folded`` columns show none."""

    counts: Sequence[Sequence[int]]
    folded: frozenset[int]
    columns: int
    width: int
    """Of what can be seen."""
    has_lanes: bool = False

    def __post_init__(self) -> None:
        """Add up the places once."""
        open_count = max(1, self.columns - len(self.folded))
        room = self.width - len(self.folded) * FOLDED - max(0, self.columns - 1) * COLUMN_GAP
        wide = max(LEAST, room // open_count)
        widths = [FOLDED if number in self.folded else wide for number in range(self.columns)]
        lefts = list(accumulate((width + COLUMN_GAP for width in widths), initial=0))
        heights = [self._height(counts) for counts in self.counts]
        for name, value in (("_widths", widths), ("_lefts", lefts), ("_tops", [*accumulate(heights, initial=0)])):
            object.__setattr__(self, name, value)

    _widths: Sequence[int] = ()
    _lefts: Sequence[int] = ()
    _tops: Sequence[int] = ()

    def _height(self, counts: Sequence[int]) -> int:
        most = max((count for number, count in enumerate(counts) if number not in self.folded), default=0)
        return (LANE if self.has_lanes else 0) + most * (CARD + GAP)

    @property
    def whole_width(self) -> int:
        """Of all columns."""
        return self._lefts[-1] - COLUMN_GAP if self.columns else 0

    @property
    def whole_height(self) -> int:
        """Of all lanes."""
        return self._tops[-1]

    def column_rect(self, column: int) -> QRect:
        """The whole height of a column."""
        return QRect(self._lefts[column], 0, self._widths[column], self.whole_height)

    def lane_top(self, lane: int) -> int:
        """Where a lane begins."""
        return self._tops[lane]

    def card_rect(self, place: Place) -> QRect:
        """Where a card lies."""
        top = self._tops[place.lane] + (LANE if self.has_lanes else 0) + place.row * (CARD + GAP)
        return QRect(self._lefts[place.column], top, self._widths[place.column], CARD)

    def column_at(self, x: int) -> int:
        """The column at or left of a place; -1 where there is none."""
        return min(bisect_right(self._lefts, x), self.columns) - 1

    def lane_at(self, y: int) -> int:
        """The lane at a height; the nearest one beyond the ends."""
        return max(0, min(bisect_right(self._tops, y), len(self.counts)) - 1)

    def card_at(self, point: QPoint) -> Place | None:
        """The card under a point."""
        column, lane = self.column_at(point.x()), self.lane_at(point.y())
        if column < 0 or column in self.folded or not self.counts:
            return None
        within = point.y() - self._tops[lane] - (LANE if self.has_lanes else 0)
        place = Place(lane, column, within // (CARD + GAP))
        is_there = 0 <= place.row < self.counts[lane][column]
        return place if is_there and self.card_rect(place).contains(point) else None

    def cards_in(self, rect: QRect) -> Iterator[Place]:
        """The cards that are to be seen in a part of the content."""
        for lane in range(self.lane_at(rect.top()), self.lane_at(rect.bottom()) + 1 if self.counts else 0):
            top = self._tops[lane] + (LANE if self.has_lanes else 0)
            first, last = max(0, (rect.top() - top) // (CARD + GAP)), (rect.bottom() - top) // (CARD + GAP)
            for column in range(max(0, self.column_at(rect.left())), self.column_at(rect.right()) + 1):
                if column not in self.folded:
                    for row in range(first, min(last + 1, self.counts[lane][column])):
                        yield Place(lane, column, row)

    def first(self) -> Place | None:
        """The first card of all."""
        places = (Place(lane, column, 0) for lane in range(len(self.counts)) for column in range(self.columns))
        return next((place for place in places if self._open(place.lane, place.column)), None)

    def step_down(self, place: Place, rows: int) -> Place:
        """So many cards below in the column, or above; at most its last or first."""
        in_column = [(lane, row) for lane in range(len(self.counts)) for row in range(self._open(lane, place.column))]
        number = in_column.index((place.lane, place.row)) + rows
        lane, row = in_column[max(0, min(number, len(in_column) - 1))]
        return Place(lane, place.column, row)

    def step_aside(self, place: Place, direction: int) -> Place:
        """The nearest card in the next column that has any, in the same lane where there is one."""
        column = place.column + direction
        while 0 <= column < self.columns:
            if count := self._open(place.lane, column):
                return Place(place.lane, column, min(place.row, count - 1))
            if lanes := [lane for lane in range(len(self.counts)) if self._open(lane, column)]:
                return Place(lanes[0], column, 0)
            column += direction
        return place

    def _open(self, lane: int, column: int) -> int:
        return 0 if column in self.folded else self.counts[lane][column]
