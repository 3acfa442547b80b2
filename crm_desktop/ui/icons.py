"""Icons by name, from the Phosphor font that qtawesome carries, in the colours of the theme.

qtawesome itself is not imported: with qtpy and all of its fonts it takes a third of a second of every start.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache

from crm_desktop.ui import theme

FILLING = 0.875  # of the icon's height; the rest is the font's bearing


def is_icon(name: str) -> bool:
    """Whether there is such an icon; what the database names may be anything."""
    return name in _glyphs().characters


def icon(name: str, color_role: str = "muted") -> QIcon:
    """The Phosphor icon ``name`` (``users``, ``phone``, ``caret-down``), in a colour role of the theme of the
    moment.
    """
    return QIcon(_GlyphEngine(_glyphs().characters[name], theme.color(color_role), theme.color("faint")))


def pixmap(name: str, size: int, color_role: str = "muted") -> QPixmap:
    """The same icon as a picture of ``size`` px, sharp on screens of high density."""
    return icon(name, color_role).pixmap(size, size)


class _Glyphs(NamedTuple):
    family: str
    characters: dict[str, str]


@cache
def _glyphs() -> _Glyphs:
    package = find_spec("qtawesome")
    assert package is not None
    assert package.submodule_search_locations
    folder = Path(package.submodule_search_locations[0]) / "fonts"
    (font,), (names,) = folder.glob("phosphor-*.ttf"), folder.glob("phosphor-charmap-*.json")
    number = QFontDatabase.addApplicationFont(str(font))
    codes: dict[str, str] = json.loads(names.read_text(encoding="utf-8"))
    family = QFontDatabase.applicationFontFamilies(number)[0]
    return _Glyphs(family, {name: chr(int(code, 16)) for name, code in codes.items()})


class _GlyphEngine(QIconEngine):
    """Draws one character of the font as large as it is wanted."""

    def __init__(self, character: str, color: QColor, disabled: QColor) -> None:
        super().__init__()
        self._character, self._color, self._disabled = character, color, disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:  # noqa: ARG002
        """Draw in the middle of ``rect``."""
        font = QFont(_glyphs().family)
        font.setPixelSize(round(FILLING * rect.height()))
        painter.save()
        painter.setPen(self._disabled if mode == QIcon.Mode.Disabled else self._color)
        painter.setFont(font)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._character)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Draw on nothing, each picture once."""
        color = self._disabled if mode == QIcon.Mode.Disabled else self._color
        key = f"{self._character} {color.name()} {size.width()} {size.height()}"
        made = QPixmap()
        if QPixmapCache.find(key, made):
            return made
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        QPixmapCache.insert(key, made)
        return made
