"""Gives the sample firm's service requests the parts that were used and what was paid on the way."""

from __future__ import annotations

import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.demo.draw import Dice
from crm_desktop.demo.scale import Scale
from crm_desktop.demo.words import read_words

COST_TABLES = ("service_part", "service_expense")
# Which of them is a matter of arithmetic. Under warranty parts cost nothing.
_PARTS = text("""
    insert into crm.service_part (
        request_id, owner_id, product_id, description, quantity, unit_price, amount, created_at, updated_at)
    select r.id, r.owner_id, p.id, case when p.id is null then w.words end, q.quantity, q.price, q.quantity * q.price,
           r.solved_at, r.solved_at
    from unnest(cast(:causes as text[]), cast(:codes as text[]), cast(:words as text[]), cast(:prices as numeric[]))
         w (cause, code, words, price)
    join crm.service_request r on r.cause_id = crm.choice('request_cause', w.cause)
    left join crm.installed_product i on i.id = r.installed_product_id
    left join crm.product p on p.code = w.code
    cross join lateral (
        select 1 + mod(r.id, 2) as quantity,
               case when i.warranty_until >= r.solved_at::date then 0 else coalesce(p.list_price, w.price) end as price
    ) q
    where r.solved_at is not null and mod(r.id, 4) > 0
    order by r.id, w.code
""")
_EXPENSES = text("""
    insert into crm.service_expense (request_id, owner_id, kind_id, amount, remark, created_at, updated_at)
    select r.id, r.owner_id, crm.choice('expense_kind', w.kind), w.least + mod(r.id * 7, w.more), w.remark,
           r.solved_at, r.solved_at
    from unnest(cast(:kinds as text[]), cast(:leasts as integer[]), cast(:more as integer[]), cast(:every as integer[]),
                cast(:remarks as text[])) w (kind, least, more, every, remark)
    join crm.service_request r on mod(r.id, w.every) = 0
    where r.solved_at is not null and r.type_id in (crm.choice('request_type', 'repair'),
          crm.choice('request_type', 'defect'), crm.choice('request_type', 'installation'))
    order by r.id, w.every
""")


def add_costs(session: Session, _scale: Scale, _today: datetime.date, _dice: Dice) -> None:
    """Rows are written past triggers and policies; the session must be a superuser's and stand for a replica."""
    words = read_words("service")
    session.execute(_PARTS, _columns(words["parts"], "causes", "codes", "words", "prices"))
    session.execute(_EXPENSES, _columns(words["expenses"], "kinds", "leasts", "more", "every", "remarks"))


def _columns(lines: list[list[str | int]], *names: str) -> dict[str, list[str | int]]:
    return {name: list(column) for name, column in zip(names, zip(*lines, strict=True), strict=True)}
