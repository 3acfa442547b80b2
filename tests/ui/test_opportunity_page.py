"""The page of an opportunity: moved by keyboard and mouse, asked for what the stage needs, taken back."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from crm_desktop.services.records import FieldsError, Record
from crm_desktop.spec import Ref
from crm_desktop.ui.dialogs.move_several import MoveSeveralDialog
from crm_desktop.ui.dialogs.move_stage import MoveDialog
from crm_desktop.ui.list_page.page import ListPage
from tests.db.conftest import SignIn
from tests.ui.desk import (
    Desk,
    SitDown,
    button,
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
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    return sit_down("seller")


def opportunity(desk: Desk, **values: Any) -> Record:
    customer = desk.customer()
    given = {"name": "二期设备", "customer": Ref(customer.id, customer.title), "amount": Decimal(1000)}
    return create(desk.gateway, "opportunity", **given | values)


def stage_of(desk: Desk, id_: int) -> str:
    stage = desk.value("opportunity", id_, "stage_id")
    return str(desk.value("sales_stage", stage, "name_en"))


def outcome(desk: Desk, code: str) -> Ref:
    of = "dictionary_id = (select id from crm.dictionary where code = 'outcome')"
    return Ref(desk.id_of("dictionary_entry", f"{of} and code = :code", code=code), code)


def test_page_opens_in_eight(desk: Desk) -> None:
    one, other = opportunity(desk), opportunity(desk)
    desk.open("opportunity", one.id)  # the stages and choices are read once a session
    assert len(count_statements(lambda: desk.open("opportunity", other.id))) <= 8


def test_next_stage_is_two_keys_away_and_taken_back(desk: Desk, qtbot: QtBot) -> None:
    id_ = opportunity(desk).id
    page = desk.open("opportunity", id_)
    assert page.stage_card.current.ref.label == "First contact"
    qtbot.keyClick(page, Qt.Key.Key_2, ALT)
    dialog = desk.dialog(MoveDialog)
    qtbot.keyClick(dialog.note.line, Qt.Key.Key_Return)
    desk.settle()
    assert stage_of(desk, id_) == "Needs confirmed"
    assert page.stage_card.current.ref.label == "Needs confirmed"
    told = [one.text() for one in page.history.findChildren(QLabel)]
    assert "Stage" in told
    assert "In stage since" not in told  # it only follows
    desk.press_undo()
    assert stage_of(desk, id_) == "First contact"


def test_what_is_typed_is_saved_first(desk: Desk) -> None:
    id_ = opportunity(desk).id
    page = desk.open("opportunity", id_)
    write(page.editor.form.editors["competitor"].line, "华为")
    page.stage_card.steps[2].click()
    desk.settle()
    assert desk.value("opportunity", id_, "competitor") == "华为"
    button(desk.dialog(MoveDialog), "Move").click()
    desk.settle()
    assert stage_of(desk, id_) == "Proposal"


def test_going_back_and_losing_ask_why(desk: Desk) -> None:
    id_ = opportunity(desk).id
    page = desk.open("opportunity", id_)
    button(page.stage_card, "Lose…").click()
    dialog = desk.dialog(MoveDialog)
    assert list(dialog.editors) == ["reason", "closed_on", "competitor", "summary"]
    button(dialog, "Move").click()
    assert dialog.editors["reason"].error()
    dialog.editors["reason"].set_value(Ref(desk.id_of("dictionary_entry", "code = 'price'"), "Price"))
    write(dialog.editors["competitor"].line, "宏达")
    dialog.editors["summary"].set_value("报价晚了一周")
    assert not page.article_button.isVisible()
    button(dialog, "Move").click()
    desk.settle()
    assert stage_of(desk, id_) == "Lost"
    desk.settle_all()  # the page has read what the move has changed
    page.article_button.click()
    desk.settle()
    article: Any = desk.window.view(desk.window.current_area()).current_page()
    told = {key: article.editor.form.editors[key].value() for key in ("name", "solution", "keywords")}
    learned = "报价晚了一周\nReason of closing: Price\nCompetitor: 宏达"
    assert told == {"name": page.editor.record.title, "solution": learned, "keywords": "宏达"}
    desk.open("opportunity", id_)
    page.stage_card.steps[0].click()
    back = desk.dialog(MoveDialog)
    button(back, "Move").click()
    assert back.note.error()
    write(back.note.line, "预算又有了")
    button(back, "Move").click()
    desk.settle()
    assert stage_of(desk, id_) == "First contact"
    assert desk.value("opportunity", id_, "reason_id") is None


def test_who_was_slower_is_told_where_it_went(desk: Desk) -> None:
    made = opportunity(desk)
    page = desk.open("opportunity", made.id)
    page.stage_card.steps[1].click()
    won = Ref(desk.id_of("sales_stage", "name_en = 'Won'"), "Won")
    dialog = desk.dialog(MoveDialog)
    write(dialog.note.line, "已见决策人")
    change(desk.gateway, "opportunity", made.id, stage=won)
    desk.hear("opportunity", made.id)  # the page shows it, behind the dialog
    button(dialog, "Move").click()
    desk.settle()
    assert "moved it to “Won”" in desk.notices()
    assert "“已见决策人”" in page.draft_bar.texts()[0]
    assert stage_of(desk, made.id) == "Won"
    assert page.stage_card.current.outcome == "won"


def test_ticks_stay_until_the_stage_changes(desk: Desk) -> None:
    id_ = opportunity(desk).id
    page = desk.open("opportunity", id_)
    first, second = page.stage_card.boxes
    first.click()
    second.click()
    desk.settle()
    assert desk.value("opportunity", id_, "checked") == [first.text(), second.text()]
    page.stage_card.steps[1].click()
    assert not desk.dialog(MoveDialog).warning.texts()
    button(desk.dialog(MoveDialog), "Move").click()
    desk.settle()
    assert desk.value("opportunity", id_, "checked") == []


def test_missing_next_step_is_flagged(desk: Desk) -> None:
    page = desk.open("opportunity", opportunity(desk).id)
    assert "There is no next step with a day." in page.stage_card.warning.texts()
    button(page.stage_card, "Enter it").click()
    assert page.editor.form.editors["next_step"].line.hasFocus()


def test_lines_add_up_to_the_amount(sit_down: SitDown) -> None:
    desk = sit_down("director")
    made = opportunity(desk)
    product = create(desk.gateway, "product", name="GTX Pro", list_price=Decimal(4821))
    own = Ref(made.id, made.title)
    create(desk.gateway, "opportunity_line", opportunity=own, product=Ref(product.id, ""), quantity=Decimal(2))
    page = desk.open("opportunity", made.id)
    assert page.lines.sum_label.text() == "Together ¥9,642"
    page.lines.use_button.click()
    desk.settle()
    assert desk.value("opportunity", made.id, "amount") == Decimal(9642)
    assert page.lines.use_button.isHidden()
    line = desk.open("opportunity_line", 0)
    line.begin({"opportunity": own})
    assert line.editor.form.editors["product"].line.hasFocus(), "what must be filled and is not yet"
    line.editor.form.editors["product"]._choose(Ref(product.id, "GTX Pro"))
    desk.settle()
    assert line.editor.form.value_of("unit_price") == Decimal(4821)


def test_contacts_of_its_customer_are_offered(desk: Desk, qtbot: QtBot) -> None:
    made = opportunity(desk)
    other = desk.customer("乙")
    create(desk.gateway, "contact", name="陈立", customer=made.values["customer"])
    create(desk.gateway, "contact", name="外人", customer=Ref(other.id, "乙"))
    page = desk.open("opportunity_contact", 0)
    page.begin({"opportunity": Ref(made.id, made.title)})
    editor = page.editor.form.editors["contact"]
    page.editor.form.focus_field("contact")
    qtbot.keyClick(editor.line, Qt.Key.Key_Down)
    qtbot.waitUntil(editor.popup.isVisible)
    assert "陈立" in editor.popup.texts()
    assert "外人" not in editor.popup.texts()


def choose(dialog: MoveSeveralDialog, stage: str) -> None:
    dialog.stage.setCurrentIndex(dialog.stage.findText(stage))


def test_several_are_moved_as_one_change_and_it_is_said_which_stay(sit_down: SitDown) -> None:
    desk = sit_down("director")
    ids = [opportunity(desk, name=name).id for name in ("甲", "乙", "丙")]
    proposal = desk.id_of("sales_stage", "name_en = 'Proposal'")
    change(desk.gateway, "sales_stage", proposal, required_fields=["expected_on"])
    change(desk.gateway, "opportunity", ids[0], expected_on=datetime.date(2026, 12, 1))
    view = desk.window.view("opportunities")
    view.select_page("opportunity/all")
    desk.settle()
    page = view.current_page()
    assert isinstance(page, ListPage)
    page.table.select_ids(ids)
    page.commands.move()
    desk.settle()
    dialog = desk.dialog(MoveSeveralDialog)
    choose(dialog, "Proposal")
    desk.settle_all()
    assert dialog.apply.text() == "Change 1 opportunity"
    assert "2 stay as they are: Expected on is needed." in [one.text() for one in dialog.outcome.findChildren(QLabel)]
    choose(dialog, "Needs confirmed")
    desk.settle_all()
    dialog.apply.click()
    desk.settle_all()
    assert [stage_of(desk, id_) for id_ in ids] == ["Needs confirmed"] * 3
    desk.press_undo()
    assert [stage_of(desk, id_) for id_ in ids] == ["First contact"] * 3


def test_who_only_reads_it_is_offered_no_way_on(desk: Desk, sign_in: SignIn, qtbot: QtBot) -> None:
    customer = desk.customer()
    director = sign_in("director")
    made = create(director, "opportunity", name="总部项目", customer=Ref(customer.id, customer.title))
    with director.write() as session:
        share = text("insert into crm.share (entity, record_id, employee_id) values ('opportunity', :id, :whom)")
        session.execute(share, {"id": made.id, "whom": desk.gateway.person.id})
    page = desk.open("opportunity", made.id)
    assert page.stage_card.ends == []
    assert not page.stage_card.steps[1].isEnabled()
    assert not [one for one in page.findChildren(QPushButton) if one.text().startswith("New ") and one.isVisible()]
    assert any("seller" in one.text() for one in page.ownership.findChildren(QLabel)), "with whom it is shared"
    qtbot.keyClick(page, Qt.Key.Key_2, ALT)
    desk.settle()
    assert desk.window.findChildren(MoveDialog) == []


def test_new_one_begins_in_the_stage_that_is_chosen(desk: Desk, qtbot: QtBot) -> None:
    page = desk.open("opportunity", 0)
    assert page.stage_card.isHidden()
    write(page.editor.form.editors["name"].line, "二期设备")
    editor = page.editor.form.editors["stage"]
    page.editor.form.focus_field("stage")
    qtbot.keyClick(editor.line, Qt.Key.Key_Down)
    qtbot.waitUntil(editor.popup.isVisible)
    assert editor.popup.texts()[:2] == ["First contact", "Needs confirmed"]
    qtbot.keyClick(editor.line, Qt.Key.Key_Down)
    qtbot.keyClick(editor.line, Qt.Key.Key_Return)
    page.editor.save()
    desk.settle()
    assert stage_of(desk, page.id) == "Needs confirmed"
    assert page.stage_card.current.ref.label == "Needs confirmed"
    assert page.stage_card.isVisible()


def test_another_process_is_found_by_its_name_and_gone_over_to(desk: Desk, sign_in: SignIn, qtbot: QtBot) -> None:
    admin = sign_in("admin")
    process = create(admin, "sales_process", name="工程项目", name_en="Projects")
    of = {"process": Ref(process.id, "工程项目")}
    create(admin, "sales_stage", name="勘察", probability=15, **of)
    won = create(admin, "sales_stage", name="中标", sort_order=1, outcome=outcome(desk, "won"), **of)
    assert desk.value("sales_stage", won.id, "probability") == 100, "what is won is certain"
    with pytest.raises(FieldsError) as refused:
        create(admin, "sales_stage", name="报价", days_allowed=-3, **of)
    assert refused.value.fields == {"days_allowed": "Days allowed cannot be less than 0."}
    desk.hear("sales_stage", won.id)

    page = desk.open("opportunity", 0)
    editor = page.editor.form.editors["stage"]
    page.editor.form.focus_field("stage")
    write(editor.line, "工程")
    qtbot.waitUntil(editor.popup.isVisible)
    assert editor.popup.texts() == ["勘察", "中标"]

    page = desk.open("opportunity", opportunity(desk).id)
    form = page.editor.form
    assert (form.editor("reason").line.isReadOnly(), form.editor("competitor").line.isReadOnly()) == (True, False)
    processes = button(page.stage_card, "Standard sales")
    processes.setFocus()
    menu = processes.menu()
    assert [entry.text() for entry in menu.actions()] == ["Standard sales", "Projects"]
    menu.actions()[1].trigger()
    desk.settle()
    desk.dialog(MoveDialog).move_button.click()
    desk.settle()
    assert desk.value("opportunity", page.id, "probability") == 15
    assert button(page.stage_card, "Projects").isVisible()
    assert desk.window.focusWidget() is page.stage_card.steps[0], "the button is gone, the keyboard stays"


def test_what_people_wrote_is_shown_and_kept_with_its_ampersand(desk: Desk) -> None:
    page = desk.open("opportunity", opportunity(desk).id)
    card = page.stage_card
    card._show_checklist(["R&D 确认", "报价"], ["R&D 确认"], may_edit=True)
    assert [box.text() for box in card.boxes] == ["R&&D 确认", "报价"]
    assert card.unticked() == ["报价"]
