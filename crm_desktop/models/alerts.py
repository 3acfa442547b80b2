"""Alerts: by which rules somebody is to be warned, and of what he is warned at the moment."""

from __future__ import annotations

import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_desktop.models.base import KEPT, POLICY, Base, Guard, Timed
from crm_desktop.models.organisation import Employee, PermissionGroup
from crm_desktop.models.platform import DictionaryEntry

_CHOICE = "crm.dictionary_entry.id"


class AlertRule(Timed, Base):
    """What is worth a warning, with the firm's own numbers. The kinds are the program's."""

    __tablename__ = "alert_rule"
    __table_args__ = (
        CheckConstraint("days between 0 and 3650", name="days"),
        {"comment": "Rules of alerts", "info": {POLICY: Guard(rule="common", entity="alert_rule")}},
    )
    order = "sort_order"

    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(100), comment="Null: the name serves in English too")
    kind_id: Mapped[int] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "alert_kind"})
    days: Mapped[int] = mapped_column(Integer, server_default="0", comment="What they mean depends on the kind")
    level_id: Mapped[int | None] = mapped_column(
        ForeignKey(_CHOICE), info={"dictionary": "level"}, comment="Only of customers of this level"
    )
    warns_owner: Mapped[bool] = mapped_column(server_default=text("true"), comment="Whoever owns the record")
    warns_superior: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="The superior of whoever owns the record"
    )
    employee_id: Mapped[int | None] = mapped_column(
        ForeignKey("crm.employee.id", ondelete="SET NULL"), comment="Warned of every record"
    )
    group_id: Mapped[int | None] = mapped_column(
        ForeignKey("crm.permission_group.id", ondelete="SET NULL"), comment="Whose members are warned of every record"
    )
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    sort_order: Mapped[int] = mapped_column(Integer, server_default="0")

    display = ("name", "name_en")
    kind: Mapped[DictionaryEntry] = relationship(foreign_keys=[kind_id])
    level: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[level_id])
    employee: Mapped[Employee | None] = relationship(foreign_keys=[employee_id])
    group: Mapped[PermissionGroup | None] = relationship(foreign_keys=[group_id])


class Alert(Base):
    """A cause that stands at the moment, for one person. ``crm.evaluate_alerts`` writes them and takes them away."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("employee_id", "rule_id", "record_id"),
        Index("alert_rule_id_idx", "rule_id"),
        {
            "comment": "What people are warned of at the moment",
            "info": {
                POLICY: Guard(
                    rule="personal", entity="alert", owner_column="employee_id", editable=("snoozed_until",)
                )
            },
        },
    )  # fmt: skip

    employee_id: Mapped[int] = mapped_column(ForeignKey("crm.employee.id", ondelete="CASCADE"), info=KEPT)
    rule_id: Mapped[int] = mapped_column(ForeignKey("crm.alert_rule.id", ondelete="CASCADE"), info=KEPT)
    entity: Mapped[str] = mapped_column(String(40), info=KEPT)
    record_id: Mapped[int] = mapped_column(BigInteger, info=KEPT)
    since: Mapped[datetime.date] = mapped_column(info=KEPT, comment="The day that its rule counts from")
    raised_at: Mapped[datetime.datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=text("now()"), info=KEPT
    )
    snoozed_until: Mapped[datetime.date | None]

    employee: Mapped[Employee] = relationship(foreign_keys=[employee_id])
    rule: Mapped[AlertRule] = relationship(foreign_keys=[rule_id])
