"""A new task in one line, above the list of tasks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from crm_desktop.core import clock
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services.lookup import Choices
from crm_desktop.services.records import Record
from crm_desktop.services.task_entry import create_by_line, parse_task
from crm_desktop.ui import messages
from crm_desktop.ui.form_page.undoing import notify_saved
from crm_desktop.ui.line_draft import LineDraft
from crm_desktop.ui.widgets.entry_line import EntryLine

if TYPE_CHECKING:
    from crm_desktop.ui.area_view import AreaView


class TaskLine(EntryLine):
    """``done`` is called when a task is there."""

    def __init__(self, view: AreaView, done: Callable[[], object]) -> None:
        hint = _("New task in one line, e.g. tomorrow 3pm send samples to Huagong #high @name")
        super().__init__(_("New task in one line"), hint)
        self._view, self._done = view, done
        self._draft = LineDraft(view, self, "task/all")
        self.entered.connect(lambda typed: view.context.choices.load(self, partial(self._create, typed)))

    def _create(self, typed: str, choices: Choices) -> None:
        person, now = self._view.context.person, clock.now()

        def done(written: Record) -> None:
            self.finish(is_made=True)
            notify_saved(self._view, written, is_new=True)
            self._done()

        def fail(error: KnownError) -> None:
            self.finish(is_made=False)
            messages.show_error(self, error)

        work = self._draft.sending(lambda session: create_by_line(session, person, choices, parse_task(typed, now)))
        self._view.context.tasks.command(self, work, done, fail, waits=True)
