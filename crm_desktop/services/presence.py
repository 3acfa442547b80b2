"""Who else has a record open, or edits it. Advisory: nothing is locked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.entities import by_key

TABLE = "presence."
"""Changes of who is at a row of ``customer`` are announced as changes of ``presence.customer``."""


class Place(NamedTuple):
    """A record that is open in this window."""

    entity: str
    id: int
    is_editing: bool


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody else who is there."""

    employee_id: int
    name: str
    is_editing: bool


def places_text(places: Iterable[Place]) -> str:
    """All open places, as ``crm.be_at`` reads them."""
    return json.dumps(
        [
            {"table_name": by_key(place.entity).model.__tablename__, "row_id": place.id, "is_editing": place.is_editing}
            for place in places
        ]
    )


def fetch_present(session: Session, entity: str, id_: int) -> list[Present]:
    """The others at a record, those who edit it first. One statement."""
    rows = session.execute(
        text("select * from crm.who_is_at(:table_name, :row_id)"),
        {"table_name": by_key(entity).model.__tablename__, "row_id": id_},
    )
    return [Present(row.employee_id, row.name, row.is_editing) for row in rows]
