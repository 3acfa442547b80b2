"""Work logs: what somebody did on a day or in a week, for whoever is above him."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_desktop.core.access import Function, Grant, Group, Person, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.entities.starred import starred
from crm_desktop.models import Employee, WorkLog, choice_id
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, Section, TableSpec


def _mine(person: Person) -> Any:
    return WorkLog.owner_id == person.id


def _to_read(person: Person) -> Any:
    is_submitted = WorkLog.state_id == choice_id("work_log_state", "submitted")
    return is_submitted & WorkLog.owner.has(Employee.superior_id == person.id)


def _closed(values: Mapping[str, Any]) -> str:
    return N_("A work log that was submitted is changed no more.") if values.get("submitted_at") else ""


def _reaching(*functions: Function) -> Grant:
    return Grant(
        read=Scope.TEAM,
        create=Scope.OWN,
        update=Scope.OWN,
        delete=Scope.OWN,
        functions=frozenset({Function.PRINT, *functions}),
    )


_ABOVE = _reaching(Function.EXPORT, Function.SHARE_VIEWS)
_ACCESS: Mapping[Group, Grant] = {
    Group.ADMINISTRATOR: _ABOVE,
    Group.GENERAL_MANAGER: _ABOVE,
    Group.SALES_MANAGER: _ABOVE,
    Group.SALESPERSON: _reaching(),
    Group.SERVICE: _reaching(),
    Group.CLERK: _reaching(),
}
"""Each writes his own; his superior and those above read them, whatever else they may do."""

WORK_LOG = EntitySpec(
    key="work_log",
    model=WorkLog,
    label=N_("Work log"),
    label_plural=N_("Work logs"),
    icon="notebook",
    labels={
        WorkLog.title: N_("Title"),
        WorkLog.kind: N_("Day or week"),
        WorkLog.begins_on: N_("Date"),
        WorkLog.ends_on: N_("Until"),
        WorkLog.owner: N_("Written by"),
        WorkLog.state: N_("State"),
        WorkLog.submitted_at: N_("Submitted at"),
        WorkLog.summary: N_("Summary"),
        WorkLog.plan: N_("What comes next"),
        WorkLog.problems: N_("Problems, help needed"),
        WorkLog.created_at: N_("Created"),
        WorkLog.updated_at: N_("Changed"),
    },
    table=TableSpec(
        columns=(
            Column(WorkLog.begins_on, width=104),
            Column(WorkLog.kind, width=90),
            Column(WorkLog.owner, width=90),
            Column(WorkLog.owner, Employee.department, label=N_("Department"), width=110),
            Column(WorkLog.state, width=90),
            Column(WorkLog.submitted_at, width=130),
            Column(WorkLog.summary, width=300),
            Column(WorkLog.plan, width=220),
            Column(WorkLog.problems, width=220),
            Column(WorkLog.ends_on, width=104, shown=False),
            Column(WorkLog.title, width=180, shown=False),
            Column(WorkLog.created_at, width=104, shown=False),
            Column(WorkLog.updated_at, width=104, shown=False),
        ),
        sort=WorkLog.begins_on,
        is_descending=True,
        presets=(
            Preset(key="mine", label=N_("My work logs"), where=_mine),
            Preset(key="to_read", label=N_("To be read"), where=_to_read, only_if_any=True),
            Preset(key="all", label=N_("All work logs")),
            starred(WorkLog),
        ),
    ),
    form=FormSpec(
        sections=(
            Section(N_("Words"), (WorkLog.summary, WorkLog.plan, WorkLog.problems, WorkLog.begins_on, WorkLog.kind)),
        ),
        helps={WorkLog.begins_on: N_("For a week any day of it.")},
    ),
    subtitle=(WorkLog.kind, WorkLog.state),
    closed=_closed,
    access=_ACCESS,
)
