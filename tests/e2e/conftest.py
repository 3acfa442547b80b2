"""The program as its users start it: the sample firm served by one process, commands in this process or their own."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crm_desktop import cli

ROOT = Path(__file__).resolve().parents[2]

if sys.platform == "win32":
    _OWN_GROUP = subprocess.CREATE_NEW_PROCESS_GROUP  # Ctrl+Break would end the tests too
else:
    _OWN_GROUP = 0


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


Crm = Callable[..., Answer]


@pytest.fixture
def crm(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Crm:
    """Runs a command in this process; its texts are English unless it says otherwise."""
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.delenv("CRM_URL", raising=False)

    def run(*arguments: object, typed: str = "") -> Answer:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode()), encoding="utf-8"))
        capsys.readouterr()
        said = [str(argument) for argument in arguments]
        code = cli.run(said if "--lang" in said else ["--lang", "en", *said])
        return Answer(code, *capsys.readouterr())

    return run


@pytest.fixture
def process() -> Crm:
    """Runs a command as a process of its own."""

    def run(*arguments: object, typed: str = "", **environment: str) -> Answer:
        done = subprocess.run(
            [sys.executable, "-m", "crm_desktop", *map(str, arguments)],
            input=typed.encode(),
            capture_output=True,
            cwd=ROOT,
            env=os.environ | environment,
            timeout=120,
            check=False,
        )
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


class SampleFirm:
    """``crm-desktop demo --serve --json`` at work."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with (home / "stderr").open("wb") as progress:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "crm_desktop", "--lang", "en", "demo", "--serve", "--json"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=progress,
                cwd=ROOT,
                env=os.environ | {"CRM_HOME": str(home)},
                creationflags=_OWN_GROUP,
            )
        self.facts = self._read_json()

    def _read_json(self) -> Any:
        """The document, which ends where a line holds the last brace: the stream itself stays open."""
        assert self.process.stdout
        lines = []
        for line in self.process.stdout:
            lines.append(line.decode())
            if line.rstrip() == b"}":
                return json.loads("".join(lines))
        raise AssertionError((self.home / "stderr").read_text(encoding="utf-8"))

    def url(self, login: str) -> str:
        """For one of its employees."""
        user = next(user for user in self.facts["users"] if user["login"] == login)
        return f"postgresql://{login}:{user['password']}@127.0.0.1:{self.facts['port']}/{self.facts['database']}"

    def stop(self) -> int:
        """Interrupt it as the system does; returns its exit code."""
        assert self.process.stdout
        if sys.platform == "win32":
            self.process.send_signal(signal.CTRL_BREAK_EVENT)
        else:
            self.process.terminate()
        self.process.stdout.close()
        return self.process.wait(60)


@pytest.fixture(scope="session")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleFirm]:
    """The sample firm of the office's size."""
    firm = SampleFirm(tmp_path_factory.mktemp("sample firm"))
    yield firm
    assert firm.stop() == 0
