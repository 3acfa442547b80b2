"""What a calendar page shows: which days, whose times, and the events in them. Reads what is new in the background."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from PySide6.QtCore import QObject, Signal

from crm_desktop.core import clock
from crm_desktop.core.errors import KnownError
from crm_desktop.core.lunar import lunar_day
from crm_desktop.services.calendar import (
    Calendar,
    InTheWay,
    Occurrence,
    Span,
    SpecialDayNote,
    fetch_days,
    fetch_in_the_way,
    fetch_span,
)
from crm_desktop.services.calendar_times import Mode, days_shown, span_of, stepped
from crm_desktop.ui.calendar.layout import DayNote, Shown
from crm_desktop.ui.calendar.ways import arranged
from crm_desktop.ui.context import Context
from crm_desktop.ui.tasks import Session

CalendarKey = tuple[bool, int]
"""Whether it is a resource, and its id."""


@dataclass(frozen=True)
class Arranged:
    """What somebody chose: the way to look at it, and whose times, for the lines of a team apart."""

    mode: Mode = Mode.WEEK
    chosen: frozenset[CalendarKey] = frozenset()
    team: frozenset[CalendarKey] = frozenset()

    def of(self, mode: Mode) -> frozenset[CalendarKey]:
        """Whose times are shown that way."""
        return self.team if mode.is_team else self.chosen

    def stored(self) -> dict[str, Any]:
        """As a preference."""
        return {"mode": self.mode.value, "chosen": sorted(map(list, self.chosen)), "team": sorted(map(list, self.team))}


def from_stored(stored: Any, me: int) -> Arranged:
    """What :meth:`Arranged.stored` has made; of what cannot be read, one's own week."""
    mine = frozenset({(False, me)})
    if not isinstance(stored, Mapping):
        return Arranged(chosen=mine)
    mode = next((one for one in Mode if one.value == stored.get("mode")), Mode.WEEK)
    return Arranged(mode, _keys(stored.get("chosen")) or mine, _keys(stored.get("team")))


def _keys(stored: Any) -> frozenset[CalendarKey]:
    if not isinstance(stored, list):
        return frozenset()
    match_ = [one for one in stored if isinstance(one, list) and len(one) == 2]  # noqa: PLR2004 - a pair
    return frozenset((kind is True, id_) for kind, id_ in match_ if isinstance(id_, int))


class CalendarModel(QObject):
    """``changed`` tells that something else is to be drawn."""

    changed = Signal()
    failed = Signal(object)
    took = Signal(float)  # seconds that reading it has taken

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.arranged = from_stored(None, context.person.id)
        self.day = clock.today()
        self.calendars: Sequence[Calendar] = ()
        """All that there are."""
        self.shown = Shown()
        self._generation = 0

    @property
    def mode(self) -> Mode:
        """The way it is looked at."""
        return self.arranged.mode

    def shown_calendars(self) -> list[Calendar]:
        """Those whose times are shown, in their order, oneself first; of a team that nobody chose, everybody."""
        chosen = self.arranged.of(self.mode)
        found = [one for one in self.calendars if (one.is_resource, one.ref.id) in chosen]
        if not found and self.mode.is_team:
            found = list(self.calendars)
        me = self._context.person.id
        return sorted(found, key=lambda one: (one.is_resource, one.is_resource or one.ref.id != me))

    def open(self, calendars: Sequence[Calendar], arranged: Arranged) -> None:
        """Begin with these."""
        self.calendars, self.arranged = calendars, arranged
        self.refresh()

    def go_to(self, day: datetime.date, mode: Mode | None = None) -> None:
        """Show the days around ``day``."""
        self.day = day
        if mode is not None:
            self.arranged = replace(self.arranged, mode=mode)
        self.refresh()

    def step(self, steps: int) -> None:
        """Go on by so many pages."""
        self.go_to(stepped(self.mode, self.day, steps))

    def choose(self, keys: Iterable[CalendarKey]) -> None:
        """Show these people's and resources' times."""
        chosen = frozenset(keys)
        is_team, before = self.mode.is_team, self.arranged
        self.arranged = replace(before, team=chosen) if is_team else replace(before, chosen=chosen)
        self.refresh()

    def refresh(self) -> None:
        """Read all that is to be shown. Two statements."""
        self._generation += 1
        generation, begun, mode, day = self._generation, monotonic(), self.mode, self.day
        days, calendars = days_shown(mode, day), self.shown_calendars()
        people = [one.ref.id for one in calendars if not one.is_resource]
        resources = [one.ref.id for one in calendars if one.is_resource]
        since, until = span_of(days)

        def work(session: Session) -> Shown:
            occurrences = fetch_span(session, since, until, people, resources)
            working, special = fetch_days(session, since, until)
            notes = {one: _note(one, special.get(one)) for one in days}
            asked = next((one for one in occurrences if _is_asked(one, clock.now())), None)
            return arranged(Shown(mode, day, days, occurrences, calendars, notes, working, clock.now(), asked))

        def take(shown: Shown) -> None:
            if generation == self._generation:
                self.took.emit(monotonic() - begun)
                self.shown = shown
                self.changed.emit()

        def fail(error: KnownError) -> None:
            if generation == self._generation:
                self.failed.emit(error)

        self._context.tasks.query(self, work, take, fail, key="calendar")

    def find_in_the_way(self, one: Occurrence, answer: Callable[[InTheWay], None]) -> None:
        """What an event may clash with among the days shown, whoever's times are shown. Four statements."""
        span = Span(*span_of(list(self.shown.days)))

        def work(session: Session) -> InTheWay:
            return fetch_in_the_way(session, one.event_id, span)

        self._context.tasks.query(self, work, answer, lambda _error: None, key="in the way")


def _is_asked(one: Occurrence, now: datetime.datetime) -> bool:
    """Whether it waits for one's answer, and is not over."""
    return one.details is not None and one.details.answer == "invited" and one.ends_at > now


def _note(day: datetime.date, special: SpecialDayNote | None) -> DayNote:
    lunar = lunar_day(day)
    return DayNote(
        lunar.words if lunar is not None else "",
        special.name if special is not None else lunar.feast if lunar is not None else "",
        is_off=special is not None and not special.is_working,
    )
