"""What columns can mean: the fields that are shipped, and those that the administrator of this firm added."""

from __future__ import annotations

from dataclasses import replace

from crm_desktop.core.i18n import in_each_language
from crm_desktop.entities import by_key, custom_attrs
from crm_desktop.spec import Attr, EntitySpec, facts
from importers.labels import OTHER_TARGETS, TARGETS, Target

PARTS = {"customer": "contact", "opportunity": "opportunity_line"}
"""Of kinds of records whose rows may tell parts of them too: the part."""

PART_FIELDS = {"opportunity": ("product", "quantity", "unit_price")}
"""Of those whose rows tell one part each: its fields."""

LISTED_AS = {"contact": "contacts"}
"""Whose columns have other names in a list of its own than in one of customers."""

NAME_PARTS = {"contact": ("last_name", "first_name")}
"""Of kinds whose names stand in two columns, too: the family name and the given one."""

_KINDS = {
    "text": "text", "long_text": "long_text", "number": "decimal", "integer": "number", "money": "money",
    "percent": "percent", "year": "calendar_year", "month": "month", "date": "day", "time": "day", "bool": "bool",
    "email": "email", "phones": "phones", "choice": "text", "reference": "text", "birthday": "birthday",
}  # fmt: skip
"""How cells are read, by the kind of the field."""


def all_targets(entity: str = "customer") -> tuple[Target, ...]:
    """What the columns of a list of this entity can mean. A list of customers tells their contacts, too."""
    if entity == "customer":
        custom = [_of_field(by_key(own), attr) for own in ("customer", "contact") for attr in custom_attrs(own)]
        return (*TARGETS, *custom)
    own = [_of_field(by_key(entity), attr) for attr in writable(by_key(entity))]
    parts = [_of_field(by_key(PARTS[entity]), attr) for attr in part_attrs(entity)]
    listed_as = LISTED_AS.get(entity, entity)
    named = [
        replace(found, entity=entity)
        for found in OTHER_TARGETS
        if found.entity == listed_as and found.field in NAME_PARTS.get(entity, ())
    ]
    return (*own, *parts, *named)


def part_attrs(entity: str) -> list[Attr]:
    """The fields of the part that each row tells."""
    return [by_key(PARTS[entity]).fields[field] for field in PART_FIELDS.get(entity, ())]


def parent_field(spec: EntitySpec) -> Attr | None:
    """The field that names another record of the same kind: a parent company, the department above, a superior."""
    return next((attr for attr in spec.fields.values() if facts(attr).target is spec.model), None)


def writable(spec: EntitySpec) -> list[Attr]:
    """The fields of the form that a sheet can fill; one that the form only shows where it is named in our labels."""
    named = {own.field for own in OTHER_TARGETS if own.entity == spec.key}
    shown = [attr for attr in spec.form.fields if attr not in spec.form.read_only or attr.key in named]
    return [attr for attr in shown if facts(attr).kind.name in _KINDS]


def _of_field(spec: EntitySpec, attr: Attr) -> Target:
    """A field is known by what it is called in both languages, and by its aliases."""
    listed = (LISTED_AS.get(spec.key, spec.key), attr.key)
    aliases = next((own for own in OTHER_TARGETS if (own.entity, own.field) == listed), None)
    labels = in_each_language(spec.labels[attr])
    kind = aliases.kind if aliases else _KINDS[facts(attr).kind.name]
    return Target(spec.key, attr.key, kind, (*labels, *(aliases.labels if aliases else ())))
