"""Sales targets: what a person should win in a month. Those of departments and of the company are their sums."""

from __future__ import annotations

import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_desktop.models.base import KEPT, POLICY, Base, Guard, Timed
from crm_desktop.models.organisation import Employee


class SalesTarget(Timed, Base):
    """One a person and month."""

    __tablename__ = "sales_target"
    __table_args__ = (
        UniqueConstraint("owner_id", "year", "month"),
        CheckConstraint("month between 1 and 12", name="month"),
        CheckConstraint("year between 1900 and 2999", name="year"),
        Index("sales_target_begins_idx", "begins_on", "id", postgresql_include=["owner_id", "amount"]),
        {
            "comment": "Sales targets",
            "info": {POLICY: Guard(rule="owned", entity="sales_target", owner_column="owner_id")},
        },
    )
    display = ("title", "title")
    order = "begins_on"

    title: Mapped[str] = mapped_column(
        String(200), server_default="", info=KEPT, comment="Whose and of which month; kept by trigger"
    )
    owner_id: Mapped[int] = mapped_column(ForeignKey("crm.employee.id"), comment="Who should win it")
    year: Mapped[int] = mapped_column(SmallInteger, info={"kind": "year"})
    month: Mapped[int] = mapped_column(SmallInteger, info={"kind": "month"})
    begins_on: Mapped[datetime.date] = mapped_column(
        server_default=text("current_date"), info=KEPT, comment="The first of the month; kept by trigger"
    )
    amount: Mapped[Decimal] = mapped_column(
        Numeric(18, 2), info={"least": 0}, comment="Of opportunities won in the month, in yuan"
    )

    owner: Mapped[Employee] = relationship(foreign_keys=[owner_id])
