"""The administrator's page of custom fields, and how open windows of others follow it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from crm_desktop.core.i18n import set_language
from crm_desktop.entities import by_key, take_custom_fields
from crm_desktop.entities.custom_fields import KINDS
from crm_desktop.services import custom_fields
from crm_desktop.spec import Ref
from crm_desktop.ui.dialogs.custom_field import CustomFieldDialog
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.pages.custom_fields import CustomFieldsPage
from crm_desktop.ui.pages.dictionary import DictionaryPage
from tests.ui.desk import Desk, SitDown, button, change, create, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]


@pytest.fixture(autouse=True)
def _shipped_again() -> Iterator[None]:
    yield
    take_custom_fields(())


def page_of(desk: Desk) -> CustomFieldsPage:
    view = desk.window.show_area("administration")
    view.select_page("custom_field/page")
    desk.settle()
    page = view.current_page()
    assert isinstance(page, CustomFieldsPage)
    return page


def fill(dialog: CustomFieldDialog, name: str, kind: str, **values: Any) -> None:
    """Fill the dialog and press its primary button."""
    dialog.name.set_value(name)
    dialog.kind.set_value(Ref(list(KINDS).index(kind), KINDS[kind]))
    dialog.kind.changed.emit()
    for key, value in values.items():
        getattr(dialog, key).set_value(value)
    dialog._decide()


def add_field(admin: Desk, name: str, kind: str, **values: Any) -> None:
    page = page_of(admin)
    page.add()
    fill(admin.dialog(CustomFieldDialog), name, kind, **values)
    admin.settle()


def list_of(desk: Desk) -> ListPage:
    view = desk.window.show_area("customers")
    view.select_page("customer/all")
    desk.settle()
    page = view.current_page()
    assert isinstance(page, ListPage)
    return page


def headings(page: ListPage) -> list[str]:
    model = page.model
    return [str(model.headerData(n, Qt.Orientation.Horizontal)) for n in range(model.columnCount())]


def words_in(widget: QWidget) -> str:
    return "\n".join(found.text() for found in widget.findChildren(QLabel) if found.isVisibleTo(widget))


def test_a_second_workbench_shows_a_new_field_without_restart(sit_down: SitDown) -> None:
    seller = sit_down("seller")
    customer = create(seller.gateway, "customer", name="广州恒大商贸")
    rows = list_of(seller)
    rows.table.selectRow(rows.model.row_of(customer.id))
    form = seller.open("contact", 0).editor.form
    assert "Grade" not in headings(rows)
    admin = sit_down("admin")
    add_field(admin, "等级甲", "choice", name_en="Grade", is_listed=True, choices="高\n低")
    assert "created" in admin.notices()
    seller.hear("custom_field")
    assert "Grade" in headings(rows)
    assert list(rows.table.selected_ids()) == [customer.id]
    assert "Grade" not in words_in(form)
    page = page_of(admin)
    page.show_entity("contact")
    admin.settle()
    add_field(admin, "微信号码", "text", name_en="WeChat id", help="As in the app")
    seller.hear("custom_field")
    assert "WeChat id" in words_in(form)
    assert "As in the app" in words_in(form)
    edit = seller.open("customer", customer.id)
    edit.edit()
    (key,) = [attr.key for attr, label in by_key("customer").labels.items() if label == "等级甲"]
    assert key in edit.editor.form.editors


def test_a_form_with_unsaved_typing_keeps_it_and_follows_when_it_is_saved(sit_down: SitDown) -> None:
    seller, admin = sit_down("seller"), sit_down("admin")
    customer = create(seller.gateway, "customer", name="广州恒大商贸")
    contact = create(seller.gateway, "contact", name="李四", customer=Ref(customer.id, ""))
    page = seller.open("contact", contact.id)
    editor, form = page.editor, page.editor.form
    form.editors["title"].line.setText("经理")
    form.editors["title"].line.textEdited.emit("经理")
    page_of(admin).show_entity("contact")
    admin.settle()
    add_field(admin, "微信号码", "text", name_en="WeChat id")
    seller.hear("custom_field")
    assert form.editors["title"].value() == "经理"
    assert "WeChat id" not in words_in(form)
    editor.save()
    seller.settle()
    assert form.editors["title"].value() == "经理"
    assert "WeChat id" in words_in(form)
    (key,) = [attr.key for attr, label in by_key("contact").labels.items() if label == "微信号码"]
    change(seller.gateway, "contact", contact.id, **{key: "lisi88"})
    seller.hear("contact", contact.id)
    assert form.editors[key].value() == "lisi88"


def test_a_needed_field_is_asked_for_in_forms_only(sit_down: SitDown) -> None:
    admin = sit_down("admin")
    add_field(admin, "等级甲", "text", name_en="Grade", is_required=True)
    admin.hear("custom_field")
    create(admin.gateway, "customer", name="无等级")
    page = admin.open("customer", 0)
    form = page.editor.form
    form.editors["name"].line.setText("广州恒大商贸")
    form.editors["name"].line.textEdited.emit("广州恒大商贸")
    page.editor.save()
    admin.settle()
    (key,) = [attr.key for attr, label in by_key("customer").labels.items() if label == "等级甲"]
    assert form.editors[key].error() == "Please fill this in."
    assert page.editor.record.id == 0


def test_fields_are_moved_changed_taken_out_of_use_and_deleted(
    sit_down: SitDown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_desktop.ui.messages.confirm", lambda *_words, **_more: True)
    admin = sit_down("admin")
    for name in ("甲", "乙"):
        add_field(admin, name, "text")
    page = page_of(admin)
    page.table.selectRow(1)
    page.up_button.click()
    page.save_order()
    admin.settle()
    assert [field.title for field in _fields(admin)] == ["乙", "甲"]
    page.table.selectRow(0)
    page.edit()
    dialog = admin.dialog(CustomFieldDialog)
    assert not dialog.choices.isVisible()
    dialog.name.set_value("乙二")
    dialog.is_active.set_value(False)
    dialog._decide()
    admin.settle()
    assert [(field.title, field.values["is_active"]) for field in _fields(admin)] == [("乙二", False), ("甲", True)]
    admin.hear("custom_field")
    assert "乙二" not in by_key("customer").labels.values()
    page.table.selectRow(0)
    page.delete()
    admin.settle()
    assert [field.title for field in _fields(admin)] == ["甲"]
    admin.press_undo()
    assert [field.title for field in _fields(admin)] == ["乙二", "甲"]


def test_the_choices_of_a_field_are_opened_from_its_dialog(sit_down: SitDown) -> None:
    admin = sit_down("admin")
    add_field(admin, "等级甲", "choice", name_en="Grade", choices="高\n低")
    page = page_of(admin)
    page.edit()
    button(admin.dialog(CustomFieldDialog), "Open the choices").click()
    admin.settle()
    shown = admin.window.show_area("administration").current_page()
    assert isinstance(shown, DictionaryPage)
    assert shown.title == "Grade"
    model = shown.entries.table.model()
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["高", "低"]


def test_a_name_that_is_there_already_is_said_under_it(sit_down: SitDown) -> None:
    admin = sit_down("admin")
    page = page_of(admin)
    page.add()
    dialog = admin.dialog(CustomFieldDialog)
    fill(dialog, "Level", "text")
    admin.settle()
    assert dialog.name.error() == "There is a field of this name already."
    dialog.reject()


def test_only_who_may_define_fields_has_the_page(sit_down: SitDown) -> None:
    seller = sit_down("seller")
    keys = [entry.key for area in seller.window.context.areas for entry in area.pages]
    assert "custom_field/page" not in keys


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_preview_shows_each_kind(sit_down: SitDown, language: str) -> None:
    set_language(language)
    admin = sit_down("admin")
    page = page_of(admin)
    page.add()
    dialog = admin.dialog(CustomFieldDialog)
    dialog.name.set_value("等级甲")
    for number, kind in enumerate(KINDS):
        dialog.kind.set_value(Ref(number, kind))
        dialog.kind.changed.emit()
        admin.settle()
        assert dialog.target.isVisibleTo(dialog) == (kind == "reference")
        assert "等级甲" in words_in(dialog.preview)
    dialog.leave()


def _fields(desk: Desk) -> list[Any]:
    with desk.gateway.read() as session:
        return custom_fields.fetch_fields(session, "customer")
