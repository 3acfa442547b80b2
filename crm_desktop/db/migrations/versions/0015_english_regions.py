"""Regions bear their parents' names in English too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_desktop.models import SCHEMA

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column(
        "dictionary_entry",
        sa.Column(
            "full_name_en",
            sa.String(length=300),
            server_default="",
            nullable=False,
            comment="The same in English: Tianhe, Guangzhou, Guangdong; kept by trigger",
        ),
        schema=SCHEMA,
    )
    op.execute("""
        with recursive entry as (
          select e.id, e.parent_id, coalesce(nullif(e.name_en, ''), e.name)::text as name from crm.dictionary_entry e
        ), tree as (
          select e.id, e.name as full_name from entry e where e.parent_id is null
          union all
          select e.id, concat_ws(', ', e.name, nullif(t.full_name, e.name))
          from entry e join tree t on t.id = e.parent_id)
        update crm.dictionary_entry e set full_name_en = t.full_name from tree t where t.id = e.id
    """)
