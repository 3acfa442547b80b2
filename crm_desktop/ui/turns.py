"""Building much in small steps, so that keys and paints get through in between."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QObject

from crm_desktop.ui.soon import later


class Turns(QObject):
    """Does steps in order, each in a turn of the event loop of its own."""

    under_way: ClassVar[set[Turns]] = set()
    """All that have steps left, whoever they belong to."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: deque[Callable[[], object]] = deque()
        self._timer = later(0, self._step, self)
        self.destroyed.connect(partial(Turns.under_way.discard, self))

    def add(self, steps: Iterable[Callable[[], object]]) -> None:
        """Do these too, after those that are left."""
        self._steps.extend(steps)
        Turns.under_way.add(self)
        self._timer.start()

    @property
    def is_done(self) -> bool:
        """Whether no steps are left."""
        return not self._steps

    def drop(self) -> None:
        """Do none of those that are left."""
        self._steps.clear()
        Turns.under_way.discard(self)

    def finish(self, is_enough: Callable[[], bool] = lambda: False) -> None:
        """Do now what is left, or as much of it as somebody needs."""
        while self._steps and not is_enough():
            self._steps.popleft()()
        if not self._steps:
            Turns.under_way.discard(self)

    def _step(self) -> None:
        step = self._steps.popleft() if self._steps else None
        if self._steps:
            self._timer.start()  # before: an error in one of them cannot hold back the others
        else:
            Turns.under_way.discard(self)
        if step is not None:
            step()
