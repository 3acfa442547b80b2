"""Making, moving, copying and repeating events. Of one that repeats, this time alone, from it on, or all of them.

An occurrence that is changed alone becomes an event of its own, and an exception of its series.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from sqlalchemy import Select, any_, delete, func, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from crm_desktop.core import clock, recurrence
from crm_desktop.core.errors import ConflictError, NoRightError
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.models import Event, EventParticipant, EventResource
from crm_desktop.services.calendar import Span
from crm_desktop.services.journal import begin_change
from crm_desktop.services.records import Record, raise_if_wrong, refused_values, to_columns

Which = Literal["this", "following", "all"]
Answer = Literal["accepted", "declined"]
KEPT_FIELDS = (
    "subject", "kind_id", "category_id", "owner_id", "starts_at", "ends_at", "is_all_day", "place", "is_private",
    "customer_id", "contact_id", "opportunity_id", "request_id", "description",
)  # fmt: skip
"""What a copy has too."""
_READ = ("id", "version", *KEPT_FIELDS, "rule", "exceptions", "additions", "occurs_at", "series_id")
_DAY = datetime.timedelta(days=1)


class MovedError(ConflictError):
    """The event has no such occurrence any more."""


@dataclass(frozen=True, slots=True)
class Saved:
    """An event as it is now, and the change set by which it became that."""

    event_id: int
    title: str
    change_set: int


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who takes part in an event beside its organiser, and what it takes."""

    people: tuple[int, ...] = ()
    resources: tuple[int, ...] = ()


class Swap(NamedTuple):
    """Somebody, or a room or car, whose time is no longer taken, and who comes instead; 0 for nobody."""

    is_resource: bool
    leaves: int
    comes: int


def create(session: Session, record: Record, rule: str | None = None, attendance: Attendance = Attendance()) -> Saved:
    """Save a new event of these values, who takes part in it and what it takes. Two to four statements."""
    raise_if_wrong(record.spec, record.values)
    change_set = begin_change(session, "create", record.title, "event")
    given = {key: value for key, value in record.values.items() if value not in (None, "")}
    columns = to_columns(record.spec, given) | {"rule": rule}
    event_id = insert_event(session, columns)
    _attend(session, event_id, attendance)
    return Saved(event_id, record.title, change_set)


def move(
    session: Session,
    event_id: int,
    at: datetime.datetime,
    to: Span,
    which: Which,
    swap: Swap | None = None,
    **more: Any,
) -> Saved:
    """Let the occurrence that begins at ``at`` take another time, or somebody else's, and with it those that ``which``
    says.

    ``more`` are other columns. Raises ConflictError where it is no longer there, NoRightError where one may not.
    """
    event = _lock(session, event_id, at)
    change_set = begin_change(session, "edit", event["subject"], "event")
    event = _apart(session, event, at, which)
    if swap is not None and _gives(event, swap):
        more["owner_id"], swap = swap.comes, None
    # What leaves goes first: its other bookings do not stand in the way.
    before = fetch_attendance(session, event["id"]) if swap is not None else Attendance()
    if swap is not None:
        _attend(session, event["id"], _swapped(before, swap._replace(comes=0)))
    times = {"starts_at": to.starts_at, "ends_at": to.ends_at}
    if event["rule"] is not None:
        _shift(session, event, at, to, more)
    elif any(event.get(key) != value for key, value in (times | more).items()):
        _update(session, event, times | more)
    if swap is not None:
        _attend(session, event["id"], _swapped(before, swap))
    return Saved(event["id"], event["subject"], change_set)


def copy(session: Session, event_id: int, at: datetime.datetime, to: Span, swap: Swap | None = None) -> Saved:
    """The same event once more, one's own, at another time and without a rule; who is asked to it is asked anew."""
    event = _lock(session, event_id, at, to_change=False)
    change_set = begin_change(session, "create", event["subject"], "event")
    other = {"starts_at": to.starts_at, "ends_at": to.ends_at, "owner_id": func.crm.me()}
    if swap is not None and _gives(event, swap):
        other["owner_id"] = swap.comes
    new_id = insert_event(session, {key: event[key] for key in KEPT_FIELDS} | other)
    attendance = fetch_attendance(session, event_id)
    _attend(session, new_id, attendance if swap is None else _swapped(attendance, swap))
    return Saved(new_id, event["subject"], change_set)


def detach(session: Session, event_id: int, at: datetime.datetime) -> Saved:
    """Make one occurrence an event of its own, so that it alone can be changed."""
    event = _lock(session, event_id, at)
    change_set = begin_change(session, "edit", event["subject"], "event")
    return Saved(_detach(session, event, at), event["subject"], change_set)


def split(session: Session, event_id: int, at: datetime.datetime) -> Saved:
    """Make this and the following occurrences a series of their own."""
    event = _lock(session, event_id, at)
    change_set = begin_change(session, "edit", event["subject"], "event")
    target = _split(session, event, at)["id"] if at > _first(event) else event_id
    return Saved(target, event["subject"], change_set)


def remove(session: Session, event_id: int, at: datetime.datetime, which: Which) -> Saved:
    """Delete an event, or of one that repeats what ``which`` says."""
    event = _lock(session, event_id, at)
    change_set = begin_change(session, "delete", event["subject"], "event")
    is_all = event["rule"] is None or which == "all" or (which == "following" and at <= _first(event))
    # What goes of a series becomes an event of its own first, so that who takes part is told of it alone.
    if not is_all and which == "this" and len(event["occurs_at"]) > 1:
        event_id = _detach(session, event, at)
    elif not is_all and which == "following":
        session.execute(delete(Event).where(Event.series_id == event_id, Event.original_at >= at))
        event_id = _split(session, event, at)["id"]
    found = session.execute(delete(Event).where(Event.id == event_id).returning(Event.id)).all()
    if not found:
        raise _no_right()
    return Saved(event_id, event["subject"], change_set)


def change(
    session: Session,
    event_id: int,
    at: datetime.datetime,
    which: Which,
    values: Mapping[str, Any],
    rule: str | None,
    attendance: Attendance,
) -> Saved:
    """Write fields of an event, by their keys, its rule, who takes part and what it takes, as one action.

    Of one that repeats, for what ``which`` says; ``values`` are then those of the occurrence that begins at ``at``.
    """
    event = _lock(session, event_id, at)
    change_set = begin_change(session, "edit", event["subject"], "event")
    columns, is_kept = to_columns(by_key("event"), values), rule == event["rule"]
    is_one_of_many = event["rule"] is not None and which == "this"
    event = _apart(session, event, at, which)
    if not is_one_of_many:
        columns = _for_series(event, at, columns, event["rule"] if is_kept else rule)  # what is left of it
    if any(event.get(key) != value for key, value in columns.items()):
        _update(session, event, columns)
    _attend(session, event["id"], attendance)
    return Saved(event["id"], str(columns.get("subject", event["subject"])), change_set)


def answer(session: Session, event_id: int, code: Answer, title: str) -> Saved:
    """Answer an invitation of one's own."""
    change_set = begin_change(session, "edit", title, "event")
    session.execute(text("select crm.answer_invitation(:id, :code)"), {"id": event_id, "code": code})
    return Saved(event_id, title, change_set)


def fetch_own_answer(session: Session, event_id: int) -> str | None:
    """The code of one's own answer to an invitation; None where one is not asked. One statement."""
    answer = text("""
        select e.code from crm.event_participant p join crm.dictionary_entry e on e.id = p.answer_id
        where p.event_id = :id and p.employee_id = crm.me()
    """)
    code: str | None = session.execute(answer, {"id": event_id}).scalar_one_or_none()
    return code


def fetch_attendance(session: Session, event_id: int) -> Attendance:
    """Who takes part in an event and what it takes. Two statements."""
    people = session.scalars(
        select(EventParticipant.employee_id).where(EventParticipant.event_id == event_id).order_by(EventParticipant.id)
    )
    resources = session.scalars(
        select(EventResource.resource_id).where(EventResource.event_id == event_id).order_by(EventResource.id)
    )
    return Attendance(tuple(people), tuple(resources))


def has_to_look_further(session: Session) -> bool:
    """Whether the known times of one's own endless rules end within two years. One statement."""
    return bool(session.execute(_select_short_sighted().limit(1)).all())


def _select_short_sighted() -> Select[Any]:
    last = Event.occurs_at[func.cardinality(Event.occurs_at)]
    soon = clock.now() + recurrence.AHEAD - 366 * _DAY
    ended = Event.rule.contains("COUNT=") | Event.rule.contains("UNTIL=")
    return select(Event.id).where(Event.rule.is_not(None), ~ended, last < soon, Event.owner_id == func.crm.me())


def look_further_ahead(session: Session) -> int:
    """Work out one's own endless rules anew where less than two years of them are known; how many events that were.

    The occurrences of a rule are known ``recurrence.AHEAD`` of when that was last done, or it was saved.
    """
    ids = session.scalars(_select_short_sighted()).all()
    if ids:
        begin_change(session, "bulk", _("Repeating events worked out further"))
    for event_id in ids:
        event = _read(session, event_id)
        _update(session, event, worked_out(event["starts_at"], event["rule"], event["exceptions"], event["additions"]))
    return len(ids)


def insert_event(session: Session, columns: Mapping[str, Any]) -> int:
    """A new row of these columns; a rule among them is worked out unless that was done. Its id."""
    by_rule: dict[str, Any] = {"rule": None}
    if columns.get("rule"):
        by_rule = {} if "occurs_at" in columns else worked_out(columns["starts_at"], columns["rule"])
    with refused_values(by_key("event")):
        statement = insert(Event).values(**{**columns, **by_rule}).returning(Event.id)
        return int(session.execute(statement).scalar_one())


def worked_out(
    starts_at: datetime.datetime,
    rule: str | None,
    exceptions: Sequence[datetime.datetime] = (),
    additions: Sequence[datetime.datetime] = (),
) -> dict[str, Any]:
    """The columns of a rule. What begins by a rule begins on one of its days."""
    if not rule:
        return {"rule": None, "exceptions": [], "additions": [], "occurs_at": None}
    return {
        "rule": rule,
        "exceptions": list(exceptions),
        "additions": list(additions),
        "occurs_at": recurrence.occurrences(rule, starts_at, exceptions, additions) or [starts_at],
    }


def update_event(session: Session, event_id: int, columns: Mapping[str, Any]) -> bool:
    """Write the columns of an event that are other than they were; whether there were any. NoRightError where one
    may not.
    """
    event = _read(session, event_id)
    now = session.execute(select(*(getattr(Event, key) for key in columns)).where(Event.id == event_id)).one()._mapping  # noqa: SLF001
    changed = {key: value for key, value in columns.items() if now[key] != value}
    if changed:
        _update(session, event, changed)
    return bool(changed)


def _read(session: Session, event_id: int) -> dict[str, Any]:
    row = session.execute(select(*(getattr(Event, key) for key in _READ)).where(Event.id == event_id)).one_or_none()
    if row is None:
        raise ConflictError(
            _("This event is no longer there, or you may no longer see it."), _("The calendar shows what is there now.")
        )
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it


def _lock(session: Session, event_id: int, at: datetime.datetime, *, to_change: bool = True) -> dict[str, Any]:
    """The event, which must still have the occurrence that begins at ``at``."""
    if to_change:
        session.execute(select(Event.id).where(Event.id == event_id).with_for_update(key_share=True))
    event = _read(session, event_id)
    if at not in (event["occurs_at"] or [event["starts_at"]]):
        raise MovedError(
            _("Somebody else has moved this event in the meantime."),
            _("Look at it, and do it again if you still want to."),
        )
    return event


def _first(event: Mapping[str, Any]) -> datetime.datetime:
    first: datetime.datetime = event["starts_at"]
    return first


def _update(session: Session, event: Mapping[str, Any], columns: Mapping[str, Any]) -> None:
    statement = update(Event).where(Event.id == event["id"], Event.version == event["version"]).values(**columns)
    with refused_values(by_key("event")):
        written = session.execute(statement.returning(Event.id).execution_options(synchronize_session=False)).all()
    if not written:
        raise _no_right()


def _no_right() -> NoRightError:
    return NoRightError(
        _("You may see this event, but not change it."), _("Ask its organiser, or your administrator for the right.")
    )


def _for_series(
    event: Mapping[str, Any], at: datetime.datetime, columns: dict[str, Any], rule: str | None
) -> dict[str, Any]:
    """The columns of the whole event from those of its occurrence at ``at``; a new rule is worked out."""
    starts_at = columns.get("starts_at", at)
    length = columns.get("ends_at", at + (event["ends_at"] - event["starts_at"])) - starts_at
    begin = _back(_on_the_wall(event["starts_at"]) + (_on_the_wall(starts_at) - _on_the_wall(at)))
    times = {"starts_at": begin, "ends_at": begin + length}
    if rule == event["rule"] and begin == event["starts_at"]:
        return columns | times
    if rule is None:
        return columns | {"starts_at": starts_at, "ends_at": starts_at + length} | worked_out(starts_at, None)
    days = (_on_the_wall(starts_at).date() - _on_the_wall(at).date()).days
    kept = rule == event["rule"]
    rule = shifted(rule, days, begin) if days and kept else rule
    moved = begin - event["starts_at"]  # what was deleted or changed alone stays away, however long it goes on now
    beside = ([at + moved for at in event[key]] for key in ("exceptions", "additions"))
    return columns | times | worked_out(begin, rule, *beside)


def _without(event: Mapping[str, Any], at: datetime.datetime) -> dict[str, Any]:
    return {
        "exceptions": [*event["exceptions"], at],
        "occurs_at": [moment for moment in event["occurs_at"] if moment != at],
    }


def _apart(session: Session, event: dict[str, Any], at: datetime.datetime, which: Which) -> dict[str, Any]:
    """The event that is to be changed: of a series, what ``which`` says made one of its own."""
    if event["rule"] is not None and which == "this":
        return _read(session, _detach(session, event, at))
    if event["rule"] is not None and which == "following" and at > _first(event):
        return _split(session, event, at)
    return event


def _detach(session: Session, event: Mapping[str, Any], at: datetime.datetime) -> int:
    _update(session, event, _without(event, at))
    times = {"starts_at": at, "ends_at": at + (event["ends_at"] - event["starts_at"])}
    given = {key: event[key] for key in KEPT_FIELDS} | times | {"series_id": event["id"], "original_at": at}
    new_id = insert_event(session, given)
    _take_along(session, event["id"], new_id)
    return new_id


def _split(session: Session, event: Mapping[str, Any], at: datetime.datetime) -> dict[str, Any]:
    """End the series before ``at``; what follows, as another one."""
    earlier, later = recurrence.parted(event["rule"], _first(event), at)
    kept = {key: [moment for moment in event[key] if moment < at] for key in ("exceptions", "additions", "occurs_at")}
    rest = ([moment for moment in event[key] if moment >= at] for key in ("exceptions", "additions"))
    _update(session, event, kept | {"rule": earlier})
    times = {"starts_at": at, "ends_at": at + (event["ends_at"] - event["starts_at"])}
    new_id = insert_event(session, {key: event[key] for key in KEPT_FIELDS} | times)
    following = _read(session, new_id)
    _update(session, following, worked_out(at, later, *rest))
    _take_along(session, event["id"], new_id)
    changed = update(Event).where(Event.series_id == event["id"], Event.original_at >= at).values(series_id=new_id)
    session.execute(changed.execution_options(synchronize_session=False))
    return _read(session, new_id)


def _shift(
    session: Session, event: Mapping[str, Any], at: datetime.datetime, to: Span, more: Mapping[str, Any]
) -> None:
    """Move a whole series as far as one of its occurrences goes, in the time that clocks on the wall show."""
    moved = _on_the_wall(to.starts_at) - _on_the_wall(at)
    starts_at = _back(_on_the_wall(event["starts_at"]) + moved)
    beside = ([_back(_on_the_wall(m) + moved) for m in event[key]] for key in ("exceptions", "additions"))
    days = (to.starts_at.astimezone().date() - at.astimezone().date()).days
    rule = shifted(event["rule"], days, starts_at) if days else event["rule"]
    times = {"starts_at": starts_at, "ends_at": starts_at + (to.ends_at - to.starts_at)}
    _update(session, event, times | worked_out(starts_at, rule, *beside) | dict(more))


def shifted(rule: str, days: int, starts_at: datetime.datetime) -> str:
    """The rule of something that from now on is so many days later: by weekday where it goes by weeks, else on the
    days of its new beginning.
    """
    parts = recurrence.parts_of(rule)
    names = recurrence.WEEKDAYS
    if parts.get("FREQ") == "WEEKLY" and parts.get("BYDAY"):
        there = (names[(names.index(day) + days) % len(names)] for day in parts["BYDAY"].split(",") if day in names)
        parts["BYDAY"] = ",".join(there)
    elif parts.get("FREQ") in ("MONTHLY", "YEARLY"):
        local = starts_at.astimezone()
        if parts.pop("BYDAY", ""):
            parts.pop("BYSETPOS", "")
            week = (local.day - 1) // 7 + 1
            parts["BYDAY"] = f"{week if week < 5 else -1}{names[local.weekday()]}"  # noqa: PLR2004 - the fifth is the last
        if parts.get("BYMONTHDAY"):
            parts["BYMONTHDAY"] = str(local.day)
        if parts.get("BYMONTH"):
            parts["BYMONTH"] = str(local.month)
    return recurrence.written(parts)


def _on_the_wall(moment: datetime.datetime) -> datetime.datetime:
    return moment.astimezone().replace(tzinfo=None)


def _back(moment: datetime.datetime) -> datetime.datetime:
    return moment.astimezone()


def _take_along(session: Session, event_id: int, to_id: int) -> None:
    """What leaves its series keeps who takes part with his answer, what it takes, and when each is reminded."""
    of_event = select(literal(to_id, BigInteger), EventParticipant.employee_id, EventParticipant.answer_id)
    session.execute(
        insert(EventParticipant).from_select(
            ["event_id", "employee_id", "answer_id"], of_event.where(EventParticipant.event_id == event_id)
        )
    )
    taken = select(literal(to_id, BigInteger), EventResource.resource_id).where(EventResource.event_id == event_id)
    session.execute(insert(EventResource).from_select(["event_id", "resource_id"], taken))
    session.execute(text("select crm.copy_reminders(:from_id, :to_id)"), {"from_id": event_id, "to_id": to_id})


def _gives(event: Mapping[str, Any], swap: Swap) -> bool:
    """Whether it has another organiser by that."""
    return not swap.is_resource and bool(event["owner_id"] == swap.leaves)


def _swapped(attendance: Attendance, swap: Swap) -> Attendance:
    """With who comes, if somebody does, and without who leaves, if somebody does."""
    before = attendance.resources if swap.is_resource else attendance.people
    after = tuple(id_ for id_ in (*before, swap.comes) if id_ not in (0, swap.leaves))
    return replace(attendance, resources=after) if swap.is_resource else replace(attendance, people=after)


def _attend(session: Session, event_id: int, wanted: Attendance) -> None:
    """Ask those who are not asked yet, and no longer those who are not wanted; the same for what it takes."""
    before = fetch_attendance(session, event_id)
    for model, key, now, then in (
        (EventParticipant, "employee_id", wanted.people, before.people),
        (EventResource, "resource_id", wanted.resources, before.resources),
    ):
        table: Any = model
        if gone := [id_ for id_ in then if id_ not in now]:
            among = getattr(table, key) == any_(literal(gone, ARRAY(BigInteger)))
            session.execute(delete(table).where(table.event_id == event_id, among))
        if new := [{"event_id": event_id, key: id_} for id_ in dict.fromkeys(now) if id_ not in then]:
            session.execute(insert(table), new)
