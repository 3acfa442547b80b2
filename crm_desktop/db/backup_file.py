"""The file of a backup: a zip archive of pg_dump's own format and a manifest that says what it must give again.

It holds all data of the firm and the verifiers of its logins' passwords, so only its maker may read it.
"""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from crm_desktop.core.errors import KnownError, system_reason
from crm_desktop.core.i18n import _
from crm_desktop.db.checksums import TableSum
from crm_desktop.db.person import known_revisions

DUMP = "database.dump"
_MANIFEST = "manifest.json"


class Login(NamedTuple):
    """``verifier`` stands for the password; '' where there is none."""

    name: str
    verifier: str
    is_active: bool


@dataclass(frozen=True)
class Manifest:
    """What a backup holds."""

    made_at: str
    database: str
    revision: str
    server_version: int
    tool_version: int
    """Major version of the pg_dump that wrote it; pg_restore must not be older."""
    tables: Mapping[str, TableSum]
    logins: tuple[Login, ...]


@contextmanager
def replaced(file: Path) -> Iterator[Path]:
    """A file beside ``file`` that takes its place when all has gone well."""
    unfinished = None
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name, suffix=".part")  # only its maker may read it
        os.close(handle)
        unfinished = Path(name)
        yield unfinished
        with unfinished.open("rb+") as written:
            os.fsync(written.fileno())
        unfinished.replace(file)
    except OSError as error:
        raise KnownError(
            _("The backup cannot be written to {file}: {reason}").format(file=file, reason=system_reason(error)),
            _("Check that the folder exists, that you may write there, and that there is room enough."),
        ) from error
    finally:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)


@contextmanager
def opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """A backup to read. Raises ``KnownError`` where it is none, damaged, or newer than this program."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive, _read_manifest(archive)
    except OSError as error:
        raise KnownError(
            _("The backup {file} cannot be read: {reason}").format(file=file, reason=system_reason(error)),
            _("Choose the file again."),
        ) from error
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, EOFError) as error:
        raise KnownError(
            _("{file} is no backup of this program, or it is damaged.").format(file=file), _("Use another backup.")
        ) from error


def write_manifest(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Finish the archive."""
    archive.writestr(_MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))


def _read_manifest(archive: zipfile.ZipFile) -> Manifest:
    written: dict[str, Any] = json.loads(archive.read(_MANIFEST))
    manifest = Manifest(**written | {
        "tables": {name: TableSum(*values) for name, values in written["tables"].items()},
        "logins": tuple(Login(*values) for values in written["logins"]),
    })  # fmt: skip
    if manifest.revision not in known_revisions():
        raise KnownError(
            _("The backup was made by a newer version of this program."), _("Install that version, then restore again.")
        )
    return manifest
