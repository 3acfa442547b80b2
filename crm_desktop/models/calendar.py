"""What is to happen when: events with who takes part, and the rooms and cars they take."""

from __future__ import annotations

import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, INT8RANGE, TIMESTAMP, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_desktop.models.base import KEPT, POLICY, Base, Guard, Timed, gram_index
from crm_desktop.models.organisation import Employee
from crm_desktop.models.parties import Contact, Customer
from crm_desktop.models.platform import DictionaryEntry
from crm_desktop.models.sales import Opportunity
from crm_desktop.models.service import ServiceRequest

_CHOICE = "crm.dictionary_entry.id"
_MOMENT = TIMESTAMP(timezone=True)


class Resource(Timed, Base):
    """A room, a car or a device that events take; one event at a time has it."""

    __tablename__ = "resource"
    __table_args__ = {
        "comment": "Rooms, cars and devices that are booked",
        "info": {POLICY: Guard(rule="common", entity="resource")},
    }
    display = ("name", "name_en")
    order = "sort_order"

    name: Mapped[str] = mapped_column(String(100), unique=True)
    name_en: Mapped[str | None] = mapped_column(String(100), comment="Null: the name serves in English too")
    kind_id: Mapped[int | None] = mapped_column(
        ForeignKey(_CHOICE), info={"dictionary": "resource_kind", "default": "room"}
    )
    seats: Mapped[int | None] = mapped_column(SmallInteger, info={"least": 0}, comment="For how many people")
    place: Mapped[str | None] = mapped_column(String(200), comment="Where it is")
    remark: Mapped[str | None] = mapped_column(String(300))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), comment="False: no longer to be booked")
    sort_order: Mapped[int] = mapped_column(SmallInteger, server_default="0")

    kind: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[kind_id])


class Event(Timed, Base):
    """Something with a beginning and an end, once or by a rule. Everybody sees when somebody is busy; the words are
    for whom its organiser is in reach of, and for who takes part; of a private one only for those two.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_at"),
        CheckConstraint("departed_at >= arrived_at", name="departed_at"),
        Index("event_reader_time_idx", "reader_id", "starts_at", "id"),
        Index("event_time_reader_idx", "starts_at", "id", postgresql_include=["reader_id"]),
        Index("event_customer_idx", "customer_id", "starts_at"),
        Index("event_opportunity_idx", "opportunity_id", postgresql_where=text("opportunity_id is not null")),
        Index("event_contact_idx", "contact_id", postgresql_where=text("contact_id is not null")),
        Index("event_series_idx", "series_id", "original_at", postgresql_where=text("series_id is not null")),
        Index("event_uid_idx", "uid", postgresql_where=text("uid is not null")),
        Index("event_request_idx", "request_id", postgresql_where=text("request_id is not null")),
        Index("event_rule_idx", "id", postgresql_where=text("rule is not null")),
        Index("event_along_idx", "customer_owner_id", "id", postgresql_where=text("customer_owner_id <> reader_id")),
        gram_index("event", "crm.owned_pieces(subject, reader_id)"),
        {
            "comment": "What is to happen when",
            "info": {
                POLICY: Guard(
                    rule="owned",
                    entity="event",
                    owner_column="owner_id",
                    reader_column="reader_id",
                    along_column="customer_id",
                    along_table="customer",
                    along_owner_column="customer_owner_id",
                )
            },
        },
    )
    display = ("subject", "subject")
    order = "starts_at"

    subject: Mapped[str] = mapped_column(String(300))
    kind_id: Mapped[int | None] = mapped_column(
        ForeignKey(_CHOICE), info={"dictionary": "event_kind", "default": "meeting"}
    )
    category_id: Mapped[int | None] = mapped_column(
        ForeignKey(_CHOICE), info={"dictionary": "event_category"}, comment="Its colour in the calendar"
    )
    owner_id: Mapped[int] = mapped_column(ForeignKey("crm.employee.id"), server_default=text("crm.me()"), index=True)
    reader_id: Mapped[int] = mapped_column(
        BigInteger,
        server_default="0",
        info=KEPT,
        comment="Who reaches the owner reads it; minus the owner where it is private: himself. Kept by trigger",
    )
    starts_at: Mapped[datetime.datetime] = mapped_column(_MOMENT, info={"hours_ahead": 0})
    ends_at: Mapped[datetime.datetime] = mapped_column(
        _MOMENT, info={"hours_ahead": 1}, comment="The first moment after it"
    )
    is_all_day: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="From midnight to midnight, of one day or several"
    )
    place: Mapped[str | None] = mapped_column(String(200))
    is_private: Mapped[bool] = mapped_column(server_default=text("false"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("crm.customer.id", ondelete="SET NULL"))
    customer_owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("crm.employee.id"), info=KEPT, comment="The customer's owner; kept by trigger"
    )
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("crm.contact.id", ondelete="SET NULL"))
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("crm.opportunity.id", ondelete="SET NULL"))
    request_id: Mapped[int | None] = mapped_column(
        ForeignKey("crm.service_request.id", ondelete="SET NULL"), comment="Of a visit: what it is for"
    )
    description: Mapped[str | None] = mapped_column(Text)
    rule: Mapped[str | None] = mapped_column(
        String(300), info={"kind": "rule"}, comment="RRULE of RFC 5545, where it repeats"
    )
    exceptions: Mapped[list[datetime.datetime]] = mapped_column(
        ARRAY(_MOMENT), server_default="{}", comment="EXDATE: when the rule does not hold"
    )
    additions: Mapped[list[datetime.datetime]] = mapped_column(
        ARRAY(_MOMENT), server_default="{}", comment="RDATE: when it begins beside the rule"
    )
    occurs_at: Mapped[list[datetime.datetime] | None] = mapped_column(
        ARRAY(_MOMENT),
        comment="When the rule lets it begin, as far ahead as was worked out; null where there is no rule",
    )
    series_id: Mapped[int | None] = mapped_column(
        ForeignKey("crm.event.id", ondelete="CASCADE"), comment="Of which series this is one changed occurrence"
    )
    original_at: Mapped[datetime.datetime | None] = mapped_column(
        _MOMENT, comment="When the rule of its series had it begin"
    )
    arrived_at: Mapped[datetime.datetime | None] = mapped_column(_MOMENT)
    departed_at: Mapped[datetime.datetime | None] = mapped_column(_MOMENT)
    outcome: Mapped[str | None] = mapped_column(String(300), comment="What came of it")
    uid: Mapped[str | None] = mapped_column(String(255), comment="UID of RFC 5545, where it came from elsewhere")

    kind: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[kind_id])
    category: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[category_id])
    owner: Mapped[Employee] = relationship(foreign_keys=[owner_id])
    customer: Mapped[Customer | None] = relationship(foreign_keys=[customer_id])
    contact: Mapped[Contact | None] = relationship(foreign_keys=[contact_id])
    opportunity: Mapped[Opportunity | None] = relationship(foreign_keys=[opportunity_id])
    request: Mapped[ServiceRequest | None] = relationship(foreign_keys=[request_id])


def _part(entity: str, editable: tuple[str, ...]) -> Guard:
    return Guard(
        rule="owned",
        entity=entity,
        owner_column="owner_id",
        parent_column="event_id",
        parent_table="event",
        editable=editable,
    )


class EventParticipant(Timed, Base):
    """Somebody who is asked to an event, and what he answered."""

    __tablename__ = "event_participant"
    __table_args__ = (
        Index("event_participant_key", "event_id", "employee_id", unique=True),
        Index("event_participant_employee_idx", "employee_id", "answer_id", postgresql_include=["event_id"]),
        {"comment": "Who takes part in events", "info": {POLICY: _part("event_participant", ("answer_id",))}},
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("crm.event.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(
        BigInteger, server_default=text("0"), index=True, comment="The event's reader_id; kept by trigger"
    )
    employee_id: Mapped[int] = mapped_column(ForeignKey("crm.employee.id"))
    answer_id: Mapped[int] = mapped_column(
        ForeignKey(_CHOICE),
        server_default=text("crm.choice('event_answer', 'invited')"),
        info={"dictionary": "event_answer", "default": "invited"},
    )

    event: Mapped[Event] = relationship(foreign_keys=[event_id])
    employee: Mapped[Employee] = relationship(foreign_keys=[employee_id])
    answer: Mapped[DictionaryEntry] = relationship(foreign_keys=[answer_id])


class EventResource(Timed, Base):
    """A room or car that an event takes."""

    __tablename__ = "event_resource"
    __table_args__ = (
        Index("event_resource_key", "event_id", "resource_id", unique=True),
        {"comment": "What events take", "info": {POLICY: _part("event_resource", ("resource_id",))}},
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("crm.event.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(
        BigInteger, server_default=text("0"), index=True, comment="The event's reader_id; kept by trigger"
    )
    resource_id: Mapped[int] = mapped_column(ForeignKey("crm.resource.id"), index=True)

    event: Mapped[Event] = relationship(foreign_keys=[event_id])
    resource: Mapped[Resource] = relationship(foreign_keys=[resource_id])


class EventOccurrence(Base):
    """When an event occupies somebody or something: a row for each time and each of them. Triggers alone write it.

    ``slot`` is the time in seconds, moved to where no other has his: so one range says who and when, which an index of
    ranges finds and keeps apart without any extension.
    """

    __tablename__ = "event_occurrence"
    __table_args__ = (
        CheckConstraint("num_nonnulls(employee_id, resource_id) = 1", name="one"),
        Index("event_occurrence_event_idx", "event_id"),
        Index(
            "event_occurrence_employee_idx", "slot",
            postgresql_using="gist", postgresql_where=text("employee_id is not null"),
        ),
        ExcludeConstraint(
            ("slot", "&&"),
            name="event_occurrence_booked_once",
            using="gist",
            where=text("resource_id is not null"),
        ),
        {"comment": "When events occupy people and resources", "info": {POLICY: Guard(rule="closed", entity="event")}},
    )  # fmt: skip

    event_id: Mapped[int] = mapped_column(ForeignKey("crm.event.id", ondelete="CASCADE"))
    employee_id: Mapped[int | None] = mapped_column(ForeignKey("crm.employee.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("crm.resource.id"))
    starts_at: Mapped[datetime.datetime] = mapped_column(_MOMENT)
    ends_at: Mapped[datetime.datetime] = mapped_column(_MOMENT)
    slot: Mapped[Range[int]] = mapped_column(INT8RANGE)
