"""A form whose cards come one after the other."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from crm_desktop.services.overview import fetch_overview
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.form_page.form import AT_ONCE
from tests.ui.desk import SitDown, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def test_cards_follow_in_turns_and_leave_what_is_typed(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    editor = desk.window.open_record("customer", 0).editor  # type: ignore[union-attr]
    form, fields = editor.form, [attr.key for attr in editor.spec.form.fields]
    assert len(form.findChildren(FieldEditor)) == AT_ONCE
    assert not form.is_complete
    name = form.editor("name").line
    QTest.keyClicks(name, "ABB")
    desk.settle()
    assert form.is_complete
    assert name.hasFocus()
    assert form.value_of("name") == "ABB"
    assert list(form.editors) == fields
    places = [form.editor(key).mapTo(form, QPoint(0, 0)).y() for key in ("name", "fax", "remark")]
    assert places == sorted(places)


def test_tab_goes_on_to_cards_that_are_not_there_yet(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    editor = desk.window.open_record("customer", 0).editor  # type: ignore[union-attr]
    first, second = (section.fields for section in editor.spec.form.sections[:2])
    editor.form.focus_field(first[-1].key)
    assert not editor.form.is_complete
    QTest.keyClick(focused(), Qt.Key.Key_Tab)  # before the form is in the window
    assert editor.form.editor(second[0].key).focus_target().hasFocus()


def test_a_field_further_down_is_there_when_it_is_asked_for(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = desk.open("customer", desk.customer(remark="vip").id)
    page.edit("remark")
    assert page.editor.form.editor("remark").focus_target().hasFocus()
    assert page.editor.form.value_of("remark") == "vip"
    assert not page.editor.is_edited()


def test_what_one_may_not_read_has_no_card(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    product = desk.id_of("product")
    assert desk.open("product", product).parts == []
    with desk.gateway.read() as session:
        assert "product_cost" not in fetch_overview(session, "product", product, desk.gateway.person).parts
