"""The calendar: days, weeks, a month, what comes, or a team; made, moved and opened from here, live for everybody."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout

from crm_desktop.core import clock
from crm_desktop.core.access import Function
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.services.calendar import Calendar, Occurrence
from crm_desktop.services.calendar_times import LABELS, Mode, title_of
from crm_desktop.services.events import has_to_look_further, look_further_ahead
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.calendar.actions import CalendarActions, default_cursor
from crm_desktop.ui.calendar.files import CalendarFiles
from crm_desktop.ui.calendar.model import CalendarModel, from_stored
from crm_desktop.ui.calendar.side import CalendarSide
from crm_desktop.ui.calendar.view import CalendarView
from crm_desktop.ui.calendar.words import time_words
from crm_desktop.ui.line_draft import LineDraft
from crm_desktop.ui.page import Page
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.widgets.bar import Bar
from crm_desktop.ui.widgets.buttons import icon_button, primary_button, secondary_button
from crm_desktop.ui.widgets.entry_line import EntryLine
from crm_desktop.ui.widgets.menu_actions import add_action
from crm_desktop.ui.widgets.page_title import PageTitle

KEY = "calendar"
MINUTE_MS = 60_000
FOLLOWED = frozenset({"event", "event_participant", "event_resource", "customer", "dictionary_entry", "working_time",
                      "special_day"})  # fmt: skip
_WHO = frozenset({"employee", "resource"})
ENTRY_HINT = N_("New event in one line, e.g. tomorrow 3pm call Huagong")


class CalendarPage(Page):
    """What its user looks at stays; what he chose is kept for the next time."""

    keys = (
        ("Alt+Up", N_("Move the event: Alt and an arrow; with Shift too, its end")),
        ("Ctrl+Down", N_("Next event, Ctrl+Up the one before")),
        ("Space", N_("Next event at the same time")),
        ("PgDown", N_("Next week or month, PgUp the one before")),
        ("Shift+Down", N_("Choose a longer time")),
    )

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Calendar"))
        self._view, self._context = view, view.context
        self.model = CalendarModel(view.context, self)
        self.table = CalendarView()
        self.side = CalendarSide(view.context.person.id)
        self._follower = Follower(self, self.model.refresh)
        self.actions_ = CalendarActions(view, self, self.model, self._follower.has_read)
        self.files = CalendarFiles(view, self, self.model)
        self.bar = Bar("warn")
        self.line = EntryLine(_("New event in one line"), _(ENTRY_HINT))
        self._draft = LineDraft(view, self.line, "calendar")
        self.ways: dict[Mode, Any] = {}
        self._head = PageTitle("")
        self._fill_head()
        self.body.addWidget(self._head)
        self.body.addWidget(self.bar)
        content = QHBoxLayout()
        content.setSpacing(16)
        content.addWidget(self.side)
        column = QVBoxLayout()
        column.setSpacing(8)
        above = QHBoxLayout()
        above.setSpacing(8)
        above.addWidget(self.line, 1)
        for button in self.ways.values():
            above.addWidget(button)
        column.addLayout(above)
        column.addWidget(self.table, 1)
        content.addLayout(column, 1)
        self.body.addLayout(content, 1)
        self.begin_at(self.table)
        self._connect()
        self._context.preferences.load(self, self._begin, self._show_failure)

    def go_to(self, day: datetime.date, mode: Mode | None = None) -> None:
        """Show a day, in a way or in the same as before."""
        self.model.go_to(day, mode)
        if mode is not None:
            self._keep()

    def show_mode(self, mode: Mode) -> None:
        """Look at the same day in another way."""
        self.go_to(self.model.day, mode)
        self.table.setFocus()

    def create_event(self) -> None:
        """Ask for an event at the time that is chosen."""
        self.actions_.create(self.table.cursor_span or default_cursor(self.model.day, clock.now()))

    def fill_menu(self, menu: QMenu, one: Occurrence | None) -> None:
        """What can be done with an event, or at a time."""
        actions = self.actions_
        if one is not None and one.details is not None:
            add_action(menu, "arrow-square-out", _("Open"), partial(actions.open, one), "Enter")
            add_action(menu, "file-text", _("Open its page"), partial(actions.open_page, one))
            if one.details.customer is not None:
                open_customer = partial(self._view.open_record, "customer", one.details.customer.id)
                add_action(menu, "buildings", _("Open the customer"), open_customer)
            if one.details.answer:
                add_action(menu, "check", _("Accept"), partial(actions.answer, one, "accepted"))
                add_action(menu, "x", _("Decline"), partial(actions.answer, one, "declined"))
            menu.addSeparator()
            add_action(menu, "copy", _("Copy"), partial(actions.copy, one), "Ctrl+C")
            if actions.may_change(one):
                add_action(menu, "trash", _("Delete"), partial(actions.delete, one), "Del")
        if one is None and self.table.cursor_span is not None:
            add_action(menu, "plus", _("New event"), self.create_event, "Ctrl+N")
            if actions.copied is not None:
                add_action(menu, "clipboard", _("Paste"), partial(actions.paste, self.table.cursor_span), "Ctrl+V")

    def _fill_head(self) -> None:
        add = self._head.add
        add(icon_button("caret-left", _("Back"), lambda: self.model.step(-1)))
        add(secondary_button(_("Today"), lambda: self.go_to(clock.today()), shortcut="Alt+T"))
        add(icon_button("caret-right", _("On"), lambda: self.model.step(1)))
        for number, (mode, words) in enumerate(LABELS.items(), start=1):
            button = secondary_button(_(words), partial(self.show_mode, mode), shortcut=f"Alt+{number}")
            button.setCheckable(True)
            self.ways[mode] = button
        if self.files.may(Function.PRINT):
            add(icon_button("printer", _("Print"), self.files.print, shortcut="Ctrl+P"))
        add(self._more_button())
        if self._context.person.may("create", "event"):
            add(primary_button(_("New event"), self.create_event, icon_name="plus", shortcut="Ctrl+N"))

    def _more_button(self) -> QPushButton:
        """What few need: calendars of other programs."""
        button = icon_button("dots-three", _("More"))
        menu = QMenu(button)
        if self._context.person.may("create", "event"):
            add_action(menu, "download-simple", _("Import calendar file…"), self.files.bring_in)
        if self.files.may(Function.EXPORT):
            add_action(menu, "upload-simple", _("Export my calendar…"), self.files.export)
        button.clicked.connect(lambda: menu.popup(button.mapToGlobal(button.rect().bottomLeft())))
        if menu.isEmpty():  # it has no window yet, in which it could be shown
            button.hide()
        return button

    def _connect(self) -> None:
        model, table, actions, bus = self.model, self.table, self.actions_, self._context.bus
        model.changed.connect(self._show)
        model.failed.connect(self._show_failure)
        model.took.connect(self._follower.soon.took)
        table.drag_begun.connect(lambda one: model.find_in_the_way(one, partial(table.know_in_the_way, one.event_id)))
        table.open_wanted.connect(actions.open)
        table.create_wanted.connect(actions.create)
        table.move_wanted.connect(actions.move)
        table.delete_wanted.connect(actions.delete)
        table.copy_wanted.connect(actions.copy)
        table.paste_wanted.connect(actions.paste)
        table.menu_wanted.connect(self._show_menu)
        table.day_wanted.connect(lambda day: self.go_to(day, Mode.DAY))
        table.step_wanted.connect(model.step)
        table.page_left.connect(self.go_to)
        actions.placed.connect(self._follow)
        self.side.day_wanted.connect(self.go_to)
        self.side.calendars_wanted.connect(self._choose)
        self.line.entered.connect(lambda typed: actions.create_by_line(typed, self.line, self._draft))
        bus.changed.connect(self._note_change)
        bus.connection_changed.connect(self._note_connection)
        QShortcut(QKeySequence("F5"), self).activated.connect(model.refresh)
        self._minute = QTimer(self)
        self._minute.setInterval(MINUTE_MS)
        self._minute.timeout.connect(self._note_time)
        self._minute.start()

    def _begin(self, stored: Mapping[str, Any]) -> None:
        arranged = from_stored(stored.get(KEY), self._context.person.id)

        def take(calendars: Sequence[Calendar]) -> None:
            self.model.open(calendars, arranged)
            self._show_ticks()

        self._context.calendars.load(self, take)
        self._context.tasks.when_idle(self._look_further_ahead)

    def _look_further_ahead(self) -> None:
        """One's own endless series are worked out further before their known times run out, which is in two years."""
        tasks = self._context.tasks

        def go_on(is_due: bool) -> None:  # noqa: FBT001 - an answer
            if is_due:
                tasks.command(self, look_further_ahead, lambda _count: None, lambda _error: None)

        tasks.query(self, has_to_look_further, go_on, lambda _error: None)

    def _show(self) -> None:
        shown = self.model.shown
        self.table.show_times(shown)
        self.bar.say_one("")
        self._head.set_title(title_of(shown.mode, shown.day))
        self.side.show_day(shown.day, shown.days)
        for mode, button in self.ways.items():
            button.setChecked(mode is shown.mode)
        if (one := shown.asked) is not None:
            assert one.details is not None  # who is asked may read it
            told = " · ".join(filter(None, (one.title, time_words(one), one.details.place)))
            words = _("{name} asks you to take part in “{title}”.")
            self.bar.say_one(
                words.format(name=one.details.owner.label, title=told),
                (_("Accept"), partial(self.actions_.answer, one, "accepted")),
                (_("Decline"), partial(self.actions_.answer, one, "declined")),
            )

    def _show_ticks(self) -> None:
        chosen = {(one.is_resource, one.ref.id) for one in self.model.shown_calendars()}
        self.side.show_calendars(self.model.calendars, chosen)

    def _choose(self, keys: set[tuple[bool, int]]) -> None:
        self.model.choose(keys)
        self._keep()

    def _keep(self) -> None:
        self._context.preferences.save(KEY, self.model.arranged.stored())
        self._show_ticks()

    def _follow(self, event_id: int, starts_at: datetime.datetime) -> None:
        """Stay at an event that was made or moved."""
        self.table.expect(event_id, starts_at)
        day = starts_at.astimezone().date()
        if day in self.model.shown.days:
            self.model.refresh()
        else:
            self.model.go_to(day)

    def _show_menu(self, one: Occurrence | None, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_menu(menu, one)
        if not menu.isEmpty():
            menu.popup(place)

    def _show_failure(self, error: KnownError) -> None:
        self.bar.say_one(error.message, (_("Try again"), self.model.refresh))

    # What happens around it

    def _note_time(self) -> None:
        if self.isVisible():
            self.table.show_now(clock.now())

    def _note_change(self, table: str, _ids: object, change_sets: frozenset[int]) -> None:
        if table in FOLLOWED:
            self._follower.note(change_sets)
        elif table in _WHO:
            self._context.calendars.load(self, self._take_calendars)

    def _take_calendars(self, calendars: Sequence[Calendar]) -> None:
        self.model.open(calendars, self.model.arranged)
        self._show_ticks()

    def _note_connection(self, state: str) -> None:
        if state == "connected":
            self._follower.note()
