"""When things happened at the sample firm: on working days, in office hours, never after yesterday."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import NamedTuple

from crm_desktop.demo.draw import Dice
from crm_desktop.demo.scale import Scale, apportion

ZONE = datetime.datetime.now().astimezone().tzinfo
"""The office is where its visitor is: its hours are his."""
_YEARS = 6
_GROWTH = 0.6  # below 1: every year brings more customers than the one before
_NEW_THIS_MONTH = 12
_QUIET_DAYS = {14: 34, 30: 26, 90: 24, 365: 12, 900: 4}  # the latest contact lies up to so many days back: weight
_COURTSHIP = datetime.timedelta(days=180)
_FRIDAY = 4
_ATTEMPTS = 10
_OFFICE_HOURS = (9, 9, 10, 10, 10, 11, 11, 13, 14, 14, 14, 15, 15, 16, 16, 17)
_UNTOUCHED_SHARE = 0.06
_FIRST_DAYS = 4  # in which nobody has called yet


class Outline(NamedTuple):
    """The dates and counts of one customer, before anything else is known."""

    registered_on: datetime.date
    first_deal_on: datetime.date | None
    last_contact_on: datetime.date
    contacts: int
    activities: int


def working_day(day: datetime.date) -> datetime.date:
    """The day itself, or the Friday before a weekend."""
    return day - datetime.timedelta(days=max(0, day.weekday() - _FRIDAY))


def day_between(dice: Dice, first: datetime.date, last: datetime.date) -> datetime.date:
    """A working day from ``first`` to ``last``; ``last`` where there is hardly any, as on the first of a month."""
    span = (last - first).days + 1
    for _attempt in range(_ATTEMPTS):
        day = first + datetime.timedelta(days=dice.randrange(span))
        if day.weekday() <= _FRIDAY:
            return day
    return last


def office_time(dice: Dice, day: datetime.date) -> datetime.datetime:
    """A moment of the day in office hours, to five minutes, without the lunch break."""
    hour = dice.pick(_OFFICE_HOURS)
    return datetime.datetime.combine(day, datetime.time(hour, 5 * dice.randrange(12)), ZONE)


def build_outlines(scale: Scale, today: datetime.date, dice: Dice) -> Iterator[Outline]:
    """One for each customer, in order of registration; the counts add up to the scale's exactly."""
    deals = _registrations(scale.transaction_customers, today - datetime.timedelta(days=14), dice)
    prospects = _registrations(scale.prospects, today, dice)
    month = today.replace(day=1)
    for index in range(min(_NEW_THIS_MONTH, len(prospects))):
        day = working_day(month + datetime.timedelta(days=dice.randrange(today.day)))
        prospects[-1 - index] = max(day, month)
    registered = sorted([(day, True) for day in deals] + [(day, False) for day in prospects])
    people = [dice.pick((1, 1, 1, 2, 2, 3) if is_customer else (0, 1, 1, 1, 2)) for _day, is_customer in registered]
    contacts = apportion(scale.contacts, people) if registered else []
    weights = [_activity_weight(today, day, dice, is_customer=is_customer) for day, is_customer in registered]
    activities = apportion(scale.activities, weights) if registered else []
    yesterday = working_day(today - datetime.timedelta(days=1))
    for (day, is_customer), contact_count, activity_count in zip(registered, contacts, activities, strict=True):
        deal = day_between(dice, day, min(day + _COURTSHIP, yesterday)) if is_customer else None
        last = _last_contact(dice, deal or day, yesterday)
        yield Outline(day, deal, last, contact_count, activity_count)


def _registrations(count: int, today: datetime.date, dice: Dice) -> list[datetime.date]:
    days = _YEARS * 365
    return sorted(
        working_day(today - datetime.timedelta(days=int(days * (1 - dice.random() ** _GROWTH)))) for _ in range(count)
    )


def _activity_weight(today: datetime.date, day: datetime.date, dice: Dice, *, is_customer: bool) -> float:
    """More for customers and for those known longer; none for some prospects and those of the last days."""
    known = (today - day).days
    is_untouched = known < _FIRST_DAYS or (not is_customer and dice.chance(_UNTOUCHED_SHARE))
    attention = 2.2 if is_customer else 1.0
    return 0.0 if is_untouched else attention * (0.4 + min(known, 1_500) / 700) * (0.3 + dice.random())


def _last_contact(dice: Dice, earliest: datetime.date, yesterday: datetime.date) -> datetime.date:
    (limit,) = dice.choices(list(_QUIET_DAYS), list(_QUIET_DAYS.values()))
    return day_between(dice, max(earliest, yesterday - datetime.timedelta(days=limit)), max(earliest, yesterday))
