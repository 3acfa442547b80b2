"""The menus of a list page: what can be done with the selected rows, and by what to sort."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from crm_desktop.core.access import Function
from crm_desktop.core.i18n import _
from crm_desktop.ui.icons import icon
from crm_desktop.ui.list_page import header_menu
from crm_desktop.ui.list_page.commands import MOVE
from crm_desktop.ui.list_page.words import things
from crm_desktop.ui.widgets.links import dial
from crm_desktop.ui.widgets.menu_actions import add_action, check_action

if TYPE_CHECKING:
    from crm_desktop.ui.list_page.page import ListPage


def row_menu(page: ListPage) -> QMenu:
    """What can be done with the selected rows; made anew each time it is opened."""
    menu = QMenu(page)
    menu.aboutToHide.connect(menu.deleteLater)
    ids = page.table.selected_ids()
    column = page.current_column()
    add_action(menu, "arrow-square-out", _("Open"), page.open_current, "Enter")
    add_action(menu, "", _("Open in the background"), page.commands.open_in_background, "Ctrl+Enter")
    for number in page.commands.phones():
        add_action(menu, "phone", _("Dial {number}").format(number=number), partial(dial, number))
    menu.addSeparator()
    if page.commands.may_update():
        edit = add_action(menu, "pencil-simple", _("Edit this cell"), page.commands.edit_cell, "F2")
        edit.setEnabled(page.commands.cells.editable(column))
        if page.commands.may_change_several():
            add_action(menu, "checks", _("Change several…"), page.commands.change_several, "Ctrl+Shift+E")
        if page.commands.may_move():
            add_action(menu, "flag", _("Move to stage…"), page.commands.move, MOVE)
        add_action(menu, "clipboard-text", _("Paste from here"), page.commands.paste, "Ctrl+V")
    menu.addSeparator()
    add_action(menu, "copy", _("Copy"), lambda: page.row_actions.copy(ids), "Ctrl+C")
    add_action(menu, "", _("Copy this cell"), page.commands.copy_cell, "Ctrl+Shift+C")
    add_action(menu, "", _("Copy as text"), lambda: page.row_actions.copy_as_text(ids))
    page.filters.add_cell_actions(menu)
    menu.addSeparator()
    menu.addMenu(header_menu.column_menu(page, menu, column))
    page.commands.add_sharing(menu)
    menu.addSeparator()
    if ids:
        _add_paper(menu, page, ids)
    return menu


def _add_paper(menu: QMenu, page: ListPage, ids: Sequence[int]) -> None:
    """What becomes of the selected rows outside of the program, and their end."""
    what = things(page.spec, len(ids))
    if page.may(Function.PRINT):
        add_action(menu, "printer", _("Print {what}").format(what=what), lambda: page.row_actions.print(ids))
        if page.spec.key == "customer":
            menu.addMenu(_post_menu(menu, page, ids))
    if page.may(Function.EXPORT):
        add_action(menu, "download-simple", _("Export {what}").format(what=what), lambda: page.row_actions.export(ids))
    if page.may_delete():
        menu.addSeparator()
        add_action(menu, "trash", _("Delete {what}").format(what=what), page.commands.delete, "Del")


def heading_menu(page: ListPage, row: int) -> QMenu:
    """What can be done with a group."""
    menu = QMenu(page)
    menu.aboutToHide.connect(menu.deleteLater)
    lines = page.model.lines
    number = lines.group_at(row)
    count = things(page.spec, lines.groups[number].size)
    is_folded = number in lines.folded
    text = _("Unfold this group") if is_folded else _("Fold this group")
    add_action(menu, "", text, partial(page.model.fold, row, folded=not is_folded), "Enter")
    add_action(menu, "", _("Fold all groups"), partial(page.model.fold_all, folded=True))
    add_action(menu, "", _("Unfold all groups"), partial(page.model.fold_all, folded=False))
    menu.addSeparator()
    add_action(
        menu, "selection-all", _("Select {what}").format(what=count), partial(page.commands.select_group, number)
    )
    return menu


def _post_menu(parent: QMenu, page: ListPage, ids: Sequence[int]) -> QMenu:
    """Labels and envelopes, by the paper they are printed on."""
    menu = QMenu(_("Labels and envelopes"), parent)
    menu.setIcon(icon("envelope"))
    menu.aboutToShow.connect(lambda: _fill_post_menu(menu, page, ids))
    return menu


def _fill_post_menu(menu: QMenu, page: ListPage, ids: Sequence[int]) -> None:
    from crm_desktop.reports.envelopes import ENVELOPES
    from crm_desktop.reports.labels import LABEL_SHEETS

    menu.clear()
    for sheet in LABEL_SHEETS:
        text = _("Labels {size}").format(size=sheet.name)
        add_action(menu, "tag", text, partial(page.row_actions.print_labels, ids, sheet))
    menu.addSeparator()
    for envelope in ENVELOPES:
        size = f"{envelope.code} ({envelope.width:g} × {envelope.height:g} mm)"
        text = _("Envelopes {size}").format(size=size)
        add_action(menu, "envelope", text, partial(page.row_actions.print_envelopes, ids, envelope))


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
        check_action(add_action(menu, "", text, partial(page.sort_by, key, wanted)), checked=descending == wanted)
    menu.addSeparator()
    shown = page.columns()
    rest = [column for column in table.columns if column not in shown]
    more = QMenu(_("More"), menu)
    for target, columns in ((menu, shown), (more, rest)):
        for column in columns:
            text = _(page.spec.column_label(column))
            check_action(
                add_action(target, "", text, partial(page.sort_by, column.key, descending)), checked=column.key == key
            )
    if rest:
        menu.addMenu(more)
