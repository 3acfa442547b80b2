"""What stands in a database beside its rows, as plain text to compare: recorded by the upgrade, read by the check."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, text

from crm_desktop.db.guard import guard_statements

SQL = Path(__file__).parent / "sql"

# Partitions of the journal are left out: they come and go with the months.
_PRESENT = """
    with space as (select oid, nspname, nspowner, nspacl from pg_namespace where nspname in ('crm', 'journal')),
    relation as (
      select c.oid, format('%s.%s', s.nspname, c.relname) as name, c.relkind, c.relowner, c.relacl,
             c.relrowsecurity, c.relforcerowsecurity
      from pg_class c join space s on s.oid = c.relnamespace where not c.relispartition
    )
    select 'schema' as kind, nspname::text as name, format('%s %s', nspowner::regrole, nspacl) as definition from space
    union all
    select 'table', name, format('%s %s %s %s', relowner::regrole, relacl, relrowsecurity, relforcerowsecurity)
      from relation where relkind in ('r', 'p', 'v', 'm', 'S')
    union all
    select 'column', format('%s.%s', r.name, a.attname),
           format('%s %s %s %s', format_type(a.atttypid, a.atttypmod), a.attnotnull,
                  pg_get_expr(d.adbin, d.adrelid), a.attacl)
      from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
        left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum
      where r.relkind in ('r', 'p', 'v', 'm')
    union all
    select 'index', r.name, pg_get_indexdef(r.oid) from relation r where r.relkind in ('i', 'I')
    union all
    select 'constraint', format('%s.%s', r.name, k.conname), pg_get_constraintdef(k.oid)
      from relation r join pg_constraint k on k.conrelid = r.oid where k.contype in ('p', 'u', 'f', 'c')
    union all
    select 'policy', format('%s.%s', r.name, p.polname),
           format('%s %s %s using %s check %s', p.polcmd, p.polpermissive,
                  array(select g::regrole::text from unnest(p.polroles) g order by 1),
                  pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
      from relation r join pg_policy p on p.polrelid = r.oid
    union all
    select 'trigger', format('%s.%s', r.name, t.tgname), format('%s %s', t.tgenabled, pg_get_triggerdef(t.oid))
      from relation r join pg_trigger t on t.tgrelid = r.oid where not t.tgisinternal
    union all
    select 'function', p.oid::regprocedure::text,
           format('%s %s %s', p.proowner::regrole, p.proacl,
                  case when p.prokind <> 'a' then md5(pg_get_functiondef(p.oid)) end)
      from pg_proc p join space s on s.oid = p.pronamespace
    union all
    select 'language', lanname::text, lanacl::text from pg_language where lanname in ('sql', 'plpgsql')
    union all
    select 'operator class', opcname::text, opckeytype::regtype::text
      from pg_opclass join space s on s.oid = opcnamespace
"""
_PLAIN_NAMES = text("set local search_path = pg_catalog")  # so that definitions name every schema, whoever asks
_RECORD = "insert into journal.expected (kind, name, definition) select kind, name, definition from present"
_COMPARE = """
    select coalesce(e.kind, p.kind), coalesce(e.name, p.name), e.name is not null, p.name is not null
    from present p full join (select * from journal.expected where kind <> 'program') e
      on e.kind = p.kind and e.name = p.name
    where e.definition is distinct from p.definition order by 1, 2
"""


class Difference(NamedTuple):
    """Something that is not as the last upgrade left it."""

    kind: str
    name: str
    is_expected: bool
    is_present: bool


def record(connection: Connection) -> None:
    """Keep what is there now as what must be there."""
    connection.execute(_PLAIN_NAMES)
    connection.execute(text("delete from journal.expected"))
    connection.execute(text(f"with present as ({_PRESENT}) {_RECORD}"))
    connection.execute(
        text("insert into journal.expected values ('program', 'program', :hash)"), {"hash": program_hash()}
    )


def compare(connection: Connection) -> list[Difference]:
    """What was altered, lost or added since the last upgrade."""
    connection.execute(_PLAIN_NAMES)
    return [Difference(*row) for row in connection.execute(text(f"with present as ({_PRESENT}) {_COMPARE}"))]


def is_of_this_program(connection: Connection) -> bool:
    """Whether the last upgrade installed this program's functions and policies."""
    installed = connection.execute(text("select definition from journal.expected where kind = 'program'")).scalar()
    return installed == program_hash()


def program_hash() -> str:
    """Of everything that an upgrade installs beside the tables."""
    scripts = [file.read_bytes().replace(b"\r\n", b"\n") for file in sorted(SQL.rglob("*.sql"))]
    return hashlib.sha256(b"\n".join([*scripts, *(s.encode() for s in guard_statements())])).hexdigest()
