"""Leads, what was done about them, and the rules that give them to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from crm_desktop.core import clock
from crm_desktop.core.access import Function, Grant, Group, Person, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.entities.starred import starred
from crm_desktop.models import Employee, Lead, LeadFollowUp, LeadRule, LeadRuleMember, choice_id
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, SearchSpec, Section, StorySpec, TableSpec

_EVERYTHING = frozenset(Function)


def _is_open() -> Any:
    return Lead.ended_at.is_(None)


def _mine(person: Person) -> Any:
    return (Lead.owner_id == person.id) & _is_open()


def _unanswered(person: Person) -> Any:
    del person
    return Lead.respond_by < func.now()


def _free(person: Person) -> Any:
    del person
    return _is_open() & (Lead.owner_id == select(Employee.id).where(Employee.is_pool).scalar_subquery())


def _open(person: Person) -> Any:
    del person
    return _is_open()


def _converted(person: Person) -> Any:
    del person
    return Lead.state_id == choice_id("lead_state", "converted")


def _dropped(person: Person) -> Any:
    del person
    return Lead.state_id == choice_id("lead_state", "dropped")


def _tone(row: Mapping[str, Any]) -> Mapping[str, str]:
    """Late where its owner has not begun in time, or a next step is overdue."""
    tones = {}
    respond_by, next_on = row.get("respond_by"), row.get("next_on")
    if respond_by is not None and respond_by < clock.now():
        tones["respond_by"] = "bad"
    if next_on is not None and next_on < clock.today():
        tones["next_on"] = "bad"
    return tones


_ALL = Grant(read=Scope.ALL, create=Scope.ALL, update=Scope.ALL, delete=Scope.ALL, functions=_EVERYTHING)
LEAD_ACCESS: Mapping[Group, Grant] = {
    Group.ADMINISTRATOR: _ALL,
    Group.GENERAL_MANAGER: _ALL,
    Group.SALES_MANAGER: Grant(
        read=Scope.DEPARTMENT_TREE,
        create=Scope.ALL,
        update=Scope.DEPARTMENT_TREE,
        delete=Scope.DEPARTMENT_TREE,
        functions=_EVERYTHING,
    ),
    Group.SALESPERSON: Grant(
        read=Scope.TEAM, create=Scope.ALL, update=Scope.TEAM, functions=frozenset({Function.PRINT, Function.POOL})
    ),
    Group.SERVICE: Grant(
        read=Scope.OWN, create=Scope.ALL, update=Scope.OWN, functions=frozenset({Function.PRINT, Function.POOL})
    ),
    Group.CLERK: Grant(
        read=Scope.ALL,
        create=Scope.ALL,
        update=Scope.ALL,
        functions=frozenset({Function.EXPORT, Function.PRINT, Function.IMPORT, Function.BULK_EDIT, Function.POOL}),
    ),
}
"""Anybody may register a lead for anybody: who hears of one is seldom who follows it up."""

LEAD = EntitySpec(
    key="lead",
    model=Lead,
    label=N_("Lead"),
    label_plural=N_("Leads"),
    icon="megaphone",
    labels={
        Lead.code: N_("No."),
        Lead.name: N_("Company or person"),
        Lead.contact_name: N_("Contact name"),
        Lead.title: N_("Position"),
        Lead.phones: N_("Phones"),
        Lead.email: N_("E-mail"),
        Lead.address: N_("Address"),
        Lead.region: N_("Region"),
        Lead.industry: N_("Industry"),
        Lead.source: N_("Source"),
        Lead.need: N_("Needs"),
        Lead.state: N_("State"),
        Lead.owner: N_("Owner"),
        Lead.registered_by: N_("Registered by"),
        Lead.assigned_at: N_("Assigned at"),
        Lead.respond_by: N_("Respond by"),
        Lead.responded_at: N_("First response"),
        Lead.is_in_time: N_("Answered in time"),
        Lead.last_contact_at: N_("Last contact"),
        Lead.recycled_at: N_("Fell back into the pool"),
        Lead.next_step: N_("Next step"),
        Lead.next_on: N_("Next step on"),
        Lead.reason: N_("Reason of dropping"),
        Lead.ended_at: N_("Ended at"),
        Lead.customer: N_("Customer"),
        Lead.contact: N_("Contact"),
        Lead.opportunity: N_("Opportunity"),
        Lead.remark: N_("Remark"),
        Lead.created_at: N_("Registered at"),
        Lead.updated_at: N_("Changed"),
    },
    table=TableSpec(
        columns=(
            Column(Lead.name, width=220),
            Column(Lead.contact_name, width=90),
            Column(Lead.phones, width=150),
            Column(Lead.state, width=84),
            Column(Lead.source, width=110),
            Column(Lead.owner, width=84),
            Column(Lead.respond_by, width=130),
            Column(Lead.next_step, width=160),
            Column(Lead.next_on, width=104),
            Column(Lead.created_at, width=104),
            Column(Lead.responded_at, width=130, shown=False),
            Column(Lead.is_in_time, width=90, shown=False),
            Column(Lead.last_contact_at, width=104, shown=False),
            Column(Lead.registered_by, width=90, shown=False),
            Column(Lead.assigned_at, width=130, shown=False),
            Column(Lead.recycled_at, width=130, shown=False),
            Column(Lead.ended_at, width=130, shown=False),
            Column(Lead.reason, width=110, shown=False),
            Column(Lead.customer, width=200, shown=False),
            Column(Lead.opportunity, width=200, shown=False),
            Column(Lead.region, width=140, shown=False),
            Column(Lead.industry, width=100, shown=False),
            Column(Lead.title, width=110, shown=False),
            Column(Lead.email, width=180, shown=False),
            Column(Lead.address, width=220, shown=False),
            Column(Lead.code, width=96, shown=False),
            Column(Lead.owner, Employee.department, label=N_("Department"), width=110, shown=False),
            Column(Lead.updated_at, width=104, shown=False),
        ),
        sort=Lead.created_at,
        is_descending=True,
        presets=(
            Preset(key="mine", label=N_("My leads"), where=_mine),
            Preset(key="unanswered", label=N_("Answer overdue"), where=_unanswered),
            Preset(key="free", label=N_("To be assigned"), where=_free),
            Preset(key="open", label=N_("All open"), where=_open),
            Preset(key="converted", label=N_("Converted"), where=_converted),
            Preset(key="dropped", label=N_("Dropped"), where=_dropped),
            Preset(key="all", label=N_("All leads")),
            starred(Lead),
        ),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    Lead.name,
                    Lead.contact_name,
                    Lead.phones,
                    Lead.source,
                    Lead.need,
                    Lead.owner,
                    Lead.title,
                    Lead.email,
                    Lead.region,
                    Lead.industry,
                    Lead.address,
                    Lead.state,
                    Lead.code,
                    Lead.next_step,
                    Lead.next_on,
                ),
            ),
            Section(N_("Result"), (Lead.customer, Lead.contact, Lead.opportunity, Lead.reason)),
            Section(N_("Remark"), (Lead.remark,)),
        ),
        # It is taken up, dropped and converted, and asked then for what that needs.
        read_only=frozenset({Lead.state, Lead.contact, Lead.opportunity, Lead.reason}),
        helps={Lead.customer: N_("Fill it in where the lead comes from somebody who is a customer already.")},
    ),
    search=SearchSpec(
        name=Lead.name, texts=(Lead.contact_name, Lead.code), phones=(Lead.phones,), emails=(Lead.email,)
    ),
    part_of=Lead.customer,
    story=StorySpec(
        at=Lead.created_at,
        title=Lead.name,
        kind=Lead.state,
        who=(Lead.contact_name, Lead.owner),
        details=(Lead.need,),
        next_step=(Lead.next_step, Lead.next_on),
    ),
    importable=True,
    subtitle=(Lead.contact_name, Lead.phones, Lead.source),
    tone=_tone,
    access=LEAD_ACCESS,
)

LEAD_FOLLOW_UP = EntitySpec(
    key="lead_follow_up",
    model=LeadFollowUp,
    label=N_("Follow-up of a lead"),
    label_plural=N_("Follow-ups"),
    icon="chat-circle-text",
    labels={
        LeadFollowUp.happened_at: N_("When"),
        LeadFollowUp.lead: N_("Lead"),
        LeadFollowUp.kind: N_("Kind"),
        LeadFollowUp.subject: N_("Subject"),
        LeadFollowUp.done_by: N_("By"),
        LeadFollowUp.details: N_("Details"),
        LeadFollowUp.result: N_("Result"),
        LeadFollowUp.next_step: N_("Next step"),
        LeadFollowUp.next_on: N_("Next on"),
    },
    table=TableSpec(
        columns=(
            Column(LeadFollowUp.happened_at, width=104),
            Column(LeadFollowUp.kind, width=72),
            Column(LeadFollowUp.subject, width=260),
            Column(LeadFollowUp.result, width=150),
            Column(LeadFollowUp.next_step, width=180),
            Column(LeadFollowUp.next_on, width=104),
            Column(LeadFollowUp.done_by, width=84),
        ),
        sort=LeadFollowUp.happened_at,
        is_descending=True,
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("What happened"),
                (
                    LeadFollowUp.subject,
                    LeadFollowUp.lead,
                    LeadFollowUp.kind,
                    LeadFollowUp.happened_at,
                    LeadFollowUp.done_by,
                    LeadFollowUp.details,
                    LeadFollowUp.result,
                ),
            ),
            Section(N_("What follows"), (LeadFollowUp.next_step, LeadFollowUp.next_on)),
        )
    ),
    part_of=LeadFollowUp.lead,
    story=StorySpec(
        at=LeadFollowUp.happened_at,
        title=LeadFollowUp.subject,
        kind=LeadFollowUp.kind,
        who=(LeadFollowUp.done_by,),
        details=(LeadFollowUp.details, LeadFollowUp.result),
        next_step=(LeadFollowUp.next_step, LeadFollowUp.next_on),
    ),
    access={
        group: Grant(
            read=grant.read,
            create=max(grant.update, Scope.OWN),
            update=grant.update if grant.update == Scope.ALL else Scope.OWN,
            delete=grant.update if grant.update == Scope.ALL else Scope.OWN,
            functions=grant.functions,
        )
        for group, grant in LEAD_ACCESS.items()
    },
)

_RULE_ACCESS: Mapping[Group, Grant] = {
    group: Grant(
        read=Scope.ALL,
        create=Scope.ALL,
        update=Scope.ALL,
        delete=Scope.ALL,
        functions=frozenset({Function.EXPORT, Function.PRINT, Function.UNDO}),
    )
    if group in (Group.ADMINISTRATOR, Group.GENERAL_MANAGER, Group.SALES_MANAGER)
    else Grant(read=Scope.ALL)
    for group in Group
}

LEAD_RULE = EntitySpec(
    key="lead_rule",
    model=LeadRule,
    label=N_("Rule for leads"),
    label_plural=N_("Rules for leads"),
    icon="path",
    labels={
        LeadRule.name: N_("Name"),
        LeadRule.sort_order: N_("Position in lists"),
        LeadRule.region: N_("Region"),
        LeadRule.industry: N_("Industry"),
        LeadRule.source: N_("Source"),
        LeadRule.method: N_("Assigned"),
        LeadRule.is_active: N_("In use"),
    },
    table=TableSpec(
        columns=(
            Column(LeadRule.sort_order, width=110),
            Column(LeadRule.name, width=200),
            Column(LeadRule.region, width=160),
            Column(LeadRule.industry, width=140),
            Column(LeadRule.source, width=140),
            Column(LeadRule.method, width=130),
            Column(LeadRule.is_active, width=80),
        ),
        sort=LeadRule.sort_order,
        presets=(Preset(key="all", label=N_("All rules")),),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    LeadRule.name,
                    LeadRule.sort_order,
                    LeadRule.region,
                    LeadRule.industry,
                    LeadRule.source,
                    LeadRule.method,
                    LeadRule.is_active,
                ),
            ),
        ),
        required=frozenset({LeadRule.method}),
        helps={
            LeadRule.sort_order: N_("The first rule that fits a lead decides who gets it."),
            LeadRule.region: N_("With everything that lies in it. Empty: any region."),
            LeadRule.industry: N_("Empty: any industry."),
            LeadRule.source: N_("Empty: any source."),
            LeadRule.method: N_("To whom is entered below, once the rule is saved."),
        },
    ),
    access=_RULE_ACCESS,
)

LEAD_RULE_MEMBER = EntitySpec(
    key="lead_rule_member",
    model=LeadRuleMember,
    label=N_("Receiver of leads"),
    label_plural=N_("Who gets the leads"),
    icon="users",
    labels={
        LeadRuleMember.rule: N_("Rule for leads"),
        LeadRuleMember.employee: N_("Employee"),
        LeadRuleMember.given_at: N_("Last got one"),
    },
    table=TableSpec(
        columns=(
            Column(LeadRuleMember.employee, width=140),
            Column(LeadRuleMember.employee, Employee.department, label=N_("Department"), width=140),
            Column(LeadRuleMember.given_at, width=140),
        ),
        sort=LeadRuleMember.employee,
    ),
    form=FormSpec(sections=(Section(N_("General"), (LeadRuleMember.rule, LeadRuleMember.employee)),)),
    part_of=LeadRuleMember.rule,
    access=_RULE_ACCESS,
)
