"""When each job that nobody asks for was last done."""

from __future__ import annotations

import datetime

from sqlalchemy import String, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from crm_desktop.models.base import POLICY, Base, Guard


class Job(Base):
    """A job of ``crm.jobs()``, which the elected workstation has the database do; written by ``crm.run_next_job``."""

    __tablename__ = "job"
    __table_args__ = {"comment": "Scheduled work", "info": {POLICY: Guard(rule="closed", entity="job")}}
    display = ("key", "key")

    key: Mapped[str] = mapped_column(String(40), unique=True)
    done_for: Mapped[datetime.datetime | None] = mapped_column(
        TIMESTAMP(timezone=True), comment="The time it was due at when it was last done"
    )
    ran_at: Mapped[datetime.datetime | None] = mapped_column(TIMESTAMP(timezone=True), comment="The last attempt")
    failure: Mapped[str | None] = mapped_column(Text, comment="Why the last attempt came to nothing")
