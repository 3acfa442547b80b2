"""The program from sign-in to sign-out, as its user meets it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crm_desktop.app import Workbench
from crm_desktop.core.i18n import _
from crm_desktop.core.paths import state_home
from crm_desktop.core.settings import Options, Profile, save_profiles, set_aside_broken
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.services.records import create_record, new_record
from crm_desktop.ui.start.new_firm import NewFirmPage
from tests.db.conftest import own_database, template
from tests.db.office import PASSWORD
from tests.ui import settled

__all__ = ["own_database", "template"]


@pytest.fixture
def address(server: ServerAddress, own_database: str) -> ConnectionAddress:
    return ConnectionAddress.from_url(server.url(own_database, "office.seller", PASSWORD))


@pytest.fixture
def workbench(qapp: QApplication) -> Iterator[Workbench]:
    started = Workbench(qapp)
    yield started
    started.leave()
    settled.take_turn()


def settle(qtbot: QtBot, workbench: Workbench) -> None:
    signed_in = workbench.signed_in
    assert signed_in is not None
    settled.settle(qtbot, signed_in.tasks)


def test_address_opens_the_window_at_once(qtbot: QtBot, workbench: Workbench, address: ConnectionAddress) -> None:
    workbench.start(address)
    settle(qtbot, workbench)
    assert workbench.signed_in is not None
    assert workbench.signed_in.window.isVisible()
    assert workbench.login is None


def test_the_sample_firm_is_backed_up_without_a_password_but_not_every_day(
    qtbot: QtBot, workbench: Workbench, server: ServerAddress, address: ConnectionAddress
) -> None:
    workbench.start(address, server.url(address.database))
    settle(qtbot, workbench)
    assert workbench.signed_in is not None
    assert workbench.signed_in.maintenance.own_address == server.url(address.database)
    assert workbench.signed_in.daily_copy is None


def test_wrong_password_is_said_in_the_sign_in_dialog(
    workbench: Workbench, server: ServerAddress, own_database: str
) -> None:
    workbench.start(ConnectionAddress.from_url(server.url(own_database, "office.seller", "wrong")))
    assert workbench.login is not None
    assert workbench.login.failure.isVisible()
    workbench.login.hide()
    settled.take_turn()


def test_without_any_profile_one_is_asked_how_to_begin(workbench: Workbench) -> None:
    workbench.start(None)
    assert workbench.login is None
    assert workbench.first_start is not None
    assert workbench.first_start.isVisible()
    workbench.first_start.hide()


def test_broken_settings_do_not_keep_the_program_from_starting(workbench: Workbench) -> None:
    (state_home() / "options.toml").write_text("theme = 'pink'", encoding="utf-8")
    (state_home() / "profiles.toml").write_text("[[", encoding="utf-8")
    assert [file.name for file in set_aside_broken()] == ["options.broken.toml", "profiles.broken.toml"]
    workbench.start(None)
    assert workbench.first_start is not None
    workbench.first_start.hide()


def test_signing_out_leads_back_to_the_dialog(qtbot: QtBot, workbench: Workbench, address: ConnectionAddress) -> None:
    save_profiles([Profile("office")])
    workbench.start(address)
    settle(qtbot, workbench)
    assert workbench.signed_in is not None
    workbench.signed_in.window.sign_out_chosen.emit()
    assert workbench.signed_in is None
    assert workbench.login is not None
    assert workbench.login.isVisible()
    workbench.login.hide()


def test_language_and_theme_are_switched_and_kept(
    qtbot: QtBot, workbench: Workbench, address: ConnectionAddress
) -> None:
    workbench.start(address)
    settle(qtbot, workbench)
    assert workbench.signed_in is not None
    window = workbench.signed_in.window
    for language, theme in (("zh", "dark"), ("en", "light")):
        window.language_chosen.emit(language)
        window.theme_chosen.emit(theme)
        settle(qtbot, workbench)
        options = Options.load()
        assert (options.language, options.theme) == (language, theme)
    assert _("Customers") == "Customers"


def test_a_colleagues_change_reaches_the_window(qtbot: QtBot, workbench: Workbench, address: ConnectionAddress) -> None:
    workbench.start(address)
    assert workbench.signed_in is not None
    signed_in = workbench.signed_in
    heard: list[tuple[str, object]] = []
    signed_in.bus.changed.connect(lambda table, ids: heard.append((table, ids)))
    qtbot.waitUntil(lambda: ("customer", None) in heard)  # it listens: anything may have changed
    with signed_in._gateway.write() as session:
        made = create_record(session, new_record("customer", signed_in._gateway.person, name="丙有限公司"))
    qtbot.waitUntil(lambda: ("customer", frozenset({made.id})) in heard)
    settle(qtbot, workbench)


def test_qts_own_words_follow_the_language(workbench: Workbench, qapp: QApplication) -> None:
    workbench._speak("zh")
    assert qapp.translate("QPlatformTheme", "Cancel") == "取消"
    workbench._speak("en")
    assert qapp.translate("QPlatformTheme", "Cancel") == "Cancel"


def test_a_firm_on_this_computer_from_its_set_up_to_its_copy_at_the_end(
    qtbot: QtBot, workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[bool] = []
    monkeypatch.setattr(workbench._app, "quit", lambda: left.append(True))
    workbench.start(None)
    assert workbench.first_start is not None
    page = workbench.first_start.show_way("new_firm")
    assert isinstance(page, NewFirmPage)
    for editor, words in ((page.firm_name, "金恒"), (page.admin_name, "林秋"), (page.login, "linqiu")):
        editor.set_value(words)
    page.password.set_value("secret of mine")
    page.again.set_value("secret of mine")
    page.folder.set_value(str(tmp_path / "copies"))
    page.button.click()
    qtbot.waitUntil(lambda: workbench.signed_in is not None, timeout=90_000)
    settle(qtbot, workbench)
    signed_in = workbench.signed_in
    assert signed_in is not None
    assert signed_in.window.isVisible()
    assert not signed_in.window._sample_mark.isVisible()
    assert not list(tmp_path.glob("copies/*"))
    assert signed_in.window.close()
    assert not left, "it waits for the copy of the day"
    qtbot.waitUntil(lambda: bool(left), timeout=90_000)
    assert [file.suffix for file in tmp_path.glob("copies/*")] == [".crmbackup"]
    workbench.leave()
    workbench.start(None)
    assert workbench.login is not None
    assert (workbench.login.server.line.text(), workbench.login.login.value()) == ("金恒", "linqiu")
    workbench.login.hide()
    settle_login(qtbot, workbench)


def settle_login(qtbot: QtBot, workbench: Workbench) -> None:
    qtbot.waitUntil(lambda: not workbench._signing_in.busy)
