"""Joins the filter of a list page to its chips, its builder and its menus."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services.filter_fields import find_field, problem_of, problems_of
from crm_desktop.services.filter_words import describe, filter_words
from crm_desktop.spec import Column, Ref
from crm_desktop.spec.filters import EVERYTHING, Condition, Group
from crm_desktop.ui.context import Context
from crm_desktop.ui.icons import icon
from crm_desktop.ui.list_page.filter_bar import FilterBar
from crm_desktop.ui.list_page.filter_panel import FilterPanel
from crm_desktop.ui.list_page.words import things
from crm_desktop.ui.widgets.buttons import quiet_button

if TYPE_CHECKING:
    from crm_desktop.ui.list_page.page import ListPage

KEYS = "Ctrl+Shift+F"
UNKNOWN = "…"


class FilterControl(QObject):
    """``bar`` and ``panel`` stand above the rows, ``button`` in the line of tools."""

    def __init__(self, page: ListPage, context: Context) -> None:
        super().__init__(page)
        self._page = page
        self.bar = FilterBar()
        self.panel = FilterPanel(context, page.spec)
        self.button = quiet_button(_("Filter"), self.toggle, icon_name="funnel", shortcut=KEYS)
        self.button.setCheckable(True)
        self.bar.edit_requested.connect(self.edit)
        self.bar.remove_requested.connect(self._remove)
        self.bar.clear_requested.connect(self.clear)
        self.panel.changed.connect(self._take)
        self.panel.closed.connect(self._closed)
        by_cell = QShortcut(QKeySequence("Shift+F"), page.table, context=Qt.ShortcutContext.WidgetShortcut)
        by_cell.activated.connect(lambda: self.filter_by_cell(exclude=False))

    def toggle(self) -> None:
        """Open the builder, or fold it away."""
        if self.panel.isHidden():
            self.open()
        else:
            self.panel.close_panel()

    def open(self, key: str = "") -> None:
        """Open the builder; with a key, at a new condition of that field."""
        self.panel.open_with(self._page.query.filter)
        self.show()
        if key or not self._page.query.filter:
            self.panel.add_condition(key)
        else:
            self.edit(0)

    def may_ask(self, column: Column) -> bool:
        """Whether rows can be filtered by a column."""
        return find_field(self._page.spec, column.key) is not None

    def edit(self, number: int) -> None:
        """Open the builder at a condition."""
        self.panel.open_with(self._page.query.filter)
        self.show()
        assert self.panel.editor is not None
        self.panel.editor.focus_item(number)

    def clear(self) -> None:
        """Ask for nothing."""
        self._set(EVERYTHING)
        self._page.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show(self) -> None:
        """Say above the rows what they are filtered by."""
        spec, group = self._page.spec, self._page.query.filter
        broken = frozenset(n for n, item in enumerate(group.items) if problem_of(spec, item))
        texts = filter_words(spec.key, group)
        if group.match == "any" and len(texts) > 1:
            texts, broken = [describe(spec, group)], frozenset({0} if broken else ())
        warning = ""
        if problems := problems_of(spec.key, group):
            warning = _("Conditions that cannot be applied are left out: {problems}").format(
                problems=" ".join(problems)
            )
        self.bar.show_items(texts, broken, warning, is_needed=self.panel.isHidden())
        self.panel.show_filter(group)
        self.button.setChecked(not self.panel.isHidden())

    def show_count(self, count: int | None) -> None:
        """How many rows match, None while that is not known."""
        text = _("{things} match").format(things=things(self._page.spec, count)) if count is not None else UNKNOWN
        self.panel.set_count(text)

    def add_cell_actions(self, menu: QMenu) -> None:
        """Offer to filter by the value of the current cell."""
        column, value = self._cell()
        if column is None or condition_of(self._page.spec.key, column, value, exclude=False) is None:
            return
        menu.addSeparator()
        for words, exclude in ((_("Filter by this value"), False), (_("Exclude this value"), True)):
            if condition_of(self._page.spec.key, column, value, exclude=exclude) is not None:
                action = menu.addAction(icon("funnel"), words + ("" if exclude else "\tShift+F"))
                action.triggered.connect(lambda _checked=False, exclude=exclude: self.filter_by_cell(exclude=exclude))

    def filter_by_cell(self, *, exclude: bool) -> None:
        """Show only rows with the value of the current cell, or only others."""
        column, value = self._cell()
        made = condition_of(self._page.spec.key, column, value, exclude=exclude) if column else None
        if made is not None:
            self._set(_with(self._page.query.filter, made))

    def _cell(self) -> tuple[Column | None, Any]:
        page = self._page
        index = page.table.currentIndex()
        row = page.model.loaded(page.table.id_of(index)) if index.isValid() else None
        column = page.model.source.columns[index.column()] if row is not None else None
        return column, row.values.get(column.key) if row is not None and column is not None else None

    def _remove(self, number: int) -> None:
        group = self._page.query.filter
        if group.match == "any":
            self.clear()
            return
        items = group.items[:number] + group.items[number + 1 :]
        self._set(replace(group, items=items))
        chips = self.bar.chips
        following = chips[min(number, len(chips) - 1)] if chips else self._page.table
        following.setFocus(Qt.FocusReason.OtherFocusReason)

    def _set(self, group: Group) -> None:
        self._page.set_filter(group)
        self.show()

    def _take(self, group: Group) -> None:
        self._page.set_filter(group)
        self.show()

    def _closed(self) -> None:
        self.show()
        self._page.table.setFocus(Qt.FocusReason.OtherFocusReason)


_TEXT, _NUMBER = ("is", "is_not"), ("equal", "unequal")
_BY_KIND = dict.fromkeys(("text", "email", "website"), _TEXT)
_BY_KIND |= dict.fromkeys(("integer", "money", "number", "percent"), _NUMBER)


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
