"""Customers and the people we know there."""

from __future__ import annotations

import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Numeric, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_desktop.models.base import POLICY, Base, Guard, Searchable, Timed, owner_indexes
from crm_desktop.models.organisation import Employee
from crm_desktop.models.platform import DictionaryEntry

_CHOICE = "crm.dictionary_entry.id"
_LISTED = (
    "type_id", "life_cycle_id", "level_id", "industry_id", "source_id", "region_id", "is_do_not_contact",
    "registered_on", "last_contact_at", "total_amount",
)  # fmt: skip
"""A tenth of a customer's row: who sees a million of them filters and groups by these in a fraction of the time."""


class Customer(Searchable, Timed, Base):
    """A company or person we sell to, or hope to."""

    __tablename__ = "customer"
    __table_args__ = (
        *owner_indexes("customer", *_LISTED),
        Index("customer_name_core_idx", "name_core"),
        Index("customer_owner_contact_idx", "owner_id", "last_contact_at"),
        {"comment": "Customers", "info": {POLICY: Guard(rule="owned", entity="customer", owner_column="owner_id")}},
    )
    order = "sort_key"

    code: Mapped[str] = mapped_column(
        String(40),
        unique=True,
        server_default=text("crm.next_number('customer')"),
        comment="Number the firm files it under",
    )
    name: Mapped[str] = mapped_column(String(200))
    name_core: Mapped[str] = mapped_column(
        String(200), server_default="", comment="Name without legal form, for matching"
    )
    short_name: Mapped[str | None] = mapped_column(String(100))
    type_id: Mapped[int | None] = mapped_column(
        ForeignKey(_CHOICE), info={"dictionary": "customer_type", "default": "direct"}
    )
    life_cycle_id: Mapped[int | None] = mapped_column(
        ForeignKey(_CHOICE), info={"dictionary": "life_cycle", "default": "potential"}
    )
    level_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "level"})
    industry_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "industry"})
    source_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "source"})
    region_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "region"})
    owner_id: Mapped[int] = mapped_column(ForeignKey("crm.employee.id"), server_default=text("crm.me()"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("crm.customer.id", ondelete="SET NULL"), index=True)

    phones: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", info={"kind": "phones"})
    fax: Mapped[str | None] = mapped_column(String(60))
    email: Mapped[str | None] = mapped_column(String(200), info={"kind": "email"})
    website: Mapped[str | None] = mapped_column(String(200), info={"kind": "website"})
    address: Mapped[str | None] = mapped_column(String(300))
    postcode: Mapped[str | None] = mapped_column(String(20))
    delivery_address: Mapped[str | None] = mapped_column(String(300))
    preferred_channel_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "channel"})
    is_do_not_contact: Mapped[bool] = mapped_column(server_default=text("false"))

    invoice_title: Mapped[str | None] = mapped_column(String(200))
    tax_no: Mapped[str | None] = mapped_column(String(40), index=True)
    bank_name: Mapped[str | None] = mapped_column(String(100))
    bank_account: Mapped[str | None] = mapped_column(String(60))
    invoice_address: Mapped[str | None] = mapped_column(String(300))
    invoice_phone: Mapped[str | None] = mapped_column(String(60))

    employee_count: Mapped[int | None] = mapped_column(Integer, info={"least": 0})
    annual_revenue: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    founded_on: Mapped[datetime.date | None]
    registered_on: Mapped[datetime.date | None] = mapped_column(server_default=text("current_date"))
    first_deal_on: Mapped[datetime.date | None]
    total_amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 2), comment="Turnover so far, in yuan")
    interests: Mapped[str | None] = mapped_column(String(300))
    anniversary: Mapped[str | None] = mapped_column(String(10), info={"kind": "birthday"})
    anniversary_name: Mapped[str | None] = mapped_column(String(100))
    remark: Mapped[str | None] = mapped_column(Text)
    last_contact_at: Mapped[datetime.datetime | None] = mapped_column(
        TIMESTAMP(timezone=True), comment="Latest activity; kept by trigger"
    )

    type: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[type_id])
    life_cycle: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[life_cycle_id])
    level: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[level_id])
    industry: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[industry_id])
    source: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[source_id])
    region: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[region_id])
    preferred_channel: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[preferred_channel_id])
    owner: Mapped[Employee] = relationship(foreign_keys=[owner_id])
    parent: Mapped[Customer | None] = relationship(remote_side="Customer.id", foreign_keys=[parent_id])
    contacts: Mapped[list[Contact]] = relationship(back_populates="customer", passive_deletes="all")


class Contact(Searchable, Timed, Base):
    """A person at a customer."""

    __tablename__ = "contact"
    __table_args__ = (
        *owner_indexes("contact", "customer_id"),
        CheckConstraint(r"birthday ~ '^(\d{4}|-)-\d\d-\d\d$'", name="birthday"),
        {
            "comment": "People at customers",
            "info": {
                POLICY: Guard(
                    rule="owned",
                    entity="contact",
                    owner_column="owner_id",
                    parent_column="customer_id",
                    parent_table="customer",
                )
            },
        },
    )
    order = "sort_key"

    customer_id: Mapped[int] = mapped_column(ForeignKey("crm.customer.id", ondelete="CASCADE"), index=True)
    owner_id: Mapped[int] = mapped_column(
        ForeignKey("crm.employee.id"), server_default=text("0"), comment="The customer's owner; kept by trigger"
    )
    name: Mapped[str] = mapped_column(String(100))
    is_main: Mapped[bool] = mapped_column(server_default=text("false"))
    title: Mapped[str | None] = mapped_column(String(100), comment="Position")
    department_name: Mapped[str | None] = mapped_column(String(100))
    role_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "contact_role"})
    superior_id: Mapped[int | None] = mapped_column(ForeignKey("crm.contact.id", ondelete="SET NULL"), index=True)
    phones: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", info={"kind": "phones"})
    fax: Mapped[str | None] = mapped_column(String(60))
    email: Mapped[str | None] = mapped_column(String(200), info={"kind": "email"})
    address: Mapped[str | None] = mapped_column(String(300))
    birthday: Mapped[str | None] = mapped_column(
        String(10), info={"kind": "birthday"}, comment="YYYY-MM-DD, or --MM-DD where the year is unknown"
    )
    is_birthday_lunar: Mapped[bool] = mapped_column(server_default=text("false"))
    hobbies: Mapped[str | None] = mapped_column(String(300))
    has_left: Mapped[bool] = mapped_column(server_default=text("false"))
    remark: Mapped[str | None] = mapped_column(Text)

    customer: Mapped[Customer] = relationship(back_populates="contacts", foreign_keys=[customer_id])
    owner: Mapped[Employee] = relationship(foreign_keys=[owner_id])
    role: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[role_id])
    superior: Mapped[Contact | None] = relationship(remote_side="Contact.id", foreign_keys=[superior_id])


class ContactRelation(Timed, Base):
    """How two contacts know each other."""

    __tablename__ = "contact_relation"
    __table_args__ = (
        CheckConstraint("contact_id <> other_id", name="different"),
        {
            "comment": "Relations between contacts",
            "info": {
                POLICY: Guard(
                    rule="owned",
                    entity="contact_relation",
                    owner_column="owner_id",
                    parent_column="contact_id",
                    parent_table="contact",
                )
            },
        },
    )

    contact_id: Mapped[int] = mapped_column(ForeignKey("crm.contact.id", ondelete="CASCADE"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("crm.contact.id", ondelete="CASCADE"), index=True)
    owner_id: Mapped[int] = mapped_column(
        ForeignKey("crm.employee.id"),
        server_default=text("0"),
        index=True,
        comment="The contact's owner; kept by trigger",
    )
    kind_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "contact_relation"})
    remark: Mapped[str | None] = mapped_column(String(300))

    contact: Mapped[Contact] = relationship(foreign_keys=[contact_id])
    other: Mapped[Contact] = relationship(foreign_keys=[other_id])
    kind: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[kind_id])
