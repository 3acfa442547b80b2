"""Doing things a moment later: after the last key, after somebody wrote, when a page is looked at again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

LEAST_MS, MOST_MS = 250, 30_000
SHARE = 10  # what takes a second is read every ten seconds at most


def later(milliseconds: int, act: Callable[[], object], parent: QObject) -> QTimer:
    """Calls ``act`` once, so long after its last ``start``. Not started yet."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(act)
    return timer


class Soon:
    """Calls ``act`` a moment after it was first asked to; further wishes until then are the same wish."""

    def __init__(self, act: Callable[[], object], parent: QObject) -> None:
        self._timer = later(LEAST_MS, act, parent)

    def ask(self) -> None:
        """Wish for it."""
        if not self._timer.isActive():
            self._timer.start()

    def drop(self) -> None:
        """Wish for it no more: it was just done."""
        self._timer.stop()

    def took(self, seconds: float) -> None:
        """Learn how long it takes: what is slow is done less often, since every workstation does it."""
        self._timer.setInterval(round(max(LEAST_MS, min(seconds * 1000 * SHARE, MOST_MS))))


class Follower(QObject):
    """Reads what a widget shows again after somebody wrote: soon while it is in sight, else when it is shown."""

    def __init__(self, widget: QWidget, read: Callable[[], object]) -> None:
        super().__init__(widget)
        self._widget = widget
        self._is_behind = False
        self._own: set[int] = set()
        self.soon = Soon(read, self)
        widget.installEventFilter(self)

    def has_read(self, change_set: int) -> None:
        """All is being read, after this change of one's own: when the server tells of it, it is no news."""
        self._own.add(change_set)
        self.soon.drop()

    def note(self, change_sets: frozenset[int] = frozenset()) -> None:
        """What is shown may be old now; by these change sets alone, where there are any."""
        if change_sets and change_sets <= self._own:
            return
        if self._widget.isVisible():
            self.soon.ask()
        else:
            self._is_behind = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Catch up when the widget comes into sight."""
        if self._is_behind and event.type() == QEvent.Type.Show:
            self._is_behind = False
            self.soon.ask()
        return super().eventFilter(watched, event)
