"""Gives the sample firm work logs of the last two weeks, and what superiors said of them."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.demo.calendar import ZONE
from crm_desktop.demo.draw import Dice
from crm_desktop.demo.scale import Scale
from crm_desktop.demo.team import read_choices
from crm_desktop.demo.words import read_words

LOG_TABLES = ("work_log", "comment")
Row = dict[str, Any]
_DAYS, _FRIDAY = 14, 4
_SUBMITTED_SHARE, _COMMENTED_SHARE, _PROBLEM_SHARE = 0.85, 0.6, 0.25
_WRITERS = text("""
    select distinct on (e.id) e.id, e.name, e.superior_id, g.code
    from crm.employee e join crm.group_member m on m.employee_id = e.id join crm.permission_group g on g.id = m.group_id
    where e.is_active and e.login is not null and e.superior_id is not null and g.code = any (:codes)
    order by e.id, g.code
""")
_WRITE = text("""
    insert into crm.work_log (title, kind_id, begins_on, ends_on, owner_id, reader_id, state_id, summary, plan,
                              problems, submitted_at, created_at, updated_at)
    values (:title, :kind, :begins_on, :ends_on, :owner, :owner, :state, :summary, :plan, :problems, :at, :at, :at)
    on conflict (owner_id, kind_id, begins_on) do nothing
""")
_TELL_DEEDS = text("update crm.work_log l set lines = crm.deeds_of(l) where l.lines is null")
_COMMENT = text("""
    insert into crm.comment (entity, record_id, author_id, body, created_at, updated_at)
    select 'work_log', l.id, :author, :body, m.at, m.at
    from crm.work_log l cross join lateral (select l.submitted_at + interval '40 minutes' as at) m
    where (l.owner_id, l.kind_id, l.begins_on) = (:owner, :kind, :begins_on)
""")


def add_logs(session: Session, _scale: Scale, today: datetime.date, dice: Dice) -> None:
    """Rows are written past triggers and policies; the session must be a superuser's and stand for a replica."""
    words, choices = read_words("logs"), read_choices(session)
    groups = [group for group in words if isinstance(words[group], dict)]
    rows, said = [], []
    for writer in session.execute(_WRITERS, {"codes": groups}):
        for ago in range(_DAYS, 0, -1):
            day = today - datetime.timedelta(days=ago)
            if day.weekday() > _FRIDAY or not dice.chance(_SUBMITTED_SHARE):
                continue
            row = _row(writer, words[writer.code], day, day, dice) | {"kind": choices["work_log_kind", "day"]}
            rows.append(row)
            if day.weekday() == _FRIDAY:
                monday = day - datetime.timedelta(days=_FRIDAY)
                week = _row(writer, words["weekly"], monday, day, dice)
                rows.append(week | {"kind": choices["work_log_kind", "week"]})
    for row in rows:
        is_commented = dice.chance(_COMMENTED_SHARE)
        row["state"] = choices["work_log_state", "commented" if is_commented else "submitted"]
        row["problems"] = dice.pick(words["problems"]) if dice.chance(_PROBLEM_SHARE) else None
        if is_commented:
            said.append({**row, "body": dice.pick(words["comments"])})
    if rows:
        session.execute(_WRITE, rows)
        session.execute(_TELL_DEEDS)
        session.execute(_COMMENT, said)


def _row(writer: Any, words: dict[str, list[str]], begins_on: datetime.date, last: datetime.date, dice: Dice) -> Row:
    """Written in the evening of the last day."""
    is_week = begins_on != last
    ends_on = begins_on + datetime.timedelta(days=6) if is_week else begins_on
    return {
        "title": f"{writer.name} {begins_on}" + (f" – {ends_on}" if is_week else ""),
        "begins_on": begins_on,
        "ends_on": ends_on,
        "owner": writer.id,
        "author": writer.superior_id,
        "summary": dice.pick(words["summary"]),
        "plan": dice.pick(words["plan"]),
        "at": datetime.datetime.combine(last, datetime.time(17, 30 + dice.randrange(30)), ZONE),
    }
