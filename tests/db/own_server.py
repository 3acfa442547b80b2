"""A PostgreSQL that one test may configure, stop, kill and pause, unlike the one that all tests share."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import signal
import socket
from pathlib import Path

import psutil
import pytest

from crm_desktop.db.address import ConnectionAddress, Host
from crm_desktop.db.embedded_place import Place, ctype

SUPERUSER, PASSWORD = "postgres", "of the superuser"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "20",
    "shared_buffers": "16MB",
    "log_min_messages": "panic",
}
_NOTHING = "''"  # survives pg_ctl's shell


class OwnServer:
    """A server with data of its own below ``home``. It keeps its port when it is started again."""

    def __init__(
        self,
        home: Path,
        binaries: Path | None = None,
        *,
        data: Path | None = None,
        copy_of: OwnServer | None = None,
        **settings: str,
    ) -> None:
        """``data``: of a stopped server, to begin with. ``copy_of``: a standby that follows this running server."""
        self.place = Place(home, binaries)
        self.settings = SETTINGS | settings
        self.port = free_port()
        self.place.folder.chmod(0o700)
        if copy_of:
            source = f"host=127.0.0.1 port={copy_of.port} user={SUPERUSER} password='{PASSWORD}'"
            self.place.run("pg_basebackup", "-D", self.place.data, "-R", "-c", "fast", "-d", source)
        elif data:
            shutil.copytree(data, self.place.data)
            for path in (self.place.data, *self.place.data.rglob("*")):
                self.place.hand_over(path)
        else:
            self._make_data()

    def _make_data(self) -> None:
        password = self.place.folder / "password"
        password.write_text(PASSWORD, encoding="utf-8")
        self.place.hand_over(password)
        self.place.run(
            "initdb", "-D", self.place.data, "-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={password}",
            "-E", "UTF8", "--no-instructions", "--no-sync", "--locale", ctype(),
        )  # fmt: skip

    def address(self, login: str = SUPERUSER, password: str = PASSWORD, database: str = "crm") -> ConnectionAddress:
        """Where to connect, as the superuser unless another login is named."""
        hosts = (Host("127.0.0.1", self.port),)
        return ConnectionAddress(hosts=hosts, database=database, login=login, password=password)

    def url(self, database: str = "postgres") -> str:
        """The superuser's address."""
        return f"postgresql://{SUPERUSER}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.port}/{database}"

    def write(self, name: str, content: str) -> Path:
        """A file in the data folder that only the server may read."""
        path = self.place.data / name
        path.write_text(content, encoding="utf-8")
        path.chmod(0o600)
        self.place.hand_over(path)
        return path

    def start(self, **more_settings: str) -> None:
        """Start, also after ``kill``."""
        self.place.run(
            "pg_ctl", "-D", self.place.data, "-w", "-t", "60", "-l", self.place.log,
            "-o", self.options(**more_settings), "start",
        )  # fmt: skip

    def options(self, **more_settings: str) -> str:
        """The server's command line."""
        settings = self.settings | more_settings | {"port": str(self.port)}
        return " ".join(f"-c {name}={value or _NOTHING}" for name, value in settings.items())

    def reload(self) -> None:
        """Read the configuration again."""
        self.place.run("pg_ctl", "-D", self.place.data, "reload")

    def promote(self) -> None:
        """Make a standby take changes."""
        self.place.run("pg_ctl", "-D", self.place.data, "-w", "promote")

    def stop(self, mode: str = "fast") -> None:
        """Shut down: ``fast`` says goodbye to its clients, ``immediate`` does not."""
        self.place.run("pg_ctl", "-D", self.place.data, "-m", mode, "-w", "-t", "60", "stop")

    def kill(self) -> None:
        """End all its processes at once, as the power cut does."""
        self.processes()[0].suspend()  # else it may start another meanwhile, which holds its memory
        processes = self.processes()
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):  # it ended with another
                process.kill()
        psutil.wait_procs(processes, timeout=10)

    def pause(self) -> None:
        """Freeze all its processes (POSIX only)."""
        for process in self.processes():
            process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on."""
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):  # it was about to end
                process.send_signal(signal.SIGCONT)

    def processes(self) -> list[psutil.Process]:
        """The postmaster, and then its children."""
        pid = int((self.place.data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        postmaster = psutil.Process(pid)
        return [postmaster, *postmaster.children(recursive=True)]

    def remove(self) -> None:
        """Stop, if it runs, and delete everything."""
        with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError):
            self.kill()
        shutil.rmtree(self.place.folder)


def free_port() -> int:
    """One that the system gives to no outgoing connection, which would hold it when the server comes back."""
    while True:
        port = secrets.choice(range(20_000, 32_000))
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def system_binaries() -> Path:
    """The newest PostgreSQL installed by the system; the test is skipped where there is none."""
    found = {int(path.parts[-2]): path for path in Path("/usr/lib/postgresql").glob("[1-9]*/bin")}
    if not found:
        pytest.skip("no PostgreSQL is installed below /usr/lib/postgresql")
    return found[max(found)]
