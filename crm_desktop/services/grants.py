"""What permission groups may do with each kind of record: read, written, and said in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from crm_desktop.core.access import Function, Grant, Group, Scope, Verb
from crm_desktop.core.i18n import N_, _
from crm_desktop.entities import ALL_ENTITIES, guard_of
from crm_desktop.models import Employee, GroupMember, PermissionGrant, PermissionGroup
from crm_desktop.services.administrators import check_somebody_administers
from crm_desktop.services.journal import begin_change
from crm_desktop.services.records import Record, create_record
from crm_desktop.services.statements import display_of
from crm_desktop.spec import EntitySpec

VERBS: Mapping[Verb, str] = {"read": N_("see"), "create": N_("create"), "update": N_("change"), "delete": N_("delete")}
Cell = tuple[int, str]
"""A permission group's id and the key of a subject."""


class Subject(NamedTuple):
    """Something that has grants of its own. ``label`` is what many of it are called, not yet translated."""

    key: str
    label: str
    is_common: bool
    """Everybody sees it, and it belongs to nobody: a right on it is had or not."""
    functions: tuple[Function, ...] = ()


_WITHOUT_RECORDS = (
    Subject("setting", N_("Settings of the firm"), is_common=True),
    Subject("import_recipe", N_("Remembered imports"), is_common=True),
)


@dataclass(frozen=True, slots=True)
class GroupColumn:
    """A permission group in the matrix."""

    id: int
    code: str
    name: str
    members: int
    """Those who may sign in."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Everything that is granted. A cell that is missing grants nothing."""

    groups: tuple[GroupColumn, ...]
    grants: Mapping[Cell, Grant]


def subjects() -> tuple[Subject, ...]:
    """All that has grants of its own; other entities follow the grants of what they belong to."""
    listed = [
        Subject(spec.key, spec.label_plural, guard_of(spec).rule == "common", _functions_of(spec))
        for spec in ALL_ENTITIES
        if guard_of(spec).entity == spec.key
    ]
    return (*listed, *_WITHOUT_RECORDS)


def _functions_of(spec: EntitySpec) -> tuple[Function, ...]:
    """The functions that mean something for an entity: those that one of the shipped groups has."""
    used = {function for group in Group for function in spec.access[group].functions}
    return tuple(function for function in Function if function in used)


def fetch_matrix(session: Session) -> Matrix:
    """What every group may do. Two statements."""
    members = (
        select(func.count())
        .select_from(GroupMember)
        .join(Employee, Employee.id == GroupMember.employee_id)
        .where(GroupMember.group_id == PermissionGroup.id, Employee.is_active, Employee.login.is_not(None))
        .correlate(PermissionGroup)
        .scalar_subquery()
    )
    groups = session.execute(
        select(PermissionGroup.id, PermissionGroup.code, display_of(PermissionGroup), members).order_by(
            PermissionGroup.id
        )
    )
    cells = session.scalars(select(PermissionGrant))
    return Matrix(
        tuple(GroupColumn(*row) for row in groups), {(row.group_id, row.entity): _grant_of(row) for row in cells}
    )


def fetch_grants(session: Session, group_id: int) -> dict[str, Grant]:
    """What a group may do, by entity key; nothing where a key is missing. One statement."""
    rows = session.scalars(select(PermissionGrant).where(PermissionGrant.group_id == group_id))
    return {row.entity: _grant_of(row) for row in rows}


def _grant_of(row: PermissionGrant) -> Grant:
    return Grant(
        read=Scope(row.read_scope),
        create=Scope(row.create_scope),
        update=Scope(row.update_scope),
        delete=Scope(row.delete_scope),
        functions=frozenset(f for f in Function if f.value in row.functions),
    )


def save_grants(session: Session, group: Record, grants: Mapping[str, Grant], *, may_lose_own: bool = False) -> int:
    """Write a group's grants for some subjects and for what follows them; returns the change set."""
    changes = {(group.id, key): grant for key, grant in grants.items()}
    return save_matrix(session, changes, group.title, may_lose_own=may_lose_own)


def stored_cells(cells: Mapping[Cell, Grant]) -> list[list[Any]]:
    """Grants as a draft keeps them."""
    return [
        [group_id, key, {verb: int(getattr(grant, verb)) for verb in VERBS}, sorted(grant.functions)]
        for (group_id, key), grant in cells.items()
    ]


def read_cells(stored: Iterable[Sequence[Any]]) -> dict[Cell, Grant]:
    """What ``stored_cells`` wrote."""
    return {
        (group_id, key): Grant(
            **{verb: Scope(scope) for verb, scope in scopes.items()}, functions=frozenset(map(Function, functions))
        )
        for group_id, key, scopes, functions in stored
    }


def save_matrix(session: Session, changes: Mapping[Cell, Grant], label: str, *, may_lose_own: bool = False) -> int:
    """Write some cells as one change set, and returns it. ``label`` names the groups.

    Raises ``KnownError`` where nobody could administer any more, ``OwnRightsError`` where the person of this session
    could not, unless he ``may_lose_own``.
    """
    change_set = begin_change(session, "edit", label, "permission_group")
    statement = insert(PermissionGrant)
    rows = [
        grant_row(group_id, key, grant) for (group_id, subject), grant in changes.items() for key in followers(subject)
    ]
    changed = {column: statement.excluded[column] for column in rows[0] if column not in ("group_id", "entity")}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[PermissionGrant.group_id, PermissionGrant.entity], set_=changed
        ),
        rows,
    )
    check_somebody_administers(session, may_lose_own=may_lose_own)
    return change_set


def followers(subject: str) -> tuple[str, ...]:
    """The entities that a subject's grants are written for: itself, and what follows it."""
    return tuple(dict.fromkeys((subject, *(spec.key for spec in ALL_ENTITIES if guard_of(spec).entity == subject))))


def copy_group(session: Session, group_id: int, name: str) -> Record:
    """A new group that may do what another may, without members. Three statements, one change set."""
    made = create_record(session, Record("permission_group", 0, 0, {"name": name}))
    columns = [
        column.key for column in PermissionGrant.__table__.columns if column.key not in ("id", "version", "group_id")
    ]
    copied = select(literal(made.id), *(getattr(PermissionGrant, key) for key in columns))
    session.execute(
        insert(PermissionGrant).from_select(["group_id", *columns], copied.where(PermissionGrant.group_id == group_id))
    )
    return made


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


def describe_grant(subject: Subject, grant: Grant) -> str:
    """What a grant means: ``see, create: own and subordinates'; change: own; not: delete; also: print``."""
    by_scope: dict[Scope, list[str]] = {}
    for verb, words in VERBS.items():
        by_scope.setdefault(getattr(grant, verb), []).append(_(words))
    parts = []
    for scope in sorted(by_scope, reverse=True):
        verbs = _(", ").join(by_scope[scope])
        if scope is Scope.NONE:
            parts.append(_("not: {verbs}").format(verbs=verbs))
        else:
            parts.append(
                verbs if subject.is_common else _("{verbs}: {whose}").format(verbs=verbs, whose=_(scope.label))
            )
    if grant.functions:
        functions = _(", ").join(_(f.label) for f in subject.functions if f in grant.functions)
        parts.append(_("also: {functions}").format(functions=functions))
    return _("; ").join(parts)
