"""Events, who takes part in them, and the rooms and cars they take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ARRAY, BigInteger, any_, func, select

from crm_desktop.core.access import Function, Grant, Group, Person, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.entities.starred import starred
from crm_desktop.models import Customer, Employee, Event, EventParticipant, EventResource, Resource, choice_id
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, Section, StorySpec, TableSpec

_EVERYTHING = frozenset(Function)
_OFFICE = frozenset({Function.EXPORT, Function.PRINT, Function.IMPORT, Function.BULK_EDIT, Function.POOL})
_ALL = Grant(read=Scope.ALL, create=Scope.ALL, update=Scope.ALL, delete=Scope.ALL, functions=_EVERYTHING)
_TREE = Scope.DEPARTMENT_TREE


def _is_invited(person: Person, *answers: str) -> Any:
    codes = [choice_id("event_answer", answer) for answer in answers]
    found = select(EventParticipant.event_id).where(
        EventParticipant.employee_id == person.id, EventParticipant.answer_id.in_(codes)
    )
    return Event.id == any_(func.array(found.scalar_subquery(), type_=ARRAY(BigInteger)))


def _mine(person: Person) -> Any:
    return (Event.owner_id == person.id) | _is_invited(person, "invited", "accepted")


def _is_not_over() -> Any:
    """What repeats goes on until its last known time."""
    last = Event.occurs_at[func.cardinality(Event.occurs_at)]
    return (Event.ends_at > func.now()) | (last > func.now())


def _coming(person: Person) -> Any:
    return _mine(person) & _is_not_over()


def _invitations(person: Person) -> Any:
    return _is_invited(person, "invited") & _is_not_over()


def _repeating(person: Person) -> Any:
    del person
    return Event.rule.is_not(None)


EVENT_ACCESS: Mapping[Group, Grant] = {
    Group.ADMINISTRATOR: _ALL,
    Group.GENERAL_MANAGER: _ALL,
    Group.SALES_MANAGER: Grant(read=_TREE, create=_TREE, update=_TREE, delete=_TREE, functions=_EVERYTHING),
    Group.SALESPERSON: Grant(
        read=Scope.TEAM,
        create=Scope.TEAM,
        update=Scope.TEAM,
        delete=Scope.TEAM,
        functions=frozenset({Function.EXPORT, Function.PRINT}),
    ),
    Group.SERVICE: Grant(read=_TREE, create=_TREE, update=_TREE, delete=_TREE, functions=_OFFICE),
    Group.CLERK: Grant(read=Scope.ALL, create=Scope.ALL, update=Scope.ALL, delete=Scope.OWN, functions=_OFFICE),
}
PART_ACCESS: Mapping[Group, Grant] = {
    group: Grant(
        read=grant.read, create=grant.update, update=grant.update, delete=grant.update, functions=grant.functions
    )
    for group, grant in EVENT_ACCESS.items()
}
"""Who may change an event may ask people to it and book what it takes."""

EVENT = EntitySpec(
    key="event",
    model=Event,
    label=N_("Event"),
    label_plural=N_("Events"),
    icon="calendar-blank",
    labels={
        Event.subject: N_("Subject"),
        Event.kind: N_("Kind"),
        Event.category: N_("Event category"),
        Event.owner: N_("Organiser"),
        Event.starts_at: N_("Begins"),
        Event.ends_at: N_("Ends"),
        Event.is_all_day: N_("All day"),
        Event.place: N_("Place"),
        Event.is_private: N_("Private"),
        Event.customer: N_("Customer"),
        Event.contact: N_("Contact"),
        Event.opportunity: N_("Opportunity"),
        Event.request: N_("Service request"),
        Event.description: N_("Description"),
        Event.rule: N_("Repeats"),
        Event.arrived_at: N_("Arrived"),
        Event.departed_at: N_("Left again"),
        Event.outcome: N_("What came of it"),
        Event.created_at: N_("Created"),
        Event.updated_at: N_("Changed"),
    },
    table=TableSpec(
        columns=(
            Column(Event.starts_at, width=130),
            Column(Event.ends_at, width=130, shown=False),
            Column(Event.subject, width=260),
            Column(Event.kind, width=80),
            Column(Event.category, width=90),
            Column(Event.customer, width=190),
            Column(Event.place, width=140),
            Column(Event.owner, width=84),
            Column(Event.rule, width=140),
            Column(Event.contact, width=90, shown=False),
            Column(Event.opportunity, width=180, shown=False),
            Column(Event.request, width=180, shown=False),
            Column(Event.is_all_day, width=80, shown=False),
            Column(Event.is_private, width=80, shown=False),
            Column(Event.arrived_at, width=130, shown=False),
            Column(Event.departed_at, width=130, shown=False),
            Column(Event.outcome, width=200, shown=False),
            Column(Event.owner, Employee.department, label=N_("Department"), width=110, shown=False),
            Column(Event.customer, Customer.region, label=N_("Region"), width=140, shown=False),
            Column(Event.created_at, width=104, shown=False),
            Column(Event.updated_at, width=104, shown=False),
        ),
        sort=Event.starts_at,
        is_descending=True,
        presets=(
            Preset(key="coming", label=N_("My coming events"), where=_coming),
            Preset(key="invitations", label=N_("Invitations to answer"), where=_invitations),
            Preset(key="mine", label=N_("My events"), where=_mine),
            Preset(key="repeating", label=N_("Repeating events"), where=_repeating),
            Preset(key="all", label=N_("All events")),
            starred(Event),
        ),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    Event.subject,
                    Event.kind,
                    Event.category,
                    Event.starts_at,
                    Event.ends_at,
                    Event.is_all_day,
                    Event.place,
                    Event.owner,
                    Event.is_private,
                    Event.rule,
                ),
            ),
            Section(N_("Belongs to"), (Event.customer, Event.contact, Event.opportunity, Event.request)),
            Section(N_("Description"), (Event.description,)),
            Section(N_("Result"), (Event.arrived_at, Event.departed_at, Event.outcome)),
        ),
        read_only=frozenset({Event.rule}),  # it goes together with every occurrence: services.events
        helps={
            Event.is_private: N_("Others see only that you are busy, whatever rights they have."),
            Event.is_all_day: N_("From midnight to midnight: the end is the midnight after the last day."),
        },
    ),
    found_by=(Event.subject,),
    part_of=Event.customer,
    story=StorySpec(
        at=Event.starts_at,
        title=Event.subject,
        kind=Event.kind,
        who=(Event.contact, Event.owner),
        details=(Event.place, Event.description, Event.outcome),
    ),
    subtitle=(Event.customer, Event.starts_at),
    access=EVENT_ACCESS,
)

EVENT_PARTICIPANT = EntitySpec(
    key="event_participant",
    model=EventParticipant,
    label=N_("Participant"),
    label_plural=N_("Participants"),
    icon="users",
    labels={
        EventParticipant.event: N_("Event"),
        EventParticipant.employee: N_("Employee"),
        EventParticipant.answer: N_("Answer"),
    },
    table=TableSpec(
        columns=(
            Column(EventParticipant.employee, width=120),
            Column(EventParticipant.employee, Employee.department, label=N_("Department"), width=140),
            Column(EventParticipant.answer, width=110),
        ),
        sort=EventParticipant.employee,
    ),
    form=FormSpec(
        sections=(Section(N_("General"), (EventParticipant.event, EventParticipant.employee, EventParticipant.answer)),)
    ),
    part_of=EventParticipant.event,
    access=PART_ACCESS,
)

EVENT_RESOURCE = EntitySpec(
    key="event_resource",
    model=EventResource,
    label=N_("Booked resource"),
    label_plural=N_("Rooms and cars"),
    icon="door",
    labels={EventResource.event: N_("Event"), EventResource.resource: N_("Resource")},
    table=TableSpec(
        columns=(
            Column(EventResource.resource, width=160),
            Column(EventResource.resource, Resource.kind, label=N_("Kind"), width=100),
            Column(EventResource.resource, Resource.place, label=N_("Place"), width=160),
        ),
        sort=EventResource.resource,
    ),
    form=FormSpec(sections=(Section(N_("General"), (EventResource.event, EventResource.resource)),)),
    part_of=EventResource.event,
    access=PART_ACCESS,
)


def _in_use(person: Person) -> Any:
    del person
    return Resource.is_active


RESOURCE = EntitySpec(
    key="resource",
    model=Resource,
    label=N_("Resource"),
    label_plural=N_("Resources"),
    icon="car",
    labels={
        Resource.name: N_("Name"),
        Resource.name_en: N_("English name"),
        Resource.kind: N_("Kind"),
        Resource.seats: N_("Seats"),
        Resource.place: N_("Place"),
        Resource.remark: N_("Remark"),
        Resource.is_active: N_("In use"),
        Resource.sort_order: N_("Position in lists"),
    },
    table=TableSpec(
        columns=(
            Column(Resource.name, width=180),
            Column(Resource.kind, width=90),
            Column(Resource.seats, width=80),
            Column(Resource.place, width=180),
            Column(Resource.is_active, width=80),
            Column(Resource.remark, width=220),
            Column(Resource.name_en, width=160, shown=False),
        ),
        sort=Resource.sort_order,
        presets=(
            Preset(key="in_use", label=N_("Resources in use"), where=_in_use),
            Preset(key="all", label=N_("All resources")),
        ),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    Resource.name,
                    Resource.name_en,
                    Resource.kind,
                    Resource.seats,
                    Resource.place,
                    Resource.is_active,
                    Resource.sort_order,
                    Resource.remark,
                ),
            ),
        )
    ),
    found_by=(Resource.name,),
    subtitle=(Resource.kind, Resource.place),
    access={
        group: _ALL
        if group in (Group.ADMINISTRATOR, Group.GENERAL_MANAGER, Group.CLERK)
        else Grant(read=Scope.ALL, functions=frozenset({Function.PRINT}))
        for group in Group
    },
)
