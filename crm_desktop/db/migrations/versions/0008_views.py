"""Saved views of lists, and the function to share them for the groups that have every other one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Raised by trigger at every change; an update names the one it read",
        ),
        sa.Column("owner_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=False),
        sa.Column("entity", sa.String(40), nullable=False, comment="Whose list it is a view of"),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("icon", sa.String(40), server_default="funnel", nullable=False),
        sa.Column("is_for_everybody", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "group_ids",
            postgresql.ARRAY(sa.BigInteger()),
            server_default="{}",
            nullable=False,
            comment="Permission groups to whose members it is shown",
        ),
        sa.Column(
            "content",
            postgresql.JSONB(),
            nullable=False,
            comment="Filter, order and arrangement as services/views.py writes them",
        ),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="saved_view_pkey"),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="saved_view_owner_id_fkey", ondelete="CASCADE"),
        schema=SCHEMA,
        comment="Saved views of lists",
    )
    op.create_index("saved_view_owner_id_idx", "saved_view", ["owner_id"], schema=SCHEMA)
    op.execute("""
        update crm.permission_grant g set functions = functions || array['share_views']
        from crm.permission_group p
        where p.id = g.group_id and not 'share_views' = any (functions)
          and (p.code = 'administrator' or 'bulk_edit' = any (functions) and 'undo' = any (functions))
    """)
