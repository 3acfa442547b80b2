"""One message with an icon: what went wrong, or a question before something happens."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui import icons
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.widgets.chip import Tone
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.notice import ICONS


class MessageDialog(Dialog):
    """``title`` in one sentence, ``text`` below it, both can be selected with the mouse. Add the buttons."""

    def __init__(self, parent: QWidget | None, title: str, text: str = "", tone: Tone = "neutral") -> None:
        super().__init__(parent, _("CRM"), heading=False)
        picture = QLabel()
        picture.setPixmap(icons.pixmap(ICONS.get(tone, "question"), 32, tone))
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(label(title, "title", wrap=True, selectable=True))
        if text:
            words.addWidget(label(text, "muted", wrap=True, selectable=True))
        words.addStretch(1)
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        self.body.addLayout(line)

    def add_primary(self, text: str, clicked: Callable[[], object], *, danger: bool = False) -> QPushButton:
        """The button that Enter presses; there is nothing else to begin with."""
        made = super().add_primary(text, clicked, danger=danger)
        made.setFocus()
        return made
