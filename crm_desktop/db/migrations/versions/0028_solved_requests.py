"""What was solved today is found by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_desktop.models import SCHEMA

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_index(
        "service_request_solved_idx",
        "service_request",
        ["solved_at", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("solved_at is not null"),
    )
