"""Every page and dialog as a picture: ``python -m crm_desktop.ui.gallery DIR [--lang zh|en] [--theme
light|dark]``.

Nothing is shown on a screen; all work in the background has ended before a picture is taken.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from crm_desktop.core.i18n import set_language
from crm_desktop.ui.specimen import SPECIMENS
from crm_desktop.ui.theme import apply_theme

PAGES: tuple[tuple[str, Callable[[], QWidget]], ...] = (*SPECIMENS,)
"""What is drawn: the file's name, and what builds the window."""

PAUSE_SECONDS = 0.3


def main() -> None:
    """Draw all pages."""
    options = _options()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = options.scale
    app = QApplication(sys.argv[:1])
    set_language(options.lang)
    apply_theme(app, options.theme)
    options.folder.mkdir(parents=True, exist_ok=True)
    width, _x, height = options.size.partition("x")
    for name, build in PAGES:
        draw(build(), QSize(int(width), int(height)), options.folder / f"{name}.png")


def draw(window: QWidget, size: QSize, file: Path) -> None:
    """Show ``window`` in this size (a dialog in its own), wait for its work, and save its picture."""
    if isinstance(window, QDialog):
        window.adjustSize()
    else:
        window.resize(size)
    window.show()
    settle()
    window.grab().save(str(file))
    window.close()
    window.deleteLater()
    settle()


def settle() -> None:
    """Let Qt do what is due: layout, deletions, and what is shown only after a moment."""
    end = monotonic() + PAUSE_SECONDS
    while monotonic() < end:
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m crm_desktop.ui.gallery", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    parser.add_argument("--size", default="1366x768")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--scale", choices=("1", "1.5", "2"), default="1")
    return parser.parse_args()


if __name__ == "__main__":
    main()
