"""Gives the sample firm tasks: what is to be done for its deals, and the report that everybody writes on Fridays.

And the reminders of what is still to come.
"""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.db.bulk import copy_rows
from crm_desktop.demo.calendar import ZONE, day_between, office_time, working_day
from crm_desktop.demo.draw import Dice
from crm_desktop.demo.scale import Scale
from crm_desktop.demo.team import read_choices
from crm_desktop.demo.words import read_words

TASK_TABLES = ("task", "reminder")
Row = dict[str, Any]
_PAST_DAYS, _COMING_DAYS = 70, 16
_DONE_SHARE, _CANCELLED_SHARE, _EARLY_SHARE, _BEGUN_SHARE, _GIVEN_SHARE, _HOUR_SHARE = 0.86, 0.05, 0.06, 0.3, 0.35, 0.2
_PRIORITIES = ("normal", "normal", "normal", "normal", "high", "high", "low", "urgent")
_HOURS = ("09:30", "10:00", "14:00", "15:30", "17:00")
_FRIDAY = 4
_DEALS = text("""
    select o.id as opportunity_id, o.customer_id, c.owner_id as customer_owner_id, o.owner_id,
           coalesce(e.superior_id, o.owner_id) as superior_id,
           (select min(k.id) from crm.contact k where k.customer_id = o.customer_id) as contact_id
    from crm.opportunity o join crm.customer c on c.id = o.customer_id
    join crm.employee e on e.id = o.owner_id and e.is_active and not e.is_pool
    order by o.closed_on desc nulls first, o.id desc limit :count
""")
_SELLERS = text("""
    select distinct e.id, e.superior_id from crm.employee e join crm.group_member b on b.employee_id = e.id
    join crm.permission_group g on g.id = b.group_id
    where g.code = 'salesperson' and e.is_active and e.superior_id is not null order by e.id
""")
_REMINDERS = text("""
    insert into crm.reminder (employee_id, event_id, task_id, minutes, is_question)
    select e.owner_id, e.id, cast(null as bigint), case when q.asks then 0 else 15 end, q.asks
    from crm.event e cross join (values (false), (true)) q (asks)
    where (e.ends_at > now() or e.rule is not null) and not e.is_all_day and (not q.asks or e.customer_id is not null)
    union all
    select p.employee_id, p.event_id, null, 15, false
    from crm.event_participant p join crm.event e on e.id = p.event_id
    where (e.ends_at > now() or e.rule is not null) and not e.is_all_day and p.employee_id <> e.owner_id
    union all
    select t.owner_id, null, t.id, 0, false from crm.task t where t.due_at > now()
    order by 2, 3, 1, 5
""")


def add_tasks(session: Session, scale: Scale, today: datetime.date, dice: Dice) -> None:
    """Rows are copied past triggers and policies; the session must be a superuser's and stand for a replica."""
    choices, words = read_choices(session), read_words("tasks")
    deals = session.execute(_DEALS, {"count": scale.opportunities * 2 // 3}).mappings().all()
    rows = [_about(dict(deal), dice.pick(words["about_deals"]), today, choices, dice) for deal in deals]
    friday = today + datetime.timedelta(days=(_FRIDAY - today.weekday()) % 7)
    for seller in session.execute(_SELLERS):
        begun_at = office_time(dice, friday - datetime.timedelta(days=7))
        row = _row(words["weekly"], seller.id, seller.superior_id, begun_at, friday, "17:00", choices)
        rows.append(row | {"rule": "FREQ=WEEKLY;BYDAY=FR"})
    rows.sort(key=lambda row: row["created_at"])
    if rows:
        columns = list(rows[0])
        copy_rows(session, "crm.task", columns, ([row[column] for column in columns] for row in rows))
    session.execute(_REMINDERS)


def _about(deal: Row, words: list[str], today: datetime.date, choices: dict[tuple[str, str], int], dice: Dice) -> Row:
    subject, checklist, result = words
    last = today + datetime.timedelta(days=_COMING_DAYS)
    due_on = day_between(dice, today - datetime.timedelta(days=_PAST_DAYS), last)
    before = min(due_on, today) - datetime.timedelta(days=dice.randrange(2, 9))
    owner, superior = deal["owner_id"], deal.pop("superior_id")
    giver = superior if dice.chance(_GIVEN_SHARE) else owner
    hour = dice.pick(_HOURS) if dice.chance(_HOUR_SHARE) else None
    row = _row(subject, owner, giver, office_time(dice, working_day(before)), due_on, hour, choices)
    row |= {**deal, "priority_id": choices["priority", dice.pick(_PRIORITIES)], "checklist": checklist or None}
    lines = checklist.splitlines()
    if dice.chance(_DONE_SHARE if due_on < today else _EARLY_SHARE):
        done_on = working_day(min(due_on, today - datetime.timedelta(days=1)))
        done_at = max(office_time(dice, done_on), row["created_at"] + datetime.timedelta(hours=1))
        state = {"state_id": choices["task_state", "done"], "progress": 100, "done_at": done_at, "told_at": done_at}
        return row | state | {"checked": lines, "result": result, "due_at": None, "updated_at": done_at}
    if dice.chance(_CANCELLED_SHARE):
        return row | {"state_id": choices["task_state", "cancelled"], "due_at": None}
    if dice.chance(_BEGUN_SHARE):
        checked = lines[: len(lines) // 2]
        progress = 100 * len(checked) // len(lines) if lines else 50
        return row | {"state_id": choices["task_state", "working"], "progress": progress, "checked": checked}
    return row


def _row(
    subject: str, owner: int, giver: int, created_at: datetime.datetime, due_on: datetime.date, hour: str | None,
    choices: dict[tuple[str, str], int],
) -> Row:  # fmt: skip
    begin = datetime.datetime.combine(due_on, datetime.time(), ZONE)
    at = datetime.datetime.combine(due_on, datetime.time.fromisoformat(hour), ZONE) if hour else None
    return {
        "subject": subject, "owner_id": owner, "given_by_id": giver, "due_on": due_on, "due_time": hour,
        "due_at": at or begin + datetime.timedelta(days=1), "told_at": at or begin, "created_at": created_at,
        "updated_at": created_at, "priority_id": choices["priority", "normal"],
        "state_id": choices["task_state", "open"], "progress": 0, "checked": [], "done_at": None,
        **dict.fromkeys(("customer_id", "customer_owner_id", "contact_id", "opportunity_id")),
        **dict.fromkeys(("checklist", "result", "rule")),
    }  # fmt: skip
