"""The page of a service request: taken, solved and given on by keyboard, asked for what that needs, taken back."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from crm_desktop.reports.visit_sheet import print_visit_sheet
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from crm_desktop.ui.dialogs.enter_state import EnterStateDialog
from crm_desktop.ui.dialogs.print_preview import PrintPreview
from crm_desktop.ui.pages.sum_card import SumCard
from crm_desktop.ui.widgets.notice import Notice
from tests.db.conftest import SignIn
from tests.ui.desk import Desk, SitDown, count_statements, create, own_database, sign_in, sit_down, template, write

__all__ = ["own_database", "sign_in", "sit_down", "template"]
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    return sit_down("desk")


def request(desk: Desk, **values: Any) -> Record:
    customer = desk.id_of("customer")
    return create(desk.gateway, "service_request", **{"subject": "卡纸", "customer": Ref(customer, "客户")} | values)


def state_of(desk: Desk, id_: int) -> str:
    return str(desk.value("dictionary_entry", desk.value("service_request", id_, "state_id"), "code"))


def offered(page: Any) -> list[str]:
    return [state.code for _button, state in page.state_card.ways]


def test_request_is_taken_begun_and_solved_by_keys(desk: Desk, qtbot: QtBot) -> None:
    customer = desk.customer(phones=["0756-5550123"])
    caller = create(desk.gateway, "contact", name="张三", customer=Ref(customer.id, ""), phones=["13900001234"])
    made = request(desk, customer=Ref(customer.id, ""), contact=Ref(caller.id, ""))
    page = desk.open("service_request", made.id)
    assert offered(page)[0] == "accepted"
    assert not [one for one in page.findChildren(QPushButton) if "New state" in one.text()], "triggers write those"
    assert "due" in page.state_card.due.text()
    assert [link.text() for link in page.state_card.numbers] == ["13900001234", "0756-5550123"]
    qtbot.keyClick(page, Qt.Key.Key_1, ALT)
    desk.settle()
    assert state_of(desk, made.id) == "accepted"
    assert offered(page)[:2] == ["in_work", "solved"]
    qtbot.keyClick(page, Qt.Key.Key_2, ALT)
    desk.settle()
    dialog = desk.dialog(EnterStateDialog)
    dialog.ok.click()
    desk.settle()
    assert state_of(desk, made.id) == "accepted", "cause and solution are needed"
    dialog.editors["cause"].set_value(Ref(desk.id_of("dictionary_entry", "code = 'wear'"), "磨损"))
    write(dialog.editors["solution"].focus_target(), "换搓纸轮")
    dialog.ok.click()
    desk.settle()
    assert state_of(desk, made.id) == "solved"
    assert desk.value("service_request", made.id, "solution") == "换搓纸轮"
    desk.press_undo()
    desk.settle()
    assert state_of(desk, made.id) == "accepted"


def test_who_comes_second_is_told_who_was_first(desk: Desk) -> None:
    made = request(desk)
    page = desk.open("service_request", made.id)
    with desk.gateway.write() as session:
        give = text("update crm.service_request set owner_id = (select id from crm.employee where name = 'both')")
        session.execute(give)
    page.state_card.ways[0][0].click()
    desk.settle()
    assert "both" in desk.notices()
    assert "accepted" not in offered(page)


def test_dispatch_proposes_somebody_and_gives_it_to_him(desk: Desk, qtbot: QtBot) -> None:
    made = request(desk)
    page = desk.open("service_request", made.id)
    page.go_to(next(state for _button, state in page.state_card.ways if state.code == "dispatched"))
    desk.settle()
    dialog = desk.dialog(EnterStateDialog)
    proposed = dialog.editors["owner"].value()
    assert proposed is not None
    assert dialog.people.rowCount() == len(dialog.candidates) > 1
    dialog.table.selectRow(1)
    chosen = dialog.editors["owner"].value()
    assert chosen.id == dialog.candidates[1].engineer.id != proposed.id
    dialog.editors["owner"].set_value(proposed)
    dialog.editors["owner"].changed.emit()  # as who types does
    assert [index.row() for index in dialog.table.selectionModel().selectedRows()] == [0]
    somebody = Ref(desk.id_of("employee", "name = 'seller'"), "seller")
    dialog.editors["owner"].set_value(somebody)
    dialog.editors["owner"].changed.emit()
    for _line in range(2):
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)  # past the list, which proposes nothing by that
    assert dialog.editors["owner"].value() == somebody
    dialog.table.selectRow(1)
    write(dialog.note.focus_target(), "今天上午去")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    desk.settle()
    assert state_of(desk, made.id) == "dispatched"
    assert desk.value("service_request", made.id, "owner_id") == chosen.id
    assert desk.value("service_request", made.id, "state_note") == "今天上午去"


def test_what_a_colleague_gives_pops_up_once_with_its_customer(desk: Desk, sign_in: SignIn) -> None:
    made = request(desk)
    customer = made.values["customer"].id
    with sign_in("director").write() as session:
        give = text("update crm.service_request set owner_id = :me, state_note = '请今天去'")
        session.execute(give, {"me": desk.gateway.person.id})
    for _again in range(2):
        desk.hear("service_request", made.id)
        desk.settle_all()
    (notice,) = [one for one in desk.window.notices.findChildren(Notice) if "gives you" in one.text]
    assert "director gives you “卡纸”" in notice.text
    assert notice.action_button is not None
    notice.action_button.click()
    desk.settle_all()
    assert desk.window.current_area() == "service"
    assert f"customer/{customer}" in [tab.key for tab in desk.window.view("customers").open_tabs()]
    for who, state in (("desk", "solved"), ("director", "reopened")):
        with sign_in(who).write() as session:
            move = "update crm.service_request set state_id = crm.choice('request_state', :state)"
            session.execute(text(move), {"state": state})
    desk.hear("service_request", made.id)
    desk.settle_all()
    assert "director opened “卡纸”" in desk.notices()
    several = [request(desk).id, request(desk).id]
    with sign_in("director").write() as session:
        many = text("update crm.service_request set owner_id = :me where id = any (:ids)")
        session.execute(many, {"me": desk.gateway.person.id, "ids": several})
    desk.hear("service_request", *several)
    desk.settle_all()
    assert "2 service requests are given to you." in desk.notices(), "one notice for all"


def test_visit_is_planned_from_the_request_and_has_a_sheet(desk: Desk) -> None:
    made = request(desk, description="每天三次")
    page = desk.open("service_request", made.id)
    page.visits.plan()
    desk.settle()
    form: Any = desk.window.view("calendar").current_page()
    assert form.editor.form.editors["request"].value().id == made.id
    assert form.editor.form.editors["customer"].value().id == made.values["customer"].id
    begins = form.editor.form.editors["starts_at"].value()
    for key, minutes in (("arrived_at", 10), ("departed_at", 5)):
        form.editor.form.type_again({key: begins + datetime.timedelta(minutes=minutes)}, {})
    form.editor.save()
    desk.settle_all()
    assert "“Arrived”, “Left again” do not fit together." in [one.text() for one in form.findChildren(QLabel)]
    form.editor.form.type_again({"arrived_at": begins}, {})
    form.editor.save()
    desk.settle_all()
    assert desk.value("event", desk.id_of("event"), "request_id") == made.id
    page = desk.open("service_request", made.id)
    desk.hear("event", desk.id_of("event"))
    desk.settle_all()
    assert page.visits.model.rowCount() == 1
    page.visits.print_sheet()
    desk.settle()
    preview = desk.dialog(PrintPreview)
    (sheet,) = pypdfium2.PdfDocument(preview._pdf)
    words = sheet.get_textpage().get_text_range()
    assert "每天三次" in words
    assert "Planned for" in words
    assert "Arrived" in words
    assert "Times" not in words, "they are known"
    preview.close()


def test_parts_and_expenses_are_added_up_and_stand_on_the_sheet(desk: Desk, sign_in: SignIn) -> None:
    made = request(desk)
    asked = Ref(made.id, made.title)
    page = desk.open("service_request", made.id)
    parts, expenses = (card for card in page.parts if isinstance(card, SumCard))
    assert not parts.foot.isVisible()
    wheel = create(sign_in("director"), "product", name="搓纸轮组件", list_price=Decimal(280))
    line = desk.open("service_part", 0)
    line.editor.form.type_again({"request": asked}, {})
    line.editor.save()
    desk.settle()
    assert "Say which part was used." in desk.notices()
    line.editor.form.editor("product").set_value(Ref(wheel.id, "搓纸轮组件"))
    line.editor.form.editor("product").changed.emit()  # as who types does
    desk.settle()
    assert line.editor.form.value_of("unit_price") == Decimal(280), "the list price"
    line.editor.form.type_again({"quantity": Decimal(2)}, {})
    line.editor.save()
    desk.settle_all()
    create(desk.gateway, "service_part", request=asked, description="插座", unit_price=Decimal(18))
    create(desk.gateway, "service_expense", request=asked, amount=Decimal("45.50"), remark="市内往返")
    page = desk.open("service_request", made.id)
    for table in ("service_part", "service_expense"):
        desk.hear(table, desk.id_of(table))
    desk.settle_all()
    parts, expenses = (card for card in page.parts if isinstance(card, SumCard))
    assert (parts.sum_label.text(), expenses.sum_label.text()) == ("Together ¥578", "Together ¥45.50")
    pages = BytesIO()
    with desk.gateway.read() as session:
        print_visit_sheet(session, made.id, desk.gateway.person, pages)
    words = pypdfium2.PdfDocument(pages.getvalue())[0].get_textpage().get_text_range()
    for expected in ("搓纸轮组件", "插座", "578", "Travel", "市内往返", "45.50"):
        assert expected in words
    assert "Parts and materials" not in words, "they are known"


def test_page_opens_in_nine(desk: Desk) -> None:
    one, other = request(desk), request(desk)
    desk.open("service_request", one.id)
    assert len(count_statements(lambda: desk.open("service_request", other.id))) <= 9
    new = desk.open("service_request", 0)
    assert new.editor.form.editors["subject"].isVisible()
    assert new.article_button.isHidden()


def test_what_follows_from_a_save_is_shown_at_once(desk: Desk) -> None:
    made = request(desk)
    page = desk.open("service_request", made.id)
    urgent = Ref(desk.id_of("dictionary_entry", "id = crm.choice('priority', 'urgent')"), "Urgent")
    due = page.state_card.due.text()
    page.editor.form.type_again({"priority": urgent}, page.editor.record.values)
    page.editor.save()
    desk.settle_all()
    assert page.editor.record.values["due_at"] == desk.value("service_request", made.id, "due_at")
    assert page.state_card.due.text() != due
    page.editor.record = replace(page.editor.record, values={**page.editor.record.values, "target": None})  # of before
    desk.hear("service_request", made.id)
    assert page.editor.record.values["target"] is not None, "time passes without anybody writing"


def test_a_machine_shows_its_requests_and_begins_one(desk: Desk) -> None:
    at = Ref(desk.id_of("customer"), "客户")
    machine = create(desk.gateway, "installed_product", serial="SN-1", customer=at)
    made, _other = request(desk, installed_product=Ref(machine.id, "SN-1")), request(desk)
    page = desk.open("installed_product", machine.id)
    page.requests.click()
    desk.settle_all()
    list_page: Any = desk.window.view("service").current_page()
    listed = list_page.table.model()
    assert [listed.index(row, 0).data() for row in range(listed.rowCount())] == [made.values["code"]]
    page.ask.click()
    desk.settle_all()
    begun: Any = desk.window.view("service").current_page()
    assert [begun._editor.form.value_of(key).id for key in ("customer", "installed_product")] == [at.id, machine.id]
