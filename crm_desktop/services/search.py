"""The one search box: any entity by pinyin, any part of a name, a code, or digits of a telephone number.

Each table is read in one of two ways. What is rare is looked up in the index. What a good part of a large table holds
is found among its first rows, which are looked at before: the index would collect half the table.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
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
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from crm_desktop.core.access import Person
from crm_desktop.entities import ALL_ENTITIES, by_key, guard_of
from crm_desktop.services.prepared import execute
from crm_desktop.services.statements import (
    Joins,
    contains,
    grams_match,
    outputs,
    owners_to_look_up,
    scope_hint,
    sight_of,
    text_filter,
    typed_parameters,
    word_count,
)
from crm_desktop.spec import EntitySpec, facts

PROBED, ENOUGH = 400, 20
"""Where so many of a large table's first rows match, these will do."""
CANDIDATES = 1000
"""So many matches are ranked; who types two letters in a million customers goes on typing."""
_BEHIND = 1_000_000
"""Names that do not begin with what was typed come after all that do."""


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

    sight = (person.id, tuple(person.owners.items()), person.lent.entities, person.large_tables)
    key = ("search", words, limit, sight)
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

    key = ("find", entity, words, limit, sight_of(person, entity), person.large_tables)
    rows = execute(session, key, build, typed_parameters(typed))
    return [Hit(entity, row[1], row[2], row[3] or "") for row in rows]


def select_titles(spec: EntitySpec, best: Select[Any]) -> Select[Any]:
    """Entity, id, title and subtitle of the rows that ``best`` (id, rank) chose, in its order."""
    model: Any = spec.model
    chosen = best.subquery()
    return _with_titles(spec, select(*_shown(spec, model), chosen.c.rank).join(chosen, chosen.c.id == model.id))


def _select_first(spec: EntitySpec, words: int, person: Person, limit: int) -> Select[Any]:
    model: Any = spec.model
    return (
        select(*_shown(spec, model), getattr(model, model.order).label("rank"))
        .where(text_filter(spec, words, person), scope_hint(spec, person))
        .order_by("rank", model.id)
        .limit(limit)
    )


def _select_hits(spec: EntitySpec, words: int, person: Person, limit: int) -> Select[Any]:
    """What ``words`` words find: what begins with the first of them, then short names."""
    model: Any = spec.model
    indexed = _ranked(spec, model).where(grams_match(spec, words, person)).limit(CANDIDATES)
    if model.__tablename__ not in person.large_tables:
        found = indexed.subquery()
    else:
        some = aliased(model, _first_rows(spec, person).subquery())
        alike = _ranked(spec, some).where(*(contains(some.search_text, n) for n in range(words)))
        probe = alike.cte(f"probe_{spec.key}").prefix_with("materialized")
        is_enough = select(func.count() >= ENOUGH).select_from(probe).scalar_subquery()
        rest = indexed.where(not_(is_enough)).cte(f"indexed_{spec.key}").prefix_with("materialized")
        found = union_all(select(probe).where(is_enough), select(rest)).subquery()
    return _with_titles(spec, select(found).order_by(found.c.rank, found.c.id).limit(limit))


def _first_rows(spec: EntitySpec, person: Person) -> Select[Any]:
    """A few rows to look at. Ordered as an index is, so that no plan begins by collecting all that could come."""
    model: Any = spec.model
    owners = owners_to_look_up(spec, person)
    columns = (*_shown(spec, model), model.search_text)
    if owners is None:
        return select(*columns).order_by(model.id).limit(PROBED)
    each = func.unnest(literal(list(owners), ARRAY(BigInteger))).table_valued("owner").render_derived(name="each")
    rows = (
        select(*columns)
        .where(getattr(model, str(guard_of(spec).owner_column)) == each.c.owner)
        .order_by(getattr(model, model.order), model.id)
        .limit(PROBED // max(1, len(owners)))
    ).lateral()
    return select(rows).select_from(each.join(rows, true()))


def _ranked(spec: EntitySpec, rows: Any) -> Select[Any]:
    """What is shown of ``rows``, and their rank: lower is better."""
    first = bindparam("word0", type_=Text)
    place = func.position(first.op("IN")(rows.search_text))
    at_line = func.position(literal_column("E'\\n'").op("||")(first).op("IN")(rows.search_text))
    behind = case((or_(place == 1, at_line > 0), 0), else_=_BEHIND)
    return select(*_shown(spec, rows), (behind + func.length(rows.search_text) * 1000 + place).label("rank"))


def _shown(spec: EntitySpec, rows: Any) -> tuple[ColumnElement[Any], ...]:
    """The columns of ``rows`` that title and subtitle are made of."""
    keys = dict.fromkeys(("id", _title(spec), *(facts(attr).column for attr in spec.subtitle)))
    return tuple(getattr(rows, key) for key in keys)


def _title(spec: EntitySpec) -> str:
    model: Any = spec.model
    return spec.search.name.key if spec.search else str(model.display[0])


def _with_titles(spec: EntitySpec, best: Select[Any]) -> Select[Any]:
    """Entity, id, title and subtitle of rows with their rank, in its order."""
    rows = best.subquery()
    record: Any = aliased(spec.model, rows)
    joins = Joins(record)
    subtitle = []
    for attr in spec.subtitle:
        shown = outputs((attr,), joins)
        column = shown[1] if facts(attr).target is not None else shown[0]
        is_list = facts(attr).kind.name == "phones"
        subtitle.append(func.array_to_string(column, ", ") if is_list else func.nullif(cast(column, String), ""))
    below = func.concat_ws(" · ", *subtitle) if subtitle else literal("")
    statement = select(literal(spec.key), record.id, getattr(record, _title(spec)), below).select_from(record)
    return select(joins.apply(statement).order_by(rows.c.rank, rows.c.id).subquery())
