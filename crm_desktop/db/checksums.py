"""How many rows every table holds, and a number for all that is in them, the same on PostgreSQL 15 to 18."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection, text


class TableSum(NamedTuple):
    """``checksum`` is the sum of a hash of every row's text, so that the order of rows does not matter."""

    rows: int
    checksum: str


_SAME_TEXT_EVERYWHERE = (
    "set local timezone = 'UTC'; set local datestyle = 'ISO'; set local intervalstyle = 'postgres'; "
    "set local extra_float_digits = 1; set local bytea_output = 'hex'"
)
_TABLES = text("""
    select n.nspname || '.' || c.relname as name, format('%I.%I', n.nspname, c.relname) as quoted
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    order by 1
""")


def sum_up(connection: Connection, step: Callable[[int, int], None]) -> dict[str, TableSum]:
    """By ``schema.table``; partitions count as tables. ``step`` is told how many of how many tables are done."""
    connection.execute(text(_SAME_TEXT_EVERYWHERE))
    tables = connection.execute(_TABLES).all()
    sums = {}
    for done, table in enumerate(tables):
        step(done, len(tables))
        # The server itself has quoted the name.
        hashed = 'coalesce(sum(hashtextextended(t::text collate "C", 0)), 0)::text'
        counted = f"select count(*), {hashed} from {table.quoted} t"  # noqa: S608
        row = connection.execute(text(counted)).one()
        sums[table.name] = TableSum(*row)
    return sums
