"""A new task in one line, above the list of tasks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit

from crm_desktop.core import clock
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services.lookup import Choices
from crm_desktop.services.records import Record
from crm_desktop.services.task_entry import create_by_line, parse_task
from crm_desktop.ui import messages
from crm_desktop.ui.form_page.undoing import notify_saved
from crm_desktop.ui.widgets.buttons import with_shortcut

if TYPE_CHECKING:
    from crm_desktop.ui.area_view import AreaView

MOST_LENGTH = 300


class TaskLine(QLineEdit):
    """Enter makes the task; ``done`` is called when it is there. Ctrl+L brings the cursor here."""

    def __init__(self, view: AreaView, done: Callable[[], object]) -> None:
        super().__init__()
        self._view, self._done = view, done
        self.setMaxLength(MOST_LENGTH)
        self.setAccessibleName(_("New task in one line"))
        hint = _("New task in one line, e.g. tomorrow 3pm send samples to Huagong #high @name")
        self.setPlaceholderText(with_shortcut(hint, "Ctrl+L"))
        self.returnPressed.connect(self.enter)
        QShortcut(QKeySequence("Ctrl+L"), self).activated.connect(self.setFocus)

    def enter(self) -> None:
        """Make a task of what is typed."""
        typed = self.text().strip()
        if typed and not self.isReadOnly():
            self.setReadOnly(True)  # until it is saved; Enter twice is one task
            self._view.context.choices.load(self, partial(self._create, typed))

    def _create(self, typed: str, choices: Choices) -> None:
        entry, person = parse_task(typed, clock.now()), self._view.context.person

        def done(written: Record) -> None:
            self.setReadOnly(False)
            self.clear()
            notify_saved(self._view, written, is_new=True)
            self._done()

        def fail(error: KnownError) -> None:
            self.setReadOnly(False)
            messages.show_error(self, error)

        self._view.context.tasks.command(
            self, lambda session: create_by_line(session, person, choices, entry), done, fail, waits=True
        )
