"""What goes on at the service desk at this moment, as far as the reader sees it: for a screen on the wall."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core.i18n import language
from crm_desktop.spec import Ref


class OfEngineer(NamedTuple):
    """What somebody has to do, and did today."""

    engineer: Ref
    open: int
    soon: int
    breached: int
    solved: int


class NextDue(NamedTuple):
    """A request that is due next, or should have been."""

    ref: Ref
    customer: str
    engineer: str | None
    """None as long as nobody is."""
    due_at: datetime.datetime
    target: Ref


@dataclass(frozen=True, slots=True)
class Monitor:
    """Counts by name (``unassigned in_work waiting soon breached reported solved``; the last two of today), engineers
    with the busiest first, and what is due next.
    """

    counts: dict[str, int]
    engineers: tuple[OfEngineer, ...]
    due: tuple[NextDue, ...]


def fetch_monitor(session: Session) -> Monitor:
    """All of it. One statement; it reads what is open and what was reported or solved today, and no more."""
    row = session.execute(_MONITOR, {"english": language() == "en"}).one()
    return Monitor(
        row.counts,
        tuple(OfEngineer(Ref(id_, name), *numbers) for id_, name, *numbers in row.engineers),
        tuple(
            NextDue(
                Ref(id_, subject),
                customer,
                engineer,
                datetime.datetime.fromisoformat(due_at),
                Ref(target_id, target, tone),
            )
            for id_, subject, customer, engineer, due_at, target_id, target, tone in row.due
        ),
    )


# When today began is written out where it is compared: so the planner knows how little it leaves.
_MONITOR = text("""
    with open as (
        select r.id, r.subject, r.customer_id, r.owner_id, r.due_at, r.waiting_since,
               crm.target_state(r.due_at, r.warn_at, r.waiting_since, r.solved_at, r.was_late) as target
        from crm.service_request r where r.solved_at is null and r.closed_at is null
    ), done as (
        select r.owner_id from crm.service_request r
        where r.solved_at >= date_trunc('day', now() at time zone crm.firm_zone()) at time zone crm.firm_zone()
    ), people as (
        select w.id, w.name, count(*) filter (where is_open) as open, count(*) filter (where target = 'soon') as soon,
               count(*) filter (where target = 'breached') as breached, count(*) filter (where not is_open) as solved
        from (select owner_id, target, true as is_open from open union all select owner_id, null, false from done) r
        join crm.employee w on w.id = r.owner_id and not w.is_pool
        group by w.id, w.name order by 3 desc, w.name, w.id limit 30
    ), due as (
        select o.id, o.subject, c.name as customer, case when not w.is_pool then w.name end as engineer, o.due_at,
               e.id as target_id, e.tone, case when :english then coalesce(e.name_en, e.name) else e.name end as target
        from (select * from open where due_at is not null order by due_at, id limit 10) o
        join crm.customer c on c.id = o.customer_id join crm.employee w on w.id = o.owner_id
        join crm.dictionary_entry e on e.id = crm.choice('target_state', o.target)
        order by o.due_at, o.id
    )
    select json_build_object(
               'unassigned', (select count(*) from open where owner_id = (select crm.pool_owner())),
               'in_work', (select count(*) from open
                           where owner_id <> (select crm.pool_owner()) and waiting_since is null),
               'waiting', (select count(*) from open where waiting_since is not null),
               'soon', (select count(*) from open where target = 'soon'),
               'breached', (select count(*) from open where target = 'breached'),
               'reported', (
                   select count(*) from crm.service_request r where r.reported_at
                     >= date_trunc('day', now() at time zone crm.firm_zone()) at time zone crm.firm_zone()),
               'solved', (select count(*) from done)) as counts,
           (select coalesce(json_agg(json_build_array(id, name, open, soon, breached, solved)), '[]')
            from people) as engineers,
           (select coalesce(json_agg(json_build_array(
                id, subject, customer, engineer, due_at, target_id, target, tone)), '[]') from due) as due
""")
