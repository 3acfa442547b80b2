"""The settings of the program and of the firm, who is connected, the server; as the administrator sees them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from crm_desktop.core.access import Group, Scope
from crm_desktop.core.i18n import _
from crm_desktop.core.settings import Options
from crm_desktop.entities import ALL_ENTITIES
from crm_desktop.services.dictionaries import Use
from crm_desktop.services.grants import GroupColumn, Matrix
from crm_desktop.services.records import Record
from crm_desktop.ui.context import Context
from crm_desktop.ui.dialogs.add_entries import AddEntriesDialog
from crm_desktop.ui.dialogs.replace_entry import ReplaceEntryDialog
from crm_desktop.ui.dialogs.superuser import SuperuserDialog
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.pages.server_state import ServerStatePage
from crm_desktop.ui.pages.settings import SettingsPage
from crm_desktop.ui.rights.compare_dialog import CompareGroupsDialog
from crm_desktop.ui.rights.page import RightsPage

CHECK_MS = 100  # until the page is laid out


def administration_pages(context: Context) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """``context`` is an administrator's own."""
    return (
        ("settings", partial(settings_window, context)),
        ("rights", partial(rights_window, context)),
        ("rights_compare", compare_dialog),
        ("replace_entry", replace_entry_dialog),
        ("add_entries", partial(add_entries_dialog, context)),
        ("firm", partial(page_window, context, "firm")),
        ("connections_now", partial(page_window, context, "connections")),
        ("server", partial(server_window, context)),
        ("superuser", superuser),
    )


def page_window(context: Context, key: str) -> MainWindow:
    """The window at one of the pages, in the sample firm."""
    window = MainWindow(context)
    window.mark_as_sample()
    window.show_area("administration").select_page(key)
    return window


def rights_window(context: Context) -> QWidget:
    """All rights; one that is not saved."""
    window = page_window(context, "permission_group/rights")
    QTimer.singleShot(CHECK_MS, window, partial(_widen_sellers, window))
    return window


def _widen_sellers(window: MainWindow) -> None:
    page = window.view("administration").current_page()
    assert isinstance(page, RightsPage)
    if page.table.current_cell() is None:  # the rights are still being read
        QTimer.singleShot(CHECK_MS, window, partial(_widen_sellers, window))
        return
    page.choose(Group.SALESPERSON, "customer")
    box = page.rows["customer"].scopes["read"]
    box.setCurrentIndex(box.findData(int(Scope.DEPARTMENT_TREE)))


def compare_dialog() -> QWidget:
    """Where two of the shipped groups differ."""
    groups = tuple(GroupColumn(place, group.value, _(group.label), 3) for place, group in enumerate(Group))
    granted = {(group.id, spec.key): spec.access[Group(group.code)] for group in groups for spec in ALL_ENTITIES}
    return CompareGroupsDialog(None, Matrix(groups, granted), list(Group).index(Group.SALESPERSON))


def replace_entry_dialog() -> QWidget:
    """Before one choice takes the place of another."""
    entry = Record("dictionary_entry", 1, 1, {"name": "老客户介绍", "name_en": "Referral"})
    return ReplaceEntryDialog(None, entry, (Use("customer", "source_id", 128),), ())


def add_entries_dialog(context: Context) -> QWidget:
    """Two columns pasted."""
    window = MainWindow(context)
    source = Record("dictionary", 1, 1, {"name": "客户来源"})
    dialog = AddEntriesDialog(window.view("administration"), source, ("展会",))
    dialog.finished.connect(window.close)
    dialog.lines.setPlainText("展会\tFair\n转介绍\tReferral\n抖音\tDouyin")
    return dialog


def server_window(context: Context) -> QWidget:
    """The server's state, its database being checked."""
    window = page_window(context, "server")
    page = window.view("administration").current_page()
    assert isinstance(page, ServerStatePage)
    QTimer.singleShot(CHECK_MS, page, page.check)
    return window


def settings_window(context: Context) -> QWidget:
    """The settings of a firm whose data this computer keeps."""
    window = MainWindow(context)
    options = Options(backup_folder="D:\\crm-backup")
    window.show_area("customers").open_tab("settings", lambda view: SettingsPage(view, options, keeps_data=True))
    return window


def superuser() -> QWidget:
    """Asked before a restore on the office's server."""
    return SuperuserDialog(None, _("Restore to a new database"), _("Restore"), asks_login=True, database="crm_20260721")
