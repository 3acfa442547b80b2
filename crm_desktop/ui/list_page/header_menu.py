"""The menus of a list's columns: sort, group, total, hide, width; and of its groups."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from crm_desktop.core.i18n import _
from crm_desktop.services.grouping import UNITS, groupings_of
from crm_desktop.services.totals import Total, is_number
from crm_desktop.spec import Column
from crm_desktop.ui.widgets.menu_actions import add_action, check_action

if TYPE_CHECKING:
    from crm_desktop.ui.list_page.page import ListPage


def show_header_menu(page: ListPage, place: QPoint) -> None:
    """The menu of the heading under the mouse."""
    header = page.table.horizontalHeader()
    section = header.logicalIndexAt(place)
    columns = page.model.source.columns
    if 0 <= section < len(columns):
        column_menu(page, page, columns[section]).exec(header.viewport().mapToGlobal(place))


def column_menu(page: ListPage, parent: QMenu | ListPage, column: Column) -> QMenu:
    """What can be done with one column; made anew each time it is opened."""
    menu = QMenu(_("Column “{column}”").format(column=_(page.spec.column_label(column))), parent)
    if parent is page:
        menu.aboutToHide.connect(menu.deleteLater)
    add_action(menu, "sort-ascending", _("Ascending"), partial(page.sort_by, column.key, False))
    add_action(menu, "sort-descending", _("Descending"), partial(page.sort_by, column.key, True))
    if page.filters.may_ask(column):
        add_action(menu, "funnel", _("Filter…"), partial(page.filters.open, column.key))
    menu.addSeparator()
    _add_groupings(menu, page, column, _("Group by this column"))
    if page.arrangement.group:
        add_action(menu, "", _("No groups"), partial(page.commands.group_by, ""))
    if is_number(column):
        menu.addMenu(_total_menu(page, menu, column))
    menu.addSeparator()
    if len(page.columns()) > 1:
        add_action(menu, "eye-slash", _("Hide this column"), partial(page.commands.hide_column, column.key))
    add_action(menu, "", _("Width as the content needs"), partial(page.column_layout.fit_column, column.key))
    add_action(menu, "", _("All widths as the content needs"), page.column_layout.fit_all)
    add_action(menu, "columns", _("Columns…"), page.choose_columns)
    return menu


def group_menu(page: ListPage) -> QMenu:
    """By what the list is grouped."""
    menu = QMenu(page)
    menu.aboutToShow.connect(lambda: _fill_group_menu(menu, page))
    return menu


def _fill_group_menu(menu: QMenu, page: ListPage) -> None:
    menu.clear()
    check_action(
        add_action(menu, "", _("No groups"), partial(page.commands.group_by, "")), checked=not page.arrangement.group
    )
    if page.arrangement.group:
        add_action(menu, "", _("Fold all groups"), partial(page.model.fold_all, folded=True))
        add_action(menu, "", _("Unfold all groups"), partial(page.model.fold_all, folded=False))
    menu.addSeparator()
    shown = page.columns()
    more = QMenu(_("More"), menu)
    for target, columns in ((menu, shown), (more, [c for c in page.spec.table.columns if c not in shown])):
        for column in columns:
            _add_groupings(target, page, column, _(page.spec.column_label(column)))
    if more.actions():
        menu.addMenu(more)


def _add_groupings(menu: QMenu, page: ListPage, column: Column, text: str) -> None:
    """One entry, or for days one for each unit."""
    found = groupings_of(column)
    target, units = menu, {"": text}
    if len(found) > 1:
        target, units = QMenu(text, menu), {unit: _(word) for unit, word in UNITS.items()}
        menu.addMenu(target)
    for grouping in found:
        action = add_action(target, "", units[grouping.unit], partial(page.commands.group_by, grouping.text()))
        check_action(action, checked=page.arrangement.group == grouping.text())


def _total_menu(page: ListPage, parent: QMenu, column: Column) -> QMenu:
    menu = QMenu(_("Total"), parent)
    current = page.arrangement.totals_of([column]).get(column.key)
    for total in Total:
        action = add_action(menu, "", _(total.label), partial(page.commands.set_total, column.key, total.value))
        check_action(action, checked=current is total)
    check_action(
        add_action(menu, "", _("None"), partial(page.commands.set_total, column.key, "")), checked=current is None
    )
    return menu
