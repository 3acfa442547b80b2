"""Which events lie beside each other and which below: columns at one time, lanes on one day. For screen and paper.

Days follow each other without a gap.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from typing import TypeVar

from crm_desktop.services.calendar import Occurrence

T = TypeVar("T")
Lane = tuple[T, int, int, int]
"""What, its first and last day, and in which lane it lies."""


def columns_of(items: Sequence[tuple[float, float, T]]) -> Iterator[tuple[T, int, int]]:
    """Give each of ``items`` (beginning, end, what) a column in which nothing else is at its time, and the number of
    columns that those which touch each other share.
    """
    cluster: list[tuple[T, int]] = []
    ends: list[float] = []
    last = float("-inf")
    for begin, end, item in sorted(items, key=lambda one: (one[0], -one[1])):
        if begin >= last and cluster:
            yield from ((one, column, len(ends)) for one, column in cluster)
            cluster, ends = [], []
        column = next((n for n, free_at in enumerate(ends) if free_at <= begin), len(ends))
        if column == len(ends):
            ends.append(end)
        else:
            ends[column] = end
        cluster.append((item, column))
        last = max(last, end) if cluster[1:] else end
    yield from ((one, column, len(ends)) for one, column in cluster)


def lanes_of(items: Iterable[tuple[int, int, T]]) -> list[Lane[T]]:
    """Give each bar (first day, last day, what) the uppermost lane that is free on all of its days."""
    free: list[int] = []
    taken: list[tuple[int, int]] = []  # until which day, which lane
    found = []
    for first, last, item in sorted(items, key=lambda one: (one[0], -one[1])):
        while taken and taken[0][0] < first:
            heappush(free, heappop(taken)[1])
        lane = heappop(free) if free else len(taken)
        heappush(taken, (last, lane))
        found.append((item, first, last, lane))
    return found


def pieces_of(occurrence: Occurrence, days: Sequence[datetime.date]) -> Iterator[tuple[int, int, int]]:
    """Each of the days that it touches, by its number, with the minutes from and to which it lasts there."""
    found = day_range(occurrence, days)
    if found is None:
        return
    begin, end = occurrence.starts_at, occurrence.ends_at
    for number in range(found[0], found[1] + 1):
        first = begin.hour * 60 + begin.minute if begin.date() == days[number] else 0
        last = end.hour * 60 + end.minute if end.date() == days[number] else 24 * 60
        yield number, first, max(last, first)


def day_range(occurrence: Occurrence, days: Sequence[datetime.date]) -> tuple[int, int] | None:
    """The numbers of the first and the last of the days that it touches; None where it touches none."""
    first, last = (occurrence.starts_at.date() - days[0]).days, (occurrence.last_day - days[0]).days
    if last < 0 or first >= len(days):
        return None
    return max(0, first), min(len(days) - 1, last)


def by_calendar(occurrences: Iterable[Occurrence]) -> dict[tuple[bool, int], list[Occurrence]]:
    """What each person and resource (True) has, by its id."""
    found: dict[tuple[bool, int], list[Occurrence]] = {}
    for one in occurrences:
        for id_ in one.people:
            found.setdefault((False, id_), []).append(one)
        for id_ in one.resources:
            found.setdefault((True, id_), []).append(one)
    return found
