"""What people tell each other past the records: messages with who got them, announcements with who has read them."""

from __future__ import annotations

import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_desktop.models.base import KEPT, POLICY, Base, Guard, Timed
from crm_desktop.models.organisation import Department, Employee

_EMPLOYEE = "crm.employee.id"


class Message(Base):
    """A person's copy of a message: each receiver's and the sender's own. ``crm.send_message`` makes them."""

    __tablename__ = "message"
    __table_args__ = (
        Index("message_time_idx", "employee_id", "sent_at", "id"),
        Index("message_unread_idx", "employee_id", postgresql_where=text("read_at is null")),
        CheckConstraint(
            "kind::text in ('personal', 'mention', 'notice', 'invitation', 'accepted', 'declined', 'moved',"
            " 'cancelled', 'released', 'restored', 'task_given', 'task_done', 'task_returned', 'task_answered',"
            " 'request_soon', 'request_breached', 'submitted', 'commented')",
            name="kind",
        ),
        CheckConstraint("body <> '' and length(body) <= 10000", name="body"),
        {
            "comment": "Messages, a copy for each receiver and one for the sender",
            "info": {
                POLICY: Guard(rule="personal", entity="message", owner_column="employee_id", editable=())
            },
        },
    )  # fmt: skip
    display = ("body", "body")
    order = "sent_at"

    employee_id: Mapped[int] = mapped_column(
        ForeignKey(_EMPLOYEE, ondelete="CASCADE"), server_default=text("crm.me()"), comment="Whose copy it is"
    )
    is_sent: Mapped[bool] = mapped_column(server_default=text("false"), comment="The sender's own copy")
    kind: Mapped[str] = mapped_column(String(20), server_default="personal")
    sender_id: Mapped[int | None] = mapped_column(
        ForeignKey(_EMPLOYEE, ondelete="SET NULL"), index=True, comment="Null: the program"
    )
    receivers: Mapped[str] = mapped_column(String(300), server_default="", comment="Their names, as it was sent")
    body: Mapped[str] = mapped_column(Text)
    entity: Mapped[str | None] = mapped_column(String(40), comment="With record_id, the record it is about")
    record_id: Mapped[int | None] = mapped_column(BigInteger)
    sent_at: Mapped[datetime.datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
    read_at: Mapped[datetime.datetime | None] = mapped_column(TIMESTAMP(timezone=True))

    sender: Mapped[Employee | None] = relationship(foreign_keys=[sender_id])


class Announcement(Timed, Base):
    """What everybody, or a department with those below it, is to know for a while."""

    __tablename__ = "announcement"
    __table_args__ = (
        CheckConstraint("valid_until >= valid_from", name="valid"),
        {"comment": "Announcements", "info": {POLICY: Guard(rule="common", entity="announcement")}},
    )
    display = ("title", "title")
    order = "valid_from"

    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str | None] = mapped_column(Text)
    is_important: Mapped[bool] = mapped_column(server_default=text("false"))
    department_id: Mapped[int | None] = mapped_column(
        ForeignKey("crm.department.id", ondelete="CASCADE"), comment="For whom, with those below it; null: everybody"
    )
    valid_from: Mapped[datetime.date] = mapped_column(server_default=text("current_date"))
    valid_until: Mapped[datetime.date | None]
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey(_EMPLOYEE, ondelete="SET NULL"), index=True, server_default=text("crm.me()"), info=KEPT
    )

    department: Mapped[Department | None] = relationship(foreign_keys=[department_id])
    author: Mapped[Employee | None] = relationship(foreign_keys=[author_id])


class AnnouncementReading(Base):
    """That somebody has read an announcement, and when. Written by ``crm.note_announcement_read`` alone."""

    __tablename__ = "announcement_reading"
    __table_args__ = (
        UniqueConstraint("announcement_id", "employee_id"),
        {
            "comment": "Who has read which announcement",
            "info": {POLICY: Guard(rule="common", entity="announcement", editable=())},
        },
    )
    order = "read_at"

    announcement_id: Mapped[int] = mapped_column(ForeignKey("crm.announcement.id", ondelete="CASCADE"))
    employee_id: Mapped[int] = mapped_column(ForeignKey(_EMPLOYEE, ondelete="CASCADE"), index=True)
    read_at: Mapped[datetime.datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))

    announcement: Mapped[Announcement] = relationship(foreign_keys=[announcement_id])
    employee: Mapped[Employee] = relationship(foreign_keys=[employee_id])
