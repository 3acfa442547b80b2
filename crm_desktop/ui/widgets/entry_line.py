"""A line that makes something of what is typed, such as an event or a task."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit

from crm_desktop.ui.widgets.buttons import with_shortcut

MOST_LENGTH = 300


class FreshLine(QLineEdit):
    """Where nothing was typed, Ctrl+Z is the window's: it takes back what was done last, such as what was made here."""

    def event(self, event: QEvent) -> bool:
        """Leave the key to the window."""
        has_past = self.text() or self.isUndoAvailable() or self.isRedoAvailable()
        if event.type() == QEvent.Type.ShortcutOverride and not has_past:
            assert isinstance(event, QKeyEvent)
            if event.matches(QKeySequence.StandardKey.Undo):
                event.ignore()
                return True
        return super().event(event)


class EntryLine(FreshLine):
    """Enter hands over what is typed; Ctrl+L brings the cursor here."""

    entered = Signal(str)

    def __init__(self, name: str, hint: str) -> None:
        super().__init__()
        self.setMaxLength(MOST_LENGTH)
        self.setAccessibleName(name)
        self.setPlaceholderText(with_shortcut(hint, "Ctrl+L"))
        self.returnPressed.connect(self.enter)
        QShortcut(QKeySequence("Ctrl+L"), self).activated.connect(self.setFocus)

    def enter(self) -> None:
        """Hand over what is typed. Until ``finish`` is called, Enter once more does nothing."""
        typed = self.text().strip()
        if typed and not self.isReadOnly():
            self.setReadOnly(True)
            self.entered.emit(typed)

    def finish(self, *, is_made: bool) -> None:
        """It was made, or what is typed stays for another attempt."""
        self.setReadOnly(False)
        if is_made:
            self.setText("")  # other than clear() it also forgets what Ctrl+Z would bring back
