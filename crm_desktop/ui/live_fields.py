"""Follows the fields that the administrator adds and changes, while the window is open."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from crm_desktop.entities import every_entity
from crm_desktop.services.custom_fields import load_custom_fields
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.tasks import Tasks


class LiveFields(QObject):
    """One for all pages of a window. What shows an entity asks ``entities.by_key`` again when its key is named."""

    changed = Signal(object)  # frozenset of entity keys

    def __init__(self, tasks: Tasks, bus: Bus) -> None:
        super().__init__(tasks)
        self._tasks = tasks
        self._seen = every_entity()
        bus.changed.connect(self._table_changed)

    def _table_changed(self, table: str, _ids: object) -> None:
        if table == "custom_field":
            self._tasks.query(self, load_custom_fields, self._take, lambda _error: None, key="fields")

    def _take(self, _changed: object) -> None:
        """Compared with what this window knew: another window of this program may have read it first."""
        seen, self._seen = self._seen, every_entity()
        changed = frozenset(now.key for now, before in zip(self._seen, seen, strict=True) if now is not before)
        if changed:
            self.changed.emit(changed)
