"""The words of permission: how far a right reaches, what a group may do, the functions beside the four verbs."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is signed in, as the database knows him. ``scopes``: by entity, the owners whose records he reads."""

    id: int
    login: str
    name: str
    department_id: int | None
    department: str
    groups: tuple[str, ...]
    grants: Mapping[str, Grant]
    scopes: Mapping[str, tuple[int, ...]]

    def grant(self, entity: str) -> Grant:
        """What he may do with ``entity``; nothing where no group grants it. This only hides buttons: the database decides."""
        return self.grants.get(entity, Grant())
