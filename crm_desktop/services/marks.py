"""Stars and recently opened records of the signed-in person; they follow him to every PC."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Exists, Select, any_, bindparam, delete, exists, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from crm_desktop.entities import ALL_ENTITIES
from crm_desktop.models import RecentRecord, Star
from crm_desktop.services.prepared import execute
from crm_desktop.services.search import Hit, select_titles

KEPT = 50
"""Recently opened records of one person."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What is offered before anything is typed: the records opened last and the starred ones, newest first."""

    recent: tuple[Hit, ...]
    starred: tuple[Hit, ...]


def has_star(entity: str, record_id: int) -> Exists:
    """Whether the person has marked the record, within another statement."""
    return exists().where(Star.entity == entity, Star.record_id == record_id)


def is_starred(session: Session, entity: str, record_id: int) -> bool:
    """Whether the person has marked the record. One statement."""
    return bool(session.execute(select(has_star(entity, record_id))).scalar_one())


def set_star(session: Session, entity: str, record_id: int, *, is_on: bool) -> None:
    """Mark a record for oneself, or unmark it. One statement."""
    if is_on:
        values = {"employee_id": func.crm.me(), "entity": entity, "record_id": record_id}
        session.execute(insert(Star).values(**values).on_conflict_do_nothing())
    else:
        session.execute(delete(Star).where(Star.entity == entity, Star.record_id == record_id))


def note_opened(session: Session, entity: str, record_id: int) -> None:
    """Remember that the person has opened a record, and forget all but the last 50. One statement."""
    is_other = (RecentRecord.entity != entity) | (RecentRecord.record_id != record_id)
    newest = RecentRecord.opened_at.desc(), RecentRecord.id.desc()
    kept = select(RecentRecord.id).where(is_other).order_by(*newest).limit(KEPT - 1)
    forgotten = delete(RecentRecord).where(is_other, RecentRecord.id.not_in(kept)).cte("forgotten")
    opened = insert(RecentRecord).values(employee_id=func.crm.me(), entity=entity, record_id=record_id)
    keys = [RecentRecord.employee_id, RecentRecord.entity, RecentRecord.record_id]
    opened = opened.on_conflict_do_update(index_elements=keys, set_={"opened_at": func.clock_timestamp()})
    session.execute(opened.add_cte(forgotten))


def fetch_marked(session: Session, most: int = KEPT) -> Marked:
    """The person's recent and starred records that he still sees. Three statements."""
    recent = session.execute(
        select(RecentRecord.entity, RecentRecord.record_id).order_by(RecentRecord.opened_at.desc()).limit(most)
    ).all()
    starred = session.execute(
        select(Star.entity, Star.record_id).order_by(Star.starred_at.desc(), Star.id.desc()).limit(most)
    ).all()
    found = fetch_hits(session, {(row.entity, row.record_id) for row in (*recent, *starred)})
    hits = {(hit.entity, hit.id): hit for hit in found}

    def seen(rows: Sequence[Any]) -> tuple[Hit, ...]:
        return tuple(hits[entity, id_] for entity, id_ in rows if (entity, id_) in hits)

    return Marked(seen(recent), seen(starred))


def fetch_hits(session: Session, records: Iterable[tuple[str, int]]) -> list[Hit]:
    """Title and subtitle of the records that the person sees. One statement, whatever the number of entities."""
    by_entity: dict[str, list[int]] = {}
    for entity, id_ in records:
        by_entity.setdefault(entity, []).append(id_)
    specs = [spec for spec in ALL_ENTITIES if spec.key in by_entity]
    if not specs:
        return []

    def build() -> Any:
        parts = [select_titles(spec, _chosen(spec)) for spec in specs]
        return parts[0].union_all(*parts[1:])

    parameters = {f"ids_{spec.key}": by_entity[spec.key] for spec in specs}
    rows = execute(session, ("marked", tuple(spec.key for spec in specs)), build, parameters)
    return [Hit(entity, id_, title, subtitle or "") for entity, id_, title, subtitle in rows]


def _chosen(spec: Any) -> Select[Any]:
    model = spec.model
    ids = bindparam(f"ids_{spec.key}", type_=ARRAY(BigInteger))
    return select(model.id, literal(0).label("rank")).where(model.id == any_(ids))
