"""The public holidays and make-up days that this program knows of, given to each database once, year by year.

They are those of mainland China, as the State Council announces them every November for the year to come.
"""

from __future__ import annotations

import datetime
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import bindparam

from crm_desktop.models import Setting, SpecialDay

_GIVEN = "given_holidays"
"""Setting: the years whose days this database was once given; what is missing of them, somebody took away."""
_REMEMBER = text("""
    insert into crm.setting (key, value) values (:key, :value) on conflict (key) do update set value = excluded.value
""").bindparams(bindparam("value", type_=JSONB))


class KnownDay(NamedTuple):
    """A row of ``crm.special_day``."""

    day: datetime.date
    is_working: bool
    name: str
    name_en: str


def known_days() -> list[KnownDay]:
    """All holidays and make-up days from 2004 on, in order."""
    from chinese_calendar.constants import Holiday, holidays, workdays  # only for who sets up a database

    chinese = {holiday.value: holiday.chinese for holiday in Holiday}
    days = [KnownDay(day, False, chinese[name], name) for day, name in holidays.items()]
    days += [KnownDay(day, True, f"{chinese[name]}调休", f"Make-up day for {name}") for day, name in workdays.items()]
    return sorted(days)


def add_special_days(session: Session) -> None:
    """Add the days of the years that this database was never given. The session's role must be above row security."""
    given = session.scalar(select(Setting.value).where(Setting.key == _GIVEN)) or []
    new = [day for day in known_days() if day.day.year not in given]
    if not new:
        return
    rows = insert(SpecialDay).values([day._asdict() for day in new])  # in one statement: working time follows each
    session.execute(rows.on_conflict_do_nothing(index_elements=[SpecialDay.day]))
    session.execute(_REMEMBER, {"key": _GIVEN, "value": sorted({*given, *(day.day.year for day in new)})})
