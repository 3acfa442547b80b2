"""Sales targets: what each is to win in a month. Whoever sees somebody's opportunities sees his targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import func

from crm_desktop.core.access import Function, Grant, Group, Person
from crm_desktop.core.i18n import N_
from crm_desktop.entities.opportunity import OPPORTUNITY_ACCESS
from crm_desktop.entities.starred import starred
from crm_desktop.models import Employee, SalesTarget
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, Section, TableSpec

_SETTING = (Group.ADMINISTRATOR, Group.GENERAL_MANAGER, Group.SALES_MANAGER)
_READING = frozenset({Function.EXPORT, Function.PRINT})
_ACCESS: Mapping[Group, Grant] = {
    group: replace(grant, functions=grant.functions - {Function.POOL})
    if group in _SETTING
    else Grant(read=grant.read, functions=grant.functions & _READING)
    for group, grant in OPPORTUNITY_ACCESS.items()
}
"""Managers set the targets of their people, nobody else any."""


def _of_year(years: int) -> Any:
    """Which targets are of the year that is so many years from the present one."""
    return lambda _person: SalesTarget.year == func.extract("year", func.current_date()) + years


def _mine(person: Person) -> Any:
    return SalesTarget.owner_id == person.id


SALES_TARGET = EntitySpec(
    key="sales_target",
    model=SalesTarget,
    label=N_("Sales target"),
    label_plural=N_("Sales targets"),
    icon="crosshair",
    labels={
        SalesTarget.title: N_("Title"),
        SalesTarget.owner: N_("Employee"),
        SalesTarget.year: N_("Year"),
        SalesTarget.month: N_("Month"),
        SalesTarget.amount: N_("Amount"),
        SalesTarget.begins_on: N_("First day of the month"),
        SalesTarget.created_at: N_("Created"),
        SalesTarget.updated_at: N_("Changed"),
    },
    table=TableSpec(
        columns=(
            Column(SalesTarget.owner, width=120),
            Column(SalesTarget.owner, Employee.department, label=N_("Department"), width=140),
            Column(SalesTarget.year, width=80),
            Column(SalesTarget.month, width=80),
            Column(SalesTarget.amount, width=130),
            Column(SalesTarget.title, width=180, shown=False),
            Column(SalesTarget.begins_on, width=120, shown=False),
            Column(SalesTarget.created_at, width=104, shown=False),
            Column(SalesTarget.updated_at, width=104, shown=False),
        ),
        sort=SalesTarget.begins_on,
        presets=(
            Preset(key="this_year", label=N_("Targets of this year"), where=_of_year(0)),
            Preset(key="last_year", label=N_("Targets of last year"), where=_of_year(-1)),
            Preset(key="mine", label=N_("My targets"), where=_mine),
            Preset(key="all", label=N_("All targets")),
            starred(SalesTarget),
        ),
    ),
    form=FormSpec(
        sections=(
            Section(N_("General"), (SalesTarget.owner, SalesTarget.year, SalesTarget.month, SalesTarget.amount)),
        ),
        helps={SalesTarget.amount: N_("What the opportunities that are won in this month should come to.")},
    ),
    subtitle=(SalesTarget.amount,),
    importable=True,
    access=_ACCESS,
)
