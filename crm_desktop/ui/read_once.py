"""What all pages of a window share: read in the background when it is first needed, again when it has changed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QObject

from crm_desktop.core.i18n import language
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.tasks import Session, Tasks

T = TypeVar("T")


class ReadOnce(QObject, Generic[T]):
    """``read`` gets it in the language of the moment; a change of one of ``tables`` makes it old."""

    def __init__(self, tasks: Tasks, bus: Bus, read: Callable[[Session], T], tables: Collection[str]) -> None:
        super().__init__(tasks)
        self._tasks, self._read, self._tables = tasks, read, tables
        self._found: list[T] = []  # one or none
        self._language = ""
        self._waiting: list[tuple[QObject, Callable[[T], Any]]] = []
        bus.changed.connect(self._table_changed)

    def load(self, owner: QObject, answer: Callable[[T], Any]) -> None:
        """Answer at once where it is at hand, else as soon as it is read and ``owner`` is still there."""
        if self._found and self._language == language():
            answer(self._found[0])
            return
        self._waiting.append((owner, answer))
        if len(self._waiting) == 1:
            self._language = language()
            self._tasks.query(self, self._read, self._take, lambda _error: self._waiting.clear())

    def _take(self, found: T) -> None:
        self._found = [found]
        waiting, self._waiting = self._waiting, []
        for owner, answer in waiting:
            if shiboken6.isValid(owner):
                answer(found)

    def _table_changed(self, table: str, _ids: object) -> None:
        if table in self._tables:
            self._found = []
