"""When somebody wants to be reminded of an event or a task: his own, and nobody else's business."""

from __future__ import annotations

import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from crm_desktop.models.base import POLICY, Base, Guard, Timed

_MOMENT = TIMESTAMP(timezone=True)


class Reminder(Timed, Base):
    """So long before something begins, or at a moment. A question asks, when an event has ended, what came of it."""

    __tablename__ = "reminder"
    __table_args__ = (
        CheckConstraint("num_nonnulls(event_id, task_id) = 1", name="one"),
        CheckConstraint("num_nonnulls(minutes, at) = 1", name="when"),
        CheckConstraint("minutes between 0 and 527040", name="minutes"),
        CheckConstraint("not is_question or event_id is not null", name="question"),
        Index("reminder_employee_idx", "employee_id"),
        Index("reminder_event_idx", "event_id", postgresql_where=text("event_id is not null")),
        Index("reminder_task_idx", "task_id", postgresql_where=text("task_id is not null")),
        {
            "comment": "When people want to be reminded of what",
            "info": {POLICY: Guard(rule="personal", entity="reminder", owner_column="employee_id")},
        },
    )
    display = ("id", "id")

    employee_id: Mapped[int] = mapped_column(
        ForeignKey("crm.employee.id", ondelete="CASCADE"), server_default=text("crm.me()")
    )
    event_id: Mapped[int | None] = mapped_column(ForeignKey("crm.event.id", ondelete="CASCADE"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("crm.task.id", ondelete="CASCADE"))
    minutes: Mapped[int | None] = mapped_column(
        Integer, comment="So long before an event begins or a task is due; a question: so long after an event's end"
    )
    at: Mapped[datetime.datetime | None] = mapped_column(_MOMENT, comment="At this moment instead")
    is_question: Mapped[bool] = mapped_column(server_default=text("false"), comment="Asks what came of an event")
    snoozed_until: Mapped[datetime.datetime | None] = mapped_column(_MOMENT)
    done_through: Mapped[datetime.datetime | None] = mapped_column(
        _MOMENT, comment="Moments up to this one are done with: of what repeats, the later ones are still to come"
    )
