"""The dialogs of a list: its columns, and the pages before they are printed."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.ui.dialogs.columns import ColumnsDialog
from crm_desktop.ui.dialogs.print_preview import PrintPreview, print_pdf
from crm_desktop.ui.list_page.arrangement import Arrangement
from crm_desktop.ui.widgets.pages_view import KEPT_PAGES


@pytest.fixture(scope="module")
def pdf() -> bytes:
    """Twelve pages, the fourth one landscape."""
    document = pypdfium2.PdfDocument.new()
    for number in range(12):
        document.new_page(*((842, 595) if number == 3 else (595, 842)))
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


@pytest.fixture
def preview(qtbot: QtBot, pdf: bytes) -> PrintPreview:
    made = PrintPreview(None, "All customers", pdf)
    qtbot.addWidget(made)
    made.show()
    return made


def test_columns_shown_come_first_in_their_order(qtbot: QtBot) -> None:
    chosen: list[str] = []
    dialog = ColumnsDialog(None, CUSTOMER, ["phones", "name"], chosen.extend)
    qtbot.addWidget(dialog)
    assert dialog.keys() == ["phones", "name"]
    assert dialog.list.count() == len(CUSTOMER.table.columns)
    dialog.list.item(2).setCheckState(Qt.CheckState.Checked)
    dialog._move(1)
    dialog._accept()
    assert chosen[:2] == ["name", "phones"]
    assert len(chosen) == 3


def test_a_list_keeps_at_least_one_column(qtbot: QtBot) -> None:
    dialog = ColumnsDialog(None, CUSTOMER, ["name"], lambda _keys: None)
    qtbot.addWidget(dialog)
    dialog.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert not dialog._apply.isEnabled()
    dialog.reset()
    assert dialog._apply.isEnabled()
    assert dialog.keys() == [column.key for column in CUSTOMER.table.columns if column.is_shown]


@pytest.mark.parametrize("stored", [None, [], {"columns": 3}, {"columns": ["name"], "widths": ["x"]}, {"widths": {}}])
def test_arrangement_that_is_not_understood_is_as_shipped(stored: object) -> None:
    assert Arrangement.from_stored(stored) == Arrangement()


def test_arrangement_forgets_columns_that_are_gone() -> None:
    kept = Arrangement.from_stored({"columns": ["gone", "name"], "widths": {"name": 300}})
    assert [column.key for column in kept.columns(CUSTOMER)] == ["name"]
    assert Arrangement.from_stored(kept.stored()) == kept


def test_only_pages_in_sight_are_drawn(preview: PrintPreview, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: (0, preview.pages._scale()) in preview.pages._drawn)
    qtbot.waitUntil(lambda: not preview.pages._draw_timer.isActive())
    assert len(preview.pages._drawn) <= 2
    QTest.keyClick(preview.pages, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: (11, preview.pages._scale()) in preview.pages._drawn)
    assert preview.pages.current_page() == 11
    assert len(preview.pages._drawn) <= KEPT_PAGES


def test_zoom_keeps_the_place_and_returns_to_the_width(preview: PrintPreview) -> None:
    wide = preview.pages.zoom()
    preview.pages.verticalScrollBar().setValue(preview.pages.verticalScrollBar().maximum() // 2)
    page = preview.pages.current_page()
    preview.pages.zoom_by(1)
    assert preview.pages.zoom() > wide
    assert preview.pages.current_page() == page
    preview.pages.fit_width()
    assert preview.pages.zoom() == wide


def test_saved_pdf_is_the_one_shown(
    preview: PrintPreview, pdf: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "list.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a: (str(target), ""))
    preview.save()
    assert target.read_bytes() == pdf


def test_pages_are_printed_on_paper_of_their_own_shape(pdf: bytes, tmp_path: Path, qtbot: QtBot) -> None:
    del qtbot
    target = tmp_path / "printed.pdf"
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(target))
    printer.setResolution(72)
    printer.setFromTo(3, 5)
    assert print_pdf(pdf, printer) == 3
    with pypdfium2.PdfDocument(target) as printed:
        sizes = [printed.get_page_size(number) for number in range(len(printed))]
    assert [width > height for width, height in sizes] == [False, True, False]
