"""No stage allows fewer days than none."""

from __future__ import annotations

from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.execute("update crm.sales_stage set days_allowed = null where days_allowed not between 0 and 3650")
    op.execute(
        "alter table crm.sales_stage add constraint sales_stage_days_allowed_check"
        " check (days_allowed between 0 and 3650)"
    )
