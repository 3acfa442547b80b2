"""What people keep with any record: comments for all who see it, stars and recent records for themselves."""

from __future__ import annotations

import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from crm_desktop.models.base import POLICY, Base, Guard, Timed

_EMPLOYEE = "crm.employee.id"


class Comment(Timed, Base):
    """What somebody says about a record."""

    __tablename__ = "comment"
    __table_args__ = (
        Index("comment_record_idx", "entity", "record_id", "id"),
        CheckConstraint("body <> '' and length(body) <= 10000", name="body"),
        {
            "comment": "Comments on records",
            "info": {
                POLICY: Guard(
                    rule="attached", entity="comment", writer_column="author_id", editable=("body", "mentions")
                )
            },
        },
    )
    display = ("body", "body")

    entity: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int] = mapped_column(BigInteger)
    author_id: Mapped[int] = mapped_column(ForeignKey(_EMPLOYEE), index=True, server_default=text("crm.me()"))
    body: Mapped[str] = mapped_column(Text)
    mentions: Mapped[list[int]] = mapped_column(
        ARRAY(BigInteger), server_default="{}", comment="Employees whom it names with @"
    )


class Star(Base):
    """A record that one person marked for himself."""

    __tablename__ = "star"
    __table_args__ = (
        UniqueConstraint("employee_id", "entity", "record_id"),
        {
            "comment": "Records people marked for themselves",
            "info": {POLICY: Guard(rule="personal", entity="star", owner_column="employee_id")},
        },
    )

    employee_id: Mapped[int] = mapped_column(ForeignKey(_EMPLOYEE, ondelete="CASCADE"), server_default=text("crm.me()"))
    entity: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int] = mapped_column(BigInteger)
    starred_at: Mapped[datetime.datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))


class RecentRecord(Base):
    """A record that one person opened."""

    __tablename__ = "recent_record"
    __table_args__ = (
        UniqueConstraint("employee_id", "entity", "record_id"),
        Index("recent_record_time_idx", "employee_id", "opened_at"),
        {
            "comment": "Records people opened last",
            "info": {POLICY: Guard(rule="personal", entity="recent_record", owner_column="employee_id")},
        },
    )

    employee_id: Mapped[int] = mapped_column(ForeignKey(_EMPLOYEE, ondelete="CASCADE"), server_default=text("crm.me()"))
    entity: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int] = mapped_column(BigInteger)
    opened_at: Mapped[datetime.datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
