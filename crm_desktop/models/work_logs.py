"""What somebody says of his day or his week, with what his records say of it, for whoever is above him."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_desktop.models.base import KEPT, POLICY, Base, Guard, Timed
from crm_desktop.models.organisation import Employee
from crm_desktop.models.platform import DictionaryEntry

_CHOICE = "crm.dictionary_entry.id"


class WorkLog(Timed, Base):
    """One a person and day, or week. A draft is its writer's alone; once submitted, also whoever's who reaches him."""

    __tablename__ = "work_log"
    __table_args__ = (
        UniqueConstraint("owner_id", "kind_id", "begins_on"),
        Index("work_log_reader_day_idx", "reader_id", "begins_on", "id"),
        Index("work_log_day_reader_idx", "begins_on", "id", postgresql_include=["reader_id"]),
        Index("work_log_state_idx", "state_id", "submitted_at"),
        {
            "comment": "Work logs",
            "info": {
                POLICY: Guard(rule="owned", entity="work_log", owner_column="owner_id", reader_column="reader_id")
            },
        },
    )
    display = ("title", "title")
    order = "begins_on"

    title: Mapped[str] = mapped_column(
        String(200), server_default="", info=KEPT, comment="Whose and of which day; kept by trigger"
    )
    kind_id: Mapped[int] = mapped_column(
        ForeignKey(_CHOICE),
        server_default=text("crm.choice('work_log_kind', 'day')"),
        info={"dictionary": "work_log_kind", "default": "day"},
    )
    begins_on: Mapped[datetime.date] = mapped_column(
        server_default=text("current_date"), comment="Of a week its Monday, whichever day was said"
    )
    ends_on: Mapped[datetime.date] = mapped_column(
        server_default=text("current_date"), info=KEPT, comment="The last day; kept by trigger"
    )
    owner_id: Mapped[int] = mapped_column(
        ForeignKey("crm.employee.id"), server_default=text("crm.me()"), comment="Who writes it"
    )
    reader_id: Mapped[int] = mapped_column(
        BigInteger, server_default="0", info=KEPT, comment="The owner; minus him while it is a draft; kept by trigger"
    )
    state_id: Mapped[int] = mapped_column(
        ForeignKey(_CHOICE),
        server_default=text("crm.choice('work_log_state', 'draft')"),
        info={"dictionary": "work_log_state", "default": "draft"},
    )
    summary: Mapped[str | None] = mapped_column(Text)
    plan: Mapped[str | None] = mapped_column(Text)
    problems: Mapped[str | None] = mapped_column(Text)
    left_out: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default="{}", comment="What of crm.deeds does not belong in it"
    )
    lines: Mapped[Any | None] = mapped_column(
        JSONB, info=KEPT, comment="What crm.deeds said when it was submitted; kept by trigger"
    )
    submitted_at: Mapped[datetime.datetime | None] = mapped_column(
        TIMESTAMP(timezone=True), info=KEPT, comment="Kept by trigger"
    )

    kind: Mapped[DictionaryEntry] = relationship(foreign_keys=[kind_id])
    owner: Mapped[Employee] = relationship(foreign_keys=[owner_id])
    state: Mapped[DictionaryEntry] = relationship(foreign_keys=[state_id])
