"""The frame of every dialog: title, content, line of buttons at the right; Esc closes, Enter does the primary
thing.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui.theme import dress
from crm_desktop.ui.widgets.buttons import danger_button, primary_button, secondary_button
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.tab_order import tab_on


class Dialog(QDialog):
    """A dialog with ``body`` for the content. Buttons are added from left to right, the primary one last."""

    def __init__(self, parent: QWidget | None, title: str, *, heading: bool = True, width: int = 440) -> None:
        super().__init__(parent)
        if parent is None:
            dress(self)
        self.setWindowTitle(title)
        self.setMinimumWidth(width)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        self._frame = frame = QVBoxLayout(self)
        frame.setContentsMargins(24, 24, 24, 16)
        frame.setSpacing(12)
        if heading:
            frame.addWidget(label(title, "title", wrap=True))
        frame.addLayout(self.body, 1)
        frame.addSpacing(8)
        frame.addLayout(self._buttons)

    def sizeHint(self) -> QSize:
        """As high as wrapped texts need at the dialog's width."""
        hint = super().sizeHint()
        width = max(hint.width(), self.minimumWidth())
        height = self._frame.totalHeightForWidth(width) if self._frame.hasHeightForWidth() else hint.height()
        return QSize(width, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What grows past the foot of the screen goes up."""
        super().resizeEvent(event)
        room, frame = self.screen().availableGeometry(), self.frameGeometry()
        if self.isVisible() and frame.bottom() > room.bottom():
            self.move(frame.x(), max(room.top(), room.bottom() + 1 - frame.height()))

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001 - Qt's signature
        """Tab through what is shown, in its order."""
        return tab_on(self, forward=forward) or super().focusNextPrevChild(forward)

    def add_primary(self, text: str, clicked: Callable[[], object], *, danger: bool = False) -> QPushButton:
        """The button that Enter presses."""
        made = (danger_button if danger else primary_button)(text, clicked)
        made.setAutoDefault(True)
        made.setDefault(True)
        self._buttons.addWidget(made)
        return made

    def add_secondary(self, text: str, clicked: Callable[[], object]) -> QPushButton:
        """Another way on; Enter presses it while it has the focus."""
        made = secondary_button(text, clicked)
        made.setAutoDefault(True)
        self._buttons.addWidget(made)
        return made

    def add_cancel(self, text: str = "") -> QPushButton:
        """The way out; Esc does the same."""
        return self.add_secondary(text or _("Cancel"), self.reject)

    def open_quietly(self) -> None:
        """Show it over its window without a nested event loop; it is deleted when closed."""
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.open()
