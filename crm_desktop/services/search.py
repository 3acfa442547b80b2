"""The one search box: any entity by pinyin, any part of a name, a code, or digits of a telephone number."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import True_

from crm_desktop.core.access import Person
from crm_desktop.entities import ALL_ENTITIES, by_key
from crm_desktop.services.prepared import execute
from crm_desktop.services.statements import (
    Joins,
    contains,
    grams_match,
    outputs,
    scope_hint,
    sight_of,
    text_filter,
    typed_parameters,
    word_count,
)
from crm_desktop.spec import EntitySpec, facts

LARGE, PROBED, ENOUGH = 50_000, 400, 20
"""Where a table has so many rows, and so many of the first ones match, these will do."""
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
    words = word_count(typed)
    if not words:
        return []

    def build() -> Any:
        return union_all(*(_select_hits(spec, words, person, limit) for spec in ALL_ENTITIES if spec.search))

    key = ("search", words, limit, person.id, tuple(person.owners.items()), person.lent.entities)
    rows = execute(session, key, build, typed_parameters(typed))
    return [Hit(entity, id_, title, subtitle or "") for entity, id_, title, subtitle in rows]


def find(session: Session, entity: str, typed: str, person: Person, limit: int = 20) -> list[Hit]:
    """Records of one entity for a reference field: by what was typed, or the first ones. One statement."""
    spec = by_key(entity)
    words = word_count(typed)

    def build() -> Select[Any]:
        if spec.search and words:
            return _select_hits(spec, words, person, limit)
        return select_titles(spec, _select_first(spec, words, person, limit))

    key = ("find", entity, words, limit, sight_of(person, entity))
    rows = execute(session, key, build, typed_parameters(typed))
    return [Hit(entity, row[1], row[2], row[3] or "") for row in rows]


def _select_first(spec: EntitySpec, words: int, person: Person, limit: int) -> Select[Any]:
    model: Any = spec.model
    return (
        select(model.id, getattr(model, model.order).label("rank"))
        .where(text_filter(spec, words), scope_hint(spec, person))
        .order_by(getattr(model, model.order), model.id)
        .limit(limit)
    )


def _select_hits(spec: EntitySpec, words: int, person: Person, limit: int) -> Select[Any]:
    """Candidates, those that match at the start of a line first, then short names.

    What a good part of a large table's rows holds is found among its first rows: the index would collect all of them.
    """
    model: Any = spec.model
    is_large: ColumnElement[bool] = literal_column(
        f"(select reltuples > {LARGE} from pg_class where oid = 'crm.{model.__tablename__}'::regclass)"  # noqa: S608
    )
    hint = scope_hint(spec, person)
    first = select(model.id, model.search_text).where(hint, is_large).limit(PROBED)
    if isinstance(hint, True_):
        first = first.order_by(model.id)  # else a parallel scan is set up, which takes a tenth of a second
    some = first.subquery()
    probe = (
        select(*_ranked(some.c.id, some.c.search_text))
        .where(*(contains(some.c.search_text, n) for n in range(words)))
        .cte(f"probe_{spec.key}")
        .prefix_with("materialized")
    )
    is_enough = select(func.count() >= ENOUGH).select_from(probe).scalar_subquery()
    indexed = (
        select(*_ranked(model.id, model.search_text))
        .where(grams_match(model, words), hint, not_(is_enough))
        .limit(CANDIDATES)
        .cte(f"indexed_{spec.key}")
        .prefix_with("materialized")
    )
    found = union_all(select(probe).where(is_enough), select(indexed)).subquery()
    order = (found.c.is_within, found.c.size, found.c.place, found.c.id)
    best = select(found.c.id, func.row_number().over(order_by=order).label("rank")).order_by("rank").limit(limit)
    return select_titles(spec, best)


def _ranked(id_: Any, search_text: Any) -> tuple[ColumnElement[Any], ...]:
    """The key of a row and what its place among the hits depends on."""
    first = bindparam("word0", type_=Text)
    place = func.position(first.op("IN")(search_text))
    at_line = func.position(literal_column("E'\\n'").op("||")(first).op("IN")(search_text))
    return (
        id_,
        case((or_(place == 1, at_line > 0), 0), else_=1).label("is_within"),
        place.label("place"),
        func.length(search_text).label("size"),
    )


def select_titles(spec: EntitySpec, best: Select[Any]) -> Select[Any]:
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
    below = func.concat_ws(" · ", *subtitle) if subtitle else literal("")
    statement = select(literal(spec.key), model.id, title, below).select_from(model)
    ordered = joins.apply(statement.join(chosen, chosen.c.id == model.id)).order_by(chosen.c.rank).subquery()
    return select(ordered)
