"""The page of a knowledge article, read, edited, published and voted for by keyboard; the page that searches all."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from crm_desktop.services import attachments, knowledge
from crm_desktop.services.attachments import NewFile
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from crm_desktop.ui.form_page.attachments_card import _png
from crm_desktop.ui.pages.article import ArticlePage
from crm_desktop.ui.pages.find_knowledge import FindKnowledgePage
from tests.ui.desk import Desk, SitDown, count_statements, create, own_database, sign_in, sit_down, template, write

__all__ = ["own_database", "sign_in", "sit_down", "template"]
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    return sit_down("director")


def article(desk: Desk, **values: Any) -> Record:
    given = {"name": "打印机卡纸", "problem": "提示缺纸\n打不出来", "solution": "取出卡住的纸\n清洁搓纸轮"}
    return create(desk.gateway, "knowledge_article", **given | values)


def state_of(desk: Desk, id_: int) -> str:
    return str(desk.value("dictionary_entry", desk.value("knowledge_article", id_, "state_id"), "code"))


def press(desk: Desk, qtbot: QtBot, page: ArticlePage, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    page.setFocus()
    qtbot.keyClick(page.reading if page.is_reading else page, key, modifier)
    desk.settle_all()


def test_it_is_read_first_with_its_pictures_and_edited_on_demand(desk: Desk, qtbot: QtBot) -> None:
    record = article(desk)
    picture = QImage(30, 20, QImage.Format.Format_RGB32)
    picture.fill(0)
    with desk.gateway.write() as session:
        files = [NewFile.of("门.png", _png(picture)), NewFile.of("说明.txt", b"x")]
        attachments.add_files(session, record, files, lambda *_step: None)
    page = desk.open("knowledge_article", record.id)
    desk.settle_all()
    assert page.is_reading
    assert page.reading.solution.text() == "取出卡住的纸\n清洁搓纸轮"
    assert [shown.accessibleName() for shown in page.reading.pictures] == ["门.png"]
    assert not page.editor.form.isVisible()
    press(desk, qtbot, page, Qt.Key.Key_F2, Qt.KeyboardModifier.NoModifier)
    assert page.editor.form.isVisible()
    assert not page.reading.isVisible()
    write(page.editor.form.editors["keywords"].line, "夹纸")
    page.editor.save()
    desk.settle_all()
    assert page.is_reading
    assert "夹纸" in page.reading.about.text()


def test_it_is_published_by_keys_taken_back_and_withdrawn(desk: Desk, qtbot: QtBot) -> None:
    id_ = article(desk).id
    page = desk.open("knowledge_article", id_)
    desk.settle_all()
    press(desk, qtbot, page, Qt.Key.Key_4, ALT)
    assert state_of(desk, id_) == "draft"  # there is nothing to withdraw
    press(desk, qtbot, page, Qt.Key.Key_1, ALT)
    assert state_of(desk, id_) == "in_review"
    press(desk, qtbot, page, Qt.Key.Key_2, ALT)
    assert (state_of(desk, id_), desk.value("knowledge_article", id_, "edition")) == ("published", 1)
    assert "Edition 1" in page.card.words.text()
    desk.press_undo()
    assert (state_of(desk, id_), desk.value("knowledge_article", id_, "edition")) == ("in_review", 0)
    desk.hear("knowledge_article", id_)
    press(desk, qtbot, page, Qt.Key.Key_2, ALT)
    press(desk, qtbot, page, Qt.Key.Key_4, ALT)
    assert state_of(desk, id_) == "withdrawn"


def test_without_a_solution_it_is_asked_for(desk: Desk, qtbot: QtBot) -> None:
    id_ = article(desk, solution="").id
    page = desk.open("knowledge_article", id_)
    desk.settle_all()
    press(desk, qtbot, page, Qt.Key.Key_2, ALT)
    assert state_of(desk, id_) == "draft"
    assert not page.is_reading


def test_a_reader_votes_once_and_changes_his_mind(desk: Desk, sit_down: SitDown, qtbot: QtBot) -> None:
    record = article(desk)
    with desk.gateway.write() as session:
        knowledge.publish(session, record)
    reader = sit_down("clerk")
    page = reader.open("knowledge_article", record.id)
    reader.settle_all()
    assert not page.card.edit_button.isVisible()
    assert not page.card.withdraw_button.isVisible()

    def counts() -> tuple[Any, ...]:
        return tuple(desk.value("knowledge_article", record.id, column) for column in ("useful_count", "useless_count"))

    press(reader, qtbot, page, Qt.Key.Key_Y, ALT)
    assert counts() == (1, 0)
    assert page.reading.useful_button.isChecked()
    press(reader, qtbot, page, Qt.Key.Key_N, ALT)
    assert counts() == (0, 1)
    press(reader, qtbot, page, Qt.Key.Key_N, ALT)
    assert counts() == (0, 0)
    assert not page.reading.useless_button.isChecked()


def test_page_opens_in_nine(desk: Desk) -> None:
    one, other = article(desk), article(desk, name="别的")
    desk.open("knowledge_article", one.id)
    assert len(count_statements(lambda: desk.open("knowledge_article", other.id))) <= 9


def test_words_are_found_while_they_are_typed(desk: Desk, qtbot: QtBot) -> None:
    first, _second = article(desk), article(desk, name="开不了机", problem="", solution="查电源")
    view = desk.window.show_area("service")
    view.select_page("knowledge_article/find")
    page = view.current_page()
    assert isinstance(page, FindKnowledgePage)
    qtbot.mouseClick(
        view.side.viewport(), Qt.MouseButton.LeftButton, pos=view.side.visualRect(view.side.currentIndex()).center()
    )
    assert page.box.hasFocus(), "one clicks there to type"
    page.box.setText("老是卡纸怎么办")
    page.box.search_now()
    desk.settle_all()
    assert [page.hits.model().index(row, 0).data() for row in range(page.hits.count())] == ["打印机卡纸"]
    qtbot.keyClick(page.box, Qt.Key.Key_Return)
    desk.settle_all()
    opened = view.current_page()
    assert isinstance(opened, ArticlePage)
    assert opened.id == first.id


def test_a_solved_request_becomes_a_draft_in_one_step(desk: Desk, qtbot: QtBot) -> None:
    product = Ref(desk.id_of("product", "true"), "GTX 1")
    customer = desk.customer()
    request = create(
        desk.gateway, "service_request", subject="卡纸", customer=Ref(customer.id, customer.title), product=product,
        solution="清洁搓纸轮",
    )  # fmt: skip
    page = desk.open("service_request", request.id)
    desk.settle_all()
    qtbot.keyClick(page, Qt.Key.Key_K, ALT)
    desk.settle_all()
    draft = desk.window.view("service").current_page()
    assert isinstance(draft, ArticlePage)
    assert draft.editor.form.isVisible()
    draft.editor.save()
    desk.settle_all()
    assert draft.is_reading
    made = [desk.value("knowledge_article", draft.id, key) for key in ("name", "problem", "solution", "product_id")]
    assert made == ["卡纸", "卡纸", "清洁搓纸轮", product.id]
