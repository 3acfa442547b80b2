"""Messages about invitations and what was answered to them; constraints under the names that the models know."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"

_RENAME = """
    do $$
    declare
      found record;
    begin
      for found in
        select c.conrelid::regclass as relation, c.conname as name, t.relname as doubled
        from pg_constraint c join pg_class t on t.oid = c.conrelid
        where c.contype = 'c' and t.relnamespace = 'crm'::regnamespace
          and c.conname like t.relname || '\\_' || t.relname || '\\_%\\_check\\_check'
      loop
        execute format('alter table %s rename constraint %I to %I', found.relation, found.name,
                       left(substr(found.name, length(found.doubled) + 2), -6));
      end loop;
    end $$
"""


def upgrade() -> None:
    op.execute(_RENAME)
    op.execute("alter table crm.message drop constraint message_kind_check")
    op.execute(
        "alter table crm.message add constraint message_kind_check"
        " check (kind::text in ('personal', 'mention', 'notice', 'invitation', 'accepted', 'declined'))"
    )
