"""The recycle bin: deleted records that the person could read, and the way back. The journal is the bin."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.entities import ALL_ENTITIES, by_key
from crm_desktop.services.journal import UndoResult, names_of, undo, value_of
from crm_desktop.spec import facts

MOST = 500
"""So many are listed of each entity, the newest."""


@dataclass(frozen=True, slots=True)
class DeletedRecord:
    """A record that is no longer there; ``image`` is its last row by column."""

    entity: str
    id: int
    name: str
    at: datetime.datetime
    who: str
    is_mine: bool
    change_set: int
    image: Mapping[str, Any]


def fetch_deleted(session: Session, person: Person) -> list[DeletedRecord]:
    """What was deleted and is still gone, newest first. One statement."""
    tables = {s.model.__tablename__: s.key for s in ALL_ENTITIES if person.may("read", s.key)}
    rows = session.execute(
        text("select t.name as source, d.* from unnest(cast(:tables as text[])) t (name),"
             " lateral journal.deleted(t.name, :most) d order by d.at desc, d.row_id"),
        {"tables": list(tables), "most": MOST},
    )  # fmt: skip
    return [
        DeletedRecord(
            tables[row.source], row.row_id, row.name or f"#{row.row_id}", row.at, row.who or row.login,
            row.employee_id == person.id, row.change_set_id, row.image,
        )
        for row in rows
    ]  # fmt: skip


def fetch_values(session: Session, deleted: DeletedRecord) -> dict[str, Any]:
    """The values it had, by field key, references with their names of now. At most one statement."""
    spec = by_key(deleted.entity)
    names = names_of(session, spec, [deleted.image])
    return {
        attr.key: value_of(attr, deleted.image[facts(attr).column], names)
        for attr in spec.labels
        if facts(attr).column in deleted.image
    }


def bring_back(session: Session, deleted: Sequence[DeletedRecord]) -> UndoResult:
    """Bring these records back with their parts and keys, each deletion for itself; tells what had to stay away."""
    restored: dict[str, int] = {}
    brought_back: dict[str, int] = {}
    kept: list[Any] = []
    change_sets: list[int] = []
    ordered = sorted(deleted, key=lambda record: (record.change_set, record.entity))
    for (change_set, entity), records in groupby(ordered, lambda record: (record.change_set, record.entity)):
        result = undo(session, change_set, entity=entity, ids=[record.id for record in records])
        for numbers, more in ((restored, result.restored), (brought_back, result.brought_back)):
            for key, count in more.items():
                numbers[key] = numbers.get(key, 0) + count
        kept += result.kept
        change_sets += [result.change_set] if result.change_set else []
    return UndoResult(change_sets[0] if len(change_sets) == 1 else None, restored, brought_back, {}, tuple(kept))
