"""What administrators see of the server from the workbench, and what they do there without a command line."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core.progress import Progress
from crm_desktop.db.fingerprint import is_of_this_program
from crm_desktop.services.preferences import fetch_settings


class Connected(NamedTuple):
    """One employee's login, or another's, with all its connections to this database."""

    login: str
    name: str
    """The employee's; empty for a login that is none."""
    programs: tuple[str, ...]
    addresses: tuple[str, ...]
    since: datetime.datetime
    active_at: datetime.datetime
    connections: int
    may_be_ended: bool
    is_me: bool


class ServerState(NamedTuple):
    """Sizes are in bytes; ``tables`` has the largest first, the journal as ``change``."""

    size: int
    tables: tuple[tuple[str, int], ...]
    started_at: datetime.datetime
    used_connections: int
    most_connections: int
    settings: dict[str, Any]
    is_upgrade_pending: bool
    """Another build of this version set the database up: an upgrade would install this one's functions."""


class Finding(NamedTuple):
    """One thing looked at in the database; ``hint`` says what to do where it is not as it must be."""

    is_ok: bool
    text: str
    hint: str


def fetch_connected(session: Session) -> list[Connected]:
    """Who is connected to this database, in the order of names. One statement. Administrators only."""
    rows = session.execute(
        text("""
        select login, max(name) as name,
               array_agg(distinct program) as programs, array_agg(distinct address) as addresses,
               min(since) as since, max(active_at) as active_at, count(*) as connections,
               bool_and(is_employee) and not bool_or(is_mine) as may_be_ended, bool_or(is_mine) as is_me
        from crm.connections() group by login order by min(name) = '', min(name), login
        """)
    )
    return [
        Connected(
            row.login, row.name, tuple(filter(None, row.programs)), tuple(filter(None, row.addresses)), row.since,
            row.active_at, row.connections, row.may_be_ended, row.is_me,
        )
        for row in rows
    ]  # fmt: skip


def end_connections(session: Session, login: str) -> int:
    """Sign somebody out everywhere; returns how many connections were told to go. One statement."""
    return int(session.execute(text("select crm.end_connections(:login)"), {"login": login}).scalar_one())


def fetch_server_state(session: Session) -> ServerState:
    """Sizes, connections and the last backups. Four statements. Administrators only."""
    (whole, *tables) = session.execute(text("select name, bytes from crm.sizes()")).all()
    facts = session.execute(text("select * from crm.server_facts()")).one()
    return ServerState(
        size=whole.bytes,
        tables=tuple((row.name, row.bytes) for row in tables),
        started_at=facts.started_at,
        used_connections=facts.used_connections,
        most_connections=facts.most_connections,
        settings=fetch_settings(session),
        is_upgrade_pending=not is_of_this_program(session.connection()),
    )


def check_database(session: Session) -> list[Finding]:
    """What “server check” says, as far as this person may see it. Takes a second or two."""
    from crm_desktop.db.check import look  # brings what sets databases up

    return [Finding(one.is_ok, one.text, one.hint) for one in look(session.connection())]


def back_up(superuser_url: str, file: Path, progress: Progress) -> None:
    """Write the whole database to a file. Raises ``KnownError``."""
    from crm_desktop.db.backup import backup

    backup(superuser_url, file, progress)


def restore(superuser_url: str, file: Path, database: str, progress: Progress) -> tuple[str, ...]:
    """Make a new database of a backup and compare it; the logins that are locked there. Raises ``KnownError``."""
    from crm_desktop.db.backup import restore as restore_to

    return restore_to(superuser_url, file, database, progress).locked_logins
