"""Visits: events that say for which service request they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_desktop.models import SCHEMA

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    column = sa.Column("request_id", sa.BigInteger(), nullable=True, comment="Of a visit: what it is for")
    op.add_column("event", column, schema=SCHEMA)
    op.create_foreign_key(
        "event_request_id_fkey",
        "event",
        "service_request",
        ["request_id"],
        ["id"],
        source_schema=SCHEMA,
        referent_schema=SCHEMA,
        ondelete="SET NULL",
    )
    op.create_index(
        "event_request_idx", "event", ["request_id"], schema=SCHEMA, postgresql_where=sa.text("request_id is not null")
    )
