"""Tasks: what somebody is to do until when, and what he tells who gave it to him."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func

from crm_desktop.core import clock
from crm_desktop.core.access import Function, Grant, Group, Person, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.entities.starred import starred
from crm_desktop.models import Customer, Employee, Task, choice_id
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, Section, StorySpec, TableSpec

_OFFICE = frozenset({Function.EXPORT, Function.PRINT, Function.BULK_EDIT})
_ALL = Grant(read=Scope.ALL, create=Scope.ALL, update=Scope.ALL, delete=Scope.ALL, functions=frozenset(Function))
_TREE = Scope.DEPARTMENT_TREE


def _is_open() -> Any:
    return Task.state_id.in_([choice_id("task_state", "open"), choice_id("task_state", "working")])


def _mine(person: Person) -> Any:
    return (Task.owner_id == person.id) & _is_open()


def _today(person: Person) -> Any:
    return _mine(person) & (Task.due_on <= func.current_date())


def _overdue(person: Person) -> Any:
    del person
    return Task.due_at <= func.now()


def _given(person: Person) -> Any:
    return (Task.given_by_id == person.id) & (Task.owner_id != person.id)


def _open(person: Person) -> Any:
    del person
    return _is_open()


def _done(person: Person) -> Any:
    return (Task.owner_id == person.id) & (Task.state_id == choice_id("task_state", "done"))


def _declined(person: Person) -> Any:
    return (Task.given_by_id == person.id) & (Task.state_id == choice_id("task_state", "declined"))


def _tone(row: Mapping[str, Any]) -> Mapping[str, str]:
    """Overdue ones are red. Where a list does not show until when one is open, the colour of its state tells it."""
    due_at, due_on, state = row.get("due_at"), row.get("due_on"), row.get("state")
    is_open = state is not None and state.tone in {"warn", "violet"}
    is_late = due_at <= clock.now() if due_at is not None else is_open and due_on is not None and due_on < clock.today()
    return {"due_on": "bad", "due_at": "bad"} if is_late else {}


TASK_ACCESS: Mapping[Group, Grant] = {
    Group.ADMINISTRATOR: _ALL,
    Group.GENERAL_MANAGER: _ALL,
    Group.SALES_MANAGER: Grant(
        read=_TREE, create=Scope.ALL, update=_TREE, delete=_TREE, functions=frozenset(Function) - {Function.POOL}
    ),
    Group.SALESPERSON: Grant(
        read=Scope.TEAM, create=Scope.ALL, update=Scope.TEAM, delete=Scope.OWN, functions=frozenset({Function.PRINT})
    ),
    Group.SERVICE: Grant(read=_TREE, create=Scope.ALL, update=_TREE, delete=Scope.OWN, functions=_OFFICE),
    Group.CLERK: Grant(
        read=Scope.ALL, create=Scope.ALL, update=Scope.ALL, delete=Scope.OWN, functions=_OFFICE | {Function.IMPORT}
    ),
}
"""Anybody may give anybody a task."""

TASK = EntitySpec(
    key="task",
    model=Task,
    label=N_("Task"),
    label_plural=N_("Tasks"),
    icon="check-square",
    labels={
        Task.subject: N_("Subject"),
        Task.state: N_("State"),
        Task.priority: N_("Priority"),
        Task.due_on: N_("Due on"),
        Task.due_time: N_("Due at"),
        Task.due_at: N_("Open until"),
        Task.progress: N_("Progress"),
        Task.owner: N_("Done by"),
        Task.given_by: N_("Given by"),
        Task.customer: N_("Customer"),
        Task.contact: N_("Contact"),
        Task.opportunity: N_("Opportunity"),
        Task.lead: N_("Lead"),
        Task.request: N_("Service request"),
        Task.description: N_("Description"),
        Task.checklist: N_("Checklist"),
        Task.checked: N_("Checked off"),
        Task.result: N_("Feedback"),
        Task.rule: N_("Repeats"),
        Task.done_at: N_("Finished"),
        Task.told_at: N_("In the timeline at"),
        Task.created_at: N_("Created"),
        Task.updated_at: N_("Changed"),
    },
    table=TableSpec(
        columns=(
            Column(Task.subject, width=260),
            Column(Task.state, width=84),
            Column(Task.priority, width=76),
            Column(Task.due_on, width=104),
            Column(Task.due_time, width=70),
            Column(Task.progress, width=80),
            Column(Task.customer, width=190),
            Column(Task.owner, width=84),
            Column(Task.given_by, width=84),
            Column(Task.due_at, width=130, shown=False),
            Column(Task.result, width=200, shown=False),
            Column(Task.rule, width=140, shown=False),
            Column(Task.done_at, width=130, shown=False),
            Column(Task.contact, width=90, shown=False),
            Column(Task.opportunity, width=180, shown=False),
            Column(Task.lead, width=180, shown=False),
            Column(Task.request, width=180, shown=False),
            Column(Task.description, width=200, shown=False),
            Column(Task.owner, Employee.department, label=N_("Department"), width=110, shown=False),
            Column(Task.customer, Customer.region, label=N_("Region"), width=140, shown=False),
            Column(Task.created_at, width=104, shown=False),
            Column(Task.updated_at, width=104, shown=False),
        ),
        sort=Task.due_on,
        presets=(
            Preset(key="mine", label=N_("My tasks"), where=_mine),
            Preset(key="today", label=N_("Due today or before"), where=_today),
            Preset(key="overdue", label=N_("Overdue tasks"), where=_overdue),
            Preset(key="given", label=N_("Given by me"), where=_given),
            Preset(key="declined", label=N_("Given back to me"), where=_declined, only_if_any=True),
            Preset(key="done", label=N_("Done by me"), where=_done),
            Preset(key="open", label=N_("All open tasks"), where=_open),
            Preset(key="all", label=N_("All tasks")),
            starred(Task),
        ),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    Task.subject,
                    Task.owner,
                    Task.state,
                    Task.due_on,
                    Task.due_time,
                    Task.priority,
                    Task.progress,
                    Task.rule,
                ),
            ),
            Section(N_("Belongs to"), (Task.customer, Task.contact, Task.opportunity, Task.lead, Task.request)),
            Section(N_("Description"), (Task.description, Task.checklist)),
            Section(N_("Feedback"), (Task.result,)),
        ),
        read_only=frozenset({Task.state}),  # it is begun, finished, given back, and asked then for what that needs
        helps={
            Task.due_time: N_("Only where the hour matters."),
            Task.checklist: N_("A line each. They are ticked off above the form, and make the progress."),
            Task.rule: N_("When it is done, the next one follows."),
            Task.result: N_("For whoever gave the task."),
        },
    ),
    found_by=(Task.subject,),
    part_of=Task.customer,
    importable=True,
    story=StorySpec(
        at=Task.told_at,
        title=Task.subject,
        kind=Task.state,
        who=(Task.owner,),
        details=(Task.description, Task.result),
        next_step=(Task.due_on,),
    ),
    subtitle=(Task.customer, Task.due_on, Task.owner),
    tone=_tone,
    access=TASK_ACCESS,
)
