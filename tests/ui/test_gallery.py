"""What the gallery draws: no text is cut, in either language and theme, on small and large screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from crm_desktop.core.i18n import set_language
from crm_desktop.ui.gallery import Options, draw_all, read_options, settle
from crm_desktop.ui.specimens import SPECIMENS
from crm_desktop.ui.theme import ThemeName, apply_theme, dress
from crm_desktop.ui.widgets.labels import ElidedLabel


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[ThemeName]:
    name: ThemeName = request.param
    apply_theme(qapp, name)
    yield name
    apply_theme(qapp, "light")


def cut_texts(window: QWidget) -> list[str]:
    """Texts of visible labels and buttons that have less room than they need."""
    texts: list[QLabel | QAbstractButton] = [*window.findChildren(QLabel), *window.findChildren(QAbstractButton)]
    return [one.text() for one in texts if one.isVisibleTo(window) and _is_cut(one)]


def _is_cut(widget: QWidget) -> bool:
    if isinstance(widget, ElidedLabel):
        return False  # tells the rest in its tooltip
    if isinstance(widget, QLabel):
        room = widget.contentsRect().width()
        if widget.wordWrap():
            return widget.heightForWidth(widget.width()) > widget.height()
        return bool(widget.text()) and widget.fontMetrics().horizontalAdvance(widget.text()) > room
    return isinstance(widget, QAbstractButton) and bool(widget.text()) and widget.sizeHint().width() > widget.width()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("name", "build"), SPECIMENS, ids=[name for name, _build in SPECIMENS])
def test_no_text_is_cut(qtbot: QtBot, name: str, build: Callable[[], QWidget], language: str) -> None:
    set_language(language)
    window = build()
    dress(window)
    qtbot.addWidget(window)
    sizes = [window.sizeHint()] if isinstance(window, QDialog) else [QSize(1366, 768), QSize(1920, 1080)]
    window.show()
    for size in sizes:
        window.resize(size)
        settle()
        assert cut_texts(window) == [], f"{name} at {size.width()}"


def test_pictures_have_the_size_and_the_theme_asked_for(tmp_path: Path, theme: ThemeName) -> None:
    options = Options(tmp_path, "zh", theme, QSize(1366, 768), "1")
    draw_all(SPECIMENS[:1], options)
    picture = QImage(str(tmp_path / "widgets.png"))
    assert picture.size() == QSize(1366, 768)
    assert picture.pixelColor(700, 760).name().upper() == {"light": "#F4F6F8", "dark": "#14181D"}[theme]


def test_options_are_read_from_the_command_line(tmp_path: Path) -> None:
    options = read_options([str(tmp_path), "--lang", "en", "--size", "1920x1080", "--theme", "dark", "--scale", "2"])
    assert options == Options(tmp_path, "en", "dark", QSize(1920, 1080), "2")
