"""Messages, announcements, alert rules and alerts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0023"
down_revision = "0022"

_VERSION = "Raised by trigger at every change; an update names the one it read"
_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "alert_rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=True, comment="Null: the name serves in English too"),
        sa.Column("kind_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "days", sa.Integer(), server_default="0", nullable=False, comment="What they mean depends on the kind"
        ),
        sa.Column("level_id", sa.BigInteger(), nullable=True, comment="Only of customers of this level"),
        sa.Column(
            "warns_superior",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="The superior of whoever is warned, too",
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("sort_order", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("days between 0 and 3650", name="alert_rule_days_check"),
        sa.ForeignKeyConstraint(["kind_id"], ["crm.dictionary_entry.id"], name="alert_rule_kind_id_fkey"),
        sa.ForeignKeyConstraint(["level_id"], ["crm.dictionary_entry.id"], name="alert_rule_level_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="alert_rule_pkey"),
        schema=SCHEMA,
        comment="Rules of alerts",
    )
    op.create_table(
        "announcement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("is_important", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "department_id", sa.BigInteger(), nullable=True, comment="For whom, with those below it; null: everybody"
        ),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("current_date"), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("author_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=True),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("valid_until >= valid_from", name="announcement_valid_check"),
        sa.ForeignKeyConstraint(
            ["author_id"], ["crm.employee.id"], name="announcement_author_id_fkey", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["crm.department.id"], name="announcement_department_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="announcement_pkey"),
        schema=SCHEMA,
        comment="Announcements",
    )
    op.create_index("announcement_author_id_idx", "announcement", ["author_id"], schema=SCHEMA)
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column(
            "employee_id",
            sa.BigInteger(),
            server_default=sa.text("crm.me()"),
            nullable=False,
            comment="Whose copy it is",
        ),
        sa.Column(
            "is_sent", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment="The sender's own copy"
        ),
        sa.Column("kind", sa.String(length=20), server_default="personal", nullable=False),
        sa.Column("sender_id", sa.BigInteger(), nullable=True, comment="Null: the program"),
        sa.Column(
            "receivers", sa.String(length=300), server_default="", nullable=False, comment="Their names, as it was sent"
        ),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=True, comment="With record_id, the record it is about"),
        sa.Column("record_id", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("read_at", _MOMENT, nullable=True),
        sa.CheckConstraint("body <> '' and length(body) <= 10000", name="message_body_check"),
        sa.CheckConstraint("kind in ('personal', 'mention', 'notice')", name="message_kind_check"),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["crm.employee.id"], name="message_employee_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["sender_id"], ["crm.employee.id"], name="message_sender_id_fkey", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="message_pkey"),
        schema=SCHEMA,
        comment="Messages, a copy for each receiver and one for the sender",
    )
    op.create_index("message_sender_id_idx", "message", ["sender_id"], schema=SCHEMA)
    op.create_index("message_time_idx", "message", ["employee_id", "sent_at", "id"], schema=SCHEMA)
    op.create_index(
        "message_unread_idx", "message", ["employee_id"], schema=SCHEMA, postgresql_where=sa.text("read_at is null")
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("employee_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False, comment="The day that its rule counts from"),
        sa.Column("raised_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["crm.employee.id"], name="alert_employee_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["crm.alert_rule.id"], name="alert_rule_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="alert_pkey"),
        sa.UniqueConstraint("employee_id", "rule_id", "record_id", name="alert_employee_id_rule_id_record_id_key"),
        schema=SCHEMA,
        comment="What people are warned of at the moment",
    )
    op.create_index("alert_rule_id_idx", "alert", ["rule_id"], schema=SCHEMA)
    op.create_table(
        "announcement_reading",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("announcement_id", sa.BigInteger(), nullable=False),
        sa.Column("employee_id", sa.BigInteger(), nullable=False),
        sa.Column("read_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["crm.announcement.id"],
            name="announcement_reading_announcement_id_fkey",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["crm.employee.id"], name="announcement_reading_employee_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="announcement_reading_pkey"),
        sa.UniqueConstraint(
            "announcement_id", "employee_id", name="announcement_reading_announcement_id_employee_id_key"
        ),
        schema=SCHEMA,
        comment="Who has read which announcement",
    )
    op.create_index("announcement_reading_employee_id_idx", "announcement_reading", ["employee_id"], schema=SCHEMA)
