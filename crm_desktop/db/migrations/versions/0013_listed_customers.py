"""Let long lists of customers be filtered, grouped and added up from their indexes, which autovacuum keeps fit."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
_LISTED = """
    type_id, life_cycle_id, level_id, industry_id, source_id, region_id, is_do_not_contact, registered_on,
    last_contact_at, total_amount
"""


def upgrade() -> None:
    op.execute("drop index crm.customer_sort_owner_idx, crm.customer_owner_sort_idx")
    op.execute(f"create index customer_sort_owner_idx on crm.customer (sort_key, id) include (owner_id, {_LISTED})")
    op.execute(f"create index customer_owner_sort_idx on crm.customer (owner_id, sort_key, id) include ({_LISTED})")
    op.execute("drop index crm.contact_owner_sort_idx")
    op.execute("create index contact_owner_sort_idx on crm.contact (owner_id, sort_key, id) include (customer_id)")
    for table in ("customer", "contact", "activity"):
        op.execute(f"""
            alter table crm.{table} set (autovacuum_vacuum_scale_factor = 0.02,
                                         autovacuum_vacuum_insert_scale_factor = 0.02)
        """)
