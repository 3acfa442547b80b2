"""Says when a message comes, and how many wait: the bell in the header, and a word in a corner of the window."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from crm_desktop.core.i18n import _
from crm_desktop.services.messages import Message, count_unread, fetch_messages, in_short
from crm_desktop.ui.context import Context
from crm_desktop.ui.tasks import Session

SHOWN = 80
"""Characters of a message that pop up."""
_NEVER = datetime.datetime.min.replace(tzinfo=datetime.UTC)


class MessageWatch(QObject):
    """One for a window. ``tell`` shows a word; those that waited before the window was there are only counted."""

    counted = Signal(int)

    def __init__(self, context: Context, tell: Callable[[str], object], parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._tell = context, tell
        self._latest: datetime.datetime | None = None
        context.bus.changed.connect(self._table_changed)
        context.tasks.when_idle(self.look)

    def look(self) -> None:
        """Count what is unread, and tell of what came since the last time."""
        self._context.tasks.query(self, _read, self._take, lambda _error: None, key="unread")

    def _take(self, found: tuple[int, list[Message]]) -> None:
        count, newest = found
        self.counted.emit(count)
        latest = newest[0].sent_at if newest else _NEVER
        if self._latest is not None and latest > self._latest:
            body = newest[0].words.partition("\n")[0]
            short = body if len(body) <= SHOWN else f"{body[:SHOWN]}…"
            self._tell(_("{name}: {words}").format(name=in_short(newest[0]), words=short))
        self._latest = max(latest, self._latest or _NEVER)

    def _table_changed(self, table: str, ids: frozenset[int] | None, _change_sets: object) -> None:
        if table == "message" and (ids is None or self._context.person.id in ids):
            self.look()


def _read(session: Session) -> tuple[int, list[Message]]:
    return count_unread(session), fetch_messages(session, "unread", 1)
