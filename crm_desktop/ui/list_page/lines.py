"""Which line of a list shows what: the heading of a group, or the record at a place among all ids."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate

from crm_desktop.services.listing import RowGroup


class Lines:
    """Without groups a line is a place. A folded group shows its heading only."""

    def __init__(self, ids: array[int], groups: Sequence[RowGroup] = (), folded: Collection[int] = ()) -> None:
        """``folded`` are numbers of groups."""
        self.ids, self.groups, self.folded = ids, groups, frozenset(folded)
        self._places = [0, *accumulate(group.size for group in groups)]
        heights = [1 if number in self.folded else 1 + group.size for number, group in enumerate(groups)]
        self._headings = [0, *accumulate(heights)]

    @property
    def count(self) -> int:
        """How many lines there are."""
        return self._headings[-1] if self.groups else len(self.ids)

    def group_at(self, line: int) -> int:
        """The number of the group whose heading stands there, -1 for a record."""
        if not self.groups:
            return -1
        number = bisect_right(self._headings, line) - 1
        return number if self._headings[number] == line else -1

    def heading_of(self, number: int) -> int:
        """The line of a group's heading."""
        return self._headings[number]

    def place_at(self, line: int) -> int:
        """The place of the record that stands there, -1 for a heading."""
        if not self.groups:
            return line
        number = bisect_right(self._headings, line) - 1
        below = line - self._headings[number]
        return self._places[number] + below - 1 if below else -1

    def group_of(self, place: int) -> int:
        """The number of the group in which a place lies."""
        return bisect_right(self._places, place) - 1

    def begin(self, number: int, ids: Sequence[int]) -> None:
        """Learn the first ids of a group."""
        first = self._places[number]
        known = ids[: self.groups[number].size]
        self.ids[first : first + len(known)] = array("q", known)

    def line_of(self, place: int) -> int:
        """Where the record at a place stands, -1 where its group is folded."""
        if not self.groups:
            return place
        number = self.group_of(place)
        return -1 if number in self.folded else self._headings[number] + 1 + place - self._places[number]

    def places(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The places of the records on these lines, as first and last of each run."""
        if not self.groups:
            yield first, last
            return
        number = max(0, bisect_right(self._headings, first) - 1)
        while number < len(self.groups) and self._headings[number] <= last:
            top = max(first, self._headings[number] + 1)
            bottom = min(last, self._headings[number + 1] - 1)
            if top <= bottom:
                yield self.place_at(top), self.place_at(bottom)
            number += 1

    def members(self, number: int) -> array[int]:
        """The ids of a group."""
        return self.ids[self._places[number] : self._places[number + 1]]
