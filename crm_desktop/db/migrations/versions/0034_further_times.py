"""When an event takes place beside its rule (RDATE of RFC 5545)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    moments = postgresql.ARRAY(postgresql.TIMESTAMP(timezone=True))
    op.add_column(
        "event",
        sa.Column(
            "additions", moments, server_default="{}", nullable=False, comment="RDATE: when it begins beside the rule"
        ),
        schema=SCHEMA,
    )
