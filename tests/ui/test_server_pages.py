"""The administrator's pages on the firm and its server."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from crm_desktop.core.errors import KnownError
from crm_desktop.db.backup_file import opened
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.opening import address_as
from crm_desktop.services.firm import KeptMonth, fetch_firm
from crm_desktop.spec import Ref
from crm_desktop.ui import messages, page_draft
from crm_desktop.ui.dialogs.progress import ProgressDialog
from crm_desktop.ui.dialogs.superuser import SuperuserDialog
from crm_desktop.ui.maintenance import Maintenance
from crm_desktop.ui.pages import server_state
from crm_desktop.ui.pages.connections import ConnectionsPage, program_words
from crm_desktop.ui.pages.firm import FirmPage
from crm_desktop.ui.pages.server_state import ServerStatePage, size_words
from tests.db.office import login
from tests.ui.desk import Desk, SitDown, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    return sit_down("admin")


def open_page(desk: Desk, key: str) -> Any:
    view = desk.window.show_area("administration")
    view.select_page(key)
    desk.settle()
    return view.current_page()


def words(page: Any) -> str:
    return "\n".join(one.text() for one in page.findChildren(QLabel) if one.text() and not one.isHidden())


def test_only_administrators_have_the_pages(sit_down: SitDown) -> None:
    areas = {area.key: [entry.key for entry in area.pages] for area in sit_down("seller").window.context.areas}
    assert not {"firm", "connections", "server"} & {key for keys in areas.values() for key in keys}


def test_somebody_is_signed_out_after_a_question(
    desk: Desk, sit_down: SitDown, monkeypatch: pytest.MonkeyPatch
) -> None:
    sit_down("seller")
    page = open_page(desk, "connections")
    assert isinstance(page, ConnectionsPage)
    logins = [page._model.item(row, 1).text() for row in range(page._model.rowCount())]
    page.table.selectRow(logins.index(login("admin")))
    assert not page.end_button.isEnabled(), "nobody cuts himself off"
    page.table.selectRow(logins.index(login("seller")))
    asked: list[str] = []

    def confirm(_parent: object, question: str, *_rest: object, **_more: object) -> bool:
        asked.append(question)
        return len(asked) > 1

    monkeypatch.setattr(messages, "confirm", confirm)
    page.end_button.click()
    desk.settle()
    assert "cut" not in desk.notices()
    page.end_button.click()
    desk.settle()
    assert asked == ["Sign seller out?"] * 2
    assert "of seller were cut" in desk.notices()


@pytest.mark.parametrize(
    ("programs", "said"),
    [
        (["crm-desktop 0.1.0 PC-7", "crm-desktop changes"], "0.1.0 PC-7"),
        (["crm-desktop changes"], "crm-desktop changes"),
        (["crm-desktop 0.1.0 PC-7", "psql"], "0.1.0 PC-7, psql"),
    ],
)
def test_programs_are_named_by_version_and_computer(programs: list[str], said: str) -> None:
    assert program_words(programs) == said


@pytest.fixture
def maintained(desk: Desk, server: ServerAddress, qtbot: QtBot) -> Iterator[Desk]:
    """At a firm that this computer keeps: nobody is asked for a password."""
    database = desk.gateway.address.database
    made = Maintenance(lambda _login, _password: "", server.url(database), desk.window)
    desk.window.context = replace(desk.window.context, maintenance=made)
    desk.window.rebuild()
    desk.settle()
    yield desk
    qtbot.waitUntil(lambda: not made.tasks.busy)
    made.tasks.close()


def test_state_is_told_and_the_database_checked(desk: Desk) -> None:
    page = open_page(desk, "server")
    assert isinstance(page, ServerStatePage)
    assert "No backup yet" in words(page)
    assert "PostgreSQL" in words(page)
    assert not page.backup_button.isVisible(), "without a way to do it nothing is offered"
    page.check_button.click()
    desk.settle()
    assert page.findings.isVisible()
    assert "as they were installed" in words(page.findings)


def test_a_backup_is_made_from_the_window(
    maintained: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "备份.crmbackup"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_arguments: (str(file), ""))
    page = open_page(maintained, "server")
    page.backup_button.click()
    qtbot.waitUntil(file.exists)
    qtbot.waitUntil(lambda: "Backed up to" in maintained.notices())
    with opened(file) as (_archive, manifest):
        assert manifest.database == maintained.gateway.address.database
    maintained.settle()
    assert "never tried to restore" in words(page)


def test_a_running_backup_can_be_stopped(
    maintained: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(_url: str, _file: Path, progress: Callable[[int, int, str], None]) -> None:
        while True:
            progress(0, 0, "Writing the backup")

    monkeypatch.setattr(server_state, "back_up", endless)
    page = open_page(maintained, "server")
    page.back_up("", tmp_path / "a")
    dialog = maintained.dialog(ProgressDialog)
    dialog.reject()
    qtbot.waitUntil(lambda: not maintained.window.context.maintenance.tasks.busy)  # type: ignore[union-attr]
    assert "Cancelled" not in maintained.notices()


def test_restore_asks_for_a_new_database_and_the_superuser(
    maintained: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    asked: list[tuple[str, str]] = []

    def restore(url: str, _file: Path, database: str, _progress: object) -> tuple[str, ...]:
        asked.append((url, database))
        return ("zhang",)

    monkeypatch.setattr(server_state, "restore", restore)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_arguments: (str(tmp_path / "a"), ""))
    maintained.window.context.maintenance.own_address = ""  # type: ignore[union-attr]
    maintained.window.context.maintenance.address_as = "{}:{}".format  # type: ignore[union-attr]
    page = open_page(maintained, "server")
    page.restore_button.click()
    dialog = maintained.dialog(SuperuserDialog)
    dialog.database.set_value("crm_test")
    dialog.password.set_value("secret")
    dialog._choose()
    qtbot.waitUntil(lambda: "zhang" in maintained.notices())
    assert asked == [("postgres:secret", "crm_test")]


def test_what_fails_is_said(maintained: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_arguments: object) -> None:
        raise KnownError("The disk is full.", "Choose another.")

    monkeypatch.setattr(server_state, "back_up", refuse)
    page = open_page(maintained, "server")
    page.back_up("", tmp_path / "a")
    qtbot.waitUntil(lambda: "The disk is full." in maintained.notices())


@pytest.mark.parametrize(("size", "said"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KB"), (5 << 30, "5.0 GB")])
def test_sizes_are_said_in_their_unit(size: int, said: str) -> None:
    assert size_words(size) == said


def test_another_login_of_the_same_database_keeps_hosts_and_protection(desk: Desk) -> None:
    address = desk.gateway.address
    url = address_as(address, "postgres", "p@ss")
    assert url.startswith(f"postgresql://postgres:p%40ss@127.0.0.1:{address.hosts[0].port}/{address.database}?")


def test_settings_of_the_firm_are_saved_with_a_logo(desk: Desk) -> None:
    page = open_page(desk, "firm")
    assert isinstance(page, FirmPage)
    assert not page.save_button.isEnabled()
    assert page.save_button.toolTip() == "Nothing was changed that could be saved."
    assert not page.remove_button.isVisible()
    page.name.set_value("珠海一家公司")
    page.name.changed.emit()
    assert page.save_button.toolTip() == "Save  Ctrl+S"
    page.days[5].click()
    picture = QImage(3000, 400, QImage.Format.Format_RGB32)
    picture.fill(QColor("#0F6CBD"))
    page.take_logo(picture)
    assert page.remove_button.isVisible()
    page.end.set_value("8:00")
    page.save_button.click()
    assert page.end.error(), "it lies before the beginning"
    page.end.set_value("17:30")
    page.save_button.click()
    desk.settle()
    with desk.gateway.read() as session:
        firm, logo = fetch_firm(session)
    assert (firm.firm_name, firm.working_days[-1], firm.working_to) == ("珠海一家公司", 6, "17:30")
    kept = QImage.fromData(logo)
    assert (kept.width(), kept.height()) == (600, 80)
    assert not page.save_button.isEnabled()
    page.take_logo(QImage())
    assert "no picture" in desk.notices()


def test_typed_settings_are_not_lost_by_closing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page(desk, "firm")
    assert page.may_close()
    page.name.set_value("珠海一家公司")
    page.remove_logo()
    monkeypatch.setattr(page_draft, "ask_unsaved", lambda *_arguments, **_more: "stay")
    assert not page.may_close()
    page.save_button.click()
    desk.settle()
    assert page.may_close()


def test_shorter_time_says_what_it_would_drop(desk: Desk) -> None:
    page: FirmPage = open_page(desk, "firm")
    assert page.kept.text().startswith("The journal holds ")
    page._take_kept([KeptMonth(datetime.date(2020, 3, 1), 2048, 1200), KeptMonth(datetime.date(2020, 4, 1), 1024, 30)])
    page.months.set_value(Ref(12, "12 months"))
    page.months.changed.emit()
    assert page.kept.text() == (
        "The journal holds 1,230 changes in 3.0 KB, the oldest of 2020-03."
        " Of these 1,230 changes in 3.0 KB would be dropped, up to 2020-04."
    )
