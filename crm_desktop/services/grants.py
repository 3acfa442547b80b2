"""What a permission group may do with each kind of record: read, written, and said in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from crm_desktop.core.access import Function, Grant, Group, Scope, Verb
from crm_desktop.core.i18n import N_, _
from crm_desktop.entities import ALL_ENTITIES, guard_of
from crm_desktop.models import PermissionGrant
from crm_desktop.services.administration import check_somebody_administers
from crm_desktop.services.journal import begin_change
from crm_desktop.services.records import Record
from crm_desktop.spec import EntitySpec

VERBS: Mapping[Verb, str] = {"read": N_("see"), "create": N_("create"), "update": N_("change"), "delete": N_("delete")}


def granted_entities() -> tuple[EntitySpec, ...]:
    """The entities that have grants of their own; the others follow the grants of what they belong to."""
    return tuple(spec for spec in ALL_ENTITIES if guard_of(spec).entity == spec.key)


def functions_of(spec: EntitySpec) -> tuple[Function, ...]:
    """The functions that mean something for an entity: those that one of the shipped groups has."""
    used = {function for group in Group for function in spec.access[group].functions}
    return tuple(function for function in Function if function in used)


def fetch_grants(session: Session, group_id: int) -> dict[str, Grant]:
    """What a group may do, by entity key; nothing where a key is missing. One statement."""
    rows = session.scalars(select(PermissionGrant).where(PermissionGrant.group_id == group_id))
    return {
        row.entity: Grant(
            read=Scope(row.read_scope),
            create=Scope(row.create_scope),
            update=Scope(row.update_scope),
            delete=Scope(row.delete_scope),
            functions=frozenset(f for f in Function if f.value in row.functions),
        )
        for row in rows
    }


def save_grants(session: Session, group: Record, grants: Mapping[str, Grant]) -> int:
    """Write a group's grants for some entities and for those that follow them; returns the change set."""
    change_set = begin_change(session, "edit", group.title, group.entity)
    guarded = [(spec.key, guard_of(spec).entity) for spec in ALL_ENTITIES]
    rows = [grant_row(group.id, key, grants[entity]) for key, entity in guarded if entity in grants]
    statement = insert(PermissionGrant)
    changed = {column: statement.excluded[column] for column in rows[0] if column not in ("group_id", "entity")}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[PermissionGrant.group_id, PermissionGrant.entity], set_=changed
        ),
        rows,
    )
    check_somebody_administers(session)
    return change_set


def grant_row(group_id: int, entity: str, grant: Grant) -> dict[str, Any]:
    """The columns of ``permission_grant`` for a grant."""
    return {
        "group_id": group_id,
        "entity": entity,
        "read_scope": grant.read,
        "create_scope": grant.create,
        "update_scope": grant.update,
        "delete_scope": grant.delete,
        "functions": sorted(grant.functions),
    }


def describe_grant(spec: EntitySpec, grant: Grant) -> str:
    """What a grant means: ``see, create: own and subordinates'; change: own; not: delete; also: print``."""
    by_scope: dict[Scope, list[str]] = {}
    for verb, words in VERBS.items():
        by_scope.setdefault(getattr(grant, verb), []).append(_(words))
    is_common = guard_of(spec).rule == "common"
    parts = []
    for scope in sorted(by_scope, reverse=True):
        verbs = _(", ").join(by_scope[scope])
        if scope is Scope.NONE:
            parts.append(_("not: {verbs}").format(verbs=verbs))
        else:
            parts.append(verbs if is_common else _("{verbs}: {whose}").format(verbs=verbs, whose=_(scope.label)))
    if grant.functions:
        functions = _(", ").join(_(f.label) for f in functions_of(spec) if f in grant.functions)
        parts.append(_("also: {functions}").format(functions=functions))
    return _("; ").join(parts)
