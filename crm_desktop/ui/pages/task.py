"""A task: where it stands and its checklist above its form, what became of it below."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.services import tasks
from crm_desktop.services.lookup import Choices
from crm_desktop.services.records import FieldsError, Record
from crm_desktop.services.tasks import AFTER, State
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.form_page import FormPage
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.pages.task_card import KEYS, TaskCard
from crm_desktop.ui.sharing.ownership_card import OwnershipCard
from crm_desktop.ui.tasks import Session

_SAID: dict[State, str] = {
    "working": N_("“{title}” is in progress."),
    "done": N_("“{title}” is done."),
    "declined": N_("“{title}” was given back."),
    "cancelled": N_("“{title}” was cancelled."),
}


class TaskPage(FormPage):
    """Enter in the line of the feedback finishes it."""

    keys = (
        (KEYS["working"], N_("Begin or reopen a task")),
        (KEYS["done"], N_("A task is done")),
        (KEYS["declined"], N_("Give a task back")),
        (KEYS["cancelled"], N_("Cancel a task")),
    )

    def __init__(self, view: AreaView, entity: str, id_: int) -> None:
        self._choices: Choices | None = None
        self.card = TaskCard()
        super().__init__(view, entity, id_)
        self.ownership = OwnershipCard(view, self.sharing)
        self.history.shown.connect(self.ownership.show_record)
        self.attached.read.connect(self.ownership.show_surroundings)
        self.body.insertWidget(self.body.indexOf(self.splitter), self.card)
        self.add_below(self.ownership)
        self._editor.loaded.connect(lambda record: self.ownership.setVisible(record.id > 0))
        self._note = self.keep_note("feedback", _("Feedback"), {"text": self.card.feedback})
        self.card.wanted.connect(self.become)
        self.card.ticked.connect(self._tick)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for state, key in KEYS.items():
            QShortcut(QKeySequence(key), self, context=here).activated.connect(partial(self.become, state))
        view.context.choices.load(self, self._take_choices)

    @property
    def state(self) -> State | None:
        """Where the task stands; None while that is not known."""
        return tasks.state_of(self._editor.record, self._choices) if self._choices is not None else None

    def is_note_typed(self) -> bool:
        """Also feedback that was not sent."""
        return super().is_note_typed() or bool(self.card.feedback.text().strip())

    def become(self, state: str) -> None:
        """Save what is typed, then let the task enter a state, with the feedback that stands in its line."""
        code, now = cast("State", state), self.state
        if now is not None and code in AFTER[now] and not self._editor.is_read_only:
            self._editor.save(partial(self._enter, code))

    # What is shown

    def _show_record(self, record: Record) -> None:
        super()._show_record(record)
        self._show_state()

    def _take_choices(self, choices: Choices) -> None:
        self._choices = choices
        self._show_state()

    def _show_state(self) -> None:
        self.card.show_task(self._editor.record, self.state, may_edit=not self._editor.is_read_only)

    # What is done

    def _enter(self, code: State) -> None:
        assert self._choices is not None
        wanted, base = self._choices.find("task_state", code), self._editor.record
        result = self.card.feedback.text().strip()
        assert wanted is not None

        def done(written: Record) -> None:
            self.card.feedback.clear()
            self._tell(_(_SAID[code]), written)

        work = self._note.sending(lambda session: tasks.become(session, base, wanted, code, result))
        self._run(work, done)

    def _tick(self, lines: list[str]) -> None:
        base = self._editor.record
        self._run(lambda session: tasks.tick(session, base, lines), self._editor.take_written)

    def _run(self, work: Callable[[Session], Record], done: Callable[[Record], None]) -> None:
        self.view.context.tasks.command(self, work, done, self._fail)

    def _tell(self, words: str, written: Record) -> None:
        self._editor.take_written(written)
        back = partial(undo, self.view, self.view, written.change_set)
        messages.notify(self.view, words.format(title=written.title), undo=back)

    def _fail(self, error: KnownError) -> None:
        """What is there now is read, then said; a missing word is asked for where it belongs."""
        if isinstance(error, FieldsError):
            messages.notify(self, error.message, tone="warn")
            self.card.feedback.setFocus()
            return
        self._editor.load(self._editor.record.id)
        messages.show_error(self, error)
