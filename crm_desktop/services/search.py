"""The one search box: any entity by pinyin, any part of a name, a code, or digits of a telephone number."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Select, String, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from crm_desktop.core import text as core_text
from crm_desktop.core.access import Person
from crm_desktop.entities import ALL_ENTITIES, by_key
from crm_desktop.services.statements import Joins, grams_match, outputs, scope_hint, text_filter
from crm_desktop.spec import EntitySpec, facts

CANDIDATES = 1000
"""So many matches are ranked; who types two letters in a million customers goes on typing."""


class Hit(NamedTuple):
    """One record found."""

    entity: str
    id: int
    title: str
    subtitle: str


def search(session: Session, typed: str, person: Person, limit: int = 8) -> list[Hit]:
    """The best ``limit`` records of each entity that ``typed`` finds, names that begin with it first. One statement."""
    if not core_text.typed_words(typed):
        return []
    parts = [_select_hits(spec, typed, person, limit) for spec in ALL_ENTITIES if spec.search]
    return [
        Hit(entity, id_, title, subtitle or "") for entity, id_, title, subtitle in session.execute(union_all(*parts))
    ]


def find(session: Session, entity: str, typed: str, person: Person, limit: int = 20) -> list[Hit]:
    """Records of one entity for a reference field: by what was typed, or the first ones. One statement."""
    spec = by_key(entity)
    if spec.search and core_text.typed_words(typed):
        statement = _select_hits(spec, typed, person, limit)
    else:
        model: Any = spec.model
        statement = _with_titles(
            spec,
            select(model.id, getattr(model, model.order).label("rank"))
            .where(text_filter(spec, typed), scope_hint(spec, person))
            .order_by(getattr(model, model.order), model.id)
            .limit(limit),
        )
    return [Hit(entity, row[1], row[2], row[3] or "") for row in session.execute(statement)]


def _select_hits(spec: EntitySpec, typed: str, person: Person, limit: int) -> Select[Any]:
    """Candidates through the gram index, then the earliest match in the search text, then the shorter name."""
    model: Any = spec.model
    assert spec.search
    first = core_text.typed_words(typed)[0].text
    place = func.position(literal(first).op("IN")(model.search_text))
    found = (
        select(model.id, place.label("place"), func.length(model.search_text).label("size"))
        .where(grams_match(model, typed), scope_hint(spec, person))
        .limit(CANDIDATES)
        .cte(f"found_{spec.key}")
        .prefix_with("materialized")
    )
    best = (
        select(found.c.id, func.row_number().over(order_by=(found.c.place, found.c.size, found.c.id)).label("rank"))
        .order_by("rank")
        .limit(limit)
    )
    return _with_titles(spec, best)


def _with_titles(spec: EntitySpec, best: Select[Any]) -> Select[Any]:
    """Entity, id, title and subtitle of the rows that ``best`` (id, rank) chose, in its order."""
    model: Any = spec.model
    chosen = best.subquery()
    joins = Joins(spec.model)
    subtitle = []
    for attr in spec.subtitle:
        shown = outputs((attr,), joins)
        column = shown[1] if facts(attr).target is not None else shown[0]
        is_list = facts(attr).kind.name == "phones"
        subtitle.append(func.array_to_string(column, ", ") if is_list else func.nullif(cast(column, String), ""))
    title = getattr(model, spec.search.name.key if spec.search else model.display[0])
    statement = select(literal(spec.key), model.id, title, func.concat_ws(" · ", *subtitle)).select_from(model)
    ordered = joins.apply(statement.join(chosen, chosen.c.id == model.id)).order_by(chosen.c.rank).subquery()
    return select(ordered)
