"""Where the day begins: what waits for one, in cards that each arranges for himself. Read at once, and live."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QScrollArea, QVBoxLayout, QWidget

from crm_desktop.core import clock
from crm_desktop.core.access import Person
from crm_desktop.core.i18n import N_, _
from crm_desktop.entities import by_key
from crm_desktop.services import alerts, calendar, work_logs
from crm_desktop.services.calendar import Occurrence
from crm_desktop.services.choice_codes import fetch_codes, with_choices
from crm_desktop.services.home import Alert, Home, Line, OwnLog, Step, fetch_home
from crm_desktop.services.messages import Message, in_short
from crm_desktop.services.search import Hit
from crm_desktop.services.work_logs import Period
from crm_desktop.spec import Ref
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.spec.kinds import DATE, MONEY
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.checklist import ChecklistDialog
from crm_desktop.ui.dialogs.write_message import WriteDialog
from crm_desktop.ui.form_page.wording import moment_text
from crm_desktop.ui.page import Page
from crm_desktop.ui.pages.home_actions import HomeActions
from crm_desktop.ui.pages.home_cards import RowsCard, Shown
from crm_desktop.ui.pages.home_figures import HomeFigures, columns_of
from crm_desktop.ui.side_entries import INBOX
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.turns import Turns
from crm_desktop.ui.widgets.buttons import quiet_button, secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.menu_actions import add_action
from crm_desktop.ui.widgets.page_title import PageTitle

KEY = "home"
ARRANGED = "home/cards"
CARDS = {
    "day": N_("My day"),
    "tasks": N_("Tasks due"),
    "alerts": N_("Alerts"),
    "logs": N_("Work logs"),
    "steps": N_("Next steps due"),
    "assignments": N_("New assignments"),
    "queue": N_("My service queue"),
    "messages": N_("Unread messages"),
    "announcements": N_("Announcements"),
    "birthdays": N_("Birthdays"),
    "figures": N_("Figures"),
    "funnel": N_("My funnel"),
    "starred": N_("Starred"),
    "recent": N_("Opened last"),
}
_NOTHING = {
    "day": N_("Nothing stands in the calendar today."),
    "tasks": N_("No task is due."),
    "logs": "",  # one's own stands there always
    "alerts": N_("Nothing to be warned of."),
    "steps": N_("No next step is due."),
    "assignments": N_("Nothing new was given to you."),
    "queue": N_("No service request waits for you."),
    "messages": N_("Everything is read."),
    "announcements": N_("There is no announcement at the moment."),
    "birthdays": N_("Nobody has a birthday in the next two weeks."),
    "funnel": N_("You have no open opportunity."),
    "starred": N_("Mark records with a star to find them here."),
    "recent": N_("What you open is found here again."),
}
_OWN_LOGS: dict[Period, tuple[str, str, str]] = {
    "day": (N_("Write today's log"), N_("Go on with today's log"), N_("Today's log")),
    "week": (N_("Write this week's log"), N_("Go on with this week's log"), N_("This week's log")),
}
"""What one can do with his own: begin it, go on, read it."""
TABLES = frozenset({
    "message", "alert", "alert_rule", "announcement", "announcement_reading", "lead", "lead_follow_up", "opportunity",
    "service_request", "event", "task", "event_participant", "activity", "contact", "customer", "special_day",
    "work_log", "sales_target",
})  # fmt: skip
OWN = frozenset({"message", "alert"})
"""Of these one hears for whom they are."""
COLUMN = 420  # px at least
GAP = 12
MOST_HIGH = 10
"""So many rows of a card are in sight; the rest is scrolled to."""


class HomePage(Page):
    """Three statements fill it, a line of cards each turn; a card is made when there is something to show in it."""

    keys = (("Shift+F10", N_("What can be done about a row, in place")),)

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("My day"))
        self._view = view
        self._read: tuple[Home, Sequence[Occurrence]] | None = None
        self.cards: dict[str, RowsCard] = {}
        self.figures: HomeFigures | None = None
        self._turns = Turns(self)
        self._shown: list[str] = list(offered(view.context.person))
        self._columns: list[QVBoxLayout] = []
        heading = PageTitle(_greeting(view.context.person))
        heading.add(quiet_button(_("Arrange…"), self.arrange, icon_name="squares-four"))
        heading.add(secondary_button(_("New message"), self.write, icon_name="paper-plane-tilt"))
        self.body.addWidget(heading)
        self._inside = QWidget()
        self._inside.setObjectName("plain")
        self._line = QHBoxLayout(self._inside)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(GAP)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._inside)
        self.body.addWidget(area, 1)
        self._actions = HomeActions(self, view, self.refresh)
        self._follower = Follower(self, self.refresh)
        view.context.bus.changed.connect(self._table_changed)
        view.context.preferences.load(self, self._take_arrangement, lambda _error: None)
        self._lay_out()
        self.refresh()

    def refresh(self) -> None:
        """Read everything again."""
        person, today = self._view.context.person, clock.today()
        since = datetime.datetime.combine(today, datetime.time()).astimezone()
        until = since + datetime.timedelta(days=1)

        def work(session: Session) -> tuple[Home, Sequence[Occurrence]]:
            home = fetch_home(session, person)
            return home, calendar.fetch_span(session, since, until, [person.id], [])

        self._view.context.tasks.query(self, work, self._show, key="home")

    def arrange(self) -> None:
        """Ask which cards are shown, and in which order."""
        person = self._view.context.person
        choices = [(key, _(CARDS[key])) for key in offered(person)]
        keys = [key for key, _words in choices]
        ChecklistDialog(
            self.window(), _("Cards of my day"), choices, keys, self._shown, self._arranged, _("Show these")
        ).open_quietly()

    def write(self) -> None:
        """Write a message."""
        WriteDialog(self._view).open_quietly()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is now."""
        super().resizeEvent(event)
        if self._wanted_columns() != len(self._columns):
            self._lay_out()

    # What is shown

    def _show(self, found: tuple[Home, Sequence[Occurrence]]) -> None:
        self._read = found
        rows = self._rows(*found)
        self._turns.drop()
        at_once = len(self._columns)
        lines = [self._shown[place : place + at_once] for place in range(0, len(self._shown), at_once)]
        self._turns.add([*(partial(self._fill, line, found[0], rows) for line in lines), partial(self._begin, rows)])

    def _fill(self, keys: Iterable[str], home: Home, rows: Mapping[str, Sequence[Shown]]) -> None:
        for key in keys:
            self._fill_card(key, home, rows)

    def _fill_card(self, key: str, home: Home, rows: Mapping[str, Sequence[Shown]]) -> None:
        is_new = key not in self._all_cards()
        if key == "figures":
            self._made_figures().show_columns(list(columns_of(self._view.context.person, home)))
        else:
            counts = {"messages": home.unread, "logs": len(home.logs)}
            self._made_card(key).show_rows(rows[key], counts.get(key))
        if is_new:
            self._put_in(key)

    def _made_card(self, key: str) -> RowsCard:
        if key not in self.cards:
            self.cards[key] = made = RowsCard(_(CARDS[key]), _(_NOTHING[key]), MOST_HIGH)
            made.menu_wanted.connect(self._show_menu)
            self._offer_to_move(key, made)
        return self.cards[key]

    def _made_figures(self) -> HomeFigures:
        if self.figures is None:
            self.figures = HomeFigures()
            self.figures.opened.connect(self._open_figure)
            self._offer_to_move("figures", self.figures)
        return self.figures

    def _begin(self, rows: Mapping[str, Sequence[Shown]]) -> None:
        """At the first row of all."""
        first = next((self.cards[key] for key in self._shown if rows.get(key)), None)
        if first is not None:
            self.begin_at(first.table)
            if self.hasFocus():
                self.setFocus()

    def _rows(self, home: Home, events: Sequence[Occurrence]) -> Mapping[str, Sequence[Shown]]:
        return {
            "day": [self._event(one) for one in events],
            "alerts": [self._alert(one) for one in home.alerts],
            "tasks": self._lines(home.tasks),
            "logs": [*(self._own_log(one, home.my_logs.get(one)) for one in _OWN_LOGS), *self._lines(home.logs)],
            "steps": self._lines(home.next_steps),
            "assignments": self._lines(home.assignments),
            "queue": self._lines(home.queue),
            "messages": [self._message(one) for one in home.messages],
            "announcements": [
                Shown(
                    one.title, one.author, DATE.brief(one.valid_from, clock.today()),
                    partial(self._view.open_record, "announcement", one.id), is_strong=not one.is_read,
                )
                for one in home.announcements
            ],
            "birthdays": self._lines(home.birthdays),
            "funnel": [self._step(one) for one in home.funnel],
            "starred": self._hits(home.starred),
            "recent": self._hits(home.recent),
        }  # fmt: skip

    def _lines(self, lines: Iterable[Line]) -> list[Shown]:
        today = clock.today()
        return [
            Shown(
                line.title, line.note, _when(line.at, today),
                partial(self._view.open_record, line.entity, line.id), line.tone, record=(line.entity, line.id),
            )
            for line in lines
        ]  # fmt: skip

    def _hits(self, hits: Iterable[Hit]) -> list[Shown]:
        return [Shown(hit.title, hit.subtitle, "", partial(self._view.open_record, hit.entity, hit.id)) for hit in hits]

    def _event(self, event: Occurrence) -> Shown:
        begins, ends = event.starts_at.astimezone(), event.ends_at.astimezone()
        at = _("all day") if event.is_whole_days else f"{begins:%H:%M}–{ends:%H:%M}"
        customer = event.details.customer if event.details is not None else None
        note = customer.label if customer is not None else ""
        return Shown(event.title, note, at, partial(self._view.open_record, "event", event.event_id))

    def _own_log(self, period: Period, log: OwnLog | None) -> Shown:
        """One's own of today or this week, to be begun, gone on with or read."""
        begin, go_on, read = map(_, _OWN_LOGS[period])
        if log is None:
            return Shown(begin, _("What you did is in it already."), "", partial(self._begin_log, period))
        opened = partial(self._view.open_record, "work_log", log.id)
        return Shown(read if log.is_submitted else go_on, "", log.state.label, opened, log.state.tone or "")

    def _begin_log(self, period: Period) -> None:
        def show(id_: int) -> None:
            self._view.open_record("work_log", id_)

        self._view.context.tasks.command(self, lambda session: work_logs.begin(session, period), show)

    def _step(self, step: Step) -> Shown:
        return Shown(
            step.stage.label, f"{step.count:,}", MONEY.format(step.amount), partial(self._open_stage, step.stage)
        )

    def _alert(self, alert: Alert) -> Shown:
        hit = alert.hit
        return Shown(
            hit.title, alert.rule, DATE.brief(alert.since, clock.today()),
            partial(self._view.open_record, hit.entity, hit.id), alert.kind.tone or "warn",
            record=(hit.entity, hit.id), alert=alert.id,
        )  # fmt: skip

    def _message(self, message: Message) -> Shown:
        body = message.words.partition("\n")[0]
        return Shown(in_short(message), body, moment_text(message.sent_at), partial(self._open_message, message))

    def _open_message(self, message: Message) -> None:
        from crm_desktop.ui.pages.messages import MessagesPage  # with all that shows and answers them

        self._view.select_page(INBOX)
        page = self._view.current_page()
        assert isinstance(page, MessagesPage)
        page.choose(message)
        self._view.focus_page()

    def _open_stage(self, stage: Ref) -> None:
        mine = Condition("owner", "me", ())
        self._view.open_list("opportunity", Group((Condition("stage", "any_of", (stage,)), mine)))

    def _open_figure(self, entity: str, rows: Group) -> None:
        def work(session: Session) -> Group:
            return with_choices(by_key(entity), rows, fetch_codes(session))

        self._view.context.tasks.query(self, work, partial(self._view.open_list, entity), key="figure")

    # What is done in place

    def _show_menu(self, row: Shown, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_menu(menu, row)
        if menu.actions():
            menu.popup(place)

    def fill_menu(self, menu: QMenu, row: Shown) -> None:
        """What can be done about a row without leaving the page."""
        if row.record is not None:
            self._actions.fill(menu, *row.record)
        if row.alert:
            menu.addSeparator()
            for words, days in ((_("Not before tomorrow"), 1), (_("Not for a week"), 7), (_("Not for a month"), 30)):
                menu.addAction(words, partial(self._snooze, row.alert, days))

    def _snooze(self, id_: int, days: int) -> None:
        until = clock.today() + datetime.timedelta(days=days)
        self._view.context.tasks.command(
            self, lambda session: alerts.snooze(session, id_, until), lambda _done: self.refresh(), waits=True
        )

    # Arrangement

    def _take_arrangement(self, values: Mapping[str, Any]) -> None:
        kept = values.get(ARRANGED)
        known = offered(self._view.context.person)
        shown = [key for key in kept if key in known] if isinstance(kept, list) else []
        self._arrange(shown or list(known))

    def _offer_to_move(self, key: str, card: Card) -> None:
        card.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        card.customContextMenuRequested.connect(lambda place: self._show_card_menu(key, card.mapToGlobal(place)))

    def _show_card_menu(self, key: str, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_card_menu(menu, key)
        menu.popup(place)

    def fill_card_menu(self, menu: QMenu, key: str) -> None:
        """Where a card goes: one place on, or away."""
        others = [one for one in self._shown if one != key]
        at = self._shown.index(key)
        for icon, words, to in (("arrow-up", _("Move forward"), at - 1), ("arrow-down", _("Move back"), at + 1)):
            if 0 <= to <= len(others):
                add_action(menu, icon, words, partial(self._arranged, [*others[:to], key, *others[to:]]))
        if others:
            add_action(menu, "eye-slash", _("Hide this card"), partial(self._arranged, others))
        add_action(menu, "squares-four", _("Arrange…"), self.arrange)

    def _arranged(self, keys: list[str]) -> None:
        self._view.context.preferences.save(ARRANGED, keys)
        self._arrange(keys)

    def _arrange(self, keys: list[str]) -> None:
        self._shown = keys
        self._lay_out()
        if self._read is not None:
            self._show(self._read)

    def _all_cards(self) -> dict[str, QWidget]:
        return {**self.cards, **({"figures": self.figures} if self.figures is not None else {})}

    def _wanted_columns(self) -> int:
        return max(1, (self.width() + GAP) // (COLUMN + GAP))

    def _lay_out(self) -> None:
        """One card after the other, from left to right: where one stands does not depend on what the others hold."""
        cards = self._all_cards()
        for column in self._columns:
            for card in cards.values():
                column.removeWidget(card)
            self._line.removeItem(column)
        for key, card in cards.items():
            card.setVisible(key in self._shown)
        self._columns = [QVBoxLayout() for _place in range(self._wanted_columns())]
        for number, column in enumerate(self._columns):
            column.setSpacing(GAP)
            for key in self._shown[number :: len(self._columns)]:
                if key in cards:
                    column.addWidget(cards[key])
            column.addStretch(1)
            self._line.addLayout(column, 1)

    def _put_in(self, key: str) -> None:
        """Show a new card in its place among those that are there."""
        cards, columns, number = self._all_cards(), len(self._columns), self._shown.index(key)
        before = [one for one in self._shown[number % columns : number : columns] if one in cards]
        self._columns[number % columns].insertWidget(len(before), cards[key])
        cards[key].show()

    def _table_changed(self, table: str, ids: frozenset[int] | None, _change_sets: object) -> None:
        is_for_others = table in OWN and ids is not None and self._view.context.person.id not in ids
        if table in TABLES and not is_for_others:
            self._follower.note()


def offered(person: Person) -> tuple[str, ...]:
    """The cards that can hold something for this person."""
    needs = {"queue": "service_request", "figures": "opportunity", "funnel": "opportunity", "day": "event",
             "birthdays": "contact", "logs": "work_log"}  # fmt: skip
    return tuple(key for key in CARDS if key not in needs or person.may("read", needs[key]))


def _when(at: datetime.datetime | datetime.date | None, today: datetime.date) -> str:
    if isinstance(at, datetime.datetime):
        return moment_text(at)
    return DATE.brief(at, today)


def _greeting(person: Person) -> str:
    today = clock.today()
    days = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    return _("{name}, {day}, {date}").format(name=person.name, day=days[today.weekday()], date=DATE.format(today))
