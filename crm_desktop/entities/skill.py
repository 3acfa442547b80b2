"""What employees can do at the service desk, which proposals for dispatch go by."""

from __future__ import annotations

from crm_desktop.core.access import Function, Grant, Group, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.models import Employee, EmployeeSkill
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, Section, TableSpec

_KEEPS = Grant(
    read=Scope.ALL,
    create=Scope.ALL,
    update=Scope.ALL,
    delete=Scope.ALL,
    functions=frozenset(Function) - {Function.POOL},
)

EMPLOYEE_SKILL = EntitySpec(
    key="employee_skill",
    model=EmployeeSkill,
    label=N_("Skill"),
    label_plural=N_("Skills"),
    icon="graduation-cap",
    labels={
        EmployeeSkill.employee: N_("Employee"),
        EmployeeSkill.category: N_("Products"),
        EmployeeSkill.type: N_("Kind of request"),
        EmployeeSkill.updated_at: N_("Changed"),
    },
    table=TableSpec(
        columns=(
            Column(EmployeeSkill.employee, width=140),
            Column(EmployeeSkill.category, width=200),
            Column(EmployeeSkill.type, width=140),
            Column(EmployeeSkill.employee, Employee.department, label=N_("Department"), width=140),
            Column(EmployeeSkill.updated_at, width=130, shown=False),
        ),
        sort=EmployeeSkill.employee,
        presets=(Preset(key="all", label=N_("Skills of employees")),),
    ),
    form=FormSpec(
        sections=(Section(N_("General"), (EmployeeSkill.employee, EmployeeSkill.category, EmployeeSkill.type)),),
        helps={
            EmployeeSkill.category: N_("With all categories below it. Empty: all products."),
            EmployeeSkill.type: N_("Empty: all kinds."),
        },
    ),
    part_of=EmployeeSkill.employee,
    access={
        group: _KEEPS if group in (Group.ADMINISTRATOR, Group.GENERAL_MANAGER, Group.SERVICE) else Grant(read=Scope.ALL)
        for group in Group
    },
)
"""Who works at the desk says what his colleagues can do."""
