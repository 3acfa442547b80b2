"""When the firm works: holidays, make-up days, and the hours that follow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0017"
down_revision = "0016"

_VERSION = "Raised by trigger at every change; an update names the one it read"
_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "special_day",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=True, comment="Null: the name serves in English too"),
        sa.Column(
            "is_working", sa.Boolean(), nullable=False, comment="True: a make-up day, with the hours of any working day"
        ),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="special_day_pkey"),
        sa.UniqueConstraint("day", name="special_day_day_key"),
        schema=SCHEMA,
        comment="Holidays and make-up days",
    )
    op.create_table(
        "working_time",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("begins_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("seconds_before", sa.BigInteger(), nullable=False, comment="Worked since the beginning of 2000"),
        sa.PrimaryKeyConstraint("id", name="working_time_pkey"),
        sa.UniqueConstraint("begins_at", name="working_time_begins_at_key"),
        sa.UniqueConstraint("seconds_before", name="working_time_seconds_before_key"),
        schema=SCHEMA,
        comment="Working hours of every day",
    )
