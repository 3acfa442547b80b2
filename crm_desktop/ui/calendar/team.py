"""People, rooms and cars below each other, and beside each the hours of a day at which it is taken."""

from __future__ import annotations

import bisect
from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect

from crm_desktop.services.calendar import Calendar, Occurrence
from crm_desktop.services.calendar_places import by_calendar, columns_of, pieces_of
from crm_desktop.services.calendar_times import minutes_of, moment
from crm_desktop.ui import icons
from crm_desktop.ui.calendar.layout import Box, Cursor, Layout, Shown, Spot
from crm_desktop.ui.calendar.paint import CENTER, CalendarPainter

SIDE = 150
HEAD = 44
LANE = 26
LEAST = 34
FROM, TO = 7 * 60, 21 * 60
"""The part of a day that is drawn; what lies outside stands at its edge."""
SNAP = 15
SHORTEST = 10
"""What is shorter, in minutes, is drawn as long as that."""


class TeamLayout(Layout):
    """Time goes to the right."""

    head = HEAD
    step_minutes = SNAP

    def __init__(self, shown: Shown, width: int, height: int) -> None:
        super().__init__(shown, width, height)
        self._day_width = max(1.0, (width - SIDE) / max(1, len(shown.days)))
        self._tops: list[int] = []
        top = 0
        for row, of_line in enumerate(shown.arranged):
            self._tops.append(top)
            lanes = 1
            for (one, begin, end), lane, _lanes in of_line:
                left, right = self._x(begin), self._x(end)
                rect = QRect(int(left) + 1, top + 4 + lane * LANE, int(right - left) - 2, LANE - 2)
                self.boxes.append(Box(one, rect, True, row=row))
                lanes = max(lanes, lane + 1)
            top += max(LEAST, 8 + lanes * LANE)
        self.height = top

    @staticmethod
    def arrange(shown: Shown) -> list[list[tuple[tuple[Occurrence, float, float], int, int]]]:
        """What stands on each line, with the minutes that are drawn of it, and in which lane of the line."""
        of = by_calendar(shown.occurrences)
        lines = []
        for calendar in shown.calendars:
            pieces = []
            for one in of.get((calendar.is_resource, calendar.ref.id), ()):
                if found := list(pieces_of(one, shown.days)):
                    begin, end = _drawn(*found[0][:2]), _drawn(found[-1][0], found[-1][2])
                    end = max(end, begin + SHORTEST)
                    pieces.append((begin, end, (one, begin, end)))
            lines.append(list(columns_of(pieces)))
        return lines

    def _x(self, drawn: float) -> float:
        return SIDE + drawn * self._day_width / (TO - FROM)

    def spot_at(self, point: QPoint) -> Spot | None:
        """When and whose."""
        if point.y() < 0 or not self.shown.calendars:
            return None
        x = max(0, point.x() - SIDE)
        number = min(len(self.shown.days) - 1, int(x // self._day_width))
        minutes = FROM + (x - number * self._day_width) * (TO - FROM) / self._day_width
        snapped = int(minutes) // SNAP * SNAP
        at = moment(self.shown.days[number], min(snapped, TO - SNAP))
        return Spot(at, is_whole=False, row=row_at(self._tops, point.y()))

    def rects_of(self, cursor: Cursor) -> Iterator[tuple[QRect, bool]]:
        """On its line."""
        if not 0 <= cursor.row < len(self._tops):
            return
        top = self._tops[cursor.row]
        bottom = self._tops[cursor.row + 1] if cursor.row + 1 < len(self._tops) else self.height
        one = Occurrence(0, cursor.span.starts_at, cursor.span.ends_at, (), (), None)
        found = list(pieces_of(one, self.shown.days))
        if found:
            left, right = self._x(_drawn(*found[0][:2])), self._x(_drawn(found[-1][0], found[-1][2]))
            yield QRect(int(left), top + 2, max(4, int(right - left)), bottom - top - 4), False

    def move(self, cursor: Cursor, across: int, down: int) -> Cursor:
        """Aside in time, down to the next line."""
        row = max(0, min(len(self._tops) - 1, cursor.row + down))
        by = across * SNAP
        at = moment(cursor.span.starts_at.date(), minutes_of(cursor.span.starts_at))
        at = moment(at.date(), max(0, minutes_of(at) + by)) if by >= 0 or minutes_of(at) + by >= 0 else at
        length = cursor.span.ends_at - cursor.span.starts_at
        return Cursor(cursor.span._replace(starts_at=at, ends_at=at + length), is_whole=False, row=row)

    def paint_ground(self, draw: CalendarPainter, offset: QPoint) -> None:
        """Working hours are white."""
        bottom = offset.y() + self.height
        draw.fill(QRect(SIDE, offset.y(), self.width - SIDE, self.height), "canvas")
        for span in self.shown.working:
            if span.starts_at.date() in self.shown.days:
                number = list(self.shown.days).index(span.starts_at.date())
                left = self._x(_drawn(number, minutes_of(span.starts_at)))
                right = self._x(_drawn(number, minutes_of(span.ends_at) or 24 * 60))
                draw.fill(QRect(int(left), offset.y(), int(right - left), self.height), "surface")
        for _hour, x in self._hours():
            draw.line(x, offset.y(), x, bottom, "line_soft")
        for row, calendar in enumerate(self.shown.calendars):
            top = self._tops[row] + offset.y()
            draw.line(0, top, self.width, top)
            line_name(draw, calendar, top)
        draw.line(0, bottom, self.width, bottom)

    def paint_now(self, draw: CalendarPainter, offset: QPoint) -> None:
        """A red line through this moment."""
        today = self.shown.now.date()
        if today in self.shown.days:
            x = self._x(_drawn(list(self.shown.days).index(today), minutes_of(self.shown.now)))
            draw.fill(QRect(int(x), offset.y(), 2, self.height), "bad")

    def _hours(self) -> Iterator[tuple[int, int]]:
        for hour in range(FROM // 60, TO // 60):
            yield hour, int(self._x(_drawn(0, hour * 60)))

    def paint_head(self, draw: CalendarPainter) -> None:
        """The hours."""
        draw.fill(QRect(0, 0, self.width, HEAD), "surface")
        for hour, x in self._hours():
            draw.text(QRect(x - 24, 10, 48, 24), f"{hour:02}:00", "faint", side=CENTER)
        draw.line(0, HEAD - 1, self.width, HEAD - 1)


def _drawn(number: int, minutes: int) -> float:
    """A minute of a day among those that are drawn, of all days."""
    return number * (TO - FROM) + min(max(minutes, FROM), TO) - FROM


def row_at(tops: list[int], y: int) -> int:
    """On whose line a point lies, by where the lines begin."""
    return max(0, min(len(tops) - 1, bisect.bisect_right(tops, y) - 1)) if tops else -1


def line_name(draw: CalendarPainter, calendar: Calendar, top: int) -> None:
    """Write whose line it is."""
    line = QRect(10, top + 4, SIDE - 16, LANE - 2)
    if calendar.is_resource:
        draw.painter.drawPixmap(line.x(), line.y() + 5, icons.pixmap("door", 14))
        line.adjust(20, 0, 0, 0)
    draw.text(line, calendar.ref.label, strong=not calendar.is_resource, size=13)
