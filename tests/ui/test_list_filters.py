"""Filters of a list page by keyboard: built, shown as chips, changed, taken away."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from crm_desktop.entities import by_key
from crm_desktop.services.filter_fields import find_field
from crm_desktop.spec import Column
from crm_desktop.spec.filters import Condition, Group, Unreadable
from crm_desktop.spec.kinds import Ref
from crm_desktop.ui.list_page.cell_filter import condition_of
from crm_desktop.ui.list_page.filter_group import GroupEditor
from crm_desktop.ui.list_page.filter_row import ConditionRow
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.widgets.notice import notices_of
from tests.ui.desk import Desk, SitDown, own_database, sign_in, sit_down, template, write

__all__ = ["own_database", "sign_in", "sit_down", "template"]


def the_list(desk: Desk, entry: str = "customer/all") -> ListPage:
    view = desk.window.show_area("customers")
    view.select_page(entry)
    page = view.current_page()
    assert isinstance(page, ListPage)
    desk.settle()
    return page


def press(key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifiers[0] if modifiers else Qt.KeyboardModifier.NoModifier)


def type_in(desk: Desk, words: str) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    write(focused, words)
    desk.settle_all()


def names(page: ListPage) -> list[str]:
    return [page.model.index(row, 1).data() for row in range(page.model.rowCount())]


def row(page: ListPage, number: int = 0) -> ConditionRow:
    assert page.filters.panel.editor is not None
    found = page.filters.panel.editor.items[number]
    assert isinstance(found, ConditionRow)
    return found


def test_a_filter_is_built_by_keyboard(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = the_list(desk)
    page.table.setFocus()
    press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    desk.settle_all()
    assert not page.filters.panel.isHidden()
    type_in(desk, "customer name")
    press(Qt.Key.Key_Return)
    type_in(desk, "客户1")
    desk.settle_all()
    assert page.query.filter == Group((Condition("name", "contains", "客户1"),))
    assert page.model.rowCount() == 11
    assert page.filters.panel._count.text() == "11 customers match"
    assert page.filters.bar.texts() == ["Customer name contains “客户1”"]
    press(Qt.Key.Key_Escape)
    desk.settle_all()
    assert page.filters.panel.isHidden()
    assert page.table.hasFocus()
    assert page.model.rowCount() == 11


def test_choices_and_related_records_are_found_while_one_types(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = the_list(desk, "contact/all")
    page.filters.open("customer.owner")
    desk.settle_all()
    type_in(desk, "sell")
    press(Qt.Key.Key_Return)
    desk.settle_all()
    seller = desk.id_of("employee", "name = 'seller'")
    condition = page.query.filter.items[0]
    assert isinstance(condition, Condition)
    assert (condition.operator, [ref.id for ref in condition.value]) == ("any_of", [seller])
    assert page.filters.bar.texts() == ["Customer › Owner: seller"]
    expected = "customer_id in (select id from crm.customer where owner_id = :seller)"
    with desk.gateway.read() as session:
        from sqlalchemy import text

        count = session.execute(text(f"select count(*) from crm.contact where {expected}"), {"seller": seller}).scalar()
    assert page.model.rowCount() == count


def test_an_incomplete_condition_filters_nothing(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = the_list(desk)
    page.filters.open("total_amount")
    type_in(desk, "much")
    desk.settle_all()
    assert not page.query.filter
    assert page.model.rowCount() == 60


def test_chips_are_walked_edited_and_taken_away_by_keyboard(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = the_list(desk)
    first, second = Condition("name", "contains", "客户1"), Condition("level", "empty")
    page.set_filter(Group((first, second)))
    desk.settle_all()
    chips = page.filters.bar.chips
    chips[0].setFocus()
    press(Qt.Key.Key_Right)
    assert chips[1].hasFocus()
    press(Qt.Key.Key_Delete)
    desk.settle_all()
    assert page.query.filter == Group((first,))
    press(Qt.Key.Key_Return)
    desk.settle_all()
    assert not page.filters.panel.isHidden()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert row(page).value is not None
    assert row(page).isAncestorOf(focused)
    page.filters.bar.remove_requested.emit(0)
    desk.settle_all()
    assert not page.query.filter
    assert page.filters.bar.isHidden()
    assert page.model.rowCount() == 60


def test_groups_and_parts_are_built_and_come_back_as_they_were(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = the_list(desk)
    group = Group(
        (
            Group((Condition("name", "ends", "1"), Condition("name", "ends", "2")), "any"),
            Group((Condition("name", "contains", "-2"),), "all", "contact", "any"),
            Condition("last_contact_at", "longer_ago", 3),
            Condition("total_amount", "empty"),
            Condition("founded_on", "not_period", "this_year"),
        )
    )
    page.set_filter(group)
    page.filters.open()
    desk.settle_all()
    editor = page.filters.panel.editor
    assert editor is not None
    assert editor.group() == group
    inner = editor.items[0]
    assert isinstance(inner, GroupEditor)
    row_of_group = inner.items[0]
    assert isinstance(row_of_group, ConditionRow)
    row_of_group.removed.emit()
    desk.settle_all()
    assert page.query.filter.items[0] == Group((Condition("name", "ends", "2"),), "any")
    assert page.filters.bar.texts()[1] == "Has contacts: Full name contains “-2”"


def test_the_list_says_which_conditions_it_leaves_out(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = the_list(desk)
    page.set_filter(
        Group((Condition("shoe_size", "equal", 3), Unreadable("{}"), Condition("name", "contains", "客户1")))
    )
    desk.settle_all()
    assert page.model.rowCount() == 11
    assert "There is no field “shoe_size” any more." in page.filters.bar.warning()
    assert "left out" in page.filters.bar.warning()
    page.filters.open()
    desk.settle_all()
    assert page.filters.panel.editor is not None
    assert page.filters.panel.editor.group() == page.query.filter


def test_an_empty_result_offers_to_clear_the_filter(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = the_list(desk)
    page.set_filter(Group((Condition("name", "is", "nobody"),)))
    desk.settle_all()
    instead = page.card.shown_instead()
    assert instead is not None
    page.filters.clear()
    desk.settle_all()
    assert page.model.rowCount() == 60


def test_the_value_of_a_cell_filters_and_excludes(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = the_list(desk)
    owner = [column.key for column in page.model.source.columns].index("owner")
    page.table.setFocus()
    page.table.setCurrentIndex(page.model.index(0, owner))
    held = page.model.index(0, owner).data()
    press(Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    desk.settle_all()
    assert {page.model.index(n, owner).data() for n in range(page.model.rowCount())} == {held}
    assert page.filters.bar.texts() == [f"Owner: {held}"]
    menu = QMenu(page)
    page.table.setCurrentIndex(page.model.index(0, owner))
    page.filters.add_cell_actions(menu)
    assert [action.text().split("\t")[0] for action in menu.actions() if action.text()] == [
        "Filter by this value",
        "Exclude this value",
    ]
    page.filters.clear()
    desk.settle_all()
    page.table.setCurrentIndex(page.model.index(0, owner))
    page.filters.filter_by_cell(exclude=True)
    desk.settle_all()
    page.table.setCurrentIndex(page.model.index(0, owner))
    page.filters.filter_by_cell(exclude=True)
    desk.settle_all()
    (condition,) = page.query.filter.items
    assert isinstance(condition, Condition)
    assert (condition.operator, len(condition.value)) == ("none_of", 2)
    assert held not in {page.model.index(n, owner).data() for n in range(page.model.rowCount())}


@pytest.mark.parametrize("column", by_key("customer").table.columns, ids=lambda c: c.key)
def test_every_column_knows_its_condition_of_an_empty_cell(column: Column) -> None:
    made = condition_of("customer", column, None, exclude=False)
    field = find_field(by_key("customer"), column.key)
    assert field is not None
    assert made is not None
    assert (made.operator, made.field) == ("empty", column.key)


def test_conditions_of_cells_follow_the_kind() -> None:
    columns = {column.key: column for column in by_key("customer").table.columns}

    def made(key: str, value: Any) -> tuple[str, Any]:
        condition = condition_of("customer", columns[key], value, exclude=True)
        assert condition is not None
        return condition.operator, condition.value

    assert made("name", "a") == ("is_not", "a")
    assert made("level", Ref(3, "A")) == ("none_of", (Ref(3, "A"),))
    assert made("phones", ["1", "2"]) == ("lacks", "1")
    assert made("is_do_not_contact", True) == ("no", None)
    assert made("employee_count", 3) == ("unequal", 3)


def test_filter_quick_filter_and_preset_work_together(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    page = the_list(desk, "customer/mine")
    mine = set(names(page))
    page.set_filter(Group((Condition("name", "contains", "客户"),)))
    page.filter_by(min(mine))
    desk.settle_all()
    assert {min(mine)} <= set(names(page)) <= mine
    page.filters.clear()
    desk.settle_all()
    assert page.query.typed
    page._view.select_page("customer/all")
    desk.settle_all()
    assert not page.query.filter
    del qtbot


def test_a_change_of_a_related_record_lets_rows_in(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = the_list(desk)
    page.set_filter(Group((Group((Condition("title", "is", "CEO"),), "all", "contact", "any"),)))
    desk.settle_all()
    assert page.model.rowCount() == 0
    with desk.gateway.write() as session:
        from sqlalchemy import text

        session.execute(text("update crm.contact set title = 'CEO' where id = (select min(id) from crm.contact)"))
    desk.hear("contact", 1)
    desk.qtbot.waitUntil(lambda: page.model.rowCount() == 1)


def test_what_is_not_complete_is_told_and_kept(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = the_list(desk)
    page.filters.open("name")
    desk.settle_all()
    type_in(desk, "客户1")
    assert page.filters.panel.incomplete() == ""
    page.filters.panel.add_condition("code")
    desk.settle_all()
    page.filters.panel.close_panel()
    notices = notices_of(page)
    assert notices is not None
    assert notices.texts() == ["1 condition is not complete and does not count yet."]
    assert page.model.rowCount() == 11
    page.filters.toggle()
    assert row(page, 1).fields.field() is not None, "one can go on with it"
