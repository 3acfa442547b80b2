"""PostgreSQL's own programs on this computer: find one of the right version, and let it work on a database."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.embedded_place import bundled_binaries

if sys.platform == "win32":
    _NO_WINDOW = subprocess.CREATE_NO_WINDOW
else:
    _NO_WINDOW = 0


class Tool(NamedTuple):
    """One program and its major version."""

    path: Path
    version: int


def find_tool(name: Literal["pg_dump", "pg_restore"], oldest: int) -> Tool:
    """The oldest installed program of at least this major version; what newer ones write, older servers may not read.

    Raises ``KnownError`` where there is none.
    """
    fitting = [tool for tool in _installed(name) if tool.version >= oldest]
    if not fitting:
        raise KnownError(
            _("This computer has no {program} of PostgreSQL {version} or later.").format(program=name, version=oldest),
            _("Install PostgreSQL's client programs of that version, or run this on the server itself."),
        )
    return min(fitting, key=lambda tool: tool.version)


@contextmanager
def running(
    tool: Tool,
    arguments: Sequence[str],
    address: ConnectionAddress,
    *,
    stdin: int,
    stdout: int = subprocess.DEVNULL,
    forgiven: str = "",
) -> Iterator[subprocess.Popen[bytes]]:
    """The tool at work. Whatever is raised inside kills it; its own failure is a ``KnownError``.

    ``forgiven`` is a word of the one error that pg_restore may pass over.
    """
    with tempfile.TemporaryFile() as words:
        with subprocess.Popen(
            [tool.path, *arguments], env=_environment(address), stdin=stdin, stdout=stdout, stderr=words,
            creationflags=_NO_WINDOW,
        ) as process:  # fmt: skip
            try:
                yield process
            except BaseException:
                process.kill()
                raise
        words.seek(0)
        said = words.read().decode("utf-8", errors="replace")
    if process.returncode != 0 and not (forgiven and forgiven in said and "errors ignored on restore: 1\n" in said):
        # Lines after the first may hold values of rows.
        reason = next((line for line in said.splitlines() if "error: " in line), said[:200]).rpartition("error: ")[2]
        raise KnownError(
            _("{program} failed: {reason}").format(program=tool.path.stem, reason=reason),
            _("Check the server and its disk, and try again."),
        )


def _environment(address: ConnectionAddress) -> dict[str, str]:
    """How to connect, out of sight: the arguments of a program can be read by everybody on the computer."""
    own = {name: value for name, value in os.environ.items() if not name.upper().startswith("PG")}
    parameters = address.libpq_parameters()
    names = {
        "PGHOST": "host", "PGPORT": "port", "PGDATABASE": "dbname", "PGUSER": "user", "PGPASSWORD": "password",
        "PGSSLMODE": "sslmode", "PGSSLROOTCERT": "sslrootcert", "PGTARGETSESSIONATTRS": "target_session_attrs",
        "PGCLIENTENCODING": "client_encoding", "PGGSSENCMODE": "gssencmode",
    }  # fmt: skip
    given = {variable: parameters[name] for variable, name in names.items() if parameters.get(name)}
    return own | given | {"PGAPPNAME": "crm-desktop backup", "LC_ALL": "C", "LANGUAGE": "en"}


def as_parameter(database: str) -> str:
    """For ``--dbname``, which would take some names for addresses."""
    escaped = database.replace("\\", "\\\\").replace("'", "\\'")
    return f"dbname='{escaped}'"


@cache
def _installed(name: str) -> tuple[Tool, ...]:
    program = f"{name}.exe" if os.name == "nt" else name
    return tuple(tool for folder in _folders() if (tool := _tool(folder / program)))


def _folders() -> Iterator[Path]:
    with contextlib.suppress(KnownError):  # the wheel is an extra
        yield bundled_binaries()
    on_path = shutil.which("pg_dump")
    if on_path:
        yield Path(on_path).resolve().parent
    yield from Path("/usr/lib/postgresql").glob("*/bin")
    yield from Path("/opt/homebrew/opt").glob("postgresql@*/bin")
    yield from Path("/Library/PostgreSQL").glob("*/bin")
    yield from (Path(os.environ.get("PROGRAMFILES", "C:/Program Files")) / "PostgreSQL").glob("*/bin")


def _tool(path: Path) -> Tool | None:
    if not path.is_file():
        return None
    told = subprocess.run([path, "--version"], capture_output=True, check=False, creationflags=_NO_WINDOW)
    version = re.search(rb"\(PostgreSQL\) (\d+)", told.stdout)
    return Tool(path, int(version[1])) if version else None
