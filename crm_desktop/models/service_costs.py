"""What a service request takes beside the work: parts that were used, and what was paid for it."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_desktop.models.base import KEPT, POLICY, Base, Guard, Timed
from crm_desktop.models.catalog import Product
from crm_desktop.models.platform import DictionaryEntry
from crm_desktop.models.service import ServiceRequest

_OWNER = "The request's owner; kept by trigger"


def _part(entity: str) -> Guard:
    return Guard(
        rule="owned", entity=entity, owner_column="owner_id", parent_column="request_id", parent_table="service_request"
    )


class ServicePart(Timed, Base):
    """A part that was used: one of our products, or something else in words. No stock is moved by it."""

    __tablename__ = "service_part"
    __table_args__ = (
        Index("service_part_request_idx", "request_id", "id"),
        {"comment": "Parts used for service requests", "info": {POLICY: _part("service_part")}},
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("crm.service_request.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(
        ForeignKey("crm.employee.id"), server_default=text("0"), index=True, comment=_OWNER
    )
    product_id: Mapped[int | None] = mapped_column(ForeignKey("crm.product.id"), index=True)
    description: Mapped[str | None] = mapped_column(String(200), comment="What it is where it is no product of ours")
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3), server_default="1", info={"kind": "number", "least": 0})
    unit_price: Mapped[Decimal | None] = mapped_column(Numeric(18, 2), comment="In yuan")
    amount: Mapped[Decimal | None] = mapped_column(
        Numeric(18, 2), info=KEPT, comment="Quantity by price; kept by trigger"
    )

    request: Mapped[ServiceRequest] = relationship(foreign_keys=[request_id])
    product: Mapped[Product | None] = relationship(foreign_keys=[product_id])


class ServiceExpense(Timed, Base):
    """Something that was paid for a request: the way there, a meal, a room."""

    __tablename__ = "service_expense"
    __table_args__ = (
        Index("service_expense_request_idx", "request_id", "id"),
        {"comment": "Expenses of service requests", "info": {POLICY: _part("service_expense")}},
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("crm.service_request.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(
        ForeignKey("crm.employee.id"), server_default=text("0"), index=True, comment=_OWNER
    )
    kind_id: Mapped[int] = mapped_column(
        ForeignKey("crm.dictionary_entry.id"),
        server_default=text("crm.choice('expense_kind', 'travel')"),
        info={"dictionary": "expense_kind", "default": "travel"},
    )
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2), info={"least": 0}, comment="In yuan")
    remark: Mapped[str | None] = mapped_column(String(300))

    request: Mapped[ServiceRequest] = relationship(foreign_keys=[request_id])
    kind: Mapped[DictionaryEntry] = relationship(foreign_keys=[kind_id])
