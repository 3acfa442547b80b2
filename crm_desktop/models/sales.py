"""How we sell: processes with their stages, and opportunities with what belongs to them."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    String,
    Text,
    case,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from crm_desktop.models.base import KEPT, POLICY, Base, Guard, Searchable, Timed, owner_indexes
from crm_desktop.models.catalog import Product
from crm_desktop.models.organisation import Employee
from crm_desktop.models.parties import Contact, Customer
from crm_desktop.models.platform import DictionaryEntry

_CHOICE = "crm.dictionary_entry.id"
_OPEN = "crm.choice('outcome', 'open')"
_OWNER = "The opportunity's owner; kept by trigger"


class SalesProcess(Timed, Base):
    """One way of selling, such as projects or spare parts."""

    __tablename__ = "sales_process"
    __table_args__ = (
        Index("sales_process_default_key", "is_default", unique=True, postgresql_where=text("is_default")),
        {"comment": "Sales processes", "info": {POLICY: Guard(rule="common", entity="sales_process")}},
    )
    display = ("name", "name_en")
    order = "sort_order"

    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(100), comment="Null: the name serves in English too")
    is_default: Mapped[bool] = mapped_column(server_default=text("false"), comment="New opportunities begin in it")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    sort_order: Mapped[int] = mapped_column(SmallInteger, server_default="0")


def _with_process(process_id: Any, process: Any, stage: Any) -> Any:
    """What a stage is called where those of several processes stand together."""
    of = select(case((SalesProcess.is_default, ""), else_=func.concat(process, " · ")))
    of = of.where(SalesProcess.id == process_id).correlate_except(SalesProcess)
    return column_property(func.concat(of.scalar_subquery(), stage), deferred=True)


class SalesStage(Timed, Base):
    """A stage of a process; the last ones end it."""

    __tablename__ = "sales_stage"
    __table_args__ = (
        CheckConstraint("probability between 0 and 100", name="probability"),
        CheckConstraint("days_allowed between 0 and 3650", name="days_allowed"),
        Index("sales_stage_order_idx", "process_id", "sort_order", "id"),
        {"comment": "Stages of the sales processes", "info": {POLICY: Guard(rule="common", entity="sales_process")}},
    )
    display = ("name", "name_en")
    order = "place"

    process_id: Mapped[int] = mapped_column(ForeignKey("crm.sales_process.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(100), comment="Null: the name serves in English too")
    sort_order: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    outcome_id: Mapped[int] = mapped_column(
        ForeignKey(_CHOICE),
        server_default=text(_OPEN),
        info={"dictionary": "outcome", "default": "open"},
        comment="What it means for an opportunity to be there: it is open, won, lost or closed",
    )
    probability: Mapped[int] = mapped_column(
        SmallInteger, server_default="0", info={"kind": "percent"}, comment="Of winning, in percent"
    )
    days_allowed: Mapped[int | None] = mapped_column(
        SmallInteger, info={"least": 0}, comment="Longer than this it counts as stalled"
    )
    category_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "forecast_category"})
    checklist: Mapped[str | None] = mapped_column(Text, comment="What is to be done in this stage, a line each")
    required_fields: Mapped[list[str]] = mapped_column(
        ARRAY(Text),
        server_default="{}",
        info={"kind": "fields"},
        comment="Fields of the opportunity that must be filled in to enter it",
    )

    tone: Mapped[str | None] = column_property(
        select(DictionaryEntry.tone)
        .where(DictionaryEntry.id == outcome_id)
        .correlate_except(DictionaryEntry)
        .scalar_subquery(),
        deferred=True,
    )
    """Of what it means: stages are shown in that colour."""
    place: Mapped[int] = column_property(process_id * 100_000 + sort_order, deferred=True)
    """Process by process."""
    full_name: Mapped[str] = _with_process(process_id, SalesProcess.name, name)
    full_name_en: Mapped[str] = _with_process(
        process_id, func.coalesce(SalesProcess.name_en, SalesProcess.name), func.coalesce(name_en, name)
    )

    process: Mapped[SalesProcess] = relationship(foreign_keys=[process_id])
    category: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[category_id])
    outcome: Mapped[DictionaryEntry] = relationship(foreign_keys=[outcome_id])


class Opportunity(Searchable, Timed, Base):
    """A deal we hope to make. Whoever sees all of a customer's owner sees his customers' opportunities too."""

    __tablename__ = "opportunity"
    __table_args__ = (
        *owner_indexes("opportunity"),
        CheckConstraint("probability between 0 and 100", name="probability"),
        Index("opportunity_customer_idx", "customer_id", "id"),
        Index("opportunity_stage_idx", "stage_id", "id"),
        Index("opportunity_outcome_idx", "outcome_id", "owner_id", "closed_on"),
        Index(
            "opportunity_along_idx", "customer_owner_id", "id",
            postgresql_where=text("customer_owner_id <> owner_id"),
        ),
        {
            "comment": "Opportunities",
            "info": {
                POLICY: Guard(
                    rule="owned",
                    entity="opportunity",
                    owner_column="owner_id",
                    along_column="customer_id",
                    along_table="customer",
                    along_owner_column="customer_owner_id",
                )
            },
        },
    )  # fmt: skip
    order = "sort_key"

    code: Mapped[str] = mapped_column(String(40), unique=True, server_default=text("crm.next_number('opportunity')"))
    name: Mapped[str] = mapped_column(String(200))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("crm.customer.id"))
    customer_owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("crm.employee.id"), info=KEPT, comment="The customer's owner; kept by trigger"
    )
    owner_id: Mapped[int] = mapped_column(ForeignKey("crm.employee.id"), server_default=text("crm.me()"))
    stage_id: Mapped[int] = mapped_column(
        ForeignKey("crm.sales_stage.id"), server_default=text("crm.first_sales_stage()")
    )
    outcome_id: Mapped[int] = mapped_column(
        ForeignKey(_CHOICE),
        server_default=text(_OPEN),
        info={"dictionary": "outcome", **KEPT},
        comment="The stage's; kept by trigger",
    )
    stage_since: Mapped[datetime.datetime] = mapped_column(
        TIMESTAMP(timezone=True),
        server_default=text("now()"),
        info=KEPT,
        comment="When it entered its stage; kept by trigger",
    )
    stalls_on: Mapped[datetime.date | None] = mapped_column(
        info=KEPT, comment="From then on it counts as stalled: longer in its stage than that allows; kept by trigger"
    )
    stage_note: Mapped[str | None] = mapped_column(String(300), comment="Why it went there; kept with the stage")
    checked: Mapped[list[str]] = mapped_column(
        ARRAY(Text),
        server_default="{}",
        info={"kind": "texts"},
        comment="Lines of the stage's checklist that are done; empty when it enters another stage",
    )
    probability: Mapped[int | None] = mapped_column(
        SmallInteger,
        info={"kind": "percent"},
        comment="Of winning, in percent; that of the stage until somebody knows better",
    )
    category_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "forecast_category"})
    amount: Mapped[Decimal | None] = mapped_column(
        Numeric(18, 2), info={"least": 0}, comment="Expected, then agreed, in yuan"
    )
    weighted_amount: Mapped[Decimal | None] = mapped_column(
        Numeric(18, 2), info=KEPT, comment="By its probability; kept by trigger"
    )
    opened_on: Mapped[datetime.date] = mapped_column(server_default=text("current_date"))
    expected_on: Mapped[datetime.date | None] = mapped_column(comment="When we expect to win it")
    closed_on: Mapped[datetime.date | None] = mapped_column(comment="When it was won, lost or closed")
    source_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "source"})
    next_step: Mapped[str | None] = mapped_column(String(300))
    next_on: Mapped[datetime.date | None]
    need: Mapped[str | None] = mapped_column(Text, comment="What the customer wants to solve")
    strengths: Mapped[str | None] = mapped_column(Text)
    weaknesses: Mapped[str | None] = mapped_column(Text)
    chances: Mapped[str | None] = mapped_column(Text)
    threats: Mapped[str | None] = mapped_column(Text)
    reason_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "close_reason"})
    competitor: Mapped[str | None] = mapped_column(String(200), comment="Who else was asked, or got it")
    summary: Mapped[str | None] = mapped_column(Text, comment="What we learned when it was over")
    remark: Mapped[str | None] = mapped_column(Text)

    customer: Mapped[Customer | None] = relationship(foreign_keys=[customer_id])
    owner: Mapped[Employee] = relationship(foreign_keys=[owner_id])
    stage: Mapped[SalesStage] = relationship(foreign_keys=[stage_id])
    outcome: Mapped[DictionaryEntry] = relationship(foreign_keys=[outcome_id])
    category: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[category_id])
    source: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[source_id])
    reason: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[reason_id])


def _part(entity: str, editable: tuple[str, ...] | None = None) -> Guard:
    return Guard(
        rule="owned",
        entity=entity,
        owner_column="owner_id",
        parent_column="opportunity_id",
        parent_table="opportunity",
        editable=editable,
    )


class OpportunityContact(Timed, Base):
    """What part somebody plays in a decision."""

    __tablename__ = "opportunity_contact"
    __table_args__ = (
        Index("opportunity_contact_key", "opportunity_id", "contact_id", unique=True),
        {"comment": "Contacts of opportunities", "info": {POLICY: _part("opportunity_contact")}},
    )

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("crm.opportunity.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(
        ForeignKey("crm.employee.id"), server_default=text("0"), index=True, comment=_OWNER
    )
    contact_id: Mapped[int] = mapped_column(ForeignKey("crm.contact.id", ondelete="CASCADE"), index=True)
    role_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "contact_role"})
    remark: Mapped[str | None] = mapped_column(String(300))

    opportunity: Mapped[Opportunity] = relationship(foreign_keys=[opportunity_id])
    contact: Mapped[Contact] = relationship(foreign_keys=[contact_id])
    role: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[role_id])


class OpportunityLine(Timed, Base):
    """A product the deal is about."""

    __tablename__ = "opportunity_line"
    __table_args__ = (
        Index("opportunity_line_opportunity_idx", "opportunity_id", "id"),
        {"comment": "Products of opportunities", "info": {POLICY: _part("opportunity_line")}},
    )

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("crm.opportunity.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(
        ForeignKey("crm.employee.id"), server_default=text("0"), index=True, comment=_OWNER
    )
    product_id: Mapped[int] = mapped_column(ForeignKey("crm.product.id"), index=True)
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3), server_default="1", info={"kind": "number", "least": 0})
    unit_price: Mapped[Decimal | None] = mapped_column(
        Numeric(18, 2), comment="In yuan; the product's list price where nothing was said"
    )
    amount: Mapped[Decimal | None] = mapped_column(
        Numeric(18, 2), info=KEPT, comment="Quantity by price; kept by trigger"
    )
    remark: Mapped[str | None] = mapped_column(String(300))

    opportunity: Mapped[Opportunity] = relationship(foreign_keys=[opportunity_id])
    product: Mapped[Product] = relationship(foreign_keys=[product_id])


class OpportunityStay(Base):
    """When an opportunity entered a stage, which it left when it entered the next. Written by trigger alone."""

    __tablename__ = "opportunity_stay"
    __table_args__ = (
        Index("opportunity_stay_opportunity_idx", "opportunity_id", "entered_at"),
        Index("opportunity_stay_mover_idx", "moved_by_id", "entered_at"),
        {"comment": "Stages that opportunities went through", "info": {POLICY: _part("opportunity_stay", editable=())}},
    )
    order = "entered_at"

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("crm.opportunity.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(
        ForeignKey("crm.employee.id"), server_default=text("0"), index=True, comment=_OWNER
    )
    stage_id: Mapped[int] = mapped_column(ForeignKey("crm.sales_stage.id"), index=True)
    entered_at: Mapped[datetime.datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
    moved_by_id: Mapped[int | None] = mapped_column(ForeignKey("crm.employee.id"), server_default=text("crm.me()"))
    note: Mapped[str | None] = mapped_column(String(300), comment="Why it went there")

    opportunity: Mapped[Opportunity] = relationship(foreign_keys=[opportunity_id])
    stage: Mapped[SalesStage] = relationship(foreign_keys=[stage_id])
    moved_by: Mapped[Employee | None] = relationship(foreign_keys=[moved_by_id])


class OpportunitySnapshot(Base):
    """An open opportunity as it was at the beginning of a week. Whoever sees the opportunity sees it."""

    __tablename__ = "opportunity_snapshot"
    __table_args__ = (
        Index("opportunity_snapshot_key", "week", "opportunity_id", unique=True),
        Index("opportunity_snapshot_opportunity_idx", "opportunity_id"),
        {"comment": "Open opportunities week by week", "info": {POLICY: Guard(rule="closed", entity="opportunity")}},
    )

    week: Mapped[datetime.date] = mapped_column(comment="Its Monday")
    opportunity_id: Mapped[int] = mapped_column(BigInteger, comment="No key: an undo may bring the opportunity back")
    stage_id: Mapped[int] = mapped_column(BigInteger)
    category_id: Mapped[int | None] = mapped_column(BigInteger)
    amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 2), comment="In yuan")
    weighted_amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    expected_on: Mapped[datetime.date | None]
