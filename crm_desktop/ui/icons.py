"""Icons by name, from the Phosphor set that qtawesome carries, in the colours of the theme."""

from __future__ import annotations

import qtawesome
from PySide6.QtGui import QIcon, QPixmap

from crm_desktop.ui import theme


def icon(name: str, color_role: str = "muted") -> QIcon:
    """The Phosphor icon ``name`` (``users``, ``phone``, ``caret-down``), in a colour role of the theme of the
    moment.
    """
    made: QIcon = qtawesome.icon(f"ph.{name}", color=theme.color(color_role), color_disabled=theme.color("faint"))
    return made


def pixmap(name: str, size: int, color_role: str = "muted") -> QPixmap:
    """The same icon as a picture of ``size`` px, sharp on screens of high density."""
    return icon(name, color_role).pixmap(size, size)
