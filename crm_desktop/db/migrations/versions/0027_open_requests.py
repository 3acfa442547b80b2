"""What is open of long lists of service requests is found by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_desktop.models import SCHEMA

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_index(
        "service_request_open_idx",
        "service_request",
        ["owner_id", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("solved_at is null and closed_at is null"),
    )
