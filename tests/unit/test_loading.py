"""What is loaded only when it is used: each library that reads or writes files takes memory for good."""

from __future__ import annotations

import subprocess
import sys

LATER = ("charset_normalizer", "docx", "lxml", "openpyxl", "python_calamine", "reportlab", "vobject")


def test_the_window_and_the_import_open_without_what_reads_and_writes_files() -> None:
    code = (
        "import sys, crm_desktop.signed_in, crm_desktop.ui.import_wizard.page, crm_desktop.ui.pages.report;"
        f"print(*[name for name in {LATER!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.split() == []
