"""dev.py tells a stranger exactly what is missing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import dev

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Qt's libraries are the system's on Linux only")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which programs are found; its ldd misses a library of Qt and an unknown one."""
    folder = tmp_path / "bin"
    folder.mkdir()
    lines = "\tlibxcb-icccm.so.4 => not found\n\tlibnew.so.1 => not found\n\tlibz.so.1 => /lib/libz.so.1\n"
    _program(folder / "ldd", f"printf '{lines}'")
    (tmp_path / "lib/python3.11/site-packages").mkdir(parents=True)
    monkeypatch.setattr(dev, "ENVIRONMENT", tmp_path)
    monkeypatch.setenv("PATH", str(folder))
    return folder


def _program(file: Path, command: str) -> None:
    file.write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
    file.chmod(0o755)


def test_missing_libraries_are_named_with_their_command(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(programs / "apt-get", "exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit) as said:
        dev._need_qt_libraries("libqxcb.so")
    assert str(said.value) == (
        "Qt lacks libraries of this system: libnew.so.1, libxcb-icccm.so.4. Install them with:\n"
        "  sudo sh -c 'apt-get update && apt-get install --yes libxcb-icccm4'"
    )


def test_root_installs_missing_libraries(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(programs / "apt-get", f'echo "$@" >> {tmp_path}/calls')
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    dev._need_qt_libraries("libqxcb.so")
    calls = (tmp_path / "calls").read_text(encoding="utf-8")
    assert calls == "update\ninstall --yes libxcb-icccm4\n"


@pytest.mark.usefixtures("programs")
def test_other_systems_are_told_the_libraries() -> None:
    with pytest.raises(SystemExit, match=r"libxcb-icccm\.so\.4\. Install them with the package manager"):
        dev._need_qt_libraries("libqxcb.so")


@pytest.mark.usefixtures("programs")
def test_missing_display_is_said_before_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    options, further = dev._parser().parse_known_args(["run"])
    with pytest.raises(SystemExit, match=r"`python3 dev\.py run --gallery DIR`"):
        options.command(options, further)


def test_arguments_of_pytest_pass_through() -> None:
    options, further = dev._parser().parse_known_args(["test", "-k", "undo", "--postgres=system", "-x", "tests/db"])
    assert options.command is dev.run_tests
    assert further == ["-k", "undo", "--postgres=system", "-x", "tests/db"]
