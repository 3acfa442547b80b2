"""Days side by side with their hours: day, work week, week. Whole days stand above."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect

from crm_desktop.core.i18n import ngettext
from crm_desktop.services.calendar import Occurrence
from crm_desktop.services.calendar_places import Lane, columns_of, day_range, lanes_of, pieces_of
from crm_desktop.services.calendar_times import DAY, midnight, minutes_of, moment, weekday_words
from crm_desktop.ui.calendar.layout import BAR, Box, Cursor, Layout, Shown, Spot
from crm_desktop.ui.calendar.paint import CENTER, RIGHT, CalendarPainter

GUTTER = 52
HOUR = 48
DAY_HEAD = 44
MOST_LANES = 5
SNAP = 15
SMALLEST = 20
MINUTES = 24 * 60
_EARLY = 7 * 60
_HOURS = 24
_Block = tuple[Occurrence, int, int]
"""With the minutes of its day from and to which it is drawn."""


class HoursLayout(Layout):
    """The day is a column, its hours go down."""

    height = HOUR * _HOURS

    def __init__(self, shown: Shown, width: int, height: int) -> None:
        super().__init__(shown, width, height)
        self._day_width = max(1, (width - GUTTER) // max(1, len(shown.days)))
        bars, blocks = shown.arranged
        count = max((lane for *_rest, lane in bars), default=0) + 1
        self._lanes = min(MOST_LANES, count) + (count > MOST_LANES)
        self.head = DAY_HEAD + self._lanes * (BAR + 2) + 6
        self._place_bars(bars, count)
        for number, of_day in enumerate(blocks):
            self._place_blocks(number, of_day)

    @staticmethod
    def arrange(shown: Shown) -> tuple[list[Lane[Occurrence]], list[list[tuple[_Block, int, int]]]]:
        """The bars above the hours with their lanes; of each day the blocks with their columns and of how many."""
        whole = ((day_range(one, shown.days), one) for one in shown.occurrences if one.is_whole_days)
        bars = lanes_of((found[0], found[1], one) for found, one in whole if found is not None)
        pieces: list[list[tuple[float, float, _Block]]] = [[] for _day in shown.days]
        for one in shown.occurrences:
            if not one.is_whole_days:
                for number, first, last in pieces_of(one, shown.days):
                    shown_last = max(last, first + SMALLEST * 60 // HOUR)  # what is short is drawn longer than it is
                    pieces[number].append((first, shown_last, (one, first, shown_last)))
        return bars, [list(columns_of(of_day)) for of_day in pieces]

    def _place_bars(self, lanes: list[Lane[Occurrence]], count: int) -> None:
        hidden = [0] * len(self.shown.days)
        for one, first, last, lane in lanes:
            if lane < MOST_LANES:
                left, right = self._left(first), self._left(last + 1)
                rect = QRect(left + 2, DAY_HEAD + lane * (BAR + 2) + 2, right - left - 4, BAR)
                cut_before = one.starts_at < midnight(self.shown.days[0])
                cut_after = one.ends_at > midnight(self.shown.days[-1] + DAY)
                self.boxes.append(Box(one, rect, True, True, cut_before, cut_after))
            else:
                for number in range(first, last + 1):
                    hidden[number] += 1
        if count > MOST_LANES:
            top = DAY_HEAD + MOST_LANES * (BAR + 2)
            for number, many in enumerate(hidden):
                if many:
                    place = QRect(self._left(number) + 4, top, self._day_width - 8, BAR)
                    self.rests.append((place, self.shown.days[number], many, True))

    def _place_blocks(self, number: int, of_day: list[tuple[_Block, int, int]]) -> None:
        begin, room = self._left(number) + 2, self._day_width - 6
        for (one, first, last), column, columns in of_day:
            left, right = begin + column * room // columns, begin + (column + 1) * room // columns
            top = first * HOUR // 60
            rect = QRect(left, top, max(3, right - left - 2), max(SMALLEST, last * HOUR // 60 - top) - 1)
            self.boxes.append(Box(one, rect, False))

    def _left(self, number: int) -> int:
        return GUTTER + number * self._day_width

    def spot_at(self, point: QPoint) -> Spot | None:
        """Above the hours whole days, below the nearest quarter of an hour."""
        if not self.shown.days:
            return None
        number = min(len(self.shown.days) - 1, max(0, (point.x() - GUTTER) // self._day_width))
        day = self.shown.days[number]
        if point.y() < 0:
            return Spot(midnight(day), is_whole=True) if point.y() >= DAY_HEAD - self.head else None
        minutes = min(MINUTES - SNAP, point.y() * 60 // HOUR // SNAP * SNAP)
        return Spot(moment(day, minutes), is_whole=False)

    def rects_of(self, cursor: Cursor) -> Iterator[tuple[QRect, bool]]:
        """Whole days as a bar, hours as a block in each of their days."""
        span, days = cursor.span, self.shown.days
        if cursor.is_whole:
            first = max(0, (span.starts_at.date() - days[0]).days)
            last = min(len(days) - 1, ((span.ends_at - DAY / 2).date() - days[0]).days)
            if first <= last:
                left = self._left(first)
                yield QRect(left + 1, DAY_HEAD + 1, self._left(last + 1) - left - 2, self.head - DAY_HEAD - 4), True
            return
        for number, day in enumerate(days):
            begin, end = midnight(day), midnight(day + DAY)
            if span.starts_at < end and span.ends_at > begin:
                first = 0 if span.starts_at < begin else minutes_of(span.starts_at)
                last = MINUTES if span.ends_at >= end else minutes_of(span.ends_at)
                top = first * HOUR // 60
                yield QRect(self._left(number) + 1, top, self._day_width - 3, max(6, last * HOUR // 60 - top)), False

    def begin(self) -> int:
        """Before the office opens, with an hour to spare."""
        opening = min((minutes_of(span.starts_at) for span in self.shown.working), default=_EARLY + 60)
        return max(0, (opening - 60) * HOUR // 60)

    def paint_ground(self, draw: CalendarPainter, offset: QPoint) -> None:
        """Working hours are white, all others grey; lines by the half hour."""
        shown, right = self.shown, self._left(len(self.shown.days))
        top = offset.y()
        for number, day in enumerate(shown.days):
            draw.fill(QRect(self._left(number), top, self._day_width, self.height), "canvas")
            for rect in self._working_rects(number):
                draw.fill(rect.translated(0, top), "surface")
            if day == shown.now.date():
                draw.painter.setOpacity(0.35)
                draw.fill(QRect(self._left(number), top, self._day_width, self.height), "select")
                draw.painter.setOpacity(1)
        for hour in range(_HOURS):
            y = top + hour * HOUR
            draw.line(GUTTER, y, right, y)
            draw.line(GUTTER, y + HOUR // 2, right, y + HOUR // 2, "line_soft")
            if hour:
                draw.text(QRect(0, y - 9, GUTTER - 8, 18), f"{hour:02}:00", "faint", side=RIGHT)
        for number in range(len(shown.days) + 1):
            draw.line(self._left(number), top, self._left(number), top + self.height)

    def paint_now(self, draw: CalendarPainter, offset: QPoint) -> None:
        """A red line through this moment."""
        today = self.shown.now.date()
        if today in self.shown.days:
            left = self._left(list(self.shown.days).index(today))
            y = offset.y() + minutes_of(self.shown.now) * HOUR // 60
            draw.fill(QRect(left, y, self._day_width, 2), "bad")
            draw.disc(QPoint(left, y + 1), 4, "bad")

    def _working_rects(self, number: int) -> Iterator[QRect]:
        day = self.shown.days[number]
        for span in self.shown.working:
            if span.starts_at.date() == day:
                first, last = minutes_of(span.starts_at), minutes_of(span.ends_at) or MINUTES
                y = first * HOUR // 60
                yield QRect(self._left(number), y, self._day_width, last * HOUR // 60 - y)

    def paint_head(self, draw: CalendarPainter) -> None:
        """The days, with what the lunar calendar and the holidays say of them."""
        shown = self.shown
        draw.fill(QRect(0, 0, self.width, self.head), "surface")
        for number, day in enumerate(shown.days):
            left, note = self._left(number), shown.notes.get(day)
            is_today = day == shown.now.date()
            role = "accent_text" if is_today else "bad" if note is not None and note.is_off else "text"
            if is_today:
                draw.disc(QPoint(left + 22, 15), 13, "accent")
            draw.text(QRect(left + 6, 2, 32, 26), f"{day.day}", role, strong=True, size=15, side=CENTER)
            rest = QRect(left + 42, 2, self._day_width - 46, 26)
            draw.text(rest, weekday_words(day), "accent" if is_today else "muted", strong=is_today)
            if note is not None:
                words = " · ".join(dict.fromkeys(filter(None, (note.holiday, note.lunar))))
                draw.text(QRect(left + 10, 26, self._day_width - 14, 16), words, "bad" if note.is_off else "faint")
            draw.line(left, 0, left, self.head)
        draw.line(0, DAY_HEAD, self.width, DAY_HEAD, "line_soft")
        draw.line(0, self.head - 1, self.width, self.head - 1)
        for place, _day, many, _is_fixed in self.rests:
            draw.text(place, ngettext("{count} more", "{count} more", many).format(count=many), "accent")
