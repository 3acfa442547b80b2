"""Changing rows from the list by keyboard: several at once, one cell, a pasted block; groups and totals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QRadioButton, QWidget
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from crm_desktop.services.bulk_steps import Action
from crm_desktop.services.records import delete_records
from crm_desktop.spec import Ref
from crm_desktop.ui.dialogs.bulk_edit import BulkEditDialog
from crm_desktop.ui.dialogs.bulk_step import BulkStep
from crm_desktop.ui.dialogs.conflict import ConflictDialog
from crm_desktop.ui.dialogs.paste_preview import PastePreview
from crm_desktop.ui.list_page.bulk_actions import read_block
from crm_desktop.ui.list_page.page import ListPage
from tests.ui.desk import Desk, SitDown, change, count_statements, own_database, sign_in, sit_down, template, write

__all__ = ["own_database", "sign_in", "sit_down", "template"]


def open_list(desk: Desk, entry: str = "customer/all", columns: tuple[str, ...] = ()) -> ListPage:
    area = entry.partition("/")[0]
    view = desk.window.show_area(next(a.key for a in desk.window.context.areas if area in a.records))
    view.select_page(entry)
    page = view.current_page()
    assert isinstance(page, ListPage)
    desk.settle()
    if columns:
        page.set_columns(columns)
        desk.settle()
    page.table.setFocus()
    return page


def go_to(page: ListPage, row: int, column: int) -> None:
    page.table.setCurrentIndex(page.model.index(row, column))


def shown(page: ListPage, row: int, column: int) -> Any:
    return page.model.index(row, column).data()


def wait(desk: Desk, holds: Callable[[], bool]) -> None:
    desk.qtbot.waitUntil(holds)
    desk.settle()


def test_several_records_are_changed_by_keyboard(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = open_list(desk, columns=("name", "fax"))
    QTest.keyClick(page.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    go = page.model.index(0, 1)
    page.table.selectionModel().setCurrentIndex(go, page.table.selectionModel().SelectionFlag.NoUpdate)
    QTest.keyClick(page.table, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog: BulkEditDialog = desk.dialog(BulkEditDialog)
    (line,) = dialog.lines
    assert line.key() == "fax"
    assert dialog.focusWidget() is _input(line), "the field is chosen, its value is typed"
    write(_input(line), "020-1")
    wait(desk, dialog.apply.isEnabled)
    assert dialog.apply.text() == "Change 60 customers"
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    wait(desk, lambda: "60 customers changed" in desk.notices())
    wait(desk, lambda: bool(shown(page, 5, 1) == "020-1"))
    desk.press_undo()
    wait(desk, lambda: shown(page, 5, 1) == "")


def test_enter_before_the_rehearsal_is_there_counts_once_it_is(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = open_list(desk, columns=("name", "fax"))
    page.table.selectRow(0)
    dialog = page.commands.bulk.edit(page.table.selected_ids())
    dialog.lines[0].choose("fax")
    line = _input(dialog.lines[0])
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert not dialog._is_wanted, "nothing is chosen yet"
    write(line, "020-1")
    QTest.keyClick(line, Qt.Key.Key_Return)
    wait(desk, lambda: "1 customer changed" in desk.notices())
    assert desk.window.findChildren(BulkEditDialog) == []


def test_rehearsal_says_what_stays_and_why(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = open_list(desk)
    change(desk.gateway, "customer", page.model.id_at(0), employee_count=5)
    page.table.selectAll()
    dialog = page.commands.bulk.edit(page.table.selected_ids())
    line = dialog.lines[0]
    line.choose("employee_count", Action.MULTIPLY)
    write(_input(line), "1000000000")
    desk.qtbot.waitUntil(lambda: "too large" in " ".join(_labels(dialog)))
    assert not dialog.apply.isEnabled()
    assert "59 have the value already." in _labels(dialog)
    dialog.reject()


def test_nothing_is_called_wrong_while_it_is_typed(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = open_list(desk)
    page.table.selectRow(0)
    dialog = page.commands.bulk.edit(page.table.selected_ids())
    line = dialog.lines[0]
    line.choose("level")
    _input(line).setFocus()
    QTest.keyClicks(_input(line), "x")
    wait(desk, lambda: not dialog._pause.isActive())
    assert _labels(dialog) == ["Nothing is written before you have seen what would change."]
    assert not dialog.apply.isEnabled()
    dialog.reject()


def _input(line: BulkStep) -> QWidget:
    found = line.editors[0].focusProxy()
    assert found is not None
    return found


def _labels(dialog: BulkEditDialog) -> list[str]:
    return [label.text() for label in dialog.outcome.findChildren(QLabel)]


def test_who_may_not_change_several_is_not_offered_it(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = open_list(desk)
    page.table.selectAll()
    words = {word for word, _act in page.commands.for_selection()}
    assert not words & {"Change…", "Delete…", "Export"}
    page.commands.change_several()
    assert desk.window.findChildren(BulkEditDialog) == []


def test_cell_is_edited_and_tab_goes_on(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = open_list(desk, columns=("name", "last_contact_at", "fax", "postcode"))
    go_to(page, 3, 2)
    id_ = page.model.id_at(3)
    QTest.keyClick(page.table, Qt.Key.Key_F2)
    wait(desk, page.commands.cells.is_open)
    write(_line(page), "020-2")
    QTest.keyClick(_line(page), Qt.Key.Key_Tab)
    wait(desk, lambda: desk.value("customer", id_, "fax") == "020-2")
    assert page.table.currentIndex().column() == 3
    write(_line(page), "510000")
    QTest.keyClick(_line(page), Qt.Key.Key_Return)
    wait(desk, lambda: desk.value("customer", id_, "postcode") == "510000")
    assert not page.commands.cells.is_open()
    desk.press_undo()
    assert desk.value("customer", id_, "postcode") is None


@pytest.mark.parametrize("waits", [True, False])
def test_enter_takes_a_choice_and_saves_it_at_once(sit_down: SitDown, *, waits: bool) -> None:
    desk = sit_down("director")
    page = open_list(desk, columns=("name", "level"))
    go_to(page, 0, 1)
    page.commands.edit_cell()
    wait(desk, page.commands.cells.is_open)
    line = _line(page)
    QTest.keyClicks(line, "b" if waits else "B")
    if waits:
        editor: Any = page.commands.cells.editor
        wait(desk, lambda: not editor.popup.isHidden())
    QTest.keyClick(line, Qt.Key.Key_Return)
    wait(desk, lambda: shown(page, 0, 1) == "B")
    assert not page.commands.cells.is_open()


def _line(page: ListPage) -> Any:
    editor = page.commands.cells.editor
    assert editor is not None
    return editor.focusProxy()


def test_escape_leaves_a_cell_as_it_was(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = open_list(desk, columns=("name", "fax"))
    go_to(page, 0, 1)
    page.commands.edit_cell()
    wait(desk, page.commands.cells.is_open)
    write(_line(page), "x")
    QTest.keyClick(_line(page), Qt.Key.Key_Escape)
    desk.settle()
    assert not page.commands.cells.is_open()
    assert desk.value("customer", page.model.id_at(0), "fax") is None
    assert page.table.hasFocus()


def test_what_cannot_be_saved_is_said_at_the_cell(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = open_list(desk, columns=("name", "total_amount", "registered_on"))
    go_to(page, 0, 1)
    page.commands.edit_cell()
    wait(desk, page.commands.cells.is_open)
    write(_line(page), "much")
    QTest.keyClick(_line(page), Qt.Key.Key_Return)
    editor = page.commands.cells.editor
    assert editor is not None
    assert editor.error() == "“much” is not an amount of money."
    page.commands.cells.close()


def test_cell_whose_row_goes_says_that_what_was_typed_is_kept(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = open_list(desk, columns=("name", "fax"))
    id_ = page.model.id_at(0)
    go_to(page, 0, 1)
    page.commands.edit_cell()
    wait(desk, page.commands.cells.is_open)
    write(_line(page), "0756-1")
    with desk.gateway.write() as session:
        delete_records(session, "customer", [id_], "")
    desk.hear("customer", id_)
    assert not page.commands.cells.is_open()
    assert "is no longer in this list. What you typed is kept as a draft." in desk.notices()
    assert [draft.record_id for draft in desk.window.context.drafts.waiting()] == [id_]


def test_conflict_in_a_cell_asks(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = open_list(desk, columns=("name", "fax"))
    id_ = page.model.id_at(0)
    go_to(page, 0, 1)
    page.commands.edit_cell()
    wait(desk, page.commands.cells.is_open)
    change(desk.gateway, "customer", id_, fax="theirs")
    write(_line(page), "mine")
    QTest.keyClick(_line(page), Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: bool(desk.window.findChildren(ConflictDialog)))
    dialog = desk.dialog(ConflictDialog)
    next(choice for choice in dialog.findChildren(QRadioButton) if choice.text() == "Theirs").click()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    wait(desk, lambda: not page.commands.cells.is_open() and not desk.window.findChildren(ConflictDialog))
    assert desk.value("customer", id_, "fax") == "theirs"
    page.commands.edit_cell()
    wait(desk, page.commands.cells.is_open)
    change(desk.gateway, "customer", id_, fax="theirs again")
    write(_line(page), "mine")
    QTest.keyClick(_line(page), Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: bool(desk.window.findChildren(ConflictDialog)))
    QTest.keyClick(desk.dialog(ConflictDialog), Qt.Key.Key_Return)
    wait(desk, lambda: desk.value("customer", id_, "fax") == "mine")
    assert desk.window.context.drafts.waiting() == []


def test_computed_columns_and_others_records_are_not_edited(sit_down: SitDown) -> None:
    desk = sit_down("desk")
    page = open_list(desk, columns=("name", "owner.department", "fax"))
    go_to(page, 0, 1)
    page.commands.edit_cell()
    assert "This column cannot be changed here." in desk.notices()
    row = next(r for r in range(page.model.rowCount()) if not _is_mine(desk, page.model.id_at(r)))
    go_to(page, row, 2)
    page.commands.edit_cell()
    wait(desk, lambda: "it belongs to" in desk.notices())
    assert not page.commands.cells.is_open()


def _is_mine(desk: Desk, id_: int) -> bool:
    return bool(desk.value("customer", id_, "owner_id") == desk.gateway.person.id)


def test_block_is_pasted_after_a_look_at_it(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = open_list(desk, columns=("name", "fax", "total_amount", "last_contact_at"))
    ids = [page.model.id_at(row) for row in (2, 3)]
    QGuiApplication.clipboard().setText('1\t"3万"\n2\tmuch\tlate\n')
    go_to(page, 2, 1)
    QTest.keyClick(page.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.waitUntil(lambda: bool(desk.window.findChildren(PastePreview)))
    dialog: PastePreview = desk.dialog(PastePreview)
    model = dialog.table.model()
    assert [model.index(0, column).data() for column in range(1, 5)] == [
        "Turnover", "—", "much", "“much” is not an amount of money.",
    ]  # fmt: skip
    assert [model.index(1, column).data() for column in (1, 3, 4)] == [
        "Last contact", "late", "This column cannot be changed here.",
    ]  # fmt: skip
    assert dialog.apply.text() == "Change 3 cells"
    assert dialog.focusWidget() is dialog.apply, "Enter writes them"
    dialog.apply.click()
    wait(desk, lambda: desk.value("customer", ids[1], "fax") == "2")
    assert str(desk.value("customer", ids[0], "total_amount")) == "30000.00"


def test_one_cell_fills_all_selected_rows(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = open_list(desk, columns=("name", "fax"))
    page.table.selectAll()
    index = page.model.index(0, 1)
    page.table.selectionModel().setCurrentIndex(index, page.table.selectionModel().SelectionFlag.NoUpdate)
    QGuiApplication.clipboard().setText("7")
    page.commands.paste()
    desk.qtbot.waitUntil(lambda: bool(desk.window.findChildren(PastePreview)))
    desk.dialog(PastePreview).apply.click()
    wait(desk, lambda: desk.value("customer", page.model.id_at(59), "fax") == "7")


def test_cells_with_line_breaks_and_quotes_are_read() -> None:
    assert read_block('a\t"b\nc"\t"d ""e"""\r\n1\t2\t3\r\n') == [["a", "b\nc", 'd "e"'], ["1", "2", "3"]]
    assert read_block("\n") == []


def test_copied_table_is_harmless_in_a_spreadsheet(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = open_list(desk, columns=("name", "short_name", "fax"))
    change(desk.gateway, "customer", page.model.id_at(0), short_name="=1+1", fax="020")
    desk.hear("customer", page.model.id_at(0))
    wait(desk, lambda: shown(page, 0, 1) == "=1+1")
    page.row_actions.copy([page.model.id_at(0)])
    data: QMimeData = QGuiApplication.clipboard().mimeData()
    assert data.text().split("\n")[1].split("\t")[1:] == ["'=1+1", "020"]
    assert "mso-number-format" in data.html().split("=1+1")[0].rpartition("<td")[2]


def test_groups_are_shown_stored_and_exported(
    sit_down: SitDown, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk = sit_down("director")
    with desk.gateway.write() as session:
        session.execute(text("update crm.customer set total_amount = 10"))
    page = open_list(desk, columns=("name", "owner", "total_amount"))
    page.commands.group_by("owner")
    desk.settle()
    first = page.model.group_at(0)
    assert first is not None
    assert isinstance(first.value, Ref)
    assert shown(page, 0, 0) == f"{first.value.label} ({first.size})"
    assert shown(page, 0, 2) == f"¥{10 * first.size}"
    page.model.fold_all(folded=True)
    assert page.model.rowCount() == len(page.model.lines.groups)
    target = tmp_path / "grouped.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a: (str(target), ""))
    page.row_actions.export(None)
    wait(desk, lambda: "grouped.xlsx" in desk.notices())
    rows = CalamineWorkbook.from_path(str(target)).get_sheet_by_index(0).to_python()
    assert len(rows) == 1 + 60 + len(page.model.lines.groups)
    assert rows[1][0] == f"{first.value.label} ({first.size})"
    assert rows[1][2] == 10 * first.size
    again = sit_down("director")
    assert open_list(again).model.group_at(0) == first


def test_footer_shows_the_total_one_chose_of_all_and_of_the_selection(sit_down: SitDown) -> None:
    desk = sit_down("director")
    with desk.gateway.write() as session:
        session.execute(text("update crm.customer set total_amount = 10"))
    page = open_list(desk, columns=("name", "total_amount"))
    change(desk.gateway, "customer", page.model.id_at(0), total_amount=70)
    page.commands.set_total("total_amount", "average")
    wait(desk, lambda: "Turnover on average ¥11" in page.card.footer_texts()[1])
    page.table.select_ids(page.model.ids()[:2])
    wait(desk, lambda: "Turnover on average ¥40" in page.card.footer_texts()[0])
    page.commands.set_total("total_amount", "")
    wait(desk, lambda: page.card.footer_texts()[1] == "60 customers")
    assert page.table.selected_count() == 2


def test_usual_list_still_needs_two_statements(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = open_list(desk)

    def read() -> None:
        page.reload()
        desk.settle()

    assert len(count_statements(read)) == 2
    page.commands.group_by("level")
    desk.settle()
    grouped = count_statements(read)
    assert len([statement for statement in grouped if "int8send" in statement]) == 1


def test_header_menu_hides_a_column_and_forgets_a_width(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = open_list(desk, columns=("name", "fax", "postcode"))
    page.commands.hide_column("fax")
    desk.settle()
    assert [column.key for column in page.columns()] == ["name", "postcode"]
    side, header = desk.window.view("customers").side.viewport(), page.table.horizontalHeader()
    QTest.mousePress(side, Qt.MouseButton.LeftButton)
    page.table.setColumnWidth(0, 300)
    assert not page.arrangement.widths, "the mouse is held elsewhere: the program did it"
    QTest.mouseRelease(side, Qt.MouseButton.LeftButton)
    edge = QPoint(header.sectionViewportPosition(0) + header.sectionSize(0) - 1, header.height() // 2)
    QTest.mousePress(header.viewport(), Qt.MouseButton.LeftButton, pos=edge)
    page.table.setColumnWidth(0, 310)
    QTest.mouseRelease(header.viewport(), Qt.MouseButton.LeftButton, pos=edge)
    assert page.arrangement.widths == {"name": 310}
    page.column_layout.fit_column("name")
    assert "name" not in page.arrangement.widths
    assert QApplication.activeModalWidget() is None


def test_escape_in_the_window_selects_nothing(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = open_list(desk)
    page.table.selectAll()
    QTest.keyClick(desk.window.windowHandle(), Qt.Key.Key_Escape)
    assert page.table.selected_count() == 0
    assert desk.window.isVisible()
