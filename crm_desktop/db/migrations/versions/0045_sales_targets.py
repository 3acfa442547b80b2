"""Sales targets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0045"
down_revision = "0044"

_VERSION = "Raised by trigger at every change; an update names the one it read"
_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sales_target",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column(
            "title",
            sa.String(length=200),
            server_default="",
            nullable=False,
            comment="Whose and of which month; kept by trigger",
        ),
        sa.Column("owner_id", sa.BigInteger(), nullable=False, comment="Who should win it"),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("month", sa.SmallInteger(), nullable=False),
        sa.Column(
            "begins_on",
            sa.Date(),
            server_default=sa.text("current_date"),
            nullable=False,
            comment="The first of the month; kept by trigger",
        ),
        sa.Column(
            "amount",
            sa.Numeric(precision=18, scale=2),
            nullable=False,
            comment="Of opportunities won in the month, in yuan",
        ),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("month between 1 and 12", name=op.f("sales_target_month_check")),
        sa.CheckConstraint("year between 1900 and 2999", name=op.f("sales_target_year_check")),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="sales_target_owner_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="sales_target_pkey"),
        sa.UniqueConstraint("owner_id", "year", "month", name="sales_target_owner_id_year_month_key"),
        schema=SCHEMA,
        comment="Sales targets",
    )
    op.create_index(
        "sales_target_begins_idx",
        "sales_target",
        ["begins_on", "id"],
        schema=SCHEMA,
        postgresql_include=["owner_id", "amount"],
    )
