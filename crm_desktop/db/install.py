"""Bring a database to this program's state, in the caller's transaction: tables, functions, policies, triggers."""

from __future__ import annotations

from sqlalchemy import Connection, text

from crm_desktop.db.fingerprint import PRESENT, SQL, record
from crm_desktop.db.guard import guard_statements, guarded_tables
from crm_desktop.db.person import MIGRATIONS
from crm_desktop.models import Base

_SCHEMAS = ("crm", "journal")
_RETURNS = "returns table (kind text, name text, definition text) language sql stable set search_path = pg_catalog"


def install(connection: Connection) -> None:
    """Create or upgrade everything but roles and data. The connection must be a superuser's."""
    connection.execute(text("select pg_advisory_xact_lock(hashtext('crm.install'))"))
    for schema in _SCHEMAS:
        run_script(connection, f"create schema if not exists {schema}; alter schema {schema} owner to crm_owner")
    for name in ("reset", "operator_class"):
        run_script(connection, _read(f"before/{name}.sql"))
    run_script(connection, "set local role crm_owner; set local check_function_bodies = off")
    run_script(connection, _read("before/defaults.sql"))
    _migrate(connection)
    run_script(connection, "set local check_function_bodies = on")
    run_script(connection, f"create function journal.present() {_RETURNS} as $present$\n{PRESENT}$present$")
    for file in sorted(SQL.glob("*.sql")):
        run_script(connection, _read(file.name))
    for statement in guard_statements():
        run_script(connection, statement)
    run_script(connection, "select crm.guard_custom_field(f) from crm.custom_field f")
    run_script(connection, "select journal.make_partitions(3)")
    _describe_subjects(connection)
    run_script(connection, "select crm.refresh_reach()")
    run_script(connection, "reset role; revoke execute on all routines in schema crm, journal from public")
    record(connection)


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def run_script(connection: Connection, script: str) -> None:
    """Execute all of ``script``, past SQLAlchemy, which would take colons and percent signs for parameters."""
    connection.connection.cursor().execute(script)


def _migrate(connection: Connection) -> None:
    from alembic import command  # only for those who set up or upgrade a database
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _describe_subjects(connection: Connection) -> None:
    """Tell the journal's functions what the models say about each table."""
    display = {mapper.class_.__tablename__: mapper.class_.display[0] for mapper in Base.registry.mappers}
    connection.execute(text("delete from journal.subject"))
    connection.execute(
        text("""
            insert into journal.subject (table_name, entity, rule, owner_column, writer_column, parent_table,
                                         parent_column, along_table, along_column, along_owner_column, named_column,
                                         named_may_write, display_column, position)
            values (:table_name, :entity, :rule, :owner, :writer, :parent_table, :parent_column, :along_table,
                    :along_column, :along_owner, :named, :named_may_write,
                    :display, :position)
        """),
        [
            {
                "table_name": name,
                "entity": guard.entity,
                "rule": guard.rule,
                "owner": guard.judged_column,
                "writer": guard.writer_column or guard.judged_column,
                "parent_table": guard.parent_table,
                "parent_column": guard.parent_column,
                "along_table": guard.along_table,
                "along_column": guard.along_column,
                "along_owner": guard.along_owner_column,
                "named": guard.named_column,
                "named_may_write": guard.named_may_write,
                "display": display[name] if display[name] in table.columns else "id",
                "position": position,
            }
            for position, (name, (table, guard)) in enumerate(guarded_tables().items())
        ],
    )
