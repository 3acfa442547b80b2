"""All rights in one page: read, changed, saved, compared and copied by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from crm_desktop.core.access import Scope
from crm_desktop.services import administration, grants
from crm_desktop.spec import Ref
from crm_desktop.ui.dialogs.ask_text import AskTextDialog
from crm_desktop.ui.rights.page import RightsPage
from tests.ui.desk import Desk, SitDown, button, own_database, sign_in, sit_down, template, write
from tests.ui.settled import Answer

__all__ = ["own_database", "sign_in", "sit_down", "template"]


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    return sit_down("admin")


@pytest.fixture
def page(desk: Desk) -> RightsPage:
    view = desk.window.show_area("administration")
    view.select_page("permission_group/rights")
    desk.settle()
    shown = view.current_page()
    assert isinstance(shown, RightsPage)
    return shown


def give(page: RightsPage, code: str, key: str, scope: Scope) -> None:
    page.choose(code, key)
    box = page.rows[key].scopes["read"]
    box.setCurrentIndex(box.findData(int(scope)))


def read_scope(desk: Desk, code: str) -> Any:
    group = desk.id_of("permission_group", f"code = '{code}'")
    with desk.gateway.read() as session:
        return grants.fetch_grants(session, group)["customer"].read


def test_cell_is_reached_and_opened_by_keyboard(desk: Desk, page: RightsPage, qtbot: QtBot) -> None:
    page.choose("salesperson", "customer")
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Right)
    assert page.table.current_cell() == (desk.id_of("permission_group", "code = 'service'"), "customer")
    assert page.meaning.text().startswith("Service desk: sees all customers; may create his own customers;")
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert page.rows["customer"].scopes["read"].hasFocus()
    qtbot.keyClick(page.rows["customer"].scopes["read"], Qt.Key.Key_Escape)
    assert page.table.hasFocus()


def test_effect_is_counted_for_the_employee_before_and_after_a_choice(desk: Desk, page: RightsPage) -> None:
    page.employee.set_value(Ref(desk.id_of("employee", "name = 'junior'"), "junior"))
    page.choose("salesperson", "customer")
    desk.settle_all()  # also what is asked a moment after the last choice
    now = page.effect.text()
    assert now.startswith("junior now sees ")
    give(page, "salesperson", "customer", Scope.ALL)
    desk.settle_all()  # also what is asked a moment after the last choice
    with desk.gateway.read() as session:
        all_customers = session.connection().exec_driver_sql("select count(*) from crm.customer").scalar_one()
    assert page.effect.text().startswith(f"junior would see {all_customers} of them")
    assert read_scope(desk, "salesperson") == Scope.TEAM


def test_several_cells_are_saved_as_one_change_and_taken_back(desk: Desk, page: RightsPage, qtbot: QtBot) -> None:
    give(page, "salesperson", "customer", Scope.ALL)
    give(page, "clerk", "customer", Scope.OWN)
    assert page.save_button.isEnabled()
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    desk.settle_all()  # also what is asked a moment after the last choice
    assert (read_scope(desk, "salesperson"), read_scope(desk, "clerk")) == (Scope.ALL, Scope.OWN)
    assert not page.edited
    desk.press_undo()
    assert (read_scope(desk, "salesperson"), read_scope(desk, "clerk")) == (Scope.TEAM, Scope.ALL)


def test_choice_that_is_what_was_saved_is_no_change(page: RightsPage) -> None:
    give(page, "salesperson", "customer", Scope.ALL)
    give(page, "salesperson", "customer", Scope.TEAM)
    assert not page.edited
    assert not page.save_button.isEnabled()


def test_choices_not_saved_outlive_what_others_change(desk: Desk, page: RightsPage) -> None:
    give(page, "salesperson", "customer", Scope.ALL)
    with desk.gateway.write() as session:
        made = grants.copy_group(session, desk.id_of("permission_group", "code = 'clerk'"), "助理")
    desk.hear("permission_group", made.id)
    desk.settle_all()  # also what is asked a moment after the last choice
    assert page.table.model().columnCount() == desk.value("permission_group", made.id, "count(*) over ()") + 8
    assert page.rows["customer"].grant().read == Scope.ALL
    assert len(page.edited) == 1


def test_filter_shows_matching_groups_or_kinds(page: RightsPage) -> None:
    table = page.table
    page.filter_box.setText("clerk")
    page.filter_box.search_now()
    shown = [column for column in range(1, table.model().columnCount()) if not table.isColumnHidden(column)]
    assert [str(table.model().headerData(column, Qt.Orientation.Horizontal)) for column in shown] == [
        "Office clerk (1)"
    ]
    assert not any(table.isRowHidden(row) for row in range(table.model().rowCount()))
    page.filter_box.setText("custom")
    page.filter_box.search_now()
    rows = [table.model().index(row, 0).data() for row in range(table.model().rowCount()) if not table.isRowHidden(row)]
    assert rows == ["Customers", "Custom fields"]


def test_copied_group_has_the_same_rights(desk: Desk, page: RightsPage) -> None:
    page.choose("salesperson", "customer")
    button(page, "Copy group…").click()
    dialog = desk.dialog(AskTextDialog)
    write(dialog.editor.line, "电话销售")
    button(dialog, "Copy the group").click()
    desk.settle()
    made = desk.id_of("permission_group", "name = '电话销售'")
    with desk.gateway.read() as session:
        original = grants.fetch_grants(session, desk.id_of("permission_group", "code = 'salesperson'"))
        assert grants.fetch_grants(session, made) == original
        assert administration.fetch_members(session, made) == []
    desk.press_undo()
    with desk.gateway.read() as session:
        assert made not in {group.id for group in administration.fetch_groups(session)}


def test_compared_groups_show_only_what_differs(page: RightsPage) -> None:
    page.choose("salesperson", "customer")
    dialog = page.compare()
    assert dialog.boxes[0].currentText() == "Salesperson"
    dialog.boxes[1].setCurrentIndex(dialog.boxes[1].findText("Service desk"))
    kinds = {dialog.table.model().index(row, 0).data() for row in range(dialog.table.model().rowCount())}
    assert "Customers" in kinds
    assert "Employees" not in kinds
    dialog.boxes[1].setCurrentIndex(dialog.boxes[0].currentIndex())
    assert dialog.table.model().rowCount() == 0


def test_taking_away_ones_own_rights_is_asked_first(desk: Desk, page: RightsPage, answers: list[Answer]) -> None:
    """Somebody else still administers, so that it may be done, but not by mistake."""
    with desk.gateway.write() as session:
        made = grants.copy_group(session, desk.id_of("permission_group", "code = 'administrator'"), "副管理员")
        group = administration.fetch_groups(session)[-1]
        assert group.id == made.id
        administration.save_members(session, made, [desk.id_of("employee", "name = 'director'")])
    give_none = page.rows["permission_group"].scopes["update"]
    page.choose("administrator", "permission_group")
    give_none.setCurrentIndex(give_none.findData(int(Scope.NONE)))
    answers.append(QDialog.reject)
    page.save()
    desk.settle()
    assert answers == []
    with desk.gateway.read() as session:
        administrators = grants.fetch_grants(session, desk.id_of("permission_group", "code = 'administrator'"))
    assert administrators["permission_group"].update == Scope.ALL
    assert len(page.edited) == 1


def test_page_is_offered_to_who_gives_rights_only(sit_down: SitDown) -> None:
    view = sit_down("seller").window.show_area("administration")
    assert not view.has_page("permission_group/rights")
