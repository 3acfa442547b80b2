"""The embedded server: what it must survive, and that programs share it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg2
import pytest

from crm_desktop.core.errors import KnownError
from crm_desktop.core.paths import ROOT
from crm_desktop.db.embedded import EmbeddedServer, ServerAddress

_OTHER_PROGRAM = """
import sys, pathlib
from crm_desktop.db.embedded import EmbeddedServer
server = EmbeddedServer(pathlib.Path(sys.argv[1]))
print(server.start().url(), flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture
def new_home() -> Iterator[Path]:
    """A folder that every account can reach, with blanks and Chinese characters in its name."""
    with _reachable_folder() as path:
        yield path
        _end_servers_below(path)


@pytest.fixture(scope="module")
def made_home() -> Iterator[Path]:
    with _reachable_folder() as path:
        server = EmbeddedServer(path)
        server.start()
        server.stop()
        yield path


@pytest.fixture
def home(made_home: Path) -> Iterator[Path]:
    """Such a folder with the data of a server that is stopped; each test leaves it so."""
    yield made_home
    _end_servers_below(made_home)


@contextmanager
def _reachable_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "客户 工作台" / "server"


def _end_servers_below(home: Path) -> None:
    for process in psutil.process_iter(["cmdline"]):
        if any(word.startswith(str(home)) for word in process.info["cmdline"] or ()):
            process.kill()


def _ask(address: ServerAddress | str, statement: str) -> object:
    url = address if isinstance(address, str) else address.url()
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def _answers(address: ServerAddress) -> bool:
    try:
        return _ask(address, "SELECT 1") == 1
    except psycopg2.OperationalError:
        return False


def _other_program(home: Path) -> tuple[subprocess.Popen[str], str]:
    program = subprocess.Popen(
        [sys.executable, "-c", _OTHER_PROGRAM, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"HOME": "/nonexistent"},
    )
    assert program.stdout is not None
    return program, program.stdout.readline().strip()


def _finish(program: subprocess.Popen[str]) -> int:
    program.communicate(timeout=60)
    return program.returncode


def test_second_start_keeps_the_data(new_home: Path) -> None:
    server = EmbeddedServer(new_home)
    address = server.start()
    _ask(address, "CREATE TABLE kept AS SELECT '客户' AS word")
    server.stop()
    assert not _answers(address)

    address = server.start()
    assert _ask(address, "SELECT word FROM kept") == "客户"
    server.stop()


def test_throwaway_server_knows_letters_requires_passwords_and_leaves_nothing(new_home: Path) -> None:
    server = EmbeddedServer(new_home, throwaway=True)
    address = server.start()
    assert _ask(address, "SHOW server_encoding") == "UTF8"
    assert _ask(address, "SELECT lower('ÄÉ')") == "äé"
    assert _ask(address, "SELECT '客' ~ '[[:alpha:]]'") is True
    with pytest.raises(psycopg2.OperationalError, match="password"):
        _ask(address.url(password="wrong", user=address.superuser), "SELECT 1")
    server.stop()
    assert not (new_home / "cluster").exists()


def test_values_of_rows_reach_no_log(home: Path) -> None:
    server = EmbeddedServer(home)
    address = server.start()
    _ask(address, "CREATE TABLE customer (name text UNIQUE)")
    _ask(address, "INSERT INTO customer VALUES ('华工医药')")
    with pytest.raises(psycopg2.errors.UniqueViolation):
        _ask(address, "INSERT INTO customer VALUES ('华工医药')")
    server.stop()
    log = (home / "cluster" / "server.log").read_text(encoding="utf-8")
    assert "customer_name_key" in log
    assert "华工医药" not in log


def test_last_program_stops_the_server(home: Path) -> None:
    first, url = _other_program(home)
    server = EmbeddedServer(home)
    address = server.start()
    assert address.url() == url
    assert _finish(first) == 0
    assert _answers(address)
    server.stop()
    assert not _answers(address)


def test_roundabout_path_leads_to_the_same_server(home: Path) -> None:
    server = EmbeddedServer(home)
    address = server.start()
    program, url = _other_program(home.parent / "absent" / ".." / home.name)
    assert url == address.url()
    assert _finish(program) == 0
    server.stop()


def test_first_program_leaves_the_server_to_the_second(home: Path) -> None:
    server = EmbeddedServer(home)
    address = server.start()
    second, url = _other_program(home)
    server.stop()
    assert _ask(url, "SELECT 1") == 1
    assert _finish(second) == 0
    assert not _answers(address)


def test_server_of_a_killed_program_is_used_again(home: Path) -> None:
    killed, url = _other_program(home)
    killed.kill()
    killed.communicate()
    server = EmbeddedServer(home)
    address = server.start()
    assert address.url() == url
    server.stop()
    assert not _answers(address)


def test_killed_server_is_started_again(home: Path) -> None:
    server = EmbeddedServer(home)
    _ask(server.start(), "CREATE TABLE number AS SELECT 1 AS kept")
    postmaster = psutil.Process(int((home / "cluster/data/postmaster.pid").read_text().split()[0]))
    postmaster.kill()
    psutil.wait_procs([postmaster], timeout=30)

    again = EmbeddedServer(home)
    assert _ask(again.start(), "SELECT kept FROM number") == 1
    again.stop()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot hold a process")
def test_hanging_server_is_replaced(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_desktop.db.embedded._ANSWER_SECONDS", 1)
    monkeypatch.setattr("crm_desktop.db.embedded._ATTEMPTS", 2)
    monkeypatch.setattr("crm_desktop.db.embedded._STOP_SECONDS", {"fast": "60", "immediate": "1"})
    killed, url = _other_program(home)
    killed.kill()
    killed.communicate()
    postmaster = psutil.Process(int((home / "cluster/data/postmaster.pid").read_text().split()[0]))
    postmaster.send_signal(signal.SIGSTOP)
    server = EmbeddedServer(home)
    address = server.start()
    assert address.url() != url
    assert _answers(address)
    server.stop()


def test_stale_process_id_of_another_program_is_ignored(home: Path) -> None:
    server = EmbeddedServer(home)
    server.start()
    file = home / "cluster/data/postmaster.pid"
    lines = file.read_text(encoding="utf-8").splitlines()
    server.stop()
    file.write_text("\n".join([str(os.getpid()), *lines[1:]]), encoding="utf-8")
    address = server.start()
    assert _answers(address)
    server.stop()


def test_half_made_data_are_made_anew_and_those_of_another_version_refused(new_home: Path) -> None:
    server = EmbeddedServer(new_home)
    (new_home / "cluster/data-new").mkdir(parents=True)
    (new_home / "cluster/data-new/PG_VERSION").touch()
    assert _answers(server.start())
    server.stop()
    (new_home / "cluster/data/PG_VERSION").write_text("9\n", encoding="ascii")
    with pytest.raises(KnownError, match="PostgreSQL 9"):
        server.start()


def test_failure_names_its_reason_and_folder(new_home: Path) -> None:
    new_home.parent.mkdir()
    new_home.write_text("a file in the way", encoding="utf-8")
    with pytest.raises(KnownError) as caught:
        EmbeddedServer(new_home).start()
    assert "did not start" in caught.value.message
    assert str(new_home) in caught.value.hint


def test_private_folder_of_root_is_served_from_elsewhere(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    server = EmbeddedServer(tmp_path / "server", throwaway=True)
    assert _answers(server.start())
    server.stop()


def test_address_is_percent_encoded() -> None:
    address = ServerAddress("127.0.0.1", 5432, "postgres", "a/b:c@d")
    assert address.url() == "postgresql://postgres:a%2Fb%3Ac%40d@127.0.0.1:5432/postgres"
    assert address.url("客户", "李 四") == ("postgresql://%E6%9D%8E%20%E5%9B%9B@127.0.0.1:5432/%E5%AE%A2%E6%88%B7")
    assert "a/b" not in repr(address)
