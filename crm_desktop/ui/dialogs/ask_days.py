"""Asking for a stretch of days."""

from __future__ import annotations

import datetime

from PySide6.QtWidgets import QHBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.spec.kinds import DATE
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.fields.line import DateEditor

Days = tuple[datetime.date, datetime.date]


class AskDaysDialog(Dialog):
    """The first and the last day, both required."""

    def __init__(self, parent: QWidget, days: Days) -> None:
        super().__init__(parent, _("From … to …"))
        self.editors = (DateEditor(DATE, _("First day"), required=True), DateEditor(DATE, _("Last day"), required=True))
        line = QHBoxLayout()
        line.setSpacing(12)
        for editor, day in zip(self.editors, days, strict=True):
            editor.set_value(day)
            line.addWidget(editor)
        self.body.addLayout(line)
        self.editors[0].setFocus()
        self.add_cancel()
        self.add_primary(_("Show"), self._accept_if_filled)

    def days(self) -> Days:
        """What was entered, the earlier one first."""
        first, last = sorted(editor.value() for editor in self.editors)
        return first, last

    def _accept_if_filled(self) -> None:
        first, last = (editor.check() for editor in self.editors)  # both say what they miss
        if first and last:
            self.accept()


def ask_days(parent: QWidget, days: Days) -> Days | None:
    """The stretch of days; None when the user thought better of it."""
    dialog = AskDaysDialog(parent.window(), days)
    return dialog.days() if dialog.exec() else None
