"""When something repeats: rules of RFC 5545 (RRULE), worked out by dateutil, and said in words. No database."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Iterable, Mapping

from dateutil import tz
from dateutil.rrule import rrulestr

from crm_desktop.core import clock
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _, ngettext

AHEAD = datetime.timedelta(days=3 * 366)
"""So far ahead an endless rule is worked out."""
ONCE = "FREQ=DAILY;COUNT=1"
"""The rule of what repeats by additions alone."""
MOST = 2_000
"""So many occurrences one rule has at most, with its additions."""
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY_NAMES = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_EVERY = {
    "DAILY": (N_("Daily"), N_("Every {count} days")),
    "WEEKLY": (N_("Weekly"), N_("Every {count} weeks")),
    "MONTHLY": (N_("Monthly"), N_("Every {count} months")),
    "YEARLY": (N_("Yearly"), N_("Every {count} years")),
}
_PLACES = {1: N_("the first"), 2: N_("the second"), 3: N_("the third"), 4: N_("the fourth"), -1: N_("the last")}
_UNTIL = re.compile(r"UNTIL=(\d{8})(T\d{6})?(Z)?", re.IGNORECASE)


class BadRuleError(KnownError):
    """A text that is no rule of RFC 5545."""


def occurrences(
    rule: str,
    starts_at: datetime.datetime,
    exceptions: Iterable[datetime.datetime] = (),
    additions: Iterable[datetime.datetime] = (),
    until: datetime.datetime | None = None,
    zone: datetime.tzinfo | None = None,
) -> list[datetime.datetime]:
    """When ``rule`` lets something begin that begins first at ``starts_at``, in the wall time of ``zone`` (this
    computer's), with the additions and without the exceptions (RDATE and EXDATE of RFC 5545, 3.8.5); up to ``until``,
    or ``AHEAD`` of now and of its beginning.

    Raises BadRuleError.
    """
    first = starts_at.astimezone(zone or tz.tzlocal())
    until = until or max(clock.now(), first) + AHEAD
    left_out = {moment.astimezone(datetime.UTC) for moment in exceptions}
    by_rule = itertools.takewhile(lambda moment: moment <= until, _rule_set(rule, first))
    moments = {moment.astimezone(datetime.UTC): moment for moment in itertools.islice(by_rule, MOST)}
    moments |= {moment.astimezone(datetime.UTC): moment.astimezone(first.tzinfo) for moment in additions}
    return [moments[moment] for moment in sorted(moments.keys() - left_out)[:MOST]]


def ended_in_utc(rule: str, zone: datetime.tzinfo) -> str:
    """The rule with its ``UNTIL`` in UTC, as RFC 5545 wants it of what has a time; a mere day lasts until its end."""

    def in_utc(found: re.Match[str]) -> str:
        if found[3]:
            return found[0]
        last = datetime.datetime.strptime(found[1] + (found[2] or "T235959"), "%Y%m%dT%H%M%S").replace(tzinfo=zone)
        return f"UNTIL={last.astimezone(datetime.UTC):%Y%m%dT%H%M%SZ}"

    return _UNTIL.sub(in_utc, rule)


def _rule_set(rule: str, first: datetime.datetime) -> Iterable[datetime.datetime]:
    assert first.tzinfo is not None
    try:
        ended = ended_in_utc(rule.removeprefix("RRULE:"), first.tzinfo)  # with a zone, dateutil takes no other
        found: Iterable[datetime.datetime] = rrulestr(ended, dtstart=first)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError):  # whatever dateutil trips over
        raise BadRuleError(_("“{text}” is no rule by which something repeats.").format(text=rule)) from None
    return found


def parts_of(rule: str) -> dict[str, str]:
    """``FREQ=WEEKLY;BYDAY=MO`` as ``{"FREQ": "WEEKLY", "BYDAY": "MO"}``."""
    pairs = (part.partition("=") for part in rule.upper().removeprefix("RRULE:").split(";") if "=" in part)
    return {key: value for key, _is, value in pairs}


def written(parts: Mapping[str, str]) -> str:
    """The rule of such parts; empty ones are left out."""
    return ";".join(f"{key}={value}" for key, value in parts.items() if value)


def ended_before(rule: str, moment: datetime.datetime) -> str:
    """The rule with its last occurrence before ``moment``."""
    last = moment.astimezone(datetime.UTC) - datetime.timedelta(seconds=1)
    kept = {key: value for key, value in parts_of(rule).items() if key not in ("COUNT", "UNTIL")}
    return written(kept | {"UNTIL": f"{last:%Y%m%dT%H%M%SZ}"})


def parted(rule: str, starts_at: datetime.datetime, at: datetime.datetime) -> tuple[str, str]:
    """The rule that has the occurrences before ``at``, and the one that has the rest; ``ONCE`` where there are none."""
    parts = parts_of(rule)
    if "COUNT" not in parts:
        return ended_before(rule, at), rule
    before = sum(moment < at for moment in occurrences(rule, starts_at))
    first, rest = (
        written(parts | {"COUNT": str(count)}) if count > 0 else ONCE
        for count in (before, int(parts["COUNT"]) - before)
    )
    return first, rest


def say(rule: str) -> str:
    """``Weekly on Mon, Wed, until 2026-12-31``; a rule that has no such words as it is written."""
    if rule == ONCE:
        return _("On given days")
    parts = parts_of(rule)
    every = _EVERY.get(parts.get("FREQ", ""))
    interval = parts.get("INTERVAL", "1")
    if every is None or parts.keys() - _SAID or not interval.isdigit():
        return rule
    said = _(every[int(interval) > 1]).format(count=interval)
    days = _say_days(parts)
    if days is None:
        return rule
    if days:
        said = _("{every} on {days}").format(every=said, days=days)
    return said + _say_end(parts)


_SAID = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "COUNT", "UNTIL", "WKST"}


def _say_days(parts: Mapping[str, str]) -> str | None:
    """Empty where the beginning says it, None where there are no words for it."""
    if parts.get("BYMONTH") and parts["FREQ"] != "YEARLY":
        return None
    if month_days := parts.get("BYMONTHDAY"):
        if month_days == "-1":
            return _("the last day")
        return _("day {days}").format(days=month_days.replace(",", _(", "))) if "-" not in month_days else None
    names = []
    for day in filter(None, parts.get("BYDAY", "").split(",")):
        place, name = day[:-2], day[-2:]
        if name not in WEEKDAYS:
            return None
        place = place or parts.get("BYSETPOS", "")
        said = _(_DAY_NAMES[WEEKDAYS.index(name)])
        if place:
            if not re.fullmatch(r"[+-]?\d", place) or int(place) not in _PLACES:
                return None
            said = _("{place} {day}").format(place=_(_PLACES[int(place)]), day=said)
        names.append(said)
    return _(", ").join(names)


def _say_end(parts: Mapping[str, str]) -> str:
    if (count := parts.get("COUNT", "")).isdigit():
        return ngettext(", once", ", {count} times", int(count)).format(count=count)
    if found := _UNTIL.search("UNTIL=" + parts.get("UNTIL", "")):
        day = datetime.datetime.fromisoformat(found[1] + (found[2] or "T000000") + (found[3] or ""))
        if found[3]:
            day = day.astimezone()
        return _(", until {day}").format(day=f"{day:%Y-%m-%d}")
    return ""
