"""Visits of a service request: events of the calendar that say what they are for."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core import clock
from crm_desktop.services.lookup import Choices
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref

_LASTS = datetime.timedelta(hours=2)


class Visit(NamedTuple):
    """When it is planned, and when the engineer was there."""

    id: int
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    engineer: str
    arrived_at: datetime.datetime | None
    departed_at: datetime.datetime | None
    outcome: str


def fetch_visits(session: Session, request_id: int) -> list[Visit]:
    """Those that this person sees, in their order. One statement."""
    rows = session.execute(
        text("""
            select v.id, v.starts_at, v.ends_at, e.name as engineer, v.arrived_at, v.departed_at,
                   coalesce(v.outcome, '') as outcome
            from crm.event v join crm.employee e on e.id = v.owner_id
            where v.request_id = :request order by v.starts_at, v.id
        """),
        {"request": request_id},
    )
    return [Visit(*row) for row in rows]


def new_visit(request: Record, choices: Choices, me: Ref, pool_id: int) -> Mapping[str, Any]:
    """What a new event begins with that is a visit for this request: the next whole hour, two hours long, by whom it
    was given to.
    """
    begins = clock.now().replace(minute=0, second=0, microsecond=0) + datetime.timedelta(hours=1)
    owner = request.values["owner"]
    return {
        "subject": request.title,
        "kind": choices.find("event_kind", "visit"),
        "starts_at": begins,
        "ends_at": begins + _LASTS,
        "owner": me if owner.id == pool_id else owner,
        "customer": request.values["customer"],
        "contact": request.values.get("contact"),
        "request": Ref(request.id, request.title),
    }
