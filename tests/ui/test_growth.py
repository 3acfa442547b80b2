"""Pages that are opened and closed all day leave nothing behind: no widget, no object, no connection."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QWidget
from sqlalchemy import text

from crm_desktop.core.settings import Options
from crm_desktop.db.engine import CONNECTIONS
from crm_desktop.spec.filters import Group
from crm_desktop.ui.dialogs.versions import VersionsDialog
from crm_desktop.ui.form_page.record_page import RecordPage
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.pages.customer import CustomerPage
from crm_desktop.ui.pages.settings import SettingsPage
from crm_desktop.ui.sharing.share_dialog import ShareDialog
from crm_desktop.ui.sharing.who_dialog import WhoDialog
from tests.ui.desk import Desk, SitDown, button, change, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]

TIMES = 5
PAGES = ("customer", "contact", "activity", "employee", "department", "permission_group", "dictionary")


def _objects(desk: Desk) -> Counter[str]:
    """Objects of the program and of Qt that are alive."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    desk.settle()
    gc.collect()
    kinds = Counter(
        type(one).__qualname__
        for one in gc.get_objects()
        if str(type(one).__module__).startswith("crm_desktop.") and not isinstance(one, type)
    )
    kinds["Qt's children of the window"] = len(desk.window.findChildren(QObject))
    kinds["widgets"] = len(QApplication.allWidgets())
    return kinds


def _connections(desk: Desk) -> int:
    with desk.gateway.read() as session:
        count: int = session.execute(
            text("select count(*) from pg_stat_activity where usename = session_user and datname = current_database()")
        ).scalar_one()
    return count


def _open_edit_close(desk: Desk, entity: str, id_: int) -> None:
    page = desk.open(entity, id_)
    assert isinstance(page, RecordPage)
    if isinstance(page, CustomerPage):
        page.edit()
        desk.settle()
    if page.editor is not None and not page.editor.is_read_only:
        for editor in page.editor.form.editors.values():
            editor.changed.emit()
        page.editor.revert()
    page.view.close_page(page)
    desk.settle()


def _leaves_nothing(desk: Desk, act: Callable[[], object]) -> None:
    """Do it a few times until everything is built once, then again and again; nothing may stay of it."""
    for _time in range(3):
        act()
        desk.settle_all()
    before = _objects(desk)
    for _time in range(TIMES):
        act()
        desk.settle_all()
    grown = {kind: count - before[kind] for kind, count in _objects(desk).items() if count - before[kind] >= TIMES}
    assert grown == {}
    desk.qtbot.waitUntil(lambda: _connections(desk) <= CONNECTIONS)  # those of the test before take a moment to go


@pytest.mark.parametrize("entity", PAGES)
def test_opening_and_closing_a_page_leaves_nothing(sit_down: SitDown, entity: str) -> None:
    desk = sit_down("manager")
    id_ = desk.id_of(entity)
    _leaves_nothing(desk, lambda: _open_edit_close(desk, entity, id_))


def _without_a_name(view: QWidget) -> list[str]:
    """Tables and lists that a screen reader could not announce."""
    return [
        f"{type(one).__name__} in {type(one.parentWidget()).__name__}"
        for one in view.findChildren(QAbstractItemView)
        if not isinstance(one, QHeaderView) and one.isVisibleTo(view) and not one.accessibleName()
    ]


def test_going_through_the_side_list_leaves_nothing(sit_down: SitDown) -> None:
    desk = sit_down("admin")

    def go_through() -> None:
        for area in ("customers", "administration"):
            view = desk.window.show_area(area)
            for entry in view.area.pages:
                view.select_page(entry.key)
            desk.settle()
            assert _without_a_name(view) == []

    _leaves_nothing(desk, go_through)


def test_the_filter_builder_leaves_nothing(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = desk.window.show_area("customers").current_page()
    assert isinstance(page, ListPage)

    def build_and_close() -> None:
        page.filters.panel.open_with(Group())
        button(page.filters.panel, "Clear all").click()  # builds it anew
        page.filters.panel.add_condition("name")
        desk.settle()
        page.filters.panel.close_panel()

    _leaves_nothing(desk, build_and_close)


def test_a_filter_that_is_opened_for_nothing_leaves_nothing(sit_down: SitDown) -> None:
    desk = sit_down("director")
    page = desk.window.show_area("customers").current_page()
    assert isinstance(page, ListPage)

    def open_and_fold() -> None:
        page.filters.button.click()
        desk.settle()
        page.filters.button.click()

    _leaves_nothing(desk, open_and_fold)


def test_dialogs_of_a_customer_leave_nothing(sit_down: SitDown) -> None:
    desk = sit_down("leader")
    customer = desk.customer()
    change(desk.gateway, "customer", customer.id, fax="1")
    page: CustomerPage = desk.open("customer", customer.id)
    page.story.choose("changes")
    desk.settle()

    def open_and_close() -> None:
        for open_it, kind in (
            (page.story.history.show_versions, VersionsDialog),
            (page.ownership.share_button.click, ShareDialog),
            (page.ownership.who_button.click, WhoDialog),
        ):
            open_it()
            desk.settle()
            desk.dialog(kind).reject()
            desk.settle()

    _leaves_nothing(desk, open_and_close)


def test_the_settings_page_leaves_nothing(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    view = desk.window.show_area("customers")

    def open_and_close() -> None:
        page = view.open_tab("settings", lambda view: SettingsPage(view, Options(), keeps_data=False))
        desk.settle()
        view.close_page(page)

    _leaves_nothing(desk, open_and_close)
