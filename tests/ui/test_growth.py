"""Pages that are opened and closed all day leave nothing behind: no widget, no object, no connection."""

from __future__ import annotations

import gc
from collections import Counter

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from sqlalchemy import text

from crm_desktop.db.engine import CONNECTIONS
from crm_desktop.ui.form_page.record_page import RecordPage
from crm_desktop.ui.pages.customer import CustomerPage
from tests.ui.desk import Desk, SitDown, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]

TIMES = 12
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


@pytest.mark.parametrize("entity", PAGES)
def test_opening_and_closing_a_page_leaves_nothing(sit_down: SitDown, entity: str) -> None:
    desk = sit_down("manager")
    id_ = desk.id_of(entity)
    for _time in range(3):
        _open_edit_close(desk, entity, id_)
    before = _objects(desk)
    for _time in range(TIMES):
        _open_edit_close(desk, entity, id_)
    grown = {kind: count - before[kind] for kind, count in _objects(desk).items() if count - before[kind] >= TIMES}
    assert grown == {}
    desk.qtbot.waitUntil(lambda: _connections(desk) <= CONNECTIONS)  # those of the test before take a moment to go
