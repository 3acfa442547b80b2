"""Runs inside the transaction that ``db.server`` opened; there is no other way to run it."""

from __future__ import annotations

from alembic import context

from crm_desktop.models import SCHEMA, Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table_schema=SCHEMA,
    include_schemas=True,
    include_name=lambda name, kind, _parents: kind != "schema" or name == SCHEMA,
)
context.run_migrations()
