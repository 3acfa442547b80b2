"""The entries of a dictionary, kept by keyboard: named in place, several added, one replaced, none lost by deleting."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from crm_desktop.spec import Ref
from crm_desktop.ui.dialogs.add_entries import AddEntriesDialog
from crm_desktop.ui.dialogs.dictionary_entry import DictionaryEntryDialog
from crm_desktop.ui.dialogs.replace_entry import ReplaceEntryDialog, matches
from crm_desktop.ui.pages.customer import CustomerPage
from tests.ui.desk import Desk, SitDown, button, change, own_database, sign_in, sit_down, template, write

__all__ = ["own_database", "sign_in", "sit_down", "template"]


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    return sit_down("admin")


def open_list(desk: Desk, code: str) -> Any:
    return desk.open("dictionary", desk.id_of("dictionary", "code = :code", code=code)).entries


def codes(card: Any) -> list[str]:
    return [card.table.model().index(row, 2).data() for row in range(card.table.model().rowCount())]


def test_english_name_is_changed_in_place_and_taken_back(desk: Desk, qtbot: QtBot) -> None:
    card = open_list(desk, "level")
    id_ = desk.id_of("dictionary_entry", "code = 'a'")
    before = desk.value("dictionary_entry", id_, "name_en")
    card.table.setFocus()
    card.table.setCurrentIndex(card.table.model().index(0, 1))
    qtbot.keyClick(card.table, Qt.Key.Key_F2)
    editor = card.table.findChild(QLineEdit)
    editor.selectAll()
    write(editor, "Best")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    desk.settle()
    assert desk.value("dictionary_entry", id_, "name_en") == "Best"
    desk.press_undo()
    assert desk.value("dictionary_entry", id_, "name_en") == before


def test_column_that_was_copied_is_offered_and_added(desk: Desk) -> None:
    card = open_list(desk, "level")
    QApplication.clipboard().setText("重点\tKey account\n普通\tOrdinary\n")
    button(card, "Add several…").click()
    dialog = desk.dialog(AddEntriesDialog)
    assert dialog.note.text().startswith("2 new")
    button(dialog, "Add").click()
    desk.settle()
    assert codes(card)[-2:] == ["key_account", "ordinary"]
    desk.press_undo()
    desk.hear("dictionary_entry", 0)
    assert len(codes(card)) == 4


def test_entry_is_replaced_everywhere_and_put_back(desk: Desk) -> None:
    old, new = (desk.id_of("dictionary_entry", f"code = '{code}'") for code in "ab")
    with desk.gateway.write() as session:
        session.execute(text("update crm.customer set level_id = :old where id % 3 = 0"), {"old": old})
    customer = desk.id_of("customer", "level_id = :old", old=old)
    card = open_list(desk, "level")
    card.table.selectRow(0)
    assert int(card.table.model().index(0, 3).data()) > 0
    button(card, "Replace by…").click()
    dialog = desk.dialog(ReplaceEntryDialog)
    dialog.by.set_value(Ref(new, "B"))
    button(dialog, "Replace everywhere").click()
    desk.settle()
    assert desk.value("customer", customer, "level_id") == new
    assert desk.value("dictionary_entry", old, "is_active") is False
    desk.press_undo()
    assert desk.value("customer", customer, "level_id") == old


def test_open_forms_and_pages_call_an_entry_by_its_new_name(desk: Desk) -> None:
    id_ = desk.id_of("dictionary_entry", "code = 'a'")
    customer = desk.customer(level=Ref(id_, "A"))
    page: CustomerPage = desk.open("customer", customer.id)
    page.edit("fax")
    form = page.editor.form if page.editor is not None else None
    assert form is not None
    write(form.editors["fax"].focus_target(), "020-1")
    entry = change(desk.gateway, "dictionary_entry", id_, name_en="Best")
    desk.hear("dictionary_entry", entry.id)
    desk.settle_all()
    assert form.editors["level"].focus_target().text() == "Best"  # type: ignore[attr-defined]
    assert form.value_of("fax") == "020-1"
    assert form.edited_keys() == {"fax"}
    assert "Best" in [label.text() for label in page.facts.findChildren(QLabel)]
    form.show_record(customer)


def test_entry_in_use_is_not_deleted_and_another_is(desk: Desk, qtbot: QtBot) -> None:
    old = desk.id_of("dictionary_entry", "code = 'a'")
    with desk.gateway.write() as session:
        session.execute(text("update crm.customer set level_id = :old where id % 3 = 0"), {"old": old})
        session.execute(text("update crm.customer set level_id = null where id % 3 > 0"))
    card = open_list(desk, "level")
    card.table.setFocus()
    card.table.selectRow(0)
    qtbot.keyClick(card.table, Qt.Key.Key_Delete)
    desk.settle()
    assert "Replace it, or take it out of use." in desk.notices()
    card.table.selectRow(3)
    qtbot.keyClick(card.table, Qt.Key.Key_Delete)
    desk.settle()
    assert codes(card) == ["a", "b", "c"]
    desk.press_undo()
    desk.hear("dictionary_entry", 0)
    assert codes(card) == ["a", "b", "c", "d"]


def test_regions_are_found_by_pinyin(desk: Desk) -> None:
    card = open_list(desk, "region")
    card.filter_box.setText("zhuhai")
    card.filter_box.search_now()
    model = card.table.model()
    shown = [model.index(row, 0).data() for row in range(model.rowCount()) if not card.table.isRowHidden(row)]
    assert "珠海" in "".join(shown)
    assert len(shown) < model.rowCount() / 10


def test_new_region_comes_below_the_selected_one(desk: Desk) -> None:
    card = open_list(desk, "region")
    id_ = desk.id_of("dictionary_entry", "name = '珠海' or name = '珠海市'")
    card.table.selectRow(card.table.ids().index(id_))
    button(card, "New entry").click()
    dialog = desk.dialog(DictionaryEntryDialog)
    write(dialog.name.line, "高栏港")
    write(dialog.name_en.line, "Gaolan Port")
    button(dialog, "Save").click()
    desk.settle()
    made = desk.id_of("dictionary_entry", "name = '高栏港'")
    assert desk.value("dictionary_entry", made, "parent_id") == id_
    assert desk.value("dictionary_entry", made, "full_name").endswith("珠海高栏港") or desk.value(
        "dictionary_entry", made, "full_name"
    ).endswith("珠海市高栏港")


def test_names_match_by_parts_pinyin_and_initials() -> None:
    assert matches("珠海市", "海")
    assert matches("珠海市", "zhuhai")
    assert matches("珠海市", "zh")
    assert not matches("珠海市", "hai")


def test_others_are_offered_nothing_to_change(sit_down: SitDown) -> None:
    card = open_list(sit_down("seller"), "level")
    for one in (card.replace_button, card.several_button, card.add_button):
        assert not one.isVisible()


def test_fixed_entries_are_renamed_only_and_it_is_said_why(desk: Desk, qtbot: QtBot) -> None:
    card = open_list(desk, "outcome")
    for one in (card.replace_button, card.several_button, card.add_button):
        assert not one.isVisible()
    assert "none is added or removed" in card._hint.text()
    card.table.setFocus()
    card.table.selectRow(3)
    qtbot.keyClick(card.table, Qt.Key.Key_Delete)
    desk.settle()
    assert codes(card) == ["open", "won", "lost", "closed"]
    qtbot.keyClick(card.table, Qt.Key.Key_Return)
    dialog = desk.dialog(DictionaryEntryDialog)
    assert dialog.is_active.isHidden()
    dialog.name_en.set_value("Signed")
    button(dialog, "Save").click()
    desk.settle()
    assert desk.value("dictionary_entry", desk.id_of("dictionary_entry", "code = 'closed'"), "name_en") == "Signed"


def test_entry_that_somebody_else_has_renamed_is_offered_anew(desk: Desk, qtbot: QtBot) -> None:
    card = open_list(desk, "outcome")
    card.table.setFocus()
    card.table.selectRow(3)
    qtbot.keyClick(card.table, Qt.Key.Key_Return)
    dialog = desk.dialog(DictionaryEntryDialog)
    change(desk.gateway, "dictionary_entry", desk.id_of("dictionary_entry", "code = 'closed'"), name_en="Ended")
    write(dialog.name_en.line, "!")
    button(dialog, "Save").click()
    desk.settle_all()
    assert desk.window.findChildren(DictionaryEntryDialog) == []
    card.table.selectRow(3)
    qtbot.keyClick(card.table, Qt.Key.Key_Return)
    again = desk.dialog(DictionaryEntryDialog)
    assert again.name_en.value() == "Ended"
    button(again, "Apply").click()
    assert again.name_en.value() == "!Closed"
    again.leave()
