"""What columns can mean: the fields that are shipped, and those that the administrator of this firm added."""

from __future__ import annotations

from crm_desktop.entities import by_key, custom_attrs
from crm_desktop.spec import facts
from importers.labels import TARGETS, Target

_KINDS = {
    "text": "text", "long_text": "long_text", "number": "decimal", "money": "money", "date": "day", "bool": "bool",
    "email": "email", "choice": "text", "reference": "text",
}  # fmt: skip
"""How cells are read, by the kind of the custom field."""


def all_targets() -> tuple[Target, ...]:
    """The shipped ones first. A custom field is known by its names in both languages."""
    return (*TARGETS, *(target for entity in ("customer", "contact") for target in _custom(entity)))


def _custom(entity: str) -> list[Target]:
    labels = by_key(entity).labels
    return [
        Target(entity, attr.key, _KINDS[facts(attr).kind.name], (str(labels[attr]), _english(labels[attr])))
        for attr in custom_attrs(entity)
    ]


def _english(label: str) -> str:
    return str(getattr(label, "english", label))
