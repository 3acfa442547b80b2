"""The ways to look at a calendar: which days each shows, how one goes on from there, and what that is called."""

from __future__ import annotations

import datetime
import enum

from crm_desktop.core.i18n import N_, _, language
from crm_desktop.services.calendar import Span

DAY = datetime.timedelta(days=1)
AGENDA_DAYS = 31
_WEEK = 7
_WORK_WEEK = 5
_NAMES = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


class Mode(enum.StrEnum):
    """A way to look at it."""

    DAY = "day"
    WORK_WEEK = "work_week"
    WEEK = "week"
    MONTH = "month"
    AGENDA = "agenda"
    TEAM = "team"
    TEAM_WEEK = "team_week"

    @property
    def is_team(self) -> bool:
        """Whether each person and each resource has a line of its own."""
        return self in {Mode.TEAM, Mode.TEAM_WEEK}


LABELS = {
    Mode.DAY: N_("Day"),
    Mode.WORK_WEEK: N_("Work week"),
    Mode.WEEK: N_("Week"),
    Mode.MONTH: N_("Month"),
    Mode.AGENDA: N_("Agenda"),
    Mode.TEAM: N_("Team"),
    Mode.TEAM_WEEK: N_("Team week"),
}


def midnight(day: datetime.date) -> datetime.datetime:
    """When a day begins here."""
    return datetime.datetime.combine(day, datetime.time()).astimezone()


def moment(day: datetime.date, minutes: int) -> datetime.datetime:
    """So many minutes into a day, as the clock on the wall shows them."""
    days, rest = divmod(minutes, 24 * 60)
    wall = datetime.datetime.combine(day + days * DAY, datetime.time(rest // 60, rest % 60))
    return wall.astimezone()


def minutes_of(at: datetime.datetime) -> int:
    """How many minutes of its day have gone."""
    return at.hour * 60 + at.minute


def days_shown(mode: Mode, day: datetime.date) -> list[datetime.date]:
    """The days that are shown around ``day``, whole weeks of a month."""
    monday = day - day.weekday() * DAY
    match mode:
        case Mode.DAY | Mode.TEAM:
            return [day]
        case Mode.WORK_WEEK:
            return [monday + n * DAY for n in range(_WORK_WEEK)]
        case Mode.WEEK | Mode.TEAM_WEEK:
            return [monday + n * DAY for n in range(_WEEK)]
        case Mode.AGENDA:
            return [day + n * DAY for n in range(AGENDA_DAYS)]
        case Mode.MONTH:
            first = day.replace(day=1)
            begin = first - first.weekday() * DAY
            last = stepped(Mode.MONTH, first, 1) - DAY
            return [begin + n * DAY for n in range(((last - begin).days // _WEEK + 1) * _WEEK)]


def span_of(days: list[datetime.date]) -> Span:
    """From the first to the last moment of days that follow each other."""
    return Span(midnight(days[0]), midnight(days[-1] + DAY))


def stepped(mode: Mode, day: datetime.date, steps: int) -> datetime.date:
    """A day on the next page, or on the one before."""
    match mode:
        case Mode.DAY | Mode.TEAM:
            return day + steps * DAY
        case Mode.MONTH:
            months = day.year * 12 + day.month - 1 + steps
            first = datetime.date(months // 12, months % 12 + 1, 1)
            following = datetime.date((months + 1) // 12, (months + 1) % 12 + 1, 1)
            return first.replace(day=min(day.day, (following - first).days))
        case Mode.AGENDA:
            return day + steps * AGENDA_DAYS * DAY
        case _:
            return day + steps * _WEEK * DAY


def title_of(mode: Mode, day: datetime.date) -> str:
    """``2026年11月`` or ``November 2026``; of weeks their days; of a day all of it."""
    days = days_shown(mode, day)
    if mode is Mode.MONTH:
        return f"{day.year}年{day.month}月" if language() == "zh" else f"{day:%B} {day.year}"
    if len(days) == 1:
        return f"{day_words(day, with_year=True)} {weekday_words(day)}"
    number = _("week {number}").format(number=days[0].isocalendar().week)
    last = days[-1]
    words = f"{day_words(days[0], with_year=True)} – {day_words(last, with_year=last.year != days[0].year)}"
    return words if mode is Mode.AGENDA else _("{days}, {week}").format(days=words, week=number)


def day_words(day: datetime.date, *, with_year: bool = False) -> str:
    """``11月22日`` or ``22 Nov``."""
    if language() == "zh":
        return (f"{day.year}年" if with_year else "") + f"{day.month}月{day.day}日"
    return f"{day.day} {day:%b}" + (f" {day.year}" if with_year else "")


def weekday_words(day: datetime.date) -> str:
    """``周一`` or ``Mon``."""
    return _(_NAMES[day.weekday()])


def clock_words(at: datetime.datetime) -> str:
    """``09:30``."""
    return f"{at:%H:%M}"
