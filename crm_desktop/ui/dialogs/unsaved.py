"""The question before something typed would be lost."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui.dialogs.message import MessageDialog

Answer = Literal["save", "discard", "keep", "stay"]


class UnsavedDialog(MessageDialog):
    """Save, discard, keep as a draft or stay; Esc stays. Without ``can_save`` what is typed can only be sent off on
    its page.
    """

    def __init__(self, parent: QWidget | None, title: str, *, can_save: bool = True) -> None:
        question = _("Save the changes to “{title}”?").format(title=title) if title else _("Save the new record?")
        if not can_save:
            question = _("Something is typed on “{title}” that was not saved.").format(title=title)
        super().__init__(parent and parent.window(), question, "", "warn")
        self.answer: Answer = "stay"
        if can_save:
            self.add_secondary(_("Stay"), self.reject)
            self.add_secondary(_("Discard"), lambda: self._choose("discard"))
            self.add_secondary(_("Keep as draft"), lambda: self._choose("keep"))
            self.add_primary(_("Save"), lambda: self._choose("save"))
        else:
            self.add_secondary(_("Discard"), lambda: self._choose("discard"))
            self.add_secondary(_("Keep as draft"), lambda: self._choose("keep"))
            self.add_primary(_("Stay"), self.reject)

    def _choose(self, answer: Answer) -> None:
        self.answer = answer
        self.accept()


def ask_unsaved(parent: QWidget, title: str, *, can_save: bool = True) -> Answer:
    """What the user wants done with what he typed."""
    dialog = UnsavedDialog(parent, title, can_save=can_save)
    dialog.exec()
    return dialog.answer
