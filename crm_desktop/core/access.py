"""The words of permission: how far a right reaches, what a group may do, the functions beside the four verbs."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from crm_desktop.core.i18n import N_


class Scope(enum.IntEnum):
    """Whose records a right reaches. Ordered: a higher scope contains the lower ones (stored as this number)."""

    NONE = 0
    OWN = 1
    TEAM = 2
    DEPARTMENT = 3
    DEPARTMENT_TREE = 4
    ALL = 5

    @property
    def label(self) -> str:
        """The words for it, not yet translated."""
        return _SCOPE_LABELS[self]


_SCOPE_LABELS = {
    Scope.NONE: N_("None"),
    Scope.OWN: N_("Own"),
    Scope.TEAM: N_("Own and subordinates'"),
    Scope.DEPARTMENT: N_("Department"),
    Scope.DEPARTMENT_TREE: N_("Department and below"),
    Scope.ALL: N_("All"),
}


class Function(enum.StrEnum):
    """What a group may do with an entity beside read, create, update and delete."""

    EXPORT = "export"
    PRINT = "print"
    IMPORT = "import"
    BULK_EDIT = "bulk_edit"
    POOL = "pool"
    """See and claim records without owner."""
    UNDO = "undo"
    """Undo what others did; everybody may undo his own."""

    SHARE_VIEWS = "share_views"
    """Show saved views of a list to groups or everybody, and change those that others show."""

    @property
    def label(self) -> str:
        """The words for it, not yet translated."""
        return _FUNCTION_LABELS[self]


_FUNCTION_LABELS = {
    Function.EXPORT: N_("Export"),
    Function.PRINT: N_("Print"),
    Function.IMPORT: N_("Import"),
    Function.BULK_EDIT: N_("Bulk edit"),
    Function.POOL: N_("Public pool"),
    Function.UNDO: N_("Undo others' changes"),
    Function.SHARE_VIEWS: N_("Share views"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one group may do with one entity."""

    read: Scope = Scope.NONE
    create: Scope = Scope.NONE
    update: Scope = Scope.NONE
    delete: Scope = Scope.NONE
    functions: frozenset[Function] = frozenset()


class Group(enum.StrEnum):
    """The permission groups the product ships; a firm adds its own."""

    ADMINISTRATOR = "administrator"
    GENERAL_MANAGER = "general_manager"
    SALES_MANAGER = "sales_manager"
    SALESPERSON = "salesperson"
    SERVICE = "service"
    CLERK = "clerk"

    @property
    def label(self) -> str:
        """The words for it, not yet translated."""
        return _GROUP_LABELS[self]


_GROUP_LABELS = {
    Group.ADMINISTRATOR: N_("Administrator"),
    Group.GENERAL_MANAGER: N_("General manager"),
    Group.SALES_MANAGER: N_("Sales manager"),
    Group.SALESPERSON: N_("Salesperson"),
    Group.SERVICE: N_("Service desk"),
    Group.CLERK: N_("Office clerk"),
}


Verb = Literal["read", "create", "update", "delete"]


@dataclass(slots=True)
class Lent:
    """Of which entities others have shared records with the person. The window keeps it up to date."""

    entities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is signed in: plain facts, read once at sign-in. The database decides; these say what to offer."""

    id: int
    login: str
    name: str
    department_id: int | None
    department: str
    """Its name; empty where he has none."""
    groups: tuple[str, ...]
    """Codes of his permission groups."""
    grants: Mapping[str, Grant]
    """By entity key: the widest of what his groups are granted."""
    owners: dict[tuple[str, str], tuple[int, ...]]
    """By entity and verb: the employees whose records he reaches. The window keeps it up to date."""
    server_version: int
    """As PostgreSQL counts: 150018 for 15.18."""
    common_pieces: dict[str, frozenset[str]] = field(default_factory=dict, compare=False)
    """By large table: the pieces of text that many of its rows have. A window learns them after its first list."""
    pool_id: int = 0
    """The employee who stands for the public pool."""
    lent: Lent = field(default_factory=Lent, compare=False)

    def may(self, verb: Verb, entity: str) -> bool:
        """Whether to offer ``verb`` on ``entity`` at all."""
        grant = self.grants.get(entity, Grant())
        scopes = {"read": grant.read, "create": grant.create, "update": grant.update, "delete": grant.delete}
        return scopes[verb] > Scope.NONE

    def may_use(self, function: Function, entity: str) -> bool:
        """Whether to offer ``function`` on ``entity``."""
        return function in self.grants.get(entity, Grant()).functions
