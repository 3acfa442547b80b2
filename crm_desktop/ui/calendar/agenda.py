"""What comes, line by line under its days; days without anything are left out."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect

from crm_desktop.core.i18n import _
from crm_desktop.services.calendar import Occurrence
from crm_desktop.services.calendar_places import day_range
from crm_desktop.services.calendar_times import clock_words, day_words, midnight, weekday_words
from crm_desktop.ui import theme
from crm_desktop.ui.calendar.layout import Box, Cursor, Layout, Shown, Spot
from crm_desktop.ui.calendar.paint import CalendarPainter

LINE = 32
DAY_LINE = 38
_TIME = 108
_OTHERS = 0.42


class AgendaLayout(Layout):
    """A list by days."""

    may_drag = False
    step_minutes = 24 * 60

    def __init__(self, shown: Shown, width: int, height: int) -> None:
        super().__init__(shown, width, height)
        self._heads: list[tuple[int, datetime.date]] = []
        top = 0
        for day, occurrences in shown.arranged:
            self._heads.append((top, day))
            top += DAY_LINE
            for one in occurrences:
                self.boxes.append(Box(one, QRect(0, top, width, LINE), False))
                top += LINE
        self.height = top

    @staticmethod
    def arrange(shown: Shown) -> list[tuple[datetime.date, list[Occurrence]]]:
        """The days that have something, with that."""
        by_day: dict[int, list[Occurrence]] = {}
        for one in shown.occurrences:
            if (found := day_range(one, shown.days)) is not None:
                for number in range(found[0], found[1] + 1):
                    by_day.setdefault(number, []).append(one)
        return [
            (shown.days[number], sorted(by_day[number], key=lambda one: not one.is_whole_days))
            for number in sorted(by_day)
        ]

    def spot_at(self, point: QPoint) -> Spot | None:
        """The day under whose name a point lies."""
        above = [day for top, day in self._heads if top <= point.y()]
        return Spot(midnight(above[-1]), is_whole=True) if above else None

    def rects_of(self, cursor: Cursor) -> Iterator[tuple[QRect, bool]]:
        """The line of the day, if it has one."""
        for top, day in self._heads:
            if day == cursor.span.starts_at.date():
                yield QRect(0, top, self.width, DAY_LINE), False

    def paint_ground(self, draw: CalendarPainter, offset: QPoint) -> None:
        """The names of the days."""
        draw.fill(QRect(0, offset.y(), self.width, max(self.height, self.room)), "surface")
        for top, day in self._heads:
            y, note = top + offset.y(), self.shown.notes.get(day)
            is_today = day == self.shown.now.date()
            words = _("Today") if is_today else day_words(day)
            width = draw.text(
                QRect(16, y + 6, 200, DAY_LINE - 6),
                words,
                "accent" if is_today else "text",
                strong=True,
                size=theme.TITLE,
            )
            rest = " · ".join(
                filter(None, (weekday_words(day), note.holiday if note else "", note.lunar if note else ""))
            )
            draw.text(QRect(26 + width, y + 7, 300, DAY_LINE - 6), rest, "bad" if note and note.is_off else "faint")
            draw.line(0, y, self.width, y, "line_soft")

    def paint_box(self, draw: CalendarPainter, box: Box, rect: QRect) -> None:
        """Time, title, and what else is known."""
        one = box.occurrence
        time = _("All day") if one.is_whole_days else f"{clock_words(one.starts_at)} – {clock_words(one.ends_at)}"
        draw.text(QRect(rect.x() + 34, rect.y(), _TIME, rect.height()), time, "muted", size=theme.BODY)
        draw.disc(QPoint(rect.x() + 20, rect.center().y()), 5, one.tone)
        left = rect.x() + 34 + _TIME
        others = int((rect.width() - left) * _OTHERS)
        title = QRect(left, rect.y(), rect.width() - left - others - 12, rect.height())
        draw.text(title, one.title, "text" if one.details else "muted", size=theme.BODY)
        details = one.details
        told = (details.customer.label if details.customer else "", details.place) if details else ()
        words = " · ".join(filter(None, (*told, self.shown.names(one))))
        draw.text(QRect(rect.right() - others, rect.y(), others - 12, rect.height()), words, "muted")
