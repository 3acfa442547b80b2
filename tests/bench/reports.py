"""Reports on all opportunities, beside the statements that the same person would write by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg2

from crm_desktop.db.engine import Gateway
from crm_desktop.entities.sales_reports import FORECAST, PEOPLE, WON
from crm_desktop.services.analysis import fetch_report
from crm_desktop.services.analysis_parameters import Parameters
from crm_desktop.spec.report import ReportSpec
from tests.bench.measure import Figure, compare

_STATES = """
    with state as (
      select max(e.id) filter (where e.code = 'won') as won, max(e.id) filter (where e.code = 'lost') as lost,
             max(e.id) filter (where e.code = 'open') as open
      from crm.dictionary_entry e join crm.dictionary d on d.id = e.dictionary_id where d.code = 'outcome')
"""
_WON = """
    select to_char(o.closed_on, 'YYYY-MM'), count(*), sum(o.amount), avg(o.amount), avg(o.closed_on - o.opened_on)
    from crm.opportunity o, state s where o.outcome_id = s.won group by rollup (1) order by 1
"""
_PEOPLE = """
    select e.name, g.* from (
      select o.owner_id, sum(o.amount) filter (where o.outcome_id = s.won),
             count(*) filter (where o.outcome_id = s.won) as won, count(*) filter (where o.outcome_id = s.lost),
             100.0 * count(*) filter (where o.outcome_id = s.won)
               / nullif(count(*) filter (where o.outcome_id in (s.won, s.lost)), 0),
             count(*), count(*) filter (where o.outcome_id = s.open),
             sum(o.amount) filter (where o.outcome_id = s.open)
      from crm.opportunity o, state s group by rollup (o.owner_id)) g
    left join crm.employee e on e.id = g.owner_id order by 3 desc nulls first
"""
_FORECAST = """
    , category as (
      select max(e.id) filter (where e.code = 'commit') as commit,
             max(e.id) filter (where e.code = 'best_case') as best,
             max(e.id) filter (where e.code = 'pipeline') as pipeline
      from crm.dictionary_entry e join crm.dictionary d on d.id = e.dictionary_id where d.code = 'forecast_category')
    select e.name, g.* from (
      select to_char(o.expected_on, 'YYYY-MM') as month, o.owner_id,
             sum(o.amount) filter (where o.category_id = c.commit),
             sum(o.amount) filter (where o.category_id = c.best),
             sum(o.amount) filter (where o.category_id = c.pipeline), sum(o.amount), sum(o.weighted_amount), count(*)
      from crm.opportunity o, state s, category c where o.outcome_id = s.open group by rollup (1, 2)) g
    left join crm.employee e on e.id = g.owner_id order by 2, 4 desc
"""
_FORECAST_WON = """
    select to_char(o.closed_on, 'YYYY-MM'), o.owner_id, sum(o.amount)
    from crm.opportunity o, state s where o.outcome_id = s.won group by rollup (1, 2)
"""
_CASES: tuple[tuple[str, ReportSpec, tuple[str, ...]], ...] = (
    ("won by month", WON, (_STATES + _WON,)),
    ("by person", PEOPLE, (_STATES + _PEOPLE,)),
    ("forecast by month and person", FORECAST, (_STATES + _FORECAST, _STATES + _FORECAST_WON)),
)


class Reports:
    """By somebody who sees everything."""

    def __init__(self, gateway: Gateway, url: str) -> None:
        """``url`` signs in the same person."""
        self._gateway, self._url = gateway, url

    def figures(self) -> Iterator[Figure]:
        """The reports that add up all there is."""
        with closing(psycopg2.connect(self._url)) as connection:
            for label, spec, statements in _CASES:
                parameters = Parameters(by=spec.dimensions[0].key, then=spec.then)

                def ours(spec: ReportSpec = spec, parameters: Parameters = parameters) -> None:
                    with self._gateway.read() as session:
                        fetch_report(session, spec, parameters, self._gateway.person)

                def best(statements: tuple[str, ...] = statements) -> None:
                    with connection, connection.cursor() as cursor:
                        for statement in statements:
                            cursor.execute(statement)
                            cursor.fetchall()

                yield Figure(f"report, {label}", *compare(ours, best), 2, 0, 0)
