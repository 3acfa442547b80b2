"""Circles of garbage are collected in the thread of the window and nowhere else.

Python collects them in whichever thread happens to allocate. A widget in such a circle would be deleted by a thread
that reads from the server while the window's thread uses Qt: now and then both then wait for each other for ever.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 250
DUE = (2000, 10, 10)
"""How many objects more than before the youngest are looked through, and how many such looks before the older ones."""
MOST_PUT_OFF = 200
"""So many looks at the youngest and the older ones are looked through, too, even while somebody works."""


class Collector(QObject):
    """Takes the place of Python's own turns from its making on, for as long as the process lives.

    What is loaded by then stays anyhow: it is not looked through at each turn.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.freeze()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(collect_due)
        self._timer.start()


_asked_for_rest: list[None] = []  # one for each work that did
_turn = threading.Lock()


def collect_due() -> None:
    """Collect the generation whose turn it is, unless somebody asked for rest."""
    age = age_due(*gc.get_count())
    with _turn:
        if age is not None and not _asked_for_rest:
            gc.collect(age)


def age_due(young: int, middle: int, old: int) -> int | None:
    """The generation to look through now. The older ones take up to a twentieth of a second, which whoever works would
    notice: they wait until little was made since the last look.
    """
    due = [age for age, (count, most) in enumerate(zip((young, middle, old), DUE, strict=True)) if count > most]
    if 0 in due and middle <= MOST_PUT_OFF:
        return 0
    return due[-1] if due else None


def load_for_good(*modules: str) -> None:
    """Import what stays from now on. Any thread may.

    What is there by then is not looked through again: of all modules that would take a tenth of a second.
    """
    before = len(sys.modules)
    for module in modules:
        import_module(module)
    if len(sys.modules) > before:
        gc.freeze()


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """For a work that makes a million plain values, which refer to each other in no circle.

    Each look at them would stop the whole program for seconds. What is there afterwards is left out of later looks. Any
    thread may ask.
    """
    with _turn:
        _asked_for_rest.append(None)
        gc.unfreeze()
    try:
        yield
    finally:
        with _turn:
            gc.freeze()
            _asked_for_rest.pop()
