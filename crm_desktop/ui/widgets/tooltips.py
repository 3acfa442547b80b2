"""Tooltips of what people typed: a name like ``<img src="//server/x">`` would be rich text to Qt, which fetches it."""

from __future__ import annotations

import html

from PySide6.QtGui import Qt


def plain_tooltip(text: str) -> str:
    """``text`` so that a tooltip shows it as it is."""
    if not Qt.mightBeRichText(text):
        return text
    return f"<span>{html.escape(text)}</span>"
