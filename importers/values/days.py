"""Days as people write them, and what spreadsheets make of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from dateutil import parser

from importers.readers import Cell
from importers.values.cells import UnreadableError, folded

Order = Literal["ymd", "dmy", "mdy"]

EPOCH = date(1899, 12, 30)
"""Day 0 of spreadsheets."""

SERIALS = range(10_000, 80_000)
"""Numbers taken for a spreadsheet's day: 1927 to 2119."""

CENTURY_PIVOT = 50
"""Two-digit years from here on are 19xx."""

_MANY_DAYS = 10
"""A column with more different numbers in front than these does not begin with a year."""

_NO_DAY = re.compile(r"0{1,4}\D0{1,2}\D0{1,4}")
_TIME = re.compile(r"[ T]+\d{1,2}:\d{2}(:\d{2})?(\.\d+)?( ?[AaPp][Mm])?$")
_THREE = re.compile(r"(\d{1,4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,4})\s*[日号]?")
_TWO = re.compile(r"(\d{4}|\d{2}(?=年))\s*[-./年]\s*(\d{1,2})\s*月?")
_NO_YEAR = re.compile(r"(?:--)?(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?")
_MONTH_NAME = re.compile(r"[A-Za-z]{3,}")


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A day of which only the month is known."""

    year: int
    month: int

    def first_day(self) -> date:
        """The first of the month, for where a whole day is needed."""
        return date(self.year, self.month, 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


def day(cell: Cell, order: Order = "ymd") -> date | Month | None:
    """The day or month in the cell. ``order`` says how three numbers are read that do not begin with a full year."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and SERIALS.start <= cell < SERIALS.stop:
        return EPOCH + timedelta(days=int(cell))
    text = _TIME.sub("", folded(cell)).strip()
    if not text or _NO_DAY.fullmatch(text):
        return None
    try:
        return _read(text, order)
    except (ValueError, OverflowError) as error:
        raise UnreadableError(text) from error


def _read(text: str, order: Order) -> date | Month:
    if text.isdecimal():
        if len(text) == 8:  # noqa: PLR2004 - 20030506
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        if int(text) in SERIALS:
            return EPOCH + timedelta(days=int(text))
        raise UnreadableError(text)
    if three := _THREE.fullmatch(text):
        return date(*_in_order(three[1], three[2], three[3], order))
    if two := _TWO.fullmatch(text):
        month = Month(_year(two[1]), int(two[2]))
        month.first_day()
        return month
    if _MONTH_NAME.search(text) and text.isascii():
        return _in_words(text, order)
    raise UnreadableError(text)


def _in_words(text: str, order: Order) -> date | Month:
    """``3 May 2003``, ``May 2003``. The library fills what is missing; two fillings show what that is."""
    fillings = (datetime(2000, 1, 1), datetime(2001, 2, 2))  # noqa: DTZ001 - days have no time zone
    one, other = (parser.parse(text, default=filling, dayfirst=order == "dmy") for filling in fillings)
    if (one.year, one.month) != (other.year, other.month):
        raise UnreadableError(text)
    return date(one.year, one.month, one.day) if one.day == other.day else Month(one.year, one.month)


def _in_order(first: str, second: str, third: str, order: Order) -> tuple[int, int, int]:
    if len(first) > 2 or (len(third) <= 2 and order == "ymd"):  # noqa: PLR2004 - a full year has more digits
        return _year(first), int(second), int(third)
    if order == "ymd":
        order = "dmy" if int(first) > 12 else "mdy"  # noqa: PLR2004 - no month
    day_number, month = (first, second) if order == "dmy" else (second, first)
    return _year(third), int(month), int(day_number)


def _year(digits: str) -> int:
    number = int(digits)
    if len(digits) > 2:  # noqa: PLR2004 - a full year
        return number
    return number + (1900 if number >= CENTURY_PIVOT else 2000)


def order_of(cells: list[Cell]) -> Order:
    """In which order a column writes three numbers, as far as its cells give it away; else ``ymd``."""
    found = [_THREE.fullmatch(_TIME.sub("", cell)) for cell in cells if isinstance(cell, str)]
    short = [three for three in found if three and len(three[1]) <= 2]  # noqa: PLR2004 - no full year
    has_year_last = any(len(three[3]) == 4 for three in short) or (bool(short) and _changes_less(short))  # noqa: PLR2004
    for three in short:
        if has_year_last and int(three[1]) > 12:  # noqa: PLR2004 - no month
            return "dmy"
        if has_year_last and int(three[2]) > 12:  # noqa: PLR2004 - no month
            return "mdy"
    return "ymd"


def _changes_less(threes: list[re.Match[str]]) -> bool:
    """Whether the last of three short numbers is the year: few years beside many days."""
    firsts, lasts = ({int(three[place]) for three in threes} for place in (1, 3))
    return max(firsts) <= 31 and len(firsts) > _MANY_DAYS >= 2 * len(lasts)  # noqa: PLR2004 - days of a month


def birthday(cell: Cell, order: Order = "ymd") -> str | None:
    """``1972-09-18``, or ``--09-18`` where the year is not known."""
    text = folded(cell)
    if not isinstance(cell, date) and (parts := _NO_YEAR.fullmatch(text)):
        try:
            return f"--{date(2000, int(parts[1]), int(parts[2])):%m-%d}"
        except ValueError as error:
            raise UnreadableError(text) from error
    found = day(cell, order)
    if isinstance(found, Month):
        raise UnreadableError(text)
    return found.isoformat() if found else None


def year(cell: Cell) -> date | Month | None:
    """The first day of a year that stands alone, else the day."""
    text = folded(cell).removesuffix("年")
    if re.fullmatch(r"(1[89]|20)\d\d", text):
        return date(int(text), 1, 1)
    return day(cell)
