"""Garbage is collected in the window's thread only."""

from __future__ import annotations

import gc
import importlib
import linecache
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from crm_desktop.ui.collector import Collector, age_due, collector_at_rest


class _Circle:
    def __init__(self) -> None:
        self.widget = QWidget()
        self.me = self


def test_a_widget_goes_in_the_windows_thread(qapp: QApplication, qtbot: QtBot) -> None:
    collector = Collector(qapp)
    gone_in: list[threading.Thread] = []
    weakref.finalize(_Circle(), lambda: gone_in.append(threading.current_thread()))
    with ThreadPoolExecutor(1) as reading:
        rows = reading.submit(lambda: [[row] for row in range(100_000)]).result()
    assert gone_in == []
    qtbot.waitUntil(lambda: bool(gone_in))
    assert gone_in == [threading.main_thread()]
    assert len(rows) == 100_000
    collector.deleteLater()


def test_what_is_older_is_looked_through_while_nobody_works() -> None:
    assert [age_due(1, 3, 0), age_due(1, 11, 0), age_due(1, 11, 11)] == [None, 1, 2]
    assert [age_due(2001, 3, 0), age_due(2001, 11, 11)] == [0, 0], "somebody works"
    assert age_due(2001, 201, 11) == 2, "he never rests"


def test_it_rests_while_a_work_asks(qapp: QApplication, qtbot: QtBot) -> None:
    collector = Collector(qapp)
    gone: list[bool] = []
    with collector_at_rest():
        weakref.finalize(_Circle(), gone.append, True)
        many: list[list[object]] = [[] for _row in range(100_000)]
        qtbot.wait(700)
        assert gone == []
    del many
    gc.unfreeze()
    gc.collect()
    assert gone == [True]
    collector.deleteLater()


def test_the_source_of_what_is_imported_is_not_read() -> None:
    """Qt for Python would, see ``crm_desktop.ui``; a new version of it may call what is replaced there otherwise."""
    sys.modules.pop("colorsys", None)
    importlib.import_module("colorsys")
    assert not [file for file in linecache.cache if file.endswith("colorsys.py")]
