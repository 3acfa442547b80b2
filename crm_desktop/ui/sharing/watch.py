"""Follows what others share with the person, so that his lists look for it without a new sign-in."""

from __future__ import annotations

from PySide6.QtCore import QObject

from crm_desktop.core.access import Person
from crm_desktop.services.sharing import fetch_lent
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.tasks import Tasks

TABLES = frozenset({"share", "employee", "department", "event_participant"})


class LentWatch(QObject):
    """One for a window."""

    def __init__(self, tasks: Tasks, bus: Bus, person: Person, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._bus, self._person = tasks, bus, person
        bus.changed.connect(self._table_changed)

    def _table_changed(self, table: str, _ids: object) -> None:
        if table in TABLES:
            self._tasks.query(self, fetch_lent, self._take, key="lent")

    def _take(self, entities: frozenset[str]) -> None:
        """Lists that were told of the change before this look once more."""
        changed = entities ^ self._person.lent.entities
        self._person.lent.entities = entities
        for table in changed:
            self._bus.post(table, None)
