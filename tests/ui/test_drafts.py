"""What is typed and not saved is kept, offered at the next start, and saved by the same merge as ever."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from crm_desktop.services import records
from crm_desktop.spec import Ref
from crm_desktop.ui.dialogs.draft import DraftDialog
from crm_desktop.ui.dialogs.drafts import DraftsDialog
from crm_desktop.ui.import_wizard.page import open_import
from importers.plan import FILL_IN, OnMatch
from tests.ui.desk import Desk, SitDown, button, change, create, own_database, sign_in, sit_down, template, write
from tests.ui.settled import Answer
from tests.ui.test_form_editor import press, type_into
from tests.ui.test_import_wizard import SHEET

__all__ = ["own_database", "sign_in", "sit_down", "template"]


def contact_of(desk: Desk) -> int:
    customer = desk.customer()
    contact = create(
        desk.gateway,
        "contact",
        name="陈立",
        customer=Ref(customer.id, customer.title),
        title="职员",
        remark="一\n二\n三",
    )
    return contact.id


def crash_and_come_back(desk: Desk, sit_down: SitDown) -> Desk:
    """The program is killed after its last key was written; its user signs in again."""
    desk.window.context.drafts.close()
    again = sit_down("seller", desk.gateway)
    again.qtbot.waitUntil(lambda: again.window.context.drafts.is_loaded)
    again.settle()
    return again


def typed_and_crashed(sit_down: SitDown, qtbot: QtBot, title: str = "采购经理") -> tuple[Desk, int]:
    desk = sit_down("seller")
    id_ = contact_of(desk)
    type_into(qtbot, desk.open("contact", id_), "title", title)
    return crash_and_come_back(desk, sit_down), id_


def test_what_was_typed_is_offered_and_applied(sit_down: SitDown, qtbot: QtBot) -> None:
    desk, id_ = typed_and_crashed(sit_down, qtbot)
    assert "1 draft is not saved." in desk.notices()
    assert "1 draft" in desk.window.status.text()
    page = desk.open("contact", id_)
    assert "Position" in page.draft_bar.texts()[0]
    assert page.editor.form.value_of("title") == "职员"
    button(page, "Apply").click()
    assert page.editor.form.value_of("title") == "采购经理"
    assert page.editor.is_edited()
    assert page.draft_bar.texts() == []
    page.editor.save()
    desk.settle()
    assert desk.value("contact", id_, "title") == "采购经理"
    assert crash_and_come_back(desk, sit_down).window.context.drafts.waiting() == []


def test_what_changed_meanwhile_is_told_and_merged(sit_down: SitDown, qtbot: QtBot) -> None:
    desk, id_ = typed_and_crashed(sit_down, qtbot)
    change(desk.gateway, "contact", id_, department_name="采购部")
    page = desk.open("contact", id_)
    assert "采购部" in page.draft_bar.texts()[0]
    button(page, "Apply").click()
    desk.settle()
    assert page.editor.form.value_of("department_name") == "采购部"
    page.editor.save()
    desk.settle()
    assert desk.value("contact", id_, "title") == "采购经理"
    assert desk.value("contact", id_, "department_name") == "采购部"


def test_look_shows_before_typed_and_now(sit_down: SitDown, qtbot: QtBot) -> None:
    desk, id_ = typed_and_crashed(sit_down, qtbot)
    change(desk.gateway, "contact", id_, title="总监")
    page = desk.open("contact", id_)
    button(page, "Look").click()
    dialog = desk.dialog(DraftDialog)
    assert {"职员", "采购经理", "总监"} <= {label.text() for label in dialog.findChildren(QLabel)}
    button(dialog, "Discard").click()
    assert page.draft_bar.texts() == []


def test_discarded_draft_can_be_brought_back(sit_down: SitDown, qtbot: QtBot) -> None:
    desk, id_ = typed_and_crashed(sit_down, qtbot)
    page = desk.open("contact", id_)
    button(page.draft_bar, "Discard").click()
    desk.window.show_drafts()
    dialog = desk.dialog(DraftsDialog)
    button(dialog, "Bring back").click()
    desk.settle()
    assert page.draft_bar.texts()
    button(dialog, "Open").click()
    button(page.draft_bar, "Apply").click()
    assert page.editor.form.value_of("title") == "采购经理"


def test_half_typed_value_comes_back_as_it_stood(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    id_ = contact_of(desk)
    page = desk.open("contact", id_)
    write(page.editor.form.editors["email"].line, "chen@")
    desk = crash_and_come_back(desk, sit_down)
    page = desk.open("contact", id_)
    button(page, "Apply").click()
    assert page.editor.form.editors["email"].line.text() == "chen@"
    assert page.editor.is_edited()


def test_new_record_that_was_not_saved_is_offered_where_a_new_one_is_typed(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = desk.open("customer", 0)
    write(page.editor.form.editors["name"].line, "中山新客户")
    desk = crash_and_come_back(desk, sit_down)
    page = desk.open("customer", 0)
    button(page, "Apply").click()
    page.editor.save()
    desk.settle()
    assert desk.id_of("customer", "name = '中山新客户'")
    assert desk.window.context.drafts.waiting() == []


def test_line_that_was_not_logged_is_offered(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    customer = desk.customer()
    page = desk.open("customer", customer.id)
    write(page.story.log_line.line, "确认二期报价")
    write(page.story.log_line.next_step, "寄样品")
    desk = crash_and_come_back(desk, sit_down)
    page = desk.open("customer", customer.id)
    assert "确认二期报价" in page.draft_bar.texts()[0]
    button(page.draft_bar, "Apply").click()
    page.story.log_line.log()
    desk.settle()
    assert desk.id_of("activity", "subject = '确认二期报价' and next_step = '寄样品'")
    assert desk.window.context.drafts.waiting() == []


def test_program_that_was_ended_after_it_saved_offers_nothing(sit_down: SitDown, qtbot: QtBot) -> None:
    """The save came through, but the draft could not be removed any more."""
    desk, id_ = typed_and_crashed(sit_down, qtbot)
    change(desk.gateway, "contact", id_, title="采购经理")
    page = desk.open("contact", id_)
    assert page.draft_bar.texts() == []
    assert desk.window.context.drafts.waiting() == []


def test_page_can_be_left_with_its_draft(sit_down: SitDown, qtbot: QtBot, answers: list[Answer]) -> None:
    desk = sit_down("seller")
    id_ = contact_of(desk)
    page = desk.open("contact", id_)
    type_into(qtbot, page, "title", "采购经理")
    answers.append(press("Keep as draft"))
    assert page.view.close_page(page)
    waiting = desk.window.context.drafts.waiting()
    assert [draft.record_id for draft in waiting] == [id_]
    assert desk.value("contact", id_, "title") == "职员"


def test_typing_back_leaves_no_draft(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    page = desk.open("contact", contact_of(desk))
    type_into(qtbot, page, "title", "经理")
    type_into(qtbot, page, "title", "职员")
    assert crash_and_come_back(desk, sit_down).window.context.drafts.waiting() == []


def test_full_disk_is_said_in_the_status_line_and_typing_goes_on(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    book = desk.window.context.drafts
    page = desk.open("contact", contact_of(desk))
    book._told.emit(OSError(28, "No space left on device"))
    qtbot.waitUntil(lambda: "cannot be kept" in desk.window.status.text())
    type_into(qtbot, page, "title", "经理")
    assert page.editor.form.value_of("title") == "经理"
    book._told.emit(None)
    qtbot.waitUntil(lambda: "cannot be kept" not in desk.window.status.text())


def test_what_is_typed_while_it_is_saved_stays_typed(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    id_ = contact_of(desk)
    page = desk.open("contact", id_)
    type_into(qtbot, page, "title", "经理")
    page.editor.save()
    write(page.editor.form.editors["hobbies"].line, "钓鱼")
    desk.settle()
    assert desk.value("contact", id_, "title") == "经理"
    assert page.editor.form.edited_keys() == {"hobbies"}
    page.editor.save()
    desk.settle()
    assert desk.value("contact", id_, "hobbies") == "钓鱼"


def test_field_that_is_typed_back_while_it_is_saved_stays_typed(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    id_ = contact_of(desk)
    page = desk.open("contact", id_)
    type_into(qtbot, page, "title", "经理")
    page.editor.save()
    type_into(qtbot, page, "title", "职员")
    desk.settle()
    assert desk.value("contact", id_, "title") == "经理"
    assert page.editor.form.value_of("title") == "职员"
    assert page.editor.form.edited_keys() == {"title"}


def test_long_text_that_both_changed_in_different_places_merges(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    id_ = contact_of(desk)
    page = desk.open("contact", id_)
    page.editor.form.editors["remark"].area.setPlainText("零\n一\n二\n三")
    change(desk.gateway, "contact", id_, remark="一\n二\n三\n四")
    page.editor.save()
    desk.settle()
    assert desk.value("contact", id_, "remark") == "零\n一\n二\n三\n四"
    assert page.editor.form.value_of("remark") == "零\n一\n二\n三\n四"


def test_deleted_record_is_told_and_can_be_saved_as_new_or_kept(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("manager")
    customer = desk.customer("珠海华工")
    page = desk.open("customer", customer.id)
    page.edit()
    type_into(qtbot, page, "name", "珠海华工医药")
    with desk.gateway.write() as session:
        records.delete_records(session, "customer", [customer.id], "x")
    desk.hear("customer", customer.id)
    assert "no longer there" in page.editor.gone_bar.texts()[0]
    button(page.editor.gone_bar, "Save as new").click()
    page.editor.save()
    desk.settle()
    assert desk.id_of("customer", "name = '珠海华工医药'") != customer.id


@pytest.mark.parametrize("entity", ["contact", "customer"])
def test_draft_of_a_record_that_is_gone_can_be_saved_as_new(sit_down: SitDown, entity: str) -> None:
    desk = sit_down("manager")
    customer = desk.customer()
    id_ = contact_of(desk) if entity == "contact" else customer.id
    page = desk.open(entity, id_)
    if entity == "customer":
        page.edit()
    write(page.editor.form.editors["remark"].area, "wichtig")
    desk.window.context.drafts.close()
    with desk.gateway.write() as session:
        session.execute(text("delete from crm.contact"))
        session.execute(text(f"delete from crm.{entity} where id = :id"), {"id": id_})
    desk = sit_down("manager", desk.gateway)
    desk.qtbot.waitUntil(lambda: desk.window.context.drafts.is_loaded)
    page = desk.open(entity, id_)
    button(page.draft_bar, "Apply").click()
    desk.settle()
    button(page.editor.gone_bar, "Save as new").click()
    page.editor.save()
    desk.settle()
    assert desk.id_of(entity, "remark like '%wichtig%'") != id_


def test_import_that_was_not_finished_is_gone_on_with(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("clerk")
    page = open_import(desk.window, SHEET)
    assert page is not None
    desk.settle()
    page.draft.set_rule(FILL_IN.deciding("资料表 5", OnMatch.SKIP))
    page.matching_step.changed.emit()
    guesses, included = list(page.draft.guesses), set(page.draft.included)
    desk.window.context.drafts.close()
    again = sit_down("clerk", desk.gateway)
    book = again.window.context.drafts
    qtbot.waitUntil(lambda: book.is_loaded)
    (draft,) = book.waiting()
    assert draft.title == SHEET.name
    page = open_import(again.window, draft=draft)
    assert page is not None
    again.settle()
    assert page.draft.rule.of_row("资料表 5") is OnMatch.SKIP
    assert page.draft.included == included
    assert [[one.target for one in table] for table in page.draft.guesses] == [
        [one.target for one in table] for table in guesses
    ]
    assert book.waiting() == []


def test_import_draft_of_a_file_that_has_changed_asks_anew(sit_down: SitDown, qtbot: QtBot, tmp_path: Path) -> None:
    desk = sit_down("clerk")
    file = tmp_path / "客户.csv"
    file.write_text("客户名称,电话\n华工,0756-1\n", encoding="utf-8")
    page = open_import(desk.window, file)
    assert page is not None
    desk.settle()
    page.draft.set_rule(FILL_IN.deciding("1", OnMatch.SKIP))
    page.matching_step.changed.emit()
    desk.window.context.drafts.close()
    file.write_text("客户名称,网址\n华工,www.example.com\n", encoding="utf-8")
    again = sit_down("clerk", desk.gateway)
    qtbot.waitUntil(lambda: again.window.context.drafts.is_loaded)
    (draft,) = again.window.context.drafts.waiting()
    page = open_import(again.window, draft=draft)
    assert page is not None
    again.settle()
    assert "other columns" in again.notices()
    assert not page.draft.is_touched
    assert again.window.context.drafts.waiting() == [draft]
