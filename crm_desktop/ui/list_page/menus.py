"""The menus of a list page: what can be done with the selected rows, and by what to sort."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from crm_desktop.core.access import Function
from crm_desktop.core.i18n import _
from crm_desktop.reports.envelopes import ENVELOPES
from crm_desktop.reports.labels import LABEL_SHEETS
from crm_desktop.ui.icons import icon
from crm_desktop.ui.list_page.words import things
from crm_desktop.ui.widgets.buttons import with_shortcut

if TYPE_CHECKING:
    from crm_desktop.ui.list_page.page import ListPage


def row_menu(page: ListPage) -> QMenu:
    """What can be done with the selected rows; made anew each time it is opened."""
    menu = QMenu(page)
    menu.aboutToHide.connect(menu.deleteLater)
    ids = page.table.selected_ids()
    _add(menu, "arrow-square-out", _("Open"), page.open_current, "Enter")
    _add(menu, "copy", _("Copy"), lambda: page.row_actions.copy(ids), "Ctrl+C")
    page.filters.add_cell_actions(menu)
    menu.addSeparator()
    what = things(page.spec, len(ids))
    if page.may(Function.PRINT):
        _add(menu, "printer", _("Print {what}").format(what=what), lambda: page.row_actions.print(ids))
        if page.spec.key == "customer":
            menu.addMenu(_post_menu(menu, page, ids))
    if page.may(Function.EXPORT):
        _add(menu, "download-simple", _("Export {what}").format(what=what), lambda: page.row_actions.export(ids))
    if page.may_delete():
        menu.addSeparator()
        _add(menu, "trash", _("Delete {what}").format(what=what), page.delete_selected, "Del")
    return menu


def _post_menu(parent: QMenu, page: ListPage, ids: Sequence[int]) -> QMenu:
    """Labels and envelopes, by the paper they are printed on."""
    menu = QMenu(_("Labels and envelopes"), parent)
    menu.setIcon(icon("envelope"))
    for sheet in LABEL_SHEETS:
        text = _("Labels {size}").format(size=sheet.name)
        _add(menu, "tag", text, partial(page.row_actions.print_labels, ids, sheet))
    menu.addSeparator()
    for envelope in ENVELOPES:
        size = f"{envelope.code} ({envelope.width:g} × {envelope.height:g} mm)"
        text = _("Envelopes {size}").format(size=size)
        _add(menu, "envelope", text, partial(page.row_actions.print_envelopes, ids, envelope))
    return menu


def sort_menu(page: ListPage) -> QMenu:
    """All columns, also those not shown, and the direction."""
    menu = QMenu(page)
    menu.aboutToShow.connect(lambda: _fill_sort_menu(menu, page))
    return menu


def _fill_sort_menu(menu: QMenu, page: ListPage) -> None:
    menu.clear()
    table, query = page.spec.table, page.query
    key = query.sort or table.sort.key
    descending = query.is_descending if query.sort else table.is_descending
    for text, wanted in ((_("Ascending"), False), (_("Descending"), True)):
        _check(_add(menu, "", text, partial(page.sort_by, key, wanted)), checked=descending == wanted)
    menu.addSeparator()
    shown = page.columns()
    rest = [column for column in table.columns if column not in shown]
    more = QMenu(_("More"), menu)
    for target, columns in ((menu, shown), (more, rest)):
        for column in columns:
            text = _(page.spec.column_label(column))
            _check(_add(target, "", text, partial(page.sort_by, column.key, descending)), checked=column.key == key)
    if rest:
        menu.addMenu(more)


def _add(menu: QMenu, icon_name: str, text: str, act: Callable[[], object], key: str = "") -> QAction:
    action = menu.addAction(with_shortcut(text, "").strip() + (f"\t{key}" if key else ""))
    if icon_name:
        action.setIcon(icon(icon_name))
    action.triggered.connect(lambda _checked=False: act())
    return action


def _check(action: QAction, *, checked: bool) -> None:
    action.setCheckable(True)
    action.setChecked(checked)
