"""Gives the sample firm products and opportunities: to customers that are there, so also to a firm made earlier."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import chain, groupby, islice
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.db.bulk import copy_rows
from crm_desktop.demo.catalog import add_catalog
from crm_desktop.demo.deals import Client, Deal, Deals, Stage, numbered
from crm_desktop.demo.draw import Dice
from crm_desktop.demo.scale import Scale
from crm_desktop.demo.team import read_choices
from crm_desktop.demo.words import read_words

SALES_TABLES = (
    "product_category", "product", "product_cost",
    "opportunity", "opportunity_line", "opportunity_contact", "opportunity_stay",
)  # fmt: skip
_KNOWN_DAYS = 10  # who came later has no opportunity yet
_CLIENTS = text("""
    select c.id, c.owner_id, c.source_id, c.registered_on, c.first_deal_on, c.last_contact_at::date,
           (select coalesce(array_agg(array[k.id, coalesce(k.role_id, 0)] order by k.id), '{}')
            from crm.contact k where k.customer_id = c.id and not k.has_left)
    from crm.customer c join crm.employee e on e.id = c.owner_id and not e.is_pool
    where c.last_contact_at is not null and c.registered_on <= :known
    order by md5(c.id::text) limit :count
""")
_STAGES = text("""
    select s.id, o.code, s.outcome_id, s.probability, s.category_id, s.days_allowed
    from crm.sales_stage s join crm.sales_process p on p.id = s.process_id and p.is_default
    join crm.dictionary_entry o on o.id = s.outcome_id
    order by s.sort_order, s.id
""")
_MATES = text("""
    select e.id, m.id from crm.employee e join crm.employee m on m.department_id = e.department_id and m.id <> e.id
    where m.is_active and exists (
        select from crm.group_member b join crm.permission_group g on g.id = b.group_id
        where b.employee_id = m.id and g.code in ('salesperson', 'sales_manager'))
    order by 1, 2
""")
_KEYS = text("""
    select nextval(pg_get_serial_sequence('crm.opportunity', 'id')), crm.next_number('opportunity')
    from generate_series(1, :count)
""")
_BUYER = text("select min(id) from crm.employee where not is_pool")


def add_sales(session: Session, scale: Scale, today: datetime.date, dice: Dice) -> None:
    """Rows are copied past triggers and policies; the session must be a superuser's and stand for a replica."""
    words, choices = read_words("sales"), read_choices(session)
    wares = add_catalog(session, words, choices, session.scalars(_BUYER).one(), today, dice)
    stages = [Stage(*row) for row in session.execute(_STAGES)]
    mates = {owner: [mate for _owner, mate in some] for owner, some in groupby(session.execute(_MATES), lambda r: r[0])}
    deals = Deals(words, wares, stages, choices, mates, today, dice)
    drawn = list(islice(chain.from_iterable(map(deals.draw, _clients(session, scale, today))), scale.opportunities))
    keys: list[Any] = list(session.execute(_KEYS, {"count": len(drawn)}))
    _write(session, list(numbered(drawn, keys)))


def _clients(session: Session, scale: Scale, today: datetime.date) -> Iterator[Client]:
    known = today - datetime.timedelta(days=_KNOWN_DAYS)
    for row in session.execute(_CLIENTS, {"known": known, "count": scale.opportunities}):
        yield Client(*row)


def _write(session: Session, deals: list[Deal]) -> None:
    tables = {
        "opportunity": [deal.row for deal in deals],
        "opportunity_line": [line for deal in deals for line in deal.lines],
        "opportunity_contact": [contact for deal in deals for contact in deal.contacts],
        "opportunity_stay": [stay for deal in deals for stay in deal.stays],
    }
    for table, rows in tables.items():
        if rows:
            columns = list(rows[0])
            copy_rows(session, f"crm.{table}", columns, ([row[column] for column in columns] for row in rows))
