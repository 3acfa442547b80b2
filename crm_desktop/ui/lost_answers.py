"""Asks the server which drafts were saved after all: the program ended, or the page was left, before its answer."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from crm_desktop.core.errors import KnownError
from crm_desktop.services.outcome import was_committed
from crm_desktop.ui.context import Context
from crm_desktop.ui.soon import later
from crm_desktop.ui.tasks import Session

REST_MS = 10_000  # before a server that could not tell is asked again


class LostAnswers(QObject):
    """One a window. It asks when nothing is under way, since a save that still runs is ended before it is judged."""

    told = Signal()  # of no draft it is open any more, or the server cannot tell now

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._book, self._tasks = context.drafts, context.tasks
        self._rest = later(REST_MS, self._ask, self)
        self._book.changed.connect(self._ask)
        self._tasks.became_idle.connect(self._ask)
        context.bus.connection_changed.connect(self._note_connection)

    def _ask(self) -> None:
        if not self._book.is_loaded or self._tasks.busy or self._rest.isActive():
            return
        attempts = {draft.id: draft.attempt for draft in self._book.doubtful() if draft.attempt is not None}
        if not attempts:
            self.told.emit()
            return

        def look(session: Session) -> dict[str, bool]:
            return {id_: was_committed(session, attempt) for id_, attempt in attempts.items()}

        self._tasks.query(self, look, self._take, self._fail, key="ask")

    def _take(self, found: Mapping[str, bool]) -> None:
        for id_, is_saved in found.items():
            (self._book.settle if is_saved else self._book.note_failure)(id_)

    def _fail(self, _error: KnownError) -> None:
        self._rest.start()
        self.told.emit()

    def _note_connection(self, state: str) -> None:
        if state == "connected":
            self._rest.stop()
            self._ask()
