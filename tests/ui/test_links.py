"""Words that open an address."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDesktopServices, QFontMetrics, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from crm_desktop.spec import kinds
from crm_desktop.ui import theme
from crm_desktop.ui.fields.line import PhonesEditor
from crm_desktop.ui.fields.make import make_editor
from crm_desktop.ui.widgets.item_delegate import CELL_PADDING, CellRole
from crm_desktop.ui.widgets.links import ways_to_reach
from crm_desktop.ui.widgets.table_view import TableView


def test_every_telephone_number_dials(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    dialled: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: dialled.append(url.toString()))
    numbers = ["020-5550 1234转801", "+44 20 7946 0018", "139-0000-1234"]
    links = ways_to_reach(numbers)
    qtbot.addWidget(links)
    for button in links.findChildren(QPushButton):
        button.click()
    addresses = ["tel:02055501234;ext=801", "tel:+442079460018", "tel:13900001234"]
    assert dialled == addresses

    dialled.clear()
    cells = QStandardItemModel()
    cells.appendRow(QStandardItem(", ".join(numbers)))
    cells.setData(cells.index(0, 0), numbers, CellRole.PHONES)
    table = TableView()
    qtbot.addWidget(table)
    table.setModel(cells)
    table.setColumnWidth(0, 600)
    table.show()
    cell = table.visualRect(cells.index(0, 0))
    width = QFontMetrics(theme.font()).horizontalAdvance
    for text in ("", f"{numbers[0]}, ", f"{numbers[0]}, {numbers[1]}, "):
        place = QPoint(cell.left() + CELL_PADDING + width(text) + 5, cell.center().y())
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(cell.right() - 5, cell.center().y()))
    assert dialled == addresses

    dialled.clear()
    editor = make_editor(kinds.PHONES, "Phones")
    qtbot.addWidget(editor)
    editor.set_value(numbers[:1])
    assert isinstance(editor, PhonesEditor)
    editor.line.actions()[0].trigger()
    assert dialled == addresses[:1]
