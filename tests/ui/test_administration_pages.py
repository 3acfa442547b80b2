"""The administrator's pages: what they save, and what they offer to others."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from crm_desktop.core.access import Scope
from crm_desktop.db.engine import Gateway
from crm_desktop.services import administration, bulk, grants
from crm_desktop.services.bulk_steps import Action, Step
from crm_desktop.spec import Ref
from crm_desktop.ui import messages
from crm_desktop.ui.dialogs.dictionary_entry import DictionaryEntryDialog
from crm_desktop.ui.dialogs.give_password import GivePasswordDialog
from crm_desktop.ui.pages.tree import ID
from crm_desktop.ui.sharing.assign_dialog import AssignDialog
from tests.ui.desk import Desk, SitDown, button, create, own_database, sign_in, sit_down, template, write

__all__ = ["own_database", "sign_in", "sit_down", "template"]

ALT = Qt.KeyboardModifier.AltModifier


def entries(gateway: Gateway, dictionary: int) -> list[str]:
    with gateway.read() as session:
        return [entry.values["code"] for entry in administration.fetch_ordered(session, "dictionary_entry", dictionary)]


def test_login_is_created_from_the_employees_page(sit_down: SitDown) -> None:
    desk = sit_down("admin")
    page = desk.open("employee", create(desk.gateway, "employee", name="何毅").id)
    button(page, "Create login…").click()
    dialog = desk.dialog(GivePasswordDialog)
    assert dialog.login.line.text() == "heyi"
    dialog.login.set_value("office.heyi")
    button(dialog, "Create login").click()
    desk.settle()
    try:
        assert "何毅 can sign in as “office.heyi” now." in desk.notices()
        assert desk.value("employee", page.id, "login") == "office.heyi"
    finally:
        with desk.gateway.write() as session:
            session.execute(text("select crm.drop_login('office.heyi')"))


def test_login_that_is_taken_is_said_in_the_dialog_which_stays(sit_down: SitDown) -> None:
    desk = sit_down("admin")
    page = desk.open("employee", create(desk.gateway, "employee", name="何毅").id)
    button(page, "Create login…").click()
    dialog = desk.dialog(GivePasswordDialog)
    dialog.login.set_value("office.stranger")
    button(dialog, "Create login").click()
    desk.settle()
    assert "exists already" in dialog.login.error()
    assert dialog.isVisible()
    assert desk.value("employee", page.id, "login") is None


def test_building_the_page_of_an_employee_takes_no_keys_from_the_window(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("admin")
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)
    desk.open("employee", 0)
    assert desk.window.isActiveWindow(), "a button without a place is a window of its own"


def test_ticked_group_is_saved_and_taken_back(sit_down: SitDown) -> None:
    desk = sit_down("admin")
    page = desk.open("employee", create(desk.gateway, "employee", name="何毅").id)
    clerk = desk.id_of("permission_group", "code = 'clerk'")
    box = page.groups._boxes[clerk]
    box.click()
    desk.settle()
    with desk.gateway.read() as session:
        assert administration.fetch_groups_of(session, page.id) == {clerk}
    desk.press_undo()
    desk.hear("group_member", 0)
    assert not page.groups._boxes[clerk].isChecked()
    assert page.groups._boxes[clerk] is box, "the box that was ticked keeps the keys"


def test_last_administrators_box_is_ticked_again(sit_down: SitDown) -> None:
    desk = sit_down("admin")
    page = desk.open("employee", desk.gateway.person.id)
    box = page.groups._boxes[desk.id_of("permission_group", "code = 'administrator'")]
    box.click()
    desk.settle()
    assert "Nobody could administer the program any more." in desk.notices()
    assert page.groups._boxes[desk.id_of("permission_group", "code = 'administrator'")].isChecked()


def test_locking_can_be_taken_back(sit_down: SitDown) -> None:
    desk = sit_down("admin")
    page = desk.open("employee", create(desk.gateway, "employee", name="何毅").id)
    button(page, "Lock").click()
    desk.settle()
    assert desk.value("employee", page.id, "is_active") is False
    desk.hear("employee", page.id)
    assert page.sign_in.lock_button.text() == "Unlock"
    desk.press_undo()
    assert desk.value("employee", page.id, "is_active") is True


def test_records_of_a_locked_employee_are_assigned_to_another(sit_down: SitDown) -> None:
    desk = sit_down("admin")
    gone, junior = (desk.id_of("employee", f"name = '{name}'") for name in ("gone", "junior"))
    customer = desk.id_of("customer", "owner_id = :owner", owner=gone)
    page = desk.open("employee", gone)
    assert page.owned.hint.isVisible()
    button(page, "Assign his customers…").click()
    desk.settle()
    dialog = desk.dialog(AssignDialog)
    dialog.owner.set_value(Ref(junior, "junior"))
    dialog.owner.changed.emit()
    desk.settle()
    button(dialog, "Assign").click()
    desk.settle()
    assert desk.value("customer", customer, "owner_id") == junior
    assert not page.owned.hint.isVisible()
    assert not page.owned.buttons["customer"].isVisible()
    desk.press_undo()
    assert desk.value("customer", customer, "owner_id") == gone


def test_locking_oneself_is_asked_first(sit_down: SitDown, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = sit_down("admin")
    page = desk.open("employee", desk.gateway.person.id)
    asked: list[str] = []
    monkeypatch.setattr(messages, "confirm", lambda _parent, question, *_rest, **_more: asked.append(question))
    button(page, "Lock").click()
    desk.settle()
    assert asked == ["Lock yourself?"]
    assert desk.value("employee", page.id, "is_active") is True


def test_several_employees_get_another_superior_at_once(sit_down: SitDown) -> None:
    desk = sit_down("admin")
    seller, junior, idle = (desk.id_of("employee", f"name = '{name}'") for name in ("seller", "junior", "idle"))
    steps = [Step("superior", Action.SET, Ref(seller, "seller"))]
    with desk.gateway.write() as session:
        rehearsal = bulk.rehearse(session, desk.gateway.person, "employee", steps, [junior, idle])
        bulk.change_all(session, "employee", steps, rehearsal.targets, "", lambda *_done: None)
    assert [desk.value("employee", id_, "superior_id") for id_ in (junior, idle)] == [seller, seller]


def test_others_get_no_buttons_of_the_administrator(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = desk.open("employee", desk.id_of("employee", "name = 'junior'"))
    assert page.editor.is_read_only
    assert page.editor.right_bar.texts() == ["Your permission groups let you read this, not change it."]
    for one in (page.sign_in.create_button, page.sign_in.reset_button, page.sign_in.lock_button):
        assert not one.isVisible()
    assert not any(box.isEnabled() for box in page.groups.findChildren(QCheckBox))


def test_rights_are_explained_and_saved_together(sit_down: SitDown) -> None:
    desk = sit_down("admin")
    id_ = desk.id_of("permission_group", "code = 'salesperson'")
    page = desk.open("permission_group", id_)
    row = page.grants.rows["customer"]
    assert row.meaning.text().startswith("see, create, change: Own and subordinates'; not: delete")
    row.scopes["read"].setCurrentIndex(row.scopes["read"].findData(int(Scope.ALL)))
    assert row.meaning.text().startswith("see: All; create, change: Own and subordinates'")
    with desk.gateway.read() as session:
        assert grants.fetch_grants(session, id_)["customer"].read == Scope.TEAM
    button(page, "Save rights").click()
    desk.settle()
    with desk.gateway.read() as session:
        assert grants.fetch_grants(session, id_)["customer"].read == Scope.ALL
    assert not page.grants.is_edited()


def test_database_refuses_rights_that_a_page_should_not_have_offered(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    id_ = desk.id_of("permission_group", "code = 'salesperson'")
    page = desk.open("permission_group", id_)
    assert not page.grants.save_button.isVisible()
    row = page.grants.rows["customer"]
    row.scopes["read"].setCurrentIndex(row.scopes["read"].findData(int(Scope.ALL)))
    page.grants.save()
    desk.settle()
    assert "no right" in desk.notices() or "may not" in desk.notices()
    with desk.gateway.read() as session:
        assert grants.fetch_grants(session, id_)["customer"].read == Scope.TEAM


def test_member_is_added_by_search(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("admin")
    page = desk.open("permission_group", desk.id_of("permission_group", "code = 'clerk'"))
    adder = page.members.editor.adder
    adder.line.setFocus()
    write(adder.line, "junior")
    qtbot.waitUntil(adder.popup.isVisible)
    qtbot.keyClick(adder.line, Qt.Key.Key_Return)
    desk.settle()
    with desk.gateway.read() as session:
        assert [ref.label for ref in administration.fetch_members(session, page.id)] == ["clerk", "junior"]


def test_entries_are_moved_by_keyboard_and_several_moves_are_one_change(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("admin")
    page = desk.open("dictionary", desk.id_of("dictionary", "code = 'level'"))
    table = page.entries.table
    table.setFocus()
    table.selectRow(0)
    for _press in range(2):
        qtbot.keyClick(table, Qt.Key.Key_Down, ALT)
    qtbot.waitUntil(lambda: entries(desk.gateway, page.id) == ["b", "c", "a", "d"])
    desk.settle()
    desk.press_undo()
    assert entries(desk.gateway, page.id) == ["a", "b", "c", "d"]


def test_new_entry_is_last_and_known_by_its_english_name(sit_down: SitDown) -> None:
    desk = sit_down("admin")
    page = desk.open("dictionary", desk.id_of("dictionary", "code = 'level'"))
    button(page, "New entry").click()
    dialog = desk.dialog(DictionaryEntryDialog)
    write(dialog.name.line, "重点")
    write(dialog.name_en.line, "Key account")
    dialog.tone.setCurrentIndex(dialog.tone.findData("good"))
    button(dialog, "Save").click()
    desk.settle()
    assert entries(desk.gateway, page.id)[-1] == "key_account"


def test_entry_whose_code_is_taken_is_refused_in_the_dialog(sit_down: SitDown) -> None:
    desk = sit_down("admin")
    page = desk.open("dictionary", desk.id_of("dictionary", "code = 'level'"))
    button(page, "New entry").click()
    dialog = desk.dialog(DictionaryEntryDialog)
    write(dialog.name.line, "A")
    button(dialog, "Save").click()
    desk.settle()
    assert dialog.isVisible()
    assert dialog.name.error()


def test_departments_are_shown_as_a_tree_and_opened_by_enter(sit_down: SitDown, qtbot: QtBot) -> None:
    desk: Desk = sit_down("admin")
    view = desk.window.show_area("administration")
    view.select_page("department/tree")
    desk.settle()
    page = view.current_page()
    tree = page.tree  # type: ignore[attr-defined]
    head = tree.model().index(0, 0)
    assert head.data() == "head"
    assert {tree.model().index(row, 0, head).data() for row in range(2)} == {"sales", "service"}
    assert head.siblingAtColumn(1).data() == "10"  # with those below
    tree.setCurrentIndex(head)
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    desk.settle()
    id_ = desk.id_of("department", "name = 'head'")
    assert view.current_tab_key() == f"department/{id_}"


def test_firm_without_departments_is_told_how_to_begin(sit_down: SitDown) -> None:
    desk = sit_down("admin")
    view = desk.window.show_area("administration")
    view.select_page("department/tree")
    desk.settle()
    page: Any = view.current_page()
    page.setFocus()
    page._show([])
    assert (page.tree.isVisible(), page.none_yet.isVisible()) == (False, True)
    button: Any = desk.window.focusWidget()
    button.click()
    desk.settle()
    assert view.current_tab_key() == "department/0"


def test_department_is_put_elsewhere_by_keyboard_and_taken_back(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("admin")
    south, sales = (desk.id_of("department", f"name = '{name}'") for name in ("south", "sales"))
    view = desk.window.show_area("administration")
    view.select_page("department/tree")
    desk.settle()
    page: Any = view.current_page()
    found = page.tree.model().match(page.tree.model().index(0, 0), ID, south, 1, Qt.MatchFlag.MatchRecursive)
    page.tree.setFocus()
    page.tree.setCurrentIndex(found[0])
    qtbot.keyClick(page.tree, Qt.Key.Key_Left, ALT)
    desk.settle()
    head = desk.id_of("department", "name = 'head'")
    assert desk.value("department", south, "parent_id") == head
    assert page.tree.currentIndex().data(ID) == south
    desk.press_undo()
    assert desk.value("department", south, "parent_id") == sales


def test_department_does_not_come_below_itself(sit_down: SitDown) -> None:
    desk = sit_down("admin")
    south, head = (desk.id_of("department", f"name = '{name}'") for name in ("south", "head"))
    view = desk.window.show_area("administration")
    view.select_page("department/tree")
    desk.settle()
    page: Any = view.current_page()
    page.put(head, Ref(south, "south"))
    desk.settle()
    assert "This cannot be part of itself." in desk.notices()
    assert desk.value("department", head, "parent_id") is None
