"""A worker's copy of the office for tests that commit, put back after each: a new copy would take ten times as long.

What a test has changed tells the server's own statistics: every session has reported before it is gone. Where more
than rows has changed, the copy is made anew.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import Any

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from crm_desktop.db.embedded import ServerAddress

_END_SESSIONS = """
    select pg_terminate_backend(pid, 60000) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
"""
_CHANGED = """
    select relid::regclass::text from pg_stat_user_tables where n_tup_ins + n_tup_upd + n_tup_del > 0 order by 1
"""
_TOUCHED = """
    with touched as (
        select c.relname in ('pg_class', 'pg_attribute', 'pg_namespace', 'pg_statistic') as is_passing,
            s.n_tup_ins <> s.n_tup_del or s.n_tup_upd > 0 as is_other
        from pg_stat_sys_tables s join pg_class c on c.oid = s.relid
        where s.schemaname = 'pg_catalog' and not c.relisshared and s.n_tup_ins + s.n_tup_upd + s.n_tup_del > 0
    )
    select coalesce(bool_or(is_other and not is_passing), false), coalesce(bool_or(is_passing), false) from touched
"""  # whether more than rows has changed, and whether it may have: what temporary tables leave is gone with them
_SHAPE = """
    with shipped as (
        select c.* from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname !~ '^pg_|^information_'
    )
    select (select md5(string_agg(nspname, ' ' order by oid)) from pg_namespace where nspname !~ '^pg_(toast_)?temp'),
        (select md5(string_agg(concat_ws(' ', oid, relname, relowner, relnatts, relacl, reloptions, relrowsecurity),
            ';' order by oid)) from shipped),
        (select md5(string_agg(a::text, ';' order by a.attrelid, a.attnum))
            from pg_attribute a join shipped c on c.oid = a.attrelid)
"""
_TABLES = """
    select oid::regclass::text from pg_class
    where relkind = 'r' and relnamespace in ('crm'::regnamespace, 'journal'::regnamespace)
"""
_SEQUENCES = "select format('%I.%I', schemaname, sequencename), start_value, last_value from pg_sequences"


class OwnCopy:
    """The database ``name``, as the database ``template`` is."""

    def __init__(self, server: ServerAddress, name: str, template: str) -> None:
        self._server, self._template = server, template
        self.name = name
        self._copy()
        with _cursor(server.url(name)) as cursor:  # every copy is the same, down to the numbers of its tables
            self._rows = {table: _rows(cursor, table) for (table,) in _all(cursor, _TABLES)}
            self._sequences = set(_all(cursor, _SEQUENCES))
            self._shape = _all(cursor, _SHAPE)

    def renew(self) -> None:
        """Put back everything; nobody may be signed in any more."""
        with _cursor(self._server.url(self.name)) as cursor:
            cursor.execute(_END_SESSIONS)
            ((is_rebuilt, is_touched),) = _all(cursor, _TOUCHED)
            is_as_shipped = not is_rebuilt and (not is_touched or _all(cursor, _SHAPE) == self._shape)
            if is_as_shipped:
                self._put_back(cursor, [table for (table,) in _all(cursor, _CHANGED)])
        if not is_as_shipped:
            self._copy()

    def _copy(self) -> None:
        with _cursor(self._server.url()) as cursor:
            cursor.execute(f"drop database if exists {self.name} with (force)")
            cursor.execute(f"create database {self.name} template {self._template} owner crm_owner")
            cursor.execute(f"revoke all on database {self.name} from public")
            cursor.execute(f"grant connect, temporary on database {self.name} to crm_user")

    def _put_back(self, cursor: Any, tables: list[str]) -> None:
        cursor.execute("set track_counts = off; set session_replication_role = replica")  # no trigger, no foreign key
        if tables:
            cursor.execute("; ".join(f"delete from {table}" for table in tables))
            cursor.execute(f"vacuum {', '.join(tables)}")  # so that rows come to lie where they lay
        for table in tables:
            cursor.copy_expert(f"copy {table} from stdin (format binary)", io.BytesIO(self._rows[table]))
        for name, start, last in self._sequences - set(_all(cursor, _SEQUENCES)):
            cursor.execute("select setval(%s, %s, %s)", (name, start if last is None else last, last is not None))
        cursor.execute("select pg_stat_reset()")


@contextlib.contextmanager
def _cursor(url: str) -> Iterator[Any]:
    connection = psycopg2.connect(url)
    connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    with contextlib.closing(connection):
        yield connection.cursor()


def _all(cursor: Any, statement: str) -> list[tuple[Any, ...]]:
    cursor.execute(statement)
    return list(cursor.fetchall())


def _rows(cursor: Any, table: str) -> bytes:
    rows = io.BytesIO()
    cursor.copy_expert(f"copy {table} to stdout (format binary)", rows)
    return rows.getvalue()
