"""Statements made from a spec: which rows, in which order, and what is shown of them. Nothing is run here."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    any_,
    bindparam,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlalchemy.types import BigInteger, Text

from crm_desktop.core import text as core_text
from crm_desktop.core.access import Person
from crm_desktop.core.i18n import language
from crm_desktop.entities import by_key, by_model, guard_of
from crm_desktop.spec import Attr, EntitySpec, Ref, facts

SMALL_SCOPE = 20
"""So many owners are repeated as literals: the planner cannot know how little a person sees."""
LOOKED_UP = 8
"""So many owners are looked up in the index of grams, one after the other."""


def display_of(target: Any) -> ColumnElement[str]:
    """What names a row of ``target`` (a model or an alias of one) in the language of the moment."""
    chinese, english = target.display if hasattr(target, "display") else ("name", "name")
    name: ColumnElement[str] = getattr(target, chinese)
    if language() == "zh" or english == chinese:
        return name
    return func.coalesce(getattr(target, english), name)


def full_name_of(entry: Any) -> ColumnElement[str]:
    """An entry of a tree with its parents, a stage with its process (or an alias of either), in the language of the
    moment.
    """
    name: ColumnElement[str] = entry.full_name if language() == "zh" else entry.full_name_en
    return name


class Joins:
    """The outer joins that column paths need, each once."""

    def __init__(self, model: Any) -> None:
        """``model`` is where all paths begin: a mapped class, or an alias of one."""
        self._model = model
        self._aliases: dict[tuple[Attr, ...], Any] = {}

    def target(self, path: tuple[Attr, ...]) -> Any:
        """The alias that ``path`` (relationships only) leads to; the model itself for an empty path."""
        if not path:
            return self._model
        if path not in self._aliases:
            self.target(path[:-1])
            target = facts(path[-1]).target
            assert target is not None
            self._aliases[path] = aliased(target)
        return self._aliases[path]

    def apply(self, statement: Select[Any]) -> Select[Any]:
        """``statement`` with the joins."""
        for path in sorted(self._aliases, key=len):
            alias = self._aliases[path]
            key = getattr(self.target(path[:-1]), facts(path[-1]).column)
            statement = statement.outerjoin(alias, alias.id == key)
        return statement


def outputs(path: tuple[Attr, ...], joins: Joins) -> tuple[ColumnElement[Any], ...]:
    """The SQL columns of one shown value: itself, or id, label and tone of the row it refers to."""
    fact = facts(path[-1])
    if fact.target is None:
        return (getattr(joins.target(path[:-1]), fact.key),)
    alias = joins.target(path)
    tone = getattr(alias, "tone", literal(None))
    label = full_name_of(alias) if fact.dictionary == "region" else display_of(alias)
    return (alias.id, label, tone)


def read_values(paths: Sequence[tuple[Attr, ...]], row: Sequence[Any]) -> Iterator[Any]:
    """The shown values of a result row made of :func:`outputs`, references as :class:`Ref`."""
    position = 0
    for path in paths:
        if facts(path[-1]).target is None:
            yield row[position]
            position += 1
        else:
            id_, label, tone = row[position : position + 3]
            yield None if id_ is None else Ref(id_, label or "", tone)
            position += 3


def select_values(spec: EntitySpec, paths: Sequence[tuple[Attr, ...]], among: FromClause | None = None) -> Select[Any]:
    """Id, version and the values of ``paths`` for rows of the entity; the caller says which, or ``among`` by its ids.

    Those come first: the planner keeps to the order of more than eight joins, and would join whole tables.
    """
    joins = Joins(spec.model)
    columns = [column for path in paths for column in outputs(path, joins)]
    table: Any = spec.model
    chosen = select(table.id, table.version, *columns)
    if among is None:
        return joins.apply(chosen.select_from(table))
    return joins.apply(chosen.select_from(among).join(table, table.id == among.c.id))


def scope_hint(spec: EntitySpec, person: Person) -> ColumnElement[bool]:
    """A small scope as literals, and what is shared. Only a hint for the planner: the policy stays the guard."""
    guard = guard_of(spec)
    owners = person.owners.get((spec.key, "read"), ())
    if guard.rule != "owned" or guard.judged_column is None or len(owners) > SMALL_SCOPE:
        return true()
    column: ColumnElement[int] = getattr(spec.model, guard.judged_column)
    own = column.in_([literal_column(str(int(owner))) for owner in owners]) if owners else false()
    return or_(own, _is_beside(spec, person)) if _reaches_further(spec, person) else own


def _reaches_further(spec: EntitySpec, person: Person) -> bool:
    """Whether rows out of the person's scope may be in his sight: something is lent, or comes into sight by itself."""
    return spec.key in person.lent.entities or _comes_into_sight(spec)


def _comes_into_sight(spec: EntitySpec) -> bool:
    guard = guard_of(spec)
    while guard.parent_table is not None and not guard.comes_into_sight:
        guard = guard_of(by_key(guard.parent_table))
    return guard.comes_into_sight


def scopes_in_turn(spec: EntitySpec, person: Person) -> list[ColumnElement[bool]]:
    """The rows of one owner after the other, then what else is shared: together what a small scope holds, no row twice.

    Nothing where owners are many, or rows have none.
    """
    guard, owners = guard_of(spec), owners_to_look_up(spec, person)
    if not owners or guard.judged_column is None:
        return []
    column: ColumnElement[int] = getattr(spec.model, guard.judged_column)
    own: list[ColumnElement[Any]] = [literal_column(str(int(owner))) for owner in owners]
    scopes: list[ColumnElement[bool]] = [column == owner for owner in own]
    if _reaches_further(spec, person):
        scopes.append(_is_beside(spec, person) & or_(column.is_(None), column.not_in(own)))
    return scopes


def _is_beside(spec: EntitySpec, person: Person) -> ColumnElement[bool]:
    """The row is in sight whoever owns it: shared, or lying at a record whose owner is in reach, or that is shared."""
    guard = guard_of(spec)
    ways = [_is_lent(spec)]
    if guard.along_table is not None and guard.along_owner_column is not None:
        theirs: ColumnElement[int] = getattr(spec.model, guard.along_owner_column)
        owners: list[ColumnElement[Any]] = [
            literal_column(str(int(owner))) for owner in person.owners.get((spec.key, "read"), ())
        ]
        if owners:
            ways.append(theirs.in_(owners) & (theirs != getattr(spec.model, str(guard.judged_column))))
        if guard.along_table in person.lent.entities:
            ways.append(_is_lent(by_key(guard.along_table), getattr(spec.model, str(guard.along_column))))
    return or_(*ways)


def _is_lent(spec: EntitySpec, key: ColumnElement[int] | None = None) -> ColumnElement[bool]:
    """The row is shared with the person; as an array, which an index can look up."""
    if key is None:
        key = getattr(spec.model, guard_of(spec).parent_column or "id")
    return key == any_(literal_column(f"array(select crm.shared_with_me('{spec.key}', 'read'))", ARRAY(BigInteger)))


def lent_to_write(spec: EntitySpec) -> ColumnElement[bool]:
    """Whether a row is shared with the person so that he may change it."""
    guard = guard_of(spec)
    if guard.rule != "owned":
        return false()
    key: ColumnElement[int] = getattr(spec.model, guard.parent_column or "id")
    return key.in_(select(func.crm.shared_with_me(spec.key, "update")))


def sight_of(person: Person, entity: str) -> Hashable:
    """What :func:`scope_hint` depends on: statements for the same sight are alike."""
    return person.id, person.owners.get((entity, "read")), entity in person.lent.entities


def typed_parameters(typed: str) -> dict[str, Any]:
    """The values of the parameters that :func:`grams_match` and :func:`text_filter` name."""
    words = core_text.typed_words(typed)
    grams = sorted({gram for word in words for gram in word.grams})
    return {"grams": grams} | {f"word{n}": word.text for n, word in enumerate(words)}


def word_count(typed: str) -> int:
    """How many words were typed: statements for as many are alike."""
    return len(core_text.typed_words(typed))


def owners_to_look_up(spec: EntitySpec, person: Person) -> tuple[int, ...] | None:
    """The owners whose rows alone the index need return; None where they are too many for that, or rows have none."""
    owners = person.owners.get((spec.key, "read"), ())
    return None if guard_of(spec).rule != "owned" or len(owners) > LOOKED_UP else owners


def grams_match(spec: EntitySpec, words: int, person: Person) -> ColumnElement[bool]:
    """All typed words are in the row's searched text: the index finds the pieces, the text is rechecked."""
    return and_(looked_up(spec, person), *holds(spec, spec.model, words))


def looked_up(spec: EntitySpec, person: Person) -> ColumnElement[bool]:
    """What the index finds: rows with all pieces of what was typed; every row of a table that nobody owns rows of.

    Where few owners' rows are in sight, only theirs and what is lent; the policy stays the guard. What comes into sight
    by itself may be thousands of rows, too many to look through by their ids: the policy judges what the index finds.
    """
    if not spec.search and guard_of(spec).rule != "owned":
        return true()
    grams = bindparam("grams", type_=ARRAY(Text))
    found = has_grams(spec, grams)
    owners = owners_to_look_up(spec, person)
    if owners is None or _comes_into_sight(spec):
        return found
    lent = [_is_lent(spec) & found] if spec.key in person.lent.entities else []
    theirs = literal([f"owner {owner}" for owner in owners], ARRAY(Text))
    own = [found & _indexed(spec).op("OPERATOR(crm.&&&)", is_comparison=True)(theirs)] if owners else []
    return or_(false(), *own, *lent)


def has_grams(spec: EntitySpec, grams: ColumnElement[Any], rows: Any = None) -> ColumnElement[bool]:
    """The row has all these pieces and tokens; written as its index is. ``rows``: the model, or an alias of it."""
    found: ColumnElement[bool] = _indexed(spec, rows).op("OPERATOR(crm.@>>)", is_comparison=True)(grams)
    return found


def _indexed(spec: EntitySpec, rows: Any = None) -> Any:
    model: Any = rows or spec.model
    owner = guard_of(spec).judged_column
    if not spec.search:
        return func.crm.owned_pieces(spec.found_by[0], getattr(model, str(owner)))
    return func.crm.owned_grams(model.search_grams, getattr(model, owner)) if owner else model.search_grams


def searched_keys(spec: EntitySpec) -> tuple[str, ...]:
    """Which columns hold the text that search looks through."""
    return ("search_text",) if spec.search else tuple(attr.key for attr in spec.found_by)


def holds(spec: EntitySpec, rows: Any, words: int) -> Iterator[ColumnElement[bool]]:
    """That the searched text of ``rows`` (the model or an alias of it) has each of the typed words."""
    texts = [getattr(rows, key) for key in searched_keys(spec)]
    whole = (
        texts[0] if spec.search else func.lower(func.normalize(func.concat_ws("\n", *texts), literal_column("nfkc")))
    )
    return (contains(whole, n) for n in range(words))


def contains(column: Any, number: int) -> ColumnElement[bool]:
    """The text holds the typed word of this number."""
    return func.position(bindparam(f"word{number}", type_=Text).op("IN")(column)) > 0


def text_filter(spec: EntitySpec, words: int, person: Person) -> ColumnElement[bool]:
    """Rows that so many typed words find: by their own text or their parent's, else by any text in the list."""
    if not words:
        return true()
    if spec.search:
        return grams_match(spec, words, person)
    model: Any = spec.model
    parent = by_model(spec.part_of.property.mapper.class_) if spec.part_of is not None else None
    if spec.part_of is not None and parent is not None and parent.search:
        within: Any = parent.model
        key = getattr(model, facts(spec.part_of).column)
        found: ColumnElement[bool] = key.in_(select(within.id).where(grams_match(parent, words, person)))
        if not spec.found_by:
            return found
        # Not as an OR, for which no index is of use.
        either = union(select(model.id).where(found), select(model.id).where(grams_match(spec, words, person)))
        return cast("ColumnElement[bool]", model.id.in_(either))
    texts: list[Any] = [a for a in spec.labels if facts(a).target is None and facts(a).kind.name == "text"]
    if spec.part_of is not None and parent is not None:
        above: Any = aliased(parent.model)
        names = func.concat_ws("\n", *(getattr(above, name) for name in above.display if hasattr(above, name)))
        texts.append(select(names).where(above.id == getattr(model, facts(spec.part_of).column)).scalar_subquery())
    return and_(*(contains(func.lower(func.concat_ws("\n", *texts)), n) for n in range(words)))


def is_name(spec: EntitySpec, path: tuple[Attr, ...]) -> bool:
    """Whether the path is the name by which people know the record. By identity: compared, attributes make SQL."""
    return spec.search is not None and len(path) == 1 and path[0] is spec.search.name


def sort_columns(spec: EntitySpec, path: tuple[Attr, ...], joins: Joins, *, is_descending: bool) -> list[Any]:
    """ORDER BY of a list: the column as a user expects it, then the key, so that the order is total."""
    model = joins.target(())
    fact = facts(path[-1])
    if fact.target is not None:
        alias = joins.target(path)
        column = getattr(alias, alias.order)
    elif is_name(spec, path):
        column = model.sort_key
    else:
        column = getattr(joins.target(path[:-1]), fact.key)
    if not is_descending:
        return [column, model.id]
    is_nullable = fact.target is not None or not fact.is_required
    return [column.desc().nulls_last() if is_nullable else column.desc(), model.id.desc()]
