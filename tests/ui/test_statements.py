"""What opening, listing and saving cost: statements that the whole window sends until everything is shown."""

from __future__ import annotations

import re
from functools import partial

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from crm_desktop.services import journal
from crm_desktop.spec import Ref
from crm_desktop.ui.list_page.page import ListPage
from tests.ui.desk import Desk, SitDown, count_statements, create, own_database, sign_in, sit_down, template, write

__all__ = ["own_database", "sign_in", "sit_down", "template"]

REFRESHED_MS = 400
"""After so long a page has read what it put off for a moment."""


COUNTS = re.compile(r"set local \S+ = \S+; execute plan_\d+|prepare .*count\(\*\) FILTER .*", re.DOTALL)
"""The only statement that is planned once and asks for nothing in particular."""


def of_page(asked: list[str]) -> list[str]:
    """Without the counts of the side list, which follow every change by anybody."""
    return [statement for statement in asked if not COUNTS.fullmatch(statement)]


def save(desk: Desk, editor: object) -> list[str]:
    """What a save costs, with all that its page reads because of it."""

    def act() -> None:
        editor.save()  # type: ignore[attr-defined]
        desk.settle()
        desk.qtbot.wait(REFRESHED_MS)
        desk.settle()

    return count_statements(act)


def test_form_page_opens_in_eight(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    customer = desk.customer()
    contact = create(desk.gateway, "contact", name="陈立", customer=Ref(customer.id, customer.title))
    create(desk.gateway, "activity", subject="首次来电", customer=Ref(customer.id, customer.title))
    desk.open("customer", customer.id)  # the area and the choices are read once a session
    assert len(count_statements(lambda: desk.open("contact", contact.id))) <= 8
    assert len(count_statements(lambda: desk.open("activity", desk.id_of("activity")))) <= 8


def test_other_list_is_read_in_two_and_counts_nothing_again(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    desk.customer()
    view = desk.window.view("customers")
    view.select_page("customer/mine")
    desk.settle()

    def choose(key: str) -> None:
        view.select_page(key)
        desk.settle()

    for key in ("customer/all", "contact/mine", "customer/mine"):
        assert len(count_statements(partial(choose, key))) <= 2, key


def test_row_is_previewed_without_its_history(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    desk.customer()
    desk.window.view("customers").select_page("customer/mine")
    page = desk.window.view("customers").current_page()
    assert isinstance(page, ListPage)
    page.splitter.show_preview(True)
    desk.settle()

    def choose() -> None:
        page.table.setFocus()
        page.table.selectRow(0)
        qtbot.wait(REFRESHED_MS)
        desk.settle()

    asked = count_statements(choose)
    assert any("crm.activity" in statement for statement in asked)
    assert len(asked) <= 4


def test_customer_is_saved_in_four_and_read_once_again(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    page = desk.open("customer", desk.customer().id)
    page.edit()
    write(page.editor.form.editors["short_name"].line, "华工")

    def save_and_hear() -> None:
        page.editor.save()
        qtbot.waitUntil(lambda: page.editor is None)
        desk.hear("customer", page.id)  # as the server tells of it

    assert len(of_page(count_statements(save_and_hear))) <= 4 + 6
    assert "华工" in [label.text() for label in page.facts.findChildren(QLabel)]


def test_form_is_saved_in_four_with_its_history(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    customer = desk.customer()
    contact = create(desk.gateway, "contact", name="陈立", customer=Ref(customer.id, customer.title))
    page = desk.open("contact", contact.id)
    write(page.editor.form.editors["name"].line, "一")
    assert len(save(desk, page.editor)) <= 4
    own = frozenset({page.editor.record.change_set})
    assert of_page(count_statements(lambda: desk.hear("contact", contact.id, change_sets=own))) == []


def test_line_that_one_logged_is_read_once(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    customer = desk.customer()
    page = desk.open("customer", customer.id)
    write(page.story.log_line.line, "回访")
    page.story.log_line.button.click()
    desk.settle_all()
    logged = desk.id_of("activity", "subject = '回访'")
    with desk.gateway.read() as session:
        change_set = journal.fetch_history(session, "activity", logged)[0].change_set

    def hear_oneself() -> None:  # the customer too: the day of the last contact
        desk.hear("activity", logged, change_sets=frozenset({change_set}))
        desk.hear("customer", customer.id, change_sets=frozenset({change_set}))

    assert of_page(count_statements(hear_oneself)) == []
    together = frozenset({change_set, change_set + 1})
    assert of_page(count_statements(lambda: desk.hear("activity", logged, change_sets=together)))
