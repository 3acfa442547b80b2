"""The administrator gives somebody a login, or another password for it; shown once, to be told to that person."""

from __future__ import annotations

import secrets

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.administration import SHORTEST_PASSWORD
from crm_desktop.spec.kinds import TEXT
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.widgets.buttons import quiet_button
from crm_desktop.ui.widgets.labels import label

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another when it is read aloud
GENERATED_LENGTH = 10


class GivePasswordDialog(Dialog):
    """Whoever shows it acts on ``chosen`` and closes it then, so that nothing has to be typed again after an error."""

    chosen = Signal(str, str)  # login, password

    def __init__(self, parent: QWidget | None, name: str, login: str, *, is_new: bool) -> None:
        title = _("Sign-in for {name}") if is_new else _("New password for {name}")
        super().__init__(parent and parent.window(), title.format(name=name))
        self.login = LineEditor(
            TEXT,
            _("Login"),
            required=is_new,
            help_text=_("Small letters, digits, dots and hyphens.") if is_new else "",
            max_length=63,
        )
        self.login.set_value(login)
        self.login.set_read_only(not is_new)
        self.password = LineEditor(
            TEXT, _("Password"), required=True,
            help_text=_("At least {count} characters.").format(count=SHORTEST_PASSWORD),
        )  # fmt: skip
        self.password.set_value(generated_password())
        self.body.addWidget(self.login)
        self.body.addWidget(self.password)
        another = quiet_button(
            _("Suggest another"), lambda: self.password.set_value(generated_password()), icon_name="dice-five"
        )
        self.body.addWidget(another, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(
            label(_("Tell it to {name}; it is not shown again. It can be changed in the menu at the top right.")
                  .format(name=name), "muted", wrap=True)
        )  # fmt: skip
        self.add_cancel()
        self.add_primary(_("Create login") if is_new else _("Set password"), self._choose)

    def _choose(self) -> None:
        if not (self.login.check() and self.password.check()):
            return
        password = self.password.line.text()
        if len(password) < SHORTEST_PASSWORD:
            self.password.set_error(_("At least {count} characters.").format(count=SHORTEST_PASSWORD))
            return
        self.chosen.emit(self.login.line.text().strip(), password)


def generated_password() -> str:
    """Easy to read aloud, hard to guess."""
    return "".join(secrets.choice(_LETTERS) for _place in range(GENERATED_LENGTH))
