"""Reminds the person of a window: shows what the watch finds, and saves what is said to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services import reminders
from crm_desktop.services.records import Record
from crm_desktop.services.reminders import Pending
from crm_desktop.ui import messages
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.reminders.panel import ReminderPanel
from crm_desktop.ui.reminders.watch import ReminderWatch
from crm_desktop.ui.tasks import Session

if TYPE_CHECKING:
    from crm_desktop.ui.main_window import MainWindow


class Reminding(QObject):
    """One for a window. Two windows of one person show the same; what is said in one goes in the other too."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        context = window.context
        self._window, self._tasks, self._person = window, context.tasks, context.person
        self.panel = ReminderPanel(window)
        self.watch = ReminderWatch(context.tasks, context.bus, context.person.id, self)
        self.watch.due.connect(self._show)
        self.panel.open_wanted.connect(self._open)
        self.panel.finished.connect(self._finish)
        self.panel.snoozed.connect(self._snooze)
        self.panel.answered.connect(self._answer)
        self.watch.start()

    def build_anew(self) -> None:
        """Say it in the language of the moment."""
        self.panel.clear()
        self.watch.look()

    def _show(self, due: list[Pending]) -> None:
        if self.panel.show_due(due):
            QApplication.alert(self._window)

    def _open(self, one: Pending) -> None:
        """Whoever looks at a task or an event knows of it; a question stays until it is answered."""
        self._window.open_record(one.entity, one.record_id)
        if not one.is_question:
            self._finish([one])

    def _finish(self, several: list[Pending]) -> None:
        self.watch.forget(several)
        self._save(lambda session: reminders.finish(session, several))

    def _snooze(self, several: list[Pending], until: datetime) -> None:
        self.watch.put_off(several, until)
        self._save(lambda session: reminders.snooze(session, several, until))

    def _answer(self, one: Pending, values: Mapping[str, Any]) -> None:
        def done(written: Record) -> None:
            row = self.panel.rows.get((one.id, one.remind_at))
            if row is not None:
                row.result.clear()
            self.watch.forget([one])
            view = self._window.view(self._window.current_area())
            back = partial(undo, view, view, written.change_set)
            messages.notify(self._window, _("Logged."), undo=back)

        work = partial(reminders.answer, person=self._person, one=one, values=values)
        self._tasks.command(self, work, done, self._fail, waits=True)

    def _save(self, work: Callable[[Session], None]) -> None:
        self._tasks.command(self, work, lambda _nothing: None, self._fail, waits=True)

    def _fail(self, error: KnownError) -> None:
        messages.show_error(self._window, error)
        self.watch.read()
