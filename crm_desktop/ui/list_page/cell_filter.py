"""Filtering a list by the value of its current cell, from the menu and by keyboard."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services.filter_fields import problem_of
from crm_desktop.spec import Column, Ref
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.ui.context import Context
from crm_desktop.ui.icons import icon
from crm_desktop.ui.list_page.filter_control import FilterControl

if TYPE_CHECKING:
    from crm_desktop.ui.list_page.page import ListPage


class CellFilter(FilterControl):
    """The filter of a list page."""

    def __init__(self, page: ListPage, context: Context) -> None:
        super().__init__(page, context, page.table)
        self._list = page
        by_cell = QShortcut(QKeySequence("Shift+F"), page.table, context=Qt.ShortcutContext.WidgetShortcut)
        by_cell.activated.connect(lambda: self.filter_by_cell(exclude=False))

    def add_cell_actions(self, menu: QMenu) -> None:
        """Offer to filter by the value of the current cell."""
        column, value = self._cell()
        if column is None or condition_of(self._list.spec.key, column, value, exclude=False) is None:
            return
        menu.addSeparator()
        for words, exclude in ((_("Filter by this value"), False), (_("Exclude this value"), True)):
            if condition_of(self._list.spec.key, column, value, exclude=exclude) is not None:
                action = menu.addAction(icon("funnel"), words + ("" if exclude else "\tShift+F"))
                action.triggered.connect(lambda _checked=False, exclude=exclude: self.filter_by_cell(exclude=exclude))

    def filter_by_cell(self, *, exclude: bool) -> None:
        """Show only rows with the value of the current cell, or only others."""
        column, value = self._cell()
        made = condition_of(self._list.spec.key, column, value, exclude=exclude) if column else None
        if made is not None:
            self.set_group(_with(self._list.query.filter, made))

    def _cell(self) -> tuple[Column | None, Any]:
        page = self._list
        index = page.table.currentIndex()
        row = page.model.loaded(page.table.id_of(index)) if index.isValid() else None
        column = page.model.source.columns[index.column()] if row is not None else None
        return column, row.values.get(column.key) if row is not None and column is not None else None


_TEXT, _NUMBER = ("is", "is_not"), ("equal", "unequal")
_BY_KIND = dict.fromkeys(("text", "email", "website"), _TEXT)
_BY_KIND |= dict.fromkeys(("integer", "money", "number", "percent", "year", "month"), _NUMBER)


def condition_of(entity: str, column: Column, value: Any, *, exclude: bool) -> Condition | None:
    """The condition that a cell has this value, or has not; None where its kind knows none."""
    spec = by_key(entity)
    kind = column.facts.kind.name
    if value in (None, "", []):
        made = Condition(column.key, "filled" if exclude else "empty")
    elif isinstance(value, Ref):
        made = Condition(column.key, "none_of" if exclude else "any_of", (value,))
    elif kind == "bool":
        made = Condition(column.key, "yes" if bool(value) != exclude else "no")
    elif kind in {"date", "time"}:
        day = value.astimezone().date() if kind == "time" else value
        made = Condition(column.key, "not_on" if exclude else "on", day)
    elif kind == "phones":
        made = Condition(column.key, "lacks" if exclude else "contains", value[0])
    elif kind in _BY_KIND:
        made = Condition(column.key, _BY_KIND[kind][exclude], value)
    else:
        return None
    return None if problem_of(spec, made) else made


def _with(group: Group, added: Condition) -> Group:
    """Also asks for ``added``; rows of the same field and operator come together in one condition."""
    if group.match == "any":
        return Group((group, added)) if len(group.items) > 1 else Group((*group.items, added))
    for number, item in enumerate(group.items):
        if isinstance(item, Condition) and (item.field, item.operator) == (added.field, added.operator):
            if added.operator == "none_of":
                merged = replace(item, value=tuple(dict.fromkeys((*item.value, *added.value))))
                return replace(group, items=(*group.items[:number], merged, *group.items[number + 1 :]))
            if item == added:
                return group
    return replace(group, items=(*group.items, added))
