"""Every model of the program keeps Qt's rules, whatever is asked of it while its rows come, go and change.

The list's own model is under the same tester in test_list_model.py.
"""

from __future__ import annotations

import datetime
from array import array
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from crm_desktop.entities.contact import CONTACT
from crm_desktop.services.attachments import Attachment
from crm_desktop.services.listing import Row, RowGroup, columns_of
from crm_desktop.ui.form_page.attachments_model import FilesModel
from crm_desktop.ui.form_page.parts_card import PartsModel
from crm_desktop.ui.import_wizard.fate_model import FateModel
from crm_desktop.ui.import_wizard.fates import FateRow, Outcome
from crm_desktop.ui.import_wizard.row_kinds import RowKinds
from crm_desktop.ui.import_wizard.sheet_grid import SheetModel
from crm_desktop.ui.list_page.row_model import RowModel
from crm_desktop.ui.tasks import Tasks
from tests.ui.test_import_wizard_parts import draft_of
from tests.ui.test_list_model import InventedRows

ROLES = [*Qt.ItemDataRole, *(Qt.ItemDataRole.UserRole + further for further in range(12))]


@pytest.fixture
def owner(qtbot: QtBot) -> Iterator[QObject]:
    del qtbot
    made = QObject()
    yield made
    made.deleteLater()


def watch(model: QAbstractItemModel) -> None:
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)


def ask_everything(model: QAbstractItemModel) -> int:
    """Ask what a view or a screen reader may ask, of every cell and of none; how many cells there are."""
    for role in ROLES:
        assert model.data(QModelIndex(), role) is None
        for section in range(model.columnCount()):
            model.headerData(section, Qt.Orientation.Horizontal, role)
        for section in range(model.rowCount()):
            model.headerData(section, Qt.Orientation.Vertical, role)
    cells = [model.index(row, column) for row in range(model.rowCount()) for column in range(model.columnCount())]
    for cell in cells:
        assert (model.rowCount(cell), model.columnCount(cell)) == (0, 0)
        for role in ROLES:
            cell.data(role)
    return len(cells)


def file(number: int) -> Attachment:
    return Attachment(number, 1, f"{number}.pdf", "application/pdf", 100, "seller", datetime.datetime.now(datetime.UTC))


def test_files_come_and_go(qapp: QObject) -> None:
    del qapp
    model = FilesModel()
    watch(model)
    for count in (0, 3, 1, 0):
        model.show_files([file(number) for number in range(count)])
        assert ask_everything(model) == 4 * count


def test_parts_come_and_go(qapp: QObject) -> None:
    del qapp
    model = PartsModel(CONTACT, columns_of(CONTACT, ["name", "title"]))
    watch(model)
    for count in (0, 3, 1, 0):
        model.show_rows([Row(number, 1, {"name": "陈立", "title": None}) for number in range(count)])
        assert ask_everything(model) == 2 * count


def test_fates_are_filtered(owner: QObject) -> None:
    model = FateModel(owner)
    watch(model)
    assert ask_everything(model) == 0
    model.show_rows([FateRow("甲", n, outcome, f"客户{n}", "", f"客户{n}", None) for n, outcome in enumerate(Outcome)])
    assert ask_everything(model) == 6 * len(Outcome)
    for outcome, typed, rows in (
        (Outcome.REJECT, "", 1),
        (None, "客户2", 1),
        (None, "没有", 0),
        (None, "", len(Outcome)),
    ):
        model.filter_rows(outcome, only_warned=False, typed=typed)
        assert ask_everything(model) == 6 * rows


def test_sheet_of_a_file(qapp: QObject) -> None:
    del qapp
    draft = draft_of("客户资料汇总表.xlsx")
    assert draft.file is not None
    model = SheetModel(draft.file.book.sheets[0], RowKinds([draft.tables[0]], draft.tables[0], draft.file.records))
    watch(model)
    assert ask_everything(model) > 0


def open_list(model: RowModel, source: InventedRows, qtbot: QtBot) -> None:
    with qtbot.waitSignal(model.counted):
        model.open(source)


def refresh(model: RowModel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(model.counted):
        model.refresh()


def test_list_grows_shrinks_empties_and_is_grouped_anew(tasks: Tasks, qtbot: QtBot) -> None:
    source = InventedRows(array("q", range(1, 251)))
    model = RowModel(tasks, source, tasks)
    watch(model)
    assert ask_everything(model) == 0
    open_list(model, source, qtbot)
    for ids in (range(1, 301), range(5, 120), (), range(1, 4)):
        source.ids = ids
        refresh(model, qtbot)
        assert ask_everything(model) == 3 * len(ids)
    x, y = RowGroup("x", 2, {}), RowGroup("y", 3, {})
    grouped = InventedRows(range(1, 6), groups=(x, y))
    open_list(model, grouped, qtbot)
    assert ask_everything(model) == 3 * 7
    for line, folded in ((3, True), (0, True), (0, False), (3, False)):
        model.fold(line, folded=folded)
        ask_everything(model)
    model.fold(0, folded=True)
    for ids, groups in ((range(1, 8), (x, RowGroup("z", 2, {}), y)), (range(1, 4), (y,)), ((), ())):
        grouped.ids, grouped.groups = ids, groups
        refresh(model, qtbot)
        ask_everything(model)
    open_list(model, source, qtbot)
    assert ask_everything(model) == 9
