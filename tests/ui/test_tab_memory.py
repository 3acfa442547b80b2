"""What was open last time is open again, without being built before somebody looks at it."""

from __future__ import annotations

import json

import pytest
from PySide6.QtWidgets import QAbstractButton
from sqlalchemy import text

from crm_desktop.services.preferences import save_preference
from crm_desktop.services.views import View, save_view
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.pages.customer import CustomerPage
from crm_desktop.ui.tab_memory import START_PAGE, TabMemory, _read
from crm_desktop.ui.views import entry_key
from tests.db.conftest import SignIn
from tests.ui.desk import Desk, SitDown, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]

FIRM = "one firm"


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    return sit_down("seller")


def open_tabs(window: MainWindow) -> list[str]:
    return [tab.key for tab in window.view("customers").open_tabs()]


def leave_with_two_customers_open(desk: Desk) -> tuple[int, int]:
    """The first of them in front, on the list of activities."""
    desk.window.remember_tabs(FIRM)
    first, second = desk.customer("甲有限公司"), desk.customer("乙有限公司")
    desk.window.view("customers").select_page("activity/mine")
    desk.open("customer", second.id)
    desk.open("customer", first.id)
    assert desk.window.close()
    return first.id, second.id


def test_tabs_of_last_time_are_back_and_only_the_one_in_front_is_built(desk: Desk, sit_down: SitDown) -> None:
    first, second = leave_with_two_customers_open(desk)
    window = (later := sit_down("seller")).window
    window.remember_tabs(FIRM)
    later.settle()
    view = window.view("customers")
    assert open_tabs(window) == [f"customer/{second}", f"customer/{first}"]
    assert view.current_tab_key() == f"customer/{first}"
    assert view.side.current_key() == "activity/mine"
    assert [isinstance(page, CustomerPage) for page in view.tabs.pages()] == [False, False, True]
    assert view.tabs.bar.tabText(1) == "乙有限公司"
    view.go_to_tab(f"customer/{second}")
    later.settle()
    assert isinstance(view.current_page(), CustomerPage)
    assert view.tabs.bar.count() == 3
    cross = view.tabs.bar.tabButton(1, view.tabs.bar.ButtonPosition.RightSide)
    assert isinstance(cross, QAbstractButton)
    cross.click()
    assert open_tabs(window) == [f"customer/{first}"], "the cross closes the page built later"


def test_records_that_are_gone_are_skipped_with_a_word(desk: Desk, sit_down: SitDown, sign_in: SignIn) -> None:
    first, second = leave_with_two_customers_open(desk)
    with sign_in("admin").write() as session:
        assert session.execute(text("delete from crm.customer where id = :id returning id"), {"id": second}).scalar()
    later = sit_down("seller")
    later.window.remember_tabs(FIRM)
    later.settle()
    assert open_tabs(later.window) == [f"customer/{first}"]
    assert "1 record of last time is gone" in later.notices()


def test_tabs_belong_to_the_person_and_the_firm(desk: Desk, sit_down: SitDown) -> None:
    leave_with_two_customers_open(desk)
    for key, firm in (("seller", "another firm"), ("manager", FIRM)):
        later = sit_down(key)
        later.window.remember_tabs(firm)
        later.settle()
        assert open_tabs(later.window) == []


def test_what_is_open_is_kept_without_leaving(desk: Desk, sit_down: SitDown) -> None:
    """As after a crash: nothing is closed, nothing says goodbye."""
    desk.window.remember_tabs(FIRM)
    made = desk.customer()
    desk.open("customer", made.id)
    memory = desk.window.findChild(TabMemory)
    assert memory is not None
    memory.keep()
    later = sit_down("seller")
    later.window.remember_tabs(FIRM)
    later.settle()
    assert open_tabs(later.window) == [f"customer/{made.id}"]


def test_a_saved_view_that_was_shown_is_shown_again(desk: Desk, sit_down: SitDown) -> None:
    desk.window.remember_tabs(FIRM)
    with desk.gateway.write() as session:
        key = entry_key(save_view(session, View(entity="contact", name="Mine")))
    desk.window.context.views.read()
    desk.settle_all()
    desk.window.view("customers").select_page(key)
    desk.settle_all()
    assert desk.window.close()
    later = sit_down("seller")
    later.window.remember_tabs(FIRM)
    later.settle_all()
    assert later.window.view("customers").side.current_key() == key


def test_one_begins_with_the_page_chosen_in_the_settings(sit_down: SitDown, sign_in: SignIn) -> None:
    with sign_in("seller").write() as session:
        save_preference(session, START_PAGE, "customers/changes/mine")
    desk = sit_down("seller")
    desk.window.remember_tabs(FIRM)
    desk.settle()
    assert desk.window.view("customers").side.current_key() == "changes/mine"


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "null", json.dumps({"area": 1}), json.dumps({"area": "", "areas": {"a": 1}})]
)
def test_what_cannot_be_read_opens_nothing(text: str) -> None:
    assert _read(text) == {"area": "", "areas": {}}
