"""What of a stage's checklist is done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column(
        "opportunity",
        sa.Column(
            "checked",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Lines of the stage's checklist that are done; empty when it enters another stage",
        ),
        schema=SCHEMA,
    )
    op.alter_column(
        "sales_stage",
        "required_fields",
        comment="Fields of the opportunity that must be filled in to enter it",
        schema=SCHEMA,
    )
