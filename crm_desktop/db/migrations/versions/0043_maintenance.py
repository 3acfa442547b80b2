"""Maintenance plans of what customers own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_desktop.models import SCHEMA

revision = "0043"
down_revision = "0042"

_VERSION = "Raised by trigger at every change; an update names the one it read"


def upgrade() -> None:
    op.create_table(
        "maintenance_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("installed_product_id", sa.BigInteger(), nullable=False, comment="No key: an undo may bring it back"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "request_id", sa.BigInteger(), nullable=False, comment="No key either: a deleted one is not made again"
        ),
        sa.PrimaryKeyConstraint("id", name="maintenance_request_pkey"),
        sa.UniqueConstraint(
            "installed_product_id", "due_on", name="maintenance_request_installed_product_id_due_on_key"
        ),
        schema=SCHEMA,
        comment="Service requests that maintenance plans made",
    )
    op.create_index("maintenance_request_request_idx", "maintenance_request", ["request_id"], schema=SCHEMA)
    op.add_column(
        "installed_product",
        sa.Column(
            "maintenance_months",
            sa.SmallInteger(),
            nullable=True,
            comment="It is maintained every so many months; null: not by a plan",
        ),
        schema=SCHEMA,
    )
    op.add_column(
        "installed_product",
        sa.Column(
            "next_maintenance_on",
            sa.Date(),
            nullable=True,
            comment="A whole period from now where a plan begins and nothing was said",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "installed_product_maintenance_idx",
        "installed_product",
        ["next_maintenance_on", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("maintenance_months is not null"),
    )
    op.create_check_constraint(
        op.f("installed_product_maintenance_months_check"),
        "installed_product",
        "maintenance_months between 1 and 120",
        schema=SCHEMA,
    )
