"""What happened with a customer: the line to log in, and below it everything, or one kind."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QButtonGroup, QPushButton, QStackedWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.overview import Overview
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.comments_panel import CommentsPanel
from crm_desktop.ui.form_page.history_panel import HistoryPanel
from crm_desktop.ui.pages.log_line import LogLine
from crm_desktop.ui.pages.timeline import Entry, Timeline, entries_of
from crm_desktop.ui.widgets.buttons import quiet_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.empty_state import EmptyState
from crm_desktop.ui.widgets.labels import label

ALL, ACTIVITIES, COMMENTS, CHANGES = "all", "activities", "comments", "changes"


class StoryCard(Card):
    """Ctrl+H shows the changes, with which values can be put back."""

    def __init__(self, view: AreaView, comments: CommentsPanel) -> None:
        super().__init__()
        self._view = view
        self._overview: Overview | None = None
        self.shown = ALL
        self.log_line = LogLine(view)
        self.timeline = Timeline()
        self.comments = comments
        self.history = HistoryPanel(view, "customer")
        self._empty = EmptyState(
            "chat-circle-text", _("Nothing happened yet"), _("Note the first call or visit in the line above.")
        )
        self._stack = QStackedWidget()
        for widget in (self.timeline, self.history, self.comments, self._empty):
            self._stack.addWidget(widget)
        self.head.addWidget(label(_("Timeline"), "title"))
        self.head.addStretch(1)
        self._group = QButtonGroup(self)
        for key, words, shortcut in (
            (ALL, _("All"), ""),
            (ACTIVITIES, _("Activities"), ""),
            (COMMENTS, _("Comments"), ""),
            (CHANGES, _("Changes"), "Ctrl+H"),
        ):
            self._add_choice(key, words, shortcut)
        self.body.addWidget(self.log_line)
        self.body.addLayout(self.head)
        self.body.addWidget(self._stack, 1)
        self.timeline.opened.connect(self._open)
        comments.changed.connect(self._show)
        comments.write_wanted.connect(partial(self.choose, COMMENTS))

    def show_overview(self, overview: Overview) -> None:
        """Show what happened with this customer."""
        self._overview = overview
        self._show()

    def choose(self, shown: str) -> None:
        """Show everything, the activities, or the changes with their ways back."""
        self.shown = shown
        for button in self._group.buttons():
            button.setChecked(button.property("key") == shown)
        self._show()
        if shown == CHANGES:
            self.history.focus_first()

    def _add_choice(self, key: str, words: str, shortcut: str) -> None:
        button: QPushButton = quiet_button(words, partial(self.choose, key), shortcut=shortcut)
        button.setCheckable(True)
        button.setChecked(key == self.shown)
        button.setProperty("key", key)
        self._group.addButton(button)
        self.head.addWidget(button)

    def _show(self) -> None:
        if self._overview is None:
            return
        if self.shown == CHANGES:
            self.history.show_history(self._overview.record, self._overview.history)
            self._stack.setCurrentWidget(self.history)
            return
        if self.shown == COMMENTS:
            self._stack.setCurrentWidget(self.comments)
            return
        is_all = self.shown == ALL
        entries = entries_of(self._overview, self.comments.comments if is_all else (), with_changes=is_all)
        self.timeline.show_entries(entries)
        self._stack.setCurrentWidget(self.timeline if entries else self._empty)

    def _open(self, entry: Entry) -> None:
        if entry.kind == "activity":
            self._view.open_record("activity", entry.id)
        elif entry.kind == "comment":
            self.choose(COMMENTS)
        else:
            self.choose(CHANGES)
