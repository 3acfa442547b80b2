"""Parts and expenses of service requests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0046"
down_revision = "0045"

_VERSION = "Raised by trigger at every change; an update names the one it read"
_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "service_expense",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "owner_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The request's owner; kept by trigger",
        ),
        sa.Column(
            "kind_id", sa.BigInteger(), server_default=sa.text("crm.choice('expense_kind', 'travel')"), nullable=False
        ),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False, comment="In yuan"),
        sa.Column("remark", sa.String(length=300), nullable=True),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["kind_id"], ["crm.dictionary_entry.id"], name="service_expense_kind_id_fkey"),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="service_expense_owner_id_fkey"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["crm.service_request.id"], name="service_expense_request_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="service_expense_pkey"),
        schema=SCHEMA,
        comment="Expenses of service requests",
    )
    op.create_index("service_expense_owner_id_idx", "service_expense", ["owner_id"], schema=SCHEMA)
    op.create_index("service_expense_request_idx", "service_expense", ["request_id", "id"], schema=SCHEMA)
    op.create_table(
        "service_part",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "owner_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The request's owner; kept by trigger",
        ),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "description", sa.String(length=200), nullable=True, comment="What it is where it is no product of ours"
        ),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), server_default="1", nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=2), nullable=True, comment="In yuan"),
        sa.Column(
            "amount", sa.Numeric(precision=18, scale=2), nullable=True, comment="Quantity by price; kept by trigger"
        ),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="service_part_owner_id_fkey"),
        sa.ForeignKeyConstraint(["product_id"], ["crm.product.id"], name="service_part_product_id_fkey"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["crm.service_request.id"], name="service_part_request_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="service_part_pkey"),
        schema=SCHEMA,
        comment="Parts used for service requests",
    )
    op.create_index("service_part_owner_id_idx", "service_part", ["owner_id"], schema=SCHEMA)
    op.create_index("service_part_product_id_idx", "service_part", ["product_id"], schema=SCHEMA)
    op.create_index("service_part_request_idx", "service_part", ["request_id", "id"], schema=SCHEMA)
