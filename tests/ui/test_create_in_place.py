"""A record that a field refers to, made without leaving the form."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from crm_desktop.ui.form_page.create_dialog import CreateDialog
from tests.ui.desk import Desk, SitDown, own_database, sign_in, sit_down, template, write

__all__ = ["own_database", "sign_in", "sit_down", "template"]


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    return sit_down("seller")


def test_a_customer_is_made_from_the_form_of_a_contact(desk: Desk) -> None:
    page = desk.open("contact", 0)
    editor = page.editor.form.editors["customer"]
    editor.line.setFocus()
    write(editor.line, "珠海新客户")
    desk.qtbot.waitUntil(lambda: "Create “珠海新客户”…" in editor.popup.texts())
    desk.qtbot.keyClick(editor.line, Qt.Key.Key_Up)
    desk.qtbot.keyClick(editor.line, Qt.Key.Key_Return)
    dialog = desk.dialog(CreateDialog)
    desk.settle()
    assert dialog.editor.form.value_of("name") == "珠海新客户"
    assert dialog.editor.save_button.isVisible()
    assert not dialog.editor.again_button.isVisible(), "one is wanted here"
    dialog.editor.save()
    desk.settle()
    value = editor.value()
    assert value is not None
    assert value.label == "珠海新客户"
    assert desk.value("customer", value.id, "name") == "珠海新客户"


def test_nobody_is_offered_to_make_an_employee(desk: Desk) -> None:
    page = desk.open("activity", 0)
    editor = page.editor.form.editors["done_by"]
    editor.line.setFocus()
    editor.line.selectAll()
    write(editor.line, "nobody of this name")
    desk.qtbot.waitUntil(editor.popup.isVisible)
    assert not [text for text in editor.popup.texts() if text.startswith("Create")]
