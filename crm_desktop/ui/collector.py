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

EVERY_MS = 1000
DUE = (2000, 10, 10)
"""How many objects more than before the youngest are looked through, and how many such looks before the older ones."""


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
    """Collect the oldest generation whose turn it is, unless somebody asked for rest."""
    due = [age for age, (count, most) in enumerate(zip(gc.get_count(), DUE, strict=True)) if count > most]
    with _turn:
        if due and not _asked_for_rest:
            gc.collect(due[-1])


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
