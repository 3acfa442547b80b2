"""An event in one line: ``明天下午3点 回访 华工``, ``tomorrow 3pm call Huagong``. When, what, with which customer."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.core.recurrence import WEEKDAYS
from crm_desktop.core.text import normalise
from crm_desktop.services.calendar import Span
from crm_desktop.services.search import find
from crm_desktop.spec import Ref

DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2, "十一": 11, "十二": 12}
_NUMBER = r"(?:\d{1,2}|十[一二]|[零一二两三四五六七八九十])"
_WEEKDAYS = {c: n for n, c in enumerate("一二三四五六日")} | {"天": 6}
_ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NEAR = {
    "大后天": 3, "后天": 2, "明天": 1, "明日": 1, "今天": 0, "今日": 0,
    "the day after tomorrow": 2, "day after tomorrow": 2, "tomorrow": 1, "today": 0,
}  # fmt: skip
_PARTS = {"凌晨": 0, "早上": 0, "上午": 0, "早": 0, "中午": 12, "下午": 12, "傍晚": 12, "晚上": 12, "晚": 12}
_EVENING_WORDS = {"今晚": "今天晚上", "明晚": "明天晚上", "明早": "明天早上", "今早": "今天早上"}
_KINDS = (
    ("call", r"电话|致电|\bcall\b|\bphone\b|\bring\b"),
    ("visit", r"拜访|回访|上门|走访|\bvisit\b"),
    ("seminar", r"研讨会|培训|\bseminar\b|\btraining\b"),
    ("mail", r"邮件|寄信|\bmail\b|\bletter\b"),
    ("meeting", r"会议|开会|例会|周会|\bmeet(?:ing)?\b"),
)
_MINUTES = rf"{_NUMBER}|[二三四五]十[一二三四五六七八九]?"
_PART = r"(凌晨|早上|上午|早|中午|下午|傍晚|晚上|晚)?"
_ZH_TIME = rf"{_PART}\s*({_NUMBER})\s*(?:点|时)(?:(半)|(一刻)|(三刻)|({_MINUTES})分?)?(?!间)"
_CLOCK = rf"{_PART}\s*(?<!\d)([01]?\d|2[0-3])[:：]([0-5]\d)(?!\d)\s*(am|pm)?\b"
_AM_PM = r"(?<!\d)(1[0-2]|0?[1-9])\s*(am|pm)\b"
_PART_HOURS = {"早上": 9, "上午": 9, "下午": 14, "傍晚": 18, "晚上": 19, "morning": 9, "afternoon": 14, "evening": 19}
"""Where no hour is said."""
_BEFORE_NAME = r"给|向|跟|和|与|找|约|到|去|拜访|回访|上门|走访|联系|致电"
_AFTER_NAME = r"寄|送|打|发|谈|签|看|做|开|报|的|催|安装|培训|演示|验收|对账|\s|$"
_NAME_INSIDE = rf"(?:{_BEFORE_NAME})([^\s,，、]{{2,20}}?)(?={_AFTER_NAME})"
_WORKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
_EVERY = (
    (r"每个?工作日|\bevery (?:weekday|workday)\b", "", _WORKDAYS),
    (r"每[天日]|\b(?:daily|every day)\b", "", "FREQ=DAILY"),
    (
        r"(?:每两|每2|每隔一|隔)个?(?:周|星期|礼拜)的?(?:周|星期|礼拜)?(?=[一二三四五六日天])",
        "周",
        "FREQ=WEEKLY;INTERVAL=2",
    ),
    (rf"\bevery other (?={'|'.join(_ENGLISH_DAYS)})", "", "FREQ=WEEKLY;INTERVAL=2"),
    (r"每个?(?:周|星期|礼拜)(?=[一二三四五六日天])", "周", "FREQ=WEEKLY"),
    (rf"\b(?:every|each) (?={'|'.join(_ENGLISH_DAYS)})", "", "FREQ=WEEKLY"),
    (r"每个?(?:周|星期|礼拜)|\b(?:weekly|every week)\b", "", "FREQ=WEEKLY"),
    (r"每个?月(?=\d{1,2}[日号])", "", "FREQ=MONTHLY"),
    (r"每个?月|\b(?:monthly|every month)\b", "", "FREQ=MONTHLY"),
    (r"每年|\b(?:yearly|every year)\b", "", "FREQ=YEARLY"),
)
"""How something repeats, what of the words still says a day, and the rule without that day."""
_TO = r"\s*(?:到|至|[-–—~]|\bto\b)\s*"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a line says. ``kind`` is a code of the dictionary, empty where no word tells."""

    subject: str
    span: Span
    is_whole: bool
    kind: str
    rule: str | None = None
    """Of RFC 5545, where the line says that it repeats."""


class _Line:
    """What is left of the line; whatever was understood is taken out."""

    def __init__(self, text: str) -> None:
        self.rest = text

    def take(self, pattern: str) -> re.Match[str] | None:
        found = re.search(pattern, self.rest, re.IGNORECASE)
        if found is not None:
            self.rest = f"{self.rest[: found.start()]} {self.rest[found.end() :]}"
        return found


def parse_entry(text: str, now: datetime.datetime) -> Entry:
    """What ``text`` says at the moment ``now``, whose zone counts. Without a day it is today, or tomorrow where the
    hour has gone; without an hour the whole day; without both the next full hour.

    Raises KnownError for a day that there is not: ``2月30日``.
    """
    for short, long in _EVENING_WORDS.items():
        text = text.replace(short, long)
    line = _Line(text)
    rule = _take_rule(line)
    day = _take_day(line, now.date())
    if rule == _WORKDAYS and day is None and now.weekday() > 4:  # noqa: PLR2004 - Friday
        day = now.date() + (7 - now.weekday()) * DAY
    is_whole = line.take(r"全天|整天|\ball[- ]day\b") is not None
    times = None if is_whole else _take_times(line, has_day=day is not None)
    length = None if is_whole else _take_length(line)
    line.rest = re.sub(r"\b(?:at|on|from|for)\b\s*$|^\s*(?:at|on|from)\b", " ", line.rest, flags=re.IGNORECASE)
    subject = " ".join(re.sub(r"\s+(?:at|on)\s{2,}", " ", line.rest).split()).strip(" ,，。;；")
    kind = next((code for code, words in _KINDS if re.search(words, subject, re.IGNORECASE)), "")
    begin = datetime.datetime.combine(day or now.date(), datetime.time(), tzinfo=now.tzinfo)
    if times is None and (is_whole or day is not None):
        return Entry(subject, Span(begin, begin + DAY), True, kind, _rule_on(rule, begin))
    if times is None:
        begin = now.replace(minute=0, second=0, microsecond=0) + HOUR
        return Entry(subject, Span(begin, begin + (length or HOUR)), False, kind, _rule_on(rule, begin))
    first, last = times
    starts_at = begin + first
    if day is None and starts_at <= now:
        starts_at += DAY
    ends_at = starts_at + (length or HOUR) if last is None else starts_at - first + last
    span = Span(starts_at, ends_at if ends_at > starts_at else ends_at + DAY)
    return Entry(subject, span, False, kind, _rule_on(rule, starts_at))


def find_named_customer(session: Session, subject: str, person: Person) -> Ref | None:
    """The customer that some word of ``subject`` names, or what stands between a verb and another (``给华工寄样本``),
    where that can be one alone. A statement for each.
    """
    words = {*re.split(r"[\s,，、]+", subject), *re.findall(_NAME_INSIDE, subject)}
    for word in sorted(words, key=len, reverse=True):
        if len(word) < 2 or re.fullmatch("|".join(words for _code, words in _KINDS), word, re.IGNORECASE):  # noqa: PLR2004
            continue
        hits = find(session, "customer", word, person, 2)
        if len(hits) == 1 or (hits and normalise(hits[0].title) == normalise(word)):
            return Ref(hits[0].id, hits[0].title)
    return None


def _take_rule(line: _Line) -> str | None:
    """The rule without the day of its beginning, which stays in the line."""
    for pattern, kept, rule in _EVERY:
        if (found := re.search(pattern, line.rest, re.IGNORECASE)) is not None:
            line.rest = f"{line.rest[: found.start()]} {kept}{line.rest[found.end() :]}"
            return rule
    return None


def _rule_on(rule: str | None, begin: datetime.datetime) -> str | None:
    if rule is None or rule in {_WORKDAYS, "FREQ=DAILY", "FREQ=YEARLY"}:
        return rule
    day = f"BYMONTHDAY={begin.day}" if "MONTHLY" in rule else f"BYDAY={WEEKDAYS[begin.weekday()]}"
    return f"{rule};{day}"


def _take_day(line: _Line, today: datetime.date) -> datetime.date | None:
    month, weekday = "|".join(_MONTHS), "|".join(_ENGLISH_DAYS)
    takers: tuple[tuple[str, Callable[[datetime.date, re.Match[str]], datetime.date | None]], ...] = (
        ("|".join(_NEAR), lambda day, found: day + _NEAR[found[0].lower()] * DAY),
        (r"(?<!\d)(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})[日号]?(?!\d)", _whole_date),
        (r"(?<!\d)(\d{1,2})月(\d{1,2})[日号]?(?!\d)", _month_and_day),
        (r"(?<![\d:])(\d{1,2})[-/](\d{1,2})(?![\d:]|\s*(?:am|pm))", _month_and_day),
        (rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{month})[a-z]*\b", _named_month),
        (rf"\b(?P<month>{month})[a-z]*\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:点])", _named_month),
        (r"(下*)((?:本|这)?)(?:周|星期|礼拜)([一二三四五六日天])", _chinese_weekday),
        (rf"\b(next\s+|this\s+)?({weekday})\b", _english_weekday),
        (r"(?<!\d)(\d{1,2})(?:号|日(?![内后前游]))", _day_of_month),
        (rf"({_NUMBER})\s*天后", lambda day, found: day + _number(found[1]) * DAY),
        (r"\bin (\d{1,2}) days?\b", lambda day, found: day + int(found[1]) * DAY),
    )
    for pattern, day_of in takers:
        before = line.rest
        found = line.take(pattern)
        if found is not None:
            day = day_of(today, found)
            if day is not None:
                return day
            if re.search(r"月.*[日号]", found[0]):  # ``12月45台`` is none
                raise KnownError(_("There is no day “{text}”.").format(text=found[0].strip()))
            line.rest = before
    return None


def _take_times(line: _Line, *, has_day: bool) -> tuple[datetime.timedelta, datetime.timedelta | None] | None:
    found = line.take(rf"(?<!\d)(1[0-2]|0?[1-9]){_TO}(1[0-2]|0?[1-9])\s*(am|pm)\b")
    if found is not None:
        return _am_pm_time([found[1], found[3]]), _am_pm_time([found[2], found[3]])
    for pattern, time_of in ((_ZH_TIME, _chinese_time), (_CLOCK, _clock_time), (_AM_PM, _am_pm_time)):
        found = line.take(rf"(?:\b(?:at|from)\s+)?{pattern}(?:{_TO}{pattern})?")
        if found is None:
            continue
        groups = list(found.groups())
        half = len(groups) // 2
        first, last = groups[:half], groups[half:]
        if last[1 if pattern is not _AM_PM else 0] is None:
            return time_of(first), None
        if pattern is not _AM_PM and last[0] is None:
            last[0] = first[0]  # 下午3点到5点
        return time_of(first), time_of(last)
    if line.take(r"中午|\b(?:at )?noon\b"):
        return 12 * HOUR, None
    english = (
        r"\b(?:in the |this )?(morning|afternoon|evening)\b" if has_day else r"\bthis (morning|afternoon|evening)\b"
    )
    if found := line.take(rf"(早上|上午|下午(?!茶)|傍晚|晚上)|{english}"):
        return _PART_HOURS[(found[1] or found[2]).lower()] * HOUR, None
    return None


def _take_length(line: _Line) -> datetime.timedelta | None:
    if found := line.take(rf"({_NUMBER})个半小时"):
        return _number(found[1]) * HOUR + HOUR / 2
    if line.take(r"半(?:个)?小时|\b(?:for )?half an hour\b"):
        return HOUR / 2
    if found := line.take(rf"({_NUMBER})\s*个?小时|\b(?:for )?(\d{{1,2}}(?:\.5)?)\s*(?:hours?|h)\b"):
        return (_number(found[1]) if found[1] else float(found[2])) * HOUR
    if found := line.take(r"(\d{1,3})\s*分钟|\b(?:for )?(\d{1,3})\s*min(?:utes?)?\b"):
        return datetime.timedelta(minutes=int(found[1] or found[2]))
    return None


def _chinese_time(groups: list[str | None]) -> datetime.timedelta:
    part, hour, half, quarter, three, minutes = groups
    minute = 30 if half else 15 if quarter else 45 if three else _number(minutes) if minutes else 0
    return _hour(part, _number(hour or "0")) * HOUR + datetime.timedelta(minutes=minute)


def _clock_time(groups: list[str | None]) -> datetime.timedelta:
    part, hour, minute, half = groups
    minutes = datetime.timedelta(minutes=int(minute or 0))
    return (_am_pm_time([hour, half]) if half else _hour(part, int(hour or 0)) * HOUR) + minutes


def _am_pm_time(groups: list[str | None]) -> datetime.timedelta:
    hour, half = groups
    return (int(hour or 0) % 12 + (12 if (half or "").lower() == "pm" else 0)) * HOUR


def _hour(part: str | None, hour: int) -> int:
    """``下午3点`` is 15, ``中午1点`` 13, ``早上8点`` 8; what already is beyond noon stays."""
    if part is None or hour >= 12:  # noqa: PLR2004 - noon
        return hour % 24
    if part == "中午":
        return hour if hour >= 10 else hour + 12  # noqa: PLR2004 - 中午11点 is before noon
    return hour + _PARTS[part]


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    if text in _DIGITS:
        return _DIGITS[text]
    tens, _ten, ones = text.partition("十")
    return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _whole_date(_today: datetime.date, found: re.Match[str]) -> datetime.date | None:
    return _date(int(found[1]), int(found[2]), int(found[3]))


def _month_and_day(today: datetime.date, found: re.Match[str]) -> datetime.date | None:
    return _coming(today, int(found[1]), int(found[2]))


def _named_month(today: datetime.date, found: re.Match[str]) -> datetime.date | None:
    return _coming(today, _MONTHS.index(found["month"].lower()) + 1, int(found["day"]))


def _coming(today: datetime.date, month: int, day: int) -> datetime.date | None:
    """The one of this year, or of the next where it has gone for more than a month: ``1月5日`` said in December."""
    this = _date(today.year, month, day)
    return this if this is not None and this >= today - 31 * DAY else _date(today.year + 1, month, day)


def _chinese_weekday(today: datetime.date, found: re.Match[str]) -> datetime.date:
    return _weekday(today, _WEEKDAYS[found[3]], len(found[1]) if found[1] or found[2] else None)


def _english_weekday(today: datetime.date, found: re.Match[str]) -> datetime.date:
    is_next = (found[1] or "").lower().startswith("next")
    return _weekday(today, _ENGLISH_DAYS.index(found[2].lower()), 1 if is_next else None)


def _weekday(today: datetime.date, weekday: int, weeks: int | None) -> datetime.date:
    """So many weeks after this one; without any the next that comes, today included."""
    if weeks is None:
        return today + (weekday - today.weekday()) % 7 * DAY
    return today - today.weekday() * DAY + (7 * weeks + weekday) * DAY


def _day_of_month(today: datetime.date, found: re.Match[str]) -> datetime.date | None:
    this = _date(today.year, today.month, int(found[1]))
    if this is not None and this >= today:
        return this
    following = today.replace(day=1) + 32 * DAY
    return _date(following.year, following.month, int(found[1]))
