"""What people do: activities on customers."""

from __future__ import annotations

import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_desktop.models.base import POLICY, Base, Guard, Timed, gram_index
from crm_desktop.models.organisation import Employee
from crm_desktop.models.parties import Contact, Customer
from crm_desktop.models.platform import DictionaryEntry


class Activity(Timed, Base):
    """Something that happened with a customer: a call, a visit, a note."""

    __tablename__ = "activity"
    __table_args__ = (
        Index("activity_customer_idx", "customer_id", "happened_at"),
        Index("activity_owner_time_idx", "owner_id", "happened_at", "id"),
        gram_index("activity", "crm.owned_pieces(subject, owner_id)"),
        Index("activity_time_owner_idx", "happened_at", "id", postgresql_include=["owner_id", "customer_id"]),
        {
            "comment": "What happened with customers",
            "info": {
                POLICY: Guard(
                    rule="owned",
                    entity="activity",
                    owner_column="owner_id",
                    writer_column="done_by_id",
                    parent_column="customer_id",
                    parent_table="customer",
                )
            },
        },
    )
    display = ("subject", "subject")
    order = "happened_at"

    customer_id: Mapped[int] = mapped_column(ForeignKey("crm.customer.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(
        ForeignKey("crm.employee.id"), server_default=text("0"), comment="The customer's owner; kept by trigger"
    )
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("crm.contact.id", ondelete="SET NULL"), index=True)
    kind_id: Mapped[int | None] = mapped_column(
        ForeignKey("crm.dictionary_entry.id"), info={"dictionary": "activity_kind", "default": "call"}
    )
    happened_at: Mapped[datetime.datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
    done_by_id: Mapped[int] = mapped_column(ForeignKey("crm.employee.id"), index=True, server_default=text("crm.me()"))
    subject: Mapped[str] = mapped_column(String(300), comment="What it was about, in one line")
    details: Mapped[str | None] = mapped_column(Text)
    result: Mapped[str | None] = mapped_column(String(300))
    next_step: Mapped[str | None] = mapped_column(String(300))
    next_on: Mapped[datetime.date | None]

    customer: Mapped[Customer] = relationship(foreign_keys=[customer_id])
    owner: Mapped[Employee] = relationship(foreign_keys=[owner_id])
    contact: Mapped[Contact | None] = relationship(foreign_keys=[contact_id])
    kind: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[kind_id])
    done_by: Mapped[Employee] = relationship(foreign_keys=[done_by_id])
