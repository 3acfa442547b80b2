"""A line to search in: icon, placeholder, and the shortcut at its right, which is never cut."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QLineEdit, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui import theme
from crm_desktop.ui.icons import icon
from crm_desktop.ui.soon import later
from crm_desktop.ui.widgets.buttons import with_shortcut

TEXT_LEFT = 40  # where Qt begins the text beside an icon
PAUSE_MS = 120  # between the last key and the search


class SearchBox(QLineEdit):
    """Announces what is typed after a short pause. Its placeholder is elided before the shortcut would be."""

    searched = Signal(str)
    entered = Signal()  # somebody comes to the empty box

    def __init__(self, placeholder: str, shortcut: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._placeholder = placeholder
        self._hint = with_shortcut("", shortcut).strip()
        self.addAction(icon("magnifying-glass"), QLineEdit.ActionPosition.LeadingPosition)
        self._clear = QAction(icon("x"), _("Clear"), self)
        self._clear.triggered.connect(self.clear)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setVisible(False)  # not before: the line would show its button all the same
        self.setAccessibleName(placeholder)
        self.setToolTip(with_shortcut(placeholder, shortcut))
        if shortcut:
            QShortcut(QKeySequence(shortcut), self).activated.connect(self.take_focus)
        self._timer = later(PAUSE_MS, self.search_now, self)
        self.textChanged.connect(self._text_changed)
        self.returnPressed.connect(self.search_now)

    def search_now(self) -> None:
        """Announce the text without waiting."""
        self._timer.stop()
        self.searched.emit(self.text().strip())

    def _text_changed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self._timer.start()

    def take_focus(self) -> None:
        """Be ready to be typed over."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Announce who comes to search."""
        super().focusInEvent(event)
        if not self.text():
            self.entered.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw placeholder and shortcut in the empty line."""
        super().paintEvent(event)
        if self.text():
            return
        painter = QPainter(self)
        painter.setPen(theme.color("faint"))
        room = self.rect().adjusted(TEXT_LEFT, 0, -12, 0)
        metrics = painter.fontMetrics()
        hint_width = metrics.horizontalAdvance(self._hint)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._hint)
        left = QRect(room.x(), room.y(), room.width() - hint_width - 8, room.height())
        shown = metrics.elidedText(self._placeholder, Qt.TextElideMode.ElideRight, left.width())
        painter.drawText(left, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
