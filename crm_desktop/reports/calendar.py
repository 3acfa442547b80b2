"""The calendar on paper: hours of days, a month, what comes as a list, a team; one page wide, as many as it takes."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import chain

from reportlab.lib.colors import Color, HexColor
from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import _, ngettext
from crm_desktop.core.lunar import lunar_day
from crm_desktop.reports.cards import fetch_letterhead
from crm_desktop.reports.engine import FAINT, LINE, MUTED, TEXT, Letterhead, Sheet
from crm_desktop.reports.fonts import MEDIUM, REGULAR, printable
from crm_desktop.reports.lines import one_line
from crm_desktop.reports.list_report import ListReport, list_pdf
from crm_desktop.reports.table import Column, Group, Row
from crm_desktop.services.calendar import Calendar, Occurrence, SpecialDayNote, fetch_days, fetch_span
from crm_desktop.services.calendar_places import by_calendar, columns_of, day_range, lanes_of, pieces_of
from crm_desktop.services.calendar_times import (
    Mode,
    clock_words,
    day_words,
    days_shown,
    span_of,
    title_of,
    weekday_words,
)

_GROUNDS = {
    "accent": HexColor("#E6F1FA"), "good": HexColor("#E5F5EC"), "warn": HexColor("#FDF1DC"), "bad": HexColor("#FDE8E6"),
    "violet": HexColor("#F0EBFC"), "neutral": HexColor("#EEF1F4"),
}  # fmt: skip
_EDGES = {
    "accent": HexColor("#0F6CBD"), "good": HexColor("#1A7F4B"), "warn": HexColor("#A15C00"), "bad": HexColor("#B42318"),
    "violet": HexColor("#6941C6"), "neutral": HexColor("#5F6B7A"),
}  # fmt: skip
_GREY, _RED = HexColor("#F4F6F8"), HexColor("#B42318")
_SMALL = 7.5
_LINE = 10.5
_HEAD = 26.0
_GUTTER = 30.0
_WEEK = 7
_NAME = 84.0
_FROM, _TO = 8, 19
_LEAST = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPaper:
    """What is printed: as the screen shows it at the moment."""

    letterhead: Letterhead
    mode: Mode
    day: datetime.date
    occurrences: Sequence[Occurrence]
    calendars: Sequence[Calendar]
    notes: dict[datetime.date, SpecialDayNote]

    @property
    def days(self) -> list[datetime.date]:
        """Those that are shown."""
        return days_shown(self.mode, self.day)

    @property
    def whose(self) -> str:
        """Names, where they are not the lines themselves."""
        return "" if self.mode.is_team else _(", ").join(one.ref.label for one in self.calendars)

    def names(self, one: Occurrence) -> str:
        """Whose it is among several."""
        if len(self.calendars) < 2:  # noqa: PLR2004 - one alone need not be named
            return ""
        taken = {(False, id_) for id_ in one.people} | {(True, id_) for id_ in one.resources}
        return ", ".join(c.ref.label for c in self.calendars if (c.is_resource, c.ref.id) in taken)

    def note(self, day: datetime.date) -> tuple[str, Color]:
        """What is said of a day: a holiday, else the lunar date."""
        special, lunar = self.notes.get(day), lunar_day(day)
        words = special.name if special is not None else lunar.words if lunar is not None else ""
        return words, _RED if special is not None and not special.is_working else FAINT


def print_calendar(
    session: Session, mode: Mode, day: datetime.date, calendars: Sequence[Calendar], person: Person
) -> bytes:
    """The PDF of what a calendar shows. Four statements."""
    since, until = span_of(days_shown(mode, day))
    people = [one.ref.id for one in calendars if not one.is_resource]
    resources = [one.ref.id for one in calendars if one.is_resource]
    found = fetch_span(session, since, until, people, resources)
    _working, notes = fetch_days(session, since, until)
    letterhead = fetch_letterhead(session, person)
    paper = CalendarPaper(
        letterhead=letterhead, mode=mode, day=day, occurrences=found, calendars=calendars, notes=notes
    )
    return calendar_pdf(paper)


def calendar_pdf(paper: CalendarPaper) -> bytes:
    """The pages."""
    stream = BytesIO()
    if paper.mode is Mode.AGENDA:
        list_pdf(stream, _agenda(paper))
        return stream.getvalue()
    sheet = Sheet(stream, paper.letterhead, title_of(paper.mode, paper.day), is_landscape=True)
    sheet.head(paper.whose)
    sheet.canvas.setLineWidth(0.5)
    draw = {Mode.MONTH: _draw_month, Mode.TEAM: _draw_team, Mode.TEAM_WEEK: _draw_team}.get(paper.mode, _draw_hours)
    draw(sheet, paper)
    sheet.close()
    return stream.getvalue()


def _draw_hours(sheet: Sheet, paper: CalendarPaper) -> None:
    """All on one page: as many hours as there are events in."""
    days, width = paper.days, (sheet.right - sheet.left - _GUTTER) / len(paper.days)
    left = sheet.left + _GUTTER
    _draw_days(sheet, paper, left, width)
    bars = ((day_range(one, days), one) for one in paper.occurrences if one.is_whole_days)
    lanes = lanes_of((span[0], span[1], one) for span, one in bars if span is not None)
    for one, first, last, lane in lanes:
        top = sheet.y - lane * (_LINE + 3)
        _draw_box(sheet, left + first * width, top, (last + 1 - first) * width, _LINE + 2, one, [_said(paper, one)])
    sheet.y -= (max((lane for *_rest, lane in lanes), default=-1) + 1) * (_LINE + 3) + 3
    pieces = [
        (number, first, last, one)
        for one in paper.occurrences if not one.is_whole_days
        for number, first, last in pieces_of(one, days)
    ]  # fmt: skip
    begin = min([_FROM * 60, *(first for _n, first, _l, _o in pieces)]) // 60
    end = -(-max([_TO * 60, *(last for _n, _f, last, _o in pieces)]) // 60)
    hour = sheet.room / (end - begin)
    top = sheet.y
    for number in range(begin, end + 1):
        y = top - (number - begin) * hour
        sheet.canvas.setStrokeColor(LINE)
        sheet.canvas.line(left, y, sheet.right, y)
        if number < end:
            sheet.text(left - 4, y - 8, f"{number:02}:00", REGULAR, _SMALL, FAINT, "right")
    for number in range(len(days) + 1):
        x = left + number * width
        sheet.canvas.line(x, top, x, top - (end - begin) * hour)
    for number in range(len(days)):
        of_day = [
            (first, max(last, first + 60 * _LEAST / hour), (first, last, one))
            for n, first, last, one in pieces
            if n == number
        ]
        for (first, last, one), column, columns in columns_of(of_day):
            x = left + number * width + column * width / columns
            y, height = top - (first / 60 - begin) * hour, max(_LEAST, (last - first) / 60 * hour)
            _draw_box(sheet, x, y, width / columns, height, one, _lines(paper, one))


def _draw_month(sheet: Sheet, paper: CalendarPaper) -> None:
    """Weeks below each other, as high as the page lets them be."""
    days, width = paper.days, (sheet.right - sheet.left) / _WEEK
    for number, day in enumerate(days[:_WEEK]):
        sheet.text(sheet.left + number * width + 4, sheet.y - 8, weekday_words(day), MEDIUM, _SMALL, MUTED)
    sheet.y -= 13
    weeks = len(days) // _WEEK
    height = sheet.room / weeks
    for number, day in enumerate(days):
        x, y = sheet.left + number % _WEEK * width, sheet.y - number // _WEEK * height
        is_inside = day.month == paper.day.month
        sheet.canvas.setStrokeColor(LINE)
        sheet.canvas.setFillColor(HexColor("#FFFFFF") if is_inside else _GREY)
        sheet.canvas.rect(x, y - height, width, height, fill=1)
        sheet.text(x + 4, y - 10, f"{day.day}", MEDIUM, 9, TEXT if is_inside else FAINT)
        words, colour = paper.note(day)
        sheet.text(x + width - 4, y - 10, printable(words), REGULAR, _SMALL, colour, "right")
        of_day = [one for one in paper.occurrences if day_range(one, [day]) is not None]
        most = int((height - 16) // _LINE)
        shown = of_day if len(of_day) <= most else of_day[: most - 1]
        for place, one in enumerate(shown):
            _draw_box(sheet, x + 1, y - 15 - place * _LINE, width - 2, _LINE, one, [_said(paper, one, with_time=True)])
        if len(of_day) > len(shown):
            rest = len(of_day) - len(shown)
            more = ngettext("{count} more", "{count} more", rest).format(count=rest)
            sheet.text(x + 6, y - 23 - len(shown) * _LINE, more, REGULAR, _SMALL, MUTED)


def _draw_team(sheet: Sheet, paper: CalendarPaper) -> None:
    """A line for each, as high as its fullest day; the days stand again on every page."""
    days, width = paper.days, (sheet.right - sheet.left - _NAME) / len(paper.days)
    left = sheet.left + _NAME
    _draw_days(sheet, paper, left, width)

    def begin_line(calendar: Calendar, *, is_new_page: bool) -> None:
        if is_new_page:
            sheet.next_page()
            _draw_days(sheet, paper, left, width)
        sheet.rule(sheet.y, LINE)
        name = one_line(printable(calendar.ref.label), MEDIUM, 8.5, _NAME - 6)
        sheet.text(sheet.left, sheet.y - 12, name, MEDIUM, 8.5)

    of = by_calendar(paper.occurrences)
    for calendar in paper.calendars:
        mine = of.get((calendar.is_resource, calendar.ref.id), [])
        of_days = [[one for one in mine if day_range(one, [day]) is not None] for day in days]
        depth = max(1, *map(len, of_days))
        begin_line(calendar, is_new_page=sheet.room < 6 + _LINE * min(depth, 3))
        for place in range(depth):
            if sheet.room < _LINE + 3:
                begin_line(calendar, is_new_page=True)
            for number, found in enumerate(of_days):
                if place < len(found):
                    said = _said(paper, found[place], with_time=True, with_end=len(days) == 1, is_named=False)
                    _draw_box(sheet, left + number * width + 1, sheet.y - 3, width - 2, _LINE, found[place], [said])
            sheet.y -= _LINE
        sheet.y -= 6
    sheet.rule(sheet.y, LINE)


def _draw_days(sheet: Sheet, paper: CalendarPaper, left: float, width: float) -> None:
    today = paper.letterhead.printed_at.date()
    for number, day in enumerate(paper.days):
        x = left + number * width
        words = one_line(printable(f"{weekday_words(day)} {day_words(day)}"), MEDIUM, 9, width - 6)
        sheet.text(x + 4, sheet.y - 9, words, MEDIUM, 9, _EDGES["accent"] if day == today else TEXT)
        note, colour = paper.note(day)
        sheet.text(x + 4, sheet.y - 20, one_line(printable(note), REGULAR, _SMALL, width - 6), REGULAR, _SMALL, colour)
    sheet.y -= _HEAD


def _said(
    paper: CalendarPaper, one: Occurrence, *, with_time: bool = False, with_end: bool = False, is_named: bool = True
) -> str:
    time = clock_words(one.starts_at) if with_time and not one.is_whole_days else ""
    time += f"–{clock_words(one.ends_at)}" if with_end and time else ""
    return " ".join(filter(None, (time, one.title, paper.names(one) if is_named else "")))


def _lines(paper: CalendarPaper, one: Occurrence) -> list[str]:
    details = one.details
    time = f"{clock_words(one.starts_at)}–{clock_words(one.ends_at)}"
    told = (details.customer.label if details.customer else "", details.place) if details is not None else ()
    return [line for line in (one.title, time, paper.names(one), *told) if line]


def _draw_box(
    sheet: Sheet, x: float, top: float, width: float, height: float, one: Occurrence, lines: Sequence[str]
) -> None:
    """A soft ground, an edge in the colour of its category, and as many lines as there is room for."""
    canvas = sheet.canvas
    canvas.setFillColor(_GROUNDS.get(one.tone, _GROUNDS["accent"]))
    canvas.rect(x + 0.7, top - height + 0.7, width - 1.4, height - 1.4, stroke=0, fill=1)
    canvas.setFillColor(_EDGES.get(one.tone, _EDGES["accent"]))
    canvas.rect(x + 0.7, top - height + 0.7, 1.8, height - 1.4, stroke=0, fill=1)
    for number, line in enumerate(lines):
        baseline = top - 8 - number * 9.5
        if number and baseline - 2 < top - height:
            break
        font = MEDIUM if number == 0 and len(lines) > 1 else REGULAR
        words = one_line(printable(line), font, _SMALL, width - 7)
        sheet.text(x + 4.5, baseline, words, font, _SMALL, TEXT if number == 0 and one.details is not None else MUTED)


def _agenda(paper: CalendarPaper) -> ListReport:
    columns = (Column(_("Time"), "left"), Column(_("Subject"), "left"), Column(_("Customer"), "left"),
               Column(_("Place"), "left"), Column(_("Who"), "left"))  # fmt: skip
    rows = chain.from_iterable(_agenda_day(paper, day) for day in paper.days)
    return ListReport(
        letterhead=paper.letterhead,
        title=title_of(paper.mode, paper.day),
        columns=columns,
        rows=list(rows),
        subtitle=paper.whose,
        note="",
    )


def _agenda_day(paper: CalendarPaper, day: datetime.date) -> list[Row | Group]:
    found: list[Row | Group] = []
    for one in paper.occurrences:
        if day_range(one, [day]) is not None:
            details = one.details
            whole = _("All day") if one.is_whole_days else f"{clock_words(one.starts_at)}–{clock_words(one.ends_at)}"
            customer = details.customer.label if details is not None and details.customer is not None else ""
            who = paper.names(one) or (details.owner.label if details is not None else paper.whose)
            found.append((whole, one.title, customer, details.place if details is not None else "", who))
    if found:
        words, _colour = paper.note(day)
        found.insert(0, Group(" · ".join(filter(None, (day_words(day), weekday_words(day), words)))))
    return found
