"""Tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0022"
down_revision = "0021"

_VERSION = "Raised by trigger at every change; an update names the one it read"
_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("alter table journal.subject add column named_may_write boolean not null default false")
    op.create_table(
        "task",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=False),
        sa.Column(
            "given_by_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=True, comment="Kept by trigger"
        ),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_time", sa.String(length=5), nullable=True, comment="HH:MM, where the hour matters"),
        sa.Column(
            "due_at",
            _MOMENT,
            nullable=True,
            comment="Later than this it is overdue; null once it is over; kept by trigger",
        ),
        sa.Column(
            "priority_id", sa.BigInteger(), server_default=sa.text("crm.choice('priority', 'normal')"), nullable=False
        ),
        sa.Column(
            "state_id", sa.BigInteger(), server_default=sa.text("crm.choice('task_state', 'open')"), nullable=False
        ),
        sa.Column(
            "progress",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="In percent; that of the checklist where there is one",
        ),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_owner_id", sa.BigInteger(), nullable=True, comment="The customer's owner; kept by trigger"),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("opportunity_id", sa.BigInteger(), nullable=True),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("request_id", sa.BigInteger(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("checklist", sa.Text(), nullable=True, comment="What is to be done, a line each"),
        sa.Column(
            "checked",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Lines of the checklist that are done",
        ),
        sa.Column("result", sa.Text(), nullable=True, comment="What its owner tells who gave it"),
        sa.Column(
            "rule",
            sa.String(length=300),
            nullable=True,
            comment="RRULE of RFC 5545, where the next one follows when it is done",
        ),
        sa.Column(
            "follows_id", sa.BigInteger(), nullable=True, comment="After which one a rule made it; kept by trigger"
        ),
        sa.Column("done_at", _MOMENT, nullable=True, comment="Kept by trigger"),
        sa.Column(
            "told_at",
            _MOMENT,
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was done, else when it is due, else when it was made; kept by trigger",
        ),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("due_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'", name="task_due_time_check"),
        sa.CheckConstraint("progress between 0 and 100", name="task_progress_check"),
        sa.ForeignKeyConstraint(["contact_id"], ["crm.contact.id"], name="task_contact_id_fkey", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["crm.customer.id"], name="task_customer_id_fkey", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["customer_owner_id"], ["crm.employee.id"], name="task_customer_owner_id_fkey"),
        sa.ForeignKeyConstraint(["follows_id"], ["crm.task.id"], name="task_follows_id_fkey", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["given_by_id"], ["crm.employee.id"], name="task_given_by_id_fkey"),
        sa.ForeignKeyConstraint(["lead_id"], ["crm.lead.id"], name="task_lead_id_fkey", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["crm.opportunity.id"], name="task_opportunity_id_fkey", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="task_owner_id_fkey"),
        sa.ForeignKeyConstraint(["priority_id"], ["crm.dictionary_entry.id"], name="task_priority_id_fkey"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["crm.service_request.id"], name="task_request_id_fkey", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["state_id"], ["crm.dictionary_entry.id"], name="task_state_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="task_pkey"),
        sa.UniqueConstraint("follows_id", name="task_follows_id_key"),
        schema=SCHEMA,
        comment="Tasks",
    )
    op.create_index(
        "task_along_idx",
        "task",
        ["customer_owner_id", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("customer_owner_id <> owner_id"),
    )
    op.create_index(
        "task_contact_idx", "task", ["contact_id"], schema=SCHEMA, postgresql_where=sa.text("contact_id is not null")
    )
    op.create_index("task_customer_idx", "task", ["customer_id", "due_on"], schema=SCHEMA)
    op.create_index(
        "task_due_at_idx", "task", ["due_at", "owner_id"], schema=SCHEMA, postgresql_where=sa.text("due_at is not null")
    )
    op.create_index("task_due_owner_idx", "task", ["due_on", "id"], schema=SCHEMA, postgresql_include=["owner_id"])
    op.create_index(
        "task_given_idx",
        "task",
        ["given_by_id", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("given_by_id <> owner_id"),
    )
    op.create_index(
        "task_lead_idx", "task", ["lead_id"], schema=SCHEMA, postgresql_where=sa.text("lead_id is not null")
    )
    op.create_index(
        "task_opportunity_idx",
        "task",
        ["opportunity_id"],
        schema=SCHEMA,
        postgresql_where=sa.text("opportunity_id is not null"),
    )
    op.create_index(
        "task_request_idx", "task", ["request_id"], schema=SCHEMA, postgresql_where=sa.text("request_id is not null")
    )
    op.create_index("task_owner_state_idx", "task", ["owner_id", "state_id", "due_on"], schema=SCHEMA)
    op.create_index(
        "task_search_idx",
        "task",
        [sa.literal_column("crm.owned_pieces(subject, owner_id)").label("grams")],
        schema=SCHEMA,
        postgresql_using="gin",
        postgresql_ops={"grams": "crm.gram_ops"},
    )
