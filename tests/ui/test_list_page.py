"""The list page against PostgreSQL: what it asks, what it offers to whom, what it does with rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from crm_desktop.core.errors import ServerLostError
from crm_desktop.db.engine import Gateway
from crm_desktop.entities import by_key
from crm_desktop.services import journal, listing
from crm_desktop.services.records import Record, create_record
from crm_desktop.ui.bus import UNKNOWN, Bus
from crm_desktop.ui.context import Context
from crm_desktop.ui.dialogs.bulk_delete import BulkDeleteDialog
from crm_desktop.ui.dialogs.print_preview import PrintPreview
from crm_desktop.ui.dialogs.shortcuts import shortcuts_of
from crm_desktop.ui.list_page.entries import list_counts, list_entries
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.page import Area, Page
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.widgets.notice import notices_of
from crm_desktop.ui.widgets.side_list import COUNT
from tests.db.conftest import SignIn, own_database, sign_in, template
from tests.ui.desk import count_statements
from tests.ui.settled import settle_all, take_turn

__all__ = ["own_database", "sign_in", "template"]

ENTITIES = ("customer", "contact", "activity", "employee")
OpenList = Callable[..., ListPage]


@pytest.fixture
def open_list(sign_in: SignIn, qapp: QApplication, qtbot: QtBot) -> Iterator[OpenList]:
    """Opens a list in a window, signed in as somebody, and waits until it is all there."""
    opened: list[MainWindow] = []

    def build(key: str, entry: str = "customer/all", *, wait: bool = True) -> ListPage:
        gateway: Gateway = sign_in(key)
        tasks = Tasks(gateway.read, gateway.write, qapp)
        specs = [by_key(entity) for entity in ENTITIES]
        entries = [found for spec in specs for found in list_entries(spec)]
        first = next(found for found in entries if found.key == entry)
        area = Area(
            "all",
            "All",
            "buildings",
            (first, *(found for found in entries if found is not first)),
            records={entity: lambda _view, id_: Page(f"record {id_}") for entity in ENTITIES},
            count=list_counts(specs, gateway.person),
            tables=frozenset(ENTITIES),
        )
        context = Context(tasks, Bus(qapp), gateway.person, "here", (area,), lambda _text, answer: answer([]))
        window = MainWindow(context)
        window.show()
        opened.append(window)
        page = window.view("all").current_page()
        assert isinstance(page, ListPage)
        if wait:
            settle(qtbot, page)
        return page

    yield build
    for window in opened:
        tasks = window.context.tasks
        settle_all(qtbot, tasks)
        window.close()
        tasks.close()
        for one in (window, tasks, window.context.bus):
            one.deleteLater()
    take_turn()


def settle(qtbot: QtBot, page: ListPage) -> None:
    """Wait until what is shown was painted, and nothing is under way."""
    settle_all(qtbot, page._context.tasks, page.window())


def statements_of(qtbot: QtBot, page: ListPage, act: Callable[[], object]) -> list[str]:
    """What the whole program asks the database until ``act`` is done."""

    def act_and_settle() -> None:
        act()
        settle(qtbot, page)

    return count_statements(act_and_settle)


def texts(page: ListPage, column: int = 1) -> list[str]:
    return [page.model.index(row, column).data() for row in range(page.model.rowCount())]


def buttons(page: ListPage) -> set[str]:
    return {button.text() for button in page.findChildren(QPushButton) if button.isVisible() and button.text()}


def notices(page: ListPage) -> list[str]:
    found = notices_of(page)
    assert found is not None
    return found.texts()


def test_opening_a_list_takes_two_statements(open_list: OpenList, qtbot: QtBot) -> None:
    page = open_list("manager")
    asked = statements_of(qtbot, page, lambda: page._view.select_page("activity/all"))
    assert len(asked) == 2


def test_jumping_anywhere_takes_one_statement(open_list: OpenList, qtbot: QtBot) -> None:
    page = open_list("director", "activity/all")
    assert page.model.rowCount() == 120
    asked = statements_of(qtbot, page, page.table.scrollToBottom)
    assert len(asked) == 1
    assert page.model.index(119, 3).data() != "…"


def test_sorting_reads_the_list_in_the_other_order(open_list: OpenList, qtbot: QtBot) -> None:
    page = open_list("director")
    before = texts(page)
    header = page.table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(1) + 20, 10)
    assert header.sortIndicatorSection() == 1
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settle(qtbot, page)
    assert texts(page) == before[::-1]
    assert page.query.is_descending


def test_filter_finds_pinyin_and_can_be_cleared(open_list: OpenList, qtbot: QtBot) -> None:
    page = open_list("director")
    with page._context.tasks._write() as session:
        create_record(session, Record("customer", 0, 0, {"name": "广州华工医药有限公司"}))
    page.filter.setText("hgyy")
    qtbot.waitUntil(lambda: texts(page) == ["广州华工医药有限公司"])
    page.filter.setText("nobody at all")
    qtbot.waitUntil(lambda: page.card.shown_instead() is not None)
    QTest.keyClick(page.filter, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.card.shown_instead() is None and page.model.rowCount() > 1)
    assert page.filter.text() == ""


def test_offers_only_what_the_person_may(open_list: OpenList) -> None:
    seller = open_list("seller")
    assert "New customer" in buttons(seller)
    assert not buttons(seller) & {"Import", "Export"}
    assert not seller.may_delete()
    clerk = open_list("clerk")
    assert buttons(clerk) >= {"Import", "Export", "Print", "New customer"}
    assert ("Ctrl+I", "Import") in shortcuts_of(clerk)


def test_empty_view_says_so_and_leads_to_the_whole(open_list: OpenList, qtbot: QtBot) -> None:
    page = open_list("clerk", "customer/new")
    with page._context.tasks._write() as session:
        session.execute(text("update crm.customer set registered_on = '2001-01-01'"))
    page.reload()
    qtbot.waitUntil(lambda: page.card.shown_instead() is not None)
    (show_all,) = [b for b in page.card.findChildren(QPushButton) if b.text() == "Show all" and b.isVisible()]
    page.setFocus()
    assert page.window().focusWidget() is show_all, "the table is not to be seen"
    show_all.click()
    settle(qtbot, page)
    page.setFocus()
    assert page.window().focusWidget() is page.table
    assert (page.query.preset, page.card.shown_instead()) == ("all", None)


def test_columns_are_remembered_for_the_person(open_list: OpenList, qtbot: QtBot) -> None:
    page = open_list("manager")
    page.set_columns(["phones", "name"])
    settle(qtbot, page)
    header = [page.model.headerData(n, Qt.Orientation.Horizontal) for n in range(page.model.columnCount())]
    assert header == ["Phones", "Customer name"]
    again = open_list("manager")
    assert [column.key for column in again.columns()] == ["phones", "name"]
    other = open_list("director")
    assert len(other.columns()) > 2


def test_dragging_a_heading_is_remembered(open_list: OpenList, qtbot: QtBot) -> None:
    page = open_list("manager")
    page.table.horizontalHeader().moveSection(1, 0)
    qtbot.waitUntil(lambda: not page.column_layout._save_timer.isActive())
    settle(qtbot, page)
    again = open_list("manager")
    assert [column.key for column in again.columns()][:2] == ["name", "code"]


def test_copies_rows_that_were_never_in_sight(open_list: OpenList, qtbot: QtBot) -> None:
    page = open_list("director", "activity/all")
    page.table.selectAll()
    page.table.copy_selection()
    settle(qtbot, page)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert len(lines) == 121
    assert lines[0].split("\t")[:2] == ["When", "Kind"]
    assert "…" not in lines


def test_open_record_by_enter(open_list: OpenList) -> None:
    page = open_list("manager")
    page.table.go_to(page.model.id_at(2))
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    opened = page._view.current_page()
    assert isinstance(opened, Page)
    assert opened.title == f"record {page.model.id_at(2)}"


def test_delete_names_the_number_and_comes_back(open_list: OpenList, qtbot: QtBot) -> None:
    page = open_list("director")
    before = page.model.rowCount()
    page.table.select_ids(page.model.ids()[:3])
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    (dialog,) = page.window().findChildren(BulkDeleteDialog)
    qtbot.waitUntil(dialog.apply.isEnabled)
    assert (dialog.windowTitle(), dialog.apply.text()) == ("Delete 3 customers?", "Delete 3 customers")
    dialog.apply.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == before - 3)
    (undo,) = [b for b in page.window().findChildren(QPushButton) if b.text() == "Undo"]
    undo.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == before)


def test_someone_elses_change_is_seen_without_losing_the_place(open_list: OpenList, qtbot: QtBot) -> None:
    page = open_list("director")
    id_ = page.model.id_at(1)
    page.table.select_ids([id_])
    with page._context.tasks._write() as session:
        session.execute(text("update crm.customer set short_name = 'x', code = 'CHANGED' where id = :id"), {"id": id_})
    page._context.bus.post("customer", [id_])
    qtbot.waitUntil(lambda: page.model.index(1, 0).data() == "CHANGED")
    assert list(page.table.selected_ids()) == [id_]


def test_changes_out_of_sight_are_read_when_the_page_is_shown(open_list: OpenList, qtbot: QtBot) -> None:
    page = open_list("director")
    page._view.select_page("contact/all")
    settle(qtbot, page)
    asked = statements_of(qtbot, page, lambda: page._context.bus.changed.emit("customer", frozenset({1}), UNKNOWN))
    assert not [statement for statement in asked if "int8send" in statement]
    asked = statements_of(qtbot, page, lambda: page._view.select_page("customer/all"))
    assert len([statement for statement in asked if "int8send" in statement]) == 1


def test_rows_stay_readable_when_the_server_is_away(
    open_list: OpenList, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_list("director")

    def refuse(*_arguments: Any) -> None:
        raise ServerLostError("The server cannot be reached.")

    with monkeypatch.context() as away:
        away.setattr(listing, "fetch_ids_and_sums", refuse)
        page.model.refresh()
        qtbot.waitUntil(lambda: bool(page.card._bar.texts()))
        assert (page.model.rowCount(), page.card.shown_instead()) == (60, None)
    (again,) = [b for b in page.card.findChildren(QPushButton) if b.text() == "Try again" and b.isVisible()]
    again.click()
    qtbot.waitUntil(lambda: not page.card._bar.texts())


def test_list_that_cannot_be_read_offers_another_try(
    open_list: OpenList, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: Any) -> None:
        raise ServerLostError("The server cannot be reached.")

    with monkeypatch.context() as away:
        away.setattr(listing, "fetch_first_page", refuse)
        page = open_list("director")
        assert page.card.shown_instead() is not None
    page._context.bus.connection_changed.emit("connected")
    qtbot.waitUntil(lambda: page.model.rowCount() == 60 and page.card.shown_instead() is None)


def test_preview_shows_the_one_selected_record(open_list: OpenList, qtbot: QtBot) -> None:
    page = open_list("director")
    page.table.select_ids(page.model.ids()[:1])
    name = page.model.index(0, 1).data()
    qtbot.waitUntil(lambda: name in _labels(page))
    assert "Contacts" in _labels(page)
    page.table.select_ids(page.model.ids()[:2])
    qtbot.waitUntil(lambda: "2 selected" in _labels(page))


def _labels(page: ListPage) -> list[str]:
    return [found.text() for found in page.preview.findChildren(QLabel)]


def test_preview_stays_folded_away(open_list: OpenList, qtbot: QtBot) -> None:
    page = open_list("director")
    page.toggle_preview()
    asked = statements_of(qtbot, page, lambda: page.table.select_ids(page.model.ids()[:1]))
    assert asked == []
    assert open_list("director").preview.isHidden()


def test_export_writes_all_rows_in_order_and_is_journaled(
    open_list: OpenList, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = open_list("clerk", "activity/all")
    target = tmp_path / "activities.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a: (str(target), ""))
    page.row_actions.export(None)
    qtbot.waitUntil(lambda: any("activities.xlsx" in notice for notice in notices(page)))
    rows = CalamineWorkbook.from_path(str(target)).get_sheet_by_index(0).to_python()
    assert len(rows) == 121
    assert [str(row[3]) for row in rows[1:101]] == texts(page, 3)[:100]
    with page._context.tasks._read() as session:
        newest = journal.fetch_change_sets(session, 1)[0]
    assert journal.describe(newest.kind, newest.label) == "Export: Activity All activities (120)"


def test_print_shows_the_pages_first(open_list: OpenList, qtbot: QtBot) -> None:
    page = open_list("director")
    page.row_actions.print(page.model.ids()[:5])
    qtbot.waitUntil(lambda: bool(page.window().findChildren(PrintPreview)))
    (preview,) = page.window().findChildren(PrintPreview)
    assert preview.pages.count() == 1
    preview.close()


def test_counts_stand_beside_the_views(open_list: OpenList, qtbot: QtBot) -> None:
    page = open_list("director")
    qtbot.waitUntil(lambda: _count(page, "customer/all") == 60)
    assert _count(page, "contact/all") == 90


def _count(page: ListPage, entry: str) -> Any:
    item = page._view.side._item(entry)
    assert item is not None
    return item.data(COUNT)
