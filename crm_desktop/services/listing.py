"""What a list page shows: its first rows at once, then all ids in order, then any page of rows by id."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Select,
    Subquery,
    and_,
    any_,
    bindparam,
    case,
    func,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.functions import Function
from sqlalchemy.sql.visitors import iterate, replacement_traverse
from sqlalchemy.types import BigInteger

from crm_desktop.core.access import Person
from crm_desktop.entities import by_key
from crm_desktop.services.filters import filter_clause, filter_parameters, filter_shape
from crm_desktop.services.prepared import execute
from crm_desktop.services.statements import (
    Joins,
    is_name,
    read_values,
    scope_hint,
    scopes_in_turn,
    select_values,
    sight_of,
    sort_columns,
    text_filter,
    typed_parameters,
    word_count,
)
from crm_desktop.services.together import READ_BACK, in_one_value
from crm_desktop.spec import Attr, Column, EntitySpec, facts
from crm_desktop.spec.filters import EVERYTHING, Group

MAXIMUM = 2_000_000
"""More ids than a list holds."""
MOST_SUMMED = 200_000
"""Rows whose money is added up below a list."""
SUMMED_AT_ONCE = 10_000
"""Rows whose money is added up in the statement that reads their ids."""
NEAR = 1000
"""So many first rows are looked through for those that are asked for, before all are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """Which rows of which entity, in which order."""

    entity: str
    preset: str = ""
    typed: str = ""
    sort: str = ""
    """Key of a list column; empty for the entity's own order."""
    is_descending: bool = False
    parent_id: int | None = None
    """Only the parts of this record."""
    is_other_end: bool = False
    """Only what joins this record to its own parent, see ``EntitySpec.other_end``."""
    filter: Group = EVERYTHING
    title: str = ""
    """What the list is called where it is no preset."""

    @property
    def spec(self) -> EntitySpec:
        """Of the entity."""
        return by_key(self.entity)


class Row(NamedTuple):
    """One row of a list; ``values`` by column key, references as ``Ref``."""

    id: int
    version: int
    values: Mapping[str, Any]


class RowGroup(NamedTuple):
    """Rows that stand together in a list: what they have in common, how many they are, their totals by column key."""

    value: Any
    size: int
    totals: Mapping[str, Decimal]


class Ids(NamedTuple):
    """All ids of a list in order, the sum of each money column by its key, and the groups they stand in, if any."""

    ids: array[int]
    sums: Mapping[str, Decimal]
    groups: tuple[RowGroup, ...] = ()


def columns_of(spec: EntitySpec, keys: Iterable[str] = ()) -> tuple[Column, ...]:
    """The list columns named by ``keys`` in that order, unknown ones left out; those shown by default without keys."""
    known = {column.key: column for column in spec.table.columns}
    return tuple(known[key] for key in dict.fromkeys(keys) if key in known) or tuple(
        c for c in spec.table.columns if c.is_shown
    )


def tables_of(columns: Iterable[Column]) -> frozenset[str]:
    """The other tables that values of these columns come from; a change there is a change of the rows shown."""
    targets = (facts(attr).target for column in columns for attr in column.path)
    return frozenset(target.__tablename__ for target in targets if target is not None)


def shape_of(query: ListQuery, person: Person) -> Hashable:
    """Queries of one key differ only in parameters."""
    shape = (query.entity, query.preset, word_count(query.typed), query.sort, query.is_descending)
    parts = (query.parent_id is None, query.is_other_end, filter_shape(query.spec, query.filter, person))
    searched = tuple(query.spec.fields) if query.typed else ()  # the administrator may have added one
    return (*shape, *parts, searched, sight_of(person, query.entity))


def parameters_of(query: ListQuery, person: Person) -> dict[str, Any]:
    """The values of the parameters in statements of this query."""
    fixed = typed_parameters(query.typed) | {"parent_id": query.parent_id}
    return fixed | filter_parameters(query.spec, query.filter, person)


def select_ids(
    query: ListQuery, person: Person, *more: Any, where: ColumnElement[bool] | None = None, limit: int = MAXIMUM
) -> Select[Any]:
    """The first ids in display order, with ``more`` columns of the entity's own, of those rows that meet ``where``."""
    scopes = _scopes_to_merge(query, person)
    if scopes and not more and where is None:
        return _select_merged(query, person, scopes, limit)
    model: Any = query.spec.model
    joins = Joins(model)
    order = _order(query, joins)
    meant = where_of(query, person) if where is None else where_of(query, person) & where
    statement = select(model.id, *more).select_from(model).where(meant)
    return joins.apply(statement).order_by(*order).limit(limit)


def _scopes_to_merge(query: ListQuery, person: Person) -> list[ColumnElement[bool]]:
    """Parts of what the person sees, each of which an index has in the order of the list; empty where none has."""
    spec = query.spec
    is_asked = query.filter or query.typed or query.parent_id is not None
    path, _is_descending = _sorted_by(query)
    if is_asked or not is_name(spec, path):
        return []
    scopes = scopes_in_turn(spec, person)
    return scopes if len(scopes) > 1 else []


def _select_merged(query: ListQuery, person: Person, scopes: Sequence[ColumnElement[bool]], limit: int) -> Select[Any]:
    """The ids of all scopes, merged: to sort them takes the server longer than to read them."""
    model: Any = query.spec.model
    columns, order = _columns_needed(query), _order(query, Joins(model))
    each = (select(*columns).where(_of_preset(query, person), scope).order_by(*order).limit(limit) for scope in scopes)
    merged = aliased(model, union_all(*each).subquery())
    return select(merged.id).order_by(*_order(query, Joins(merged))).limit(limit)


def _columns_needed(query: ListQuery) -> list[Any]:
    """The entity's own columns that identify and sort rows; never all: a firm may lack the custom ones of another."""
    (first, *_further), _is_descending = _sorted_by(query)
    needed = {"id", "sort_key", facts(first).column}
    model: Any = query.spec.model
    return [column for column in model.__table__.c if column.name in needed]


def _order(query: ListQuery, joins: Joins) -> list[Any]:
    path, is_descending = _sorted_by(query)
    return sort_columns(query.spec, path, joins, is_descending=is_descending)


def _sorted_by(query: ListQuery) -> tuple[tuple[Attr, ...], bool]:
    """The chosen column, else the entity's own order; and whether downwards."""
    table = query.spec.table
    column = next((c for c in table.columns if c.key == query.sort), None)
    return (column.path, query.is_descending) if column else ((table.sort,), table.is_descending)


def _may_be_far(query: ListQuery) -> bool:
    """Whether the planner would take the rows in the order that an index has until it has found enough of those asked
    for: all of a million where they are few.
    """
    return bool(query.filter or query.typed) and query.parent_id is None and _is_in_own_order(query)


def _is_in_own_order(query: ListQuery) -> bool:
    return query.sort in {"", query.spec.table.sort.key}


def _select_near(query: ListQuery, person: Person, limit: int) -> Select[Any]:
    """Those ids that are among the first rows of the view."""
    model: Any = query.spec.model
    near = _placed(select_ids(replace(query, filter=EVERYTHING, typed=""), person, limit=NEAR))
    found = select(near.c.id).join(model, model.id == near.c.id).where(_asked(query, person))
    return found.order_by(near.c.place).limit(limit)


def _select_far(query: ListQuery, person: Person, limit: int) -> Select[Any]:
    """All ids, found before they are sorted: the planner does not look into a subquery with an offset."""
    model: Any = query.spec.model
    found = aliased(model, select(*_columns_needed(query)).where(where_of(query, person)).offset(0).subquery())
    joins = Joins(found)
    order = _order(query, joins)
    return joins.apply(select(found.id).select_from(found)).order_by(*order).limit(limit)


def _placed(ids: Select[Any]) -> Subquery:
    """The ids with their places."""
    ordered = ids.subquery()
    return select(ordered.c.id, func.row_number().over().label("place")).subquery()


def where_of(query: ListQuery, person: Person) -> Any:
    """The condition that rows of the query meet; the policies add what the person may see."""
    return and_(_of_view(query, person), _asked(query, person))


def _asked(query: ListQuery, person: Person) -> Any:
    """What was asked beyond the view."""
    spec = query.spec
    return filter_clause(spec, query.filter, person) & text_filter(spec, word_count(query.typed), person)


def _of_preset(query: ListQuery, person: Person) -> Any:
    preset = next((p for p in query.spec.table.presets if p.key == query.preset), None)
    return preset.where(person) if preset and preset.where else true()


def _of_view(query: ListQuery, person: Person) -> Any:
    spec = query.spec
    where = _of_preset(query, person)
    if query.parent_id is not None:
        end = spec.other_end if query.is_other_end else spec.part_of
        assert end is not None
        where &= getattr(spec.model, facts(end).column) == bindparam("parent_id", type_=BigInteger)
    return where & scope_hint(spec, person)


def fetch_ids(session: Session, query: ListQuery, person: Person) -> array[int]:
    """All ids in display order. One statement, one value: eight bytes an id, no row objects."""

    def build() -> Select[Any]:
        return _select_packed(query, person)

    key = ("ids", shape_of(query, person))
    return unpacked(execute(session, key, build, parameters_of(query, person)).scalar_one())


def fetch_ids_and_sums(session: Session, query: ListQuery, person: Person, columns: Sequence[Column]) -> Ids:
    """All ids in display order, and the sums of those of ``columns`` that are the entity's own money. One statement.

    Where rows are filtered, they are read once for both. Else the sums are scans of their own, so that the ids come
    from an index alone; lists longer than ``SUMMED_AT_ONCE`` then have none, since the ids would wait for them.
    """
    summed = [c for c in columns if c.has_sum and len(c.path) == 1]
    if not summed:
        return Ids(fetch_ids(session, query, person), {})

    def build() -> Select[Any]:
        if query.filter or query.typed:
            amounts = [c.path[0].label(f"amount{n}") for n, c in enumerate(summed)]
            rows = select_ids(query, person, *amounts).subquery()
            return select(packed(rows), true(), *(func.sum(rows.c[amount.name]) for amount in amounts))
        ids = select(packed(select_ids(query, person).subquery()).label("packed")).subquery()
        is_short = func.coalesce(func.octet_length(ids.c.packed), 0) <= 8 * SUMMED_AT_ONCE
        sums = (select(func.sum(c.path[0])).where(where_of(query, person)).scalar_subquery() for c in summed)
        return select(ids.c.packed, is_short, *(case((is_short, amount)) for amount in sums))

    key = ("ids and sums", shape_of(query, person), tuple(c.key for c in summed))
    answer, is_short, *amounts = tuple(execute(session, key, build, parameters_of(query, person)).one())
    sums = {c.key: amount or Decimal(0) for c, amount in zip(summed, amounts, strict=True)}
    return Ids(unpacked(answer), sums if is_short else {})


def _select_packed(query: ListQuery, person: Person) -> Select[Any]:
    return select(packed(select_ids(query, person).subquery()))


def packed(ids: Any) -> Any:
    """All ids of a subquery as one value, eight bytes each, in its order."""
    return func.string_agg(func.int8send(ids.c.id), text("''::bytea"))


def unpacked(sent: bytes | None, type_code: str = "q") -> array[int]:
    """The numbers of a packed value: ids, or of four bytes with the type code ``i``."""
    ids = array(type_code, bytes(sent or b""))
    ids.byteswap()  # the server sends big-endian; every PC this runs on is little-endian
    return ids


def fetch_first_page(
    session: Session, query: ListQuery, person: Person, columns: Sequence[Column], limit: int = 100
) -> list[Row]:
    """The first rows in display order, in one statement; in two where few are asked for."""

    def read(select_first: Callable[..., Select[Any]], *, is_wide: bool) -> list[Row]:
        def select_page() -> Select[Any]:
            return select_first(query, person, limit=limit)

        key = ("first", select_first.__name__, shape_of(query, person), limit)
        is_plain = not (query.filter or query.typed or is_wide)
        parameters = parameters_of(query, person)
        return read_page(
            session, key, query, columns, select_page, parameters, is_wide=is_wide, is_planned_once=is_plain
        )

    if not _may_be_far(query):
        return read(select_ids, is_wide=query.parent_id is None and not _is_in_own_order(query))
    near = read(_select_near, is_wide=False)
    return near if len(near) == limit else read(_select_far, is_wide=True)


def read_page(
    session: Session,
    key: Hashable,
    query: ListQuery,
    columns: Sequence[Column],
    select_page: Callable[[], Select[Any]],
    parameters: Mapping[str, Any],
    **how: bool,
) -> list[Row]:
    """The rows whose ids ``select_page`` selects, in their order; ``key``, ``parameters`` and ``how`` as ``execute``
    wants them.
    """

    def build() -> Select[Any]:
        return _select_page(query, columns, select_page())

    key = (key, tuple(c.key for c in columns))
    found = execute(session, key, build, parameters, **how)
    return _read(found, columns)


def fetch_first_pages(
    session: Session, pages: Sequence[tuple[ListQuery, Sequence[Column]]], person: Person, limit: int
) -> list[list[Row]]:
    """The first rows of several lists that ask for nothing but the parts of one record, in one statement."""

    def build() -> Select[Any]:
        return select(
            *(
                in_one_value(_select_page(query, columns, select_ids(query, person, limit=limit)))
                for query, columns in pages
            )
        )

    key = ("pages", tuple((shape_of(query, person), tuple(c.key for c in columns)) for query, columns in pages), limit)
    parameters: dict[str, Any] = {}
    for query, _columns in pages:
        parameters |= parameters_of(query, person)
    found = execute(session, key, build, parameters, is_planned_once=True).one()
    return [_read_back(rows or (), columns) for rows, (_query, columns) in zip(found, pages, strict=True)]


def _select_page(query: ListQuery, columns: Sequence[Column], ids: Select[Any]) -> Select[Any]:
    ordered = _placed(ids)
    return _select_rows(query.spec, columns, ordered).order_by(ordered.c.place)


def _read_back(rows: Iterable[Any], columns: Sequence[Column]) -> list[Row]:
    """Rows that came as JSON."""
    told = {c.key: READ_BACK[kind] for c in columns if (kind := c.facts.kind.name) in READ_BACK}
    return [
        Row(id_, version, {k: told[k](v) if k in told and v is not None else v for k, v in values.items()})
        for id_, version, values in _read(rows, columns)
    ]


def fetch_rows(session: Session, spec: EntitySpec, columns: Sequence[Column], ids: Sequence[int]) -> dict[int, Row]:
    """The rows of these ids that are still there and visible, by id. One statement."""

    def build() -> Select[Any]:
        model: Any = spec.model
        return _select_rows(spec, columns).where(model.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))

    key = ("rows", spec.key, tuple(c.key for c in columns))
    found = execute(session, key, build, {"ids": list(ids)}, is_planned_once=True)
    return {row.id: row for row in _read(found, columns)}


def _select_rows(spec: EntitySpec, columns: Sequence[Column], among: Subquery | None = None) -> Select[Any]:
    return select_values(spec, [column.path for column in columns], among)


def _read(result: Iterable[Any], columns: Sequence[Column]) -> list[Row]:
    paths = [column.path for column in columns]
    keys = [column.key for column in columns]
    return [Row(row[0], row[1], dict(zip(keys, read_values(paths, row[2:]), strict=True))) for row in result]


def fetch_counts(session: Session, entities: Iterable[str], person: Person) -> dict[str, int]:
    """How many rows each preset of these entities has, by entity and preset ("customer/all").

    One statement, planned once, that reads each table once: every workstation asks it after every change.
    """
    specs = [spec for key in entities if (spec := by_key(key)).table.presets]
    if not specs:
        return {}

    def build() -> Select[Any]:
        counted = [_select_counts(spec, person) for spec in specs]
        return select(*(column for counts in counted for column in counts.c))

    shape = ("counts", *(shape_of(ListQuery(entity=spec.key), person) for spec in specs))
    return dict(execute(session, shape, build, is_planned_once=True).mappings().one())


def _asked_once(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Functions of ours that ask nothing of a row are called once: for each of 200,000 they took eight seconds."""

    def once(element: Any, **_options: Any) -> Any:
        if not isinstance(element, Function) or element.packagenames != ("crm",):
            return None
        depends = any(isinstance(part, ColumnClause) for part in iterate(element))
        return None if depends else select(element).scalar_subquery()

    return replacement_traverse(condition, {}, once)


def _select_counts(spec: EntitySpec, person: Person) -> Subquery:
    counts = (
        func.count()
        .filter(_asked_once(preset.where(person)) if preset.where else true())
        .label(f"{spec.key}/{preset.key}")
        for preset in spec.table.presets
    )
    return select(*counts).select_from(spec.model).where(scope_hint(spec, person)).subquery()
