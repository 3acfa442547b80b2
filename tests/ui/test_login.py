"""Signing in: nothing blocks, every failure is said in the dialog, and what may be kept is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from crm_desktop.core.errors import ServerLostError, SignInError
from crm_desktop.core.progress import Progress
from crm_desktop.core.settings import Profile, load_profiles, save_profiles
from crm_desktop.spec.kinds import Ref
from crm_desktop.ui.login import LoginDialog
from crm_desktop.ui.tasks import Tasks

OFFICE = Profile("office", "192.0.2.10", login="linqiu")
BRANCH = Profile("branch", "192.0.2.20", login="heyi", database="crm2")


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks(nullcontext, nullcontext)
    yield made
    qtbot.waitUntil(lambda: not made.busy)
    made.close()


def test_what_connect_returns_comes_out(qtbot: QtBot, tasks: Tasks) -> None:
    seen: list[tuple[Profile, str]] = []

    def connect(profile: Profile, password: str, _progress: Progress) -> str:
        seen.append((profile, password))
        return "session"

    save_profiles([OFFICE, BRANCH])
    dialog = LoginDialog([OFFICE, BRANCH], "branch", connect, tasks)
    qtbot.addWidget(dialog)
    dialog.password.line.setText(" demo ")
    with qtbot.waitSignal(dialog.signed_in) as signed_in:
        dialog.button.click()
    assert signed_in.args == ["session", ""]
    assert seen == [(BRANCH, " demo ")], "a password is taken as it is typed"
    assert [profile.name for profile in load_profiles()] == ["office", "branch"]


def test_dialog_lives_while_it_connects(qtbot: QtBot, tasks: Tasks) -> None:
    go = threading.Event()
    dialog = LoginDialog([OFFICE], "", lambda _profile, _password, _progress: go.wait(), tasks)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.sign_in()
    assert not dialog.button.isEnabled()
    assert dialog.button.text() == "Signing in…"
    with qtbot.waitSignal(dialog.signed_in):
        go.set()


@pytest.mark.parametrize(
    "error",
    [SignInError("The password is wrong.", "Type it again."), ServerLostError("No server answers.", "Is it on?")],
)
def test_failure_is_said_in_the_dialog_and_one_can_try_again(qtbot: QtBot, tasks: Tasks, error: SignInError) -> None:
    def connect(_profile: Profile, _password: str, _progress: Progress) -> object:
        raise error

    dialog = LoginDialog([OFFICE], "", connect, tasks)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.password.line.setText("demo")
    dialog.sign_in()
    qtbot.waitUntil(dialog.failure.isVisible)
    assert dialog.failure.text() == f"{error.message} {error.hint}"
    assert dialog.button.isEnabled()
    assert dialog.password.line.selectedText() == "demo"


def test_first_sign_in_asks_where_the_server_is(qtbot: QtBot, tasks: Tasks) -> None:
    dialog = LoginDialog([], "", lambda profile, _password, _progress: profile, tasks)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.details.isVisible()
    assert not dialog.server.isVisible()
    assert dialog.focusWidget() is dialog.details.host.line
    dialog.sign_in()
    assert dialog.login.error() == "Please fill this in."
    assert dialog.focusWidget() is dialog.login.line
    dialog.details.host.set_value("server1")
    dialog.details.port.set_value(5433)
    dialog.login.set_value("linqiu")
    with qtbot.waitSignal(dialog.signed_in) as signed_in:
        dialog.sign_in()
    assert signed_in.args is not None
    assert signed_in.args[0] == Profile("server1", "server1", 5433, login="linqiu")


def test_wrong_port_is_said_at_the_port(qtbot: QtBot, tasks: Tasks) -> None:
    dialog = LoginDialog([OFFICE], "", lambda profile, _password, _progress: profile, tasks)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.details.port.set_value(70000)
    dialog.sign_in()
    assert dialog.details.port.error() == "1 to 65535"
    assert dialog.details.isVisible()


def test_password_that_cannot_be_kept_is_remarked_upon(
    qtbot: QtBot, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keyring
    from keyring.backends.fail import Keyring

    before = keyring.get_keyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", Keyring())
    assert keyring.get_keyring() is not before
    dialog = LoginDialog([OFFICE], "", lambda _profile, _password, _progress: "session", tasks)
    qtbot.addWidget(dialog)
    dialog.remember.setChecked(True)
    with qtbot.waitSignal(dialog.signed_in) as signed_in:
        dialog.sign_in()
    assert signed_in.args is not None
    assert "no safe place for passwords" in signed_in.args[1]


def test_sample_firm_is_opened_as_the_role_chosen(qtbot: QtBot, tasks: Tasks) -> None:
    sample = Profile("Sample firm", kind="sample", login="salesperson")
    dialog = LoginDialog([OFFICE, sample], sample.name, lambda profile, _password, _progress: profile, tasks)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.password.isVisible()
    assert not dialog.login.isVisible()
    assert dialog.role.line.text() == "Salesperson"
    dialog.role.set_value(Ref(3, "Office clerk"))
    with qtbot.waitSignal(dialog.signed_in) as signed_in:
        dialog.button.click()
    assert signed_in.args == [replace(sample, login="clerk"), ""]


def test_another_way_to_begin_is_the_last_choice(qtbot: QtBot, tasks: Tasks) -> None:
    dialog = LoginDialog([OFFICE], "", lambda profile, _password, _progress: profile, tasks)
    qtbot.addWidget(dialog)
    dialog.show()
    offered: list[Ref] = []
    dialog.server._load(offered.extend)
    with qtbot.waitSignal(dialog.another_chosen):
        dialog.server._choose(offered[-1])
    assert dialog.server.line.text() == "office", "nothing was changed by asking"


def test_a_starting_server_can_be_stopped_by_escape(qtbot: QtBot, tasks: Tasks) -> None:
    def connect(_profile: Profile, _password: str, progress: Progress) -> object:
        while True:
            progress(0, 0, "Starting")

    dialog = LoginDialog([Profile("firm", kind="here", login="li")], "", connect, tasks)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.sign_in()
    assert dialog.work_bar.isVisible()
    dialog.reject()
    qtbot.waitUntil(dialog.button.isEnabled)
    assert dialog.isVisible()
    assert not dialog.failure.isVisible()
    dialog.reject()
    assert not dialog.isVisible()
