"""A whole database into one file, and a new database made of it again and compared with what it was."""

from __future__ import annotations

import contextlib
import json
import secrets
import subprocess
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple

from sqlalchemy import Connection, text

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.db import server
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.backup_file import DUMP, Login, Manifest, opened, replaced, write_manifest
from crm_desktop.db.checksums import sum_up
from crm_desktop.db.scram import scram_verifier
from crm_desktop.db.tools import Tool, as_parameter, find_tool, running

_PIECE = 1 << 20
_TRANSACTION_TIMEOUT_SINCE = 17
LAST_BACKUP, LAST_PROOF = "last_backup", "last_proven_restore"
"""Keys of ``crm.setting``: when the database was last backed up, and when a backup of it last proved good."""
_UNFINISHED = "crm-desktop: restore not finished"


class Restored(NamedTuple):
    """``locked_logins`` did not exist on the server, and must be unlocked by the administrator."""

    manifest: Manifest
    locked_logins: tuple[str, ...]


def backup(superuser_url: str, file: Path, progress: Progress) -> Manifest:
    """Write the whole database to ``file``, as it is at this moment, while others go on working.

    ``file`` is replaced at the end, or left as it was. Raises ``KnownError``.
    """
    address = ConnectionAddress.from_url(superuser_url)
    with server.superuser(address) as connection, replaced(file) as unfinished:
        connection.execute(text("set transaction isolation level repeatable read, read only"))
        connection.execute(text("set local idle_in_transaction_session_timeout = 0"))  # while pg_dump works
        server.check_server(connection)
        version = connection.execute(text("select current_setting('server_version_num')::int")).scalar_one()
        tool = find_tool("pg_dump", version // 10000)
        snapshot = connection.execute(text("select pg_export_snapshot()")).scalar_one()
        manifest = Manifest(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            database=address.database,
            revision=_revision(connection),
            server_version=version,
            tool_version=tool.version,
            tables=sum_up(connection, lambda done, total: progress(done, total, _("Adding up the tables"))),
            logins=_logins(connection),
        )
        with zipfile.ZipFile(unfinished, "w") as archive:
            with archive.open(DUMP, "w", force_zip64=True) as dump:
                _dump(tool, address, snapshot, dump, progress)
            write_manifest(archive, manifest)
    _note(address, LAST_BACKUP, {"at": manifest.made_at})
    return manifest


def restore(superuser_url: str, file: Path, new_database: str, progress: Progress) -> Restored:
    """Make ``new_database`` of a backup, compare every table with it, and let the employees in.

    Logins that the server does not have are made with the passwords of then. On a server where this program has been at
    home before they are made locked: somebody may have removed them on purpose. Logins that exist stay as they are.
    Raises ``KnownError``; then there is no such database, as before.
    """
    address = ConnectionAddress.from_url(superuser_url)
    maintenance, new = replace(address, database="postgres"), replace(address, database=new_database)
    with opened(file) as (archive, manifest):
        tool = find_tool("pg_restore", manifest.tool_version)
        with server.superuser(maintenance, autocommit=True) as connection:
            server.check_server(connection)
            is_at_home = connection.execute(text("select to_regrole('crm_user') is not null")).scalar_one()
            server.ensure_roles(connection)
            _drop_unfinished(connection, new_database)
            server.create_database(connection, new_database)
            name = server.quoted(connection, new_database)
        try:
            with server.superuser(new) as connection:
                connection.execute(text(f"revoke all on database {name} from public"))
                connection.execute(text(f"comment on database {name} is '{_UNFINISHED}'"))
            _fill(tool, new, archive, progress)
            with server.superuser(new) as connection:
                _compare(connection, manifest, progress)
                locked = _make_logins(connection, manifest.logins, locked=is_at_home)
                server.open_for_employees(connection)
                connection.execute(text("analyze"))
                connection.execute(text(f"comment on database {name} is null"))
        except BaseException:
            with server.superuser(maintenance, autocommit=True) as connection:
                connection.execute(text(f"drop database if exists {name} with (force)"))
            raise
    _note_proof(replace(address, database=manifest.database), manifest)
    return Restored(manifest, locked)


def _note_proof(source: ConnectionAddress, manifest: Manifest) -> None:
    """Tell the database that was backed up, if it is on this server, that its backup is good."""
    with server.superuser(replace(source, database="postgres")) as connection:
        is_here = text("select exists (select from pg_database where datname = :name)")
        if not connection.execute(is_here, {"name": source.database}).scalar_one():
            return
    now = datetime.now(UTC).isoformat(timespec="seconds")
    _note(source, LAST_PROOF, {"at": now, "backup_of": manifest.made_at})


def _note(address: ConnectionAddress, key: str, value: dict[str, str]) -> None:
    """Keep in the settings what managers want to know of backups. Nothing where the database is not this program's."""
    with server.superuser(address) as connection:
        if not connection.execute(text("select to_regclass('crm.setting') is not null")).scalar_one():
            return
        connection.execute(text("set local role crm_owner"))
        connection.execute(text("select journal.begin_change('setup', '')"))
        connection.execute(
            text("""
            insert into crm.setting (key, value) values (:key, cast(:value as jsonb))
            on conflict (key) do update set value = excluded.value
            """),
            {"key": key, "value": json.dumps(value)},
        )


def _revision(connection: Connection) -> str:
    if not connection.execute(text("select to_regclass('crm.alembic_version') is not null")).scalar_one():
        raise KnownError(_("The database is not set up for this program."), _("Check its name."))
    return str(connection.execute(text("select version_num from crm.alembic_version")).scalar_one())


def _logins(connection: Connection) -> tuple[Login, ...]:
    rows = connection.execute(
        text("""
        select a.rolname, coalesce(a.rolpassword, ''), a.rolcanlogin and coalesce(a.rolvaliduntil > now(), true)
        from pg_authid a join crm.employee e on e.login = a.rolname order by 1
    """)
    )
    return tuple(Login(*row) for row in rows)


def _dump(tool: Tool, address: ConnectionAddress, snapshot: str, dump: IO[bytes], progress: Progress) -> None:
    arguments = ["--format=custom", f"--snapshot={snapshot}", "--lock-wait-timeout=60000"]
    with running(tool, arguments, address, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        written = 0
        while piece := process.stdout.read(_PIECE):
            written += dump.write(piece)
            progress(written, 0, _("Writing the backup"))


def _fill(tool: Tool, address: ConnectionAddress, archive: zipfile.ZipFile, progress: Progress) -> None:
    with server.superuser(address) as connection:
        version = connection.execute(text("select current_setting('server_version_num')::int / 10000")).scalar_one()
    # Before anything else a newer pg_restore sets what an older server does not know, and does not need.
    forgiven = "transaction_timeout" if version < _TRANSACTION_TIMEOUT_SINCE <= tool.version else ""
    arguments = ["--dbname", as_parameter(address.database), *([] if forgiven else ["--exit-on-error"])]
    total = archive.getinfo(DUMP).file_size
    with (
        archive.open(DUMP) as dump,
        running(tool, arguments, address, stdin=subprocess.PIPE, forgiven=forgiven) as process,
    ):
        _feed(process, dump, lambda done: progress(done, total, _("Restoring")))
        while process.poll() is None:  # it still makes indexes
            progress(total, total, _("Restoring"))
            time.sleep(0.1)


def _feed(process: subprocess.Popen[bytes], dump: IO[bytes], step: Callable[[int], None]) -> None:
    assert process.stdin is not None
    done = 0
    while piece := dump.read(_PIECE):
        done += len(piece)
        step(done)
        try:
            process.stdin.write(piece)
        except OSError:  # it has ended, and will say why
            break
    with contextlib.suppress(OSError):
        process.stdin.close()


def _drop_unfinished(connection: Connection, database: str) -> None:
    """Remove what a restore left that was killed itself; a database that is in use or finished stays."""
    comment = connection.execute(
        text("""
            select shobj_description(d.oid, 'pg_database') from pg_database d
            where d.datname = :name and not exists (select from pg_stat_activity a where a.datid = d.oid)
        """),
        {"name": database},
    ).scalar_one_or_none()
    if comment == _UNFINISHED:
        connection.execute(text(f"drop database {server.quoted(connection, database)}"))


def _compare(connection: Connection, manifest: Manifest, progress: Progress) -> None:
    sums = sum_up(connection, lambda done, total: progress(done, total, _("Comparing with the backup")))
    tables = sorted(sums.keys() | manifest.tables.keys())
    different = [table for table in tables if sums.get(table) != manifest.tables.get(table)]
    if different:
        raise KnownError(
            _("The restored tables differ from the backup: {tables}").format(tables=", ".join(different)),
            _("Use another backup."),
        )


def _make_logins(connection: Connection, logins: Sequence[Login], *, locked: bool) -> tuple[str, ...]:
    """Make the logins that the server lacks; the names of those that were active and are locked now."""
    existing = set(connection.execute(text("select rolname from pg_roles")).scalars())
    made = [login for login in logins if login.name not in existing]
    for login in made:
        verifier = login.verifier
        if not verifier.startswith("SCRAM-SHA-256"):
            verifier = scram_verifier(secrets.token_urlsafe())  # nobody knows it: the administrator sets a new one
        create = text("select crm.create_login(:login, :verifier)")
        connection.execute(create, {"login": login.name, "verifier": verifier})
        if locked or not login.is_active:
            connection.execute(text("select crm.set_login_active(:login, false)"), {"login": login.name})
    return tuple(login.name for login in made if locked and login.is_active)
