"""The journal. ``db/sql/journal.sql`` says how it is written."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

_TABLES = (
    """
    create table journal.change_set (
      id bigint generated always as identity primary key,
      at timestamptz not null,
      kind text not null,
      label text not null,
      login text not null,
      employee_id bigint,
      undoes bigint references journal.change_set on delete set null,
      undone_by bigint references journal.change_set on delete set null,
      transaction_id bigint not null
    )
    """,
    "create index change_set_employee_idx on journal.change_set (employee_id, id)",
    "create index change_set_undoes_idx on journal.change_set (undoes)",
    "create index change_set_undone_by_idx on journal.change_set (undone_by)",
    "comment on table journal.change_set is 'One action of one person'",
    "create sequence journal.change_id",
    # No foreign key to change_set: only triggers write here, and it would be looked up for every row of an import.
    """
    create table journal.change (
      id bigint not null default nextval('journal.change_id'),
      at timestamptz not null,
      change_set_id bigint not null,
      table_name text not null,
      row_id bigint not null,
      operation "char" not null,
      before jsonb
    ) partition by range (at)
    """,
    "create index change_row_idx on journal.change (table_name, row_id, id)",
    "create index change_set_idx on journal.change (change_set_id)",
    "create index change_deleted_idx on journal.change (table_name, id) where operation = 'D'",
    "comment on table journal.change is 'What each change would otherwise have lost; one partition a month'",
    """
    create table journal.subject (
      table_name text primary key,
      entity text not null,
      rule text not null,
      owner_column text,
      writer_column text,
      parent_table text,
      parent_column text,
      display_column text not null,
      position integer not null
    )
    """,
    "comment on table journal.subject is 'How each journaled table is guarded; written by the upgrade from the models'",
    "create table journal.expected (kind text, name text, definition text not null, primary key (kind, name))",
    "comment on table journal.expected is 'What the last upgrade installed; server check compares'",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
