"""What a salesperson's day is made of, board, calendar and home page, beside statements written by hand."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from functools import partial

from crm_desktop.entities.boards import OPPORTUNITY_BOARD
from crm_desktop.services.boards import fetch_board
from crm_desktop.services.calendar import fetch_calendars, fetch_days, fetch_span
from crm_desktop.services.calendar_times import Mode, days_shown, span_of
from crm_desktop.services.home import fetch_home
from crm_desktop.services.listing import ListQuery, fetch_rows
from crm_desktop.ui.board.choices import Choices
from crm_desktop.ui.board.model import PAGE
from tests.bench.measure import Figure
from tests.bench.seat import Seat

_COLUMNS = """
    select s.id, s.name, o.id, o.name, o.tone, p.id, p.name, f.ids, f.amount, f.weighted
    from crm.sales_stage s join crm.sales_process p on p.id = s.process_id
    join crm.dictionary_entry o on o.id = s.outcome_id
    left join (
      select stage_id, sum(amount) as amount, sum(weighted_amount) as weighted,
             string_agg(int8send(id), ''::bytea order by closed_on desc nulls first, expected_on, id) as ids
      from crm.opportunity where {mine} and {where} group by 1) f on f.stage_id = s.id
    order by p.sort_order, p.id, s.sort_order, s.id
"""
# Named beside the policy, which the planner cannot look into: one's own, and what is shared or lies along.
_MINE = """
    (owner_id = any(%(owners)s) or customer_owner_id = any(%(owners)s)
     or id = any(array(select crm.shared_with_me('opportunity', 'read'))))
"""
_THIS_QUARTER = """
    (closed_on is null and (expected_on < date_trunc('quarter', current_date) + interval '3 months')
     or closed_on >= date_trunc('quarter', current_date) and closed_on <= current_date)
"""
_CARDS = """
    select o.id, o.version, o.name, c.id, c.name, e.id, e.name, o.closed_on, o.expected_on, o.amount, s.id, s.name,
           o.stage_since, o.stalls_on, o.next_step, o.next_on
    from crm.opportunity o join crm.customer c on c.id = o.customer_id join crm.employee e on e.id = o.owner_id
    join crm.sales_stage s on s.id = o.stage_id where o.id = any(%(ids)s)
"""
# Times are nobody's to read but through this function; the words are.
_TIMES = """
    select t.event_id, t.starts_at, t.ends_at, t.employee_ids, t.resource_ids, t.answer, v.version, v.subject,
           v.is_all_day, v.is_private, v.rule, v.series_id, v.place, k.id, k.name, k.tone, w.id, w.name, c.id, c.name
    from crm.occupied(%(since)s, %(until)s, %(people)s, %(resources)s) t left join crm.event v on v.id = t.event_id
    left join crm.dictionary_entry k on k.id = v.category_id left join crm.employee w on w.id = v.owner_id
    left join crm.customer c on c.id = v.customer_id order by 2
"""
_DAYS = """
    select begins_at, ends_at, null, null, null from crm.working_time
    where ends_at > %(since)s and begins_at < %(until)s
    union all
    select null, null, day, name, is_working from crm.special_day where day between %(since)s and %(until)s
"""
_HOME = (
    """select a.id, r.name, k.name, k.tone, a.since, a.entity, a.record_id from crm.my_alerts() a
       join crm.alert_rule r on r.id = a.rule_id join crm.dictionary_entry k on k.id = r.kind_id limit 50""",
    """select m.id, m.kind, e.name, m.body, m.sent_at from crm.message m left join crm.employee e on e.id = m.sender_id
       where m.read_at is null order by m.sent_at desc limit 8""",
    """select a.id, a.title, e.name, a.valid_from from crm.announcement a left join crm.employee e on e.id = a.author_id
       where current_date between a.valid_from and coalesce(a.valid_until, current_date) order by 4 desc limit 8""",
    """select id, name, contact_name, assigned_at from crm.lead where owner_id = %(me)s and responded_at is null
       and ended_at is null and assigned_at > now() - interval '14 days' order by 4 desc limit 8""",
    """select t.id, t.subject, c.name, t.due_at from crm.task t left join crm.customer c on c.id = t.customer_id
       where t.owner_id = %(me)s and t.due_at < current_date + 2 order by t.due_at, t.id limit 8""",
    """select k.id, k.name, c.name, k.birthday from crm.contact k join crm.customer c on c.id = k.customer_id
       where k.owner_id = %(me)s and right(k.birthday, 5) in (
         select to_char(d, 'MM-DD') from generate_series(current_date, current_date + 14, interval '1 day') d)
       limit 8""",
    """select s.id, s.subject, c.name, s.due_at from crm.service_request s join crm.customer c on c.id = s.customer_id
       where s.owner_id = %(me)s and s.solved_at is null and s.closed_at is null order by s.due_at limit 8""",
    """select o.id, o.next_step, o.name, o.next_on from crm.opportunity o where o.owner_id = %(me)s
       and o.outcome_id = crm.choice('outcome', 'open') and o.next_on <= current_date + 1 order by 4 limit 8""",
    "select entity, record_id from crm.recent_record order by opened_at desc limit 8",
    "select entity, record_id from crm.star order by starred_at desc limit 8",
    """select s.name, count(*), sum(o.amount) from crm.opportunity o join crm.sales_stage s on s.id = o.stage_id
       where o.owner_id = %(me)s and o.outcome_id = crm.choice('outcome', 'open')
       group by s.id order by s.sort_order""",
    """select sum(amount) filter (where closed_on >= date_trunc('month', current_date)), sum(amount),
              sum(amount) filter (where closed_on >= date_trunc('quarter', current_date))
       from crm.opportunity where outcome_id = crm.choice('outcome', 'won')
         and closed_on >= date_trunc('year', current_date)""",
    """select count(*), sum(weighted_amount) from crm.opportunity where outcome_id = crm.choice('outcome', 'open')""",
    "select count(*) from crm.activity where happened_at >= date_trunc('month', now())",
)


class SalesDay(Seat):
    """As this person's pages ask."""

    def figures(self) -> Iterator[Figure]:
        """Board, week, team and home."""
        yield self._board("board, this quarter", Choices().list_query("opportunity"), _THIS_QUARTER)
        yield self._board("board, any time", Choices(period="").list_query("opportunity"), "true")
        yield self._span("week", Mode.WEEK, [self.person.id], [])
        with self.gateway.read() as session:
            calendars = fetch_calendars(session)
        everybody = [one.ref.id for one in calendars if not one.is_resource]
        rooms = [one.ref.id for one in calendars if one.is_resource]
        yield self._span("team's day", Mode.TEAM, everybody, rooms)
        yield self._span("team's week", Mode.TEAM_WEEK, everybody, rooms)
        yield self._home()

    def _board(self, name: str, query: ListQuery, where: str) -> Figure:
        spec = query.spec

        def ours() -> None:
            with self.gateway.read() as session:
                found = fetch_board(session, OPPORTUNITY_BOARD, query, self.person)
                cells = [cell for column in found.of(0) for cell in column.cells.values()]
                ids = [id_ for cell in cells for id_ in cell.ids[:PAGE]]
                fetch_rows(session, spec, OPPORTUNITY_BOARD.columns, ids)

        with self.gateway.read() as session:
            columns = fetch_board(session, OPPORTUNITY_BOARD, query, self.person).of(0)
        ids = [id_ for column in columns for cell in column.cells.values() for id_ in cell.ids[:PAGE]]
        name = f"{name}, {sum(column.count for column in columns):,}"
        owners = list(self.person.owners["opportunity", "read"])
        best = partial(self.hand, _COLUMNS.format(mine=_MINE, where=where), _CARDS, ids=ids, owners=owners)
        return self.figure(name, ours, best, 2, 3)

    def _span(self, name: str, mode: Mode, people: Sequence[int], rooms: Sequence[int]) -> Figure:
        since, until = span_of(days_shown(mode, datetime.date.today()))

        def ours() -> None:
            with self.gateway.read() as session:
                fetch_span(session, since, until, people, rooms)
                fetch_days(session, since, until)

        best = partial(self.hand, _TIMES, _DAYS, since=since, until=until, people=list(people), resources=list(rooms))
        return self.figure(name, ours, best, 2, 2)

    def _home(self) -> Figure:
        me, since = self.person.id, datetime.datetime.combine(datetime.date.today(), datetime.time()).astimezone()
        until = since + datetime.timedelta(days=1)

        def ours() -> None:
            with self.gateway.read() as session:
                fetch_home(session, self.person)
                fetch_span(session, since, until, [me], [])

        best = partial(self.hand, *_HOME, _TIMES, me=me, since=since, until=until, people=[me], resources=[])
        return self.figure("home", ours, best, 2, 3)
