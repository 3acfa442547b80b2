"""From the start of the program to a list one can use, against an empty PySide6 window; each time in a new process."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import time

from tests.bench.window import Timing

RUNS = 5
MOST_MEGABYTES = 250
LIMIT_MS = 1000  # more than the empty window
_EMPTY = """
import sys
from time import time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

app = QApplication([])
window = QMainWindow()
window.resize(1366, 768)
window.show()
QTimer.singleShot(0, app.quit)
app.exec()
window.repaint()
print(time(), 0)
"""
_PROGRAM = """
import sys
from time import time
import crm_desktop.cli  # through which every start goes
import psutil
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from crm_desktop.app import Workbench
from crm_desktop.core.i18n import set_language
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.ui import tab_memory
from crm_desktop.ui.collector import Collector

set_language("zh")
tab_memory.last_area = lambda _place, _login: "customers"  # where one left off
app = QApplication([])
Collector(app)
app.setQuitOnLastWindowClosed(False)
workbench = Workbench(app)
workbench.start(ConnectionAddress.from_url(sys.argv[1]))
page = workbench.signed_in.window.view("customers").current_page()


def look():
    if page.model.rowCount():
        app.quit()


timer = QTimer()
timer.timeout.connect(look)
timer.start(1)
app.exec()
page.table.viewport().repaint()
ready = time()
while not page.model.is_counted:
    app.processEvents()
print(ready, psutil.Process().memory_info().rss, flush=True)
workbench.leave()
"""


def start_timings(url: str) -> list[Timing]:
    """The median of some starts each, in milliseconds; the second is what the program takes beyond the empty window."""
    empty, _nothing = _median(_EMPTY)
    program, memory = _median(_PROGRAM, url)
    return [
        Timing("empty PySide6 window, from the start of Python", empty * 1000, 0),
        Timing("program with a list in sight, beyond that", (program - empty) * 1000, LIMIT_MS),
        Timing("its memory with the whole list open", memory / 2**20, MOST_MEGABYTES, unit="MB"),
    ]


def _median(source: str, *arguments: str) -> tuple[float, float]:
    """Seconds until it is ready, and bytes of memory then."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"CRM_HOME": home, "QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": home}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled
        _run(source, arguments, environment)  # compiles, and warms the disk's cache, as the second start of the day
        runs = [_run(source, arguments, environment) for _number in range(RUNS)]
    return median(seconds for seconds, _memory in runs), median(memory for _seconds, memory in runs)


def _run(source: str, arguments: tuple[str, ...], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds until the program says that it is ready, and its memory in bytes."""
    begin = time()
    done = subprocess.run(
        [sys.executable, "-c", source, *arguments],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env=environment,
        text=True,
    )
    ready, memory = done.stdout.split()[-2:]
    return float(ready) - begin, float(memory)
