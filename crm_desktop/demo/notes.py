"""Gives the sample firm announcements, some messages between its people, and the alerts of the day."""

from __future__ import annotations

import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.demo.calendar import office_time, working_day
from crm_desktop.demo.draw import Dice
from crm_desktop.demo.scale import Scale
from crm_desktop.demo.words import read_words

NOTE_TABLES = ("announcement", "message", "alert")
_MANAGER = """(select min(e.id) from crm.employee e join crm.group_member m on m.employee_id = e.id
             join crm.permission_group g on g.id = m.group_id where g.code = 'general_manager')"""
_ANNOUNCE = text(f"""
    insert into crm.announcement (title, body, is_important, valid_from, valid_until, author_id)
    values (:title, :body, :is_important, :valid_from, :valid_until, {_MANAGER})
""")  # noqa: S608 - a constant
_WRITE = text(f"""
    insert into crm.message (employee_id, is_sent, sender_id, receivers, body, sent_at, read_at)
    select e.id, e.id = s.id, s.id, '全体同事', :body, :sent_at,
           case when e.id = s.id or :is_read then cast(:sent_at as timestamptz) + interval '1 hour' end
    from crm.employee e, {_MANAGER} s (id) where e.login is not null and e.is_active
""")  # noqa: S608 - a constant


def add_notes(session: Session, _scale: Scale, today: datetime.date, dice: Dice) -> None:
    """The session must be a superuser's and stand for a replica."""
    words = read_words("notes")
    for title, body, is_important, days in words["announcements"]:
        since = working_day(today - datetime.timedelta(days=dice.randrange(1, 6)))
        session.execute(_ANNOUNCE, {
            "title": title, "body": body, "is_important": bool(is_important), "valid_from": since,
            "valid_until": today + datetime.timedelta(days=days),
        })  # fmt: skip
    for place, body in enumerate(words["messages"]):
        day = working_day(today - datetime.timedelta(days=1 + place))
        session.execute(_WRITE, {"body": body, "sent_at": office_time(dice, day), "is_read": place > 1})
    session.execute(text("select crm.evaluate_alerts()"))
