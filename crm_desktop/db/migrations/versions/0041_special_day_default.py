"""A special day is a holiday unless one says that it is worked."""

from __future__ import annotations

from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.execute("alter table crm.special_day alter is_working set default false")
