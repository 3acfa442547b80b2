"""Contacts: the people we know at a customer, and how they know each other."""

from __future__ import annotations

from typing import Any

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import N_
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.entities.starred import starred
from crm_desktop.models import Contact, ContactRelation, Customer
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, SearchSpec, Section, TableSpec


def _mine(person: Person) -> Any:
    return Contact.owner_id == person.id


def _in_post(person: Person) -> Any:
    del person
    return Contact.has_left.is_(False)


CONTACT = EntitySpec(
    key="contact",
    model=Contact,
    label=N_("Contact"),
    label_plural=N_("Contacts"),
    icon="user",
    labels={
        Contact.name: N_("Full name"),
        Contact.customer: N_("Customer"),
        Contact.is_main: N_("Main contact"),
        Contact.title: N_("Position"),
        Contact.department_name: N_("Department there"),
        Contact.role: N_("Role in the decision"),
        Contact.superior: N_("Superior"),
        Contact.phones: N_("Phones"),
        Contact.fax: N_("Fax"),
        Contact.email: N_("E-mail"),
        Contact.address: N_("Address"),
        Contact.birthday: N_("Birthday"),
        Contact.is_birthday_lunar: N_("Lunar birthday"),
        Contact.hobbies: N_("Hobbies"),
        Contact.has_left: N_("Left the firm"),
        Contact.remark: N_("Remark"),
        Contact.owner: N_("Owner"),
        Contact.updated_at: N_("Changed"),
    },
    table=TableSpec(
        columns=(
            Column(Contact.name, width=110),
            Column(Contact.customer, width=230),
            Column(Contact.title, width=130),
            Column(Contact.phones, width=220),
            Column(Contact.email, width=180, shown=False),
            Column(Contact.role, width=110),
            Column(Contact.is_main, width=80, shown=False),
            Column(Contact.department_name, shown=False),
            Column(Contact.birthday, width=100, shown=False),
            Column(Contact.has_left, width=90, shown=False),
            Column(Contact.customer, Customer.region, label=N_("Region"), width=140, shown=False),
            Column(Contact.owner, width=90),
            Column(Contact.updated_at, width=104, shown=False),
        ),
        sort=Contact.name,
        presets=(
            Preset(key="mine", label=N_("My contacts"), where=_mine),
            Preset(key="all", label=N_("All contacts")),
            Preset(key="in_post", label=N_("Still at the firm"), where=_in_post),
            starred(Contact),
        ),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    Contact.name,
                    Contact.customer,
                    Contact.title,
                    Contact.department_name,
                    Contact.role,
                    Contact.superior,
                    Contact.is_main,
                    Contact.has_left,
                ),
            ),
            Section(N_("Contact details"), (Contact.phones, Contact.email, Contact.fax, Contact.address)),
            Section(N_("Personal"), (Contact.birthday, Contact.is_birthday_lunar, Contact.hobbies, Contact.remark)),
        )
    ),
    search=SearchSpec(name=Contact.name, phones=(Contact.phones,), emails=(Contact.email,)),
    importable=True,
    part_of=Contact.customer,
    subtitle=(Contact.customer, Contact.title, Contact.phones),
    access=CUSTOMER.access,
)

CONTACT_RELATION = EntitySpec(
    key="contact_relation",
    model=ContactRelation,
    label=N_("Relation"),
    label_plural=N_("Relations"),
    icon="users",
    labels={
        ContactRelation.contact: N_("Contact"),
        ContactRelation.other: N_("Other contact"),
        ContactRelation.kind: N_("Relation"),
        ContactRelation.remark: N_("Remark"),
    },
    table=TableSpec(
        columns=(
            Column(ContactRelation.contact, width=110),
            Column(ContactRelation.kind, width=110),
            Column(ContactRelation.other, width=110),
            Column(ContactRelation.other, Contact.customer, label=N_("Customer"), width=230),
            Column(ContactRelation.remark, width=220),
        ),
        sort=ContactRelation.contact,
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("Relation"),
                (ContactRelation.contact, ContactRelation.kind, ContactRelation.other, ContactRelation.remark),
            ),
        )
    ),
    part_of=ContactRelation.contact,
    other_end=ContactRelation.other,
    backwards={"assistant": N_("Assistant to")},
    access=CUSTOMER.access,
)
