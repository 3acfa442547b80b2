"""The disk fills up while a file is written: one sentence says so, and nothing half written stays."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from crm_desktop.services.attachments import NewFile
from crm_desktop.ui.form_page import attachments_copies
from crm_desktop.ui.form_page.attachments_card import AttachmentsCard
from crm_desktop.ui.list_page.page import ListPage
from tests.ui.desk import Desk, SitDown, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]

FULL = "the disk is full"


class _FullDisk(io.FileIO):
    """Has room for a few bytes."""

    def write(self, content: Any) -> int:
        super().write(bytes(content)[:4])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    return sit_down("manager")


@pytest.fixture
def card(desk: Desk) -> AttachmentsCard:
    card: AttachmentsCard = desk.open("customer", desk.customer().id).attached.files
    card.add([NewFile("合同.txt", lambda: io.BytesIO("合同正文".encode()))])
    desk.settle()
    return card


@pytest.fixture
def fill_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fdopen", lambda handle, _mode: _FullDisk(handle, "w"))


def test_saving_an_attached_file_leaves_the_old_one(
    desk: Desk, card: AttachmentsCard, fill_disk: None, tmp_path: Path
) -> None:
    del fill_disk
    folder = tmp_path / "saved"
    folder.mkdir()
    target = folder / "合同.txt"
    target.write_text("older", encoding="utf-8")
    card.save_to(card.table.files.files[0], target)
    desk.settle()
    assert f"“合同.txt” cannot be written: {FULL}" in desk.notices()
    assert [(path, path.read_text(encoding="utf-8")) for path in folder.iterdir()] == [(target, "older")]


def test_a_file_that_cannot_be_copied_is_not_opened(
    desk: Desk, card: AttachmentsCard, fill_disk: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    del fill_disk
    opened: list[object] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    file = card.table.files.files[0]
    card.open_file(file)
    desk.settle()
    assert f"“合同.txt” cannot be written: {FULL}" in desk.notices()
    assert opened == []
    assert list(attachments_copies.copy_path(file).parent.iterdir()) == []


def test_a_full_disk_without_room_for_a_folder_is_said_too(
    desk: Desk, card: AttachmentsCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    attachments_copies.copy_path(card.table.files.files[0])  # the folder of this process is there

    def refuse(_path: Path, *_args: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full:
        full.setattr(Path, "mkdir", refuse)
        card.open_file(card.table.files.files[0])
        desk.settle()
    assert f"“合同.txt” cannot be written: {FULL}" in desk.notices()


@pytest.mark.parametrize("name", ["客户.xlsx", "客户.csv"])
def test_an_export_leaves_nothing(
    desk: Desk, fill_disk: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    del fill_disk
    folder = tmp_path / "exported"
    folder.mkdir()
    page = desk.window.show_area("customers").current_page()
    assert isinstance(page, ListPage)
    desk.settle()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(folder / name), ""))
    page.row_actions.export(None)
    desk.settle()
    assert f"“{name}” cannot be written: {FULL}" in desk.notices()
    assert list(folder.iterdir()) == []
