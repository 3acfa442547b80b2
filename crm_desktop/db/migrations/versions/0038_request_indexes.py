"""Service requests in the order of what is due next, all of them; those that wait for the customer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_desktop.models import SCHEMA

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.drop_index("service_request_due_idx", "service_request", schema=SCHEMA)
    op.create_index(
        "service_request_due_idx", "service_request", ["due_at", "id"], schema=SCHEMA, postgresql_include=["owner_id"]
    )
    op.create_index(
        "service_request_waiting_idx",
        "service_request",
        ["id"],
        schema=SCHEMA,
        postgresql_where=sa.text("waiting_since is not null"),
    )
