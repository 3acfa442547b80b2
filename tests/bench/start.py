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
print(time())
"""
_PROGRAM = """
import sys
from time import time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from crm_desktop.app import Workbench
from crm_desktop.core.i18n import set_language
from crm_desktop.db.address import ConnectionAddress

set_language("zh")
app = QApplication([])
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
print(time(), flush=True)
workbench.leave()
"""


def start_timings(url: str) -> list[Timing]:
    """The median of some starts each, in milliseconds; the second is what the program takes beyond the empty window."""
    empty = _median(_EMPTY)
    program = _median(_PROGRAM, url)
    return [
        Timing("empty PySide6 window, from the start of Python", empty, 0),
        Timing("program with a list in sight, beyond that", program - empty, LIMIT_MS),
    ]


def _median(source: str, *arguments: str) -> float:
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"CRM_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        _run(source, arguments, environment)  # once to warm the disk's cache, as the second start of the day
        return median(_run(source, arguments, environment) for _run_number in range(RUNS)) * 1000


def _run(source: str, arguments: tuple[str, ...], environment: dict[str, str]) -> float:
    """Seconds until the program says that it is ready."""
    begin = time()
    done = subprocess.run(
        [sys.executable, "-c", source, *arguments],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env=environment,
        text=True,
    )
    return float(done.stdout.split()[-1]) - begin
