"""Fills everybody's days to the brim in the larger sample firms: calls and visits one after the other, tasks between.

Each chapter before it draws what one reads; this one only makes their tables as large as years of work make them.
"""

from __future__ import annotations

import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.demo.draw import Dice
from crm_desktop.demo.scale import Scale
from crm_desktop.demo.words import read_words

FULL_DAY_TABLES = ("event", "event_occurrence", "task", "reminder")
_WEEKS_AHEAD = 4
_BATCH = 20_000
_EVENTS = {"08:30": 30, "09:45": 30, "11:00": 60, "13:30": 60, "15:30": 90}
"""Minutes of each by its beginning."""
_TASKS = ("10:30", "17:00")
# Everybody has customers of his own to go to, or those of the whole firm; which one is a matter of arithmetic.
_DAYS = """
    with mine as (
      select c.owner_id, array_agg(c.id order by c.last_contact_at desc, c.id) as ids
      from crm.customer c where c.last_contact_at is not null group by 1
    ), people as (
      select e.id, e.superior_id,
             coalesce(m.ids, (select array_agg(x.id) from (select c.id from crm.customer c order by c.id limit 500) x))
               as ids
      from crm.employee e left join mine m on m.owner_id = e.id where e.is_active and not e.is_pool
    ), slots as (
      select e.id as person, e.superior_id, d.day::date as day, s.at, s.place,
             e.ids[1 + mod(e.id * 7919 + (d.day::date - date '2000-01-03') * 31 + s.place * 1009, cardinality(e.ids))]
               as customer_id,
             mod(e.id * 13 + (d.day::date - date '2000-01-03') * 7 + s.place * 5, cardinality(:words)) + 1 as word
      from people e
      cross join generate_series(cast(:first as timestamp), cast(:last as timestamp), interval '1 day') d (day)
      cross join unnest(cast(:starts as text[])) with ordinality s (at, place)
      where extract(isodow from d.day) < 6
    )
"""
_ADD_EVENTS = text(f"""{_DAYS}
    insert into crm.event (subject, kind_id, category_id, owner_id, reader_id, starts_at, ends_at, customer_id,
                           customer_owner_id)
    select replace((cast(:words as text[]))[s.word], '{{name}}', coalesce(c.short_name, c.name)),
           crm.choice('event_kind', 'call'), crm.choice('event_category', 'customer'), s.person, s.person,
           s.day + s.at::time, s.day + s.at::time + make_interval(mins => (cast(:minutes as integer[]))[s.place]),
           c.id, c.owner_id
    from slots s join crm.customer c on c.id = s.customer_id order by s.day, s.at, s.person
    returning id
""")  # noqa: S608 - constants
# What is over is done; of what is due in these weeks most is still open.
_ADD_TASKS = text(f"""{_DAYS}
    , drawn as (
      select s.*, s.day + s.at::time as due_at, s.day < :today and mod(s.person + s.place + s.word, 40) > 0 as is_done
      from slots s
    )
    insert into crm.task (subject, owner_id, given_by_id, due_on, due_time, due_at, told_at, done_at, progress,
                          priority_id, state_id, customer_id, customer_owner_id, created_at, updated_at)
    select (cast(:words as text[]))[d.word], d.person,
           case when mod(d.word, 3) = 0 then coalesce(d.superior_id, d.person) else d.person end,
           d.day, d.at, case when not d.is_done then d.due_at end, d.due_at, case when d.is_done then d.due_at end,
           case when d.is_done then 100 else 0 end, crm.choice('priority', 'normal'),
           crm.choice('task_state', case when d.is_done then 'done' else 'open' end), c.id, c.owner_id,
           d.due_at - interval '3 days', d.due_at - interval '3 days'
    from drawn d join crm.customer c on c.id = d.customer_id order by d.day, d.at, d.person
""")  # noqa: S608 - constants
_SPREAD = text("select crm.spread_events(:ids)")
_REMIND = text("""
    insert into crm.reminder (employee_id, event_id, minutes)
    select e.owner_id, e.id, 15 from crm.event e where e.id = any (:ids) and e.ends_at > now()
""")


def add_full_days(session: Session, scale: Scale, today: datetime.date, _dice: Dice) -> None:
    """Nothing is drawn. Rows are written past triggers and policies; the session must be a superuser's and stand for
    a replica.
    """
    if not scale.full_weeks:
        return
    monday = today - datetime.timedelta(days=today.weekday())
    days = {
        "first": monday - datetime.timedelta(weeks=scale.full_weeks),
        "last": monday + datetime.timedelta(weeks=_WEEKS_AHEAD),
        "today": today,
    }
    calls = [words for words in read_words("calendar")["calls"] if "{name}" in words]
    events = {"words": calls, "starts": list(_EVENTS), "minutes": list(_EVENTS.values())}
    ids = session.scalars(_ADD_EVENTS, days | events).all()
    for start in range(0, len(ids), _BATCH):
        session.execute(_SPREAD, {"ids": ids[start : start + _BATCH]})
    session.execute(_REMIND, {"ids": list(ids)})
    subjects = [subject for subject, _checklist, _result in read_words("tasks")["about_deals"]]
    session.execute(_ADD_TASKS, days | {"words": subjects, "starts": list(_TASKS)})
