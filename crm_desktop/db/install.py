"""Bring a database to this program's state, in the caller's transaction: tables, functions, policies, triggers."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from crm_desktop.db.fingerprint import SQL, record
from crm_desktop.db.guard import guard_statements, guarded_tables
from crm_desktop.models import Base

_MIGRATIONS = Path(__file__).parent / "migrations"
_SCHEMAS = ("crm", "journal")
_DROP_OLD = """
do $$
declare
  found record;
begin
  for found in select schemaname, tablename, policyname from pg_policies where schemaname in ('crm', 'journal') loop
    execute format('drop policy %I on %I.%I', found.policyname, found.schemaname, found.tablename);
  end loop;
  for found in
    select t.tgname, t.tgrelid::regclass as relation from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not t.tgisinternal and c.relnamespace in ('crm'::regnamespace, 'journal'::regnamespace)
  loop
    execute format('drop trigger %I on %s', found.tgname, found.relation);
  end loop;
  -- What defaults of columns and the search operator need stays; it is replaced in place.
  for found in
    select p.oid::regprocedure as routine from pg_proc p
    where p.pronamespace in ('crm'::regnamespace, 'journal'::regnamespace)
      and not exists (select from pg_depend d where d.refobjid = p.oid and d.refclassid = 'pg_proc'::regclass)
  loop
    execute format('drop routine %s', found.routine);
  end loop;
end $$
"""
_PARTITION_POLICIES = """
do $$
declare
  partition regclass;
begin
  for partition in select inhrelid from pg_inherits where inhparent = 'journal.change'::regclass loop
    execute format('create policy owner_all on %s to crm_owner using (true)', partition);
  end loop;
  perform journal.ensure_partition(clock_timestamp() + make_interval(months => ahead)) from generate_series(0, 3) ahead;
end $$
"""


def install(connection: Connection) -> None:
    """Create or upgrade everything but roles and data. The connection must be a superuser's."""
    # Lost right after a switch of roles, the transaction takes all with it: one transaction, all or nothing.
    connection.execute(text("select pg_advisory_xact_lock(hashtext('crm.install'))"))
    for schema in _SCHEMAS:
        run_script(connection, f"create schema if not exists {schema} authorization crm_owner")
    run_script(connection, (SQL / "before" / "operator_class.sql").read_text(encoding="utf-8"))
    run_script(connection, "set local role crm_owner; set local check_function_bodies = off")
    run_script(connection, (SQL / "before" / "defaults.sql").read_text(encoding="utf-8"))
    _migrate(connection)
    run_script(connection, "set local check_function_bodies = on")
    run_script(connection, _DROP_OLD)
    for file in sorted(SQL.glob("*.sql")):
        run_script(connection, file.read_text(encoding="utf-8"))
    for statement in guard_statements():
        run_script(connection, statement)
    run_script(connection, _PARTITION_POLICIES)
    _describe_subjects(connection)
    run_script(connection, "reset role; revoke execute on all routines in schema crm, journal from public")
    record(connection)


def run_script(connection: Connection, script: str) -> None:
    """Execute all of ``script``, past SQLAlchemy, which would take colons and percent signs for parameters."""
    connection.connection.cursor().execute(script)


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _describe_subjects(connection: Connection) -> None:
    """Tell the journal's functions what the models say about each table."""
    display = {mapper.class_.__tablename__: mapper.class_.display[0] for mapper in Base.registry.mappers}
    connection.execute(text("delete from journal.subject"))
    connection.execute(
        text("""
            insert into journal.subject (table_name, entity, rule, owner_column, writer_column, parent_table,
                                         parent_column, display_column, position)
            values (:table_name, :entity, :rule, :owner, :writer, :parent_table, :parent_column, :display, :position)
        """),
        [
            {
                "table_name": name,
                "entity": guard.entity,
                "rule": guard.rule,
                "owner": guard.owner_column,
                "writer": guard.writer_column or guard.owner_column,
                "parent_table": guard.parent_table,
                "parent_column": guard.parent_column,
                "display": display[name] if display[name] in table.columns else "id",
                "position": position,
            }
            for position, (name, (table, guard)) in enumerate(guarded_tables().items())
        ],
    )
