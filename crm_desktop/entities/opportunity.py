"""Opportunities, who decides about them, and the products they are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import any_, func

from crm_desktop.core import clock
from crm_desktop.core.access import Function, Grant, Group, Person, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.entities.organisation import colleagues_of
from crm_desktop.entities.starred import starred
from crm_desktop.models import (
    Contact,
    Customer,
    Employee,
    Opportunity,
    OpportunityContact,
    OpportunityLine,
    OpportunityStay,
    Product,
    SalesStage,
    choice_id,
)
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, SearchSpec, Section, StorySpec, TableSpec

_EVERYTHING = frozenset(Function)
_OPEN = choice_id("outcome", "open")


def _is_open() -> Any:
    return Opportunity.outcome_id == _OPEN


def _mine(person: Person) -> Any:
    return (Opportunity.owner_id == person.id) & _is_open()


def _open(person: Person) -> Any:
    del person
    return _is_open()


def _of_department(person: Person) -> Any:
    return (Opportunity.owner_id == any_(colleagues_of(person))) & _is_open()


def _stalled(person: Person) -> Any:
    del person
    return Opportunity.stalls_on <= func.current_date()


def _without_next_step(person: Person) -> Any:
    del person
    return _is_open() & (Opportunity.next_step.is_(None) | Opportunity.next_on.is_(None))


def _due_this_month(person: Person) -> Any:
    del person
    next_month = func.date_trunc("month", func.current_date()) + func.make_interval(0, 1)
    return _is_open() & (Opportunity.expected_on < next_month)


def _won_this_year(person: Person) -> Any:
    del person
    return (Opportunity.outcome_id == choice_id("outcome", "won")) & (
        Opportunity.closed_on >= func.date_trunc("year", func.current_date())
    )


def _tone(row: Mapping[str, Any]) -> Mapping[str, str]:
    """Stalled ones, and dates that have passed, are red."""
    today = clock.today()
    tones: dict[str, str] = {}
    stalls_on, expected_on, next_on = (row.get(key) for key in ("stalls_on", "expected_on", "next_on"))
    if stalls_on is not None and stalls_on <= today:
        tones |= {"stage": "bad", "stalls_on": "bad"}
    is_over = row.get("closed_on") is not None or row.get("probability") in (0, 100)  # a list may show one of the two
    if not is_over:
        days = {"expected_on": expected_on, "next_on": next_on}
        tones |= {key: "bad" for key, day in days.items() if day and day < today}
    return tones


OPPORTUNITY_ACCESS: Mapping[Group, Grant] = {
    Group.ADMINISTRATOR: Grant(
        read=Scope.ALL, create=Scope.ALL, update=Scope.ALL, delete=Scope.ALL, functions=_EVERYTHING
    ),
    Group.GENERAL_MANAGER: Grant(
        read=Scope.ALL, create=Scope.ALL, update=Scope.ALL, delete=Scope.ALL, functions=_EVERYTHING
    ),
    Group.SALES_MANAGER: Grant(
        read=Scope.DEPARTMENT_TREE,
        create=Scope.DEPARTMENT_TREE,
        update=Scope.DEPARTMENT_TREE,
        delete=Scope.DEPARTMENT_TREE,
        functions=_EVERYTHING,
    ),
    Group.SALESPERSON: Grant(
        read=Scope.TEAM, create=Scope.TEAM, update=Scope.TEAM, functions=frozenset({Function.PRINT})
    ),
    Group.SERVICE: Grant(),
    Group.CLERK: Grant(
        read=Scope.ALL,
        create=Scope.ALL,
        update=Scope.ALL,
        functions=frozenset({Function.EXPORT, Function.PRINT, Function.IMPORT, Function.BULK_EDIT}),
    ),
}
PART_ACCESS: Mapping[Group, Grant] = {
    group: Grant(
        read=grant.read, create=grant.update, update=grant.update, delete=grant.update, functions=grant.functions
    )
    for group, grant in OPPORTUNITY_ACCESS.items()
}
"""Who may change an opportunity may add to it and take away, and put back the stages it went through."""

OPPORTUNITY = EntitySpec(
    key="opportunity",
    model=Opportunity,
    label=N_("Opportunity"),
    label_plural=N_("Opportunities"),
    icon="target",
    labels={
        Opportunity.code: N_("No."),
        Opportunity.name: N_("Opportunity name"),
        Opportunity.customer: N_("Customer"),
        Opportunity.owner: N_("Owner"),
        Opportunity.stage: N_("Stage"),
        Opportunity.outcome: N_("Outcome"),
        Opportunity.stage_since: N_("In stage since"),
        Opportunity.stalls_on: N_("Stalled from"),
        Opportunity.stage_note: N_("Note on the stage"),
        Opportunity.checked: N_("Done in this stage"),
        Opportunity.probability: N_("Probability"),
        Opportunity.category: N_("Forecast category"),
        Opportunity.amount: N_("Amount"),
        Opportunity.weighted_amount: N_("Weighted amount"),
        Opportunity.opened_on: N_("Opened on"),
        Opportunity.expected_on: N_("Expected on"),
        Opportunity.closed_on: N_("Closed on"),
        Opportunity.source: N_("Source"),
        Opportunity.next_step: N_("Next step"),
        Opportunity.next_on: N_("Next step on"),
        Opportunity.need: N_("Needs"),
        Opportunity.strengths: N_("Strengths"),
        Opportunity.weaknesses: N_("Weaknesses"),
        Opportunity.chances: N_("Opportunities (SWOT)"),
        Opportunity.threats: N_("Threats"),
        Opportunity.reason: N_("Reason of closing"),
        Opportunity.competitor: N_("Competitor"),
        Opportunity.summary: N_("Summary"),
        Opportunity.remark: N_("Remark"),
        Opportunity.created_at: N_("Created"),
        Opportunity.updated_at: N_("Changed"),
    },
    table=TableSpec(
        columns=(
            Column(Opportunity.name, width=230),
            Column(Opportunity.customer, width=200),
            Column(Opportunity.stage, width=110),
            Column(Opportunity.stalls_on, width=104),
            Column(Opportunity.amount, width=110),
            Column(Opportunity.probability, width=80),
            Column(Opportunity.expected_on, width=104),
            Column(Opportunity.owner, width=84),
            Column(Opportunity.next_step, width=180),
            Column(Opportunity.next_on, width=104),
            Column(Opportunity.stage_since, width=104, shown=False),
            Column(Opportunity.outcome, width=90, shown=False),
            Column(Opportunity.weighted_amount, width=110, shown=False),
            Column(Opportunity.category, width=100, shown=False),
            Column(Opportunity.stage, SalesStage.process, label=N_("Sales process"), width=130, shown=False),
            Column(Opportunity.code, width=96, shown=False),
            Column(Opportunity.source, width=100, shown=False),
            Column(Opportunity.opened_on, width=104, shown=False),
            Column(Opportunity.closed_on, width=104, shown=False),
            Column(Opportunity.reason, width=120, shown=False),
            Column(Opportunity.competitor, width=140, shown=False),
            Column(Opportunity.owner, Employee.department, label=N_("Department"), width=110, shown=False),
            Column(Opportunity.customer, Customer.industry, label=N_("Industry"), width=100, shown=False),
            Column(Opportunity.customer, Customer.region, label=N_("Region"), width=140, shown=False),
            Column(Opportunity.created_at, width=104, shown=False),
            Column(Opportunity.updated_at, width=104, shown=False),
        ),
        sort=Opportunity.expected_on,
        presets=(
            Preset(key="mine", label=N_("My opportunities"), where=_mine),
            Preset(key="department", label=N_("My department"), where=_of_department),
            Preset(key="open", label=N_("All open"), where=_open),
            Preset(key="stalled", label=N_("Stalled"), where=_stalled),
            Preset(key="no_next_step", label=N_("Without next step"), where=_without_next_step),
            Preset(key="due", label=N_("Due this month"), where=_due_this_month),
            Preset(key="won", label=N_("Won this year"), where=_won_this_year),
            Preset(key="all", label=N_("All opportunities")),
            starred(Opportunity),
        ),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    Opportunity.name,
                    Opportunity.customer,
                    Opportunity.stage,
                    Opportunity.amount,
                    Opportunity.probability,
                    Opportunity.expected_on,
                    Opportunity.next_step,
                    Opportunity.next_on,
                    Opportunity.owner,
                    Opportunity.source,
                    Opportunity.category,
                    Opportunity.opened_on,
                    Opportunity.code,
                ),
            ),
            Section(N_("Needs"), (Opportunity.need,)),
            Section(
                N_("SWOT"), (Opportunity.strengths, Opportunity.weaknesses, Opportunity.chances, Opportunity.threats)
            ),
            Section(
                N_("Result"), (Opportunity.closed_on, Opportunity.reason, Opportunity.competitor, Opportunity.summary)
            ),
            Section(N_("Remark"), (Opportunity.remark,)),
        ),
        read_only=frozenset({Opportunity.stage}),  # it is moved, and asked then for what the stage requires
    ),
    search=SearchSpec(name=Opportunity.name, texts=(Opportunity.code,)),
    part_of=Opportunity.customer,
    story=StorySpec(
        at=Opportunity.stage_since,
        title=Opportunity.name,
        kind=Opportunity.stage,
        who=(Opportunity.owner,),
        details=(Opportunity.amount, Opportunity.need, Opportunity.summary),
        next_step=(Opportunity.next_step, Opportunity.next_on),
    ),
    importable=True,
    subtitle=(Opportunity.customer, Opportunity.stage, Opportunity.amount),
    tone=_tone,
    access=OPPORTUNITY_ACCESS,
)

OPPORTUNITY_CONTACT = EntitySpec(
    key="opportunity_contact",
    model=OpportunityContact,
    label=N_("Contact of an opportunity"),
    label_plural=N_("Decision makers"),
    icon="users",
    labels={
        OpportunityContact.opportunity: N_("Opportunity"),
        OpportunityContact.contact: N_("Contact"),
        OpportunityContact.role: N_("Role in the decision"),
        OpportunityContact.remark: N_("Remark"),
    },
    table=TableSpec(
        columns=(
            Column(OpportunityContact.contact, width=110),
            Column(OpportunityContact.contact, Contact.title, label=N_("Position"), width=120),
            Column(OpportunityContact.role, width=120),
            Column(OpportunityContact.contact, Contact.phones, label=N_("Phones"), width=160),
            Column(OpportunityContact.remark, width=200),
        ),
        sort=OpportunityContact.contact,
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    OpportunityContact.opportunity,
                    OpportunityContact.contact,
                    OpportunityContact.role,
                    OpportunityContact.remark,
                ),
            ),
        )
    ),
    part_of=OpportunityContact.opportunity,
    access=PART_ACCESS,
)

OPPORTUNITY_LINE = EntitySpec(
    key="opportunity_line",
    model=OpportunityLine,
    label=N_("Product of an opportunity"),
    label_plural=N_("Products wanted"),
    icon="list-bullets",
    labels={
        OpportunityLine.opportunity: N_("Opportunity"),
        OpportunityLine.product: N_("Product"),
        OpportunityLine.quantity: N_("Quantity"),
        OpportunityLine.unit_price: N_("Unit price"),
        OpportunityLine.amount: N_("Amount"),
        OpportunityLine.remark: N_("Remark"),
    },
    table=TableSpec(
        columns=(
            Column(OpportunityLine.product, width=200),
            Column(OpportunityLine.product, Product.product_model, label=N_("Model"), width=110),
            Column(OpportunityLine.quantity, width=80),
            Column(OpportunityLine.product, Product.unit, label=N_("Unit"), width=70),
            Column(OpportunityLine.unit_price, width=110, summed=False),
            Column(OpportunityLine.amount, width=110),
            Column(OpportunityLine.remark, width=200),
        ),
        sort=OpportunityLine.product,
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    OpportunityLine.opportunity,
                    OpportunityLine.product,
                    OpportunityLine.quantity,
                    OpportunityLine.unit_price,
                    OpportunityLine.remark,
                ),
            ),
        )
    ),
    part_of=OpportunityLine.opportunity,
    access=PART_ACCESS,
)

OPPORTUNITY_STAY = EntitySpec(
    key="opportunity_stay",
    model=OpportunityStay,
    label=N_("Stage gone through"),
    label_plural=N_("Stage history"),
    icon="clock-counter-clockwise",
    labels={
        OpportunityStay.opportunity: N_("Opportunity"),
        OpportunityStay.stage: N_("Stage"),
        OpportunityStay.entered_at: N_("Entered"),
        OpportunityStay.moved_by: N_("By"),
        OpportunityStay.note: N_("Note"),
    },
    table=TableSpec(
        columns=(
            Column(OpportunityStay.stage, width=120),
            Column(OpportunityStay.entered_at, width=130),
            Column(OpportunityStay.moved_by, width=100),
            Column(OpportunityStay.note, width=220),
        ),
        sort=OpportunityStay.entered_at,
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (OpportunityStay.opportunity, OpportunityStay.stage, OpportunityStay.entered_at, OpportunityStay.note),
            ),
        )
    ),
    part_of=OpportunityStay.opportunity,
    access=PART_ACCESS,
)
