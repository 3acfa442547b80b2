"""Entries of menus: what they say, what they do, the key beside them, a tick before them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from crm_desktop.ui.icons import icon


def add_action(menu: QMenu, icon_name: str, text: str, act: Callable[[], object], key: str = "") -> QAction:
    """An entry that calls ``act``; ``key`` is only written beside it."""
    action = menu.addAction(f"{text}\t{key}" if key else text)
    if icon_name:
        action.setIcon(icon(icon_name))
    action.triggered.connect(lambda _checked=False: act())
    return action


def check_action(action: QAction, *, checked: bool) -> None:
    """Put a tick before an entry, or room for one."""
    action.setCheckable(True)
    action.setChecked(checked)
