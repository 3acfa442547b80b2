"""Follows whose records the person reaches and what others share with him, so that his lists and imports look for it
without a new sign-in.
"""

from __future__ import annotations

from PySide6.QtCore import QObject

from crm_desktop.core.access import Person
from crm_desktop.services.sharing import Sight, fetch_sight
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.tasks import Tasks

TABLES = frozenset({"share", "employee", "department", "event_participant"})


class SightWatch(QObject):
    """One for a window."""

    def __init__(self, tasks: Tasks, bus: Bus, person: Person, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._bus, self._person = tasks, bus, person
        bus.changed.connect(self._table_changed)

    def _table_changed(self, table: str, _ids: object) -> None:
        if table in TABLES:
            self._tasks.query(self, fetch_sight, self._take, key="sight")

    def _take(self, sight: Sight) -> None:
        """Lists that were told of the change before this look once more."""
        owners, lent = self._person.owners, self._person.lent
        scopes = {
            scope for scope in owners.keys() | sight.owners.keys() if owners.get(scope) != sight.owners.get(scope)
        }
        changed = {entity for entity, _verb in scopes} | (sight.lent ^ lent.entities)
        lent.entities = sight.lent
        owners.update(sight.owners)  # never empty in between: other threads read it
        for scope in owners.keys() - sight.owners.keys():
            del owners[scope]
        for table in changed:
            self._bus.post(table, None)
