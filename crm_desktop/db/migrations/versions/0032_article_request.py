"""The request that an article is written from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_desktop.models import SCHEMA

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.add_column(
        "knowledge_article",
        sa.Column("request_id", sa.BigInteger(), nullable=True, comment="The request it was written from"),
        schema=SCHEMA,
    )
    op.create_foreign_key(
        "knowledge_article_request_id_fkey",
        "knowledge_article",
        "service_request",
        ["request_id"],
        ["id"],
        source_schema=SCHEMA,
        referent_schema=SCHEMA,
        ondelete="SET NULL",
    )
    op.create_index("knowledge_article_request_id_idx", "knowledge_article", ["request_id"], schema=SCHEMA)
