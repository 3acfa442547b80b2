"""Files of a record in the window: added in every way, looked at, opened, saved, removed; under its rights."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from crm_desktop.services import attachments
from crm_desktop.services.records import Record
from crm_desktop.ui.dialogs.file_preview import FilePreview
from crm_desktop.ui.form_page import attachments_card
from crm_desktop.ui.form_page.attachments_card import AttachmentsCard
from crm_desktop.ui.pages.customer import CustomerPage
from tests.ui.desk import Desk, SitDown, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    return sit_down("seller")


@pytest.fixture
def customer(desk: Desk) -> Record:
    return desk.customer()


@pytest.fixture
def card(desk: Desk, customer: Record) -> AttachmentsCard:
    made: AttachmentsCard = desk.open("customer", customer.id).attached.files
    return made


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def names(card: AttachmentsCard) -> list[str]:
    return [file.name for file in card.table.files.files]


def picture() -> QImage:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    return image


def drop(page: QWidget, data: QMimeData) -> bool:
    def send(kind: QEvent.Type) -> bool:
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        event = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, buttons, keys, kind)
        event.setAccepted(False)
        QApplication.sendEvent(page, event)
        return event.isAccepted()

    send(QEvent.Type.DragEnter)
    return send(QEvent.Type.Drop)


def test_files_dropped_on_the_page_are_listed(desk: Desk, card: AttachmentsCard, tmp_path: Path) -> None:
    (tmp_path / "合同.txt").write_text("你好", encoding="utf-8")
    (tmp_path / "b.bin").write_bytes(b"\0" * 2048)
    page = desk.window.view("customers").current_page()
    assert drop(page, files(tmp_path / "合同.txt", tmp_path / "b.bin"))
    desk.settle()
    assert names(card) == ["合同.txt", "b.bin"]
    model = card.table.files
    assert [model.index(1, column).data() for column in range(3)] == ["b.bin", "2 kB", "seller"]
    assert "2 files were added." in desk.notices()
    desk.press_undo()
    assert "Taken back: 2 files removed." in desk.notices()
    desk.hear("attachment", 1)
    assert names(card) == []


def test_a_pasted_picture_becomes_a_file_with_the_time_in_its_name(desk: Desk, card: AttachmentsCard) -> None:
    QGuiApplication.clipboard().setImage(picture())
    card.paste()
    desk.settle()
    (name,) = names(card)
    assert name.startswith("Picture 20")
    assert name.endswith(".png")
    assert card.table.files.files[0].mime_type == "image/png"


def test_a_picture_is_pasted_from_a_line_but_cells_of_a_spreadsheet_are_text(
    desk: Desk, card: AttachmentsCard, qtbot: QtBot
) -> None:
    page = desk.window.view("customers").current_page()
    assert isinstance(page, CustomerPage)
    line = page.story.log_line.line
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    QGuiApplication.clipboard().setImage(picture())
    QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert len(names(card)) == 1
    cells = QMimeData()
    cells.setImageData(picture())
    cells.setText("42")
    QGuiApplication.clipboard().setMimeData(cells)
    QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert line.text() == "42"
    assert len(names(card)) == 1


def test_a_text_on_the_clipboard_is_no_file(desk: Desk, card: AttachmentsCard) -> None:
    QGuiApplication.clipboard().setText("x")
    card.paste()
    desk.settle()
    assert names(card) == []


def test_pictures_texts_and_unknown_files_are_looked_at(desk: Desk, card: AttachmentsCard, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("你好".encode("gb18030"))
    picture().save(str(tmp_path / "b.png"))
    (tmp_path / "c.bin").write_bytes(b"\0\1")
    (tmp_path / "d.pdf").write_bytes(b"%PDF-1.4 broken")
    card.take(files(*sorted(tmp_path.iterdir())))
    desk.settle()
    shown = []
    for row in range(4):
        card.table.opened.emit(card.table.files.index(row, 0))
        desk.settle()
        dialog = desk.dialog(FilePreview)
        shown.append(type(dialog.shown).__name__)
        dialog.close()
        desk.settle()
    assert shown == ["QPlainTextEdit", "_Picture", "QLabel", "QLabel"]


def test_a_file_is_opened_as_a_copy_that_cannot_be_written(
    desk: Desk, card: AttachmentsCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    card.take(files(tmp_path / "a.txt"))
    desk.settle()
    card.open_file(card.table.files.files[0])
    desk.settle()
    copy = Path(opened[0].toLocalFile())
    assert copy.name == "a.txt"
    assert copy.read_text(encoding="utf-8") == "x"
    assert not copy.stat().st_mode & 0o222


def test_a_program_is_not_run(
    desk: Desk, card: AttachmentsCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    (tmp_path / "合同.pdf.lnk").write_bytes(b"L")
    card.take(files(tmp_path / "合同.pdf.lnk"))
    desk.settle()
    card.open_file(card.table.files.files[0])
    desk.settle()
    assert opened == []


def test_a_file_is_saved_where_its_user_wants_it(
    desk: Desk, card: AttachmentsCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    card.take(files(tmp_path / "a.txt"))
    desk.settle()
    target = tmp_path / "there.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_arguments: (str(target), ""))
    card.save_file(card.table.files.files[0])
    desk.settle()
    assert target.read_text(encoding="utf-8") == "x"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_arguments: (str(tmp_path / "no" / "a.txt"), ""))
    card.save_file(card.table.files.files[0])
    desk.settle()
    assert "cannot be written" in desk.notices()


def test_a_file_is_renamed_and_removed_and_comes_back(
    desk: Desk, card: AttachmentsCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    card.take(files(tmp_path / "a.txt"))
    desk.settle()
    card.table.selectRow(0)
    monkeypatch.setattr(attachments_card, "ask_text", lambda *_arguments: "b.txt")
    card.rename()
    desk.settle()
    assert names(card) == ["b.txt"]
    card.table.selectRow(0)
    desk.qtbot.keyClick(card.table, Qt.Key.Key_Delete)
    desk.settle()
    assert names(card) == []
    desk.press_undo()
    desk.hear("attachment", 1)
    assert names(card) == ["b.txt"]


def test_what_a_colleague_adds_is_shown(desk: Desk, card: AttachmentsCard, customer: Record) -> None:
    with desk.gateway.write() as session:
        attachments.add_files(session, customer, [attachments.NewFile.of("x", b"")], lambda *_all: None)
    desk.hear("attachment", 1)
    assert names(card) == ["x"]


def test_who_may_not_change_the_record_adds_nothing(sit_down: SitDown, tmp_path: Path) -> None:
    desk = sit_down("desk")
    id_ = desk.id_of("customer", "owner_id <> crm.me()")
    page = desk.open("customer", id_)
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    card = page.attached.files
    assert card.isVisible()
    assert not card.add_button.isVisible()
    drop(page, files(tmp_path / "a.txt"))
    desk.settle()
    assert names(card) == []
    assert "not change it" in desk.notices()


def test_the_menu_offers_what_can_be_done(desk: Desk, card: AttachmentsCard, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    card.take(files(tmp_path / "a.txt"))
    desk.settle()
    menu = card.menu_of(card.table.files.index(0, 0))
    words = [action.text() for action in menu.actions() if action.text()]
    assert words == ["Look at it", "Open", "Save as…", "Rename…", "Remove"]


def test_nothing_is_attached_to_the_record_before_while_a_new_one_is_typed(
    desk: Desk, customer: Record, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    page = desk.open("customer", customer.id)
    page.start_new({})
    drop(page, files(tmp_path / "a.txt"))
    desk.settle()
    assert "Save the record first" in desk.notices()
    with desk.gateway.read() as session:
        assert attachments.fetch_attachments(session, "customer", customer.id) == []
