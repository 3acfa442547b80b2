"""Sharing in the window: a colleague's list shows what is lent to him by itself, and what he may do with it."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QMenu, QWidget
from sqlalchemy import text

from crm_desktop.db.engine import Gateway
from crm_desktop.services import rights, sharing
from crm_desktop.services.sharing import Receiver
from crm_desktop.spec import Ref
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.pages.customer import CustomerPage
from crm_desktop.ui.sharing.assign_dialog import AssignDialog
from crm_desktop.ui.sharing.share_dialog import ShareDialog
from crm_desktop.ui.sharing.who_dialog import WhoDialog
from crm_desktop.ui.sharing.why_dialog import WhyDialog
from tests.db.conftest import SignIn
from tests.ui.desk import Desk, SitDown, button, change, create, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]


def me(gateway: Gateway) -> Ref:
    return Ref(gateway.person.id, gateway.person.name)


def lend(owner: Gateway, customer: int, whom: Gateway, *, may_write: bool) -> None:
    with owner.write() as session:
        sharing.share(session, "customer", [customer], [Receiver(me(whom))], "x", may_write=may_write)


def list_page(desk: Desk) -> ListPage:
    view = desk.window.view("customers")
    view.select_page("customer/all")
    desk.settle()
    page = view.current_page()
    assert isinstance(page, ListPage)
    desk.qtbot.waitUntil(lambda: page.model.is_counted)
    return page


def texts(owner: QWidget) -> list[str]:
    return [label.text() for label in owner.findChildren(QLabel) if label.isVisibleTo(owner)]


def actions_of(menu: QMenu) -> list[str]:
    menu.aboutToShow.emit()
    return [action.text().partition("\t")[0] for action in menu.actions() if action.isVisible()]


def test_what_is_shared_comes_into_the_list_by_itself(sit_down: SitDown, sign_in: SignIn) -> None:
    director = sign_in("director")
    desk = sit_down("junior")
    record = create(director, "customer", name="珠海华工医药有限公司")
    page = list_page(desk)
    before = page.model.rowCount()
    lend(director, record.id, desk.gateway, may_write=False)
    desk.hear("share", 1)
    desk.hear("customer", record.id)
    desk.qtbot.waitUntil(lambda: page.model.row_of(record.id) >= 0)
    assert page.model.rowCount() == before + 1
    with director.write() as session:
        session.execute(text("delete from crm.share"))
    desk.hear("share", 1)
    desk.hear("customer", record.id)
    desk.qtbot.waitUntil(lambda: page.model.row_of(record.id) < 0)


def test_who_comes_into_reach_is_there_without_a_new_sign_in(sit_down: SitDown, sign_in: SignIn) -> None:
    director = sign_in("director")
    desk = sit_down("manager")
    person = desk.gateway.person
    hers = create(director, "customer", name="珠海华工医药有限公司")
    page = list_page(desk)
    assert page.model.row_of(hers.id) < 0
    of = Ref(desk.value("employee", person.id, "department_id"), "")
    new = create(sign_in("admin"), "employee", name="新来的", department=of)
    desk.hear("employee", new.id)
    assert new.id in person.owners["customer", "create"], "what one gives or imports may be his"
    change(director, "customer", hers.id, owner=Ref(new.id, "新来的"))
    desk.hear("customer", hers.id)
    desk.qtbot.waitUntil(lambda: page.model.row_of(hers.id) >= 0)


def test_open_pages_say_at_once_that_a_share_has_ended_and_that_it_is_back(sit_down: SitDown, sign_in: SignIn) -> None:
    director = sign_in("director")
    desk = sit_down("junior")
    customer = create(director, "customer", name="珠海华工医药有限公司")
    contact = create(director, "contact", name="陈立", customer=Ref(customer.id, customer.title))
    lend(director, customer.id, desk.gateway, may_write=True)
    part = desk.open("contact", contact.id)
    page: CustomerPage = desk.open("customer", customer.id)
    with director.write() as session:
        session.execute(text("delete from crm.share"))
    desk.hear("customer", customer.id)
    desk.settle_all()
    assert "no longer there" in " ".join(texts(page.heading))
    assert not page.facts.isVisible()
    assert not page.story.isVisible()
    assert desk.window.focusWidget() is page.heading, "Esc still closes the page"
    assert "no longer there" in part.editor.gone_bar.texts()[0]
    assert desk.notices() == ""
    lend(director, customer.id, desk.gateway, may_write=True)
    desk.hear("customer", customer.id)
    desk.settle_all()
    assert customer.title in texts(page.heading)
    assert page.facts.isVisible()
    assert part.editor.gone_bar.texts() == []


def test_what_is_typed_stays_when_the_customer_goes_out_of_sight(sit_down: SitDown, sign_in: SignIn) -> None:
    director = sign_in("director")
    desk = sit_down("junior")
    customer = create(director, "customer", name="珠海华工医药有限公司")
    lend(director, customer.id, desk.gateway, may_write=True)
    page: CustomerPage = desk.open("customer", customer.id)
    page.story.log_line.line.setText("确认报价")
    with director.write() as session:
        session.execute(text("delete from crm.share"))
    desk.hear("customer", customer.id)
    desk.settle_all()
    assert "no longer there" in " ".join(texts(page.heading))
    assert page.story.log_line.line.isVisible()
    page.story.log_line.line.clear()


@pytest.mark.parametrize("may_write", [False, True])
def test_the_page_lets_a_collaborator_edit(sit_down: SitDown, sign_in: SignIn, *, may_write: bool) -> None:
    director = sign_in("director")
    desk = sit_down("narrow")
    record = create(director, "customer", name="珠海华工医药有限公司")
    lend(director, record.id, desk.gateway, may_write=may_write)
    page: CustomerPage = desk.open("customer", record.id)
    assert page.edit_button.text() == ("Edit" if may_write else "All fields")
    shown = ("Collaborators", "narrow") if may_write else ("Shared with", "narrow (sees it)")
    assert {*shown} <= {*texts(page.ownership)}


def test_shares_from_the_menu_and_takes_it_back(sit_down: SitDown, sign_in: SignIn) -> None:
    desk, junior = sit_down("leader"), sign_in("narrow")
    record = desk.customer()
    page: CustomerPage = desk.open("customer", record.id)
    menu = page.more_button.menu()
    assert isinstance(menu, QMenu)
    assert {"Share…", "Assign…", "Who can see this?"} <= {*actions_of(menu)}
    assert "Claim" not in actions_of(menu)
    page.ownership.share_button.click()
    desk.settle()
    dialog: ShareDialog = desk.dialog(ShareDialog)
    assert not dialog.apply.isEnabled()
    dialog.whom.people.set_value([me(junior)])
    dialog.may.setCurrentIndex(1)
    dialog.whom.people.changed.emit()
    assert dialog.apply.isEnabled()
    dialog.apply.click()
    desk.settle()
    assert "shared with narrow" in desk.notices()
    with junior.read() as session:
        assert sharing.fetch_lendings(session, "customer", record.id)[0].may_write
    desk.press_undo()
    with desk.gateway.read() as session:
        assert sharing.fetch_lendings(session, "customer", record.id) == []


def test_a_collaborator_goes_on_editing_the_contact_he_added(sit_down: SitDown, sign_in: SignIn) -> None:
    director = sign_in("director")
    desk = sit_down("junior")
    record = create(director, "customer", name="珠海华工医药有限公司")
    lend(director, record.id, desk.gateway, may_write=True)
    page = desk.open("contact", 0)
    page.begin({"name": "陈立", "customer": Ref(record.id, record.title)})
    page.editor.save()
    desk.settle()
    assert page.id > 0, desk.notices()
    assert rights.why_not(desk.gateway.person, "update", page.editor.record) == ""


def test_assigns_with_preview_and_tells_who_owned_it(sit_down: SitDown, sign_in: SignIn) -> None:
    desk, seller = sit_down("leader"), sign_in("seller")
    record = desk.customer()
    page: CustomerPage = desk.open("customer", record.id)
    page.sharing.assign([record.id], record.title)
    dialog: AssignDialog = desk.dialog(AssignDialog)
    offered: list[Any] = []
    dialog.owner._find("", offered.extend)
    desk.settle()
    may_get = [row.value.id in desk.gateway.person.owners["customer", "update"] for row in offered]
    assert may_get == sorted(may_get, reverse=True), "first who can be given records"
    assert len(set(may_get)) == 2
    dialog.owner.set_value(me(seller))
    dialog.owner.changed.emit()
    desk.settle()
    assert dialog.apply.isEnabled()
    dialog.keeps_me.setChecked(True)
    dialog.apply.click()
    desk.settle()
    desk.hear("share", 0)
    desk.hear("customer", record.id)
    shown = texts(page.ownership)
    assert any(text.startswith("seller, since") for text in shown)
    assert "leader" in shown  # the collaborator
    assert any(text.startswith("leader, ") for text in shown)  # the owner before


def test_says_who_sees_a_record_and_why_somebody_does_not(sit_down: SitDown, sign_in: SignIn) -> None:
    desk, narrow = sit_down("leader"), sign_in("narrow")
    record = desk.customer()
    page: CustomerPage = desk.open("customer", record.id)
    page.ownership.who_button.click()
    desk.settle()
    dialog: WhoDialog = desk.dialog(WhoDialog)
    model = dialog.people.model()
    names = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert "leader" in names
    assert "narrow" not in names
    dialog.person.set_value(me(narrow))
    dialog.person.changed.emit()
    desk.settle()
    assert "It belongs to leader" in " ".join(texts(dialog))


def test_administrator_asks_about_a_record_by_its_number(sit_down: SitDown, sign_in: SignIn) -> None:
    seller = sign_in("seller")
    record = create(seller, "customer", name="珠海华工医药有限公司")
    desk = sit_down("admin")
    page = desk.open("employee", seller.person.id)
    button(page, "What can he see?").click()
    dialog: WhyDialog = desk.dialog(WhyDialog)
    found: list[list[Ref]] = []
    dialog._find(f"#{record.id}", lambda refs: found.append([*refs]))
    desk.settle()
    assert [ref.id for ref in found[0]] == [record.id]
    dialog.record.set_value(found[0][0])
    dialog.record.changed.emit()
    desk.settle()
    assert "He owns it" in " ".join(texts(dialog))


def test_claims_what_nobody_owns(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    pool = Ref(desk.id_of("employee", "is_pool"), "公海")
    free = desk.id_of("customer", f"owner_id = {pool.id}")
    page: CustomerPage = desk.open("customer", free)
    menu = page.more_button.menu()
    assert isinstance(menu, QMenu)
    assert "Claim" in actions_of(menu)
    page.sharing.claim([free], page.title)
    desk.settle()
    assert desk.value("customer", free, "owner_id") == desk.gateway.person.id
    page.sharing.claim([free], page.title)
    desk.settle()
    assert "They have an owner." in desk.notices()
    rows = list_page(desk)
    rows.table.select_ids([free])
    assert "Claim" not in dict(rows.commands.for_selection())
    rows.table.selectAll()
    assert "Claim" in dict(rows.commands.for_selection()), "some of them are free"
    rows.table.select_ids([desk.id_of("customer", f"owner_id = {pool.id}")])
    assert [words for words, _act in rows.commands.for_selection()] == ["Claim"]


def test_several_rows_are_shared_with_a_preview(sit_down: SitDown) -> None:
    desk: Desk = sit_down("manager")
    page = list_page(desk)
    page.table.selectAll()
    dialog = page.commands.sharing.share(*page.commands.chosen())
    desk.settle()
    count = page.model.rowCount()
    assert f"{count} records change." in " ".join(texts(dialog))
    dialog.reject()
