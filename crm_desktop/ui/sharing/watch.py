"""Follows whose records the person reaches and what others share with him, so that his lists and imports look for it
without a new sign-in.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject

from crm_desktop.core.access import Person
from crm_desktop.services.sharing import Owners, fetch_lent, fetch_owners
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.tasks import Tasks

LENDING = frozenset({"share", "employee", "department", "event_participant"})
REACHING = frozenset({"employee", "department"})
"""Not what is written all day: each window reads then whose records its person reaches."""


class SightWatch(QObject):
    """One for a window."""

    def __init__(self, tasks: Tasks, bus: Bus, person: Person, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._bus, self._person = tasks, bus, person
        bus.changed.connect(self._table_changed)

    def _table_changed(self, table: str, _ids: object) -> None:
        if table in REACHING:
            self._tasks.query(self, fetch_owners, self._take_owners, key="owners")
        if table in LENDING:
            self._tasks.query(self, fetch_lent, self._take_lent, key="lent")

    def _take_owners(self, now: Owners) -> None:
        owners = self._person.owners
        changed = {scope for scope in owners.keys() | now.keys() if owners.get(scope) != now.get(scope)}
        owners.update(now)  # never empty in between: other threads read it
        for scope in owners.keys() - now.keys():
            del owners[scope]
        self._tell({entity for entity, _verb in changed})

    def _take_lent(self, entities: frozenset[str]) -> None:
        changed = entities ^ self._person.lent.entities
        self._person.lent.entities = entities
        self._tell(changed)

    def _tell(self, changed: Iterable[str]) -> None:
        """Lists that were told of the change before this look once more."""
        for table in changed:
            self._bus.post(table, None)
