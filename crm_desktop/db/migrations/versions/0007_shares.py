"""Shares of single records; the indexes of parts hold what their policies look at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0007"
down_revision = "0006"

_VERSION = "Raised by trigger at every change; an update names the one it read"


def upgrade() -> None:
    moment = postgresql.TIMESTAMP(timezone=True)
    op.create_table(
        "share",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("employee_id", sa.BigInteger(), nullable=True),
        sa.Column("department_id", sa.BigInteger(), nullable=True),
        sa.Column("may_write", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("shared_by_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=True),
        sa.Column("shared_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "ends_at", moment, nullable=True, comment="From then on it counts no more; null: until it is taken back"
        ),
        sa.CheckConstraint("num_nonnulls(employee_id, department_id) = 1", name="share_whom_check"),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["crm.employee.id"], name="share_employee_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["crm.department.id"], name="share_department_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shared_by_id"], ["crm.employee.id"], name="share_shared_by_id_fkey", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="share_pkey"),
        sa.UniqueConstraint(
            "entity",
            "record_id",
            "employee_id",
            "department_id",
            name="share_whom_key",
            postgresql_nulls_not_distinct=True,
        ),
        schema=SCHEMA,
        comment="Records lent to employees and departments",
    )
    for column in ("employee_id", "department_id", "shared_by_id"):
        op.create_index(f"share_{column}_idx", "share", [column], schema=SCHEMA)
    for table, index, first in (
        ("contact", "contact_sort_owner_idx", "sort_key"),
        ("activity", "activity_time_owner_idx", "happened_at"),
    ):
        op.drop_index(index, table_name=table, schema=SCHEMA)
        op.create_index(index, table, [first, "id"], schema=SCHEMA, postgresql_include=["owner_id", "customer_id"])
