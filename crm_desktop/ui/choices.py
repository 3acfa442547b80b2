"""The choices of all dictionaries for the editors: read once in the background, again when a dictionary changes."""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QObject

from crm_desktop.core.i18n import language
from crm_desktop.services.lookup import Choices, fetch_choices
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.tasks import Tasks

Answer = Callable[[Choices], None]
TABLES = frozenset({"dictionary", "dictionary_entry"})


class ChoiceSource(QObject):
    """One for all pages of a window."""

    def __init__(self, tasks: Tasks, bus: Bus) -> None:
        super().__init__(tasks)
        self._tasks = tasks
        self._choices: Choices | None = None
        self._language = ""
        self._waiting: list[tuple[QObject, Answer]] = []
        bus.changed.connect(self._table_changed)

    def load(self, owner: QObject, answer: Answer) -> None:
        """Answer at once where they are at hand, else as soon as they are read and ``owner`` is still there."""
        if self._choices is not None and self._language == language():
            answer(self._choices)
            return
        self._waiting.append((owner, answer))
        if len(self._waiting) == 1:
            self._language = language()
            self._tasks.query(self, fetch_choices, self._take, lambda _error: self._waiting.clear())

    def _take(self, choices: Choices) -> None:
        self._choices = choices
        waiting, self._waiting = self._waiting, []
        for owner, answer in waiting:
            if shiboken6.isValid(owner):
                answer(choices)

    def _table_changed(self, table: str, _ids: object) -> None:
        if table in TABLES:
            self._choices = None
