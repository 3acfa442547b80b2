"""Activities: what happened with a customer, and what follows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func

from crm_desktop.core.access import Function, Grant, Group, Person, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.models import Activity, Customer
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, Section, StorySpec, TableSpec


def _mine(person: Person) -> Any:
    return Activity.done_by_id == person.id


def _this_month(person: Person) -> Any:
    del person
    return Activity.happened_at >= func.date_trunc("month", func.now())


def _next_steps(person: Person) -> Any:
    return (
        (Activity.next_on <= func.current_date() + 7)
        & (Activity.next_on >= func.current_date() - 30)
        & (Activity.done_by_id == person.id)
    )


ACTIVITY = EntitySpec(
    key="activity",
    model=Activity,
    label=N_("Activity"),
    label_plural=N_("Activities"),
    icon="chat-circle-text",
    labels={
        Activity.happened_at: N_("When"),
        Activity.customer: N_("Customer"),
        Activity.kind: N_("Kind"),
        Activity.subject: N_("Subject"),
        Activity.contact: N_("Contact"),
        Activity.done_by: N_("By"),
        Activity.details: N_("Details"),
        Activity.result: N_("Result"),
        Activity.next_step: N_("Next step"),
        Activity.next_on: N_("Next on"),
        Activity.owner: N_("Customer's owner"),
        Activity.updated_at: N_("Changed"),
    },
    table=TableSpec(
        columns=(
            Column(Activity.happened_at, width=104),
            Column(Activity.kind, width=72),
            Column(Activity.customer, width=210),
            Column(Activity.subject, width=260),
            Column(Activity.result, width=150, shown=False),
            Column(Activity.next_step, width=180, shown=False),
            Column(Activity.next_on, width=104),
            Column(Activity.contact, width=90, shown=False),
            Column(Activity.done_by, width=84),
            Column(Activity.owner, width=100, shown=False),
            Column(Activity.customer, Customer.level, label=N_("Level"), width=64, shown=False),
        ),
        sort=Activity.happened_at,
        is_descending=True,
        presets=(
            Preset(key="mine", label=N_("My activities"), where=_mine),
            Preset(key="all", label=N_("All activities")),
            Preset(key="month", label=N_("This month"), where=_this_month),
            Preset(key="next", label=N_("My next steps"), where=_next_steps),
        ),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("What happened"),
                (
                    Activity.subject,
                    Activity.customer,
                    Activity.kind,
                    Activity.happened_at,
                    Activity.contact,
                    Activity.done_by,
                    Activity.details,
                    Activity.result,
                ),
            ),
            Section(N_("What follows"), (Activity.next_step, Activity.next_on)),
        )
    ),
    found_by=(Activity.subject,),
    part_of=Activity.customer,
    importable=True,
    story=StorySpec(
        at=Activity.happened_at,
        title=Activity.subject,
        kind=Activity.kind,
        who=(Activity.contact, Activity.done_by),
        details=(Activity.details, Activity.result),
        next_step=(Activity.next_step, Activity.next_on),
    ),
    subtitle=(Activity.customer, Activity.happened_at),
    access={
        **CUSTOMER.access,
        Group.SALESPERSON: Grant(
            read=Scope.TEAM,
            create=Scope.TEAM,
            update=Scope.OWN,
            delete=Scope.OWN,
            functions=frozenset({Function.PRINT, Function.POOL}),
        ),
        Group.SERVICE: Grant(
            read=Scope.ALL, create=Scope.ALL, update=Scope.OWN, delete=Scope.OWN, functions=frozenset({Function.PRINT})
        ),
        Group.CLERK: Grant(
            read=Scope.ALL,
            create=Scope.ALL,
            update=Scope.OWN,
            delete=Scope.OWN,
            functions=frozenset({Function.EXPORT, Function.PRINT, Function.IMPORT, Function.POOL}),
        ),
    },
)
