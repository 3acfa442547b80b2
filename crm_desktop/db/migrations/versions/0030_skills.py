"""What employees can do at the service desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0030"
down_revision = "0029"

_VERSION = "Raised by trigger at every change; an update names the one it read"
_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "employee_skill",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("employee_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=True, comment="Null: any product"),
        sa.Column("type_id", sa.BigInteger(), nullable=True, comment="Null: any kind of request"),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["crm.product_category.id"], name="employee_skill_category_id_fkey"),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["crm.employee.id"], name="employee_skill_employee_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["type_id"], ["crm.dictionary_entry.id"], name="employee_skill_type_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="employee_skill_pkey"),
        sa.UniqueConstraint(
            "employee_id",
            "category_id",
            "type_id",
            name="employee_skill_employee_id_category_id_type_id_key",
            postgresql_nulls_not_distinct=True,
        ),
        schema=SCHEMA,
        comment="What employees can do",
    )
    op.create_index("employee_skill_category_id_idx", "employee_skill", ["category_id"], schema=SCHEMA)
