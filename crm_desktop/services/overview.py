"""The 360° page of a record: its figures, its parts, and one timeline of activities and changes."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, func, select
from sqlalchemy.orm import Session

from crm_desktop.core import clock
from crm_desktop.core.access import Person
from crm_desktop.entities import by_key, guard_of, parts_of
from crm_desktop.models import Activity, Opportunity, ServiceRequest
from crm_desktop.services import journal
from crm_desktop.services.listing import Row
from crm_desktop.services.parts import fetch_parts
from crm_desktop.services.prepared import execute
from crm_desktop.services.records import Record, create_record, fetch_record, new_record
from crm_desktop.spec import Column, EntitySpec, Ref, facts

PARTS_SHOWN = 100
"""Rows of a part on the page; more are in the part's own list."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted of a customer."""

    activities: int
    days_since_contact: int | None
    open_deals: int
    open_requests: int
    contacts: int


@dataclass(frozen=True, slots=True)
class Overview:
    """All that a 360° page shows. ``parts`` by entity key, newest or first in order; no ``history`` in a preview.

    Of those that are not in ``tables`` only what their story tells was read.
    """

    record: Record
    figures: Figures | None
    parts: Mapping[str, tuple[Row, ...]]
    history: tuple[journal.Change, ...] = ()
    tables: frozenset[str] = frozenset()


def fetch_overview(
    session: Session, entity: str, id_: int, person: Person, tables: Collection[str] | None = None
) -> Overview:
    """Everything of one record: it, its parts, its figures and its history. Four statements for a customer.

    With ``tables``, of all other parts only what they tell: a customer has many kinds, and few are ever looked through.
    """
    overview = _read(session, entity, id_, person, parts_of(by_key(entity)), tables)
    return replace(overview, history=tuple(journal.fetch_history(session, entity, id_)))


def fetch_preview(session: Session, entity: str, id_: int, person: Person) -> Overview:
    """The record, figures, and the parts without owners of their own. Three statements for a customer."""
    own = [part for part in parts_of(by_key(entity)) if guard_of(part).along_column is None]
    return _read(session, entity, id_, person, own)


def _read(
    session: Session,
    entity: str,
    id_: int,
    person: Person,
    parts: Sequence[EntitySpec],
    tables: Collection[str] | None = None,
) -> Overview:
    record = fetch_record(session, entity, id_)
    parts = [part for part in parts if person.may("read", part.key)]
    wanted = frozenset(part.key for part in parts if tables is None or part.key in tables)
    asked = [(part, _columns(part, is_table=part.key in wanted)) for part in parts if part.key in wanted or part.story]
    rows = fetch_parts(session, asked, id_, person, PARTS_SHOWN) if asked else []
    found = {part.key: (*each.own, *each.mirrored) for (part, _shown), each in zip(asked, rows, strict=True)}
    figures = _figures(session, id_, len(found.get("contact", ()))) if entity == "customer" else None
    return Overview(record, figures, found, tables=wanted)


def _columns(part: EntitySpec, *, is_table: bool) -> tuple[Column, ...]:
    """With what its story tells and the long texts of the form, which a list has no room for."""
    told = part.story.attrs if part.story else ()
    if not is_table:
        return tuple(map(Column, told))
    long_texts = (attr for attr in part.form.fields if facts(attr).kind.is_wide)
    return tuple({c.key: c for c in (*part.table.columns, *map(Column, (*told, *long_texts)))}.values())


def _figures(session: Session, customer_id: int, contacts: int) -> Figures:
    def build() -> Select[Any]:
        this: Any = bindparam("customer_id", type_=BigInteger)
        deals = select(func.count()).where(Opportunity.customer_id == this, Opportunity.closed_on.is_(None))
        requests = select(func.count()).where(
            ServiceRequest.customer_id == this, ServiceRequest.solved_at.is_(None), ServiceRequest.closed_at.is_(None)
        )
        activities = select(
            func.count(), func.max(Activity.happened_at), deals.scalar_subquery(), requests.scalar_subquery()
        )
        return activities.where(Activity.customer_id == this)

    found = execute(session, "figures", build, {"customer_id": customer_id}, is_planned_once=True)
    activities, last, open_deals, open_requests = found.one()
    return Figures(activities, _days_since(last), open_deals, open_requests, contacts)


def _days_since(moment: datetime.datetime | None) -> int | None:
    """By the calendar: late yesterday evening is one day ago."""
    return (clock.today() - moment.astimezone().date()).days if moment else None


def log_activity(session: Session, customer: Record, person: Person, **values: Any) -> Record:
    """Note what just happened with a customer: at least ``subject`` and ``kind``. Two statements."""
    return create_record(session, new_record("activity", person, customer=Ref(customer.id, customer.title), **values))
