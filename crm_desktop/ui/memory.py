"""What the windows remember on this PC: sizes, columns, which panes are open. Nothing of the firm's data."""

from __future__ import annotations

import json
from typing import TypeVar

from PySide6.QtCore import QSettings

from crm_desktop.core.paths import state_home

T = TypeVar("T", int, bool, str, "list[int]", "list[str]", "dict[str, int]")
Plain = int | str | list[int] | list[str] | dict[str, int]


def _store() -> QSettings:
    return QSettings(str(state_home() / "windows.ini"), QSettings.Format.IniFormat)


def remember(key: str, value: Plain) -> None:
    """Keep a plain value under a key like ``customers/columns``."""
    _store().setValue(key, json.dumps(value))


def remembered(key: str, default: T) -> T:
    """What was kept, or ``default`` when nothing of that kind was."""
    text = _store().value(key)
    try:
        value = json.loads(str(text))
    except ValueError:
        return default
    return value if isinstance(value, type(default)) else default
