"""What columns can mean: the fields that are shipped, and those that the administrator of this firm added."""

from __future__ import annotations

from crm_desktop.core.i18n import in_each_language
from crm_desktop.entities import by_key, custom_attrs
from crm_desktop.spec import Attr, EntitySpec, facts
from importers.labels import OTHER_TARGETS, TARGETS, Target

PART_FIELDS = {"opportunity": ("opportunity_line", ("product", "quantity", "unit_price"))}
"""Of kinds of records whose rows may tell one of their parts too: the part, and its fields."""

_KINDS = {
    "text": "text", "long_text": "long_text", "number": "decimal", "integer": "number", "money": "money",
    "percent": "percent", "date": "day", "time": "day", "bool": "bool", "email": "email", "phones": "phones",
    "choice": "text", "reference": "text",
}  # fmt: skip
"""How cells are read, by the kind of the field."""


def all_targets(entity: str = "customer") -> tuple[Target, ...]:
    """What the columns of a list of this entity can mean. A list of customers tells their contacts, too."""
    if entity == "customer":
        custom = [_of_field(by_key(own), attr) for own in ("customer", "contact") for attr in custom_attrs(own)]
        return (*TARGETS, *custom)
    part, fields = PART_FIELDS.get(entity, ("", ()))
    own = [_of_field(by_key(entity), attr) for attr in writable(by_key(entity))]
    return (*own, *(_of_field(by_key(part), by_key(part).fields[field]) for field in fields))


def writable(spec: EntitySpec) -> list[Attr]:
    """The fields of the form that a sheet can fill; one that the form only shows where it is named in our labels."""
    named = {own.field for own in OTHER_TARGETS if own.entity == spec.key}
    shown = [attr for attr in spec.form.fields if attr not in spec.form.read_only or attr.key in named]
    return [attr for attr in shown if facts(attr).kind.name in _KINDS]


def _of_field(spec: EntitySpec, attr: Attr) -> Target:
    """A field is known by what it is called in both languages, and by its aliases."""
    aliases = next((own for own in OTHER_TARGETS if (own.entity, own.field) == (spec.key, attr.key)), None)
    labels = in_each_language(spec.labels[attr])
    kind = aliases.kind if aliases else _KINDS[facts(attr).kind.name]
    return Target(spec.key, attr.key, kind, (*labels, *(aliases.labels if aliases else ())))
