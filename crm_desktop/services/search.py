"""The one search box: any entity by pinyin, any part of a name, a code, or digits of a telephone number.

Of a small table all that matches is ranked. Of a large one the index gives so many rows; and a word that many rows hold
is looked for among the first ones before, since the index would collect half the table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
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
    display_of,
    grams_match,
    holds,
    looked_up,
    outputs,
    owners_to_look_up,
    scope_hint,
    searched_keys,
    sight_of,
    text_filter,
    typed_parameters,
    word_count,
)
from crm_desktop.spec import Attr, EntitySpec, facts, kinds

PROBED = 400
"""Where so many of a large table's first rows hold an answer's fill, it is taken from them."""
CANDIDATES, EXAMINED = 400, 5000
"""So many of a large table's matches are ranked, of so many rows with the same pieces; who types two letters in a
million customers goes on typing."""
_BEHIND = 1_000_000
"""Names that do not begin with what was typed come after all that do."""


def _as_text(column: Any) -> Any:
    return func.nullif(cast(column, String), "")


_WRITTEN: dict[kinds.Kind, Callable[[Any], Any]] = {
    kinds.PHONES: lambda column: func.array_to_string(column, ", "),
    kinds.TIME: lambda column: func.to_char(column, "YYYY-MM-DD"),
    kinds.PERCENT: lambda column: cast(column, String).concat("%"),
    kinds.MONEY: lambda column: literal("¥").concat(
        func.replace(func.to_char(column, "FM999,999,999,990.00"), ".00", "")
    ),
}
"""How a subtitle shows what is no text."""


class _Ways(NamedTuple):
    """How tables are read: of ``large`` ones only so many rows, of ``probed`` ones the first rows before the index."""

    large: frozenset[str]
    probed: frozenset[str]
    is_short: bool
    """Up to three letters or digits were typed: their pairs say so little that the index would return the table."""


class Hit(NamedTuple):
    """One record found."""

    entity: str
    id: int
    title: str
    subtitle: str


def search(
    session: Session, typed: str, person: Person, limit: int = 8, only: Collection[str] | None = None
) -> list[Hit]:
    """The best ``limit`` records of each entity (of those in ``only``) that ``typed`` finds, names that begin with it
    first. One statement.
    """
    words = word_count(typed)
    ways = _ways(typed, person)
    specs = [
        spec
        for spec in ALL_ENTITIES
        if (spec.search or spec.found_by) and person.may("read", spec.key) and (only is None or spec.key in only)
    ]
    if not words or not specs:
        return []

    def build() -> Any:
        return union_all(*(_select_hits(spec, words, person, limit, ways) for spec in specs))

    key = ("search", words, limit, tuple((spec.key, sight_of(person, spec.key)) for spec in specs), ways)
    rows = execute(session, key, build, typed_parameters(typed), is_planned_once=True)
    return [Hit(entity, id_, title, subtitle or "") for entity, id_, title, subtitle in rows]


def find(session: Session, entity: str, typed: str, person: Person, limit: int = 20) -> list[Hit]:
    """Records of one entity for a reference field: by what was typed, or the first ones. One statement."""
    spec = by_key(entity)
    words = word_count(typed)
    ways = _ways(typed, person)

    def build() -> Select[Any]:
        if spec.search and words:
            return _select_hits(spec, words, person, limit, ways)
        return select_titles(spec, _select_first(spec, words, person, limit))

    key = ("find", entity, words, limit, sight_of(person, entity), ways)
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


def _ways(typed: str, person: Person) -> _Ways:
    grams = typed_parameters(typed)["grams"]
    is_short = len(typed.strip()) < 4 and typed.isascii()  # noqa: PLR2004 - from four on there are better pieces
    known = dict(person.common_pieces)  # another thread may be learning them
    probed = (table for table, common in known.items() if common.issuperset(grams))
    return _Ways(frozenset(known), frozenset(probed), is_short)


def _select_hits(spec: EntitySpec, words: int, person: Person, limit: int, ways: _Ways) -> Select[Any]:
    """What ``words`` words find: names that begin with the first of them, then short ones; the latest activities."""
    model: Any = spec.model
    if model.__tablename__ not in ways.large:
        found = _ranked(spec, model).where(grams_match(spec, words, person)).subquery()
    elif model.__tablename__ not in ways.probed:
        found = _select_indexed(spec, words, person, limit).subquery()
    else:
        first = aliased(model, _first_rows(spec, person).subquery())
        probe = _ranked(spec, first).where(*holds(spec, first, words)).cte(f"probe_{spec.key}")
        if ways.is_short and not spec.search:
            return _with_titles(spec, select(probe).order_by(probe.c.rank, probe.c.id).limit(limit))
        is_enough = select(func.count() >= limit).select_from(probe).scalar_subquery()
        rest = _select_indexed(spec, words, person, limit, not_(is_enough)).subquery()
        found = union_all(select(probe).where(is_enough), select(rest)).subquery()
    return _with_titles(spec, select(found).order_by(found.c.rank, found.c.id).limit(limit))


def _select_indexed(
    spec: EntitySpec, words: int, person: Person, limit: int, *where: ColumnElement[bool]
) -> Select[Any]:
    """What the index of a large table finds, so many rows of it that nobody has to wait for them."""
    model: Any = spec.model
    alike = select(*_needed(spec, model)).where(looked_up(spec, person), *where).limit(EXAMINED)
    some = aliased(model, alike.subquery())
    ranked = _ranked(spec, some)
    if spec.search:
        return ranked.where(*holds(spec, some, words)).limit(CANDIDATES)
    rank = ranked.selected_columns.rank
    in_order = select(*_needed(spec, some), rank).order_by(rank).limit(EXAMINED).subquery()
    latest = aliased(model, in_order)  # their texts are looked through until there are enough
    found = select(*_shown(spec, latest), in_order.c.rank).where(*holds(spec, latest, words))
    return found.order_by(in_order.c.rank).limit(limit)


def _first_rows(spec: EntitySpec, person: Person) -> Select[Any]:
    """A few rows to look at. Ordered as an index is, so that no plan begins by collecting all that could come."""
    model: Any = spec.model
    owners = owners_to_look_up(spec, person)
    columns = _needed(spec, model)
    place = getattr(model, model.order)
    order = (place, model.id) if spec.search else (place.desc(), model.id.desc())
    if owners is None:
        return select(*columns).order_by(*((model.id,) if spec.search else order)).limit(PROBED)
    each = func.unnest(literal(list(owners), ARRAY(BigInteger))).table_valued("owner").render_derived(name="each")
    rows = (
        select(*columns)
        .where(getattr(model, str(guard_of(spec).judged_column)) == each.c.owner)
        .order_by(*order)
        .limit(PROBED // max(1, len(owners)))
    ).lateral()
    return select(rows).select_from(each.join(rows, true()))


def _ranked(spec: EntitySpec, rows: Any) -> Select[Any]:
    """What is shown of ``rows``, and their rank: lower is better."""
    if not spec.search:
        place = getattr(rows, rows.order)
        return select(
            *_shown(spec, rows), (func.now() - place if guard_of(spec).rule == "owned" else place).label("rank")
        )
    first = bindparam("word0", type_=Text)
    place = func.position(first.op("IN")(rows.search_text))
    at_line = func.position(literal_column("E'\\n'").op("||")(first).op("IN")(rows.search_text))
    behind = case((or_(place == 1, at_line > 0), 0), else_=_BEHIND)
    return select(*_shown(spec, rows), (behind + func.length(rows.search_text) * 1000 + place).label("rank"))


def _needed(spec: EntitySpec, rows: Any) -> tuple[ColumnElement[Any], ...]:
    """The columns of ``rows`` that are shown, searched and ranked."""
    shown = (column.key for column in _shown(spec, rows))
    keys = dict.fromkeys((*shown, *searched_keys(spec), *(() if spec.search else (rows.order,))))
    return tuple(getattr(rows, str(key)) for key in keys)


def _shown(spec: EntitySpec, rows: Any) -> tuple[ColumnElement[Any], ...]:
    """The columns of ``rows`` that title and subtitle are made of."""
    model: Any = spec.model
    names = (spec.search.name.key,) if spec.search else model.display
    if not hasattr(model, names[0]):
        names = (facts(spec.table.columns[0].path[0]).column,)
    keys = dict.fromkeys(("id", *names, *(facts(attr).column for attr in spec.subtitle)))
    return tuple(getattr(rows, key) for key in keys)


def _with_titles(spec: EntitySpec, best: Select[Any]) -> Select[Any]:
    """Entity, id, title and subtitle of rows with their rank, in its order."""
    rows = best.subquery()
    record: Any = aliased(spec.model, rows)
    joins = Joins(record)
    subtitle = [_written(attr, joins) for attr in spec.subtitle]
    below = func.concat_ws(" · ", *subtitle) if subtitle else literal("")
    if spec.search:
        title = getattr(record, spec.search.name.key)
    elif hasattr(record, record.display[0]):
        title = display_of(record)
    else:  # what has no name is called after what its first column shows
        title = _written(spec.table.columns[0].path[0], joins)
    statement = select(literal(spec.key), record.id, title, below).select_from(record)
    return select(joins.apply(statement).order_by(rows.c.rank, rows.c.id).subquery())


def _written(attr: Attr, joins: Joins) -> Any:
    """What a row shows of one attribute, as text."""
    shown = outputs((attr,), joins)
    column = shown[1] if facts(attr).target is not None else shown[0]
    return _WRITTEN.get(facts(attr).kind, _as_text)(column)
