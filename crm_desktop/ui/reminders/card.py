"""When its user wants to be reminded of an event or a task: his own wishes, kept as soon as they are changed."""

from __future__ import annotations

from functools import partial

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services import reminders
from crm_desktop.services.records import Record
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.reminders.wishes import WishesEditor
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.widgets.card import Card

REMINDED = frozenset({"event", "task"})


class ReminderCard(Card):
    """Stands on the page of the record."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("My reminders"))
        self._view, self._record = view, Record("task", 0, 0)
        self._follower = Follower(self, self.refresh)
        self.editor = WishesEditor()
        self.editor.changed.connect(self._keep)
        self.body.addWidget(self.editor)
        view.context.bus.changed.connect(self._note_change)

    def show_record(self, record: Record) -> None:
        """Show one's wishes about this record."""
        self._record = record
        self.setVisible(record.id > 0)
        if record.id:
            self._follower.note()

    def refresh(self) -> None:
        """Read them again."""
        work = partial(reminders.fetch_wishes, entity=self._record.entity, id_=self._record.id)
        self._view.context.tasks.query(self, work, self.editor.show_wishes, lambda _error: None, key="wishes")

    def _keep(self) -> None:
        def fail(error: KnownError) -> None:
            messages.show_error(self, error)

        work = partial(
            reminders.keep_wishes, entity=self._record.entity, id_=self._record.id, wanted=tuple(self.editor.wishes)
        )
        self._view.context.tasks.command(self, work, lambda _nothing: self.refresh(), fail)

    def _note_change(self, table: str, ids: frozenset[int] | None) -> None:
        if table == "reminder" and self._record.id and (ids is None or self._view.context.person.id in ids):
            self._follower.note()
