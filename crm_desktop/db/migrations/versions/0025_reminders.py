"""Reminders of events and tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0025"
down_revision = "0024"

_VERSION = "Raised by trigger at every change; an update names the one it read"
_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("employee_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "minutes",
            sa.Integer(),
            nullable=True,
            comment="So long before an event begins or a task is due; a question: so long after an event's end",
        ),
        sa.Column("at", _MOMENT, nullable=True, comment="At this moment instead"),
        sa.Column(
            "is_question",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Asks what came of an event",
        ),
        sa.Column("snoozed_until", _MOMENT, nullable=True),
        sa.Column(
            "done_through",
            _MOMENT,
            nullable=True,
            comment="Moments up to this one are done with: of what repeats, the later ones are still to come",
        ),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("minutes between 0 and 527040", name="reminder_minutes_check"),
        sa.CheckConstraint("not is_question or event_id is not null", name="reminder_question_check"),
        sa.CheckConstraint("num_nonnulls(event_id, task_id) = 1", name="reminder_one_check"),
        sa.CheckConstraint("num_nonnulls(minutes, at) = 1", name="reminder_when_check"),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["crm.employee.id"], name="reminder_employee_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["crm.event.id"], name="reminder_event_id_fkey", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["task_id"], ["crm.task.id"], name="reminder_task_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="reminder_pkey"),
        schema=SCHEMA,
        comment="When people want to be reminded of what",
    )
    op.create_index("reminder_employee_idx", "reminder", ["employee_id"], schema=SCHEMA)
    op.create_index(
        "reminder_event_idx", "reminder", ["event_id"], schema=SCHEMA, postgresql_where=sa.text("event_id is not null")
    )
    op.create_index(
        "reminder_task_idx", "reminder", ["task_id"], schema=SCHEMA, postgresql_where=sa.text("task_id is not null")
    )
