"""Single records lent to people or departments beyond what their groups let them reach."""

from __future__ import annotations

import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_desktop.models.base import POLICY, Base, Guard
from crm_desktop.models.organisation import Department, Employee

_EMPLOYEE = "crm.employee.id"


class Share(Base):
    """One record lent to one employee, or to a department and those below it. Its parts are lent with it."""

    __tablename__ = "share"
    __table_args__ = (
        UniqueConstraint(
            "entity",
            "record_id",
            "employee_id",
            "department_id",
            name="share_whom_key",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("num_nonnulls(employee_id, department_id) = 1", name="whom"),
        {
            "comment": "Records lent to employees and departments",
            "info": {
                POLICY: Guard(rule="attached", entity="share", editable=("may_write", "ends_at"), is_for_owners=True)
            },
        },
    )

    entity: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int] = mapped_column(BigInteger)
    employee_id: Mapped[int | None] = mapped_column(ForeignKey(_EMPLOYEE, ondelete="CASCADE"), index=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("crm.department.id", ondelete="CASCADE"), index=True)
    may_write: Mapped[bool] = mapped_column(server_default=text("false"))
    shared_by_id: Mapped[int | None] = mapped_column(
        ForeignKey(_EMPLOYEE, ondelete="SET NULL"), index=True, server_default=text("crm.me()")
    )
    shared_at: Mapped[datetime.datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
    ends_at: Mapped[datetime.datetime | None] = mapped_column(
        TIMESTAMP(timezone=True), comment="From then on it counts no more; null: until it is taken back"
    )

    employee: Mapped[Employee | None] = relationship(foreign_keys=[employee_id])
    department: Mapped[Department | None] = relationship(foreign_keys=[department_id])
    shared_by: Mapped[Employee | None] = relationship(foreign_keys=[shared_by_id])
