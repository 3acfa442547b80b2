"""Every entity, once. Adding one: its table, its migration, its file here, its line below, its words."""

from __future__ import annotations

from typing import Any

from crm_desktop.entities.activity import ACTIVITY
from crm_desktop.entities.contact import CONTACT, CONTACT_RELATION
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.entities.dictionary import DICTIONARY, DICTIONARY_ENTRY
from crm_desktop.entities.organisation import ADMINISTERED, DEPARTMENT, EMPLOYEE, PERMISSION_GROUP
from crm_desktop.models import POLICY, Guard
from crm_desktop.spec import EntitySpec

ALL_ENTITIES: tuple[EntitySpec, ...] = (
    CUSTOMER,
    CONTACT,
    CONTACT_RELATION,
    ACTIVITY,
    EMPLOYEE,
    DEPARTMENT,
    PERMISSION_GROUP,
    DICTIONARY,
    DICTIONARY_ENTRY,
)
_BY_KEY = {spec.key: spec for spec in ALL_ENTITIES}
_BY_MODEL: dict[type[Any], EntitySpec] = {spec.model: spec for spec in ALL_ENTITIES}

__all__ = ["ADMINISTERED", "ALL_ENTITIES", "by_key", "by_model", "guard_of", "parts_of"]


def by_key(key: str) -> EntitySpec:
    """The spec of an entity; raises KeyError."""
    return _BY_KEY[key]


def by_model(model: type[Any]) -> EntitySpec | None:
    """The spec of a model, None for tables that are no entity."""
    return _BY_MODEL.get(model)


def guard_of(spec: EntitySpec) -> Guard:
    """How the database guards an entity's table."""
    guard: Guard = spec.model.__table__.info[POLICY]  # type: ignore[attr-defined]  # every table of ours has it
    return guard


def parts_of(spec: EntitySpec) -> tuple[EntitySpec, ...]:
    """The entities whose records belong to a record of ``spec``."""
    return tuple(
        part for part in ALL_ENTITIES if part.part_of is not None and part.part_of.property.mapper.class_ is spec.model
    )
