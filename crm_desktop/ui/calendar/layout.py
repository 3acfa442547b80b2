"""What all ways to look at a calendar have in common: boxes of events, spots in time, and how several share a room."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from PySide6.QtCore import QPoint, QRect

from crm_desktop.services.calendar import Calendar, Occurrence, Span
from crm_desktop.services.calendar_times import DAY, Mode
from crm_desktop.ui.calendar.paint import SLIVER, CalendarPainter

BAR = 22
"""Height in px of what takes whole days, or stands in one line."""


class DayNote(NamedTuple):
    """What else is to be said of a day: of the lunar calendar, and the name of a holiday or a make-up day."""

    lunar: str
    holiday: str
    is_off: bool


@dataclass(frozen=True)
class Shown:
    """All that is drawn."""

    mode: Mode = Mode.WEEK
    day: datetime.date = datetime.date(2000, 1, 1)
    days: Sequence[datetime.date] = ()
    occurrences: Sequence[Occurrence] = ()
    calendars: Sequence[Calendar] = ()
    """Those whose times are shown."""
    notes: Mapping[datetime.date, DayNote] = field(default_factory=dict)
    working: Sequence[Span] = ()
    now: datetime.datetime = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
    asked: Occurrence | None = None
    """The first that waits for an answer."""
    arranged: Any = None
    """What ``Layout.arrange`` of its way makes of the occurrences."""

    @cached_property
    def _labels(self) -> dict[tuple[bool, int], str]:
        return {(one.is_resource, one.ref.id): one.ref.label for one in self.calendars}

    def names(self, occurrence: Occurrence) -> str:
        """Whose it is among several whose times are shown; empty where that is clear."""
        if len(self.calendars) < 2 or self.mode.is_team:  # noqa: PLR2004 - one alone need not be named
            return ""
        taken = [*((False, id_) for id_ in occurrence.people), *((True, id_) for id_ in occurrence.resources)]
        return ", ".join(self._labels[key] for key in taken if key in self._labels)


class Spot(NamedTuple):
    """A place in a calendar: when, whether above the hours, and on whose line."""

    at: datetime.datetime
    is_whole: bool
    row: int = -1


class Cursor(NamedTuple):
    """What the keyboard is at."""

    span: Span
    is_whole: bool
    row: int = -1


@dataclass(slots=True)
class Box:
    """A piece of an event. What is ``fixed`` stays above what scrolls; its rectangle is one of the viewport then."""

    occurrence: Occurrence
    rect: QRect
    is_bar: bool
    is_fixed: bool = False
    is_cut_before: bool = False
    is_cut_after: bool = False
    row: int = -1


class Layout:
    """Where everything is, for one width and height of the view. Coordinates are px of the content below ``head``."""

    head = 0
    """Height of what does not scroll."""
    height = 0
    step_minutes = 30
    """How far an arrow key and a mouse go, unless they are asked to be exact."""
    may_drag = True
    keeps_hours = False
    """Whether spots are days, so that what is moved keeps its hours."""

    def __init__(self, shown: Shown, width: int, height: int) -> None:
        self.shown, self.width, self.room = shown, width, height
        self.boxes: list[Box] = []
        self.rests: list[tuple[QRect, datetime.date, int, bool]] = []
        """Where some have no room: place, day, how many, whether in the head."""

    @staticmethod
    def arrange(shown: Shown) -> Any:
        """What does not depend on the size; no Qt, since it is not done in the window's thread."""
        raise NotImplementedError

    def spot_at(self, point: QPoint) -> Spot | None:
        """What time a point stands for; above the content its y is negative."""
        raise NotImplementedError

    def rects_of(self, cursor: Cursor) -> Iterator[tuple[QRect, bool]]:
        """Where a stretch of time would lie, and whether in the head."""
        raise NotImplementedError

    def paint_ground(self, draw: CalendarPainter, offset: QPoint) -> None:
        """Draw what scrolls, below the boxes."""

    def paint_head(self, draw: CalendarPainter) -> None:
        """Draw what does not scroll."""

    def paint_now(self, draw: CalendarPainter, offset: QPoint) -> None:
        """Draw where this moment is."""

    def paint_box(self, draw: CalendarPainter, box: Box, rect: QRect) -> None:
        """Draw the words of a box on its ground."""
        if rect.width() < SLIVER:
            draw.sliver(rect, box.occurrence)
            return
        names = self.shown.names(box.occurrence)
        if box.is_bar:
            draw.bar(rect, box.occurrence, names)
        else:
            draw.block(rect, box.occurrence, names)

    def begin(self) -> int:
        """How far down one looks at first."""
        return 0

    def move(self, cursor: Cursor, across: int, down: int) -> Cursor:
        """The cursor after so many arrow keys."""
        at = cursor.span.starts_at
        length = cursor.span.ends_at - at
        begun = at.date() + across * DAY
        minutes = at.hour * 60 + at.minute + (0 if cursor.is_whole else down * self.step_minutes)
        starts_at = (
            datetime.datetime.combine(begun, datetime.time()) + datetime.timedelta(minutes=minutes)
        ).astimezone()
        return cursor._replace(span=Span(starts_at, starts_at + length))
