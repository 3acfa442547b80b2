"""Every page and dialog as a picture. ``python -m crm_desktop.ui.gallery DIR`` draws what needs no database.

Nothing is shown on a screen; all work in the background has ended before a picture is taken.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from crm_desktop.core.i18n import set_language
from crm_desktop.ui.specimens import SPECIMENS
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.theme import ThemeName, apply_theme, dress
from crm_desktop.ui.turns import Turns

PAUSE_SECONDS = 0.3  # skeletons and the like come after a moment
QUIET_ROUNDS = 5
LIMIT_SECONDS = 60.0

Pages = Iterable[tuple[str, Callable[[], QWidget]]]


@dataclass(frozen=True)
class Options:
    """What to draw, and how."""

    folder: Path
    language: str
    theme: ThemeName
    size: QSize
    scale: str


def read_options(arguments: Sequence[str] | None = None) -> Options:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="gallery", description="Draw every page and dialog to PNG files.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    parser.add_argument("--size", type=_size, default=QSize(1366, 768), metavar="WxH")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--scale", choices=("1", "1.5", "2"), default="1")
    read = parser.parse_args(arguments)
    return Options(read.folder, read.lang, read.theme, read.size, read.scale)


def start(options: Options) -> QApplication:
    """Qt without a screen, in the language, theme and scale asked for."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = options.scale
    app = QApplication(sys.argv[:1])
    set_language(options.language)
    apply_theme(app, options.theme)
    return app


def draw_all(pages: Pages, options: Options, tasks: Tasks | None = None) -> None:
    """Draw ``pages``, each built by its function, as ``NAME.png``; ``tasks`` is what their work runs on."""
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, build in pages:
        window = build()
        dress(window)
        window.resize(window.sizeHint() if isinstance(window, QDialog) else options.size)
        window.show()
        settle(tasks)
        window.grab().save(str(options.folder / f"{name}.png"))
        window.hide()
        window.deleteLater()
        settle(tasks)


def settle(tasks: Tasks | None = None) -> None:
    """Wait for the work in the background, then for what is shown only after a moment. Gives up after a
    minute.
    """
    begin = quiet_since = monotonic()
    quiet_rounds = 0  # an answer may come after a long pause: what it changed is laid out in the rounds that follow
    while monotonic() - begin < LIMIT_SECONDS:
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, 0)
        if Turns.under_way or (tasks is not None and tasks.busy):
            quiet_since, quiet_rounds = monotonic(), 0
        elif monotonic() - quiet_since >= PAUSE_SECONDS:
            quiet_rounds += 1
            if quiet_rounds == QUIET_ROUNDS:
                break


def _size(text: str) -> QSize:
    width, _x, height = text.partition("x")
    return QSize(int(width), int(height))


def main() -> None:
    """Draw the specimens."""
    options = read_options()
    app = start(options)
    draw_all(SPECIMENS, options)
    app.quit()


if __name__ == "__main__":
    main()
