"""One event: what, when, with whom, in which room. Says at once who is busy then, and finds when all are free."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QWidget

from crm_desktop.core import clock, recurrence
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services import search
from crm_desktop.services.calendar import Occurrence, Span, find_clashes, find_free
from crm_desktop.services.calendar_times import clock_words, day_words, weekday_words
from crm_desktop.services.events import Attendance, Which
from crm_desktop.services.records import FieldsError, Record
from crm_desktop.services.reminders import USUAL, Wish
from crm_desktop.spec import Ref
from crm_desktop.spec.kinds import REFERENCE
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.calendar.repeats import RepeatsEditor
from crm_desktop.ui.calendar.times_editor import TimesEditor
from crm_desktop.ui.calendar.words import clash_words
from crm_desktop.ui.dialogs.typed import KeptDialog, Part
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.references import ReferencesEditor
from crm_desktop.ui.fields.rows import matches
from crm_desktop.ui.form_page.field_maker import FieldMaker
from crm_desktop.ui.page_draft import KeptDraft
from crm_desktop.ui.reminders.wishes import WishesEditor
from crm_desktop.ui.sharing.receivers import find_people
from crm_desktop.ui.soon import later
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.bar import Bar
from crm_desktop.ui.widgets.buttons import link_button, with_shortcut
from crm_desktop.ui.widgets.labels import label

WIDTH = 720
CHECK_MS = 250
LOOKED_AT = 60
"""So many times of a rule are looked at for clashes."""
MOST_RESOURCES = 200
_WRITTEN = ("subject", "place", "description")
_ABOUT = ("customer", "contact", "opportunity", "request")
_FIELDS = ("subject", "kind", "category", "place", "owner", *_ABOUT, "description")


@dataclass(frozen=True)
class EventForm:
    """What a dialog begins with. ``record`` has the values of the occurrence that begins at ``at``."""

    record: Record
    rule: str | None = None
    people: tuple[Ref, ...] = ()
    resources: tuple[Ref, ...] = ()
    which: Which = "all"
    at: datetime.datetime | None = None
    """None for a new one."""
    wishes: tuple[Wish, ...] = ()
    """When its reader is reminded of it; of a new one the usual."""


@dataclass(frozen=True)
class Entered:
    """What is to be saved. ``wishes`` are None where its user did not touch when he is reminded."""

    values: dict[str, Any]
    rule: str | None
    attendance: Attendance
    wishes: tuple[Wish, ...] | None = None


class EventDialog(KeptDialog):
    """Calls ``save`` with what was entered; whoever opened it saves and closes it, or shows what was wrong."""

    def __init__(
        self,
        view: AreaView,
        form: EventForm,
        save: Callable[[EventDialog, Entered], object],
        open_page: Callable[[], object] | None = None,
    ) -> None:
        record = form.record
        title = _("New event") if not record.id else record.title
        super().__init__(view.window(), title, heading=False, width=WIDTH)
        self._view, self.form, self._save = view, form, save
        self._generation = 0
        maker = FieldMaker(view, self, record.spec, self._value_of)
        self.editors: dict[str, FieldEditor] = {key: maker.make(record.spec.fields[key]) for key in _FIELDS}
        for key, editor in self.editors.items():
            editor.set_value(record.values.get(key))
        self.times, self.repeats = TimesEditor(), RepeatsEditor()
        self.people = ReferencesEditor(REFERENCE, _("Participants"), partial(find_people, view, self))
        self.resources = ReferencesEditor(REFERENCE, _("Rooms and cars"), self._find_resources)
        self.reminders, self._are_touched = WishesEditor(), False
        self.private = QCheckBox(_("Private: others see only that you are busy"))
        self.clash, self._clashing = Bar("warn"), ""
        self.free_button = link_button(_("When are all free?"), self.find_free)
        self._lay_out()
        self._fill()
        self._check_timer = later(CHECK_MS, self._check_clashes, self)
        for part in (self.times, self.people, self.resources, self.repeats, self.editors["owner"]):
            part.changed.connect(self._check_timer.start)
        self.times.changed.connect(self._note_day)
        self.reminders.changed.connect(self._touch_reminders)
        if open_page is not None:
            self.add_secondary(_("Open its page"), open_page)
        self.add_cancel()
        self.save_button = self.add_primary(with_shortcut(_("Save"), "Ctrl+S"), self.save)
        QShortcut(QKeySequence("Ctrl+S"), self).activated.connect(self.save_button.click)
        self.editors["subject"].setFocus()
        self._check_timer.start()
        book = view.context.drafts
        if record.id:
            draft = KeptDraft(book, "dialog", (record.entity, record.id), "event", record.title)
        else:
            draft = KeptDraft(book, "page", ("calendar", 0), "calendar#event", title)
        parts: dict[str, Part] = {"times": self.times, "repeats": self.repeats, "people": self.people}
        parts |= {"resources": self.resources, "private": self.private, "reminders": self.reminders}
        self.keep_draft(draft, {**self.editors, **parts})

    def _lay_out(self) -> None:
        self.body.setSpacing(8)  # so that it fits on a screen of 768 px
        self.body.addWidget(self.editors["subject"])
        self.body.addWidget(self.times)
        repeats = QHBoxLayout()
        repeats.setSpacing(8)
        repeats.addWidget(label(_("Repeats"), "small"))
        repeats.addWidget(self.repeats, 1)
        repeats.addWidget(self.free_button)
        self.body.addLayout(repeats)
        self.body.addWidget(self.clash)
        rows: Sequence[Sequence[QWidget]] = (
            (self.people, self.resources),
            [self.editors[key] for key in _ABOUT],
            [self.editors[key] for key in ("kind", "category", "owner")],
        )
        for row in rows:
            line = QHBoxLayout()
            line.setSpacing(12)
            for widget in row:
                line.addWidget(widget, 1)
            self.body.addLayout(line)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.editors["place"], 1)
        line.addWidget(self.private, 1, Qt.AlignmentFlag.AlignBottom)
        self.body.addLayout(line)
        reminders = QHBoxLayout()
        reminders.setSpacing(8)
        reminders.addWidget(label(_("My reminders"), "small"))
        reminders.addWidget(self.reminders, 1)
        self.body.addLayout(reminders)
        self.body.addWidget(self.editors["description"], 1)

    def _fill(self) -> None:
        values = self.form.record.values
        span = Span(values["starts_at"].astimezone(), values["ends_at"].astimezone())
        self.times.show_span(span, is_whole=bool(values.get("is_all_day")))
        self.repeats.show_rule(self.form.rule, span.starts_at.date())
        self.repeats.setEnabled(self.form.which != "this" or self.form.rule is None)
        self.people.set_value(self.form.people)
        self.resources.set_value(self.form.resources)
        self.private.setChecked(bool(values.get("is_private")))
        self.editors["owner"].set_read_only(False)
        self._show_reminders()

    def _show_reminders(self) -> None:
        """Those it has; of a new one what it will have by itself."""
        if self.form.at is not None:
            self.reminders.show_wishes(self.form.wishes)
            return
        owner, is_whole = self._value_of("owner"), self.times.is_whole
        is_mine = isinstance(owner, Ref) and owner.id == self._view.context.person.id
        self.reminders.show_wishes([USUAL] if is_mine and not is_whole else [])

    def _touch_reminders(self) -> None:
        self._are_touched = True

    def is_typed(self) -> bool:
        """Whether title, place or description are other words than before."""
        before = self.form.record.values
        return any((self.editors[key].typed() or "") != (before.get(key) or "") for key in _WRITTEN)

    def save(self) -> None:
        """Hand over what is entered, where it can be saved."""
        wrong = [editor for editor in (*self.editors.values(), self.people, self.resources) if not editor.check()]
        if not self.times.check():
            self.times.starts_at.setFocus()
            return
        if wrong:
            wrong[0].setFocus()
            return
        if not self.reminders.add_moment():
            self.reminders.moment.setFocus()
            return
        try:
            rule = self.repeats.value()
        except KnownError as error:
            self.clash.say_one(str(error))
            self.repeats.setFocus()
            return
        span = self.times.span()
        assert span is not None  # it was checked
        if rule is not None and rule != self.form.rule:
            span = _begun_by(rule, span)
        values: dict[str, Any] = {key: editor.value() for key, editor in self.editors.items()}
        values |= {"starts_at": span.starts_at, "ends_at": span.ends_at, "is_all_day": self.times.is_whole}
        values["is_private"] = self.private.isChecked()
        self.save_button.setEnabled(False)
        wishes = tuple(self.reminders.wishes) if self._are_touched else None
        self._save(self, Entered(values, rule, self.attendance(), wishes))

    def show_error(self, error: KnownError) -> None:
        """Say what was wrong, where it was."""
        self.save_button.setEnabled(True)
        if isinstance(error, FieldsError):
            for key, sentence in error.fields.items():
                self.editors.get(key, self.times.ends_at).set_error(sentence)
        else:
            self.clash.say([(words, ()) for words in (str(error), self._clashing) if words])

    def attendance(self) -> Attendance:
        """Who is asked, and what is booked."""
        return Attendance(tuple(ref.id for ref in self.people.value()), tuple(ref.id for ref in self.resources.value()))

    def find_free(self) -> None:
        """Offer the next times at which everybody and everything chosen is free."""
        span, context = self.times.span(), self._view.context
        if span is None:
            return
        people, resources = self._taken()
        since = max(span.starts_at, clock.now())
        length = min(span.ends_at - span.starts_at, datetime.timedelta(hours=9))

        def work(session: Session) -> list[Span]:
            return find_free(session, since, length, people, resources, but=self.form.record.id)

        context.tasks.query(self, work, self._offer_free)

    def _offer_free(self, found: list[Span]) -> None:
        if not found:
            self.clash.say_one(_("Within a month there is no time at which all of them are free in working hours."))
            return
        menu = QMenu(self)
        for span in found:
            day = span.starts_at.date()
            words = f"{day_words(day)} {weekday_words(day)} {clock_words(span.starts_at)}–{clock_words(span.ends_at)}"
            menu.addAction(words).triggered.connect(partial(self._take_free, span))
        menu.popup(self.free_button.mapToGlobal(self.free_button.rect().bottomLeft()))

    def _take_free(self, span: Span, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - a slot
        self.times.show_span(span, is_whole=False)
        self._check_timer.start()

    def _taken(self) -> tuple[list[int], list[int]]:
        attendance, owner = self.attendance(), self._value_of("owner")
        people = [*attendance.people, *([owner.id] if isinstance(owner, Ref) else [])]
        return people, list(attendance.resources)

    def _check_clashes(self) -> None:
        """Ask whom or what these times are taken of."""
        self._generation += 1
        generation = self._generation
        spans, (people, resources) = self._spans(), self._taken()

        def work(session: Session) -> list[tuple[Span, Occurrence]]:
            return find_clashes(session, spans, people, resources, self.form.record.id)

        def take(found: list[tuple[Span, Occurrence]]) -> None:
            if generation == self._generation:
                self._say_clashes(found)

        self._view.context.tasks.query(self, work, take, key="clashes")

    def _spans(self) -> list[Span]:
        span = self.times.span()
        if span is None or self.times.is_whole:
            return []
        try:
            rule = self.repeats.value() if self.form.which != "this" else None
            starts = recurrence.occurrences(rule, span.starts_at)[:LOOKED_AT] if rule else [span.starts_at]
        except KnownError:
            starts = [span.starts_at]
        return [Span(at, at + (span.ends_at - span.starts_at)) for at in starts]

    def _say_clashes(self, found: list[tuple[Span, Occurrence]]) -> None:
        owner = self._value_of("owner")
        refs = [*self.people.value(), *([owner] if isinstance(owner, Ref) else [])]
        names = {(False, ref.id): ref.label for ref in refs}
        names |= {(True, ref.id): ref.label for ref in self.resources.value()}
        self._clashing = clash_words([one for _span, one in found], names)
        self.clash.say_one(self._clashing)

    def _note_day(self) -> None:
        if not self._are_touched:
            self._show_reminders()
        span = self.times.span()
        if span is not None and self.form.rule is None and not self.repeats.box.currentData():
            self.repeats.show_rule(None, span.starts_at.date())

    def _find_resources(self, typed: str, answer: Callable[[Sequence[Ref]], None]) -> None:
        person = self._view.context.person

        def work(session: Session) -> list[Ref]:
            found = search.find(session, "resource", "", person, MOST_RESOURCES)
            return [Ref(hit.id, hit.title) for hit in found if matches(hit.title, typed)]

        self._view.context.tasks.query(self, work, answer, key="resources")

    def _value_of(self, key: str) -> Any:
        if key not in self.editors:
            return self.form.record.values.get(key) if key in by_key("event").fields else None
        try:
            return self.editors[key].value()
        except KnownError:
            return None


def _begun_by(rule: str, span: Span) -> Span:
    """What repeats begins on the first of its own days: every weekday, said on a Sunday, on Monday."""
    days = recurrence.occurrences(rule, span.starts_at)
    return Span(days[0], days[0] + (span.ends_at - span.starts_at)) if days else span
