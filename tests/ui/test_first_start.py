"""Beginning on a new computer: three ways, each can be left again, and a trial says where a connection ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from crm_desktop.core.errors import CancelledError, KnownError
from crm_desktop.core.progress import Progress
from crm_desktop.core.settings import Options, Profile, load_profiles, save_profiles
from crm_desktop.db.diagnosis import Stage
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.services import firm_here
from crm_desktop.services.connection_trial import STAGES, Trial, try_connection
from crm_desktop.services.firm_here import AlreadyThereError, NewFirm
from crm_desktop.ui.dialogs.profiles import ProfilesDialog
from crm_desktop.ui.start.first_start import FirstStart
from crm_desktop.ui.start.new_firm import NewFirmPage
from crm_desktop.ui.start.office import OfficePage
from crm_desktop.ui.start.sample import SamplePage
from crm_desktop.ui.tasks import Tasks
from tests.db.conftest import own_database, template
from tests.db.office import PASSWORD
from tests.db.own_server import free_port

__all__ = ["own_database", "template"]

Entered = list[tuple[Profile, str]]


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks(nullcontext, nullcontext)
    yield made
    qtbot.waitUntil(lambda: not made.busy)
    made.close()


@pytest.fixture
def entered() -> Entered:
    return []


@pytest.fixture
def window(qtbot: QtBot, tasks: Tasks, entered: Entered) -> FirstStart:
    def connect(profile: Profile, password: str, _progress: Progress) -> object:
        entered.append((profile, password))
        return "opened"

    made = FirstStart(connect, tasks)
    qtbot.addWidget(made)
    made.show()
    return made


def test_sample_firm_is_opened_as_the_role_chosen(qtbot: QtBot, window: FirstStart, entered: Entered) -> None:
    window.ways.buttons["sample"].click()
    page = window.findChild(SamplePage)
    assert page is not None
    page.roles.button(2).click()
    with qtbot.waitSignal(window.signed_in) as signed_in:
        qtbot.keyClick(window, Qt.Key.Key_Return)
    assert signed_in.args == ["opened", ""]
    assert entered == [(Profile("Sample firm", kind="sample", login="salesperson"), "")]
    assert [profile.kind for profile in load_profiles()] == ["sample"]
    assert window.isHidden()


def test_one_begins_to_type_in_the_first_field(window: FirstStart) -> None:
    office = window.show_way("office")
    assert isinstance(office, OfficePage)
    assert window.focusWidget() is office.details.host.line
    firm = window.show_way("new_firm")
    assert isinstance(firm, NewFirmPage)
    assert window.focusWidget() is firm.firm_name.line


def test_escape_goes_back_and_then_out(qtbot: QtBot, window: FirstStart) -> None:
    window.show_way("office")
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.ways.isVisible()
    assert window.isVisible()
    with qtbot.waitSignal(window.rejected):
        qtbot.keyClick(window, Qt.Key.Key_Escape)


def test_a_work_under_way_is_stopped_before_one_leaves(qtbot: QtBot, tasks: Tasks) -> None:
    started, stopped = threading.Event(), threading.Event()

    def connect(_profile: Profile, _password: str, progress: Progress) -> object:
        started.set()
        try:
            while True:
                progress(0, 0, "Making the sample firm")
        except CancelledError:
            stopped.set()
            raise

    window = FirstStart(connect, tasks)
    qtbot.addWidget(window)
    window.show()
    page = window.show_way("sample")
    page.go()
    qtbot.waitUntil(started.is_set)
    assert not page.back.isEnabled()
    window.close()
    assert window.isVisible(), "it waits until the work has ended"
    qtbot.waitUntil(stopped.is_set)
    qtbot.waitUntil(page.back.isEnabled)
    assert not page.failure.isVisible(), "what one stopped oneself is no failure"
    assert load_profiles() == []


def fill_in(window: FirstStart) -> NewFirmPage:
    page = window.show_way("new_firm")
    assert isinstance(page, NewFirmPage)
    page.firm_name.set_value("金恒")
    page.admin_name.line.setText("林秋")
    page.admin_name.line.editingFinished.emit()
    for editor in (page.password, page.again):
        editor.set_value("secret of mine")
    return page


def test_a_firm_is_set_up_and_its_administrator_signed_in(
    qtbot: QtBot, window: FirstStart, entered: Entered, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made: list[NewFirm] = []
    monkeypatch.setattr(firm_here, "set_up", lambda firm, _progress: made.append(firm))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_arguments: str(tmp_path))
    page = fill_in(window)
    page._choose_folder()
    with qtbot.waitSignal(window.signed_in):
        page.button.click()
    assert made == [NewFirm("金恒", "林秋", "linqiu", "secret of mine")], "the login is suggested from the name"
    assert entered == [(Profile("金恒", kind="here", login="linqiu"), "secret of mine")]
    assert Options.load().backup_folder == str(tmp_path)


def test_what_does_not_fit_is_said_at_its_field(window: FirstStart) -> None:
    page = fill_in(window)
    page.again.set_value("something else")
    page.go()
    assert page.again.error() == "The two are not the same."
    page.password.set_value("short")
    page.go()
    assert page.password.error() == "At least 8 characters."
    page.firm_name.set_value("")
    page.go()
    assert page.firm_name.error()


def test_where_a_firm_is_kept_already_one_signs_in_to_it(
    qtbot: QtBot, window: FirstStart, entered: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    def set_up(_firm: NewFirm, _progress: Progress) -> None:
        raise AlreadyThereError("This computer keeps a firm's data already.", "Sign in.")

    monkeypatch.setattr(firm_here, "set_up", set_up)
    page = fill_in(window)
    page.go()
    qtbot.waitUntil(page.failure.isVisible)
    assert not page.again.isVisible()
    with qtbot.waitSignal(window.signed_in):
        page.button.click()
    assert entered == [(Profile("Firm on this computer", kind="here", login="linqiu"), "secret of mine")]


def test_a_backup_is_what_a_new_computer_begins_with(
    qtbot: QtBot, window: FirstStart, entered: Entered, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    restored: list[Path] = []
    monkeypatch.setattr(firm_here, "set_up_from", lambda file, _progress: restored.append(file))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_arguments: (str(tmp_path / "a.crmbackup"), ""))
    page = window.show_way("new_firm")
    assert isinstance(page, NewFirmPage)
    page._restore_button.click()
    qtbot.waitUntil(lambda: page.button.text() == "Sign in")
    assert restored == [tmp_path / "a.crmbackup"]
    assert not page.firm_name.isVisible()
    page.login.set_value("li")
    page.password.set_value("as before")
    with qtbot.waitSignal(window.signed_in):
        page.button.click()
    assert entered == [(Profile("Firm on this computer", kind="here", login="li"), "as before")]


def test_trial_leaves_every_field_its_room(qtbot: QtBot, window: FirstStart) -> None:
    page = window.show_way("office")
    assert isinstance(page, OfficePage)
    fields = [page.details.host.line, page.details.database.line, page.login.line]
    qtbot.waitUntil(lambda: page.login.line.height() > 0)
    before = [field.height() for field in fields]
    error = KnownError("The password is wrong.", "Mind capital letters.")
    page._show_trials([Trial("a", Stage.SIGN_IN, error), Trial("b", Stage.SIGN_IN, error)])
    bar = page.scroll_area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    assert [field.height() for field in fields] == before


def test_trial_in_the_window_ends_at_the_closed_port(qtbot: QtBot, window: FirstStart) -> None:
    page = window.show_way("office")
    assert isinstance(page, OfficePage)
    page.test()
    assert page.details.host.error()
    page.details.set_profile(Profile("", "127.0.0.1", free_port()))
    page.login.set_value("li")
    page.test_button.click()
    qtbot.waitUntil(page.trial.isVisible)
    assert "The computer can be reached" in page.trial.texts()
    assert any("nothing listens on this port" in text for text in page.trial.texts())
    assert not any("PostgreSQL server" in text for text in page.trial.texts()), "later steps are not claimed"


@pytest.mark.parametrize(
    ("changes", "stage"),
    [
        ({"host": "no-such-name.invalid"}, "NAME"),
        ({"sslmode": "require"}, "ENCRYPTION"),
        ({"login": "nobody.here"}, "SIGN_IN"),
        ({"database": "no_such_database"}, "DATABASE"),
        ({}, None),
    ],
)
def test_trial_names_the_step(
    server: ServerAddress, own_database: str, changes: dict[str, str], stage: str | None
) -> None:
    values = {"host": server.host, "port": server.port, "database": own_database, "login": "office.seller"}
    trial = try_connection(Profile("", **{**values, **changes}), PASSWORD)[0]  # type: ignore[arg-type]
    assert (trial.failed.name if trial.failed is not None else None) == stage
    assert (trial.error is None) == (stage is None)


def test_trial_tells_of_a_database_that_is_not_set_up(server: ServerAddress) -> None:
    profile = Profile("", server.host, server.port, "postgres", server.superuser)
    (trial,) = try_connection(profile, server.password)
    assert trial.failed is list(STAGES)[-1]
    assert trial.error is not None
    assert "not set up" in trial.error.message


def test_two_hosts_are_tried_one_by_one(server: ServerAddress, own_database: str) -> None:
    hosts = f"{server.host}:{free_port()},{server.host}:{server.port}"
    broken, good = try_connection(Profile("", hosts, database=own_database, login="office.seller"), PASSWORD)
    assert broken.failed is not None
    assert good.error is None


@pytest.fixture
def profiles(qtbot: QtBot, tasks: Tasks) -> ProfilesDialog:
    save_profiles([Profile("office", "192.0.2.10", login="li"), Profile("Sample firm", kind="sample", login="clerk")])
    dialog = ProfilesDialog(None, Options.load(), load_profiles(), tasks)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_connections_are_renamed_and_one_comes_first(profiles: ProfilesDialog) -> None:
    profiles.name.set_value("办公室")
    profiles.details.host.set_value("192.0.2.10,192.0.2.11")
    profiles.list.setCurrentRow(1)
    assert not profiles.details.isVisible()
    profiles.first.click()
    profiles.save()
    assert [(one.name, one.host) for one in load_profiles()] == [
        ("办公室", "192.0.2.10,192.0.2.11"),
        ("Sample firm", "127.0.0.1"),
    ]
    assert Options.load().default_profile == "Sample firm"


def test_two_connections_cannot_have_one_name(profiles: ProfilesDialog) -> None:
    profiles.name.set_value("Sample firm")
    profiles.list.setCurrentRow(1)
    assert profiles.list.currentRow() == 0
    assert profiles.name.error()
    profiles.save()
    assert [one.name for one in load_profiles()] == ["office", "Sample firm"]


def test_a_connection_is_taken_off_only_by_saving(profiles: ProfilesDialog) -> None:
    profiles.remove()
    assert [one.name for one in load_profiles()] == ["office", "Sample firm"]
    assert profiles.name.value() == "Sample firm"
    profiles.save()
    assert [one.name for one in load_profiles()] == ["Sample firm"]


def test_unreachable_profile_raises_known_errors_only() -> None:
    with pytest.raises(KnownError):
        try_connection(Profile("", "a:b:c", login="li"), "")
