"""A work log in the window: begun on the home page, submitted, read and commented by the superior."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from crm_desktop.ui.dialogs.checklist import ChecklistDialog
from crm_desktop.ui.dialogs.print_preview import PrintPreview
from crm_desktop.ui.dialogs.write_message import WriteDialog
from crm_desktop.ui.pages.team_logs import TeamLogsPage
from crm_desktop.ui.side_entries import TEAM_LOGS
from tests.ui.desk import Desk, SitDown, button, create, own_database, sign_in, sit_down, template, write

__all__ = ["own_database", "sign_in", "sit_down", "template"]


def at_home(desk: Desk) -> Any:
    view = desk.window.show_area("home")
    desk.settle()
    return view.current_page()


def begin(desk: Desk, qtbot: QtBot) -> Any:
    """Enter on the uppermost row of the card of work logs."""
    card = at_home(desk).cards["logs"]
    assert card.model.rows[0].title == "Write today's log"
    card.table.setFocus()
    card.table.setCurrentIndex(card.model.index(0, 0))
    qtbot.keyClick(card.table, Qt.Key.Key_Return)
    desk.settle_all()
    return desk.window.view("home").current_page()


def test_a_day_is_told_submitted_and_answered(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    create(desk.gateway, "opportunity", name="二期设备")
    create(desk.gateway, "opportunity", name="私事")
    page = begin(desk, qtbot)
    assert page.card.take_back_button.isHidden()
    assert sorted(row.title for row in page.deeds.model.rows) == ["二期设备", "私事"]
    assert page.deeds.full.isHidden(), "there is room for more"
    page.deeds.choose()
    dialog = desk.dialog(ChecklistDialog)
    (private,) = dialog.list.findItems("私事", Qt.MatchFlag.MatchStartsWith)
    private.setCheckState(Qt.CheckState.Unchecked)
    button(dialog, "Show these").click()
    desk.settle()
    create(desk.gateway, "opportunity", name="三期")
    desk.hear("opportunity", 1)
    assert sorted(row.title for row in page.deeds.model.rows) == ["三期", "二期设备"]
    write(page.editor.form.editors["summary"].focus_target(), "谈妥二期")
    page.card.submit_button.click()
    desk.settle_all()
    assert page.editor.is_read_only
    assert page.card.take_back_button.isVisible()

    superior = sit_down("leader")
    home = at_home(superior)
    assert [row.note for row in home.cards["logs"].model.rows[2:]] == ["谈妥二期"]
    assert home.cards["messages"].model.rows[0].note.startswith("Work log submitted")
    home.cards["logs"].model.rows[2].open()
    superior.settle_all()
    read: Any = superior.window.view("home").current_page()
    assert sorted(row.title for row in read.deeds.model.rows) == ["三期", "二期设备"]
    assert read.card.take_back_button.isHidden()
    assert read.deeds.choose_button.isHidden()
    write(read.attached.comments.box, "辛苦了")
    read.attached.comments.send()
    superior.settle()
    superior.hear("work_log", page.id)
    assert (read.state, read.editor.colleague_bar.texts()) == ("commented", [])

    desk.hear("work_log", page.id)
    desk.settle_all()
    assert (page.state, page.card.take_back_button.isHidden()) == ("commented", True)
    assert "stands as it is" in page.card.words.text()
    page.print()
    desk.settle()
    assert desk.dialog(PrintPreview).isVisible()


def test_a_second_log_of_a_day_is_written_in_the_first(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    first = create(desk.gateway, "work_log", summary="上午")
    view = desk.window.show_area("home")
    page: Any = view.open_record("work_log", 0)
    desk.settle()
    write(page.editor.form.editors["summary"].focus_target(), "下午")
    button(page.known_bar, "Go on in it").click()
    desk.settle_all()
    assert [tab.key for tab in view.open_tabs()] == [f"work_log/{first.id}"]
    there: Any = view.current_page()
    there.editor.save()
    desk.settle()
    assert desk.value("work_log", first.id, "summary") == "上午\n下午"


def test_who_has_not_submitted_is_reminded(sit_down: SitDown) -> None:
    desk = sit_down("leader")
    desk.window.show_area("home").select_page(TEAM_LOGS)
    desk.settle()
    page = desk.window.view("home").current_page()
    assert isinstance(page, TeamLogsPage)
    missing = ["idle", "junior", "narrow", "seller"]
    assert sorted(row.title for row in page.missing.model.rows) == missing
    assert page.submitted.empty.isVisible()
    page.go(-1)
    page.weekly_button.click()
    desk.settle()
    assert "–" in page.when.text()
    page.remind()
    dialog = desk.dialog(WriteDialog)
    assert sorted(ref.label for ref in dialog.whom.value()) == missing
    assert page.when.text() in dialog.text.toPlainText()
    assert not sit_down("junior").window.show_area("home").has_page(TEAM_LOGS)
