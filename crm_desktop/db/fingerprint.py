"""What stands in a database beside its rows, as plain text to compare: recorded by the upgrade, read by the check."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, text

from crm_desktop.db.guard import guard_statements

SQL = Path(__file__).parent / "sql"

PRESENT = (SQL / "before/present.sql").read_text(encoding="utf-8")
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
    connection.execute(text(f"with present as ({PRESENT}) {_RECORD}"))
    connection.execute(
        text("insert into journal.expected values ('program', 'program', :hash)"), {"hash": program_hash()}
    )


def compare(connection: Connection) -> list[Difference]:
    """What was altered, lost or added since the last upgrade."""
    connection.execute(_PLAIN_NAMES)
    return [Difference(*row) for row in connection.execute(text(f"with present as ({PRESENT}) {_COMPARE}"))]


def is_of_this_program(connection: Connection) -> bool:
    """Whether the last upgrade installed this program's functions and policies."""
    installed = connection.execute(text("select definition from journal.expected where kind = 'program'")).scalar()
    return installed == program_hash()


def program_hash() -> str:
    """Of everything that an upgrade installs beside the tables."""
    scripts = [file.read_bytes().replace(b"\r\n", b"\n") for file in sorted(SQL.rglob("*.sql"))]
    return hashlib.sha256(b"\n".join([*scripts, *(s.encode() for s in guard_statements())])).hexdigest()
