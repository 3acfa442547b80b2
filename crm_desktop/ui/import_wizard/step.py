"""What the steps of the wizard have in common."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui.import_wizard.draft import ImportDraft


class StepPage(QWidget):
    """One step. It shows the draft and writes into it what the person decides."""

    changed = Signal()

    def __init__(self, draft: ImportDraft) -> None:
        super().__init__()
        self.draft = draft
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(12)

    def show_draft(self) -> None:
        """Show the draft as it is now; called whenever the step comes to the front."""

    def problem(self) -> str:
        """Why one cannot go on, empty when one can. The step marks the place."""
        return ""

    def next_text(self) -> str:
        """What the button that goes on says; empty where there is none."""
        return _("Next")

    def take_focus(self) -> None:
        """Put the keyboard where the step begins."""
