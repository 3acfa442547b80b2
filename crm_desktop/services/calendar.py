"""What stands in calendars between two moments, whose time it takes, and when several people are free. Only reads."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, Select, Text, bindparam, column, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Session, aliased

from crm_desktop.core.i18n import _
from crm_desktop.models import (
    Customer,
    Department,
    DictionaryEntry,
    Employee,
    Event,
    EventParticipant,
    EventResource,
    Resource,
    SpecialDay,
    WorkingTime,
)
from crm_desktop.services.prepared import execute
from crm_desktop.services.statements import display_of
from crm_desktop.spec import Ref

LOOK_AHEAD = datetime.timedelta(days=31)
PART = 200
"""So many rows are taken from the server's answer at once."""
WHOLE_DAY = datetime.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Details:
    """What only those read who may see the event. ``answer`` is one's own to the invitation, empty where there is
    none.
    """

    version: int
    subject: str
    category: Ref | None
    owner: Ref
    customer: Ref | None
    place: str
    is_all_day: bool
    is_private: bool
    rule: str | None
    series_id: int | None
    answer: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of an event, in this computer's zone, with those of the asked people and resources whom it takes.
    Without ``details`` somebody is busy, and no more is to be known.
    """

    event_id: int
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    people: tuple[int, ...]
    resources: tuple[int, ...]
    details: Details | None

    @property
    def title(self) -> str:
        """What it is called; busy where one may not know."""
        return self.details.subject if self.details is not None else _("Busy")

    @property
    def is_whole_days(self) -> bool:
        """Whether it stands above the hours: it takes whole days, or more than one."""
        said = self.details is not None and self.details.is_all_day
        return said or self.ends_at - self.starts_at >= WHOLE_DAY

    @property
    def tone(self) -> str:
        """The colour role of its category."""
        if self.details is None:
            return "neutral"
        category = self.details.category
        return category.tone or "accent" if category is not None else "accent"

    @property
    def last_day(self) -> datetime.date:
        """The last day that it touches."""
        return (self.ends_at - datetime.timedelta(microseconds=1)).date()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Somebody, or a room or car, whose times can be shown. ``group`` is his department, or the kind of resource."""

    ref: Ref
    is_resource: bool
    group: str


class InTheWay(NamedTuple):
    """Who takes part in an event and what it takes, resources by True and their id, and what their time is taken by."""

    names: dict[tuple[bool, int], str]
    occurrences: list[Occurrence]


class SpecialDayNote(NamedTuple):
    """A holiday, or a day on which a holiday is made up for."""

    name: str
    is_working: bool


class Span(NamedTuple):
    """A stretch of time."""

    starts_at: datetime.datetime
    ends_at: datetime.datetime


_ID_LIST = ARRAY(BigInteger)


def fetch_span(
    session: Session,
    since: datetime.datetime,
    until: datetime.datetime,
    people: Sequence[int],
    resources: Sequence[int],
) -> list[Occurrence]:
    """All that takes some of the time of these between two moments, by beginning, the longer first. One statement."""
    rows = execute(
        session,
        "span",
        _select_span,
        {"since": since, "until": until, "people": list(people), "resources": list(resources)},
    )
    # In parts, between which the window's thread has its turn.
    return [_occurrence(row) for part in rows.partitions(PART) for row in part]


def _occupied() -> Any:
    moment = TIMESTAMP(timezone=True)
    return (
        func.crm.occupied(
            bindparam("since", type_=moment),
            bindparam("until", type_=moment),
            bindparam("people", type_=_ID_LIST),
            bindparam("resources", type_=_ID_LIST),
        )
        .table_valued(
            column("event_id", BigInteger),
            column("starts_at", moment),
            column("ends_at", moment),
            column("employee_ids", _ID_LIST),
            column("resource_ids", _ID_LIST),
            column("answer", Text),
        )
        .render_derived(name="times")
    )


def _select_span() -> Select[Any]:
    times = _occupied()
    category: Any = aliased(DictionaryEntry)
    return (
        select(
            *times.c, Event.version, Event.subject, Event.is_all_day, Event.is_private, Event.rule, Event.series_id,
            Event.place,
            category.id.label("category_id"), display_of(category).label("category"), category.tone,
            Event.owner_id, Employee.name.label("owner"), Event.customer_id, Customer.name.label("customer"),
        )
        .select_from(times)
        .outerjoin(Event, Event.id == times.c.event_id)
        .outerjoin(category, category.id == Event.category_id)
        .outerjoin(Employee, Employee.id == Event.owner_id)
        .outerjoin(Customer, Customer.id == Event.customer_id)
        .order_by(times.c.starts_at, times.c.ends_at.desc(), times.c.event_id)
    )  # fmt: skip


def _occurrence(row: Any) -> Occurrence:
    details = None
    if row.version is not None:
        details = Details(
            row.version,
            row.subject,
            Ref(row.category_id, row.category, row.tone) if row.category_id is not None else None,
            Ref(row.owner_id, row.owner or ""),
            Ref(row.customer_id, row.customer) if row.customer else None,
            row.place or "",
            row.is_all_day,
            row.is_private,
            row.rule,
            row.series_id,
            row.answer or "",
        )
    return Occurrence(
        row.event_id,
        row.starts_at.astimezone(),
        row.ends_at.astimezone(),
        tuple(sorted(row.employee_ids)),
        tuple(sorted(row.resource_ids)),
        details,
    )


def fetch_calendars(session: Session) -> list[Calendar]:
    """Everybody who works here and every resource in use, in their order. Two statements."""
    people = session.execute(
        select(Employee.id, Employee.name, Department.name)
        .outerjoin(Department, Department.id == Employee.department_id)
        .where(Employee.is_active, ~Employee.is_pool)
        .order_by(Department.sort_order.nulls_last(), Department.id, Employee.sort_key, Employee.id)
    )
    found = [Calendar(Ref(id_, name), is_resource=False, group=group or "") for id_, name, group in people]
    resources = session.execute(
        select(Resource.id, display_of(Resource), display_of(DictionaryEntry))
        .outerjoin(Resource.kind)
        .where(Resource.is_active)
        .order_by(DictionaryEntry.sort_order, Resource.sort_order, Resource.id)
    )
    return found + [Calendar(Ref(id_, name), is_resource=True, group=group or "") for id_, name, group in resources]


def fetch_days(
    session: Session, since: datetime.datetime, until: datetime.datetime
) -> tuple[list[Span], dict[datetime.date, SpecialDayNote]]:
    """When the firm works between two moments, and the days that are unlike others. One statement."""
    nothing = literal(None)
    working = select(
        WorkingTime.begins_at, WorkingTime.ends_at, nothing.label("day"), nothing.label("name"), nothing.label("works")
    ).where(WorkingTime.ends_at > since, WorkingTime.begins_at < until)
    special = select(nothing, nothing, SpecialDay.day, display_of(SpecialDay), SpecialDay.is_working).where(
        SpecialDay.day.between(since.date(), until.date())
    )
    hours: list[Span] = []
    notes: dict[datetime.date, SpecialDayNote] = {}
    rows: Iterable[Any] = session.execute(union_all(working, special))
    for row in rows:
        if row.day is None:
            hours.append(Span(row.begins_at.astimezone(), row.ends_at.astimezone()))
        else:
            notes[row.day] = SpecialDayNote(row.name, row.works)
    return sorted(hours), notes


def find_clashes(
    session: Session, spans: Sequence[Span], people: Sequence[int], resources: Sequence[int], but: int = 0
) -> list[tuple[Span, Occurrence]]:
    """What stands in the way of some of these times for some of these people and resources. One statement."""
    if not spans:
        return []
    since, until = min(span.starts_at for span in spans), max(span.ends_at for span in spans)
    taken = fetch_span(session, since, until, people, resources)
    return [(span, one) for span in spans for one in clashes(taken, span, people, resources, but)]


def fetch_attending(session: Session, event_id: int) -> tuple[tuple[Ref, ...], tuple[Ref, ...]]:
    """Who takes part in an event and what it takes, by name. Two statements."""
    people = session.execute(
        select(Employee.id, Employee.name)
        .join(EventParticipant, EventParticipant.employee_id == Employee.id)
        .where(EventParticipant.event_id == event_id)
        .order_by(EventParticipant.id)
    )
    resources = session.execute(
        select(Resource.id, display_of(Resource))
        .join(EventResource, EventResource.resource_id == Resource.id)
        .where(EventResource.event_id == event_id)
        .order_by(EventResource.id)
    )
    return tuple(Ref(*row) for row in people), tuple(Ref(*row) for row in resources)


def fetch_clashes(session: Session, event_id: int, span: Span) -> tuple[list[Occurrence], dict[tuple[bool, int], str]]:
    """What takes the time of those who take part in an event, its organiser too, or of what it takes, at one of its
    times; and what these are called, resources by True and their id. Four statements.
    """
    around = fetch_in_the_way(session, event_id, span)
    people, resources = _taken(around.names)
    return clashes(around.occurrences, span, people, resources, event_id), around.names


def fetch_in_the_way(session: Session, event_id: int, span: Span) -> InTheWay:
    """All that takes, within a stretch of time, the time of those who take part in an event or of what it takes, its
    own times too. Four statements.
    """
    owner = session.execute(
        select(Employee.id, Employee.name).join(Event, Event.owner_id == Employee.id).where(Event.id == event_id)
    ).one()
    people, resources = fetch_attending(session, event_id)
    names = {(False, ref.id): ref.label for ref in (Ref(*owner), *people)}
    names |= {(True, ref.id): ref.label for ref in resources}
    return InTheWay(names, fetch_span(session, span.starts_at, span.ends_at, *_taken(names)))


def _taken(names: Iterable[tuple[bool, int]]) -> tuple[list[int], list[int]]:
    """The people and the resources among these."""
    keys = list(names)
    return [id_ for is_resource, id_ in keys if not is_resource], [id_ for is_resource, id_ in keys if is_resource]


def find_free(
    session: Session,
    since: datetime.datetime,
    length: datetime.timedelta,
    people: Sequence[int],
    resources: Sequence[int],
    *,
    but: int = 0,
    most: int = 8,
) -> list[Span]:
    """The next times of ``length`` in working hours at which all of these are free, at most as many, within a month.
    Two statements.
    """
    until = since + LOOK_AHEAD
    working, _notes = fetch_days(session, since, until)
    taken = fetch_span(session, since, until, people, resources)
    within = [Span(max(span.starts_at, since), span.ends_at) for span in working if span.ends_at > since]
    found: list[Span] = []
    for free in free_spans([(one.starts_at, one.ends_at) for one in taken if one.event_id != but], within):
        begin = _on_the_half_hour(free.starts_at)
        while begin + length <= free.ends_at and len(found) < most:
            found.append(Span(begin, begin + length))
            begin = _on_the_half_hour(begin + length)
    return found


def _on_the_half_hour(moment: datetime.datetime) -> datetime.datetime:
    """The next full or half hour, this one if it is one."""
    past = datetime.timedelta(minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond)
    return moment - past + datetime.timedelta(minutes=30) if past else moment


def clashes(
    occurrences: Iterable[Occurrence], wanted: Span, people: Iterable[int], resources: Iterable[int], but: int = 0
) -> list[Occurrence]:
    """What stands in the way of ``wanted`` for some of these, apart from the event ``but``."""
    asked_people, asked_resources = {*people}, {*resources}
    return [
        one
        for one in occurrences
        if one.event_id != but
        and one.starts_at < wanted.ends_at
        and one.ends_at > wanted.starts_at
        and (asked_people.intersection(one.people) or asked_resources.intersection(one.resources))
    ]


def free_spans(busy: Iterable[tuple[datetime.datetime, datetime.datetime]], within: Iterable[Span]) -> Iterator[Span]:
    """What is left of the spans ``within``, in their order, without the times that are taken."""
    taken = sorted(busy)
    for span in within:
        begin = span.starts_at
        for starts_at, ends_at in taken:
            if ends_at <= begin or starts_at >= span.ends_at:
                continue
            if starts_at > begin:
                yield Span(begin, starts_at)
            begin = max(begin, ends_at)
        if begin < span.ends_at:
            yield Span(begin, span.ends_at)
