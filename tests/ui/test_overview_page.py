"""The page of a customer: read in few statements, logged to by keyboard, edited beside its timeline."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from crm_desktop.entities.activity import ACTIVITY
from crm_desktop.entities.contact import CONTACT
from crm_desktop.services.overview import fetch_overview
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from crm_desktop.ui.dialogs.print_preview import PrintPreview
from crm_desktop.ui.form_page.comments_panel import CommentsPanel
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.pages.customer import CustomerPage
from crm_desktop.ui.pages.report import ReportPage
from crm_desktop.ui.pages.story_card import StoryCard
from crm_desktop.ui.widgets.chip import Chip
from tests.ui.desk import (
    Desk,
    SitDown,
    change,
    count_statements,
    create,
    own_database,
    sign_in,
    sit_down,
    template,
    write,
)

__all__ = ["own_database", "sign_in", "sit_down", "template"]

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def open_customer(desk: Desk, **values: object) -> CustomerPage:
    page: CustomerPage = desk.open("customer", desk.customer(**values).id)  # type: ignore[arg-type]
    return page


def rich_customer(desk: Desk) -> Record:
    """With all kinds of things on its page."""
    customer = desk.customer(phones=["0756-5550 1234"], remark="一\n二", region=None)
    at_it = Ref(customer.id, customer.title)
    for name in ("陈立", "苏敏"):
        create(desk.gateway, "contact", name=name, customer=at_it)
    for subject in ("首次来电", "报价"):
        create(desk.gateway, "activity", subject=subject, customer=at_it)
    parent = desk.customer("珠海集团")
    return change(desk.gateway, "customer", customer.id, short_name="华工", parent=Ref(parent.id, parent.title))


def test_everything_is_read_in_nine_statements(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    customer = rich_customer(desk)
    with desk.gateway.read() as session:
        asked = count_statements(lambda: fetch_overview(session, "customer", customer.id, desk.gateway.person))
    assert len(asked) <= 7
    desk.open("customer", desk.customer("珠海集团").id)  # the choices are read once a session
    page = count_statements(lambda: desk.open("customer", customer.id))
    assert len(page) <= 9
    for read in ("attachment", "comment", "star", "recent_record", "who_is_at", "ended_shares"):
        assert any(read in statement for statement in page)


def test_page_shows_name_states_facts_contacts_and_story(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = desk.open("customer", rich_customer(desk).id)
    words = [label.text() for label in page.findChildren(QLabel)]
    assert {"珠海华工医药有限公司", "华工", "Short name"} <= set(words)
    assert page.title == "珠海华工医药有限公司"
    assert "never contacted" not in [chip.text() for chip in page.heading.findChildren(Chip)]
    story = page.story.timeline.texts()
    assert any("报价" in line for line in story)
    assert any("Short name — → 华工" in line for line in story)


def test_call_is_logged_in_one_line_by_keyboard(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    page = open_customer(desk)
    line = page.story.log_line.line
    assert focused() is line
    write(line, "确认二期报价")
    qtbot.keyClick(line, Key.Key_Return)
    desk.settle()
    assert any("确认二期报价" in text for text in page.story.timeline.texts())
    assert line.text() == ""
    write(line, "x")
    for _press in range(2):  # what is typed is taken back first, and no more than that
        qtbot.keyClick(line, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert any("确认二期报价" in text for text in page.story.timeline.texts())
    line.setText("")
    qtbot.keyClick(line, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    desk.hear("activity", 0)
    assert not any("确认二期报价" in text for text in page.story.timeline.texts())


def test_next_step_and_its_day_are_logged_with_it(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    page = open_customer(desk)
    log = page.story.log_line
    assert not log.next_step.isVisible()
    write(log.line, "来访")
    qtbot.keyClick(log.line, Key.Key_Tab)
    assert focused() is log.next_step
    write(log.next_step, "寄样品")
    qtbot.keyClick(log.next_step, Key.Key_Tab)
    qtbot.keyClicks(log.next_on.line, "2030-03-15")
    qtbot.keyClick(log.next_on.line, Key.Key_Return)
    desk.settle()
    id_ = desk.id_of("activity", "subject = '来访'")
    assert desk.value("activity", id_, "next_step") == "寄样品"
    assert desk.value("activity", id_, "next_on") == datetime.date(2030, 3, 15)


def test_wrong_day_keeps_the_line(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    page = open_customer(desk)
    log = page.story.log_line
    write(log.line, "来访")
    write(log.next_on.line, "soon")
    qtbot.keyClick(log.line, Key.Key_Return)
    desk.settle()
    assert log.line.text() == "来访"
    assert log.next_on.error()


def test_contact_is_added_in_place(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    page = open_customer(desk)
    page.contacts.add_button.click()
    write(page.contacts.name, "陈立")
    write(page.contacts.phones, "0756-5550 1234, 199 0000 1234")
    qtbot.keyClick(page.contacts.phones, Key.Key_Return)
    desk.settle()
    id_ = desk.id_of("contact", "name = '陈立'")
    assert desk.value("contact", id_, "phones") == ["0756-5550 1234", "199 0000 1234"]
    assert page.contacts.name.text() == ""


def test_f2_edits_beside_the_timeline_and_save_returns(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    page = open_customer(desk)
    qtbot.keyClick(page, Key.Key_F2)
    qtbot.waitUntil(lambda: page.editor is not None)
    assert page.editor is not None
    assert page.story.isVisible()
    write(page.editor.form.editors["short_name"].line, "华工")  # type: ignore[attr-defined]
    qtbot.keyClick(page, Key.Key_S, CONTROL)
    qtbot.waitUntil(lambda: page.editor is None)
    desk.settle()
    assert "华工" in [label.text() for label in page.facts.findChildren(QLabel)]


def test_escape_leaves_the_form_first_and_then_the_page(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    page = open_customer(desk)
    page.edit()
    qtbot.keyClick(focused(), Key.Key_Escape)
    assert page.editor is None
    qtbot.keyClick(focused(), Key.Key_Escape)
    assert desk.window.view("customers").open_tabs() == []


def test_new_customer_becomes_a_page_of_its_own(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = desk.open("customer", 0)
    assert not page.findChildren(StoryCard)
    write(page.editor.form.editors["name"].line, "中山瑞德化工有限公司")
    page.editor.save()
    desk.settle()
    assert page.story.isVisible()
    assert page.title == "中山瑞德化工有限公司"
    assert [tab.key for tab in desk.window.view("customers").open_tabs()] == [f"customer/{page.id}"]


def test_colleagues_activity_appears_by_itself(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = open_customer(desk)
    made = create(desk.gateway, "activity", subject="同事来电", customer=Ref(page.id, page.title))
    desk.hear("activity", made.id)
    assert any("同事来电" in text for text in page.story.timeline.texts())


def test_what_is_being_typed_survives_a_colleagues_change(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = open_customer(desk)
    write(page.story.log_line.line, "半句")
    change(desk.gateway, "customer", page.id, short_name="华工")
    desk.hear("customer", page.id)
    assert page.story.log_line.line.text() == "半句"
    assert "华工" in [label.text() for label in page.facts.findChildren(QLabel)]


def test_activities_alone_can_be_shown(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = desk.open("customer", rich_customer(desk).id)
    page.story.choose("activity")
    assert not any("→" in text for text in page.story.timeline.texts())
    page.story.choose("changes")
    assert page.story.history.isVisible()


def test_parts_that_tell_no_story_stand_in_a_table(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    customer = rich_customer(desk)
    page = desk.open("customer", customer.id)
    story = StoryCard(page.view, CommentsPanel(page.view), "customer", [CONTACT, ACTIVITY])
    qtbot.addWidget(story)
    with desk.gateway.read() as session:
        story.show_overview(fetch_overview(session, "customer", customer.id, desk.gateway.person))
    assert [button.text() for button in story._group.buttons()][:3] == ["All", "Contacts", "Activities"]
    story.choose("contact")
    assert sorted(row.values["name"] for row in story.tables["contact"].model.rows) == ["苏敏", "陈立"]
    assert list(story.tables) == ["contact"]
    assert not any("陈立" in text for text in story.timeline.texts())
    story.tables["contact"].table.selectRow(0)
    qtbot.keyClick(story.tables["contact"].table, Key.Key_Return)
    desk.settle()
    assert [tab.key for tab in desk.window.view("customers").open_tabs()][-1].startswith("contact/")


def test_deals_leads_and_products_owned_stand_in_timeline_and_trade(sit_down: SitDown) -> None:
    desk = sit_down("clerk")
    customer = desk.customer()
    at_it = Ref(customer.id, customer.title)
    create(desk.gateway, "opportunity", name="门禁改造", customer=at_it, amount=Decimal(9000))
    create(desk.gateway, "lead", name="展会来的", customer=at_it)
    create(desk.gateway, "installed_product", serial="SN-1", customer=at_it, delivered_on=datetime.date(2019, 5, 20))
    create(desk.gateway, "installed_product", serial="SN-2", customer=at_it)
    create(desk.gateway, "installed_product", serial="SN-3", delivered_on=datetime.date(2018, 1, 1),
           customer=Ref(desk.customer("珠海集团").id, "珠海集团"))  # fmt: skip
    page = desk.open("customer", customer.id)
    told = page.story.timeline.texts()
    assert any("门禁改造" in text for text in told)
    assert any("展会来的" in text for text in told)
    assert told[told.index("2019-05-20") + 1] == "Installed product SN-1"
    assert not any("SN-2" in text for text in told)  # without a day
    assert page.figures._links["opportunity"].text() == "1"
    assert page.figures._links["service_request"].text() == "0"
    page.figures._links["opportunity"].click()
    desk.settle_all()
    listed = desk.window.view("opportunities").current_page()
    assert isinstance(listed, ListPage)
    assert len(listed.model.ids()) == 1
    page.show_trade()
    desk.settle_all()
    report = desk.window.view("reports").current_page()
    assert isinstance(report, ReportPage)
    assert [report.model.index(0, column).data() for column in (0, 1, 5)] == ["2019", "0", "1"]
    assert report.found is not None
    assert report.found.rows[-1].numbers[0].value == 1
    assert customer.title in report.line.whose.text()


def test_card_is_printed(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = desk.open("customer", rich_customer(desk).id)
    page.print()
    desk.settle()
    document = pypdfium2.PdfDocument(io.BytesIO(desk.dialog(PrintPreview)._pdf))
    assert "珠海华工医药有限公司" in document[0].get_textpage().get_text_range()
    document.close()


def test_customer_that_is_gone_is_said(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = desk.open("customer", 999_999_999)
    assert any("no longer there" in label.text() for label in page.findChildren(QLabel))
    assert not [one for one in (page.story, page.edit_button, page.more_button) if one.isVisible()]
    page.setFocus()
    assert focused() is page.heading, "keys go to nothing that cannot be seen"
    QTest.keyClick(focused(), Key.Key_Escape)
    assert page not in desk.window.findChildren(CustomerPage) or not page.isVisible()


def test_what_is_typed_and_logged_before_the_customer_was_read_is_logged_when_it_was(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    customer = desk.customer()
    page = desk.window.open_record("customer", customer.id)
    assert isinstance(page, CustomerPage)
    assert not page.findChildren(StoryCard), "its cards come in a turn of their own"
    for character in "来电":
        write(focused(), character)
    assert page._overview is None
    page.story.log_line.log()
    desk.settle()
    assert desk.value("activity", desk.id_of("activity", "customer_id = :id", id=customer.id), "subject") == "来电"
    assert page.story.log_line.line.text() == ""


def test_customer_is_found_logged_edited_and_left_by_keyboard_alone(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    desk.customer("珠海华工医药有限公司")
    desk.window.view("customers").select_page("customer/mine")
    desk.settle()
    qtbot.keyClick(focused(), Key.Key_F, CONTROL)
    qtbot.keyClicks(focused(), "hgyy")
    qtbot.keyClick(focused(), Key.Key_Return)
    desk.settle()
    qtbot.keyClick(focused(), Key.Key_Down)
    qtbot.keyClick(focused(), Key.Key_Return)
    desk.settle()
    view = desk.window.view("customers")
    page = view.current_page()
    assert isinstance(page, CustomerPage)
    assert page.title == "珠海华工医药有限公司"
    write(focused(), "首次来电")
    qtbot.keyClick(focused(), Key.Key_Return)
    desk.settle()
    qtbot.keyClick(focused(), Key.Key_F2)
    qtbot.waitUntil(lambda: page.editor is not None)
    qtbot.keyClick(focused(), Key.Key_Tab)
    write(focused(), "华工")
    qtbot.keyClick(focused(), Key.Key_S, CONTROL)
    qtbot.waitUntil(lambda: page.editor is None)
    desk.settle()
    assert desk.value("customer", page.id, "short_name") == "华工"
    assert any("首次来电" in text for text in page.story.timeline.texts())
    qtbot.keyClick(focused(), Key.Key_Escape)
    assert view.open_tabs() == []
    assert view.isAncestorOf(focused())


def test_one_new_customer_after_the_other_is_saved_from_the_same_tab(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    page = desk.open("customer", 0)
    for name in ("甲厂", "乙厂"):
        write(page.editor.form.editors["name"].line, name)
        qtbot.keyClick(page, Key.Key_S, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        qtbot.waitUntil(lambda: page.editor.form.editors["name"].line.text() == "")
        desk.settle()
    assert desk.id_of("customer", "name = '乙厂'") > desk.id_of("customer", "name = '甲厂'")
    assert [tab.key for tab in desk.window.view("customers").open_tabs()] == ["customer/0"]


def test_next_customer_of_the_list_replaces_this_one(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    first, second = desk.customer("甲厂").id, desk.customer("乙厂", short_name="乙").id
    page = desk.open("customer", first)
    page.set_neighbours(lambda id_, step: second if (id_, step) == (first, 1) else None)
    page.edit()
    qtbot.keyClick(page, Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: page.title == "乙厂")
    desk.settle()
    assert page.editor is None
    assert "乙" in [label.text() for label in page.facts.findChildren(QLabel)]
    assert not page.next_button.isEnabled()


def test_left_column_of_a_customer_without_contacts_fits_a_small_window(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    customer = desk.customer()
    desk.window.resize(1024, 600)
    page = desk.open("customer", customer.id)
    assert page.contacts.nobody.isVisible()
    assert page.facts.parentWidget().parentWidget().parentWidget().horizontalScrollBar().maximum() == 0
    create(desk.gateway, "contact", name="陈立", customer=Ref(customer.id, customer.title))
    page.refresh()
    desk.settle()
    assert not page.contacts.nobody.isVisible()


@pytest.mark.parametrize("size", [(1024, 600), (1366, 768), (1920, 1080)])
def test_left_column_fits_at_every_size_of_window(sit_down: SitDown, size: tuple[int, int]) -> None:
    desk = sit_down("seller")
    customer = desk.customer(phones=["0756-5550 1234", "0756-5550 1235"], email="xingzheng@huagongyygz.example")
    at_it = Ref(customer.id, customer.title)
    create(
        desk.gateway, "contact", name="陈立", customer=at_it, phones=["199 0000 1234"], email="chenli@huagong.example"
    )
    change(desk.gateway, "customer", customer.id, parent=Ref(desk.customer("珠海集团").id, "珠海集团"))
    desk.window.resize(*size)
    page = desk.open("customer", customer.id)
    area = page.facts.parentWidget().parentWidget().parentWidget()
    assert area.horizontalScrollBar().maximum() == 0
    cut = [
        part.text()
        for part in area.findChildren(QLabel)
        if part.isVisible() and not part.wordWrap() and part.width() < part.sizeHint().width()
    ]
    assert not cut
