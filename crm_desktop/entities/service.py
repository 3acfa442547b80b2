"""The service desk: requests with the way they went, products that customers own, and the targets of the firm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from crm_desktop.core import clock
from crm_desktop.core.access import Function, Grant, Group, Person, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.entities.starred import starred
from crm_desktop.models import (
    Customer,
    Employee,
    InstalledProduct,
    Product,
    ServiceRequest,
    ServiceStay,
    ServiceTarget,
    choice_id,
)
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, SearchSpec, Section, StorySpec, TableSpec

_EVERYTHING = frozenset(Function)
_OFFICE = frozenset({Function.EXPORT, Function.PRINT, Function.IMPORT, Function.BULK_EDIT, Function.POOL})


def _is_open() -> Any:
    return ServiceRequest.solved_at.is_(None) & ServiceRequest.closed_at.is_(None)


def _in_state(*codes: str) -> Any:
    return ServiceRequest.state_id.in_([choice_id("request_state", code) for code in codes])


def _mine(person: Person) -> Any:
    return (ServiceRequest.owner_id == person.id) & _is_open()


def _to_accept(person: Person) -> Any:
    return (ServiceRequest.owner_id == person.id) & _in_state("dispatched")


def _unassigned(person: Person) -> Any:
    del person
    return (ServiceRequest.owner_id == func.crm.pool_owner()) & _is_open()


def _about_to_breach(person: Person) -> Any:
    del person
    return (ServiceRequest.warn_at <= func.now()) & (ServiceRequest.due_at > func.now())


def _breached(person: Person) -> Any:
    del person
    return ServiceRequest.due_at <= func.now()


def _escalated(person: Person) -> Any:
    subordinates = select(Employee.id).where(Employee.superior_id == person.id)
    return (ServiceRequest.due_at <= func.now()) & ServiceRequest.owner_id.in_(subordinates)


def _waiting(person: Person) -> Any:
    del person
    return ServiceRequest.waiting_since.is_not(None)


def _to_revisit(person: Person) -> Any:
    del person
    return _in_state("solved") & ServiceRequest.satisfaction_id.is_(None)


def _open(person: Person) -> Any:
    del person
    return _is_open()


def _warranty_ends(person: Person) -> Any:
    del person
    return InstalledProduct.warranty_until.between(func.current_date(), func.current_date() + 90)


def _maintenance_due(_person: Person) -> Any:
    days = func.crm.maintenance_ahead()
    return InstalledProduct.maintenance_months.is_not(None) & (
        InstalledProduct.next_maintenance_on <= func.current_date() + days
    )


def _tone(row: Mapping[str, Any]) -> Mapping[str, str]:
    """The next target in the colour of how it stands."""
    due_at, warn_at = row.get("due_at"), row.get("warn_at")
    if due_at is None:
        return {}
    now = clock.now()
    return {"due_at": "bad"} if due_at <= now else {"due_at": "warn"} if warn_at and warn_at <= now else {}


_ACCESS: Mapping[Group, Grant] = {
    Group.ADMINISTRATOR: Grant(
        read=Scope.ALL, create=Scope.ALL, update=Scope.ALL, delete=Scope.ALL, functions=_EVERYTHING
    ),
    Group.GENERAL_MANAGER: Grant(
        read=Scope.ALL, create=Scope.ALL, update=Scope.ALL, delete=Scope.ALL, functions=_EVERYTHING
    ),
    Group.SALES_MANAGER: Grant(
        read=Scope.DEPARTMENT_TREE, update=Scope.DEPARTMENT_TREE, functions=frozenset({Function.EXPORT, Function.PRINT})
    ),
    Group.SALESPERSON: Grant(read=Scope.TEAM, update=Scope.TEAM, functions=frozenset({Function.PRINT})),
    Group.SERVICE: Grant(read=Scope.ALL, create=Scope.ALL, update=Scope.ALL, functions=_OFFICE),
    Group.CLERK: Grant(read=Scope.ALL, create=Scope.ALL, update=Scope.ALL, functions=_OFFICE),
}
"""Whose a request is changes many times a day: who works at the desk may give it to anybody."""
REQUEST_PART_ACCESS: Mapping[Group, Grant] = {
    group: Grant(
        read=grant.read, create=grant.update, update=grant.update, delete=grant.update, functions=grant.functions
    )
    for group, grant in _ACCESS.items()
}
_PRODUCT_ACCESS: Mapping[Group, Grant] = {
    group: Grant(read=Scope.TEAM, create=Scope.TEAM, update=Scope.TEAM, delete=Scope.TEAM, functions=grant.functions)
    if group is Group.SALESPERSON
    else Grant(
        read=grant.read, create=grant.update, update=grant.update, delete=grant.update, functions=grant.functions
    )
    for group, grant in _ACCESS.items()
}

SERVICE_REQUEST = EntitySpec(
    key="service_request",
    model=ServiceRequest,
    label=N_("Service request"),
    label_plural=N_("Service requests"),
    icon="headset",
    labels={
        ServiceRequest.code: N_("No."),
        ServiceRequest.subject: N_("Problem"),
        ServiceRequest.customer: N_("Customer"),
        ServiceRequest.contact: N_("Contact"),
        ServiceRequest.installed_product: N_("Serial number"),
        ServiceRequest.product: N_("Product"),
        ServiceRequest.type: N_("Kind of request"),
        ServiceRequest.channel: N_("Came by"),
        ServiceRequest.description: N_("Description"),
        ServiceRequest.severity: N_("Severity"),
        ServiceRequest.priority: N_("Priority"),
        ServiceRequest.owner: N_("Engineer"),
        ServiceRequest.state: N_("State"),
        ServiceRequest.state_note: N_("Note on the state"),
        ServiceRequest.state_since: N_("In state since"),
        ServiceRequest.target: N_("Target"),
        ServiceRequest.due_at: N_("Next due"),
        ServiceRequest.warn_at: N_("Warned from"),
        ServiceRequest.response_due_at: N_("Response due"),
        ServiceRequest.solution_due_at: N_("Solution due"),
        ServiceRequest.was_late: N_("Was late"),
        ServiceRequest.reported_at: N_("Reported"),
        ServiceRequest.responded_at: N_("Taken up"),
        ServiceRequest.waiting_since: N_("Waiting since"),
        ServiceRequest.solved_at: N_("Solved"),
        ServiceRequest.closed_at: N_("Closed at"),
        ServiceRequest.times_reopened: N_("Times reopened"),
        ServiceRequest.cause: N_("Cause"),
        ServiceRequest.solution: N_("Solution"),
        ServiceRequest.hours: N_("Hours of work"),
        ServiceRequest.revisited_at: N_("Revisited"),
        ServiceRequest.satisfaction: N_("Satisfaction"),
        ServiceRequest.revisit_note: N_("What the customer said"),
        ServiceRequest.created_at: N_("Created"),
        ServiceRequest.updated_at: N_("Changed"),
    },
    table=TableSpec(
        columns=(
            Column(ServiceRequest.code, width=96),
            Column(ServiceRequest.subject, width=230),
            Column(ServiceRequest.customer, width=200),
            Column(ServiceRequest.state, width=110),
            Column(ServiceRequest.target, width=100),
            Column(ServiceRequest.due_at, width=130),
            Column(ServiceRequest.priority, width=80),
            Column(ServiceRequest.owner, width=84),
            Column(ServiceRequest.type, width=90, shown=False),
            Column(ServiceRequest.reported_at, width=130, shown=False),
            Column(ServiceRequest.product, width=150, shown=False),
            Column(ServiceRequest.installed_product, width=120, shown=False),
            Column(ServiceRequest.contact, width=90, shown=False),
            Column(ServiceRequest.channel, width=90, shown=False),
            Column(ServiceRequest.severity, width=110, shown=False),
            Column(ServiceRequest.state_since, width=130, shown=False),
            Column(ServiceRequest.warn_at, width=130, shown=False),
            Column(ServiceRequest.response_due_at, width=130, shown=False),
            Column(ServiceRequest.solution_due_at, width=130, shown=False),
            Column(ServiceRequest.responded_at, width=130, shown=False),
            Column(ServiceRequest.solved_at, width=130, shown=False),
            Column(ServiceRequest.closed_at, width=130, shown=False),
            Column(ServiceRequest.was_late, width=80, shown=False),
            Column(ServiceRequest.times_reopened, width=80, shown=False),
            Column(ServiceRequest.cause, width=110, shown=False),
            Column(ServiceRequest.hours, width=80, shown=False),
            Column(ServiceRequest.satisfaction, width=100, shown=False),
            Column(ServiceRequest.owner, Employee.department, label=N_("Department"), width=110, shown=False),
            Column(ServiceRequest.customer, Customer.level, label=N_("Level"), width=70, shown=False),
            Column(ServiceRequest.customer, Customer.region, label=N_("Region"), width=140, shown=False),
            Column(ServiceRequest.created_at, width=130, shown=False),
            Column(ServiceRequest.updated_at, width=130, shown=False),
        ),
        sort=ServiceRequest.due_at,
        presets=(
            Preset(key="mine", label=N_("My open requests"), where=_mine),
            Preset(key="to_accept", label=N_("To be accepted by me"), where=_to_accept),
            Preset(key="unassigned", label=N_("Not assigned"), where=_unassigned),
            Preset(key="soon", label=N_("About to breach"), where=_about_to_breach),
            Preset(key="breached", label=N_("Breached"), where=_breached),
            Preset(key="escalated", label=N_("Breached by my people"), where=_escalated, only_if_any=True),
            Preset(key="waiting", label=N_("Waiting for customer"), where=_waiting),
            Preset(key="revisit", label=N_("To be revisited"), where=_to_revisit),
            Preset(key="open", label=N_("All open requests"), where=_open),
            Preset(key="all", label=N_("All requests")),
            starred(ServiceRequest),
        ),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    ServiceRequest.subject,
                    ServiceRequest.customer,
                    ServiceRequest.contact,
                    ServiceRequest.installed_product,
                    ServiceRequest.product,
                    ServiceRequest.type,
                    ServiceRequest.channel,
                    ServiceRequest.priority,
                    ServiceRequest.severity,
                    ServiceRequest.owner,
                    ServiceRequest.code,
                    ServiceRequest.state,
                    ServiceRequest.reported_at,
                    ServiceRequest.description,
                ),
            ),
            Section(
                N_("Result"),
                (
                    ServiceRequest.cause,
                    ServiceRequest.hours,
                    ServiceRequest.solution,
                    ServiceRequest.responded_at,
                    ServiceRequest.solved_at,
                    ServiceRequest.closed_at,
                ),
            ),
            Section(
                N_("Revisit"), (ServiceRequest.satisfaction, ServiceRequest.revisited_at, ServiceRequest.revisit_note)
            ),
        ),
        read_only=frozenset({ServiceRequest.state, ServiceRequest.satisfaction}),  # they ask for more than themselves
    ),
    search=SearchSpec(name=ServiceRequest.subject, texts=(ServiceRequest.code,)),
    part_of=ServiceRequest.customer,
    story=StorySpec(
        at=ServiceRequest.reported_at,
        title=ServiceRequest.subject,
        kind=ServiceRequest.type,
        who=(ServiceRequest.contact, ServiceRequest.owner),
        details=(ServiceRequest.description, ServiceRequest.solution),
    ),
    importable=True,
    subtitle=(ServiceRequest.customer, ServiceRequest.state, ServiceRequest.code),
    tone=_tone,
    access=_ACCESS,
)

SERVICE_STAY = EntitySpec(
    key="service_stay",
    model=ServiceStay,
    label=N_("State gone through"),
    label_plural=N_("States gone through"),
    icon="clock-counter-clockwise",
    labels={
        ServiceStay.request: N_("Service request"),
        ServiceStay.state: N_("State"),
        ServiceStay.engineer: N_("Engineer"),
        ServiceStay.entered_at: N_("Entered"),
        ServiceStay.moved_by: N_("By"),
        ServiceStay.note: N_("Note"),
    },
    table=TableSpec(
        columns=(
            Column(ServiceStay.state, width=120),
            Column(ServiceStay.engineer, width=100),
            Column(ServiceStay.entered_at, width=130),
            Column(ServiceStay.moved_by, width=100),
            Column(ServiceStay.note, width=220),
        ),
        sort=ServiceStay.entered_at,
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    ServiceStay.request,
                    ServiceStay.state,
                    ServiceStay.engineer,
                    ServiceStay.entered_at,
                    ServiceStay.note,
                ),
            ),
        )
    ),
    part_of=ServiceStay.request,
    access=REQUEST_PART_ACCESS,
)

INSTALLED_PRODUCT = EntitySpec(
    key="installed_product",
    model=InstalledProduct,
    label=N_("Installed product"),
    label_plural=N_("Installed products"),
    icon="printer",
    labels={
        InstalledProduct.serial: N_("Serial number"),
        InstalledProduct.customer: N_("Customer"),
        InstalledProduct.product: N_("Product"),
        InstalledProduct.delivered_on: N_("Delivered on"),
        InstalledProduct.warranty_until: N_("Warranty until"),
        InstalledProduct.place: N_("Place"),
        InstalledProduct.maintenance_months: N_("Maintained every (months)"),
        InstalledProduct.next_maintenance_on: N_("Next maintenance"),
        InstalledProduct.remark: N_("Remark"),
        InstalledProduct.created_at: N_("Created"),
        InstalledProduct.updated_at: N_("Changed"),
    },
    table=TableSpec(
        columns=(
            Column(InstalledProduct.serial, width=150),
            Column(InstalledProduct.product, width=200),
            Column(InstalledProduct.customer, width=200),
            Column(InstalledProduct.delivered_on, width=110),
            Column(InstalledProduct.warranty_until, width=110),
            Column(InstalledProduct.next_maintenance_on, width=110),
            Column(InstalledProduct.place, width=160),
            Column(InstalledProduct.maintenance_months, width=120, shown=False),
            Column(InstalledProduct.product, Product.product_model, label=N_("Model"), width=110, shown=False),
            Column(InstalledProduct.product, Product.category, label=N_("Category"), width=110, shown=False),
            Column(InstalledProduct.created_at, width=130, shown=False),
            Column(InstalledProduct.updated_at, width=130, shown=False),
        ),
        sort=InstalledProduct.serial,
        presets=(
            Preset(key="all", label=N_("All installed products")),
            Preset(
                key="warranty",
                label=N_("Under warranty"),
                where=lambda _person: InstalledProduct.warranty_until >= func.current_date(),
            ),
            Preset(key="ending", label=N_("Warranty ends in 90 days"), where=_warranty_ends),
            Preset(key="maintenance", label=N_("Maintenance due"), where=_maintenance_due),
            starred(InstalledProduct),
        ),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    InstalledProduct.serial,
                    InstalledProduct.customer,
                    InstalledProduct.product,
                    InstalledProduct.delivered_on,
                    InstalledProduct.warranty_until,
                    InstalledProduct.place,
                    InstalledProduct.maintenance_months,
                    InstalledProduct.next_maintenance_on,
                    InstalledProduct.remark,
                ),
            ),
        ),
        helps={InstalledProduct.maintenance_months: N_("A service request is made two weeks before each maintenance.")},
    ),
    search=SearchSpec(name=InstalledProduct.serial),
    part_of=InstalledProduct.customer,
    story=StorySpec(
        at=InstalledProduct.delivered_on,
        title=InstalledProduct.serial,
        details=(InstalledProduct.product, InstalledProduct.place),
    ),
    importable=True,
    subtitle=(InstalledProduct.product, InstalledProduct.customer),
    access=_PRODUCT_ACCESS,
)

SERVICE_TARGET = EntitySpec(
    key="service_target",
    model=ServiceTarget,
    label=N_("Service target"),
    label_plural=N_("Service targets"),
    icon="timer",
    labels={
        ServiceTarget.priority: N_("Priority"),
        ServiceTarget.response_minutes: N_("Response within (working minutes)"),
        ServiceTarget.solution_minutes: N_("Solution within (working minutes)"),
        ServiceTarget.warn_percent: N_("Warn when this share has gone"),
    },
    table=TableSpec(
        columns=(
            Column(ServiceTarget.priority, width=110),
            Column(ServiceTarget.response_minutes, width=210),
            Column(ServiceTarget.solution_minutes, width=210),
            Column(ServiceTarget.warn_percent, width=190),
        ),
        sort=ServiceTarget.priority,
        presets=(Preset(key="all", label=N_("Targets by priority")),),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    ServiceTarget.priority,
                    ServiceTarget.response_minutes,
                    ServiceTarget.solution_minutes,
                    ServiceTarget.warn_percent,
                ),
            ),
        )
    ),
    access={
        group: Grant(
            read=Scope.ALL, create=Scope.ALL, update=Scope.ALL, delete=Scope.ALL, functions=frozenset(Function)
        )
        if group in (Group.ADMINISTRATOR, Group.GENERAL_MANAGER)
        else Grant(read=Scope.ALL)
        for group in Group
    },
)
