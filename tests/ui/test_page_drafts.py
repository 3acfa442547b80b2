"""What is chosen on the administrator's pages and not saved is offered there after a crash."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from crm_desktop.core.access import Scope
from crm_desktop.services.firm import fetch_firm
from crm_desktop.ui import page_draft
from crm_desktop.ui.dialogs.drafts import DraftsDialog
from tests.ui.desk import Desk, SitDown, button, own_database, sign_in, sit_down, template, write
from tests.ui.test_rights_page import give

__all__ = ["own_database", "sign_in", "sit_down", "template"]


def crash_and_come_back(desk: Desk, sit_down: SitDown) -> Desk:
    """The program is killed after its last key was written; its user signs in again and opens what is offered."""
    desk.window.context.drafts.close()
    again = sit_down("admin", desk.gateway)
    again.qtbot.waitUntil(lambda: again.window.context.drafts.is_loaded)
    again.window.show_drafts()
    button(again.dialog(DraftsDialog), "Open").click()
    again.settle_all()
    return again


def page_of(desk: Desk, key: str) -> Any:
    view = desk.window.show_area("administration")
    view.select_page(key)
    desk.settle_all()
    return view.current_page()


def test_rights_that_were_chosen_are_offered_and_saved(sit_down: SitDown) -> None:
    desk = sit_down("admin")
    page = page_of(desk, "permission_group/rights")
    give(page, "salesperson", "customer", Scope.ALL)
    chosen = dict(page.edited)
    assert chosen
    desk = crash_and_come_back(desk, sit_down)
    page = page_of(desk, "permission_group/rights")
    assert not page.edited
    button(page.draft, "Apply").click()
    assert page.edited == chosen
    page.save()
    desk.settle_all()
    assert not page.edited
    assert desk.window.context.drafts.waiting() == []


def test_settings_of_the_firm_that_were_typed_are_offered_and_saved(sit_down: SitDown) -> None:
    desk = sit_down("admin")
    page = page_of(desk, "firm")
    write(page.name.focus_target(), "珠海一家公司")
    write(page.phone.focus_target(), "0756-1")
    write(page.limit.focus_target(), "x")  # no number yet
    days = [box.isChecked() for box in page.days]
    page.days[0].toggle()
    picture = QImage(40, 20, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    page.take_logo(picture)
    desk = crash_and_come_back(desk, sit_down)
    page = page_of(desk, "firm")
    button(page.draft, "Apply").click()
    assert page.limit.focus_target().text() == "x20"
    assert [box.isChecked() for box in page.days] == [not days[0], *days[1:]]
    page.limit.set_value(20)
    assert [(one.label, one.error()) for one in page._editors() if not one.check()] == []
    page.save()
    desk.settle_all()
    with desk.gateway.read() as session:
        firm, logo = fetch_firm(session)
    assert firm.firm_phone == "0756-1"
    assert QImage.fromData(logo).size() == picture.size()
    assert desk.window.context.drafts.waiting() == []


def test_settings_that_are_typed_while_others_are_saved_stay_typed(sit_down: SitDown) -> None:
    desk = sit_down("admin")
    page = page_of(desk, "firm")
    write(page.phone.focus_target(), "0756-1")
    page.save()
    write(page.phone.focus_target(), "2")
    desk.settle_all()
    assert page.save_button.isEnabled()
    page = page_of(crash_and_come_back(desk, sit_down), "firm")
    button(page.draft, "Apply").click()
    assert page.phone.value() == "0756-12"


@pytest.mark.parametrize(("answer", "may_go", "offered"), [("keep", True, 1), ("discard", True, 0), ("stay", False, 0)])
def test_page_is_left_as_its_user_answers(
    sit_down: SitDown, monkeypatch: pytest.MonkeyPatch, *, answer: str, may_go: bool, offered: int
) -> None:
    desk = sit_down("admin")
    page = page_of(desk, "permission_group/rights")
    give(page, "salesperson", "customer", Scope.ALL)
    monkeypatch.setattr(page_draft, "ask_unsaved", lambda *_all, **_more: answer)
    assert page.may_close() is may_go
    assert len(desk.window.context.drafts.waiting()) == offered
