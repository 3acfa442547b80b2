"""The firm itself: departments, employees, permission groups. Everybody reads them, the administrator writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import BigInteger, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from crm_desktop.core.access import Function, Grant, Group, Person, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.models import Department, Employee, PermissionGroup
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, SearchSpec, Section, TableSpec

_ALL = Grant(
    read=Scope.ALL,
    create=Scope.ALL,
    update=Scope.ALL,
    delete=Scope.ALL,
    functions=frozenset({Function.EXPORT, Function.PRINT, Function.BULK_EDIT, Function.UNDO, Function.SHARE_VIEWS}),
)
_READ = Grant(read=Scope.ALL)
_ALL_AND_IMPORT = replace(_ALL, functions=_ALL.functions | {Function.IMPORT})
ADMINISTERED: Mapping[Group, Grant] = {group: _ALL if group is Group.ADMINISTRATOR else _READ for group in Group}
"""Grants of what only the administrator changes."""


def colleagues_of(person: Person) -> Any:
    """Who works in the person's department, as an array, which an index can look up."""
    ids = select(Employee.id).where(Employee.department_id == person.department_id)
    return func.array(ids.scalar_subquery(), type_=ARRAY(BigInteger))


def _staff(person: Person) -> Any:
    del person
    return Employee.is_active & Employee.is_pool.is_(False)


def _locked(person: Person) -> Any:
    del person
    return Employee.is_active.is_(False)


def _colleagues(person: Person) -> Any:
    return (Employee.department_id == person.department_id) & _staff(person)


EMPLOYEE = EntitySpec(
    key="employee",
    model=Employee,
    label=N_("Employee"),
    label_plural=N_("Employees"),
    icon="identification-card",
    labels={
        Employee.name: N_("Full name"),
        Employee.login: N_("Login"),
        Employee.department: N_("Department"),
        Employee.superior: N_("Superior"),
        Employee.title: N_("Position"),
        Employee.phones: N_("Phones"),
        Employee.email: N_("E-mail"),
        Employee.is_active: N_("Active"),
        Employee.updated_at: N_("Changed"),
    },
    table=TableSpec(
        columns=(
            Column(Employee.name, width=110),
            Column(Employee.login, width=120),
            Column(Employee.department, width=130),
            Column(Employee.title, width=130),
            Column(Employee.superior, width=100),
            Column(Employee.phones, width=150),
            Column(Employee.email, width=180, shown=False),
            Column(Employee.is_active, width=100),
        ),
        sort=Employee.name,
        presets=(
            Preset(key="staff", label=N_("Employees"), where=_staff),
            Preset(key="department", label=N_("My department"), where=_colleagues),
            Preset(key="locked", label=N_("Locked"), where=_locked, only_if_any=True),
        ),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    Employee.name,
                    Employee.login,
                    Employee.department,
                    Employee.superior,
                    Employee.title,
                    Employee.is_active,
                ),
            ),
            Section(N_("Contact details"), (Employee.phones, Employee.email)),
        ),
        read_only=frozenset({Employee.login, Employee.is_active}),
    ),
    search=SearchSpec(name=Employee.name, texts=(Employee.login,), phones=(Employee.phones,), emails=(Employee.email,)),
    importable=True,
    subtitle=(Employee.department, Employee.title),
    access={**ADMINISTERED, Group.ADMINISTRATOR: _ALL_AND_IMPORT},
)

DEPARTMENT = EntitySpec(
    key="department",
    model=Department,
    label=N_("Department"),
    label_plural=N_("Departments"),
    icon="tree-structure",
    labels={
        Department.name: N_("Name"),
        Department.code: N_("No."),
        Department.parent: N_("Part of"),
        Department.sort_order: N_("Position in lists"),
        Department.is_active: N_("In use"),
    },
    table=TableSpec(
        columns=(
            Column(Department.name, width=200),
            Column(Department.code, width=90),
            Column(Department.parent, width=200),
            Column(Department.sort_order, width=120),
            Column(Department.is_active, width=90),
        ),
        sort=Department.sort_order,
        presets=(Preset(key="all", label=N_("Departments")),),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (Department.name, Department.code, Department.parent, Department.sort_order, Department.is_active),
            ),
        )
    ),
    found_by=(Department.name, Department.code),
    importable=True,
    access={**ADMINISTERED, Group.ADMINISTRATOR: _ALL_AND_IMPORT},
)

PERMISSION_GROUP = EntitySpec(
    key="permission_group",
    model=PermissionGroup,
    label=N_("Permission group"),
    label_plural=N_("Permission groups"),
    icon="shield-check",
    labels={
        PermissionGroup.name: N_("Name"),
        PermissionGroup.name_en: N_("English name"),
        PermissionGroup.code: N_("Code"),
        PermissionGroup.is_builtin: N_("Shipped"),
    },
    table=TableSpec(
        columns=(
            Column(PermissionGroup.name, width=160),
            Column(PermissionGroup.name_en, width=160),
            Column(PermissionGroup.code, width=140),
            Column(PermissionGroup.is_builtin, width=90),
        ),
        sort=PermissionGroup.code,
        presets=(Preset(key="all", label=N_("Permission groups")),),
    ),
    form=FormSpec(
        sections=(Section(N_("General"), (PermissionGroup.name, PermissionGroup.name_en)),),
        read_only=frozenset({PermissionGroup.is_builtin}),
    ),
    found_by=(PermissionGroup.name, PermissionGroup.name_en),
    access=ADMINISTERED,
)
