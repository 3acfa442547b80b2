"""Parts and expenses of a service request. Who may change the request may add to it."""

from __future__ import annotations

from crm_desktop.core.i18n import N_
from crm_desktop.entities.service import REQUEST_PART_ACCESS
from crm_desktop.models import Product, ServiceExpense, ServicePart
from crm_desktop.spec import Column, EntitySpec, FormSpec, Section, TableSpec

SERVICE_PART = EntitySpec(
    key="service_part",
    model=ServicePart,
    label=N_("Part used"),
    label_plural=N_("Parts used"),
    icon="package",
    labels={
        ServicePart.request: N_("Service request"),
        ServicePart.product: N_("Product"),
        ServicePart.description: N_("Or in words"),
        ServicePart.quantity: N_("Quantity"),
        ServicePart.unit_price: N_("Unit price"),
        ServicePart.amount: N_("Amount"),
    },
    table=TableSpec(
        columns=(
            Column(ServicePart.product, width=200),
            Column(ServicePart.description, width=200),
            Column(ServicePart.quantity, width=80),
            Column(ServicePart.product, Product.unit, label=N_("Unit"), width=70),
            Column(ServicePart.unit_price, width=110, summed=False),
            Column(ServicePart.amount, width=110),
        ),
        sort=ServicePart.created_at,
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    ServicePart.request,
                    ServicePart.product,
                    ServicePart.description,
                    ServicePart.quantity,
                    ServicePart.unit_price,
                ),
            ),
        )
    ),
    part_of=ServicePart.request,
    access=REQUEST_PART_ACCESS,
)

SERVICE_EXPENSE = EntitySpec(
    key="service_expense",
    model=ServiceExpense,
    label=N_("Expense"),
    label_plural=N_("Expenses"),
    icon="receipt",
    labels={
        ServiceExpense.request: N_("Service request"),
        ServiceExpense.kind: N_("Kind"),
        ServiceExpense.amount: N_("Amount"),
        ServiceExpense.remark: N_("Remark"),
    },
    table=TableSpec(
        columns=(
            Column(ServiceExpense.kind, width=120),
            Column(ServiceExpense.amount, width=110),
            Column(ServiceExpense.remark, width=260),
        ),
        sort=ServiceExpense.created_at,
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (ServiceExpense.request, ServiceExpense.kind, ServiceExpense.amount, ServiceExpense.remark),
            ),
        )
    ),
    part_of=ServiceExpense.request,
    access=REQUEST_PART_ACCESS,
)
