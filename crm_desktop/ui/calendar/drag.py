"""Something under way in a calendar: taken somewhere by some part of it, now somewhere else. Says where it would go."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPoint

from crm_desktop.core.i18n import _
from crm_desktop.services.calendar import InTheWay, Occurrence, Span, clashes
from crm_desktop.services.calendar_times import DAY
from crm_desktop.services.events import Swap
from crm_desktop.ui.calendar.layout import Box, Cursor, Layout, Shown, Spot

Part = Literal["new", "whole", "start", "end"]
HOUR = datetime.timedelta(hours=1)
STEP = datetime.timedelta(minutes=30)
LEAST = datetime.timedelta(minutes=15)


@dataclass
class Drag:
    """``at`` is None as long as the mouse has hardly moved."""

    part: Part
    start: QPoint
    spot: Spot
    box: Box | None = None
    at: Spot | None = None
    is_copy: bool = False
    in_the_way: InTheWay | None = None
    """What may stand in the way of all who take part, shown or not; None until it is read."""

    @property
    def left(self) -> Occurrence | None:
        """The event that leaves its place."""
        return self.box.occurrence if self.box is not None and self.at is not None and not self.is_copy else None

    def wanted(self, shown: Shown, layout: Layout) -> Cursor | None:
        """Where it would go."""
        if self.at is None:
            return None
        if self.box is None:
            return stretched(self.spot, self.at)
        one, at = self.box.occurrence, self.at
        if self.part in {"start", "end"}:
            return self._resized(one, at, self.box.row)
        if not layout.keeps_hours and at.is_whole and not one.is_whole_days:
            return Cursor(Span(at.at, at.at + DAY), is_whole=True)
        if not layout.keeps_hours and not at.is_whole and self.spot.is_whole:
            return Cursor(Span(at.at, at.at + HOUR), is_whole=False)
        moved = at.at.replace(tzinfo=None) - self.spot.at.replace(tzinfo=None)
        starts_at, ends_at = (
            (moment.replace(tzinfo=None) + moved).astimezone() for moment in (one.starts_at, one.ends_at)
        )
        row = line_for(shown, one, self.box.row, at.row)
        return Cursor(Span(starts_at, ends_at), one.is_whole_days, row)

    def clashing(self, shown: Shown, cursor: Cursor) -> list[Occurrence]:
        """What is shown that stands in the way there."""
        if self.box is None or cursor.is_whole:
            return []
        one = self.box.occurrence
        known = self.in_the_way
        people = (
            {*one.people} | {id_ for is_resource, id_ in known.names if not is_resource} if known else {*one.people}
        )
        resources = (
            {*one.resources} | {id_ for is_resource, id_ in known.names if is_resource} if known else {*one.resources}
        )
        swap = swap_of(shown, self.box.row, cursor.row)
        if swap is not None:
            taken = resources if swap.is_resource else people
            taken ^= {swap.leaves, swap.comes}
        among = [*shown.occurrences, *(known.occurrences if known else ())]
        return clashes(among, cursor.span, people, resources, but=0 if self.is_copy else one.event_id)

    def trouble_words(self, found: Occurrence) -> str:
        """Whose time is taken by what."""
        names = self.in_the_way.names if self.in_the_way is not None else {}
        keys = [*((True, id_) for id_ in found.resources), *((False, id_) for id_ in found.people)]
        return _(": ").join(filter(None, (next((names[key] for key in keys if key in names), ""), found.title)))

    def _resized(self, one: Occurrence, at: Spot, row: int) -> Cursor:
        least = DAY if one.is_whole_days else LEAST
        if self.part == "start":
            return Cursor(Span(min(at.at, one.ends_at - least), one.ends_at), one.is_whole_days, row)
        edge = at.at + (DAY if at.is_whole else LEAST)
        return Cursor(Span(one.starts_at, max(edge, one.starts_at + least)), one.is_whole_days, row)


def stretched(begin: Spot, end: Spot) -> Cursor:
    """The time from one spot to another."""
    if begin.is_whole != end.is_whole:
        end = begin
    first, last = min(begin.at, end.at), max(begin.at, end.at)
    return Cursor(Span(first, last + (DAY if begin.is_whole else STEP)), begin.is_whole, begin.row)


def line_for(shown: Shown, one: Occurrence, row: int, to: int) -> int:
    """The line of a team to which an event may go from ``row``: to another person's, or another room's, unless that one
    takes part already.
    """
    swap = swap_of(shown, row, to)
    if swap is None or one.details is None:
        return row
    return row if swap.comes in (one.resources if swap.is_resource else one.people) else to


def swap_of(shown: Shown, row: int, to: int) -> Swap | None:
    """Who leaves and who comes where an event goes from one line to another; None where nobody does."""
    lines = shown.calendars
    if row == to or not (0 <= row < len(lines) and 0 <= to < len(lines)):
        return None
    leaves, comes = lines[row], lines[to]
    return Swap(comes.is_resource, leaves.ref.id, comes.ref.id) if leaves.is_resource == comes.is_resource else None
