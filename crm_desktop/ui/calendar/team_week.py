"""People, rooms and cars below each other, the days of a week beside each other, with what each has on each day."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect

from crm_desktop.services.calendar import Occurrence
from crm_desktop.services.calendar_places import Lane, by_calendar, day_range, lanes_of
from crm_desktop.services.calendar_times import DAY, day_words, midnight, weekday_words
from crm_desktop.ui.calendar.layout import Box, Cursor, Layout, Shown, Spot
from crm_desktop.ui.calendar.paint import CalendarPainter
from crm_desktop.ui.calendar.team import HEAD, LEAST, SIDE, line_name, row_at

LANE = 21


class TeamWeekLayout(Layout):
    """A cell for each of them and each day. What is moved keeps its hours."""

    head = HEAD
    keeps_hours = True

    def __init__(self, shown: Shown, width: int, height: int) -> None:
        super().__init__(shown, width, height)
        self._day_width = max(1, (width - SIDE) // max(1, len(shown.days)))
        self._tops: list[int] = []
        top = 0
        for row, of_line in enumerate(shown.arranged):
            self._tops.append(top)
            lanes = 1
            for one, first, last, lane in of_line:
                left, right = self._left(first), self._left(last + 1)
                rect = QRect(left + 2, top + 4 + lane * LANE, right - left - 4, LANE - 2)
                self.boxes.append(Box(one, rect, True, row=row))
                lanes = max(lanes, lane + 1)
            top += max(LEAST, 8 + lanes * LANE)
        self.height = top

    @staticmethod
    def arrange(shown: Shown) -> list[list[Lane[Occurrence]]]:
        """What stands on each line, on which days and in which lane of it."""
        of = by_calendar(shown.occurrences)
        lines = []
        for calendar in shown.calendars:
            mine = of.get((calendar.is_resource, calendar.ref.id), ())
            found = [(*days, one) for one in mine if (days := day_range(one, shown.days)) is not None]
            lines.append(lanes_of(found))
        return lines

    def _left(self, number: int) -> int:
        return SIDE + number * self._day_width

    def spot_at(self, point: QPoint) -> Spot | None:
        """Which day, and whose."""
        if point.y() < 0 or not self.shown.calendars:
            return None
        number = min(len(self.shown.days) - 1, max(0, (point.x() - SIDE) // self._day_width))
        return Spot(midnight(self.shown.days[number]), is_whole=True, row=row_at(self._tops, point.y()))

    def rects_of(self, cursor: Cursor) -> Iterator[tuple[QRect, bool]]:
        """Its days on its line."""
        if not 0 <= cursor.row < len(self._tops):
            return
        top = self._tops[cursor.row]
        bottom = self._tops[cursor.row + 1] if cursor.row + 1 < len(self._tops) else self.height
        last = (cursor.span.ends_at - datetime.timedelta(microseconds=1)).date()
        for number, day in enumerate(self.shown.days):
            if cursor.span.starts_at.date() <= day <= last:
                yield QRect(self._left(number) + 1, top + 1, self._day_width - 1, bottom - top - 2), False

    def move(self, cursor: Cursor, across: int, down: int) -> Cursor:
        """Aside by days, down to the next line."""
        begin = midnight(cursor.span.starts_at.date() + across * DAY)
        row = max(0, min(len(self._tops) - 1, cursor.row + down))
        return Cursor(cursor.span._replace(starts_at=begin, ends_at=begin + DAY), is_whole=True, row=row)

    def paint_box(self, draw: CalendarPainter, box: Box, rect: QRect) -> None:
        """With its hour, where it has one."""
        draw.bar(rect, box.occurrence, "", with_time=not box.occurrence.is_whole_days)

    def paint_ground(self, draw: CalendarPainter, offset: QPoint) -> None:
        """Working days are white."""
        working = {span.starts_at.date() for span in self.shown.working}
        for number, day in enumerate(self.shown.days):
            role = "surface" if day in working else "canvas"
            draw.fill(QRect(self._left(number), offset.y(), self._day_width + 8, self.height), role)
            draw.line(self._left(number), offset.y(), self._left(number), offset.y() + self.height)
        for row, calendar in enumerate(self.shown.calendars):
            top = self._tops[row] + offset.y()
            draw.line(0, top, self.width, top)
            line_name(draw, calendar, top)
        draw.line(0, offset.y() + self.height, self.width, offset.y() + self.height)

    def paint_head(self, draw: CalendarPainter) -> None:
        """The days."""
        draw.fill(QRect(0, 0, self.width, HEAD), "surface")
        for number, day in enumerate(self.shown.days):
            note = self.shown.notes.get(day)
            role = "accent" if day == self.shown.now.date() else "bad" if note is not None and note.is_off else "text"
            place = QRect(self._left(number) + 6, 2, self._day_width - 8, 22)
            draw.text(place, f"{weekday_words(day)} {day_words(day)}", role, strong=True)
            if note is not None:
                draw.text(place.translated(0, 20), note.holiday or note.lunar, "faint")
        draw.line(0, HEAD - 1, self.width, HEAD - 1)
