"""Joins the filter of a page to its chips and its builder."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.filter_fields import find_field, problem_of, problems_of
from crm_desktop.services.filter_words import describe, filter_words
from crm_desktop.services.listing import ListQuery
from crm_desktop.spec import Column, EntitySpec
from crm_desktop.spec.filters import EVERYTHING, Group
from crm_desktop.ui.context import Context
from crm_desktop.ui.list_page.filter_bar import FilterBar
from crm_desktop.ui.list_page.filter_panel import FilterPanel
from crm_desktop.ui.list_page.words import things
from crm_desktop.ui.widgets.buttons import quiet_button

KEYS = "Ctrl+Shift+F"
UNKNOWN = "…"


class Filtered(Protocol):
    """A page that shows records of an entity, as far as its query lets them through."""

    spec: EntitySpec

    @property
    def query(self) -> ListQuery:
        """What is asked."""

    def set_filter(self, group: Group) -> None:
        """Ask for something else."""


class FilterControl(QObject):
    """``bar`` and ``panel`` stand above the rows, ``button`` in the line of tools."""

    def __init__(self, page: Filtered, context: Context, table: QWidget) -> None:
        """``table`` takes the focus when the filter is done; all of it goes with it."""
        super().__init__(table)
        self._page, self._table = page, table
        self.bar = FilterBar()
        self.panel = FilterPanel(context, page.spec)
        self.button = quiet_button(_("Filter"), self.toggle, icon_name="funnel", shortcut=KEYS)
        self.button.setCheckable(True)
        self.bar.edit_requested.connect(self.edit)
        self.bar.remove_requested.connect(self._remove)
        self.bar.clear_requested.connect(self.clear)
        self.panel.changed.connect(self._take)
        self.panel.closed.connect(self._closed)

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
        self.set_group(EVERYTHING)
        self._table.setFocus(Qt.FocusReason.OtherFocusReason)

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

    def _remove(self, number: int) -> None:
        group = self._page.query.filter
        if group.match == "any":
            self.clear()
            return
        items = group.items[:number] + group.items[number + 1 :]
        self.set_group(replace(group, items=items))
        chips = self.bar.chips
        following = chips[min(number, len(chips) - 1)] if chips else self._table
        following.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_group(self, group: Group) -> None:
        """Ask for this."""
        self._page.set_filter(group)
        self.show()

    def _take(self, group: Group) -> None:
        self._page.set_filter(group)
        self.show()

    def _closed(self) -> None:
        self.show()
        self._table.setFocus(Qt.FocusReason.OtherFocusReason)
