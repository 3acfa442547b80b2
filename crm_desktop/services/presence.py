"""Who else has a record open, or edits it. Advisory: nothing is locked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Select, String, column, func, select
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

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


def select_present(entity: str, id_: int) -> Select[Any]:
    """The fields of ``Present`` for each of the others at a record, those who edit it first."""
    columns = column("employee_id", BigInteger), column("name", String), column("is_editing", Boolean)
    return select(func.crm.who_is_at(by_key(entity).model.__tablename__, id_).table_valued(*columns))


def fetch_present(session: Session, entity: str, id_: int) -> list[Present]:
    """The others at a record. One statement."""
    return [Present(*row) for row in session.execute(select_present(entity, id_))]
