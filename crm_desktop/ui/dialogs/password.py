"""Changing one's own password."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.administration import SHORTEST_PASSWORD
from crm_desktop.spec.kinds import TEXT
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.fields.line import LineEditor


class PasswordDialog(Dialog):
    """Asks for the new password twice. Whoever shows it changes the password on ``chosen`` and then closes
    it.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent, _("Change password"))
        help_text = _("At least {count} characters.").format(count=SHORTEST_PASSWORD)
        self.first = LineEditor(TEXT, _("New password"), required=True, help_text=help_text)
        self.second = LineEditor(TEXT, _("The same again"), required=True)
        for editor in (self.first, self.second):
            editor.line.setEchoMode(QLineEdit.EchoMode.Password)
            self.body.addWidget(editor)
        self.add_cancel()
        self.add_primary(_("Change password"), self._choose)

    def _choose(self) -> None:
        password = self.first.line.text()
        if len(password) < SHORTEST_PASSWORD:
            self.first.set_error(_("At least {count} characters.").format(count=SHORTEST_PASSWORD))
        elif self.second.line.text() != password:
            self.second.set_error(_("The two are not the same."))
        else:
            self.chosen.emit(password)
