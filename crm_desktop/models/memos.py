"""Memos: what somebody writes down for himself."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_desktop.models.base import POLICY, Base, Guard, Timed, gram_index
from crm_desktop.models.organisation import Employee
from crm_desktop.models.parties import Customer


class Memo(Timed, Base):
    """Read by its owner, and by those with whom he shares it."""

    __tablename__ = "memo"
    __table_args__ = (
        Index("memo_owner_idx", "owner_id", "updated_at"),
        Index("memo_customer_idx", "customer_id", postgresql_where=text("customer_id is not null")),
        gram_index("memo", "crm.owned_pieces(subject, owner_id)"),
        {
            "comment": "What people write down for themselves",
            "info": {POLICY: Guard(rule="owned", entity="memo", owner_column="owner_id")},
        },
    )
    display = ("subject", "subject")
    order = "updated_at"

    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str | None] = mapped_column(Text)
    owner_id: Mapped[int] = mapped_column(ForeignKey("crm.employee.id"), server_default=text("crm.me()"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("crm.customer.id", ondelete="SET NULL"))

    owner: Mapped[Employee] = relationship(foreign_keys=[owner_id])
    customer: Mapped[Customer | None] = relationship(foreign_keys=[customer_id])
