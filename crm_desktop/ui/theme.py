"""The look: two palettes, one scale of sizes, and how they reach Qt (Fusion, QPalette, fonts; a style sheet by window).

Everything that paints itself takes its colours from ``color``; nothing else names a colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from string import Template
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from crm_desktop.core.paths import RESOURCES

ThemeName = Literal["light", "dark"]
Density = Literal["comfortable", "compact", "large"]

STYLE = "fusion"
FAMILY = "Noto Sans SC"
SMALL, BODY, TITLE, PAGE = 12, 13, 15, 20  # font sizes in px at 100 %
CONTROL = 32  # height of buttons and editors
SIDE_ROW = 32
RADIUS, CARD_RADIUS = 6, 8
ROW: dict[Density, int] = {"comfortable": 34, "compact": 28, "large": 42}

LIGHT = {
    "canvas": "#F4F6F8",
    "surface": "#FFFFFF",
    "raised": "#FFFFFF",
    "line": "#E2E6EB",
    "line_soft": "#EEF1F4",
    "text": "#1B2430",
    "muted": "#5F6B7A",
    "faint": "#7C8896",
    "accent": "#0F6CBD",
    "accent_hover": "#0C5CA3",
    "accent_soft": "#E6F1FA",
    "accent_text": "#FFFFFF",
    "select": "#DCEBF8",
    "hover": "#F1F5F9",
    "flash": "#FFF3C4",
    "handle": "#CBD2DA",
    "good": "#1A7F4B",
    "good_soft": "#E5F5EC",
    "warn": "#A15C00",
    "warn_soft": "#FDF1DC",
    "bad": "#B42318",
    "bad_soft": "#FDE8E6",
    "violet": "#6941C6",
    "violet_soft": "#F0EBFC",
    "neutral": "#5F6B7A",
    "neutral_soft": "#EEF1F4",
}
DARK = {
    "canvas": "#14181D",
    "surface": "#1B2027",
    "raised": "#222831",
    "line": "#2E3641",
    "line_soft": "#262D36",
    "text": "#E8ECF1",
    "muted": "#A3AEBB",
    "faint": "#808C9A",
    "accent": "#4DA3E8",
    "accent_hover": "#6FB6EE",
    "accent_soft": "#1D3346",
    "accent_text": "#0B1622",
    "select": "#21405A",
    "hover": "#242C35",
    "flash": "#4A4123",
    "handle": "#3C4653",
    "good": "#5CC48C",
    "good_soft": "#1B3328",
    "warn": "#E2A64A",
    "warn_soft": "#3A2E18",
    "bad": "#F0837A",
    "bad_soft": "#3F2220",
    "violet": "#B69CF2",
    "violet_soft": "#2C2542",
    "neutral": "#A3AEBB",
    "neutral_soft": "#2A313B",
}
COLORS: dict[ThemeName, dict[str, str]] = {"light": LIGHT, "dark": DARK}
TONES = ("accent", "good", "warn", "bad", "violet", "neutral")  # each has a text colour and a soft ground


@dataclass
class _Current:
    name: ThemeName = "light"
    density: Density = "comfortable"


_current = _Current()


def apply_theme(app: QApplication, name: ThemeName, density: Density = "comfortable") -> None:
    """Give the whole application this look. Icons keep their old colour until their window is rebuilt."""
    _current.name, _current.density = name, density
    _load_fonts()
    if app.style().name() != STYLE:  # to set it again would polish every widget anew
        app.setStyle(STYLE)
    app.setFont(font())
    app.setPalette(_palette())
    for window in app.topLevelWidgets():
        if window.styleSheet():
            dress(window)


def dress(window: QWidget) -> None:
    """Give a window the style sheet, and all that is put into it.

    The application has none: pages, put together before they come into a window, would be styled anew at every step.
    """
    sheet = _style_sheet(_current.name)
    if window.styleSheet() != sheet:  # to set it costs as much as all widgets in the window
        window.setStyleSheet(sheet)


def system_theme(app: QApplication) -> ThemeName:
    """What the desktop is set to; light where it does not say."""
    return "dark" if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"


def theme_name() -> ThemeName:
    """The theme of the moment."""
    return _current.name


def color(role: str) -> QColor:
    """The colour of a role of the palette (``accent``, ``muted``, ``bad_soft`` ...) in the theme of the
    moment.
    """
    return QColor(_color(_current.name, role))  # its own: who asks may change it


def row_height() -> int:
    """The height of a list row in px, by density."""
    return ROW[_current.density]


def font(size: int = BODY, *, strong: bool = False) -> QFont:
    """The application's font in px, its digits of equal width; ``strong`` is the medium weight."""
    return QFont(_font(size, strong))


# Every cell that is painted asks for both, and to make one takes longer than to draw the cell's text.
@cache
def _color(name: ThemeName, role: str) -> QColor:
    return QColor(COLORS[name][role])


@cache
def _font(size: int, strong: bool) -> QFont:  # noqa: FBT001 - a key of the cache
    made = QFont(FAMILY)
    made.setPixelSize(size)
    made.setWeight(QFont.Weight.Medium if strong else QFont.Weight.Normal)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def _load_fonts() -> None:
    if FAMILY in QFontDatabase.families():
        return
    for path in sorted((RESOURCES / "fonts").glob("NotoSansSC-*.ttf")):
        QFontDatabase.addApplicationFont(str(path))


def _palette() -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for target, source in (
        (role.Window, "canvas"),
        (role.WindowText, "text"),
        (role.Base, "surface"),
        (role.AlternateBase, "surface"),
        (role.Text, "text"),
        (role.PlaceholderText, "faint"),
        (role.Button, "surface"),
        (role.ButtonText, "text"),
        (role.BrightText, "accent_text"),
        (role.Highlight, "select"),
        (role.HighlightedText, "text"),
        (role.ToolTipBase, "raised"),
        (role.ToolTipText, "text"),
        (role.Link, "accent"),
        (role.LinkVisited, "accent"),
        (role.Light, "raised"),
        (role.Midlight, "line_soft"),
        (role.Mid, "line"),
        (role.Dark, "line"),
        (role.Shadow, "line"),
        (role.Accent, "accent"),
    ):
        palette.setColor(target, color(source))
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, color("faint"))
    return palette


@cache
def _style_sheet(name: ThemeName) -> str:
    template = Template((RESOURCES / "qss" / "workbench.qss").read_text(encoding="utf-8"))
    return template.substitute(
        COLORS[name], theme=name, images=(RESOURCES / "qss").as_posix(), small=SMALL, title=TITLE, page=PAGE
    )
