"""The form of any record: what is typed is checked, saved, undone, kept; the keyboard does it all."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from crm_desktop.services import journal, records
from crm_desktop.spec import Ref, facts
from crm_desktop.ui.form_page.form_page import FormPage
from tests.ui.desk import Desk, SitDown, button, change, create, own_database, sign_in, sit_down, template, write
from tests.ui.settled import Answer

__all__ = ["own_database", "sign_in", "sit_down", "template"]

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def line_of(page: FormPage, key: str) -> QLineEdit:
    line: QLineEdit = page.editor.form.editors[key].line  # type: ignore[attr-defined]
    return line


def type_into(qtbot: QtBot, page: FormPage, key: str, words: str) -> None:
    page.editor.form.focus_field(key)
    qtbot.keyClick(line_of(page, key), Key.Key_Backspace)
    write(line_of(page, key), words)


def contact_of(desk: Desk) -> int:
    customer = desk.customer()
    return create(desk.gateway, "contact", name="陈立", customer=Ref(customer.id, customer.title)).id


def press(words: str) -> Answer:
    """Press a button of the question."""
    return lambda dialog: button(dialog, words).click()


def test_record_is_edited_and_saved_by_keyboard_alone(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    id_ = contact_of(desk)
    page = desk.open("contact", id_)
    assert QApplication.focusWidget() is line_of(page, "name")
    type_into(qtbot, page, "title", "采购经理")
    qtbot.keyClick(line_of(page, "title"), Key.Key_Return)
    assert QApplication.focusWidget() is line_of(page, "department_name")
    qtbot.keyClick(page, Key.Key_S, CONTROL)
    desk.settle()
    qtbot.waitUntil(lambda: desk.value("contact", id_, "title") == "采购经理")


def test_undo_in_the_notice_takes_the_save_back(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    id_ = contact_of(desk)
    page = desk.open("contact", id_)
    type_into(qtbot, page, "title", "经理")
    page.editor.save()
    desk.settle()
    assert "“陈立” was saved." in desk.notices()
    desk.press_undo()
    assert desk.value("contact", id_, "title") is None
    assert "Taken back" in desk.notices()


def test_tab_shows_that_something_is_not_saved(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    page = desk.open("contact", contact_of(desk))
    bar = desk.window.view("customers").tabs.bar
    assert bar.tabText(1) == "陈立"
    type_into(qtbot, page, "title", "经理")
    assert bar.tabText(1) == "• 陈立"
    page.editor.revert()
    assert bar.tabText(1) == "陈立"
    assert line_of(page, "title").text() == ""


def test_error_stands_under_its_field_and_nothing_is_saved(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    id_ = contact_of(desk)
    page = desk.open("contact", id_)
    type_into(qtbot, page, "email", "no address")
    page.editor.save()
    desk.settle()
    assert "is not an e-mail address" in page.editor.form.editors["email"].error()
    assert QApplication.focusWidget() is line_of(page, "email")
    assert desk.value("contact", id_, "version") == 1


def test_field_is_checked_when_it_is_left(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    page = desk.open("contact", 0)
    qtbot.keyClick(line_of(page, "name"), Key.Key_Tab)
    assert page.editor.form.editors["name"].error()
    page.editor.form.focus_field("name")
    write(line_of(page, "name"), "陈")
    assert not page.editor.form.editors["name"].error()


def test_number_that_is_taken_is_said_under_the_number(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    desk.customer("甲", code="X-1")
    page = desk.open("customer", 0)
    type_into(qtbot, page, "name", "乙")
    type_into(qtbot, page, "code", "X-1")
    page.editor.save()
    desk.settle()
    assert "already has this value" in page.editor.form.editors["code"].error()


def test_new_record_begins_with_its_parent_and_gets_a_tab_of_its_own(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    customer = desk.customer()
    page = desk.open("contact", 0)
    page.begin({"customer": Ref(customer.id, customer.title)})
    type_into(qtbot, page, "name", "苏敏")
    page.editor.save()
    desk.settle()
    assert desk.value("contact", page.id, "customer_id") == customer.id
    assert [tab.key for tab in desk.window.view("customers").open_tabs()] == [f"contact/{page.id}"]
    assert page.title == "苏敏"


def test_save_and_new_begins_the_next_one_in_the_same_parent(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    customer = desk.customer()
    page = desk.open("contact", 0)
    page.begin({"customer": Ref(customer.id, customer.title)})
    for name in ("陈立", "苏敏"):
        type_into(qtbot, page, "name", name)
        qtbot.keyClick(page, Key.Key_S, CONTROL | SHIFT)
        qtbot.waitUntil(lambda: line_of(page, "name").text() == "")
        desk.settle()
    with desk.gateway.read() as session:
        rows = records.fetch_records(session, "contact", [desk.id_of("contact", "name = '苏敏'")])
    assert [record.values["customer"].id for record in rows.values()] == [customer.id]
    assert page.editor.record.id == 0


def test_reader_gets_a_form_that_says_why_it_cannot_be_edited(sit_down: SitDown) -> None:
    desk = sit_down("desk")
    seller = desk.id_of("employee", "name = 'seller'")
    page = desk.open("contact", desk.id_of("contact", "owner_id = :id", id=seller))
    assert page.editor.is_read_only
    assert page.editor.right_bar.texts() == ["You may read this, not change it: it belongs to seller."]
    assert line_of(page, "name").isReadOnly()
    assert not page.editor.save_button.isVisible()


def test_closing_with_edits_asks_and_saves_on_demand(sit_down: SitDown, qtbot: QtBot, answers: list[Answer]) -> None:
    desk = sit_down("seller")
    id_ = contact_of(desk)
    page = desk.open("contact", id_)
    view = desk.window.view("customers")
    type_into(qtbot, page, "title", "经理")
    answers.append(press("Stay"))
    assert not view.close_page(page)
    answers.append(press("Save"))
    assert view.close_page(page)
    assert desk.value("contact", id_, "title") == "经理"


def test_discarded_edits_are_gone(sit_down: SitDown, qtbot: QtBot, answers: list[Answer]) -> None:
    desk = sit_down("seller")
    id_ = contact_of(desk)
    page = desk.open("contact", id_)
    type_into(qtbot, page, "title", "经理")
    answers.append(press("Discard"))
    qtbot.keyClick(line_of(page, "title"), Key.Key_Escape)
    assert desk.window.view("customers").open_tabs() == []
    assert desk.value("contact", id_, "title") is None


def test_next_record_of_the_list_comes_into_the_same_tab(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    ids = [create(desk.gateway, "customer", name=f"客户{n}").id for n in range(3)]
    contacts = [create(desk.gateway, "contact", name=f"人{id_}", customer=Ref(id_, "")).id for id_ in ids]
    page = desk.open("contact", contacts[0])
    page.set_neighbours(lambda id_, step: dict(enumerate(contacts)).get(contacts.index(id_) + step))
    assert not page.previous_button.isEnabled()
    qtbot.keyClick(page, Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: page.editor.record.id == contacts[1])
    desk.settle()
    assert page.title == f"人{ids[1]}"
    assert [tab.key for tab in desk.window.view("customers").open_tabs()] == [f"contact/{contacts[1]}"]


def test_deleted_record_is_said_and_the_typed_text_stays_to_copy(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("manager")
    id_ = contact_of(desk)
    page = desk.open("contact", id_)
    type_into(qtbot, page, "title", "经理")
    with desk.gateway.write() as session:
        records.delete_records(session, "contact", [id_], "")
    page.editor.save()
    desk.settle()
    assert "no longer there" in page.editor.gone_bar.texts()[0]
    assert line_of(page, "title").text() == "经理"
    button(page, "Copy all fields").click()
    assert "Position: 经理" in QGuiApplication.clipboard().text()


def test_record_that_comes_back_can_be_saved_with_what_was_typed(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("manager")
    id_ = contact_of(desk)
    page = desk.open("contact", id_)
    type_into(qtbot, page, "title", "经理")
    with desk.gateway.write() as session:
        deleted = records.delete_records(session, "contact", [id_], "")
    desk.hear("contact", id_)
    assert page.editor.gone_bar.texts()
    with desk.gateway.write() as session:
        journal.undo(session, deleted.change_set)
    desk.hear("contact", id_)
    assert page.editor.gone_bar.texts() == []
    page.editor.save_button.click()
    desk.settle()
    assert desk.value("contact", id_, "title") == "经理"


def test_contacts_of_another_customer_are_not_offered_as_superior(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    one, other = desk.customer("甲"), desk.customer("乙")
    create(desk.gateway, "contact", name="同门", customer=Ref(one.id, "甲"))
    create(desk.gateway, "contact", name="外人", customer=Ref(other.id, "乙"))
    page = desk.open("contact", create(desk.gateway, "contact", name="我", customer=Ref(one.id, "甲")).id)
    editor = page.editor.form.editors["superior"]
    page.editor.form.focus_field("superior")
    qtbot.keyClick(editor.line, Key.Key_Down)
    qtbot.waitUntil(editor.popup.isVisible)
    assert "同门" in editor.popup.texts()
    assert "外人" not in editor.popup.texts()


def test_colleagues_save_is_shown_at_once_where_nothing_is_typed(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    id_ = contact_of(desk)
    page = desk.open("contact", id_)
    change(desk.gateway, "contact", id_, title="财务")
    desk.bus.post("contact", [id_])
    desk.qtbot.waitUntil(lambda: line_of(page, "title").text() == "财务")


def test_colleagues_save_is_told_where_something_is_typed(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    id_ = contact_of(desk)
    page = desk.open("contact", id_)
    type_into(qtbot, page, "title", "经理")
    change(desk.gateway, "contact", id_, hobbies="钓鱼")
    desk.bus.post("contact", [id_])
    qtbot.waitUntil(lambda: bool(page.editor.colleague_bar.texts()))
    assert "seller has changed this record meanwhile: Hobbies (— → 钓鱼)" in page.editor.colleague_bar.texts()[0]
    type_into(qtbot, page, "hobbies", "书法")
    assert page.editor.colleague_bar.texts()[-1].endswith("saving asks which is to stay.")
    line_of(page, "hobbies").clear()
    page.editor.save()
    desk.settle()
    assert desk.value("contact", id_, "title") == "经理"
    assert desk.value("contact", id_, "hobbies") == "钓鱼"


@pytest.mark.parametrize("entity", ["customer", "contact", "contact_relation", "activity", "department", "employee"])
def test_every_form_opens_for_a_new_record(sit_down: SitDown, entity: str) -> None:
    desk = sit_down("admin")
    page = desk.open(entity, 0)
    assert page.editor is not None
    assert set(page.editor.form.editors) == {attr.key for attr in page.spec.form.fields}
    assert not page.editor.is_edited()


@pytest.mark.parametrize(
    "entity",
    ["customer", "contact", "contact_relation", "activity", "department", "employee", "permission_group", "dictionary"],
)
def test_every_form_saves_a_new_record_with_what_is_required(sit_down: SitDown, entity: str) -> None:
    desk = sit_down("admin")
    page = desk.open(entity, 0)
    values: dict[str, object] = {}
    for attr in page.spec.form.fields:
        fact = facts(attr)
        if fact.is_required and fact.default is None:
            ids = [desk.id_of(fact.target.__tablename__, f"id not in ({used(values)})")] if fact.target else []
            values[fact.key] = Ref(ids[0], "x") if ids else "x"
    page.begin(values)
    assert all(page.editor.form.editors[key].value() for key in values)
    page.editor.save()
    desk.settle()
    assert page.id > 0, desk.notices()
    assert desk.window.view(desk.window.current_area()).current_tab_key() == f"{entity}/{page.id}"


def used(values: dict[str, object]) -> str:
    """Rows that are taken already: a contact has no relation to himself."""
    return ", ".join(["0", *(str(value.id) for value in values.values() if isinstance(value, Ref))])


def test_new_customer_begins_with_the_usual_choices(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = desk.open("customer", 0)
    values = page.editor.record.values
    assert (values["life_cycle"].label, values["type"].label) == ("Prospect", "Direct customer")
    assert not page.editor.is_edited()
