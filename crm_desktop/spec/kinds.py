"""Kinds of values: how each is read from text, written as text, checked and aligned.

Lists and reports format with them, forms also parse; importers read sheets with ``importers.values``, which forgives
more. Choices and references are rows of other tables: here they are their labels, ``services.lookup`` finds the row.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

from crm_desktop.core import clock, recurrence
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _, ngettext
from crm_desktop.core.text import normalise
from crm_desktop.spec import operators
from crm_desktop.spec.operators import Operator


class Ref(NamedTuple):
    """A row of another table as the user sees it."""

    id: int
    label: str
    tone: str | None = None


class BadValueError(KnownError):
    """A text that is no value of the kind."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Text as it is. The other kinds change what they need."""

    name: ClassVar[str] = "text"
    align: ClassVar[str] = "left"
    is_wide: ClassVar[bool] = False
    operators: ClassVar[tuple[Operator, ...]] = operators.OF_TEXT
    """What a filter can ask of it."""

    def parse(self, text: str) -> Any:
        """The value that ``text`` stands for, None for an empty text; a KnownError says what is expected."""
        return text.strip() or None

    def format(self, value: Any) -> str:
        """``value`` as the user reads it; empty for None. ``parse`` reads it back."""
        return "" if value is None else str(value)

    def brief(self, value: Any, today: datetime.date) -> str:
        """``value`` as a list shows it: shorter, dates relative near ``today``."""
        return self.format(value)


class LongText(Kind):
    """Several lines."""

    name = "long_text"
    is_wide = True
    operators = operators.OF_LONG_TEXT

    def brief(self, value: Any, today: datetime.date) -> str:
        """The first line."""
        return self.format(value).split("\n", 1)[0]


_WHOLE = re.compile(r"[+-]?\d{1,18}(\.0*)?")


class Integer(Kind):
    """A whole number."""

    name = "integer"
    align = "right"
    operators = operators.OF_NUMBER

    def parse(self, text: str) -> int | None:
        """An int; grouping commas are allowed."""
        text = normalise(text).replace(",", "").replace(" ", "")
        if not text:
            return None
        if not _WHOLE.fullmatch(text):
            raise BadValueError(_("“{text}” is not a whole number.").format(text=text))
        return int(text.partition(".")[0])

    def format(self, value: Any) -> str:
        """With grouping."""
        return "" if value is None else f"{value:,}"


_WHOLE_PERCENT = 100


class Percent(Integer):
    """A share of a hundred, in whole percent."""

    name = "percent"

    def parse(self, text: str) -> int | None:
        """An int from 0 to 100; the sign may be written."""
        value = super().parse(normalise(text).removesuffix("%"))
        if value is not None and not 0 <= value <= _WHOLE_PERCENT:
            raise BadValueError(_("“{text}” is not a percentage from 0 to 100.").format(text=text))
        return value

    def format(self, value: Any) -> str:
        """``60%``."""
        return "" if value is None else f"{value}%"


class Rate(Kind):
    """A share of a hundred with decimals. It is only ever computed."""

    name = "rate"
    align = "right"

    def format(self, value: Any) -> str:
        """``63.2%``."""
        return "" if value is None else f"{value:.1f}%"


class Mean(Kind):
    """An average or a sum of days or hours, with a decimal. It is only ever computed."""

    name = "mean"
    align = "right"

    def format(self, value: Any) -> str:
        """``12.5``."""
        return "" if value is None else f"{value:,.1f}"


_AMOUNT = re.compile(r"[+-]?(\d{1,16}(\.\d*)?|\.\d+)")
_UNITS = {"万元": 10_000, "万": 10_000, "亿元": 100_000_000, "亿": 100_000_000, "千元": 1_000, "元": 1}


class Money(Kind):
    """An amount in yuan, two decimals."""

    name = "money"
    align = "right"
    operators = operators.OF_NUMBER

    def parse(self, text: str) -> Decimal | None:
        """A Decimal of two places; ``¥``, grouping and the units 万, 亿, 千元 are understood."""
        text = normalise(text).replace(",", "").replace(" ", "").replace("-¥", "-", 1).lstrip("¥￥").removeprefix("rmb")
        factor = 1
        for unit, value in _UNITS.items():
            if text.endswith(unit):
                text, factor = text.removesuffix(unit), value
                break
        if not text:
            return None
        if not _AMOUNT.fullmatch(text):
            raise BadValueError(_("“{text}” is not an amount of money.").format(text=text))
        return (Decimal(text) * factor).quantize(Decimal("0.01"))

    def format(self, value: Any) -> str:
        """``¥1,234.50``; whole yuan without decimals."""
        if value is None:
            return ""
        amount = f"¥{abs(value):,.0f}" if value == int(value) else f"¥{abs(value):,.2f}"
        return f"-{amount}" if value < 0 else amount


class Number(Kind):
    """A number, up to four decimals."""

    name = "number"
    align = "right"
    operators = operators.OF_NUMBER

    def parse(self, text: str) -> Decimal | None:
        """A Decimal; grouping commas are allowed."""
        text = normalise(text).replace(",", "").replace(" ", "")
        if not text:
            return None
        if not _AMOUNT.fullmatch(text):
            raise BadValueError(_("“{text}” is not a number.").format(text=text))
        return Decimal(text).quantize(Decimal("0.0001"))

    def format(self, value: Any) -> str:
        """With grouping, without trailing zeros."""
        if value is None:
            return ""
        text = f"{value:,.4f}"
        return text.rstrip("0").rstrip(".")


# A year of two digits is one only before 年 or two more numbers: ``05-12`` is a day of May.
_YMD = re.compile(r"(\d{4}|\d{2}(?=年|\D+\d+\D+\d))\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?)?\s*月?")
_MD = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_NEAR_WORDS = {"今天": 0, "today": 0, "明天": 1, "tomorrow": 1, "后天": 2, "昨天": -1, "yesterday": -1, "前天": -2}
_SHORT_YEAR = 2
_NEAR_DAYS = 60


class Date(Kind):
    """A day."""

    name = "date"
    operators: ClassVar[tuple[Operator, ...]] = operators.OF_DAY

    def parse(self, text: str) -> datetime.date | None:
        """A date: ``2026-3-5``, ``2026年3月5日``, ``3.5`` of this year, ``today``, ``明天``."""
        text = normalise(text)
        if not text:
            return None
        today = clock.today()
        if text in _NEAR_WORDS:
            return today + datetime.timedelta(days=_NEAR_WORDS[text])
        try:
            if found := _YMD.fullmatch(text):
                year = int(found[1]) + (2000 if len(found[1]) == _SHORT_YEAR else 0)
                return datetime.date(year, int(found[2]), int(found[3] or 1))
            if found := _MD.fullmatch(text):
                return datetime.date(today.year, int(found[1]), int(found[2]))
        except ValueError:
            pass
        raise BadValueError(_("“{text}” is not a day. Write it as 2026-03-05.").format(text=text))

    def format(self, value: Any) -> str:
        """ISO 8601, ``2026-03-05``."""
        return "" if value is None else str(value.isoformat())

    def brief(self, value: Any, today: datetime.date) -> str:
        """Relative within 60 days, without the year in this year."""
        if value is None:
            return ""
        day = value.astimezone().date() if isinstance(value, datetime.datetime) else value
        distance = (today - day).days
        if distance in (-1, 0, 1):
            return {0: _("today"), 1: _("yesterday"), -1: _("tomorrow")}[distance]
        if 0 < distance <= _NEAR_DAYS:
            return ngettext("{count} day ago", "{count} days ago", distance).format(count=distance)
        if -_NEAR_DAYS <= distance < 0:
            return ngettext("in {count} day", "in {count} days", -distance).format(count=-distance)
        return day.isoformat()


class Time(Date):
    """A moment; shown in the person's own time zone."""

    name = "time"
    operators = operators.OF_TIME

    def parse(self, text: str) -> datetime.datetime | None:
        """An aware datetime: a day as :class:`Date` reads it, then ``14:30``."""
        day_text, _blank, clock = normalise(text).partition(" ")
        if not day_text:
            return None
        if ":" in day_text:
            day_text, clock = "today", day_text
        day = Date.parse(self, day_text)
        assert day is not None
        try:
            moment = datetime.time.fromisoformat(clock.zfill(5) if clock else "00:00")
            return datetime.datetime.combine(day, moment).astimezone()
        except ValueError:
            raise BadValueError(_("“{text}” is not a time. Write it as 2026-03-05 14:30.").format(text=text)) from None

    def format(self, value: Any) -> str:
        """``2026-03-05 14:30`` in local time."""
        return "" if value is None else value.astimezone().strftime("%Y-%m-%d %H:%M")

    def brief(self, value: Any, today: datetime.date) -> str:
        """As :class:`Date` has it, with the clock around ``today``."""
        day = super().brief(value, today)
        if value is None:
            return day
        local = value.astimezone()
        return f"{day} {local:%H:%M}" if abs((today - local.date()).days) <= 1 else day


class Bool(Kind):
    """Yes or no."""

    name = "bool"
    align = "center"
    operators = operators.OF_BOOL

    def parse(self, text: str) -> bool | None:
        """True for yes, 是, √, 1; False for no, 否, 0."""
        word = normalise(text)
        if not word:
            return None
        if word in {"yes", "true", "y", "1", "是", "√", "✓", "✔", "有", normalise(_("yes"))}:
            return True
        if word in {"no", "false", "n", "0", "否", "×", "无", "x", normalise(_("no"))}:
            return False
        raise BadValueError(_("“{text}” is neither yes nor no.").format(text=text))

    def format(self, value: Any) -> str:
        """Yes or no in words."""
        return "" if value is None else _("yes") if value else _("no")

    def brief(self, value: Any, today: datetime.date) -> str:
        """Only what is so."""
        return "✓" if value else ""


class Choice(Kind):
    """An entry of a dictionary."""

    name = "choice"
    operators = operators.OF_ROW

    def format(self, value: Any) -> str:
        """The label."""
        return "" if value is None else str(value.label)


class Reference(Choice):
    """A record of another entity."""

    name = "reference"


_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


class Email(Kind):
    """An e-mail address."""

    name = "email"

    def parse(self, text: str) -> str | None:
        """The address; raises where it cannot be one."""
        text = normalise(text)
        if text and not _EMAIL.fullmatch(text):
            raise BadValueError(_("“{text}” is not an e-mail address.").format(text=text))
        return text or None


class Website(Kind):
    """A web address, kept without ``http://``."""

    name = "website"

    def parse(self, text: str) -> str | None:
        """Without scheme and last slash."""
        return re.sub(r"^https?://", "", normalise(text)).rstrip("/") or None


class Phones(Kind):
    """Telephone numbers, as many as there are."""

    name = "phones"
    operators = operators.OF_PHONES

    def parse(self, text: str) -> list[str]:
        """The numbers of a line, separated by comma, semicolon, slash or 、."""
        parts = re.split(r"[,;/、]+", normalise(text))
        return list(dict.fromkeys(p for p in (" ".join(part.split()) for part in parts) if p))

    def format(self, value: Any) -> str:
        """All numbers in one line."""
        return ", ".join(value or ())


class Texts(Kind):
    """Several short texts, as they were written."""

    name = "texts"
    operators = ()

    def format(self, value: Any) -> str:
        """All of them in one line."""
        return _(", ").join(value or ())


class Fields(Texts):
    """Keys of fields of some entity; who shows them to a user says them in words."""

    name = "fields"
    is_wide = True


class Rule(Kind):
    """By which rule of RFC 5545 something repeats."""

    name = "rule"
    operators = operators.FILLING

    def parse(self, text: str) -> str | None:
        """The rule as it is written there."""
        rule = text.strip().upper().removeprefix("RRULE:")
        if rule:
            recurrence.occurrences(rule, clock.now(), until=clock.now())
        return rule or None

    def format(self, value: Any) -> str:
        """In words, which ``parse`` does not read."""
        return "" if value is None else recurrence.say(value)


_CLOCK = re.compile(r"(\d{1,2})[:点时](?:(\d{1,2})分?)?\s*(am|pm)?|(\d{1,2})\s*(am|pm)")
_NOON = 12


class Clock(Kind):
    """An hour of a day, stored as it is shown: ``14:30``."""

    name = "clock"
    operators = operators.FILLING

    def parse(self, text: str) -> str | None:
        """``HH:MM``; ``9:5``, ``14点``, ``3pm`` are understood."""
        text = normalise(text)
        if not text:
            return None
        found = _CLOCK.fullmatch(text)
        if found is not None:
            hour, half = int(found[1] or found[4]), found[3] or found[5]
            if half is not None:
                hour = hour % _NOON + (_NOON if half == "pm" else 0)
            try:
                return f"{datetime.time(hour, int(found[2] or 0)):%H:%M}"
            except ValueError:
                pass
        raise BadValueError(_("“{text}” is not an hour. Write it as 14:30.").format(text=text))


_BIRTHDAY = re.compile(r"(\d{4}|-)-(\d\d)-(\d\d)")


class Birthday(Kind):
    """A day that returns each year, with or without the year: ``1970-05-12``, ``--05-12`` (after RFC 6350, 4.3.1)."""

    name = "birthday"
    operators = operators.OF_BIRTHDAY

    def parse(self, text: str) -> str | None:
        """The stored form. ``5-12`` and ``5月12日`` have no year; a year of two digits could be of either century."""
        text = normalise(text)
        if not text:
            return None
        if (found := _BIRTHDAY.fullmatch(text)) or (found := _YMD.fullmatch(text)):
            year, month, day = found[1], int(found[2]), int(found[3] or 1)
            if len(year) == _SHORT_YEAR:
                raise _no_birthday(text)
        elif found := _MD.fullmatch(text):
            year, month, day = "-", int(found[1]), int(found[2])
        else:
            raise _no_birthday(text)
        try:
            datetime.date(int(year) if year != "-" else 2000, month, day)
        except ValueError:
            raise _no_birthday(text) from None
        return f"{year}-{month:02}-{day:02}"

    def format(self, value: Any) -> str:
        """``1970-05-12`` or ``05-12``."""
        return "" if value is None else value.removeprefix("--")


def _no_birthday(text: str) -> BadValueError:
    return BadValueError(_("“{text}” is not a birthday. Write it as 1970-05-12 or 05-12.").format(text=text))


TEXT, LONG_TEXT, INTEGER, MONEY, DATE, TIME, BOOL = Kind(), LongText(), Integer(), Money(), Date(), Time(), Bool()
CHOICE, REFERENCE, EMAIL, WEBSITE, PHONES, BIRTHDAY = Choice(), Reference(), Email(), Website(), Phones(), Birthday()
NUMBER, PERCENT, TEXTS, FIELDS, RULE, CLOCK = Number(), Percent(), Texts(), Fields(), Rule(), Clock()
RATE, MEAN = Rate(), Mean()
NAMED = {
    k.name: k for k in (TEXT, LONG_TEXT, EMAIL, WEBSITE, PHONES, BIRTHDAY, NUMBER, PERCENT, TEXTS, FIELDS, RULE, CLOCK)
}
"""Kinds that a model's column asks for by name, in ``info={"kind": ...}``."""
