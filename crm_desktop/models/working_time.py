"""When the firm works: the days that are unlike others of their week, and the hours that follow from all of it."""

from __future__ import annotations

import datetime

from sqlalchemy import BigInteger, String, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from crm_desktop.models.base import POLICY, Base, Guard, Timed


class SpecialDay(Timed, Base):
    """A holiday, or a day of the weekend on which a holiday is made up for."""

    __tablename__ = "special_day"
    __table_args__ = {
        "comment": "Holidays and make-up days",
        "info": {POLICY: Guard(rule="common", entity="special_day")},
    }
    display = ("name", "name_en")
    order = "day"

    day: Mapped[datetime.date] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(100), comment="Null: the name serves in English too")
    is_working: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="True: a make-up day, with the hours of any working day"
    )


class WorkingTime(Base):
    """A piece of working time without a break, and what was worked before; made by trigger of week plan and days."""

    __tablename__ = "working_time"
    __table_args__ = {
        "comment": "Working hours of every day",
        "info": {POLICY: Guard(rule="closed", entity="special_day")},
    }
    order = "begins_at"

    begins_at: Mapped[datetime.datetime] = mapped_column(TIMESTAMP(timezone=True), unique=True)
    ends_at: Mapped[datetime.datetime] = mapped_column(TIMESTAMP(timezone=True))
    seconds_before: Mapped[int] = mapped_column(BigInteger, unique=True, comment="Worked since the beginning of 2000")
