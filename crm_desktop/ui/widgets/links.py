"""Telephone numbers, e-mail and web addresses as words that can be clicked; the right button copies them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.core.text import digits
from crm_desktop.ui.icons import icon
from crm_desktop.ui.widgets.buttons import inline_link
from crm_desktop.ui.widgets.flow_layout import FlowLayout
from crm_desktop.ui.widgets.tooltips import plain_tooltip

_EXTENSION = re.compile(r"(?:转|分机|ext\.?|#)(?=\D*\d)", re.IGNORECASE)


def ways_to_reach(phones: Iterable[str], email: str = "") -> QWidget:
    """All numbers side by side, each dials; then the address to write to. In several lines where it is narrow."""
    made = QWidget()
    flow = FlowLayout(made, gap=12)
    for phone in phones:
        flow.addWidget(address_link(phone, dial_address(phone)))
    if email:
        flow.addWidget(address_link(email, f"mailto:{email}"))
    return made


def dial_address(phone: str) -> str:
    """The address that dials a number, by RFC 3966: an extension stands apart."""
    number, *extension = _EXTENSION.split(phone, maxsplit=1)
    prefix = "+" if number.lstrip().startswith("+") else ""
    dialled = prefix + "".join(c for c in number if c.isdigit()) if prefix else digits(number)
    return f"tel:{dialled};ext={digits(extension[0])}" if extension else f"tel:{dialled}"


def dial(phone: str) -> None:
    """Hand a number to whatever dials on this computer."""
    QDesktopServices.openUrl(QUrl(dial_address(phone)))


def address_link(text: str, address: str) -> QPushButton:
    """A word that opens an address such as ``mailto:…``; it can be copied."""
    made = inline_link(text, lambda: QDesktopServices.openUrl(QUrl(address)))
    made.setToolTip(plain_tooltip(address))
    made.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    made.customContextMenuRequested.connect(lambda place: _show_menu(made, text, place))
    return made


def _show_menu(owner: QWidget, text: str, place: QPoint) -> None:
    menu = QMenu(owner)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.addAction(icon("copy"), _("Copy"), lambda: QGuiApplication.clipboard().setText(text))
    menu.popup(owner.mapToGlobal(place))
