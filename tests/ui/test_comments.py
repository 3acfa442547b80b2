"""Comments, star, link and copy of a record in the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from crm_desktop.core.links import link_to, parse_link
from crm_desktop.services import comments, marks
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from crm_desktop.ui.form_page import record_page
from crm_desktop.ui.form_page.attached import Attached
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.pages.customer import CustomerPage
from tests.db.conftest import SignIn
from tests.ui.desk import Desk, SitDown, count_statements, create, own_database, sign_in, sit_down, template, write

__all__ = ["own_database", "sign_in", "sit_down", "template"]


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    return sit_down("seller")


@pytest.fixture
def customer(desk: Desk) -> Record:
    return desk.customer()


@pytest.fixture
def attached(desk: Desk, customer: Record) -> Attached:
    made: Attached = desk.open("customer", customer.id).attached
    return made


def bodies(attached: Attached) -> list[str]:
    return [comment.body for comment in attached.comments.comments]


def test_a_comment_is_sent_by_ctrl_enter_and_taken_back(desk: Desk, attached: Attached) -> None:
    box = attached.comments.box
    box.setFocus()
    write(box, "先发样品")
    desk.qtbot.keyClick(box, Qt.Key.Key_Return)
    write(box, "再报价")
    desk.qtbot.keyClick(box, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert bodies(attached) == ["先发样品\n再报价"]
    assert box.toPlainText() == ""
    desk.press_undo()
    desk.hear("comment", 1)
    assert bodies(attached) == []


def test_the_key_of_comments_opens_them_wherever_the_page_is(desk: Desk, attached: Attached) -> None:
    focused = desk.window.focusWidget()
    assert focused is not None
    assert not attached.comments.box.isVisible()
    desk.qtbot.keyClick(focused, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert attached.comments.box.isVisible()
    assert desk.window.focusWidget() is attached.comments.box


def _type_and_settle(desk: Desk, box: QWidget, words: str) -> None:
    write(box, words)
    desk.settle()


def test_at_names_a_colleague_who_is_chosen_by_enter(desk: Desk, attached: Attached) -> None:
    box = attached.comments.box
    page = desk.window.view("customers").current_page()
    assert isinstance(page, CustomerPage)
    page.story.choose("comments")
    box.setFocus()
    write(box, "请 ")
    assert count_statements(desk.settle) == []
    write(box, "@manag")
    desk.settle()
    desk.qtbot.keyClick(box, Qt.Key.Key_Return)
    assert box.toPlainText() == "请 @manager "
    assert count_statements(lambda: _type_and_settle(desk, box, "@")) == []  # they are read once a session
    box.setPlainText("请 @manager ")
    attached.comments.send()
    desk.settle()
    with desk.gateway.read() as session:
        people = {one.id: one.name for one in comments.fetch_colleagues(session)}
    (mentions,) = [desk.value("comment", attached.comments.comments[0].id, "mentions")]
    assert [people[id_] for id_ in mentions] == ["manager"]


def test_only_ones_own_comments_can_be_edited(desk: Desk, attached: Attached, sign_in: SignIn) -> None:
    attached.comments.box.setPlainText("mein")
    attached.comments.send()
    desk.settle()
    record = attached.record
    assert record is not None
    with sign_in("admin").write() as session:
        comments.add_comment(session, record, "seins")
    desk.hear("comment", 1)
    assert bodies(attached) == ["mein", "seins"]
    pencils = [one for one in attached.comments.findChildren(QPushButton) if one.accessibleName() == "Edit comment"]
    assert len([one for one in pencils if not one.isHidden()]) == 1
    attached.comments.edit(attached.comments.comments[0])
    attached.comments.box.setPlainText("meins")
    attached.comments.send()
    desk.settle()
    assert bodies(attached) == ["meins", "seins"]
    assert any("edited" in one.text() for one in attached.comments.findChildren(QLabel))


def test_comments_stand_in_the_timeline(desk: Desk, attached: Attached) -> None:
    attached.comments.box.setPlainText("先发样品")
    attached.comments.send()
    desk.settle()
    page = desk.window.view("customers").current_page()
    assert isinstance(page, CustomerPage)
    assert "Comment 先发样品" in page.story.timeline.texts()
    page.story.choose("activity")
    assert "Comment 先发样品" not in page.story.timeline.texts()


def test_what_is_written_while_a_comment_is_saved_stays(desk: Desk, attached: Attached) -> None:
    attached.comments.box.setPlainText("eins")
    attached.comments.send()
    attached.comments.box.setPlainText("zwei")
    desk.settle()
    assert bodies(attached) == ["eins"]
    assert attached.comments.box.text() == "zwei"


def test_the_star_is_kept_for_the_person(desk: Desk, attached: Attached, customer: Record) -> None:
    attached.star.button.click()
    desk.settle()
    with desk.gateway.read() as session:
        assert marks.is_starred(session, "customer", customer.id)
    page = desk.open("contact", create(desk.gateway, "contact", name="王", customer=Ref(customer.id, "")).id)
    assert not page.attached.star.is_on
    attached.star.toggle()
    desk.settle()
    with desk.gateway.read() as session:
        assert not marks.is_starred(session, "customer", customer.id)
        assert [hit.entity for hit in marks.fetch_marked(session).recent] == ["contact", "customer"]


def test_the_link_is_on_the_clipboard_with_the_records_name(attached: Attached, customer: Record) -> None:
    attached.copy_link()
    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == link_to("customer", customer.id)
    assert customer.title in data.html()
    assert parse_link(f"看这个 {data.text()} 好") == ("customer", customer.id)


def test_a_copy_begins_without_the_code(desk: Desk) -> None:
    original = desk.customer(fax="020-1", tax_no="X1")
    desk.open("customer", original.id).copy_record()
    desk.settle()
    page = desk.window.view("customers").current_page()
    assert isinstance(page, CustomerPage)
    assert page.editor is not None
    assert page.id == 0
    assert page.editor.form.value_of("fax") == "020-1"
    assert page.editor.form.value_of("name") == original.title
    assert not page.editor.form.value_of("code")


def test_the_empty_search_box_offers_recent_and_starred_records(
    desk: Desk, attached: Attached, customer: Record
) -> None:
    attached.star.toggle()
    desk.settle()
    header = desk.window.header
    header.search_box.take_focus()
    desk.qtbot.waitUntil(header.hits.isVisible)
    assert header.hits.texts() == ["Recent", customer.title, "Starred", customer.title]
    chosen: list[object] = []
    header.hit_chosen.connect(chosen.append)
    desk.qtbot.keyClick(header.search_box, Qt.Key.Key_Down)
    desk.qtbot.keyClick(header.search_box, Qt.Key.Key_Return)
    assert [hit.id for hit in chosen] == [customer.id]  # type: ignore[attr-defined]


def test_a_pasted_link_opens_its_record_and_says_where_there_is_none(desk: Desk, customer: Record) -> None:
    header = desk.window.header
    header.search_box.take_focus()
    header.search_box.setText(link_to("customer", customer.id))
    desk.qtbot.waitUntil(lambda: header.hits.texts() == ["Customers", customer.title])
    header.search_box.setText(link_to("customer", 10**9))
    gone = "This record is no longer there, or you may no longer see it."
    desk.qtbot.waitUntil(lambda: header.hits.texts() == [gone])
    header.search_box.setText(link_to("nothing", 1))
    desk.qtbot.waitUntil(lambda: header.search_box.text() != "" and header.hits.texts() == [gone])


def test_starred_records_have_a_list_of_their_own(desk: Desk, attached: Attached) -> None:
    attached.star.toggle()
    desk.settle()
    view = desk.window.show_area("customers")
    view.select_page("customer/starred")
    desk.settle()
    page = view.current_page()
    assert isinstance(page, ListPage)
    desk.qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert page.model.index(0, 0).data() is not None
    attached.star.toggle()
    desk.settle()
    desk.bus.flush()
    desk.qtbot.waitUntil(lambda: page.model.rowCount() == 0)


def test_a_comment_that_was_not_sent_is_asked_about_and_kept_as_a_draft(
    desk: Desk, attached: Attached, customer: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = desk.window.view("customers").current_page()
    assert isinstance(page, CustomerPage)
    attached.comments.box.setPlainText("先发样品")
    asked: list[object] = []

    def keep(*asking: object, **_more: object) -> str:
        asked.append(asking)
        return "keep"

    monkeypatch.setattr(record_page, "ask_unsaved", keep)
    assert page.may_close()
    assert len(asked) == 1
    (draft,) = desk.window.context.drafts.waiting_at("customer", customer.id)
    attached.comments.box.clear()
    page.apply_draft(draft)
    assert attached.comments.box.text() == "先发样品"
    assert attached.comments.isVisible()
