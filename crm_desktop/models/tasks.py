"""What somebody is to do until when: tasks, given by others or by oneself."""

from __future__ import annotations

import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_desktop.models.base import KEPT, POLICY, Base, Guard, Timed, gram_index
from crm_desktop.models.leads import Lead
from crm_desktop.models.organisation import Employee
from crm_desktop.models.parties import Contact, Customer
from crm_desktop.models.platform import DictionaryEntry
from crm_desktop.models.sales import Opportunity
from crm_desktop.models.service import ServiceRequest

_CHOICE = "crm.dictionary_entry.id"
_EMPLOYEE = "crm.employee.id"
_MOMENT = TIMESTAMP(timezone=True)


class Task(Timed, Base):
    """Its owner is who does it. Who gave it sees it, and may change all but whose it is."""

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("progress between 0 and 100", name="progress"),
        CheckConstraint("due_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'", name="due_time"),
        Index("task_owner_state_idx", "owner_id", "state_id", "due_on"),
        Index("task_due_owner_idx", "due_on", "id", postgresql_include=["owner_id"]),
        Index("task_due_at_idx", "due_at", "owner_id", postgresql_where=text("due_at is not null")),
        Index("task_customer_idx", "customer_id", "due_on"),
        Index("task_contact_idx", "contact_id", postgresql_where=text("contact_id is not null")),
        Index("task_opportunity_idx", "opportunity_id", postgresql_where=text("opportunity_id is not null")),
        Index("task_lead_idx", "lead_id", postgresql_where=text("lead_id is not null")),
        Index("task_request_idx", "request_id", postgresql_where=text("request_id is not null")),
        Index("task_given_idx", "given_by_id", "id", postgresql_where=text("given_by_id <> owner_id")),
        Index("task_along_idx", "customer_owner_id", "id", postgresql_where=text("customer_owner_id <> owner_id")),
        gram_index("task", "crm.owned_pieces(subject, owner_id)"),
        {
            "comment": "Tasks",
            "info": {
                POLICY: Guard(
                    rule="owned",
                    entity="task",
                    owner_column="owner_id",
                    along_column="customer_id",
                    along_table="customer",
                    along_owner_column="customer_owner_id",
                    named_column="given_by_id",
                    named_may_write=True,
                )
            },
        },
    )
    display = ("subject", "subject")
    order = "due_on"

    subject: Mapped[str] = mapped_column(String(300))
    owner_id: Mapped[int] = mapped_column(ForeignKey(_EMPLOYEE), server_default=text("crm.me()"))
    given_by_id: Mapped[int | None] = mapped_column(
        ForeignKey(_EMPLOYEE), server_default=text("crm.me()"), info=KEPT, comment="Kept by trigger"
    )
    due_on: Mapped[datetime.date | None]
    due_time: Mapped[str | None] = mapped_column(
        String(5), info={"kind": "clock"}, comment="HH:MM, where the hour matters"
    )
    due_at: Mapped[datetime.datetime | None] = mapped_column(
        _MOMENT, info=KEPT, comment="Later than this it is overdue; null once it is over; kept by trigger"
    )
    priority_id: Mapped[int] = mapped_column(
        ForeignKey(_CHOICE),
        server_default=text("crm.choice('priority', 'normal')"),
        info={"dictionary": "priority", "default": "normal"},
    )
    state_id: Mapped[int] = mapped_column(
        ForeignKey(_CHOICE),
        server_default=text("crm.choice('task_state', 'open')"),
        info={"dictionary": "task_state", "default": "open"},
    )
    progress: Mapped[int] = mapped_column(
        SmallInteger,
        server_default="0",
        info={"kind": "percent"},
        comment="In percent; that of the checklist where there is one",
    )
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("crm.customer.id", ondelete="SET NULL"))
    customer_owner_id: Mapped[int | None] = mapped_column(
        ForeignKey(_EMPLOYEE), info=KEPT, comment="The customer's owner; kept by trigger"
    )
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("crm.contact.id", ondelete="SET NULL"))
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("crm.opportunity.id", ondelete="SET NULL"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("crm.lead.id", ondelete="SET NULL"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("crm.service_request.id", ondelete="SET NULL"))
    description: Mapped[str | None] = mapped_column(Text)
    checklist: Mapped[str | None] = mapped_column(Text, comment="What is to be done, a line each")
    checked: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default="{}", info={"kind": "texts"}, comment="Lines of the checklist that are done"
    )
    result: Mapped[str | None] = mapped_column(Text, comment="What its owner tells who gave it")
    rule: Mapped[str | None] = mapped_column(
        String(300), info={"kind": "rule"}, comment="RRULE of RFC 5545, where the next one follows when it is done"
    )
    follows_id: Mapped[int | None] = mapped_column(
        ForeignKey("crm.task.id", ondelete="SET NULL"),
        unique=True,
        info=KEPT,
        comment="After which one a rule made it; kept by trigger",
    )
    done_at: Mapped[datetime.datetime | None] = mapped_column(_MOMENT, info=KEPT, comment="Kept by trigger")
    told_at: Mapped[datetime.datetime] = mapped_column(
        _MOMENT,
        server_default=text("now()"),
        info=KEPT,
        comment="When it was done, else when it is due, else when it was made; kept by trigger",
    )

    owner: Mapped[Employee] = relationship(foreign_keys=[owner_id])
    given_by: Mapped[Employee | None] = relationship(foreign_keys=[given_by_id])
    priority: Mapped[DictionaryEntry] = relationship(foreign_keys=[priority_id])
    state: Mapped[DictionaryEntry] = relationship(foreign_keys=[state_id])
    customer: Mapped[Customer | None] = relationship(foreign_keys=[customer_id])
    contact: Mapped[Contact | None] = relationship(foreign_keys=[contact_id])
    opportunity: Mapped[Opportunity | None] = relationship(foreign_keys=[opportunity_id])
    lead: Mapped[Lead | None] = relationship(foreign_keys=[lead_id])
    request: Mapped[ServiceRequest | None] = relationship(foreign_keys=[request_id])
