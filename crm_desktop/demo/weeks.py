"""The sample firm's open opportunities as they were in the last weeks, for the weekly changes."""

from __future__ import annotations

import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.demo.draw import Dice
from crm_desktop.demo.scale import Scale

WEEK_TABLES = ("opportunity_snapshot",)
WEEKS = 10
_FILL = text("""
    with weeks as (
      select cast(:monday as date) - 7 * ago as week, ago from generate_series(0, cast(:weeks as integer)) ago
    ), there as (
      select w.week, w.ago, o.id, o.expected_on,
             (o.id % 5 = 1)::integer - (o.id % 7 = 3)::integer as grows, o.amount,
             (select t.stage_id from crm.opportunity_stay t
              where t.opportunity_id = o.id and t.entered_at::date <= w.week
              order by t.entered_at desc limit 1) as stage_id
      from weeks w join crm.opportunity o on o.opened_on <= w.week and (o.closed_on is null or o.closed_on > w.week)
    ), then_so as (
      select t.*, round(t.amount * (1 - 0.05 * t.grows * ((t.ago + 1 + t.id % 2) / 2)), 2) as was from there t
    )
    insert into crm.opportunity_snapshot
      (week, opportunity_id, stage_id, category_id, amount, weighted_amount, expected_on)
    select t.week, t.id, s.id, s.category_id, t.was, round(t.was * s.probability / 100, 2),
           t.expected_on - case when t.id % 4 = 0 then 7 * ((t.ago + 1 + t.id % 3) / 3)::integer else 0 end
    from then_so t join crm.sales_stage s on s.id = t.stage_id
    where s.outcome_id = crm.choice('outcome', 'open')
    order by t.week, t.id
    on conflict (week, opportunity_id) do nothing
""")


def add_weeks(session: Session, size: Scale, today: datetime.date, dice: Dice) -> None:
    """A snapshot of every Monday, made of the stages that opportunities went through; some slipped, some grew.

    The session is a superuser's.
    """
    del size, dice
    monday = today - datetime.timedelta(today.weekday())
    session.execute(_FILL, {"monday": monday, "weeks": WEEKS})
