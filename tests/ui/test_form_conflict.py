"""Two people edit one record: other fields merge, the same field asks and shows all three values."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QRadioButton

from crm_desktop.spec import Ref
from crm_desktop.ui.dialogs.conflict import ConflictDialog
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.form_page.form_page import FormPage
from tests.ui.desk import Desk, SitDown, button, change, create, own_database, sign_in, sit_down, template, write

__all__ = ["own_database", "sign_in", "sit_down", "template"]


def edit_both(desk: Desk, *, mine: str, theirs: str) -> FormPage:
    """The page of a contact whose position both have changed, after the attempt to save it."""
    customer = desk.customer()
    contact = create(desk.gateway, "contact", name="陈立", customer=Ref(customer.id, customer.title), title="职员")
    page: FormPage = desk.open("contact", contact.id)
    line = page.editor.form.editors["title"].line  # type: ignore[attr-defined]
    page.editor.form.focus_field("title")
    write(line, mine)
    write(page.editor.form.editors["hobbies"].line, "钓鱼")  # type: ignore[attr-defined]
    change(desk.gateway, "contact", contact.id, title=theirs)
    page.editor.save()
    desk.settle()
    return page


def words(dialog: ConflictDialog) -> set[str]:
    labels = [label.text() for label in dialog.findChildren(QLabel)]
    return {*labels, *(choice.text() for choice in dialog.findChildren(QRadioButton))}


def choose(dialog: ConflictDialog, words: str) -> None:
    """For the only field that asks."""
    (choice,) = (one for one in dialog.findChildren(QRadioButton) if one.text() == words)
    choice.click()


def test_same_field_asks_with_all_three_values_and_who(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    edit_both(desk, mine="经理", theirs="总监")
    dialog = desk.dialog(ConflictDialog)
    assert {"Position", "职员", "总监", "经理"} <= words(dialog)
    focus = dialog.focusWidget()
    assert isinstance(focus, QRadioButton)
    assert focus.text() == "Mine", "arrows choose at once"
    assert any(word.startswith("seller · ") for word in words(dialog))


def test_mine_stays_where_mine_was_chosen(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = edit_both(desk, mine="经理", theirs="总监")
    dialog = desk.dialog(ConflictDialog)
    choose(dialog, "Mine")
    button(dialog, "Save").click()
    desk.settle()
    assert desk.value("contact", page.id, "title") == "经理"
    assert desk.value("contact", page.id, "hobbies") == "钓鱼"
    assert not page.editor.is_edited()


def test_theirs_stays_where_theirs_was_chosen_and_my_other_fields_are_saved(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = edit_both(desk, mine="经理", theirs="总监")
    dialog = desk.dialog(ConflictDialog)
    choose(dialog, "Theirs")
    button(dialog, "Save").click()
    desk.settle()
    assert desk.value("contact", page.id, "title") == "总监"
    assert desk.value("contact", page.id, "hobbies") == "钓鱼"
    assert page.editor.form.value_of("title") == "总监"


def test_result_can_be_typed_anew(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = edit_both(desk, mine="经理", theirs="总监")
    dialog = desk.dialog(ConflictDialog)
    write(dialog.findChild(FieldEditor).line, "兼")
    button(dialog, "Save").click()
    desk.settle()
    assert desk.value("contact", page.id, "title") == "兼经理"


def test_long_texts_in_conflict_can_both_stay_and_the_rest_is_merged(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    customer = desk.customer()
    who = Ref(customer.id, customer.title)
    contact = create(desk.gateway, "contact", name="陈立", customer=who, remark="周一来电\n喜欢钓鱼", title="职员")
    page: FormPage = desk.open("contact", contact.id)
    page.editor.form.editors["remark"].area.setPlainText("周五来电\n喜欢钓鱼")  # type: ignore[attr-defined]
    change(desk.gateway, "contact", contact.id, remark="周二来电\n喜欢钓鱼\n不喝酒")
    page.editor.save()
    desk.settle()
    dialog = desk.dialog(ConflictDialog)
    choose(dialog, "Both")
    button(dialog, "Save").click()
    desk.settle()
    assert desk.value("contact", page.id, "remark") == "周二来电\n周五来电\n喜欢钓鱼\n不喝酒"


def test_text_that_merges_beside_a_field_that_asks_keeps_both_changes(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    customer = desk.customer()
    who = Ref(customer.id, customer.title)
    contact = create(desk.gateway, "contact", name="陈立", customer=who, remark="一\n二\n三", title="职员")
    page: FormPage = desk.open("contact", contact.id)
    page.editor.form.editors["remark"].area.setPlainText("零\n一\n二\n三")  # type: ignore[attr-defined]
    write(page.editor.form.editors["title"].line, "副")  # type: ignore[attr-defined]
    change(desk.gateway, "contact", contact.id, remark="一\n二\n三\n四", title="总监")
    page.editor.save()
    desk.settle()
    dialog = desk.dialog(ConflictDialog)
    choose(dialog, "Theirs")
    button(dialog, "Save").click()
    desk.settle()
    assert desk.value("contact", page.id, "remark") == "零\n一\n二\n三\n四"
    assert desk.value("contact", page.id, "title") == "总监"


def test_cancelled_question_keeps_what_was_typed(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = edit_both(desk, mine="经理", theirs="总监")
    button(desk.dialog(ConflictDialog), "Cancel").click()
    desk.settle()
    assert page.editor.form.value_of("title") == "经理"
    assert page.editor.is_edited()
    assert desk.value("contact", page.id, "title") == "总监"


def test_same_value_on_both_sides_is_no_conflict(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = edit_both(desk, mine="经理", theirs="经理")
    assert not desk.window.findChildren(ConflictDialog)
    assert desk.value("contact", page.id, "hobbies") == "钓鱼"
