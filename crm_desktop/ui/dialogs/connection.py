"""The fields that say where a server is and how the connection is protected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, cast

from PySide6.QtWidgets import QGridLayout, QWidget

from crm_desktop.core.i18n import N_, _
from crm_desktop.core.settings import Profile
from crm_desktop.spec.kinds import CHOICE, TEXT, Integer, Ref
from crm_desktop.ui.fields.choice import ChoiceEditor
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.widgets.labels import label

Protection = Literal["prefer", "disable", "require", "verify-ca", "verify-full"]
PROTECTIONS: dict[Protection, str] = {
    "prefer": N_("Encrypted if the server can"),
    "require": N_("Always encrypted"),
    "verify-ca": N_("Encrypted, certificate checked"),
    "verify-full": N_("Encrypted, certificate and name checked"),
    "disable": N_("Never encrypted"),
}
EXPLANATIONS: dict[Protection, str] = {
    "prefer": N_("Right for most offices. A server without encryption is accepted too."),
    "require": N_("A server without encryption is refused. It is not checked whether it is the right one."),
    "verify-ca": N_("Only a server whose certificate your administrator's authority has signed."),
    "verify-full": N_("The safest: also refuses a server that bears another name than the one typed above."),
    "disable": N_("Whoever listens in the network can read along. Only for a server on this computer."),
}
LAST_PORT = 65535


class _Port(Integer):
    """Not grouped: it is a name more than a number."""

    def format(self, value: int | None) -> str:
        return "" if value is None else str(value)


class ConnectionFields(QWidget):
    """Edits a profile except its login. ``profile`` gives it back with what was typed."""

    def __init__(self) -> None:
        super().__init__()
        self._profile = Profile(name="")
        self.host = LineEditor(TEXT, _("Server (name or address)"), required=True)
        self.host.line.setPlaceholderText(_("Several with commas between them"))
        self.port = LineEditor(_Port(), _("Port"), required=True)
        self.database = LineEditor(TEXT, _("Database"), required=True)
        self.protection = ChoiceEditor(CHOICE, _("Protection"), self._answer_modes, required=True)
        self.authority = LineEditor(TEXT, _("Certificate of the authority (file)"))
        self.setFocusProxy(self.host)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.host, 0, 0)
        grid.addWidget(self.port, 0, 1)
        grid.addWidget(self.database, 1, 0, 1, 2)
        grid.addWidget(self.protection, 2, 0, 1, 2)
        self.explanation = label("", "small", wrap=True)
        grid.addWidget(self.explanation, 3, 0, 1, 2)
        grid.addWidget(self.authority, 4, 0, 1, 2)
        self.protection.changed.connect(self._show_authority)
        self.setFocusProxy(self.host)

    def set_profile(self, profile: Profile) -> None:
        """Show a profile."""
        self._profile = profile
        self.host.set_value(profile.host)
        self.port.set_value(profile.port)
        self.database.set_value(profile.database)
        self.protection.set_value(self._ref(profile.sslmode))
        self.authority.set_value(profile.sslrootcert)
        self._show_authority()

    def profile(self) -> Profile:
        """The profile as typed; call it when ``check`` said yes."""
        host = cast("str", self.host.value())
        return replace(
            self._profile,
            name=self._profile.name or host,
            host=host,
            port=self.port.value(),
            database=self.database.value(),
            sslmode=self._mode(),
            sslrootcert=self.authority.value() or "",
        )

    def check(self) -> bool:
        """Whether all fields can be used; those that cannot say why."""
        if not all([editor.check() for editor in (self.host, self.port, self.database, self.protection)]):  # noqa: C419 - all of them
            return False
        if not 0 < self.port.value() <= LAST_PORT:
            self.port.set_error(_("1 to 65535"))
            return False
        return True

    def _show_authority(self) -> None:
        self.explanation.setText(_(EXPLANATIONS[self._mode()]))
        self.authority.setVisible(self._mode().startswith("verify"))

    def _mode(self) -> Protection:
        chosen = self.protection.chosen()
        return list(PROTECTIONS)[chosen.id] if chosen else "prefer"

    def _ref(self, mode: Protection) -> Ref:
        return Ref(list(PROTECTIONS).index(mode), _(PROTECTIONS[mode]))

    def _answer_modes(self, answer: Callable[[Sequence[Ref]], None]) -> None:
        answer([self._ref(mode) for mode in PROTECTIONS])
