"""What is done with events in a calendar: made, opened, moved, copied, deleted, answered; each can be taken back."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from crm_desktop.core import clock
from crm_desktop.core.errors import KnownError, NoRightError
from crm_desktop.core.i18n import _
from crm_desktop.services import events, reminders
from crm_desktop.services.calendar import Occurrence, Span, fetch_attending, fetch_clashes
from crm_desktop.services.calendar_times import midnight
from crm_desktop.services.event_edits import Content, save_edited
from crm_desktop.services.events import Answer, Attendance, MovedError, Saved, Swap, Which
from crm_desktop.services.lookup import Choices
from crm_desktop.services.quick_entry import find_named_customer, parse_entry
from crm_desktop.services.records import fetch_record, new_record
from crm_desktop.spec import Ref
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.calendar.event_dialog import Entered, EventDialog, EventForm
from crm_desktop.ui.calendar.layout import Cursor
from crm_desktop.ui.calendar.model import CalendarModel
from crm_desktop.ui.calendar.view import Wish
from crm_desktop.ui.calendar.which import WhichDialog
from crm_desktop.ui.calendar.words import answered_words, clash_words
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.line_draft import LineDraft
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.entry_line import EntryLine
from crm_desktop.ui.widgets.notice import notices_of


class CalendarActions(QObject):
    """Of one calendar page."""

    placed = Signal(int, object)  # the event that was made or moved, and when it begins; all is to be read again

    def __init__(self, view: AreaView, page: QWidget, model: CalendarModel, has_read: Callable[[int], object]) -> None:
        """``has_read`` is told of the change sets that were read again already."""
        super().__init__(page)
        self._view, self._page, self._model, self._has_read = view, page, model, has_read
        self.copied: Occurrence | None = None

    @property
    def _context(self) -> Any:
        return self._view.context

    def may_change(self, one: Occurrence) -> bool:
        """Whether this person may change an event."""
        details, person = one.details, self._context.person
        return details is not None and details.owner.id in person.owners.get(("event", "update"), ())

    # Making

    def create(self, cursor: Cursor) -> None:
        """Ask what is to happen at a time; on the line of somebody it is for him, on that of a room it takes that."""
        person = self._context.person
        values: dict[str, Any] = {
            "starts_at": cursor.span.starts_at,
            "ends_at": cursor.span.ends_at,
            "is_all_day": cursor.is_whole,
        }
        people: tuple[Ref, ...] = ()
        resources: tuple[Ref, ...] = ()
        calendars = self._model.shown.calendars
        if 0 <= cursor.row < len(calendars):
            calendar = calendars[cursor.row]
            if calendar.is_resource:
                resources = (calendar.ref,)
            elif calendar.ref.id in person.owners.get(("event", "create"), ()):
                values["owner"] = calendar.ref
            elif calendar.ref.id != person.id:
                people = (calendar.ref,)

        def begin(choices: Choices) -> None:
            record = new_record("event", person, choices, **values)
            EventDialog(self._view, EventForm(record, None, people, resources), self._save_new).open_quietly()

        self._context.choices.load(self, begin)

    def create_by_line(self, text: str, line: EntryLine, draft: LineDraft) -> None:
        """Make an event of what was entered in a line."""
        person = self._context.person
        try:
            entry = parse_entry(text, clock.now())
        except KnownError as error:
            line.finish(is_made=False)
            self._fail(error)
            return

        def begin(choices: Choices) -> None:
            values: dict[str, Any] = {
                "subject": entry.subject,
                "starts_at": entry.span.starts_at,
                "ends_at": entry.span.ends_at,
                "is_all_day": entry.is_whole,
            }
            if entry.kind:
                values["kind"] = choices.find("event_kind", entry.kind)

            def work(session: Session) -> Saved:
                customer = find_named_customer(session, entry.subject, person)
                record = new_record("event", person, choices, **values, customer=customer)
                return events.create(session, record, entry.rule)

            def take(saved: Saved) -> None:
                self._tell(_("“{title}” was created."), saved, entry.span.starts_at)
                line.finish(is_made=True)

            def fail(error: KnownError) -> None:
                line.finish(is_made=False)
                self._fail(error)

            self._context.tasks.command(self._page, draft.sending(work), take, fail)

        self._context.choices.load(self, begin)

    def _save_new(self, dialog: EventDialog, entered: Entered) -> None:
        record = replace(dialog.form.record, values={**dialog.form.record.values, **entered.values})

        def work(session: Session) -> Saved:
            return events.create(session, record, entered.rule, entered.attendance)

        self._save(dialog, entered, work, _("“{title}” was created."))

    def _save(self, dialog: EventDialog, entered: Entered, work: Callable[[Session], Saved], sentence: str) -> None:
        def save_all(session: Session) -> Saved:
            saved = work(session)
            if entered.wishes is not None:
                reminders.keep_wishes(session, "event", saved.event_id, entered.wishes)
            return saved

        def done(saved: Saved) -> None:
            dialog.accept()
            self._tell(sentence, saved, entered.values["starts_at"])

        def fail(error: KnownError) -> None:
            if isinstance(error, MovedError):  # what is typed is offered where it is opened anew
                dialog.leave()
                self._fail(error)
            else:
                dialog.show_error(error)

        self._context.tasks.command(dialog, dialog.sending(save_all), done, fail)

    # Opening and changing

    def open(self, one: Occurrence) -> None:
        """Open an event to be changed; one that may only be read, on its page."""
        if one.details is None:
            messages.notify(self._page, _("You may see that somebody is busy then, but not why."), tone="neutral")
        elif not self.may_change(one):
            self.open_page(one)
        else:
            self._ask_which(one, _("Open event"), partial(self._open_form, one))

    def open_page(self, one: Occurrence) -> None:
        """Show its page, with its files, comments and history."""
        self._view.open_record("event", one.event_id)

    def _open_form(self, one: Occurrence, which: Which) -> None:
        def work(session: Session) -> EventForm:
            record = fetch_record(session, "event", one.event_id)
            times = {"starts_at": one.starts_at, "ends_at": one.ends_at}
            people, resources = fetch_attending(session, one.event_id)
            shown = replace(record, values={**record.values, **times})
            wishes = tuple(reminders.fetch_wishes(session, "event", one.event_id))
            return EventForm(shown, record.values.get("rule"), people, resources, which, one.starts_at, wishes)

        def show(form: EventForm) -> None:
            dialog = EventDialog(self._view, form, self._save_changed, lambda: self._leave_for_page(dialog, one))
            dialog.open_quietly()

        self._context.tasks.query(self._page, work, show, self._fail)

    def _leave_for_page(self, dialog: EventDialog, one: Occurrence) -> None:
        dialog.reject()
        if not dialog.isVisible():
            self.open_page(one)

    def _save_changed(self, dialog: EventDialog, entered: Entered) -> None:
        form = dialog.form
        asked = Attendance(tuple(ref.id for ref in form.people), tuple(ref.id for ref in form.resources))
        before = Content(form.record.values, form.rule, asked)
        after = Content(entered.values, entered.rule, entered.attendance)

        def work(session: Session) -> Saved:
            assert form.at is not None
            return save_edited(session, form.record.id, form.at, form.which, before, after)

        self._save(dialog, entered, work, _("“{title}” was saved."))

    def move(self, wish: Wish) -> None:
        """Let an event take another time, or be there once more."""
        one = wish.occurrence
        if one.details is None:
            return
        if self._gives_in_vain(wish):
            self._model.changed.emit()
            self._offer_to_invite(wish)
            return
        if wish.is_copy:
            self._place(
                lambda session: events.copy(session, one.event_id, one.starts_at, wish.span, wish.swap),
                Cursor(wish.span, wish.is_whole),
                _("“{title}” was copied."),
            )
            return
        if not self.may_change(one):
            self._model.changed.emit()
            self._refuse()
            return
        more: dict[str, Any] = {} if wish.is_whole == one.is_whole_days else {"is_all_day": wish.is_whole}

        def decided(which: Which) -> None:
            self._place(
                lambda session: events.move(session, one.event_id, one.starts_at, wish.span, which, wish.swap, **more),
                Cursor(wish.span, wish.is_whole),
                _("“{title}” was moved."),
            )

        self._ask_which(one, _("Move event"), decided)

    def _gives_in_vain(self, wish: Wish) -> bool:
        """Whether it would have an organiser for whom this person makes no events."""
        swap, details = wish.swap, wish.occurrence.details
        if swap is None or swap.is_resource or details is None or details.owner.id != swap.leaves:
            return False
        return swap.comes not in self._context.person.owners.get(("event", "update"), ())

    def _offer_to_invite(self, wish: Wish) -> None:
        assert wish.swap is not None
        comes = wish.swap.comes
        names = {one.ref.id: one.ref.label for one in self._model.shown.calendars if not one.is_resource}
        invited = wish._replace(swap=Swap(is_resource=False, leaves=0, comes=comes))
        notices = notices_of(self._page)
        assert notices is not None
        words = _("You cannot make {name} the organiser of this event, but you can invite {name}.")
        action = (_("Invite"), partial(self.move, invited))
        notices.show_notice(words.format(name=names[comes]), tone="warn", action=action)

    def copy(self, one: Occurrence) -> None:
        """Keep an event to be pasted elsewhere."""
        self.copied = one
        messages.notify(self._page, _("Copied. Go to another time and press Ctrl+V."), tone="neutral")

    def paste(self, cursor: Cursor) -> None:
        """Put what was copied at a time, as long as it was."""
        one = self.copied
        if one is None:
            return
        begin = cursor.span.starts_at
        if cursor.is_whole and not one.is_whole_days:
            begin = begin.replace(hour=one.starts_at.hour, minute=one.starts_at.minute)
        elif one.is_whole_days:
            begin = midnight(begin.date())
        span = Span(begin, begin + (one.ends_at - one.starts_at))
        self._place(
            lambda session: events.copy(session, one.event_id, one.starts_at, span),
            Cursor(span, one.is_whole_days),
            _("“{title}” was copied."),
        )

    def delete(self, one: Occurrence) -> None:
        """Delete an event, at once: it can be taken back."""
        if self.may_change(one):
            self._ask_which(one, _("Delete event"), partial(self._delete, one))
        else:
            self._refuse()

    def _delete(self, one: Occurrence, which: Which) -> None:
        self._command(
            lambda session: events.remove(session, one.event_id, one.starts_at, which), _("“{title}” was deleted.")
        )

    def answer(self, one: Occurrence, code: Answer) -> None:
        """Answer an invitation."""
        words = answered_words(code, "{title}")
        self._command(lambda session: events.answer(session, one.event_id, code, one.title), words)

    # All of them

    def _ask_which(self, one: Occurrence, title: str, decided: Callable[[Which], object]) -> None:
        if one.details is None or one.details.rule is None:
            decided("all")
            return
        dialog = WhichDialog(self._page.window(), title, one.title)
        dialog.chosen.connect(decided)
        dialog.rejected.connect(self._model.changed)
        dialog.open_quietly()

    def _command(self, work: Callable[[Session], Saved], sentence: str) -> None:
        self._context.tasks.command(self._page, work, partial(self._tell, sentence), self._fail)

    def _place(self, work: Callable[[Session], Saved], to: Cursor, sentence: str) -> None:
        """Give an event its place, and say whose time was taken then already."""

        def place(session: Session) -> tuple[Saved, str]:
            saved = work(session)
            clash = "" if to.is_whole else clash_words(*fetch_clashes(session, saved.event_id, to.span))
            return saved, clash

        def done(found: tuple[Saved, str]) -> None:
            saved, clash = found
            self._tell(sentence, saved, to.span.starts_at, clash)

        self._context.tasks.command(self._page, place, done, self._fail)

    def _tell(self, sentence: str, saved: Saved, at: datetime.datetime | None = None, clash: str = "") -> None:
        messages.notify(
            self._page,
            " ".join(filter(None, (sentence.format(title=saved.title), clash))),
            tone="warn" if clash else "good",
            undo=lambda: undo(self._view, self._view, saved.change_set, self._model.refresh),
        )
        self._has_read(saved.change_set)
        if at is not None:
            self.placed.emit(saved.event_id, at)
        else:
            self._model.refresh()

    def _refuse(self) -> None:
        self._fail(
            NoRightError(
                _("You may see this event, but not change it."),
                _("Ask its organiser, or your administrator for the right."),
            )
        )

    def _fail(self, error: KnownError) -> None:
        self._model.refresh()
        messages.show_error(self._page, error)


def default_cursor(day: datetime.date, now: datetime.datetime) -> Cursor:
    """An hour on a day: the next full one today, else nine o'clock."""
    hour = min(now.hour + 1, 22) if day == now.date() else 9
    begin = midnight(day).replace(hour=hour)
    return Cursor(Span(begin, begin + datetime.timedelta(hours=1)), is_whole=False)
