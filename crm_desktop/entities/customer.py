"""Customers: companies and people we sell to."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from sqlalchemy import any_, func, or_, select

from crm_desktop.core import clock
from crm_desktop.core.access import Function, Grant, Group, Person, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.entities.organisation import colleagues_of
from crm_desktop.entities.starred import starred
from crm_desktop.models import Customer, Employee
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, SearchSpec, Section, TableSpec

QUIET_DAYS = 30
"""After so many days without contact a customer counts as neglected."""


def _tone(row: Mapping[str, Any]) -> Mapping[str, str]:
    """A neglected customer's last contact is red."""
    last = row.get("last_contact_at")
    quiet_since = clock.now() - datetime.timedelta(days=QUIET_DAYS)
    return {"last_contact_at": "bad"} if last is not None and last < quiet_since else {}


def _mine(person: Person) -> Any:
    return Customer.owner_id == person.id


def _of_department(person: Person) -> Any:
    return Customer.owner_id == any_(colleagues_of(person))


def _quiet(person: Person) -> Any:
    del person
    return or_(
        Customer.last_contact_at.is_(None), Customer.last_contact_at < func.now() - datetime.timedelta(days=QUIET_DAYS)
    )


def _new_this_month(person: Person) -> Any:
    del person
    return Customer.registered_on >= func.date_trunc("month", func.current_date())


def _without_owner(person: Person) -> Any:
    del person
    return Customer.owner_id == select(Employee.id).where(Employee.is_pool).scalar_subquery()


EVERYTHING = frozenset(Function)
CUSTOMER = EntitySpec(
    key="customer",
    model=Customer,
    label=N_("Customer"),
    label_plural=N_("Customers"),
    icon="buildings",
    labels={
        Customer.code: N_("No."),
        Customer.name: N_("Customer name"),
        Customer.short_name: N_("Short name"),
        Customer.type: N_("Customer type"),
        Customer.life_cycle: N_("Life cycle"),
        Customer.level: N_("Level"),
        Customer.industry: N_("Industry"),
        Customer.source: N_("Source"),
        Customer.region: N_("Region"),
        Customer.owner: N_("Owner"),
        Customer.parent: N_("Parent company"),
        Customer.phones: N_("Phones"),
        Customer.fax: N_("Fax"),
        Customer.email: N_("E-mail"),
        Customer.website: N_("Website"),
        Customer.address: N_("Address"),
        Customer.postcode: N_("Postcode"),
        Customer.delivery_address: N_("Delivery address"),
        Customer.preferred_channel: N_("Preferred channel"),
        Customer.is_do_not_contact: N_("Do not contact"),
        Customer.invoice_title: N_("Invoice title"),
        Customer.tax_no: N_("Tax number"),
        Customer.bank_name: N_("Bank"),
        Customer.bank_account: N_("Bank account"),
        Customer.invoice_address: N_("Invoice address"),
        Customer.invoice_phone: N_("Invoice phone"),
        Customer.employee_count: N_("Employees"),
        Customer.annual_revenue: N_("Annual revenue"),
        Customer.founded_on: N_("Founded on"),
        Customer.registered_on: N_("Registered on"),
        Customer.first_deal_on: N_("First deal on"),
        Customer.total_amount: N_("Turnover"),
        Customer.interests: N_("Interests"),
        Customer.anniversary: N_("Anniversary"),
        Customer.anniversary_name: N_("Anniversary of"),
        Customer.remark: N_("Remark"),
        Customer.last_contact_at: N_("Last contact"),
        Customer.created_at: N_("Created"),
        Customer.updated_at: N_("Changed"),
    },
    table=TableSpec(
        columns=(
            Column(Customer.code, width=96),
            Column(Customer.name, width=230),
            Column(Customer.level, width=64),
            Column(Customer.life_cycle, width=100),
            Column(Customer.owner, width=84),
            Column(Customer.last_contact_at, width=104),
            Column(Customer.total_amount, width=110),
            Column(Customer.region, width=140, shown=False),
            Column(Customer.type, width=100, shown=False),
            Column(Customer.industry, width=100, shown=False),
            Column(Customer.source, width=100, shown=False),
            Column(Customer.phones, width=150, shown=False),
            Column(Customer.short_name, shown=False),
            Column(Customer.owner, Employee.department, label=N_("Department"), width=110, shown=False),
            Column(Customer.address, width=220, shown=False),
            Column(Customer.postcode, width=80, shown=False),
            Column(Customer.email, width=180, shown=False),
            Column(Customer.website, width=160, shown=False),
            Column(Customer.fax, shown=False),
            Column(Customer.tax_no, width=150, shown=False),
            Column(Customer.parent, width=180, shown=False),
            Column(Customer.registered_on, width=104, shown=False),
            Column(Customer.first_deal_on, width=104, shown=False),
            Column(Customer.employee_count, width=90, shown=False),
            Column(Customer.annual_revenue, width=120, shown=False),
            Column(Customer.is_do_not_contact, width=90, shown=False),
            Column(Customer.created_at, width=104, shown=False),
            Column(Customer.updated_at, width=104, shown=False),
        ),
        sort=Customer.name,
        presets=(
            Preset(key="mine", label=N_("My customers"), where=_mine),
            Preset(key="department", label=N_("My department"), where=_of_department),
            Preset(key="all", label=N_("All customers")),
            Preset(key="quiet", label=N_("Quiet for 30 days"), where=_quiet),
            Preset(key="new", label=N_("New this month"), where=_new_this_month),
            Preset(key="pool", label=N_("Without owner"), where=_without_owner),
            starred(Customer),
        ),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    Customer.name,
                    Customer.short_name,
                    Customer.code,
                    Customer.type,
                    Customer.life_cycle,
                    Customer.level,
                    Customer.industry,
                    Customer.source,
                    Customer.region,
                    Customer.owner,
                    Customer.parent,
                    Customer.interests,
                ),
            ),
            Section(
                N_("Contact details"),
                (
                    Customer.phones,
                    Customer.fax,
                    Customer.email,
                    Customer.website,
                    Customer.address,
                    Customer.postcode,
                    Customer.delivery_address,
                    Customer.preferred_channel,
                    Customer.is_do_not_contact,
                ),
            ),
            Section(
                N_("Invoice details"),
                (
                    Customer.invoice_title,
                    Customer.tax_no,
                    Customer.bank_name,
                    Customer.bank_account,
                    Customer.invoice_address,
                    Customer.invoice_phone,
                ),
            ),
            Section(
                N_("Size and history"),
                (
                    Customer.employee_count,
                    Customer.annual_revenue,
                    Customer.founded_on,
                    Customer.registered_on,
                    Customer.first_deal_on,
                    Customer.total_amount,
                    Customer.anniversary,
                    Customer.anniversary_name,
                ),
            ),
            Section(N_("Remark"), (Customer.remark,)),
        )
    ),
    search=SearchSpec(
        name=Customer.name,
        texts=(Customer.short_name, Customer.code),
        phones=(Customer.phones,),
        emails=(Customer.email,),
    ),
    subtitle=(Customer.code, Customer.region, Customer.owner),
    tone=_tone,
    importable=True,
    access={
        Group.ADMINISTRATOR: Grant(
            read=Scope.ALL, create=Scope.ALL, update=Scope.ALL, delete=Scope.ALL, functions=EVERYTHING
        ),
        Group.GENERAL_MANAGER: Grant(
            read=Scope.ALL, create=Scope.ALL, update=Scope.ALL, delete=Scope.ALL, functions=EVERYTHING
        ),
        Group.SALES_MANAGER: Grant(
            read=Scope.DEPARTMENT_TREE,
            create=Scope.DEPARTMENT_TREE,
            update=Scope.DEPARTMENT_TREE,
            delete=Scope.DEPARTMENT_TREE,
            functions=EVERYTHING,
        ),
        Group.SALESPERSON: Grant(
            read=Scope.TEAM, create=Scope.TEAM, update=Scope.TEAM, functions=frozenset({Function.PRINT, Function.POOL})
        ),
        Group.SERVICE: Grant(read=Scope.ALL, create=Scope.OWN, update=Scope.OWN, functions=frozenset({Function.PRINT})),
        Group.CLERK: Grant(
            read=Scope.ALL,
            create=Scope.ALL,
            update=Scope.ALL,
            functions=frozenset({Function.EXPORT, Function.PRINT, Function.IMPORT, Function.BULK_EDIT, Function.POOL}),
        ),
    },
)
