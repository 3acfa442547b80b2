"""The page of custom fields and its dialog, for the gallery. The fields are invented."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from crm_desktop.ui.areas import areas_for
from crm_desktop.ui.context import Context
from crm_desktop.ui.dialogs.custom_field import CustomFieldDialog
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.pages.custom_fields import CustomFieldsPage, Shown

MOMENT_MS = 250  # until the page has read that the sample firm has none
_FIELDS = (
    ("合作等级", "Grade", "choice", "General", True, True, True, 412),
    ("签约日期", "Signed on", "date", "Size and history", False, True, True, 380),
    ("年用气量（万方）", "Gas a year", "number", None, False, False, True, 96),
    ("介绍人", "Introduced by", "reference", None, False, False, True, 58),
    ("是否上市", "Listed company", "bool", None, False, False, True, 21),
    ("旧系统编号", "Old number", "text", None, False, False, False, 903),
)


def custom_fields_window(context: Context) -> QWidget:
    """The administrator's page with some fields of customers."""
    window = MainWindow(replace(context, areas=areas_for(context.person)))
    view = window.show_area("administration")
    view.select_page("custom_field/page")
    page = view.current_page()
    assert isinstance(page, CustomFieldsPage)
    fields = [_field(number, *values[:-1]) for number, values in enumerate(_FIELDS, 1)]
    uses = {number: values[-1] for number, values in enumerate(_FIELDS, 1)}
    shown = Shown({**{entity.key: [] for entity in page.shown_entities}, "customer": fields}, uses)
    QTimer.singleShot(MOMENT_MS, page, lambda: page.show_fields(shown))
    return window


def custom_field_dialog(context: Context) -> QWidget:
    """A choice that is about to be added."""
    dialog = _dialog(context, Record("custom_field", 0, 0, {"entity": "customer", "kind": "choice"}))
    dialog.name.set_value("合作等级")
    dialog.name_en.set_value("Grade")
    dialog.choices.set_value("战略客户\n重点客户\n一般客户")
    dialog.help.set_value("每年一月由销售经理评定")
    dialog.is_required.set_value(True)
    dialog.help.changed.emit()
    return dialog


def custom_field_change_dialog(context: Context) -> QWidget:
    """A text that is there already."""
    return _dialog(context, _field(1, "旧系统编号", "Old number", "text", None, False, False, True))


def _dialog(context: Context, field: Record) -> CustomFieldDialog:
    window = MainWindow(context)
    dialog = CustomFieldDialog(window.view("customers"), "", field)
    dialog.finished.connect(window.close)  # keeps the window as long as its dialog
    return dialog


def _field(id_: int, name: str, name_en: str, kind: str, section: str | None, *flags: bool) -> Record:
    values = {
        "entity": "customer", "name": name, "name_en": name_en, "kind": kind, "section": section, "help": None,
        "target": "contact" if kind == "reference" else None, "dictionary": Ref(1, name) if kind == "choice" else None,
    }  # fmt: skip
    return Record(
        "custom_field", id_, 1, {**values, **dict(zip(("is_required", "is_listed", "is_active"), flags, strict=True))}
    )
