"""A month as weeks below each other; of each day as many events as have room."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect

from crm_desktop.core.i18n import ngettext
from crm_desktop.services.calendar import Occurrence
from crm_desktop.services.calendar_places import day_range, lanes_of
from crm_desktop.services.calendar_times import DAY, midnight, weekday_words
from crm_desktop.ui import theme
from crm_desktop.ui.calendar.layout import Box, Cursor, Layout, Shown, Spot
from crm_desktop.ui.calendar.paint import CENTER, LEFT, RIGHT, CalendarPainter

WEEK = 7
NUMBER = 24
LANE = 20
LEAST = 84
HEAD = 24


class _Week(NamedTuple):
    """What stands in each lane from which day to which, and of each day how many there are and how many lanes."""

    lanes: list[list[tuple[Occurrence, int, int]]]
    many: list[int]
    used: list[int]

    @classmethod
    def of(cls, items: Iterable[tuple[int, int, Occurrence]]) -> _Week:
        """All that stands in a week."""
        made = cls([], [0] * WEEK, [0] * WEEK)
        for one, first, last, lane in lanes_of(items):
            if lane == len(made.lanes):
                made.lanes.append([])
            made.lanes[lane].append((one, first, last))
            for day in range(first, last + 1):
                made.many[day] += 1
                made.used[day] = max(made.used[day], lane + 1)
        return made


class MonthLayout(Layout):
    """A day is a cell; what lasts longer goes across."""

    head = HEAD
    keeps_hours = True
    step_minutes = WEEK * 24 * 60

    def __init__(self, shown: Shown, width: int, height: int) -> None:
        super().__init__(shown, width, height)
        self._weeks = max(1, len(shown.days) // WEEK)
        self._cell = QRect(0, 0, max(1, width // WEEK), max(LEAST, (height - HEAD) // self._weeks))
        self.height = self._cell.height() * self._weeks
        for number, week in enumerate(shown.arranged):
            self._place(number, week)

    @staticmethod
    def arrange(shown: Shown) -> list[_Week]:
        """The weeks."""
        found: list[list[tuple[int, int, Occurrence]]] = [[] for _week in range(len(shown.days) // WEEK)]
        for one in shown.occurrences:
            if (days := day_range(one, shown.days)) is not None:
                for week in range(days[0] // WEEK, days[1] // WEEK + 1):
                    begin = week * WEEK
                    found[week].append((max(days[0] - begin, 0), min(days[1] - begin, WEEK - 1), one))
        return [_Week.of(items) for items in found]

    def _place(self, number: int, week: _Week) -> None:
        days = self.shown.days[number * WEEK : (number + 1) * WEEK]
        most = max(1, (self._cell.height() - NUMBER - 4) // LANE)
        begin, end = midnight(days[0]), midnight(days[-1] + DAY)
        hidden = list(week.many)
        # The last lane is for the number of those that have no room, where there are any.
        room = [most if used <= most else most - 1 for used in week.used]
        for lane, bars in enumerate(week.lanes[:most]):
            for one, first, last in bars:
                if all(lane < room[day] for day in range(first, last + 1)):
                    top = number * self._cell.height() + NUMBER + lane * LANE
                    left, right = first * self._cell.width(), (last + 1) * self._cell.width()
                    rect = QRect(left + 3, top, right - left - 6, LANE - 2)
                    self.boxes.append(Box(one, rect, True, False, one.starts_at < begin, one.ends_at > end))
                    for day in range(first, last + 1):
                        hidden[day] -= 1
        top = number * self._cell.height() + NUMBER + (most - 1) * LANE
        for day, many in enumerate(hidden):
            if many:
                place = QRect(day * self._cell.width() + 6, top, self._cell.width() - 12, LANE - 2)
                self.rests.append((place, days[day], many, False))

    def cell(self, number: int) -> QRect:
        """Where a day lies, by its number."""
        return self._cell.translated(number % WEEK * self._cell.width(), number // WEEK * self._cell.height())

    def spot_at(self, point: QPoint) -> Spot | None:
        """The day below a point."""
        if point.y() < 0:
            return None
        number = min(WEEK - 1, max(0, point.x() // self._cell.width())) + point.y() // self._cell.height() * WEEK
        return Spot(midnight(self.shown.days[min(number, len(self.shown.days) - 1)]), is_whole=True)

    def rects_of(self, cursor: Cursor) -> Iterator[tuple[QRect, bool]]:
        """Every day that it touches."""
        last = (cursor.span.ends_at - datetime.timedelta(microseconds=1)).date()
        for number, day in enumerate(self.shown.days):
            if cursor.span.starts_at.date() <= day <= last:
                yield self.cell(number).adjusted(1, 1, -1, -1), False

    def move(self, cursor: Cursor, across: int, down: int) -> Cursor:
        """Down is a week on."""
        day = cursor.span.starts_at.date() + (across + WEEK * down) * DAY
        length = (cursor.span.ends_at - datetime.timedelta(microseconds=1)).date() - cursor.span.starts_at.date()
        return Cursor(
            cursor.span._replace(starts_at=midnight(day), ends_at=midnight(day + length + DAY)), is_whole=True
        )

    def paint_box(self, draw: CalendarPainter, box: Box, rect: QRect) -> None:
        """With its hour, where it has one."""
        draw.bar(rect, box.occurrence, self.shown.names(box.occurrence), with_time=not box.occurrence.is_whole_days)

    def paint_ground(self, draw: CalendarPainter, offset: QPoint) -> None:
        """Days of other months and days off are grey."""
        shown = self.shown
        working = {span.starts_at.date() for span in shown.working}
        for number, day in enumerate(shown.days):
            rect = self.cell(number).translated(0, offset.y())
            is_inside, note = day.month == shown.day.month, shown.notes.get(day)
            draw.fill(rect, "surface" if is_inside and day in working else "canvas")
            is_today = day == shown.now.date()
            if is_today:
                draw.disc(QPoint(rect.x() + 16, rect.y() + 13), 11, "accent")
            is_off = note is not None and note.is_off
            role = "accent_text" if is_today else "faint" if not is_inside else "bad" if is_off else "text"
            draw.text(QRect(rect.x() + 3, rect.y() + 2, 26, 22), f"{day.day}", role, strong=True, side=CENTER)
            if note is not None:
                words = note.holiday or note.lunar
                room = rect.adjusted(34, 2, -6, 0)
                room.setHeight(22)
                draw.text(room, words, "bad" if is_off else "faint", side=RIGHT)
            draw.line(rect.left(), rect.top(), rect.right(), rect.top())
            draw.line(rect.left(), rect.top(), rect.left(), rect.bottom())
        for place, _day, many, _is_fixed in self.rests:
            words = ngettext("{count} more", "{count} more", many).format(count=many)
            draw.text(place.translated(0, offset.y()), words, "accent", side=LEFT)

    def paint_head(self, draw: CalendarPainter) -> None:
        """The names of the weekdays."""
        draw.fill(QRect(0, 0, self.width, HEAD), "surface")
        for number, day in enumerate(self.shown.days[:WEEK]):
            place = QRect(number * self._cell.width() + 8, 0, self._cell.width() - 12, HEAD)
            draw.text(place, weekday_words(day), "muted", size=theme.SMALL)
