"""Pages and dialogs of what was before: the recycle bin, a record as it was. Their data is invented."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from crm_desktop.services.journal import Change, ChangeSet, FieldChange
from crm_desktop.services.records import Record
from crm_desktop.services.recycle_bin import DeletedRecord
from crm_desktop.ui.context import Context
from crm_desktop.ui.dialogs.versions import VersionsDialog
from crm_desktop.ui.pages.changes import ChangesPage
from crm_desktop.ui.pages.recycle_bin import RecycleBinPage
from crm_desktop.ui.specimens.records import MOMENT_MS, page_window

CUSTOMER = {"name": "珠海华工医药有限公司", "short_name": "华工医药", "remark": "老客户，月结 30 天"}
CONTACT = {"name": "陈立", "title": "总监", "phones": ["199 0000 1234"], "hobbies": "羽毛球"}
OTHER = {"name": "广州白云电子厂", "phones": ["020-5550 1102"]}


def history_pages(context: Context) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """What one did, the recycle bin with three records in it, and a contact that was changed twice."""
    return (
        ("changes", partial(changes_window, context)),
        ("recycle_bin", partial(recycle_bin_window, context)),
        ("versions", versions_dialog),
    )


def changes_window(context: Context) -> QWidget:
    """The window at one's own changes, one of them taken back."""
    window = page_window(context, "customers", "changes/mine")
    page = window.findChild(ChangesPage)
    assert page is not None
    kinds = (
        ("edit", "珠海华工医药有限公司", 1),
        ("import", "客户资料汇总表.xlsx", 1346),
        ("delete", "广州白云电子厂", 4),
    )
    sets = [
        ChangeSet(
            9 - number, _ago(20 * number), "何毅", kind, label, rows, True, None, 10 if kind == "delete" else None
        )
        for number, (kind, label, rows) in enumerate(kinds)
    ]
    QTimer.singleShot(MOMENT_MS, page, lambda: page.show_sets(sets))
    return window


def recycle_bin_window(context: Context) -> QWidget:
    """The window at the recycle bin."""
    window = page_window(context, "customers", "changes/bin")
    page = window.findChild(RecycleBinPage)
    assert page is not None
    kinds: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("customer", "何毅", CUSTOMER),
        ("contact", "陈丽", CONTACT),
        ("customer", "何毅", OTHER),
    )
    deleted = [
        DeletedRecord(entity, number, str(image["name"]), _ago(30 * number), who, who == "何毅", number, image)
        for number, (entity, who, image) in enumerate(kinds)
    ]
    QTimer.singleShot(MOMENT_MS, page, lambda: page.show_deleted(deleted))
    return window


def versions_dialog() -> QWidget:
    """The first state of the contact beside what it is now."""
    steps = (
        ("何毅", FieldChange("title", "", "采购经理", "总监")),
        ("陈丽", FieldChange("phones", "", ["0756-5550 1234"], ["199 0000 1234"])),
    )
    history = [
        Change(3 - n, 3 - n, _ago(480 * n), who, 1, "edit", "", "U", (field,)) for n, (who, field) in enumerate(steps)
    ]
    history.append(Change(1, 1, _ago(2000), "何毅", 1, "create", "", "I", ()))
    dialog = VersionsDialog(None, Record("contact", 1, 3, CONTACT), history, lambda _values: None)
    dialog.versions.selectRow(len(history))
    return dialog


def _ago(hours: int) -> datetime.datetime:
    return datetime.datetime.now().astimezone() - datetime.timedelta(hours=hours)
