"""One index for all who search, instead of one for those who see little and one for those who see much."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    for table in ("customer", "contact"):
        op.execute(f"drop index if exists crm.{table}_search_idx, crm.{table}_grams_idx")  # of firms before 0009
        op.execute(f"""
            create index {table}_search_idx on crm.{table}
              using gin (crm.owned_grams(search_grams, owner_id) crm.gram_ops)
        """)
        op.execute(f"analyze crm.{table}")  # else the planner takes what is looked up for something frequent
