"""Nobody works less than no time. What is there already stays as it is until somebody saves it."""

from __future__ import annotations

from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.execute(
        "alter table crm.service_request add constraint service_request_hours_check check (hours >= 0) not valid"
    )
