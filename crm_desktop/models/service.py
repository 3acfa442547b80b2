"""The service desk: what customers own of ours, what they ask for, until when it is due, and the way it went."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    case,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from crm_desktop.models.base import KEPT, POLICY, Base, Guard, Searchable, Timed, owner_indexes
from crm_desktop.models.catalog import Product, ProductCategory
from crm_desktop.models.organisation import Employee
from crm_desktop.models.parties import Contact, Customer
from crm_desktop.models.platform import DictionaryEntry, choice_id

_CHOICE = "crm.dictionary_entry.id"
_MOMENT = TIMESTAMP(timezone=True)
_OWNER = "The record's owner; kept by trigger"
_TARGETS = ("kept", "missed", "paused", "breached", "soon", "on_time")


class InstalledProduct(Searchable, Timed, Base):
    """Something of ours, or of others, that stands at a customer's and is looked after by us."""

    __tablename__ = "installed_product"
    __table_args__ = (
        *owner_indexes("installed_product", "customer_id"),
        Index("installed_product_customer_idx", "customer_id", "id"),
        Index(
            "installed_product_maintenance_idx", "next_maintenance_on", "id",
            postgresql_where=text("maintenance_months is not null"),
        ),
        CheckConstraint("maintenance_months between 1 and 120", name="maintenance_months"),
        {
            "comment": "Products that customers own",
            "info": {
                POLICY: Guard(
                    rule="owned",
                    entity="installed_product",
                    owner_column="owner_id",
                    parent_column="customer_id",
                    parent_table="customer",
                )
            },
        },
    )  # fmt: skip
    display = ("serial", "serial")
    order = "sort_key"

    customer_id: Mapped[int] = mapped_column(ForeignKey("crm.customer.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(
        ForeignKey("crm.employee.id"), server_default=text("0"), comment="The customer's owner; kept by trigger"
    )
    product_id: Mapped[int | None] = mapped_column(ForeignKey("crm.product.id"), index=True)
    serial: Mapped[str] = mapped_column(String(100), comment="Or what else tells it from others of its kind")
    delivered_on: Mapped[datetime.date | None]
    warranty_until: Mapped[datetime.date | None]
    place: Mapped[str | None] = mapped_column(String(200), comment="Where it stands")
    maintenance_months: Mapped[int | None] = mapped_column(
        SmallInteger, comment="It is maintained every so many months; null: not by a plan"
    )
    next_maintenance_on: Mapped[datetime.date | None] = mapped_column(
        comment="A whole period from now where a plan begins and nothing was said"
    )
    remark: Mapped[str | None] = mapped_column(Text)

    customer: Mapped[Customer] = relationship(foreign_keys=[customer_id])
    product: Mapped[Product | None] = relationship(foreign_keys=[product_id])


class MaintenanceRequest(Base):
    """For which day of a maintenance plan which request was made. Written by ``crm.request_maintenance`` alone."""

    __tablename__ = "maintenance_request"
    __table_args__ = (
        UniqueConstraint("installed_product_id", "due_on"),
        Index("maintenance_request_request_idx", "request_id"),
        {
            "comment": "Service requests that maintenance plans made",
            "info": {POLICY: Guard(rule="closed", entity="installed_product")},
        },
    )

    installed_product_id: Mapped[int] = mapped_column(BigInteger, comment="No key: an undo may bring it back")
    due_on: Mapped[datetime.date]
    request_id: Mapped[int] = mapped_column(BigInteger, comment="No key either: a deleted one is not made again")


class ServiceTarget(Timed, Base):
    """Within how much working time a request of some priority is to be answered and solved."""

    __tablename__ = "service_target"
    __table_args__ = (
        CheckConstraint(
            "response_minutes > 0 and solution_minutes > 0 and warn_percent between 1 and 100", name="time"
        ),
        {"comment": "Targets of service requests", "info": {POLICY: Guard(rule="common", entity="service_target")}},
    )

    priority_id: Mapped[int] = mapped_column(ForeignKey(_CHOICE), unique=True, info={"dictionary": "priority"})
    response_minutes: Mapped[int] = mapped_column(comment="Working minutes until somebody has taken it up")
    solution_minutes: Mapped[int] = mapped_column(comment="Working minutes until it is solved")
    warn_percent: Mapped[int] = mapped_column(
        SmallInteger,
        server_default="75",
        info={"kind": "percent"},
        comment="It is about to be missed when so much of the time has gone",
    )

    priority: Mapped[DictionaryEntry] = relationship(foreign_keys=[priority_id])


class EmployeeSkill(Timed, Base):
    """What somebody can do at the desk: a kind of request for the products of a category and those below it."""

    __tablename__ = "employee_skill"
    __table_args__ = (
        UniqueConstraint("employee_id", "category_id", "type_id", postgresql_nulls_not_distinct=True),
        {"comment": "What employees can do", "info": {POLICY: Guard(rule="common", entity="employee_skill")}},
    )

    employee_id: Mapped[int] = mapped_column(ForeignKey("crm.employee.id", ondelete="CASCADE"))
    category_id: Mapped[int | None] = mapped_column(
        ForeignKey("crm.product_category.id"), index=True, comment="Null: any product"
    )
    type_id: Mapped[int | None] = mapped_column(
        ForeignKey(_CHOICE), info={"dictionary": "request_type"}, comment="Null: any kind of request"
    )

    employee: Mapped[Employee] = relationship(foreign_keys=[employee_id])
    category: Mapped[ProductCategory | None] = relationship(foreign_keys=[category_id])
    type: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[type_id])


def _target_now(*moments: Any) -> ColumnElement[int | None]:
    """The entry of what ``crm.target_state`` says; entries are looked up once a statement, not once a row."""
    state = func.crm.target_state(*moments)
    return case(*((state == code, choice_id("target_state", code)) for code in _TARGETS))


class ServiceRequest(Searchable, Timed, Base):
    """What a customer wants of us. Whoever sees all of a customer's owner sees his customers' requests too."""

    __tablename__ = "service_request"
    __table_args__ = (
        *owner_indexes("service_request"),
        CheckConstraint("hours >= 0", name="hours"),
        Index("service_request_customer_idx", "customer_id", "id"),
        Index("service_request_state_idx", "state_id", "id"),
        Index("service_request_reported_idx", "reported_at", "id"),
        Index(
            "service_request_open_idx", "owner_id", "id",
            postgresql_where=text("solved_at is null and closed_at is null"),
        ),
        Index(
            "service_request_solved_idx", "solved_at", "id", postgresql_where=text("solved_at is not null")
        ),
        Index("service_request_due_idx", "due_at", "id", postgresql_include=["owner_id"]),
        Index("service_request_waiting_idx", "id", postgresql_where=text("waiting_since is not null")),
        Index(
            "service_request_along_idx", "customer_owner_id", "id",
            postgresql_where=text("customer_owner_id <> owner_id"),
        ),
        {
            "comment": "Service requests",
            "info": {
                POLICY: Guard(
                    rule="owned",
                    entity="service_request",
                    owner_column="owner_id",
                    along_column="customer_id",
                    along_table="customer",
                    along_owner_column="customer_owner_id",
                )
            },
        },
    )  # fmt: skip
    display = ("subject", "subject")
    order = "sort_key"

    code: Mapped[str] = mapped_column(
        String(40), unique=True, server_default=text("crm.next_number('service_request')")
    )
    subject: Mapped[str] = mapped_column(String(200))
    customer_id: Mapped[int] = mapped_column(ForeignKey("crm.customer.id"))
    customer_owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("crm.employee.id"), info=KEPT, comment="The customer's owner; kept by trigger"
    )
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("crm.contact.id", ondelete="SET NULL"), index=True)
    installed_product_id: Mapped[int | None] = mapped_column(
        ForeignKey("crm.installed_product.id", ondelete="SET NULL"), index=True
    )
    product_id: Mapped[int | None] = mapped_column(
        ForeignKey("crm.product.id"), index=True, comment="That of the installed one where nothing was said"
    )
    type_id: Mapped[int] = mapped_column(
        ForeignKey(_CHOICE),
        server_default=text("crm.choice('request_type', 'request')"),
        info={"dictionary": "request_type", "default": "request"},
    )
    channel_id: Mapped[int | None] = mapped_column(
        ForeignKey(_CHOICE), info={"dictionary": "channel", "default": "phone"}
    )
    description: Mapped[str | None] = mapped_column(Text)
    severity_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "severity"})
    priority_id: Mapped[int] = mapped_column(
        ForeignKey(_CHOICE),
        server_default=text("crm.choice('priority', 'normal')"),
        info={"dictionary": "priority", "default": "normal"},
    )
    owner_id: Mapped[int] = mapped_column(
        ForeignKey("crm.employee.id"), server_default=text("crm.pool_owner()"), comment="Who does it"
    )
    state_id: Mapped[int] = mapped_column(
        ForeignKey(_CHOICE),
        server_default=text("crm.choice('request_state', 'new')"),
        info={"dictionary": "request_state", "default": "new"},
    )
    state_note: Mapped[str | None] = mapped_column(String(300), comment="Why it went there; kept with the state")
    state_since: Mapped[datetime.datetime] = mapped_column(_MOMENT, server_default=text("now()"), info=KEPT)
    reported_at: Mapped[datetime.datetime] = mapped_column(_MOMENT, server_default=text("now()"))
    responded_at: Mapped[datetime.datetime | None] = mapped_column(_MOMENT, comment="When somebody took it up")
    solved_at: Mapped[datetime.datetime | None] = mapped_column(_MOMENT)
    closed_at: Mapped[datetime.datetime | None] = mapped_column(_MOMENT)
    counted_from: Mapped[datetime.datetime] = mapped_column(
        _MOMENT, server_default=text("now()"), info=KEPT, comment="When it was reported or last opened again"
    )
    waiting_since: Mapped[datetime.datetime | None] = mapped_column(
        _MOMENT, info=KEPT, comment="Since when its targets are paused"
    )
    waited_minutes: Mapped[int] = mapped_column(
        server_default="0", info=KEPT, comment="Working minutes of pauses that are over"
    )
    response_due_at: Mapped[datetime.datetime | None] = mapped_column(_MOMENT, info=KEPT)
    solution_due_at: Mapped[datetime.datetime | None] = mapped_column(_MOMENT, info=KEPT)
    due_at: Mapped[datetime.datetime | None] = mapped_column(
        _MOMENT, info=KEPT, comment="The next of both; null while it waits and when it is over"
    )
    warn_at: Mapped[datetime.datetime | None] = mapped_column(
        _MOMENT, info=KEPT, comment="When that one is about to be missed"
    )
    was_late: Mapped[bool] = mapped_column(
        server_default=text("false"), info=KEPT, comment="Whether a target was ever missed"
    )
    times_reopened: Mapped[int] = mapped_column(SmallInteger, server_default="0", info=KEPT)
    cause_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "request_cause"})
    solution: Mapped[str | None] = mapped_column(Text)
    hours: Mapped[Decimal | None] = mapped_column(
        Numeric(7, 2), info={"kind": "number"}, comment="Hours of work spent on it"
    )
    revisited_at: Mapped[datetime.datetime | None] = mapped_column(_MOMENT, comment="When the customer was asked")
    satisfaction_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "satisfaction"})
    revisit_note: Mapped[str | None] = mapped_column(Text, comment="What the customer said of it")

    target: Mapped[int | None] = column_property(
        _target_now(due_at, warn_at, waiting_since, solved_at, was_late),
        deferred=True,
        info={"dictionary": "target_state", "target": DictionaryEntry},
    )
    """How it stands with its targets at this moment, as everywhere: ``crm.target_state`` decides."""

    customer: Mapped[Customer] = relationship(foreign_keys=[customer_id])
    contact: Mapped[Contact | None] = relationship(foreign_keys=[contact_id])
    installed_product: Mapped[InstalledProduct | None] = relationship(foreign_keys=[installed_product_id])
    product: Mapped[Product | None] = relationship(foreign_keys=[product_id])
    type: Mapped[DictionaryEntry] = relationship(foreign_keys=[type_id])
    channel: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[channel_id])
    severity: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[severity_id])
    priority: Mapped[DictionaryEntry] = relationship(foreign_keys=[priority_id])
    owner: Mapped[Employee] = relationship(foreign_keys=[owner_id])
    state: Mapped[DictionaryEntry] = relationship(foreign_keys=[state_id])
    cause: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[cause_id])
    satisfaction: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[satisfaction_id])


class RequestEscalation(Base):
    """That superiors were told of a late request. Written by ``crm.escalate_requests`` alone."""

    __tablename__ = "request_escalation"
    __table_args__ = (
        UniqueConstraint("request_id", "level"),
        {
            "comment": "What superiors were told of late requests",
            "info": {POLICY: Guard(rule="closed", entity="service_request")},
        },
    )

    request_id: Mapped[int] = mapped_column(BigInteger, comment="No key: an undo may bring the request back")
    level: Mapped[str] = mapped_column(String(20), comment="soon or breached, as crm.target_state says")


class ServiceStay(Base):
    """When a request entered a state or came to an engineer. Written by trigger alone."""

    __tablename__ = "service_stay"
    __table_args__ = (
        Index("service_stay_request_idx", "request_id", "entered_at"),
        Index("service_stay_mover_idx", "moved_by_id", "entered_at"),
        {
            "comment": "States that service requests went through",
            "info": {
                POLICY: Guard(
                    rule="owned",
                    entity="service_stay",
                    owner_column="owner_id",
                    parent_column="request_id",
                    parent_table="service_request",
                    editable=(),
                )
            },
        },
    )
    order = "entered_at"

    request_id: Mapped[int] = mapped_column(ForeignKey("crm.service_request.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(
        ForeignKey("crm.employee.id"), server_default=text("0"), index=True, comment=_OWNER
    )
    state_id: Mapped[int] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "request_state"})
    engineer_id: Mapped[int] = mapped_column(ForeignKey("crm.employee.id"), comment="Who had it then")
    entered_at: Mapped[datetime.datetime] = mapped_column(_MOMENT, server_default=text("now()"))
    moved_by_id: Mapped[int | None] = mapped_column(ForeignKey("crm.employee.id"), server_default=text("crm.me()"))
    note: Mapped[str | None] = mapped_column(String(300), comment="Why it went there")

    request: Mapped[ServiceRequest] = relationship(foreign_keys=[request_id])
    state: Mapped[DictionaryEntry] = relationship(foreign_keys=[state_id])
    engineer: Mapped[Employee] = relationship(foreign_keys=[engineer_id])
    moved_by: Mapped[Employee | None] = relationship(foreign_keys=[moved_by_id])
