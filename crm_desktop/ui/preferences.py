"""What the signed-in person arranged for himself: read once in the background, written through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import shiboken6
from PySide6.QtCore import QObject

from crm_desktop.core.errors import KnownError
from crm_desktop.services.preferences import fetch_preferences, save_preference
from crm_desktop.ui import messages
from crm_desktop.ui.tasks import Tasks

Answer = Callable[[Mapping[str, Any]], None]
Refusal = Callable[[KnownError], None]


class Preferences(QObject):
    """One for all pages of a window."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__(tasks)
        self._tasks = tasks
        self._values: dict[str, Any] | None = None
        self._unsaved: dict[str, Any] = {}
        self._is_saving = False
        self._waiting: list[tuple[QObject, Answer, Refusal]] = []

    def load(self, owner: QObject, answer: Answer, failure: Refusal) -> None:
        """Answer at once where they are at hand, else as soon as they are read and ``owner`` is still there."""
        if self._values is not None:
            answer(self._values)
            return
        self._waiting.append((owner, answer, failure))
        if len(self._waiting) == 1:
            self._tasks.query(self, fetch_preferences, self._take, self._refuse)

    def save(self, key: str, value: Any) -> None:
        """Keep one arrangement, here at once and in the database soon."""
        if self._values is not None:
            self._values[key] = value
        self._unsaved[key] = value
        if not self._is_saving:
            self._save_next()

    def _save_next(self) -> None:
        """One after the other: of two saves at once the older could be written last."""
        self._is_saving = bool(self._unsaved)
        if not self._is_saving:
            return
        key = next(iter(self._unsaved))
        value = self._unsaved.pop(key)

        def fail(error: KnownError) -> None:
            messages.show_error(self, error)
            self._save_next()

        self._tasks.command(
            self,
            lambda session: save_preference(session, key, value),
            lambda _done: self._save_next(),
            fail,
            waiting=lambda _command: None,
        )

    def _take(self, values: dict[str, Any]) -> None:
        self._values = values
        waiting, self._waiting = self._waiting, []
        for owner, answer, _failure in waiting:
            if shiboken6.isValid(owner):
                answer(values)

    def _refuse(self, error: KnownError) -> None:
        waiting, self._waiting = self._waiting, []
        for owner, _answer, failure in waiting:
            if shiboken6.isValid(owner):
                failure(error)
