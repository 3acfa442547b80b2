"""Backup and restore: the same database again, or none at all."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crm_desktop.core.errors import CancelledError, KnownError
from crm_desktop.core.paths import ROOT
from crm_desktop.db.backup import backup, restore
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.db.engine import Gateway
from crm_desktop.db.tools import find_tool
from crm_desktop.services.attachments import PIECE, NewFile, add_files, fetch_attachments, fetch_content
from crm_desktop.services.records import fetch_record
from tests.db.firm import PASSWORD, Firm, superuser
from tests.db.own_server import OwnServer


def no_progress(_done: int, _total: int, _what: str) -> None:
    return


@pytest.fixture(scope="module")
def firm(server: ServerAddress) -> Iterator[Firm]:
    firm = Firm(server.url())
    yield firm
    firm.drop()


@pytest.fixture(scope="module")
def saved(firm: Firm, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backup") / "备份.crmbackup"
    backup(firm.url, file, no_progress)
    return file


@pytest.fixture
def target(firm: Firm) -> Iterator[str]:
    name = f"{firm.database}_again"
    yield name
    with superuser(firm.superuser_url) as cursor:
        cursor.execute(f'drop database if exists "{name}" with (force)')


def exists(firm: Firm, database: str) -> bool:
    with superuser(firm.superuser_url) as cursor:
        cursor.execute("select exists (select from pg_database where datname = %s)", [database])
        return bool(cursor.fetchone()[0])


def test_restored_database_has_the_same_rows_and_people_can_work_in_it(
    firm: Firm, saved: Path, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, arguments: list[str], **how: Any) -> None:
            started.append(" ".join(map(str, arguments)))
            super().__init__(arguments, **how)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    with superuser(firm.superuser_url) as cursor:  # what a killed restore leaves is replaced
        cursor.execute(f'create database "{target}"')
        cursor.execute(f"comment on database \"{target}\" is 'crm-desktop: restore not finished'")
    restored = restore(firm.superuser_url, saved, target, no_progress)
    assert restored.manifest.tables["crm.customer"].rows == 30
    assert restored.locked_logins == ()
    assert any("pg_restore" in line for line in started)
    assert not any(firm.superuser.password in line for line in started)
    with pytest.raises(KnownError):  # finished now
        restore(firm.superuser_url, saved, target, no_progress)
    with superuser(firm.superuser_url) as cursor:
        cursor.execute("select has_database_privilege('public', %s, 'connect')", [target])
        assert cursor.fetchone() == (False,)
    gateway = Gateway.connect(replace(firm.address(firm.anna), database=target))
    with gateway.write() as session:
        count = session.execute(text("update crm.customer set name = name || '!'")).rowcount  # type: ignore[attr-defined]
        assert count == 30
    gateway.close()
    assert firm.sql("select count(*) from crm.customer where name like '%%!'") == [(0,)]


def test_backup_is_one_moment_while_others_write(firm: Firm, tmp_path: Path, target: str) -> None:
    def write_meanwhile(_done: int, _total: int, _what: str) -> None:
        firm.sql("update crm.customer set remark = coalesce(remark, '') || 'x'")

    backup(firm.url, tmp_path / "file", write_meanwhile)
    restore(firm.superuser_url, tmp_path / "file", target, no_progress)  # compares what it restored
    assert firm.sql("select count(distinct remark) from crm.customer") == [(1,)]


def test_existing_database_is_never_restored_over(firm: Firm, saved: Path) -> None:
    with pytest.raises(KnownError, match="already"):
        restore(firm.superuser_url, saved, firm.database, no_progress)
    assert firm.sql("select count(*) from crm.customer") == [(30,)]


def test_cancelled_backup_leaves_the_older_file(firm: Firm, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("the older one", encoding="utf-8")

    def cancel_while_dumping(_done: int, total: int, _what: str) -> None:
        if total == 0:
            raise CancelledError("enough")

    with pytest.raises(CancelledError):
        backup(firm.url, file, cancel_while_dumping)
    assert file.read_text(encoding="utf-8") == "the older one"
    assert list(tmp_path.iterdir()) == [file]


def test_cancelled_restore_leaves_no_database(firm: Firm, saved: Path, target: str) -> None:
    def cancel(_done: int, _total: int, what: str) -> None:
        if what == "Restoring":
            raise CancelledError("enough")

    with pytest.raises(CancelledError):
        restore(firm.superuser_url, saved, target, cancel)
    assert not exists(firm, target)


@pytest.mark.parametrize("harm", ["cut", "flip", "foreign", "missing"])
def test_damaged_backup_is_refused_and_leaves_no_database(
    firm: Firm, saved: Path, target: str, tmp_path: Path, harm: str
) -> None:
    file = tmp_path / "file"
    content = saved.read_bytes()
    middle = len(content) // 2
    if harm == "cut":
        file.write_bytes(content[:middle])
    elif harm == "flip":
        file.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    elif harm == "foreign":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("photo.jpg", b"...")
    with pytest.raises(KnownError):
        restore(firm.superuser_url, file, target, no_progress)
    assert not exists(firm, target)


def test_restore_that_gives_other_rows_than_the_backup_says_is_refused(
    firm: Firm, saved: Path, target: str, tmp_path: Path
) -> None:
    changed = tmp_path / "changed"
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(changed, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        manifest["tables"]["crm.customer"][1] = "1"
        new.writestr("database.dump", old.read("database.dump"))
        new.writestr("manifest.json", json.dumps(manifest))
    with pytest.raises(KnownError, match=r"crm\.customer"):
        restore(firm.superuser_url, changed, target, no_progress)
    assert not exists(firm, target)


def test_backup_of_a_newer_program_is_refused(firm: Firm, saved: Path, target: str, tmp_path: Path) -> None:
    newer = tmp_path / "newer"
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(newer, "w") as new:
        manifest = json.loads(old.read("manifest.json")) | {"revision": "9999"}
        new.writestr("database.dump", old.read("database.dump"))
        new.writestr("manifest.json", json.dumps(manifest))
    with pytest.raises(KnownError, match="newer version"):
        restore(firm.superuser_url, newer, target, no_progress)


def test_login_removed_since_comes_back_locked_on_the_same_server(server: ServerAddress, tmp_path: Path) -> None:
    firm = Firm(server.url())
    try:
        backup(firm.url, tmp_path / "file", no_progress)
        firm.sql(f'drop role "{firm.bert}"')
        again = f"{firm.database}_again"
        restored = restore(firm.superuser_url, tmp_path / "file", again, no_progress)
        assert restored.locked_logins == (firm.bert,)
        assert firm.sql("select rolcanlogin from pg_roles where rolname = %s", firm.bert) == [(False,)]
        firm.sql(f'drop database "{again}"')
    finally:
        firm.drop()


def test_fresh_server_gets_everybody_with_his_password(firm: Firm, saved: Path, tmp_path: Path) -> None:
    other = OwnServer(tmp_path / "other")
    try:
        other.start()
        restored = restore(other.url(), saved, firm.database, no_progress)
        assert restored.locked_logins == ()
        gateway = Gateway.connect(other.address(firm.anna, PASSWORD, firm.database))
        assert gateway.person.login == firm.anna
        gateway.close()
    finally:
        other.remove()


def test_folder_that_does_not_exist_is_named(firm: Firm, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="nowhere"):
        backup(firm.url, tmp_path / "nowhere" / "file", no_progress)


_BACKUP_UNTIL_KILLED = """
import pathlib, sys, time
from crm_desktop.core.paths import ROOT
from crm_desktop.db.backup import backup

def tell_and_wait(_done, total, _what):
    if total == 0:
        print("dumping", flush=True)
        time.sleep(60)

backup(sys.stdin.readline().strip(), pathlib.Path(sys.argv[1]), tell_and_wait)
"""


def test_killed_backup_leaves_the_older_file(firm: Firm, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("the older one", encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-c", _BACKUP_UNTIL_KILLED, str(file)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as program:  # fmt: skip
        assert program.stdin
        assert program.stdout
        program.stdin.write(firm.url + "\n")
        program.stdin.flush()
        assert program.stdout.readline() == "dumping\n"
        program.kill()
    assert file.read_text(encoding="utf-8") == "the older one"


def test_missing_program_is_named_with_its_version() -> None:
    with pytest.raises(KnownError, match="no pg_dump of PostgreSQL 99 or later"):
        find_tool("pg_dump", 99)


def test_attached_files_come_back_with_their_bytes_and_the_backup_and_its_proof_are_noted(
    firm: Firm, tmp_path: Path, target: str
) -> None:
    content = bytes(n % 251 for n in range(PIECE + 9))
    gateway = Gateway.connect(firm.address(firm.anna))
    with gateway.long_write() as session:
        (id_,) = session.execute(text("select min(id) from crm.customer")).one()
        record = fetch_record(session, "customer", id_)
        add_files(session, record, [NewFile.of("合同.pdf", content)], no_progress)
    gateway.close()
    file = tmp_path / "files.crmbackup"
    manifest = backup(firm.url, file, no_progress)
    assert manifest.tables["crm.attachment_piece"].rows == 2
    made = [(manifest.made_at,)]
    assert firm.sql("select value ->> 'at' from crm.setting where key = 'last_backup'") == made
    restore(firm.superuser_url, file, target, no_progress)
    assert firm.sql("select value ->> 'backup_of' from crm.setting where key = 'last_proven_restore'") == made
    gateway = Gateway.connect(replace(firm.address(firm.anna), database=target))
    with gateway.read() as session:
        (attached,) = fetch_attachments(session, "customer", id_)
        assert attached.name == "合同.pdf"
        assert fetch_content(session, attached.id) == content
    gateway.close()
