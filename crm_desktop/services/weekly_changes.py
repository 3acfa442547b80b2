"""What became of the open opportunities between two weekly snapshots, or one and now: under the reader's rights."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, case, cast, func, literal, null, or_, select
from sqlalchemy.orm import Session, aliased

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import N_
from crm_desktop.models import DictionaryEntry, Opportunity, OpportunitySnapshot, choice_id
from crm_desktop.services.analysis_parameters import Period, days_of
from crm_desktop.services.listing import ListQuery, parameters_of, shape_of, where_of
from crm_desktop.services.prepared import execute

KINDS = {
    "new": (N_("New"), "accent"),
    "won": (N_("Won"), "good"),
    "lost": (N_("Lost"), "bad"),
    "closed": (N_("Given up"), "neutral"),
    "slipped": (N_("Slipped"), "warn"),
    "sooner": (N_("Brought forward"), "violet"),
    "grown": (N_("Grown"), "good"),
    "shrunk": (N_("Shrunk"), "bad"),
}
"""What may become of one, in words and colour; it may slip and shrink at once."""


@dataclass(frozen=True, slots=True)
class DealChange:
    """An opportunity that changed. Amounts are in yuan, before and after; ``days`` later than it was expected."""

    id: int
    code: str
    name: str
    outcome: str
    was_open: bool
    is_open: bool
    amounts: tuple[Decimal, Decimal]
    days: int

    @property
    def kinds(self) -> frozenset[str]:
        """Keys of ``KINDS``."""
        return frozenset(self._kinds())

    def _kinds(self) -> Iterator[str]:
        if not self.is_open:
            yield self.outcome if self.outcome != "open" else "closed"
            return
        if not self.was_open:
            yield "new"
            return
        if self.days:
            yield "slipped" if self.days > 0 else "sooner"
        before, after = self.amounts
        if before != after:
            yield "grown" if after > before else "shrunk"


def fetch_changes(session: Session, query: ListQuery, period: Period, person: Person) -> list[DealChange]:
    """What changed of the opportunities in the query, most money first: since the snapshot at the beginning of a period
    to the one after its end, or to now. Nothing where no snapshot is as old. One statement, two for a named period.
    """
    first, last = days_of(session, period)
    key = ("weekly changes", shape_of(query, person))
    values = {"first": first, "last": last} | parameters_of(query, person)
    rows = execute(session, key, lambda: _select_changes(query, person), values)
    changes = [
        DealChange(id_, code, name, outcome, was, now, (before or Decimal(0), after or Decimal(0)), days or 0)
        for id_, code, name, outcome, was, now, before, after, days in rows
    ]
    return sorted(changes, key=lambda one: (-max(one.amounts), one.id))


def _week(day: Any) -> ColumnElement[datetime.date]:
    """The last week of which there is a snapshot on that day."""
    return select(func.crm.snapshot_week(day)).scalar_subquery()


def _select_changes(query: ListQuery, person: Person) -> Select[Any]:
    own, outcome = Opportunity, DictionaryEntry
    first, last = (cast(bindparam(name, type_=Date), Date) for name in ("first", "last"))
    is_now = last >= func.current_date()
    begin = _week(first)
    before, after = aliased(OpportunitySnapshot), aliased(OpportunitySnapshot)
    is_open = own.outcome_id == choice_id("outcome", "open")
    was_there = before.id.is_not(None)
    is_there = case((is_now, is_open), else_=after.id.is_not(None))
    amount_now = case((or_(is_now, ~is_there), own.amount), else_=after.amount)
    amount_after = case((is_there, amount_now), (outcome.code == "won", own.amount), else_=literal(0))
    expected = case((is_now, own.expected_on), else_=after.expected_on)
    shift = case((was_there & is_there, expected - before.expected_on), else_=null())
    ended = and_(~is_open, own.closed_on >= begin, own.closed_on <= last)
    has_moved = before.amount.is_distinct_from(amount_now) | before.expected_on.is_distinct_from(expected)
    changed = or_(was_there != is_there, was_there & is_there & has_moved, ended & ~was_there)
    return (
        select(
            own.id, own.code, own.name, outcome.code, was_there, is_there,
            case((was_there, before.amount), else_=literal(0)), amount_after, shift,
        )
        .select_from(own)
        .join(outcome, outcome.id == own.outcome_id)
        .outerjoin(before, and_(before.opportunity_id == own.id, before.week == begin))
        .outerjoin(after, and_(after.opportunity_id == own.id, after.week == _week(last + 1), ~is_now))
        .where(where_of(query, person), begin.is_not(None), changed)
    )  # fmt: skip
