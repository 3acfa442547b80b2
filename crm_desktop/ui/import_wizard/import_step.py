"""The fifth step: the import runs; it can still be cancelled, and then leaves nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal

from crm_desktop.core.i18n import _
from crm_desktop.ui.import_wizard.draft import ImportDraft
from crm_desktop.ui.import_wizard.step import StepPage
from crm_desktop.ui.import_wizard.waiting import Waiting


class ImportStep(StepPage):
    """Progress and a way to stop."""

    cancelled = Signal()

    def __init__(self, draft: ImportDraft) -> None:
        super().__init__(draft)
        remark = _("You can go on working in other tabs. Cancelling leaves nothing behind.")
        self.waiting = Waiting(_("Importing"), remark, self.cancelled.emit)
        self.body.addWidget(self.waiting)

    def show_draft(self) -> None:
        """Begin at nothing."""
        self.waiting.begin()

    def next_text(self) -> str:
        """It goes on by itself."""
        return ""

    def take_focus(self) -> None:
        """On the button that stops it."""
        self.waiting.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)
