"""The typeface of paper: Noto Sans SC in three weights, embedded as subsets, so that pages look alike on every PC."""

from __future__ import annotations

import functools
import unicodedata

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from crm_desktop.core.paths import RESOURCES

REGULAR, MEDIUM, BOLD = "NotoSansSC-Regular", "NotoSansSC-Medium", "NotoSansSC-Bold"
MISSING = "〓"  # the geta mark: what Chinese printers set for a character they lack

_SPACES = str.maketrans({"\t": " ", "\u00a0": " ", "\r": None, "\u2028": "\n", "\u2029": "\n"})
_SILENT = {"Cc", "Cf", "Mn", "Me", "Sk"}  # joiners, marks and modifiers: nothing is lost to the eye without them


@functools.cache
def _widths(font: str) -> dict[str, float]:
    """Advance of every character of ``font``, in em. Loads and registers the file on first use."""
    face = TTFont(font, RESOURCES / "fonts" / f"{font}.ttf")
    pdfmetrics.registerFont(face)
    return {chr(code): face.face.charWidths[code] / 1000 for code in face.face.charToGlyph}


@functools.cache
def _printable() -> frozenset[str]:
    return frozenset(_widths(REGULAR)) - {"\u00a0", "\u00ad"} | {"\n"}


@functools.cache
def _simple() -> frozenset[str]:
    return frozenset(c for c in _printable() if not unicodedata.combining(c))


def register_fonts() -> None:
    """Make the three weights known to reportlab; cheap after the first time."""
    for font in (REGULAR, MEDIUM, BOLD):
        _widths(font)


def printable(text: str) -> str:
    """``text`` in characters that the typeface has: others become `MISSING`, invisible ones go."""
    if _simple().issuperset(text):
        return text
    known = _printable()
    composed = unicodedata.normalize("NFC", text).translate(_SPACES)
    return "".join(c if c in known else _substitute(c) for c in composed)


def _substitute(character: str) -> str:
    return "" if unicodedata.category(character) in _SILENT else MISSING


def text_width(text: str, font: str, size: float) -> float:
    """Width in points of one line of `printable` text."""
    return sum(map(_widths(font).__getitem__, text)) * size
