"""Asks who may read the whole database: backup and restore go past all rights, which no employee's login may."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.spec.kinds import TEXT
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.widgets.labels import label

USUAL = "postgres"


class SuperuserDialog(Dialog):
    """The password is used once and kept nowhere. With ``database``, also asks for the name of the new one."""

    chosen = Signal(str, str, str)  # login, password, database

    def __init__(
        self, parent: QWidget | None, title: str, action: str, *, asks_login: bool, database: str = ""
    ) -> None:
        super().__init__(parent, title)
        self._asks_login = asks_login
        self.database = LineEditor(TEXT, _("Name of the new database"), required=bool(database))
        self.database.set_value(database)
        self.login = LineEditor(TEXT, _("Login of the server's superuser"), required=True)
        self.login.set_value(USUAL)
        self.password = LineEditor(TEXT, _("Password"))
        self.password.line.setEchoMode(QLineEdit.EchoMode.Password)
        if database:
            self.body.addWidget(self.database)
        if asks_login:
            words = _(
                "This reads or writes the whole database, past all rights. It takes the superuser whose password was "
                "chosen when PostgreSQL was installed. It is used once and kept nowhere."
            )
            self.body.addWidget(label(words, "muted", wrap=True))
            self.body.addWidget(self.login)
            self.body.addWidget(self.password)
        self.add_cancel()
        self.add_primary(action, self._choose)

    def _choose(self) -> None:
        if all([self.database.check(), not self._asks_login or self.login.check()]):
            self.chosen.emit(self.login.value(), self.password.line.text(), self.database.value() or "")
            self.accept()
