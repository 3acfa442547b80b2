"""Asking for one text: the name of a view, the reason of a change."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from crm_desktop.spec.kinds import TEXT
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.fields.line import LineEditor


class AskTextDialog(Dialog):
    """One required line. ``action`` is the word on the button."""

    def __init__(self, parent: QWidget | None, title: str, label: str, action: str, text: str = "") -> None:
        super().__init__(parent, title)
        self.editor = LineEditor(TEXT, label, required=True)
        self.editor.set_value(text)
        self.editor.line.selectAll()
        self.body.addWidget(self.editor)
        self.editor.setFocus()
        self.add_cancel()
        self.add_primary(action, self._accept_if_filled)

    def _accept_if_filled(self) -> None:
        if self.editor.check():
            self.accept()


def ask_text(parent: QWidget, title: str, label: str, action: str, text: str = "") -> str | None:
    """What the user typed; None when he thought better of it."""
    dialog = AskTextDialog(parent.window(), title, label, action, text)
    return str(dialog.editor.value()) if dialog.exec() else None
