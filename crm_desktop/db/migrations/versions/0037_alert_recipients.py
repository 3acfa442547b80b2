"""Alert rules name who is warned beside owner and superior."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_desktop.models import SCHEMA

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    warns_owner: sa.Column[bool] = sa.Column(
        "warns_owner", sa.Boolean(), server_default=sa.text("true"), nullable=False, comment="Whoever owns the record"
    )
    employee: sa.Column[int] = sa.Column(
        "employee_id", sa.BigInteger(), nullable=True, comment="Warned of every record"
    )
    group: sa.Column[int] = sa.Column(
        "group_id", sa.BigInteger(), nullable=True, comment="Whose members are warned of every record"
    )
    for added in (warns_owner, employee, group):
        op.add_column("alert_rule", added, schema=SCHEMA)
    op.alter_column("alert_rule", "warns_superior", schema=SCHEMA, comment="The superior of whoever owns the record")
    for column, table in (("employee_id", "employee"), ("group_id", "permission_group")):
        op.create_foreign_key(
            f"alert_rule_{column}_fkey", "alert_rule", table, [column], ["id"],
            source_schema=SCHEMA, referent_schema=SCHEMA, ondelete="SET NULL",
        )  # fmt: skip
