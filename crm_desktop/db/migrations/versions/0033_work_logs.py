"""Work logs; messages about them; what somebody moved when is found by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0033"
down_revision = "0032"

_VERSION = "Raised by trigger at every change; an update names the one it read"
_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "work_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column(
            "title",
            sa.String(length=200),
            server_default="",
            nullable=False,
            comment="Whose and of which day; kept by trigger",
        ),
        sa.Column(
            "kind_id", sa.BigInteger(), server_default=sa.text("crm.choice('work_log_kind', 'day')"), nullable=False
        ),
        sa.Column(
            "begins_on",
            sa.Date(),
            server_default=sa.text("current_date"),
            nullable=False,
            comment="Of a week its Monday, whichever day was said",
        ),
        sa.Column(
            "ends_on",
            sa.Date(),
            server_default=sa.text("current_date"),
            nullable=False,
            comment="The last day; kept by trigger",
        ),
        sa.Column(
            "owner_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=False, comment="Who writes it"
        ),
        sa.Column(
            "reader_id",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="The owner; minus him while it is a draft; kept by trigger",
        ),
        sa.Column(
            "state_id", sa.BigInteger(), server_default=sa.text("crm.choice('work_log_state', 'draft')"), nullable=False
        ),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("problems", sa.Text(), nullable=True),
        sa.Column(
            "left_out",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="What of crm.deeds does not belong in it",
        ),
        sa.Column(
            "lines",
            postgresql.JSONB(),
            nullable=True,
            comment="What crm.deeds said when it was submitted; kept by trigger",
        ),
        sa.Column("submitted_at", _MOMENT, nullable=True, comment="Kept by trigger"),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["kind_id"], ["crm.dictionary_entry.id"], name="work_log_kind_id_fkey"),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="work_log_owner_id_fkey"),
        sa.ForeignKeyConstraint(["state_id"], ["crm.dictionary_entry.id"], name="work_log_state_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="work_log_pkey"),
        sa.UniqueConstraint("owner_id", "kind_id", "begins_on", name="work_log_owner_id_kind_id_begins_on_key"),
        schema=SCHEMA,
        comment="Work logs",
    )
    op.create_index(
        "work_log_day_reader_idx", "work_log", ["begins_on", "id"], schema=SCHEMA, postgresql_include=["reader_id"]
    )
    op.create_index("work_log_reader_day_idx", "work_log", ["reader_id", "begins_on", "id"], schema=SCHEMA)
    op.create_index("work_log_state_idx", "work_log", ["state_id", "submitted_at"], schema=SCHEMA)
    op.create_index("opportunity_stay_mover_idx", "opportunity_stay", ["moved_by_id", "entered_at"], schema=SCHEMA)
    op.create_index("service_stay_mover_idx", "service_stay", ["moved_by_id", "entered_at"], schema=SCHEMA)
    op.execute("alter table crm.message drop constraint message_kind_check")
    op.execute(
        "alter table crm.message add constraint message_kind_check check (kind::text in ('personal', 'mention',"
        " 'notice', 'invitation', 'accepted', 'declined', 'moved', 'cancelled', 'released', 'restored', 'task_done',"
        " 'task_returned', 'task_answered', 'request_soon', 'request_breached', 'submitted', 'commented'))"
    )
