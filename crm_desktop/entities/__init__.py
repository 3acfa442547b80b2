"""Every entity, once. Adding one: its table, its migration, its file here, its line below, its words.

``ALL_ENTITIES`` is what is shipped. ``every_entity``, ``by_key`` and ``by_model`` are the entities as they are now in
the firm one is signed in to, with the fields that its administrator added. A spec never changes: whoever keeps one
keeps a moment, and asks ``by_key`` for the next.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from crm_desktop.entities.activity import ACTIVITY
from crm_desktop.entities.alert_rule import ALERT_RULE
from crm_desktop.entities.announcement import ANNOUNCEMENT, ANNOUNCEMENT_READING
from crm_desktop.entities.calendar import EVENT, EVENT_PARTICIPANT, EVENT_RESOURCE, RESOURCE
from crm_desktop.entities.catalog import PRODUCT, PRODUCT_CATEGORY, PRODUCT_COST
from crm_desktop.entities.contact import CONTACT, CONTACT_RELATION
from crm_desktop.entities.custom_field import CUSTOM_FIELD
from crm_desktop.entities.custom_fields import FieldDefinition, extended
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.entities.dictionary import DICTIONARY, DICTIONARY_ENTRY
from crm_desktop.entities.knowledge import ARTICLE_USE, KNOWLEDGE_ARTICLE
from crm_desktop.entities.lead import LEAD, LEAD_FOLLOW_UP, LEAD_RULE, LEAD_RULE_MEMBER
from crm_desktop.entities.memo import MEMO
from crm_desktop.entities.opportunity import OPPORTUNITY, OPPORTUNITY_CONTACT, OPPORTUNITY_LINE, OPPORTUNITY_STAY
from crm_desktop.entities.organisation import ADMINISTERED, DEPARTMENT, EMPLOYEE, PERMISSION_GROUP
from crm_desktop.entities.sales import SALES_PROCESS, SALES_STAGE
from crm_desktop.entities.sales_target import SALES_TARGET
from crm_desktop.entities.service import INSTALLED_PRODUCT, SERVICE_REQUEST, SERVICE_STAY, SERVICE_TARGET
from crm_desktop.entities.service_costs import SERVICE_EXPENSE, SERVICE_PART
from crm_desktop.entities.skill import EMPLOYEE_SKILL
from crm_desktop.entities.special_day import SPECIAL_DAY
from crm_desktop.entities.task import TASK
from crm_desktop.entities.work_log import WORK_LOG
from crm_desktop.models import POLICY, Guard
from crm_desktop.spec import Attr, EntitySpec

ALL_ENTITIES: tuple[EntitySpec, ...] = (
    CUSTOMER,
    CONTACT,
    CONTACT_RELATION,
    ACTIVITY,
    LEAD,
    LEAD_FOLLOW_UP,
    OPPORTUNITY,
    OPPORTUNITY_CONTACT,
    OPPORTUNITY_LINE,
    OPPORTUNITY_STAY,
    SALES_TARGET,
    TASK,
    EVENT,
    EVENT_PARTICIPANT,
    EVENT_RESOURCE,
    RESOURCE,
    MEMO,
    PRODUCT,
    PRODUCT_CATEGORY,
    PRODUCT_COST,
    SALES_PROCESS,
    SALES_STAGE,
    SERVICE_REQUEST,
    SERVICE_PART,
    SERVICE_EXPENSE,
    SERVICE_STAY,
    ARTICLE_USE,
    INSTALLED_PRODUCT,
    KNOWLEDGE_ARTICLE,
    SERVICE_TARGET,
    SPECIAL_DAY,
    LEAD_RULE,
    LEAD_RULE_MEMBER,
    ALERT_RULE,
    WORK_LOG,
    ANNOUNCEMENT,
    ANNOUNCEMENT_READING,
    EMPLOYEE,
    EMPLOYEE_SKILL,
    DEPARTMENT,
    PERMISSION_GROUP,
    DICTIONARY,
    DICTIONARY_ENTRY,
    CUSTOM_FIELD,
)
_now = {spec.key: spec for spec in ALL_ENTITIES}
_taken: dict[str, tuple[FieldDefinition, ...]] = {}
_taking = threading.Lock()
_KEYS: dict[type[Any], str] = {spec.model: spec.key for spec in ALL_ENTITIES}

__all__ = [
    "ADMINISTERED",
    "ALL_ENTITIES",
    "by_key",
    "by_model",
    "custom_attrs",
    "every_entity",
    "guard_of",
    "parts_of",
    "take_custom_fields",
]


def by_key(key: str) -> EntitySpec:
    """The spec of an entity; raises KeyError."""
    return _now[key]


def by_model(model: type[Any]) -> EntitySpec | None:
    """The spec of a model, None for tables that are no entity."""
    return _now[_KEYS[model]] if model in _KEYS else None


def every_entity() -> tuple[EntitySpec, ...]:
    """The specs of all entities."""
    return tuple(_now[spec.key] for spec in ALL_ENTITIES)


def take_custom_fields(definitions: Iterable[FieldDefinition]) -> frozenset[str]:
    """Let the entities have exactly these fields beside the shipped ones; the keys of the entities that changed."""
    given: dict[str, tuple[FieldDefinition, ...]] = {}
    for definition in definitions:
        given[definition.entity] = (*given.get(definition.entity, ()), definition)
    with _taking:
        changed = {spec.key: spec for spec in ALL_ENTITIES if given.get(spec.key) != _taken.get(spec.key)}
        models = {spec.key: spec.model for spec in ALL_ENTITIES}
        _now.update({key: extended(spec, given.get(key, ()), models) for key, spec in changed.items()})
        _taken.clear()
        _taken.update(given)
    return frozenset(changed)


def custom_attrs(key: str) -> tuple[Attr, ...]:
    """The fields of an entity that the administrator added, in their order."""
    shipped = next(spec for spec in ALL_ENTITIES if spec.key == key).labels
    return tuple(attr for attr in by_key(key).labels if attr not in shipped)


def guard_of(spec: EntitySpec) -> Guard:
    """How the database guards an entity's table."""
    guard: Guard = spec.model.__table__.info[POLICY]  # type: ignore[attr-defined]  # every table of ours has it
    return guard


def parts_of(spec: EntitySpec) -> tuple[EntitySpec, ...]:
    """The entities whose records belong to a record of ``spec``."""
    return tuple(
        part
        for part in every_entity()
        if part.part_of is not None and part.part_of.property.mapper.class_ is spec.model
    )
