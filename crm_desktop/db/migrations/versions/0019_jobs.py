"""Scheduled work, and open opportunities week by week."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0019"
down_revision = "0018"

_VERSION = "Raised by trigger at every change; an update names the one it read"
_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("done_for", _MOMENT, nullable=True, comment="The time it was due at when it was last done"),
        sa.Column("ran_at", _MOMENT, nullable=True, comment="The last attempt"),
        sa.Column("failure", sa.Text(), nullable=True, comment="Why the last attempt came to nothing"),
        sa.PrimaryKeyConstraint("id", name="job_pkey"),
        sa.UniqueConstraint("key", name="job_key_key"),
        schema=SCHEMA,
        comment="Scheduled work",
    )
    op.create_table(
        "opportunity_snapshot",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("week", sa.Date(), nullable=False, comment="Its Monday"),
        sa.Column(
            "opportunity_id", sa.BigInteger(), nullable=False, comment="No key: an undo may bring the opportunity back"
        ),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True, comment="In yuan"),
        sa.Column("weighted_amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="opportunity_snapshot_pkey"),
        schema=SCHEMA,
        comment="Open opportunities week by week",
    )
    op.create_index(
        "opportunity_snapshot_key", "opportunity_snapshot", ["week", "opportunity_id"], unique=True, schema=SCHEMA
    )
    op.create_index("opportunity_snapshot_opportunity_idx", "opportunity_snapshot", ["opportunity_id"], schema=SCHEMA)
