"""What board and funnel have in common: the title with the ways, the line of choices, the filter; kept for both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services.filter_words import fetch_names
from crm_desktop.services.listing import ListQuery
from crm_desktop.spec import Ref
from crm_desktop.spec.filters import EVERYTHING, Group
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.board.choice_line import ChoiceLine
from crm_desktop.ui.board.choices import PERIODS, Choices, from_stored
from crm_desktop.ui.board.whose_menu import whose_words
from crm_desktop.ui.list_page.filter_control import FilterControl
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.list_page.ways import add_ways
from crm_desktop.ui.page import Page
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.bar import Bar
from crm_desktop.ui.widgets.page_title import PageTitle


class ChosenPage(Page):
    """``table`` shows what is chosen; ``_open`` reads it, ``processes`` are those that it knows."""

    def __init__(self, view: AreaView, entity: str, way: str, title: str, table: QWidget) -> None:
        """``way`` is the side entry of this page."""
        super().__init__(title)
        self._view, self._context = view, view.context
        self.spec = by_key(entity)
        self.key = f"board/{entity}"
        self.choices = Choices()
        self._is_arranged = False
        self.title_line = PageTitle(_(self.spec.label_plural))
        self.line = ChoiceLine(self._context, entity)
        self.filters = FilterControl(self, self._context, table)
        self.filters.panel.save_button.hide()
        self.bar = Bar("warn")
        self.tools = QHBoxLayout()
        self.tools.setSpacing(4)
        self.tools.addWidget(self.filters.button)
        self.tools.addWidget(self.line)
        self.tools.addStretch(1)
        add_ways(self.title_line, view, entity, way, self.open_list)
        self.body.addWidget(self.title_line)
        self.body.addLayout(self.tools)
        for widget in (self.filters.bar, self.filters.panel, self.bar):
            self.body.addWidget(widget)
        self.line.changed.connect(self.choose)

    @property
    def query(self) -> ListQuery:
        """The filter that the person built, as the builder shows it."""
        return ListQuery(entity=self.spec.key, filter=self.choices.filter)

    @property
    def processes(self) -> tuple[Ref, ...]:
        """Those that can be chosen."""
        raise NotImplementedError

    def show_entry(self, key: str) -> None:
        """Show what was chosen last, here or on the other page."""
        del key
        self._context.preferences.load(self, self._take_preferences, self._show_failure)

    def set_filter(self, group: Group) -> None:
        """Show only what a filter lets through."""
        self.choose(replace(self.choices, filter=group))

    def choose(self, choices: Choices) -> None:
        """Show this, now and next time."""
        if choices != self.choices:
            self.choices = choices
            self._context.preferences.save(self.key, choices.stored())
            self._open()

    def show_everything(self) -> None:
        """Leave out nothing."""
        self.choose(replace(self.choices, whose=EVERYTHING, period="", filter=EVERYTHING))

    def open_list(self, more: Group = EVERYTHING) -> None:
        """Show the same records as a list, or those of them that ``more`` lets through."""
        self._view.select_page(f"{self.spec.key}/all")
        page = self._view.current_page()
        if isinstance(page, ListPage):
            processes = self.processes
            chosen = next((one for one in processes if one.id == self.choices.process_id), processes[0])
            group = self.choices.list_filter(chosen if len(processes) > 1 and not more else None)
            page.set_filter(Group((*group.items, more)) if more else group)
            self._view.focus_page()

    def _open(self) -> None:
        raise NotImplementedError

    def _show_failure(self, error: KnownError) -> None:
        raise NotImplementedError

    def _show_choices(self) -> None:
        self.line.show_choices(self.choices, self.processes)
        self.filters.show()
        note = (_(PERIODS[self.choices.period]), whose_words(self.spec.key, self.choices.whose))
        self.title_line.set_note(" · ".join(note))

    def _take_preferences(self, stored: Mapping[str, Any]) -> None:
        choices = from_stored(stored.get(self.key))
        if self._is_arranged and choices.stored() == self.choices.stored():
            return
        self.choices, self._is_arranged = choices, True

        def name(session: Session) -> tuple[Group, Group]:
            entity = self.spec.key
            return fetch_names(session, entity, choices.whose), fetch_names(session, entity, choices.filter)

        def take(named: tuple[Group, Group]) -> None:
            if self.choices == choices:
                self.choices = replace(choices, whose=named[0], filter=named[1])
                self._show_choices()

        self._open()
        self._context.tasks.query(self, name, take, lambda _error: None)
