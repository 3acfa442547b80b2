"""The thin line at the foot of the window: server, state of the connection, who is signed in."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from crm_desktop.core.i18n import N_, _
from crm_desktop.ui import icons
from crm_desktop.ui.context import Context

HEIGHT = 26
STATES = {
    "connected": (N_("connected"), "good"),
    "connecting": (N_("connecting…"), "warn"),
    "lost": (N_("connection lost, trying again"), "bad"),
}


class StatusLine(QFrame):
    """Server and connection at the left, the person at the right."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("status")
        self.setFixedHeight(HEIGHT)
        self._server = context.server or _("this computer")
        self._dot = QLabel()
        self._connection = QLabel()
        person = context.person
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 0, 12, 0)
        line.setSpacing(4)
        line.addWidget(self._dot)
        line.addWidget(self._connection)
        line.addStretch(1)
        line.addWidget(QLabel(f"{person.name} ({person.login})" if person.name else person.login))
        self.show_state("connected")
        context.bus.connection_changed.connect(self.show_state)

    def text(self) -> str:
        """Server and state, as shown."""
        return self._connection.text()

    def show_state(self, state: str) -> None:
        """Show one of the states of the bus, in words and in colour."""
        words, tone = STATES[state]
        self._dot.setPixmap(icons.pixmap("circle-fill", 12, tone))
        self._connection.setText(f"{self._server} · {_(words)}")
