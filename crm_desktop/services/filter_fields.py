"""What the records of an entity can be filtered by: their own fields, those of related records, and their parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key, by_model, parts_of
from crm_desktop.models import Department, DictionaryEntry, Employee
from crm_desktop.services.lookup import TREES
from crm_desktop.spec import Attr, EntitySpec, Facts, facts
from crm_desktop.spec import operators as op
from crm_desktop.spec.filters import Condition, Group, Item, Unreadable, is_value
from crm_desktop.spec.operators import OPERATORS, Operator

DEEPEST = 3
"""So many attributes make up a path at most: the department of the owner of a contact's customer."""
SEPARATOR = " › "


@dataclass(frozen=True, slots=True)
class FilterField:
    """A path of attributes from an entity, with the label of each (not yet translated)."""

    path: tuple[Attr, ...]
    labels: tuple[str, ...]

    @property
    def key(self) -> str:
        """Names it in stored filters."""
        return ".".join(attr.key for attr in self.path)

    @property
    def label(self) -> str:
        """``Owner › Department``."""
        return SEPARATOR.join(_(label) for label in self.labels)

    @property
    def facts(self) -> Facts:
        """Of the last attribute."""
        return facts(self.path[-1])

    @property
    def operators(self) -> tuple[Operator, ...]:
        """What can be asked of it, in the order offered."""
        return tuple(_operators(self.facts))


def _operators(fact: Facts) -> Iterator[Operator]:
    may_be_empty = not fact.is_required or fact.kind.name == "phones"
    own = [operator for operator in fact.kind.operators if may_be_empty or operator not in op.FILLING]
    yield from (operator for operator in own if operator not in op.FILLING)
    if is_tree(fact):
        yield from op.OF_TREE
    if fact.target is Employee:
        yield from op.OF_EMPLOYEE
    if fact.target is Department:
        yield from op.OF_DEPARTMENT
    yield from (operator for operator in own if operator in op.FILLING)


def is_tree(fact: Facts) -> bool:
    """Whether the rows it refers to lie in each other."""
    if fact.target is DictionaryEntry:
        return fact.dictionary in TREES
    return fact.target is not None and hasattr(fact.target, "parent_id")


def find_field(spec: EntitySpec, key: str) -> FilterField | None:
    """The field of a key, None where there is none (any more)."""
    path: tuple[Attr, ...] = ()
    labels: tuple[str, ...] = ()
    owner: EntitySpec | None = spec
    for name in key.split("."):
        attr = owner.fields.get(name) if owner else None
        if owner is None or attr is None or facts(attr).is_list:
            return None
        path, labels = (*path, attr), (*labels, owner.labels[attr])
        target = facts(attr).target
        owner = by_model(target) if target else None
    return FilterField(path, labels)


def fields_of(spec: EntitySpec) -> list[FilterField]:
    """Every field to offer: the entity's own in their order, then those of each record it refers to."""
    return list(_fields(spec, (), (), (spec.model,)))


def _fields(
    spec: EntitySpec, path: tuple[Attr, ...], labels: tuple[str, ...], met: tuple[type, ...]
) -> Iterator[FilterField]:
    own = [attr for attr in spec.labels if not facts(attr).is_list and facts(attr).kind.operators]
    yield from (FilterField((*path, attr), (*labels, spec.labels[attr])) for attr in own)
    for attr in own:
        target = facts(attr).target
        related = by_model(target) if target else None
        # A dictionary's entry is chosen as a whole; a parent's parent is far enough.
        if related is None or target is DictionaryEntry or len(path) + 1 == DEEPEST or met.count(related.model) > 1:
            continue
        yield from _fields(related, (*path, attr), (*labels, spec.labels[attr]), (*met, related.model))


def part_of(spec: EntitySpec, key: str) -> EntitySpec | None:
    """The entity of this key where its records are parts of the records of ``spec``."""
    return next((part for part in parts_of(spec) if part.key == key), None)


def problem_of(spec: EntitySpec, item: Item) -> str:
    """Why a condition, or one in a group, cannot be applied (any more); empty where all is well."""
    match item:
        case Unreadable():
            return _("It was made by a newer version of the program, or is damaged.")
        case Group(items=items, part=key):
            inner = part_of(spec, key) if key else spec
            if inner is None:
                return _("There is no “{name}” here any more.").format(name=key)
            return next((problem for one in items if (problem := problem_of(inner, one))), "")
        case Condition(field=key, operator=name, value=value):
            field = find_field(spec, key)
            if field is None:
                return _("There is no field “{name}” any more.").format(name=key)
            operator = OPERATORS.get(name)
            if operator is None or operator not in (*field.operators, *op.FILLING):
                return _("“{name}” cannot be asked of this field.").format(name=_(operator.label) if operator else name)
            return "" if is_value(value, operator.takes) else _("Its value is missing.")


def problems_of(entity: str, group: Group) -> list[str]:
    """What is wrong with the conditions of a filter, a sentence each. Those conditions are left out of the list."""
    spec = by_key(entity)
    return list(dict.fromkeys(_problems(spec, group)))


def _problems(spec: EntitySpec, item: Item) -> Iterator[str]:
    inner = part_of(spec, item.part) if isinstance(item, Group) and item.part else spec
    if isinstance(item, Group) and inner is not None:
        for one in item.items:
            yield from _problems(inner, one)
    elif problem := problem_of(spec, item):
        yield problem


def without_broken(spec: EntitySpec, group: Group) -> Group:
    """The filter as far as it can be applied; groups that lose everything go too."""
    kept: list[Item] = []
    for item in group.items:
        if isinstance(item, Group):
            inner = part_of(spec, item.part) if item.part else spec
            sound = without_broken(inner, item) if inner else None
            if sound is not None and (sound.items or not item.items):
                kept.append(sound)
        elif not problem_of(spec, item):
            kept.append(item)
    return Group(tuple(kept), group.match, group.part, group.has)


def tables_of_filter(spec: EntitySpec, group: Group) -> frozenset[str]:
    """The other tables that decide which rows pass; a change there may let rows in or out."""
    return frozenset(_tables(spec, without_broken(spec, group)))


def _tables(spec: EntitySpec, group: Group) -> Iterator[str]:
    part = part_of(spec, group.part) if group.part else None
    if part is not None:
        yield str(part.model.__tablename__)
    for item in group.items:
        if isinstance(item, Group):
            yield from _tables(part or spec, item)
        elif isinstance(item, Condition) and (field := find_field(part or spec, item.field)):
            targets = (facts(attr).target for attr in field.path[:-1])
            yield from (str(target.__tablename__) for target in targets if target is not None)
