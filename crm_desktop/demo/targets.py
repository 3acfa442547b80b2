"""Gives the sellers of the sample firm targets for last year and this one: somewhat more than what they win."""

from __future__ import annotations

import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.demo.draw import Dice
from crm_desktop.demo.scale import Scale

TARGET_TABLES = ("sales_target",)
_LEAST = 5_000
"""Yuan a month, also of a beginner."""
_ADD = text("""
    insert into crm.sales_target (owner_id, year, month, amount, begins_on, title)
    select s.id, extract(year from m.day), extract(month from m.day),
           greatest(:least, round(s.won / 12 * case when extract(month from m.day) < 3 then 0.8 else 1.1 end, -3)),
           m.day, s.name || to_char(m.day, ' YYYY-MM')
    from (
      select e.id, e.name, coalesce(sum(o.amount), 0) as won
      from crm.employee e join crm.group_member b on b.employee_id = e.id
      join crm.permission_group g on g.id = b.group_id and g.code in ('salesperson', 'sales_manager')
      left join crm.opportunity o on o.owner_id = e.id and o.outcome_id = crm.choice('outcome', 'won')
        and o.closed_on > cast(:today as date) - interval '1 year'
      group by e.id, e.name) s
    cross join generate_series(
      date_trunc('year', cast(:today as date)) - interval '1 year',
      date_trunc('year', cast(:today as date)) + interval '11 months', interval '1 month') m (day)
    order by m.day, s.id
""")


def add_targets(session: Session, _scale: Scale, today: datetime.date, _dice: Dice) -> None:
    """Rows are written past triggers and policies; the session must be a superuser's and stand for a replica."""
    session.execute(_ADD, {"today": today, "least": _LEAST})
