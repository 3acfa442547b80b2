"""Gives the people of the sample firm some memos each."""

from __future__ import annotations

import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.db.bulk import copy_rows
from crm_desktop.demo.calendar import day_between, office_time, working_day
from crm_desktop.demo.draw import Dice
from crm_desktop.demo.scale import Scale
from crm_desktop.demo.words import read_words

MEMO_TABLES = ("memo",)
_MOST, _PAST_DAYS = 4, 90
_COLUMNS = ("subject", "body", "owner_id", "created_at", "updated_at")


def add_memos(session: Session, _scale: Scale, today: datetime.date, dice: Dice) -> None:
    """Rows are copied past triggers and policies; the session must be a superuser's and stand for a replica."""
    memos = read_words("memos")["memos"]
    people = session.scalars(text("select id from crm.employee where is_active and not is_pool order by id"))
    rows = []
    for person in people:
        for subject, body in dice.sample(memos, dice.randrange(1, _MOST + 1)):
            day = day_between(dice, today - datetime.timedelta(days=_PAST_DAYS), today - datetime.timedelta(days=1))
            at = office_time(dice, working_day(day))
            rows.append((subject, body, person, at, at))
    rows.sort(key=lambda row: row[3])
    copy_rows(session, "crm.memo", _COLUMNS, iter(rows))
