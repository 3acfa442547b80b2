"""Days of the Chinese calendar: the lunar date of a day, its solar term, and the feasts that go by them."""

from __future__ import annotations

import datetime
from functools import cache
from typing import NamedTuple

from crm_desktop.core.i18n import N_, _, language

FIRST, LAST = datetime.date(1901, 3, 1), datetime.date(2100, 2, 8)
"""Outside of these days nothing is known."""
_FEASTS = {
    (1, 1): N_("Spring Festival"),
    (1, 15): N_("Lantern Festival"),
    (5, 5): N_("Dragon Boat Festival"),
    (7, 7): N_("Qixi Festival"),
    (8, 15): N_("Mid-Autumn Festival"),
    (9, 9): N_("Double Ninth Festival"),
    (12, 8): N_("Laba Festival"),
}
_NEW_YEARS_EVE = N_("New Year's Eve")


class LunarDay(NamedTuple):
    """``words`` are what a calendar prints below the day, ``feast`` is named in the language of the moment."""

    year: int
    month: int
    day: int
    is_leap_month: bool
    words: str
    feast: str


def lunar_day(day: datetime.date) -> LunarDay | None:
    """The lunar date of a day; None where it is not known."""
    if not FIRST <= day <= LAST:
        return None
    read = _read(day)
    feast = _feast(day)
    if language() == "zh":
        words = feast or read.term or (read.month_words if read.day == 1 else read.day_words)
    else:
        words = feast or f"{read.month}/{read.day}"
    return LunarDay(read.year, read.month, read.day, read.is_leap_month, words, feast)


class _Read(NamedTuple):
    year: int
    month: int
    day: int
    is_leap_month: bool
    term: str
    month_words: str
    day_words: str


@cache
def _read(day: datetime.date) -> _Read:
    from cnlunar import Lunar  # with its tables, for who looks at a calendar

    found = Lunar(datetime.datetime.combine(day, datetime.time(12)), godType="8char")
    term = "" if found.todaySolarTerms == "无" else found.todaySolarTerms
    month = str(found.lunarMonthCn).rstrip("大小")
    return _Read(
        found.lunarYear, found.lunarMonth, found.lunarDay, bool(found.isLunarLeapMonth), term, month, found.lunarDayCn
    )


def _feast(day: datetime.date) -> str:
    read = _read(day)
    if not read.is_leap_month and (read.month, read.day) in _FEASTS:
        return _(_FEASTS[read.month, read.day])
    tomorrow = day + datetime.timedelta(days=1)
    is_eve = tomorrow <= LAST and _read(tomorrow)[1:4] == (1, 1, False)
    return _(_NEW_YEARS_EVE) if is_eve else ""
