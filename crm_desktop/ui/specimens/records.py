"""Pages of records of a real database and their dialogs, for the gallery. The dialogs' data is invented."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QScrollArea, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.journal import Change, FieldChange, Kept, UndoResult
from crm_desktop.services.listing import ListQuery, fetch_first_page
from crm_desktop.services.records import Record, SaveConflictError
from crm_desktop.services.search import Hit, find
from crm_desktop.ui.context import Context
from crm_desktop.ui.dialogs.conflict import ConflictDialog
from crm_desktop.ui.dialogs.dictionary_entry import DictionaryEntryDialog
from crm_desktop.ui.dialogs.give_password import GivePasswordDialog
from crm_desktop.ui.dialogs.undo import UndoDialog
from crm_desktop.ui.dialogs.unsaved import UnsavedDialog
from crm_desktop.ui.form_page.create_dialog import CreateDialog
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.page import Page
from crm_desktop.ui.pages.customer import CustomerPage
from crm_desktop.ui.pages.permission_group import PermissionGroupPage
from crm_desktop.ui.specimens.custom_fields import custom_field_change_dialog, custom_field_dialog, custom_fields_window
from crm_desktop.ui.specimens.knowledge import knowledge_pages
from crm_desktop.ui.specimens.lists import listed
from crm_desktop.ui.specimens.opportunities import opportunity_dialogs
from crm_desktop.ui.tasks import Session

CUSTOMER = "华工医药"
MOMENT_MS = 120  # until the page that was just opened is laid out
Then = Callable[[Page], object]


def record_pages(context: Context) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """A record of every kind as an ordinary person sees it, and the dialogs."""
    return (
        ("customer", partial(record_window, context, "customer", CUSTOMER)),
        ("customer_changes", partial(record_window, context, "customer", CUSTOMER, _show_changes)),
        ("customer_edit", partial(record_window, context, "customer", CUSTOMER, _edit)),
        ("customer_log", partial(record_window, context, "customer", CUSTOMER, _log)),
        ("customer_new", partial(duplicate_window, context)),
        *((key, partial(record_window, context, key)) for key in listed(context) if key != "customer"),
        ("activity_new", partial(new_window, context, "activity")),
        ("contact_created", partial(create_dialog, context)),
        *opportunity_dialogs(context),
        *knowledge_pages(context),
        ("employee_read_only", partial(record_window, context, "employee")),
        ("custom_field", partial(custom_field_dialog, context)),
        ("custom_field_change", partial(custom_field_change_dialog, context)),
        ("conflict", conflict_dialog),
        ("undo", partial(undo_dialog, context)),
        ("unsaved", partial(UnsavedDialog, None, "珠海华工医药有限公司")),
        ("give_password", partial(GivePasswordDialog, None, "何毅", "heyi", is_new=True)),
        ("dictionary_entry", partial(dictionary_entry_dialog, context)),
    )


def administrators_records(context: Context) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """Records that only an administrator changes; ``context`` is his own."""
    return (
        ("employee", partial(record_window, context, "employee", "", _scroll_down)),
        ("permission_group", partial(record_window, context, "permission_group", "", _show_rights)),
        ("dictionary", partial(record_window, context, "dictionary")),
        ("sales_process", partial(record_window, context, "sales_process")),
        ("sales_stage", partial(record_window, context, "sales_stage")),
        ("custom_fields", partial(custom_fields_window, context)),
        ("departments", partial(page_window, context, "administration", "department/tree")),
        ("categories", partial(page_window, context, "opportunities", "product_category/tree")),
    )


def record_window(context: Context, entity: str, typed: str = "", then: Then | None = None) -> QWidget:
    """The window at the first record that ``typed`` finds."""
    window = MainWindow(context)

    def first(session: Session) -> int:
        hits = find(session, entity, typed, context.person, 1) if typed else []
        rows = fetch_first_page(session, ListQuery(entity=entity), context.person, (), 1)
        return hits[0].id if hits else rows[0].id

    def open_it(id_: int) -> None:
        page = window.open_record(entity, id_)
        if page is not None and then is not None:
            page.title_changed.connect(lambda _title: QTimer.singleShot(MOMENT_MS, page, lambda: then(page)))

    context.tasks.query(window, first, open_it)
    return window


def new_window(context: Context, entity: str) -> QWidget:
    """The window at a new record."""
    window = MainWindow(context)
    window.open_record(entity, 0)
    return window


def duplicate_window(context: Context) -> QWidget:
    """The window at a new customer whose name somebody else has already."""
    window = MainWindow(context)
    page = window.open_record("customer", 0)
    assert isinstance(page, CustomerPage)
    assert page.editor is not None
    form, bar = page.editor.form, page.editor.duplicates
    assert bar is not None

    def name_it(hits: Sequence[Hit]) -> None:
        form.editors["name"].set_value(hits[0].title if hits else "")
        bar.look_now()

    context.tasks.query(window, lambda session: find(session, "customer", CUSTOMER, context.person, 1), name_it)
    return window


def page_window(context: Context, area: str, key: str) -> QWidget:
    """The window at a page of the side list."""
    window = MainWindow(context)
    window.show_area(area).select_page(key)
    return window


def conflict_dialog() -> QWidget:
    """Two fields that two people have changed."""
    values = {"name": "陈立", "title": "职员", "remark": "周一来电，要求样品。"}
    base = Record("contact", 1, 1, values)
    current = replace(base, values={**base.values, "title": "总监", "remark": "周二来电，要求样品。"})
    fields = tuple(FieldChange(key, "", base.values[key], current.values[key]) for key in ("title", "remark"))
    history = [Change(1, 1, datetime.datetime.now().astimezone(), "何毅", 1, "edit", "", "U", fields)]
    mine = {"title": "采购经理", "remark": "周五来电，要求样品和报价。"}
    return ConflictDialog(None, base, SaveConflictError(current, ("title", "remark")), mine, history)


def create_dialog(context: Context) -> QWidget:
    """A new contact out of another form."""
    window = MainWindow(context)
    dialog = CreateDialog(window, window.view(context.areas[0].key), "contact", {"name": "陈立"}, lambda _made: None)
    dialog.finished.connect(window.close)  # keeps the window as long as its dialog
    return dialog


def undo_dialog(context: Context) -> QWidget:
    """The rehearsal of an import that somebody has worked on since."""
    window = MainWindow(context)
    dialog = UndoDialog(window.view(context.areas[0].key), 0, _("Import") + " 客户资料汇总表.xlsx")
    kept = Kept(
        "customer",
        1,
        "珠海华工医药有限公司",
        (_("Phones"),),
        _("changed since"),
        "何毅",
        datetime.datetime.now().astimezone(),
    )
    dialog.finished.connect(window.close)  # keeps the window as long as its dialog
    dialog.show_rehearsal(UndoResult(None, {"customer": 12}, {}, {"customer": 310, "contact": 422}, (kept,)))
    return dialog


def dictionary_entry_dialog(context: Context) -> QWidget:
    """An entry of the life cycle."""
    values = {"name": "交易客户", "name_en": "Customer", "tone": "good", "is_active": True}
    window = MainWindow(context)
    life_cycle = Record("dictionary", 1, 1, {"name": "客户生命周期"})
    dialog = DictionaryEntryDialog(window.view("customers"), life_cycle, Record("dictionary_entry", 1, 1, values))
    dialog.finished.connect(window.close)
    return dialog


def _edit(page: Page) -> None:
    assert isinstance(page, CustomerPage)
    page.edit()


def _show_changes(page: Page) -> None:
    assert isinstance(page, CustomerPage)
    page.story.choose("changes")


def _log(page: Page) -> None:
    assert isinstance(page, CustomerPage)
    page.story.log_line.line.setText("确认二期报价，等技术评审")
    page.contacts.show_adder()


def _show_rights(page: Page) -> None:
    assert isinstance(page, PermissionGroupPage)
    _area_of(page.grants).ensureWidgetVisible(page.grants.rows["activity"])


def _scroll_down(page: Page) -> None:
    bar = page.findChildren(QScrollArea)[0].verticalScrollBar()
    bar.setValue(bar.maximum())


def _area_of(widget: QWidget) -> QScrollArea:
    parent = widget.parentWidget()
    while not isinstance(parent, QScrollArea):
        assert parent is not None
        parent = parent.parentWidget()
    return parent
