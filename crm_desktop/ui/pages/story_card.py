"""What happened with a record and what belongs to it: the line to log in, and one timeline or one kind of part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.overview import Overview
from crm_desktop.spec import EntitySpec
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.comments_panel import CommentsPanel
from crm_desktop.ui.form_page.history_panel import HistoryPanel
from crm_desktop.ui.form_page.parts_card import PartsTable
from crm_desktop.ui.pages.log_line import LogLine
from crm_desktop.ui.pages.story_entries import (
    CHANGE,
    COMMENT,
    Entry,
    entries_of_changes,
    entries_of_comments,
    entries_of_parts,
)
from crm_desktop.ui.pages.timeline import Timeline
from crm_desktop.ui.widgets.buttons import quiet_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.empty_state import EmptyState
from crm_desktop.ui.widgets.flow_layout import FlowLayout

ALL, COMMENTS, CHANGES = "all", "comments", "changes"


class StoryCard(Card):
    """A choice for each of ``parts``. Ctrl+H shows the changes, with which values can be put back.

    ``tables`` are the kinds that were looked through as tables, for which whoever shows the card is asked to read them.
    """

    table_wanted = Signal()

    def __init__(self, view: AreaView, comments: CommentsPanel, entity: str, parts: Sequence[EntitySpec]) -> None:
        super().__init__()
        self._view, self._parts = view, {part.key: part for part in parts}
        self._overview: Overview | None = None
        self.shown = ALL
        self.log_line = LogLine(view)
        self.timeline = Timeline()
        self.comments = comments
        self._entity = entity
        self.tables: dict[str, PartsTable] = {}  # of those kinds that somebody has looked at
        self._stack = QStackedWidget()
        self._panels: dict[str, QWidget] = {COMMENTS: self.comments}
        for widget in (self.timeline, self.comments):
            self._stack.addWidget(widget)
        self._choices = FlowLayout()
        self._group = QButtonGroup(self)
        self._add_choice(ALL, _("All"))
        for part in parts:
            self._add_choice(part.key, _(part.label_plural))
        self._add_choice(COMMENTS, _("Comments"))
        self._add_choice(CHANGES, _("Changes"), "Ctrl+H")
        self.body.addWidget(self.log_line)
        self.body.addLayout(self._choices)
        self.body.addWidget(self._stack, 1)
        self.timeline.opened.connect(self._open)
        comments.changed.connect(self._show)
        comments.write_wanted.connect(partial(self.choose, COMMENTS))

    @cached_property
    def history(self) -> HistoryPanel:
        """The changes, from the moment on when they are first looked at."""
        panel = self._panels[CHANGES] = HistoryPanel(self._view, self._entity)
        self._stack.addWidget(panel)
        return panel

    @cached_property
    def _empty(self) -> EmptyState:
        empty = EmptyState(
            "chat-circle-text", _("Nothing happened yet"), _("Note the first call or visit in the line above.")
        )
        self._stack.addWidget(empty)
        return empty

    def show_overview(self, overview: Overview) -> None:
        """Show what happened with this record."""
        self._overview = overview
        for key in self.tables:
            self._fill_table(key)
        self._show()

    def choose(self, shown: str) -> None:
        """Show everything, one kind of part, the comments, or the changes with their ways back."""
        self.shown = shown
        if shown in self._parts and not self._parts[shown].is_told and shown not in self.tables:
            self._add_table(shown)
        for button in self._group.buttons():
            button.setChecked(button.property("key") == shown)
        self._show()
        if shown == CHANGES:
            self.history.focus_first()

    def _add_choice(self, key: str, words: str, shortcut: str = "") -> None:
        button: QPushButton = quiet_button(words, partial(self.choose, key), shortcut=shortcut)
        button.setCheckable(True)
        button.setChecked(key == self.shown)
        button.setProperty("key", key)
        self._group.addButton(button)
        self._choices.addWidget(button)

    def _add_table(self, key: str) -> None:
        self.tables[key] = table = PartsTable(self._view, self._parts[key])
        self._panels[key] = panel = _panel_of(table)
        self._stack.addWidget(panel)
        self._fill_table(key)

    def _fill_table(self, key: str) -> None:
        """What was not read yet is asked for; until then it says nothing."""
        if self._overview is None:
            return
        if key in self._overview.tables:
            self.tables[key].show_rows(self._overview.record, self._overview.parts.get(key, ()))
        else:
            self.tables[key].wait()
            self.table_wanted.emit()

    def _show(self) -> None:
        if self._overview is None:
            return
        if self.shown == CHANGES:
            self.history.show_history(self._overview.record, self._overview.history)
        if self.shown in self._panels:
            self._stack.setCurrentWidget(self._panels[self.shown])
            return
        entries = list(self._entries(self._overview))
        self.timeline.show_entries(entries)
        self._stack.setCurrentWidget(self.timeline if entries else self._empty)

    def _entries(self, overview: Overview) -> Iterable[Entry]:
        if self.shown != ALL:
            return entries_of_parts(overview, [self._parts[self.shown]])
        return (
            *entries_of_parts(overview, self._parts.values()),
            *entries_of_comments(self.comments.comments),
            *entries_of_changes(overview),
        )

    def _open(self, entry: Entry) -> None:
        if entry.kind == COMMENT:
            self.choose(COMMENTS)
        elif entry.kind == CHANGE:
            self.choose(CHANGES)
        else:
            self._view.open_record(entry.kind, entry.id)


def _panel_of(table: PartsTable) -> QWidget:
    """A table of parts with the way to another one above it."""
    panel = QWidget()
    panel.setObjectName("plain")
    column = QVBoxLayout(panel)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    if (button := table.add_button()) is not None:
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
    column.addWidget(table, 1)
    return panel
