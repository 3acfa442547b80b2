"""Whatever is typed and sent off, wherever: where no answer comes any more, what was saved is not offered again, what
was not saved is offered where it was typed, and what was typed after it, too.
"""

from __future__ import annotations

import concurrent.futures
import datetime
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from crm_desktop.core import clock
from crm_desktop.core.access import Scope
from crm_desktop.core.errors import Attempt
from crm_desktop.services import messages
from crm_desktop.services.calendar import Span
from crm_desktop.spec import Ref
from crm_desktop.ui.board.next_step import NextStepDialog, ask_next_step
from crm_desktop.ui.calendar.event_dialog import EventDialog
from crm_desktop.ui.calendar.layout import Cursor
from crm_desktop.ui.dialogs.custom_field import CustomFieldDialog
from crm_desktop.ui.dialogs.dictionary_entry import DictionaryEntryDialog
from crm_desktop.ui.dialogs.drafts import DraftsDialog
from crm_desktop.ui.dialogs.log import LogDialog
from crm_desktop.ui.dialogs.move_stage import MoveDialog
from crm_desktop.ui.dialogs.write_message import WriteDialog
from crm_desktop.ui.pages.custom_fields import KEY
from crm_desktop.ui.pages.home_actions import HomeActions
from crm_desktop.ui.side_entries import INBOX, INBOX_AREA
from crm_desktop.ui.widgets.entry_line import EntryLine
from tests.ui.desk import Desk, SitDown, button, create, own_database, sign_in, sit_down, template, write
from tests.ui.test_rights_page import give

__all__ = ["own_database", "sign_in", "sit_down", "template"]


class KilledError(Exception):
    """Ends a transaction, as the server does with that of a program that is gone."""


class Deaf:
    """A window to which no save is answered: the program is killed after the save, or before its commit."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.commits = desk, True
        self._book, self._futures = desk.window.context.drafts, list[concurrent.futures.Future[Any]]()
        self._note, self._run = self._book.note_attempt, desk.tasks._run
        self._book.note_attempt = self._note_and_die  # type: ignore[method-assign]
        desk.tasks._run = self._remember  # type: ignore[method-assign]

    def lose(self, save: Callable[[], object], *, commits: bool = True) -> None:
        """``save`` what is typed; no answer comes."""
        self.desk.settle_all()
        self.commits = commits
        self._futures.clear()
        save()
        self.desk.qtbot.waitUntil(lambda: self.desk.tasks._closed)
        concurrent.futures.wait(self._futures)
        self.desk.tasks._closed, self.desk.tasks._open = False, 0

    def _remember(self, run: Callable[[], Any]) -> Any:
        self._futures.append(self._run(run))
        return self._futures[-1]

    def _note_and_die(self, id_: str, attempt: Attempt, sent: Mapping[str, Any]) -> None:
        self._note(id_, attempt, sent)
        self.desk.tasks._closed = True
        if not self.commits:
            raise KilledError


def come_back(deaf: Deaf, sit_down: SitDown, key: str) -> Desk:
    """The same person starts the program again, and the server is asked what became of the saves."""
    deaf.desk.window.context.drafts.close()
    again = sit_down(key, deaf.desk.gateway)
    again.qtbot.waitUntil(lambda: again.window.context.drafts.is_loaded)
    again.settle_all()
    return again


def page_of(desk: Desk, area: str, key: str) -> Any:
    desk.window.show_area(area).select_page(key)
    desk.settle_all()
    return current_page(desk, area)


def current_page(desk: Desk, area: str) -> Any:
    return desk.window.view(area).current_page()


def count(desk: Desk, table: str, where: str) -> int:
    with desk.gateway.read() as session:
        return int(session.connection().exec_driver_sql(f"select count(*) from crm.{table} where {where}").scalar_one())


def edit_cell(desk: Desk, id_: int) -> Any:
    """The editor of a customer's fax in the list."""
    page = page_of(desk, "customers", "customer/all")
    if not any(column.key == "fax" for column in page.columns()):
        page.set_columns(("name", "fax"))
        desk.settle_all()
    page.table.setCurrentIndex(page.model.index(page.model.row_of(id_), 1))
    page.commands.edit_cell()
    desk.qtbot.waitUntil(page.commands.cells.is_open)
    desk.settle()
    return page.commands.cells


def move_dialog(desk: Desk, id_: int) -> Any:
    desk.open("opportunity", id_).stage_card.steps[1].click()
    desk.settle()
    return desk.dialog(MoveDialog)


def event_dialog(desk: Desk) -> Any:
    begin = clock.now().replace(hour=1, minute=0, second=0, microsecond=0)
    page = page_of(desk, "calendar", "calendar")
    page.actions_.create(Cursor(Span(begin, begin + datetime.timedelta(hours=1)), is_whole=False))
    desk.settle()
    return desk.dialog(EventDialog)


def message_dialog(desk: Desk) -> Any:
    page_of(desk, INBOX_AREA, INBOX).write()
    desk.settle()
    return desk.dialog(WriteDialog)


def lose_one_of_each(deaf: Deaf, customer: int, deal: int, leader: Ref, *, commits: bool) -> None:
    """Type into everything there is, and send it off."""
    desk = deaf.desk
    cells = edit_cell(desk, customer)
    write(cells.editor.line, "0756-1")
    deaf.lose(cells.save, commits=commits)
    cells.close()
    dialog = move_dialog(desk, deal)
    write(dialog.note.line, "已见决策人")
    deaf.lose(dialog.move_button.click, commits=commits)
    ask_next_step(desk.window.view("home"), desk.window, "opportunity", deal, desk.settle)
    desk.settle()
    dialog = desk.dialog(NextStepDialog)
    write(dialog.editors["next_step"].line, "送样品")
    deaf.lose(dialog.save_button.click, commits=commits)
    HomeActions(desk.window, desk.window.view("home"), desk.settle)._ask_log("customer", customer)
    desk.settle()
    dialog = desk.dialog(LogDialog)
    write(dialog.line.line, "来电")
    deaf.lose(dialog.line.log, commits=commits)
    dialog = event_dialog(desk)
    write(dialog.editors["subject"].line, "拜访" if commits else "拜访客户甲")
    dialog.people.type_again([leader])
    dialog.people.changed.emit()
    dialog.times.all_day.setChecked(True)
    deaf.lose(dialog.save, commits=commits)
    dialog = message_dialog(desk)
    write(dialog.text, "三点开会" if commits else "四点开会")
    dialog.whom.type_again([leader])
    dialog.whom.changed.emit()
    deaf.lose(dialog.send, commits=commits)


def test_of_what_was_saved_nothing_is_offered_of_the_rest_all(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    seller, deaf = desk.gateway, Deaf(desk)
    customers = [desk.customer(f"客户{name}") for name in "甲乙"]
    deals = [create(seller, "opportunity", name=f"商机{name}") for name in "甲乙"]
    leader = Ref(desk.id_of("employee", "name = 'leader'"), "leader")
    for customer, deal, commits in zip(customers, deals, (False, True), strict=True):
        lose_one_of_each(deaf, customer.id, deal.id, leader, commits=commits)
    for key, words in (("task/all", "明天 寄样品"), ("calendar", "明天下午3点 回访")):
        line = page_of(desk, "calendar", key).findChild(EntryLine)
        write(line, words)
        deaf.lose(line.enter)

    desk = come_back(deaf, sit_down, "seller")
    drafts = desk.window.context.drafts
    assert [(draft.kind, draft.record_id) for draft in reversed(drafts.waiting())] == [
        ("record", customers[0].id), ("dialog", deals[0].id), ("dialog", deals[0].id), ("note", customers[0].id),
        ("page", 0), ("page", 0),
    ]  # fmt: skip
    assert "6 drafts are not saved." in desk.notices()
    assert (count(desk, "task", "true"), count(desk, "event", "true")) == (1, 2)

    cells = edit_cell(desk, customers[0].id)
    assert cells.editor.line.text() == "0756-1"
    cells.save()
    desk.settle()
    page = desk.open("opportunity", deals[0].id)
    assert "“送样品”" in page.draft_bar.texts()[0]
    assert page.draft_bar.texts()[1].endswith("under: Move to “Needs confirmed”")
    dialog = move_dialog(desk, deals[0].id)
    button(dialog, "Apply").click()
    desk.settle()
    assert len(page.draft_bar.texts()) == 1, "the other stands in the dialog"
    dialog.move_button.click()
    desk.settle()
    dialog = event_dialog(desk)
    button(dialog, "Apply").click()
    assert dialog.times.is_whole
    dialog.save()
    dialog = message_dialog(desk)
    button(dialog, "Apply").click()
    dialog.send()
    desk.settle()
    assert count(desk, "customer", "fax = '0756-1'") == 2
    assert count(desk, "opportunity_stay", "note = '已见决策人'") == 2
    assert count(desk, "event", "subject = '拜访客户甲' and is_all_day") == 1
    assert count(desk, "event_participant", "true") == 2
    with seller.read() as session:
        assert {one.body for one in messages.fetch_messages(session, "sent")} == {"三点开会", "四点开会"}
    assert len(drafts.waiting()) == 2


def test_pages_of_the_administrator_and_calls(sit_down: SitDown) -> None:
    desk = sit_down("admin")
    deaf = Deaf(desk)
    page = page_of(desk, "administration", "firm")
    write(page.name.focus_target(), "珠海一家公司")
    write(page.phone.focus_target(), "0756-1")
    deaf.lose(page.save)
    write(page.phone.focus_target(), "2")  # after it was sent off
    page = page_of(desk, "administration", "permission_group/rights")
    give(page, "salesperson", "customer", Scope.ALL)
    deaf.lose(page.save)
    sources = desk.id_of("dictionary", "code = 'source'")
    desk.open("dictionary", sources).entries.add_button.click()
    entry = desk.dialog(DictionaryEntryDialog)
    write(entry.name.line, "直播")
    deaf.lose(button(entry, "Save").click)
    page_of(desk, "administration", KEY).add()
    write(desk.dialog(CustomFieldDialog).name.line, "合作等级")
    desk = come_back(deaf, sit_down, "admin")
    places = {draft.place for draft in desk.window.context.drafts.waiting()}
    assert places == {"firm", f"{KEY}#customer/0"}
    assert count(desk, "dictionary_entry", "name = '直播'") == 1
    page_of(desk, "administration", KEY).add()
    field = desk.dialog(CustomFieldDialog)
    button(field, "Apply").click()
    assert field.name.value() == "合作等级"
    field._draft.discard()
    field.leave()
    page = page_of(desk, "administration", "firm")
    assert page.phone.value() == "0756-1"
    button(page.draft, "Apply").click()
    assert page.phone.value() == "0756-12"

    desk = sit_down("desk")
    deaf = Deaf(desk)
    desk.window.take_call("0756-3399001")
    desk.settle_all()
    page = current_page(desk, "service")
    desk.qtbot.keyClick(page.caller.line, Qt.Key.Key_Return)
    desk.settle()
    for editor, words in ((page.new_name, "新客户"), (page.subject, "卡纸")):
        write(editor.line, words)
    deaf.lose(page.save)
    desk = come_back(deaf, sit_down, "desk")
    assert desk.window.context.drafts.waiting() == []
    assert count(desk, "service_request", "subject = '卡纸'") == 1


def test_what_was_typed_after_a_new_record_is_offered_wherever_one_looks(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    deaf = Deaf(desk)
    page = desk.open("customer", 0)
    write(page.editor.form.editors["name"].line, "中山新客户")
    deaf.lose(page.editor.save)
    write(page.editor.form.editors["fax"].line, "0756-1")
    desk = come_back(deaf, sit_down, "seller")
    desk.window.show_drafts()
    dialog = desk.dialog(DraftsDialog)
    assert "Customer: 中山新客户" in {label.toolTip() or label.text() for label in dialog.findChildren(QLabel)}
    dialog.close()
    page = desk.open("customer", 0)
    assert "“中山新客户” was saved." in page.draft_bar.texts()[0]
    button(page.draft_bar, "Open").click()
    desk.settle()
    page = current_page(desk, "customers")
    button(page.draft_bar, "Apply").click()
    page.editor.save()
    desk.settle()
    assert count(desk, "customer", "name = '中山新客户' and fax = '0756-1'") == 1
    assert desk.window.context.drafts.waiting() == []
