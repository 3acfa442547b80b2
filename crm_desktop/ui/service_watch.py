"""Hears at once of a service request that a colleague gives to the person or opens again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject

from crm_desktop.services.service_desk import Given, fetch_given
from crm_desktop.ui.context import Context
from crm_desktop.ui.soon import Soon

MOST_LOOKED_AT = 50
"""Who is given more at once sees them in his list."""


class ServiceWatch(QObject):
    """One for a window; ``tell`` gets each request once, those that come together at once."""

    def __init__(self, context: Context, tell: Callable[[Sequence[Given]], object], parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._tell_new = context.tasks, tell
        self._heard: set[int] = set()
        self._told: set[Given] = set()
        self._soon = Soon(self._look, self)
        if context.person.may("update", "service_request"):
            context.bus.changed.connect(self._note)

    def _note(self, table: str, ids: frozenset[int] | None) -> None:
        if table == "service_request" and ids and len(ids) <= MOST_LOOKED_AT:
            self._heard |= ids
            self._soon.ask()

    def _look(self) -> None:
        ids, self._heard = sorted(self._heard), set()
        self._tasks.query(self, partial(fetch_given, ids=ids), self._tell, lambda _error: None)

    def _tell(self, found: Sequence[Given]) -> None:
        new = [given for given in found if given not in self._told]
        if new:
            self._told |= {*new}
            self._tell_new(new)
