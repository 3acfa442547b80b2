"""A firm kept on this computer: set up whole or not at all, opened by its administrator only, and copied."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crm_desktop.core.errors import CancelledError, KnownError, SignInError
from crm_desktop.core.paths import state_home
from crm_desktop.core.settings import Profile
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.backup import restore
from crm_desktop.db.backup_file import opened
from crm_desktop.db.embedded import EmbeddedServer
from crm_desktop.db.fingerprint import is_of_this_program
from crm_desktop.db.server import superuser
from crm_desktop.opening import Opened, open_profile
from crm_desktop.services import firm_here
from crm_desktop.services.firm_here import NewFirm, copy_is_due, firm_home, make_copy, set_up, set_up_from
from crm_desktop.services.preferences import fetch_settings

FIRM = NewFirm("珠海一家公司", "王五", "wangwu", "secret of mine")
PROFILE = Profile("firm", kind="here", login="wangwu")


def no_progress(_done: int, _total: int, _what: str) -> None:
    return


@pytest.fixture
def open_firm() -> Iterator[Callable[..., Opened]]:
    made: list[Opened] = []

    def build(profile: Profile = PROFILE, password: str = FIRM.password) -> Opened:
        made.append(open_profile(profile, password, no_progress))
        return made[-1]

    yield build
    for one in made:
        one.gateway.close()
        one.stop()


def stop_over_the_tables(done: int, _total: int, _what: str) -> None:
    if done == 2:
        raise CancelledError("Stopped.")


def kill_a_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """It leaves its server and an empty database."""

    def killed(*_arguments: Any, **_more: Any) -> None:
        embedded = EmbeddedServer(firm_home())
        with superuser(ConnectionAddress.from_url(embedded.start().url()), autocommit=True) as connection:
            connection.execute(text("create database crm"))
        raise KeyboardInterrupt

    def leave(*_arguments: Any, **_more: Any) -> None:
        """A killed program cleans nothing."""

    with monkeypatch.context() as patch:
        patch.setattr("crm_desktop.services.firm_here.server.init", killed)
        patch.setattr("crm_desktop.services.firm_here.shutil.rmtree", leave)
        with pytest.raises(KeyboardInterrupt):
            set_up(FIRM, no_progress)
    assert firm_home().exists()


def test_a_firm_is_set_up_opened_and_copied(
    open_firm: Callable[..., Opened], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CancelledError):
        set_up(FIRM, stop_over_the_tables)
    assert not firm_home().exists(), "what was stopped leaves nothing behind"

    kill_a_set_up(monkeypatch)
    set_up(FIRM, no_progress)
    with pytest.raises(SignInError):
        open_profile(PROFILE, "wrong", no_progress)

    with pytest.raises(firm_here.AlreadyThereError):
        set_up(NewFirm("Another", "Li", "li", "secret of mine"), no_progress)

    firm = open_firm()
    assert (firm.gateway.person.name, firm.gateway.person.groups) == ("王五", ("administrator",))
    with firm.gateway.read() as session:
        assert fetch_settings(session)["firm_name"] == FIRM.name

    folder = tmp_path / "copies" / "of the firm"
    folder.mkdir(parents=True)
    old = [folder / f"crm-2020-01-{day:02}.crmbackup" for day in range(1, 21)]
    for file in old:
        file.touch()
    assert copy_is_due(folder)
    copy = make_copy(firm.superuser_url, folder, no_progress)
    assert not copy_is_due(folder)
    with opened(copy) as (_archive, manifest):
        assert manifest.database == "crm"
    assert [file for file in old if file.exists()] == old[-13:], "the newest fourteen stay"

    firm.gateway.close()
    firm.stop()
    shutil.rmtree(firm_home())  # another computer
    set_up_from(copy, no_progress)
    again = open_firm()
    assert again.gateway.person.name == "王五", "people sign in as they did"
    with again.gateway.read() as session:
        assert fetch_settings(session)["firm_name"] == FIRM.name
    beside = "crm_beside"
    with superuser(ConnectionAddress.from_url(again.superuser_url)) as connection:
        connection.execute(text("update journal.expected set definition = 'earlier' where kind = 'program'"))
    again.gateway.close()
    again.stop()
    assert not list(firm_home().glob("before-upgrade-*"))
    again = open_firm()
    assert list(firm_home().glob("before-upgrade-*")), "the state before an upgrade is kept"
    with superuser(ConnectionAddress.from_url(again.superuser_url)) as connection:
        assert is_of_this_program(connection)
    restore(again.superuser_url, copy, beside, no_progress)
    other = open_profile(replace(PROFILE, database=beside), FIRM.password, no_progress)
    assert other.gateway.address.database == beside
    other.gateway.close()


def test_a_copy_into_a_place_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(KnownError, match="cannot be used"):
        make_copy("postgresql://nobody@127.0.0.1:1/crm", file / "folder", no_progress)


def test_too_short_a_password_makes_nothing() -> None:
    with pytest.raises(KnownError, match="too short"):
        set_up(NewFirm("A", "B", "b", "short"), no_progress)
    assert not firm_home().exists()


_HOLDER = """
import sys, fasteners
lock = fasteners.InterProcessLock(sys.argv[1])
assert lock.acquire(blocking=False)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_window_does_not_set_up_at_the_same_time() -> None:
    arguments = [sys.executable, "-c", _HOLDER, str(state_home() / "firm-set-up.lock")]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(KnownError, match="just setting up"):
            set_up(FIRM, no_progress)
        other.stdin.close()
    assert not firm_home().exists()
