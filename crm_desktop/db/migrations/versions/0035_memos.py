"""Memos."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0035"
down_revision = "0034"

_VERSION = "Raised by trigger at every change; an update names the one it read"
_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "memo",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["crm.customer.id"], name="memo_customer_id_fkey", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="memo_owner_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="memo_pkey"),
        schema=SCHEMA,
        comment="What people write down for themselves",
    )
    op.create_index(
        "memo_customer_idx", "memo", ["customer_id"], schema=SCHEMA, postgresql_where=sa.text("customer_id is not null")
    )
    op.create_index("memo_owner_idx", "memo", ["owner_id", "updated_at"], schema=SCHEMA)
    op.create_index(
        "memo_search_idx",
        "memo",
        [sa.literal_column("crm.owned_pieces(subject, owner_id)").label("grams")],
        schema=SCHEMA,
        postgresql_using="gin",
        postgresql_ops={"grams": "crm.gram_ops"},
    )
