"""Leads: somebody who might buy and is not a customer yet, and the rules by which leads are given to people."""

from __future__ import annotations

import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_desktop.models.base import KEPT, POLICY, Base, Guard, Searchable, Timed, owner_indexes
from crm_desktop.models.organisation import Employee
from crm_desktop.models.parties import Contact, Customer
from crm_desktop.models.platform import DictionaryEntry
from crm_desktop.models.sales import Opportunity

_CHOICE = "crm.dictionary_entry.id"
_EMPLOYEE = "crm.employee.id"


class Lead(Searchable, Timed, Base):
    """A first sign of interest. It ends as a customer with an opportunity, or is dropped."""

    __tablename__ = "lead"
    __table_args__ = (
        *owner_indexes("lead"),
        Index("lead_name_core_idx", "name_core"),
        Index("lead_customer_idx", "customer_id", "id"),
        Index("lead_state_idx", "state_id", "owner_id"),
        Index("lead_contact_id_idx", "contact_id"),
        Index("lead_opportunity_id_idx", "opportunity_id"),
        Index("lead_registered_idx", "registered_by_id", "id", postgresql_where=text("registered_by_id <> owner_id")),
        Index(
            "lead_along_idx", "customer_owner_id", "id",
            postgresql_where=text("customer_owner_id <> owner_id"),
        ),
        {
            "comment": "Leads",
            "info": {
                POLICY: Guard(
                    rule="owned",
                    entity="lead",
                    owner_column="owner_id",
                    along_column="customer_id",
                    along_table="customer",
                    along_owner_column="customer_owner_id",
                    named_column="registered_by_id",
                )
            },
        },
    )  # fmt: skip
    order = "sort_key"

    code: Mapped[str] = mapped_column(String(40), unique=True, server_default=text("crm.next_number('lead')"))
    name: Mapped[str] = mapped_column(String(200), comment="The company, or the person where there is none")
    name_core: Mapped[str] = mapped_column(
        String(200), server_default="", comment="Name without legal form, for matching"
    )
    contact_name: Mapped[str | None] = mapped_column(String(100))
    title: Mapped[str | None] = mapped_column(String(100), comment="Position of the contact")
    phones: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", info={"kind": "phones"})
    email: Mapped[str | None] = mapped_column(String(200), info={"kind": "email"})
    address: Mapped[str | None] = mapped_column(String(300))
    region_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "region"})
    industry_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "industry"})
    source_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "source"})
    need: Mapped[str | None] = mapped_column(Text, comment="What they asked for")
    state_id: Mapped[int] = mapped_column(
        ForeignKey(_CHOICE),
        server_default=text("crm.choice('lead_state', 'new')"),
        info={"dictionary": "lead_state", "default": "new"},
    )
    owner_id: Mapped[int] = mapped_column(ForeignKey(_EMPLOYEE), server_default=text("crm.me()"))
    registered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey(_EMPLOYEE), server_default=text("crm.me()"), info=KEPT, comment="Kept by trigger"
    )
    assigned_at: Mapped[datetime.datetime | None] = mapped_column(
        TIMESTAMP(timezone=True), info=KEPT, comment="When its owner got it; null in the pool; kept by trigger"
    )
    respond_by: Mapped[datetime.datetime | None] = mapped_column(
        TIMESTAMP(timezone=True),
        info=KEPT,
        comment="Until then its owner should first take care of it; null once he has; kept by trigger",
    )
    responded_at: Mapped[datetime.datetime | None] = mapped_column(
        TIMESTAMP(timezone=True), info=KEPT, comment="When somebody first took care of it; kept by trigger"
    )
    is_in_time: Mapped[bool | None] = mapped_column(
        info=KEPT, comment="Whether that was before it should have been; null before; kept by trigger"
    )
    last_contact_at: Mapped[datetime.datetime | None] = mapped_column(
        TIMESTAMP(timezone=True), info=KEPT, comment="Latest follow-up; kept by trigger"
    )
    recycled_at: Mapped[datetime.datetime | None] = mapped_column(
        TIMESTAMP(timezone=True), info=KEPT, comment="When it last fell back into the pool; kept by trigger"
    )
    next_step: Mapped[str | None] = mapped_column(String(300))
    next_on: Mapped[datetime.date | None]
    reason_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "drop_reason"})
    ended_at: Mapped[datetime.datetime | None] = mapped_column(
        TIMESTAMP(timezone=True), info=KEPT, comment="When it was converted or dropped; kept by trigger"
    )
    customer_id: Mapped[int | None] = mapped_column(
        ForeignKey("crm.customer.id", ondelete="SET NULL"), comment="Which it became, or whose it is"
    )
    customer_owner_id: Mapped[int | None] = mapped_column(
        ForeignKey(_EMPLOYEE), info=KEPT, comment="The customer's owner; kept by trigger"
    )
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("crm.contact.id", ondelete="SET NULL"))
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("crm.opportunity.id", ondelete="SET NULL"))
    remark: Mapped[str | None] = mapped_column(Text)

    region: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[region_id])
    industry: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[industry_id])
    source: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[source_id])
    state: Mapped[DictionaryEntry] = relationship(foreign_keys=[state_id])
    reason: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[reason_id])
    owner: Mapped[Employee] = relationship(foreign_keys=[owner_id])
    registered_by: Mapped[Employee | None] = relationship(foreign_keys=[registered_by_id])
    customer: Mapped[Customer | None] = relationship(foreign_keys=[customer_id])
    contact: Mapped[Contact | None] = relationship(foreign_keys=[contact_id])
    opportunity: Mapped[Opportunity | None] = relationship(foreign_keys=[opportunity_id])


class LeadFollowUp(Timed, Base):
    """What was done about a lead. The customer it becomes gets it as an activity."""

    __tablename__ = "lead_follow_up"
    __table_args__ = (
        Index("lead_follow_up_lead_idx", "lead_id", "happened_at"),
        {
            "comment": "What was done about leads",
            "info": {
                POLICY: Guard(
                    rule="owned",
                    entity="lead_follow_up",
                    owner_column="owner_id",
                    writer_column="done_by_id",
                    parent_column="lead_id",
                    parent_table="lead",
                )
            },
        },
    )
    display = ("subject", "subject")
    order = "happened_at"

    lead_id: Mapped[int] = mapped_column(ForeignKey("crm.lead.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(
        ForeignKey(_EMPLOYEE), server_default=text("0"), index=True, comment="The lead's owner; kept by trigger"
    )
    kind_id: Mapped[int | None] = mapped_column(
        ForeignKey(_CHOICE), info={"dictionary": "activity_kind", "default": "call"}
    )
    happened_at: Mapped[datetime.datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
    done_by_id: Mapped[int] = mapped_column(ForeignKey(_EMPLOYEE), index=True, server_default=text("crm.me()"))
    subject: Mapped[str] = mapped_column(String(300), comment="What it was about, in one line")
    details: Mapped[str | None] = mapped_column(Text)
    result: Mapped[str | None] = mapped_column(String(300))
    next_step: Mapped[str | None] = mapped_column(String(300))
    next_on: Mapped[datetime.date | None]

    lead: Mapped[Lead] = relationship(foreign_keys=[lead_id])
    owner: Mapped[Employee] = relationship(foreign_keys=[owner_id])
    kind: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[kind_id])
    done_by: Mapped[Employee] = relationship(foreign_keys=[done_by_id])


class LeadRule(Timed, Base):
    """Who gets new leads that nobody owns. The first rule that fits decides; what it leaves open fits everything."""

    __tablename__ = "lead_rule"
    __table_args__ = {
        "comment": "Rules that give leads to people",
        "info": {POLICY: Guard(rule="common", entity="lead_rule")},
    }
    order = "sort_order"

    name: Mapped[str] = mapped_column(String(100))
    sort_order: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    region_id: Mapped[int | None] = mapped_column(
        ForeignKey(_CHOICE), info={"dictionary": "region"}, comment="With what lies in it; null: any"
    )
    industry_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "industry"})
    source_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "source"})
    method_id: Mapped[int] = mapped_column(
        ForeignKey(_CHOICE),
        server_default=text("crm.choice('lead_method', 'round_robin')"),
        info={"dictionary": "lead_method", "default": "round_robin"},
    )

    region: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[region_id])
    industry: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[industry_id])
    source: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[source_id])
    method: Mapped[DictionaryEntry] = relationship(foreign_keys=[method_id])


class LeadRuleMember(Base):
    """Somebody to whom a rule gives leads."""

    __tablename__ = "lead_rule_member"
    __table_args__ = (
        Index("lead_rule_member_key", "rule_id", "employee_id", unique=True),
        {"comment": "Whom rules give leads to", "info": {POLICY: Guard(rule="common", entity="lead_rule")}},
    )

    rule_id: Mapped[int] = mapped_column(ForeignKey("crm.lead_rule.id", ondelete="CASCADE"))
    employee_id: Mapped[int] = mapped_column(ForeignKey(_EMPLOYEE), index=True)
    given_at: Mapped[datetime.datetime | None] = mapped_column(
        TIMESTAMP(timezone=True), info=KEPT, comment="When the rule last gave him one; kept by trigger"
    )

    rule: Mapped[LeadRule] = relationship(foreign_keys=[rule_id])
    employee: Mapped[Employee] = relationship(foreign_keys=[employee_id])
