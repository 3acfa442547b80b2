"""The history of a record: who changed what, a value put back, a change set rehearsed and taken back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from crm_desktop.core.i18n import set_language
from crm_desktop.spec import Ref
from crm_desktop.ui.dialogs.undo import UndoDialog
from crm_desktop.ui.form_page.form_page import FormPage
from tests.ui.desk import Desk, SitDown, button, change, create, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]


def open_changed(desk: Desk) -> FormPage:
    """A contact whose position was changed once and hobbies once."""
    customer = desk.customer()
    contact = create(desk.gateway, "contact", name="陈立", customer=Ref(customer.id, customer.title), title="职员")
    change(desk.gateway, "contact", contact.id, title="经理")
    change(desk.gateway, "contact", contact.id, hobbies="钓鱼")
    page: FormPage = desk.open("contact", contact.id)
    return page


def texts(page: FormPage) -> list[str]:
    return [label.text() for label in page.history.findChildren(QLabel) if label.text()]


def test_newest_change_comes_first_with_both_values(sit_down: SitDown) -> None:
    page = open_changed(sit_down("seller"))
    steps = [text for text in texts(page) if "→" in text]
    assert steps == ["— → 钓鱼", "职员 → 经理"]
    assert texts(page).count("seller") == 3


def test_value_is_put_back_and_that_is_a_change_too(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = open_changed(desk)
    (back,) = [b for b in page.history.findChildren(QPushButton) if b.accessibleName() == "Put back “职员”"]
    back.click()
    desk.settle()
    assert desk.value("contact", page.id, "title") == "职员"
    desk.hear("contact", page.id)
    assert "Put back" in texts(page)
    assert page.editor.form.value_of("title") == "职员"


def test_keyboard_finds_the_first_value_to_put_back(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = open_changed(desk)
    for _time in ("folded away", "opened"):
        desk.qtbot.keyClick(desk.window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
        desk.settle_all()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.accessibleName() == "Put back “—”"
    assert page.history.isAncestorOf(focused)


def test_value_that_stands_there_already_is_not_offered(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = open_changed(desk)
    change(desk.gateway, "contact", page.id, title="职员")
    desk.hear("contact", page.id)
    offered = {b.accessibleName() for b in page.history.findChildren(QPushButton)}
    assert "Put back “职员”" not in offered
    assert "Put back “经理”" in offered


def test_a_value_that_looks_like_a_picture_is_not_fetched_by_the_tip_of_its_button(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = open_changed(desk)
    for hobby in ("<img src='//server/x'>", "围棋"):
        change(desk.gateway, "contact", page.id, hobbies=hobby)
    desk.hear("contact", page.id)
    (back,) = [b for b in page.history.findChildren(QPushButton) if "server" in b.accessibleName()]
    assert back.toolTip().startswith("<span>Put back “&lt;img")


def test_undo_says_first_what_it_would_do_and_what_stays(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = open_changed(desk)
    change(desk.gateway, "contact", page.id, title="总监")
    first_edit = page.history._changes[-2]
    page.history.take_back(first_edit)
    desk.settle()
    dialog = desk.dialog(UndoDialog)
    shown = [label.text() for label in dialog.findChildren(QLabel)]
    assert "There is nothing left that could be taken back." in shown
    assert any("陈立: Position — changed since, seller" in text for text in shown)
    assert not dialog.undo_button.isEnabled()
    assert desk.value("contact", page.id, "title") == "总监"


def test_change_set_is_taken_back_from_the_history(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = open_changed(desk)
    page.history.take_back(page.history._changes[0])
    desk.settle()
    dialog = desk.dialog(UndoDialog)
    assert "1 contact as before" in [label.text() for label in dialog.findChildren(QLabel)]
    button(dialog, "Take back").click()
    desk.settle()
    assert desk.value("contact", page.id, "hobbies") is None
    assert "Taken back: 1 contact as before." in desk.notices()


def test_others_changes_are_not_offered_to_be_undone(sit_down: SitDown) -> None:
    manager, seller = sit_down("manager"), sit_down("seller")
    customer = manager.customer(owner=Ref(seller.gateway.person.id, "seller"))
    contact = create(manager.gateway, "contact", name="陈立", customer=Ref(customer.id, customer.title))
    page = seller.open("contact", contact.id)
    assert not [b for b in page.history.findChildren(QPushButton) if b.text() == "Take back…"]
    page = manager.open("contact", contact.id)
    assert [b for b in page.history.findChildren(QPushButton) if b.text() == "Take back…"]


def test_changes_are_told_with_chinese_commas(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    customer = desk.customer()
    change(desk.gateway, "customer", customer.id, short_name="华工", postcode="519000")
    set_language("zh")
    try:
        told = "\n".join(desk.open("customer", customer.id).story.timeline.texts())
    finally:
        set_language("en")
    assert "华工、" in told
    assert ", " not in told
