"""Saved views in the side list: made, altered, shared, followed, deleted and put back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.services.views import View, fetch_view_counts, fetch_views, save_view
from crm_desktop.spec.filters import EVERYTHING, Condition, Group
from crm_desktop.spec.kinds import Ref
from crm_desktop.ui import views
from crm_desktop.ui.dialogs.view_settings import ViewSettingsDialog
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.views import entry_key
from crm_desktop.ui.widgets.side_list import COUNT
from tests.ui.desk import Desk, SitDown, own_database, sign_in, sit_down, template
from tests.ui.test_list_filters import the_list

__all__ = ["own_database", "sign_in", "sit_down", "template"]
ONES = Group((Condition("name", "contains", "客户1"),))


def saved(desk: Desk) -> list[View]:
    with desk.gateway.read() as session:
        return fetch_views(session)


def view_of(desk: Desk, **values: object) -> View:
    """A view saved past the window, and heard of."""
    made = View(entity="customer", name="Ones", filter=ONES)
    with desk.gateway.write() as session:
        made = save_view(session, replace(made, **values))  # type: ignore[arg-type]  # fields of it
    desk.hear("saved_view", made.id)
    return made


def side_keys(desk: Desk) -> list[str]:
    side = desk.window.view("customers").side
    return [key for row in range(side._entries.rowCount()) if (key := side._entries.item(row).data(0x100))]


def menu_texts(page: ListPage) -> dict[str, bool]:
    menu = QMenu(page)
    page.views.fill_menu(menu)
    return {action.text(): action.isEnabled() for action in menu.actions() if action.text()}


def name_it(desk: Desk, name: str) -> ViewSettingsDialog:
    dialog: ViewSettingsDialog = desk.dialog(ViewSettingsDialog)
    desk.settle()
    dialog.name.line.selectAll()
    QTest.keyClicks(dialog.name.line, name)
    return dialog


def confirm(desk: Desk, dialog: ViewSettingsDialog) -> None:
    QTest.keyClick(dialog.name.line, Qt.Key.Key_Return)
    desk.settle_all()


def test_what_is_shown_is_saved_as_a_view_with_its_count(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = the_list(desk)
    page.set_filter(ONES)
    page.sort_by("code", True)
    page.set_columns(["name", "code"])
    desk.settle_all()
    page.views.save_as()
    confirm(desk, name_it(desk, "My ones"))
    (view,) = saved(desk)
    assert (view.name, view.filter, view.sort, view.is_descending) == ("My ones", ONES, "code", True)
    assert view.arrangement["columns"] == ["name", "code"]
    assert page._view.side.current_key() == entry_key(view)
    assert page.title_line._title.text() == "My ones"
    assert page.model.rowCount() == 11
    item = page._view.side._item(entry_key(view))
    assert item is not None
    desk.qtbot.waitUntil(lambda: item.data(COUNT) == 11)
    page._view.select_page("customer/all")
    desk.settle_all()
    assert page.model.rowCount() == 60
    assert not page.query.filter
    page._view.select_page(entry_key(view))
    desk.settle_all()
    assert page.model.rowCount() == 11
    assert [column.key for column in page.columns()] == ["name", "code"]


def test_an_altered_view_is_saved_or_shown_as_it_was(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = the_list(desk)
    view = view_of(desk)
    page._view.select_page(entry_key(view))
    desk.settle_all()
    assert not page.views.is_altered()
    assert not menu_texts(page)["Save changes"]
    page.set_filter(Group((Condition("name", "contains", "客户2"),)))
    desk.settle_all()
    assert page.views.is_altered()
    assert page.views.button.text() == "View •"
    page.views.restore()
    desk.settle_all()
    assert page.query.filter == ONES
    page.set_filter(Group((Condition("name", "contains", "客户2"),)))
    desk.settle_all()
    page.views.save()
    desk.settle_all()
    assert not page.views.is_altered()
    (now,) = saved(desk)
    assert (now.filter, now.version) == (page.query.filter, 2)


def test_the_columns_of_a_view_do_not_become_those_of_the_list(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = the_list(desk)
    before = [column.key for column in page.columns()]
    view = view_of(desk)
    page._view.select_page(entry_key(view))
    desk.settle_all()
    page.set_columns(["name"])
    desk.settle_all()
    assert page.views.is_altered()
    page._view.select_page("customer/all")
    desk.settle_all()
    assert [column.key for column in page.columns()] == before


def test_a_view_is_deleted_and_put_back(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = the_list(desk)
    view = view_of(desk)
    page._view.select_page(entry_key(view))
    desk.settle_all()
    page.views.delete(view)
    desk.settle_all()
    assert saved(desk) == []
    assert entry_key(view) not in side_keys(desk)
    assert page._view.side.current_key() in side_keys(desk)
    desk.press_undo()
    desk.settle_all()
    (again,) = saved(desk)
    assert (again.name, again.filter) == ("Ones", ONES)
    assert page._view.side.current_key() == entry_key(again)


def test_a_shared_view_of_a_colleague_is_followed_live(sit_down: SitDown) -> None:
    boss, desk = sit_down("director"), sit_down("seller")
    page = the_list(desk)
    view = view_of(boss, is_for_everybody=True)
    desk.hear("saved_view", view.id)
    assert entry_key(view) in side_keys(desk)
    page._view.select_page(entry_key(view))
    desk.settle_all()
    assert "Save changes" not in menu_texts(page)
    assert not page.views.may_change()
    with boss.gateway.write() as session:
        view = save_view(session, replace(view, name="Twos", filter=Group((Condition("name", "contains", "客户2"),))))
    desk.hear("saved_view", view.id)
    assert page.query.filter == view.filter
    assert page.title_line._title.text() == "Twos"
    with boss.gateway.write() as session:
        save_view(session, replace(view, is_for_everybody=False))
    desk.hear("saved_view", view.id)
    assert entry_key(view) not in side_keys(desk)
    assert "no longer there" in desk.notices()


def test_only_who_may_share_is_asked_who_sees_a_view(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = the_list(desk)
    page.views.save_as()
    dialog = name_it(desk, "x")
    assert dialog.audience.buttons() == []
    confirm(desk, dialog)
    (view,) = saved(desk)
    assert not view.is_shown
    boss = sit_down("director")
    page = the_list(boss)
    page.views.save_as()
    dialog = name_it(boss, "For service")
    dialog.audience.button(2).setChecked(True)
    with boss.gateway.read() as session:
        service = session.execute(text("select id from crm.permission_group where code = 'service'")).scalar_one()
    dialog.groups[service].setChecked(True)
    confirm(boss, dialog)
    (shown,) = saved(boss)
    assert shown.group_ids == (service,)


def test_names_in_a_view_are_looked_up_and_what_is_hidden_stays_so(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = the_list(desk)
    owner = desk.gateway.person.id
    hidden = 2**40
    view = view_of(desk, filter=Group((Condition("owner", "any_of", (Ref(owner, ""), Ref(hidden, ""))),)))
    page._view.select_page(entry_key(view))
    desk.settle_all()
    assert page.filters.bar.texts() == ["Owner: seller, (not visible to you)"]
    assert not page.views.is_altered()


def test_views_are_moved_and_one_is_begun_with(sit_down: SitDown) -> None:
    desk = sit_down("director")
    first, second = view_of(desk, name="a"), view_of(desk, name="b")
    views = desk.window.context.views
    views.move(second, -1)
    desk.settle()
    assert [view.id for view in views.of("customer")] == [second.id, first.id]
    views.begin_with("customer", entry_key(second))
    desk.settle()
    again = sit_down("director")
    again.settle()
    view = again.window.view("customers")
    again.qtbot.waitUntil(lambda: view.side.current_key() == entry_key(second))
    assert [v.id for v in again.window.context.views.of("customer")] == [second.id, first.id]


def test_somebody_elses_change_is_not_overwritten(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = the_list(desk)
    view = view_of(desk)
    page._view.select_page(entry_key(view))
    desk.settle_all()
    with desk.gateway.write() as session:
        save_view(session, replace(view, name="Theirs"))
    page.set_filter(Group((Condition("name", "contains", "客户3"),)))
    page.views.save()
    desk.settle_all()
    (now,) = saved(desk)
    assert (now.name, now.filter) == ("Theirs", ONES)
    assert "changed or deleted by somebody else" in desk.notices()


def test_a_view_with_an_icon_that_does_not_exist_is_listed(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = the_list(desk)
    view = view_of(desk, icon="../../x", arrangement={"columns": ["name"] * 1000, "widths": {"name": 1e300}})
    desk.settle_all()
    page._view.select_page(entry_key(view))
    desk.settle_all()
    assert page._view.side.current_key() == entry_key(view)
    assert [column.key for column in page.columns()] == ["name"]


def test_a_view_has_its_menu_before_its_list_was_opened(sit_down: SitDown, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = sit_down("director")
    view = view_of(desk, entity="contact", name="Mine")
    area = desk.window.view("customers")
    shown: list[str] = []
    monkeypatch.setattr(ListPage, "show_entry_menu", lambda page, key, _place: shown.extend((page.spec.key, key)))
    area.side.menu_requested.emit(entry_key(view), QPoint())
    assert shown == ["contact", entry_key(view)]
    assert not area.side.current_key().startswith("contact/"), "nothing was opened for it"


def test_only_views_of_the_area_in_sight_are_counted(sit_down: SitDown, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = sit_down("director")
    view_of(desk, entity="opportunity", name="Far", filter=EVERYTHING)
    near = view_of(desk)
    the_list(desk)
    desk.settle_all()
    counted: list[int] = []
    count = fetch_view_counts

    def note(session: Session, wanted: list[View], person: Person) -> object:
        counted.extend(view.id for view in wanted)
        return count(session, wanted, person)

    monkeypatch.setattr(views, "fetch_view_counts", note)
    for table in ("customer", "opportunity"):
        desk.hear(table, 1)
    desk.settle_all()
    assert counted == [near.id]
