"""Breaks text into lines as Chinese and Latin typography want it: between Chinese characters, else between words;
no closing mark begins a line and no opening one ends it (GB/T 15834-2011, 5.1).
"""

from __future__ import annotations

import re

from crm_desktop.reports.fonts import text_width

_OPENING = "（《〈「『【〔〖［｛“‘￥＄"
_CLOSING = "，。、；：！？）》〉」』】〕〗］｝”…—％‰℃·～"
_WIDE = (
    "\u2e80-\u2fff\u3003-\u3007\u3012-\u3013\u3020-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
    "\U00020000-\U0003ffff"
)
# What stays together: opening marks, one Chinese character or one Latin word, closing marks, and the space after.
_PIECE = re.compile(
    rf"[{_OPENING}]*(?:[^\s{_WIDE}{_OPENING}{_CLOSING}]+|(?![{_OPENING}{_CLOSING}])[{_WIDE}])[{_CLOSING}’]*\s*"
    rf"|[{_OPENING}{_CLOSING}]+\s*|\s+"
)
_SEPARATORS = "/-_@.,&=?|;:"


def wrap(text: str, font: str, size: float, width: float) -> list[str]:
    """The lines of ``text`` (made `printable` before), none wider than ``width`` points; at least one, maybe empty."""
    if "\n" not in text and text_width(text, font, size) <= width:
        return [text]
    return [line for paragraph in text.split("\n") for line in _wrap_paragraph(paragraph, font, size, width)]


def one_line(text: str, font: str, size: float, width: float) -> str:
    """``text`` if it fits into ``width`` points, else its beginning and "…"; for repeated heads, never for data."""
    if text_width(text, font, size) <= width:
        return text
    return wrap(text, font, size, width - size)[0] + "…"


def widest_piece(text: str, font: str) -> float:
    """Width in em of the widest part that is not broken by choice."""
    return max((text_width(piece.rstrip(), font, 1) for piece in _PIECE.findall(text)), default=0)


def _wrap_paragraph(text: str, font: str, size: float, width: float) -> list[str]:
    lines, line, used = [], "", 0.0
    for piece in _PIECE.findall(text):
        if line and used + text_width(piece.rstrip(), font, size) > width:
            lines.append(line.rstrip())
            line, used = "", 0.0
        if not line and text_width(piece.rstrip(), font, size) > width:
            *full, line = _split(piece, font, size, width)
            lines += full
        else:
            line += piece
        used = text_width(line, font, size)
    return [*lines, line.rstrip()]


def _split(word: str, font: str, size: float, width: float) -> list[str]:
    """A word wider than the line in parts that fit, after a separator where one is near the end of the line."""
    parts = []
    while text_width(word.rstrip(), font, size) > width and len(word) > 1:
        fitting = 1
        while text_width(word[: fitting + 1], font, size) <= width:
            fitting += 1
        after_separator = max(word.rfind(mark, 0, fitting) for mark in _SEPARATORS) + 1
        cut = after_separator if after_separator > fitting / 2 else fitting
        parts.append(word[:cut])
        word = word[cut:]
    return [*parts, word]
