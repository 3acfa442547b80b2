"""The settings page: what is chosen holds at once, here for this computer, there for the person."""

from __future__ import annotations

import os
from collections.abc import Iterator

import keyring
import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from crm_desktop import app
from crm_desktop.app import Workbench
from crm_desktop.core.i18n import language
from crm_desktop.core.settings import Options, Profile, password_for, remember_password, save_profiles
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.services.preferences import fetch_preferences
from crm_desktop.spec.kinds import Ref
from crm_desktop.ui import theme
from crm_desktop.ui.fields.choice import ChoiceEditor
from crm_desktop.ui.pages.settings import SettingsPage
from crm_desktop.ui.tab_memory import START_PAGE
from tests.db.conftest import own_database, template
from tests.db.office import PASSWORD
from tests.ui import settled
from tests.unit.test_settings import _Drawer

__all__ = ["own_database", "template"]


@pytest.fixture
def workbench(qtbot: QtBot, qapp: QApplication, server: ServerAddress, own_database: str) -> Iterator[Workbench]:
    started = Workbench(qapp)
    started.start(ConnectionAddress.from_url(server.url(own_database, "office.seller", PASSWORD)))
    settle(qtbot, started)
    yield started
    settle(qtbot, started)
    started.leave()
    started._keep(theme="light", density="comfortable")
    started._look()
    settled.take_turn()


def settle(qtbot: QtBot, workbench: Workbench) -> None:
    signed_in = workbench.signed_in
    assert signed_in is not None
    settled.settle(qtbot, signed_in.tasks)


def open_settings(qtbot: QtBot, workbench: Workbench) -> SettingsPage:
    assert workbench.signed_in is not None
    window = workbench.signed_in.window
    window.settings_chosen.emit()
    settle(qtbot, workbench)
    page = window.view(window.current_area()).current_page()
    assert isinstance(page, SettingsPage)
    return page


def choose(qtbot: QtBot, workbench: Workbench, editor: ChoiceEditor, number: int) -> None:
    found: list[Ref] = []
    editor._load(found.extend)
    editor._choose(found[number])
    settle(qtbot, workbench)


def test_language_look_and_rows_hold_at_once_and_the_page_stays(qtbot: QtBot, workbench: Workbench) -> None:
    choose(qtbot, workbench, open_settings(qtbot, workbench).density, 2)
    assert theme.row_height() == theme.ROW["large"]
    choose(qtbot, workbench, open_settings(qtbot, workbench).theme, 1)
    assert theme.theme_name() == "dark"
    choose(qtbot, workbench, open_settings(qtbot, workbench).language, 0)
    assert language() == "zh"
    page = open_settings(qtbot, workbench)
    assert page.title == "设置"
    options = Options.load()
    assert (options.density, options.theme, options.language) == ("large", "dark", "zh")
    choose(qtbot, workbench, page.language, 1)


def test_language_shown_is_the_one_spoken_whatever_was_kept(qtbot: QtBot, workbench: Workbench) -> None:
    workbench._keep(language="zh")  # the program was started with another one
    shown = open_settings(qtbot, workbench).language.value()
    assert shown is not None
    assert shown.label == "English"
    workbench._keep(language="en")


def test_another_size_is_kept_and_said_to_hold_from_the_next_start(
    qtbot: QtBot, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_settings(qtbot, workbench)
    assert not page.restart_hint.isVisible()
    choose(qtbot, workbench, page.scale, 3)
    assert page.restart_hint.isVisible()
    assert Options.load().scale == "150"
    monkeypatch.setenv("QT_SCALE_FACTOR", "1")
    monkeypatch.setenv("QT_ENABLE_HIGHDPI_SCALING", "1")
    app.set_scale("150")
    assert os.environ["QT_SCALE_FACTOR"] == "1.5"
    assert os.environ["QT_ENABLE_HIGHDPI_SCALING"] == "0"


def test_start_page_belongs_to_the_person(qtbot: QtBot, workbench: Workbench) -> None:
    page = open_settings(qtbot, workbench)
    assert page.start_page.line.text() == "What was open last time"
    choose(qtbot, workbench, page.start_page, 1)
    assert workbench.signed_in is not None
    with workbench.signed_in.opened.gateway.read() as session:
        kept = fetch_preferences(session)[START_PAGE]
    assert kept == "home/home"


def test_cards_stand_in_two_columns_where_there_is_room(qtbot: QtBot, workbench: Workbench) -> None:
    page = open_settings(qtbot, workbench)
    left, right = (side for side in page.columns.children() if isinstance(side, QWidget))
    page.window().resize(1024, 768)
    qtbot.waitUntil(lambda: left.width() == right.width() == 720)
    assert left.x() == right.x()
    assert right.y() > left.y()
    page.window().resize(1366, 768)
    qtbot.waitUntil(lambda: right.x() > left.x() and right.y() == left.y())
    page.window().resize(1920, 1080)
    qtbot.waitUntil(lambda: right.x() > left.x() and left.width() == right.width() == 720)
    assert right.y() == left.y()
    assert page.columns.minimumSizeHint().width() <= 720, "the window can be made narrow again"


def test_folders_are_opened(qtbot: QtBot, workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.fileName()))
    page = open_settings(qtbot, workbench)
    for button in page.findChildren(QPushButton):
        if button.text() == "Open folder":
            button.click()
    assert opened == ["crm-home", "logs"]


def test_remembered_passwords_are_shown_and_forgotten(
    qtbot: QtBot, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", _Drawer())
    profile = Profile("office", login="li")
    save_profiles([profile, Profile("branch", "192.0.2.20", login="li")])
    remember_password(profile, "secret")
    page = open_settings(qtbot, workbench)
    qtbot.waitUntil(lambda: any(button.text() == "Forget" for button in page.findChildren(QPushButton)))
    (forget,) = [button for button in page.findChildren(QPushButton) if button.text() == "Forget"]
    forget.click()
    settle(qtbot, workbench)
    assert password_for(profile) is None
