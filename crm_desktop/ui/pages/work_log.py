"""A work log: what was done is there already, one's own words are added, and it is submitted."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services import work_logs
from crm_desktop.services.lookup import Choices
from crm_desktop.services.records import Record
from crm_desktop.services.work_logs import State
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.form_page import FormPage
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.pages.deeds_card import DeedsCard
from crm_desktop.ui.pages.work_log_card import WorkLogCard
from crm_desktop.ui.printing import show_pages
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.bar import Bar

_WORDS = ("summary", "plan", "problems")


class WorkLogPage(FormPage):
    """Where the log stands and what was done, above the form."""

    def __init__(self, view: AreaView, entity: str, id_: int) -> None:
        self._choices: Choices | None = None
        self.card, self.deeds, self.known_bar = WorkLogCard(), DeedsCard(view), Bar("accent")
        super().__init__(view, entity, id_)
        for widget in (self.known_bar, self.card):
            self.body.insertWidget(self.body.indexOf(self.splitter), widget)
        self._editor.add_above(self.deeds)
        self.deeds.chosen.connect(self._leave_out)
        self._editor.form.edited.connect(lambda key: self._look_for_known() if key in ("begins_on", "kind") else None)
        self.card.submit_wanted.connect(self.submit)
        self.card.take_back_wanted.connect(self.take_back)
        view.context.choices.load(self, self._take_choices)

    @property
    def state(self) -> State | None:
        """Where the log stands; None while that is not known."""
        return work_logs.state_of(self._editor.record, self._choices) if self._choices is not None else None

    def submit(self) -> None:
        """Save what is typed, then give it to the superior."""
        if self.state == "draft" and self._is_mine:
            words = _("“{title}” was submitted.")
            self._editor.save(lambda: self._run(work_logs.submit, partial(self._tell, words)))

    def take_back(self) -> None:
        """Make it a draft again."""
        if self.state == "submitted" and self._is_mine:
            self._run(work_logs.take_back, partial(self._tell, _("“{title}” is a draft again.")))

    def print(self) -> None:
        """Set the log as a sheet and show it before it is printed."""
        id_, title, person = self.id, self.title, self.view.context.person

        def work(session: Session) -> bytes:
            from crm_desktop.reports.work_log import print_work_log

            pages = io.BytesIO()
            print_work_log(session, id_, person, pages)
            return pages.getvalue()

        self.view.context.tasks.query(self, work, lambda pdf: show_pages(self, title, pdf), key="print")

    # What is shown

    @property
    def _is_mine(self) -> bool:
        record = self._editor.record
        return record.id > 0 and record.values["owner"].id == self.view.context.person.id

    def _show_record(self, record: Record) -> None:
        super()._show_record(record)
        self._editor.right_bar.setVisible(record.id == 0 and self._editor.is_read_only)  # else the card says it
        self._show_state()
        self._look_for_known()

    def _look_for_known(self) -> None:
        """A day has one log: where a new one is begun for a day that has one, that is said, and one can go on in it."""
        form = self._editor.form
        day, kind = form.value_of("begins_on"), form.value_of("kind")
        if self._editor.record.id or day is None or kind is None:
            self.known_bar.say_one("")
            return

        def say(found: int | None) -> None:
            if found is None or self._editor.record.id:
                self.known_bar.say_one("")
            else:
                go_on = (_("Go on in it"), partial(self._go_on_in, found))
                self.known_bar.say_one(_("You have a work log of that time already."), go_on)

        self.view.context.tasks.query(self, lambda session: work_logs.find_own(session, day, kind.id), say, key="known")

    def _go_on_in(self, id_: int) -> None:
        """Open the log that is there, with what is typed here added to it, where that is still possible."""
        typed = {key: words for key in _WORDS if (words := self._editor.form.value_of(key))}
        page = self.view.open_record("work_log", id_)
        assert isinstance(page, WorkLogPage)
        editor = page.editor

        def add(record: Record) -> None:
            if record.id != id_:
                return
            editor.loaded.disconnect(add)
            if typed and editor.is_read_only:
                return  # what is typed stays here
            for key, words in typed.items():
                editor.form.fill(key, "\n".join(filter(None, (editor.form.value_of(key), words))))
            self._editor.revert()
            self.view.close_page(self)

        editor.loaded.connect(add)
        if editor.record.id:
            add(editor.record)

    def _take_choices(self, choices: Choices) -> None:
        self._choices = choices
        self._show_state()

    def _show_state(self) -> None:
        record, state = self._editor.record, self.state
        self.card.show_log(record, state, is_mine=self._is_mine)
        self.deeds.show_log(record, may_choose=self._is_mine and state == "draft")

    # What is done

    def _leave_out(self, keys: list[str]) -> None:
        self._run(lambda session, log: work_logs.leave_out(session, log, keys), self._editor.take_written)

    def _run(self, work: Callable[[Session, Record], Record], done: Callable[[Record], None]) -> None:
        base = self._editor.record
        self.view.context.tasks.command(self, lambda session: work(session, base), done, self._fail)

    def _tell(self, words: str, written: Record) -> None:
        self._editor.take_written(written)
        back = partial(undo, self.view, self.view, written.change_set)
        messages.notify(self.view, words.format(title=written.title), undo=back)

    def _fail(self, error: KnownError) -> None:
        """What is there now is read, then said."""
        self._editor.load(self._editor.record.id)
        messages.show_error(self, error)
