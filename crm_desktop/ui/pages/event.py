"""The page of an event: who is asked to take part answers above the form."""

from __future__ import annotations

from functools import partial

from crm_desktop.core import clock
from crm_desktop.core.i18n import _
from crm_desktop.services import events
from crm_desktop.services.events import Answer
from crm_desktop.services.records import Record
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.calendar.words import answered_words
from crm_desktop.ui.form_page.form_page import FormPage
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.widgets.bar import Action, Bar


class EventPage(FormPage):
    """What one answered can be answered otherwise until the event is over."""

    def __init__(self, view: AreaView, entity: str, id_: int) -> None:
        self.invitation_bar = Bar("accent")
        super().__init__(view, entity, id_)
        self.body.insertWidget(self.body.indexOf(self.splitter), self.invitation_bar)
        view.context.bus.changed.connect(self._table_changed)

    def answer(self, answer: Answer) -> None:
        """Take part, or not."""
        id_, title = self.id, self.title

        def tell(saved: events.Saved) -> None:
            back = partial(undo, self.view, self.view, saved.change_set, self._read_answer)
            messages.notify(self.view, answered_words(answer, title), undo=back)
            self._read_answer()

        self.view.context.tasks.command(self, lambda session: events.answer(session, id_, answer, title), tell)

    def _show_record(self, record: Record) -> None:
        super()._show_record(record)
        self._read_answer()

    def _table_changed(self, table: str, *_what: object) -> None:
        if table == "event_participant":
            self._read_answer()

    def _read_answer(self) -> None:
        record = self._editor.record
        if not record.id or (record.values["rule"] is None and record.values["ends_at"] < clock.now()):
            self.invitation_bar.say_one("")
            return
        work = partial(events.fetch_own_answer, event_id=record.id)
        self.view.context.tasks.query(self, work, self._show_answer, key="answer")

    def _show_answer(self, given: str | None) -> None:
        accept: Action = (_("Accept"), partial(self.answer, "accepted"))
        decline: Action = (_("Decline"), partial(self.answer, "declined"))
        if given == "invited":
            asking = _("{name} asks you to take part in “{title}”.")
            owner = self._editor.record.values["owner"]
            self.invitation_bar.say_one(asking.format(name=owner.label, title=self.title), accept, decline)
        elif given == "accepted":
            self.invitation_bar.say_one(answered_words("accepted", self.title), decline)
        else:
            self.invitation_bar.say_one(answered_words("declined", self.title) if given else "", accept)
