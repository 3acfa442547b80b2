"""The thin line at the foot of the window: server, state of the connection, who is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from crm_desktop.core import clock
from crm_desktop.core.access import Function
from crm_desktop.core.i18n import _
from crm_desktop.services.preferences import SAMPLE_FIRM, fetch_settings
from crm_desktop.spec.kinds import TIME
from crm_desktop.ui.connection_state import ConnectionState
from crm_desktop.ui.context import Context

HEIGHT = 26
OLD_DAYS = 7
"""A backup older than this worries."""


class StatusLine(QFrame):
    """Server and connection at the left, the person at the right."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("status")
        self.setFixedHeight(HEIGHT)
        self._context = context
        self.connection = ConnectionState(context)
        person = context.person
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 0, 12, 0)
        line.setSpacing(4)
        line.addWidget(self.connection)
        line.addStretch(1)
        self._backup = QLabel()
        line.addWidget(self._backup)
        line.addSpacing(16)
        line.addWidget(QLabel(f"{person.name} ({person.login})" if person.name else person.login))
        if person.may_use(Function.UNDO, "customer"):
            context.bus.changed.connect(lambda table, _ids: self._read_backup() if table == "setting" else None)
            self._read_backup()

    def text(self) -> str:
        """Server and state, as shown."""
        return self.connection.text()

    def _read_backup(self) -> None:
        """Managers see when the firm's data were last backed up, and whether that backup was tried."""
        self._context.tasks.query(self, fetch_settings, self._show_backup, lambda _error: None, key="backup")

    def _show_backup(self, settings: Mapping[str, Any]) -> None:
        text, tone = ("", "") if SAMPLE_FIRM in settings else backup_words(settings)  # invented data is not lost
        self._backup.setText(text)
        self._backup.setObjectName("error" if tone == "bad" else "")
        self._backup.style().polish(self._backup)


def backup_words(settings: Mapping[str, Any]) -> tuple[str, str]:
    """When the last backup was made and whether a restore has proved it good, and ``bad`` where that is a worry."""
    made = settings.get("last_backup")
    if not made:
        return _("No backup yet"), "bad"
    at = datetime.fromisoformat(made["at"])
    tone = "bad" if (clock.now() - at).days > OLD_DAYS else "muted"
    proof = settings.get("last_proven_restore")
    if proof:
        day = datetime.fromisoformat(proof["at"])
        return _("Last backup {at}, restore tried {day}").format(at=TIME.format(at), day=TIME.format(day)[:10]), tone
    return _("Last backup {at}, never tried to restore").format(at=TIME.format(at)), tone
