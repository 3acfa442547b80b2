"""Events as files that other calendars read and write: iCalendar, RFC 5545."""

from __future__ import annotations

import codecs
import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Calendar, vRecur
from icalendar import Event as Component
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from crm_desktop.core import clock, recurrence
from crm_desktop.core.access import Person
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.models import Employee, Event, EventParticipant
from crm_desktop.services.events import KEPT_FIELDS, insert_event, shifted, update_event, worked_out
from crm_desktop.services.journal import begin_change
from crm_desktop.services.lookup import Choices

PRODUCT = "-//crm-desktop//Calendar//EN"
_DAY = datetime.timedelta(days=1)
_LENGTHS = {"subject": 300, "place": 200, "uid": 255, "rule": 300}


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event as a file tells it. ``original_at``: when its series had it begin, of an occurrence that was changed."""

    uid: str
    values: Mapping[str, Any]
    category: str
    rule: str | None
    exceptions: tuple[datetime.datetime, ...]
    additions: tuple[datetime.datetime, ...]
    original_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file, and the change set by which it is taken back."""

    created: int
    updated: int
    unchanged: int
    change_set: int


def write_calendar(session: Session, person: Person, since: datetime.datetime) -> bytes:
    """One's own events and those one takes part in, that end after ``since`` or repeat, as a file. Two
    statements.
    """
    zone = _zone(session.execute(select(func.crm.firm_zone())).scalar_one())
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    invited = select(EventParticipant.event_id).where(EventParticipant.employee_id == person.id)
    columns = [
        getattr(Event, key)
        for key in (
            "id",
            "uid",
            "series_id",
            "original_at",
            "updated_at",
            "rule",
            "exceptions",
            "additions",
            *KEPT_FIELDS,
        )
    ]
    rows = session.execute(
        select(*columns, Employee.name.label("owner"), Employee.email)
        .join(Employee, Employee.id == Event.owner_id)
        .where(
            or_(Event.owner_id == person.id, Event.id.in_(invited)),
            or_(Event.ends_at >= since, Event.rule.is_not(None)),
        )
        .order_by(Event.starts_at, Event.id)
    ).all()
    uids = {row.id: row.uid or f"event-{row.id}@crm-desktop" for row in rows}
    for row in rows:
        calendar.add_component(_component(row, uids, zone))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _zone(name: str) -> ZoneInfo:
    """The server knows more names, such as ``CST``; for one that is not in every list it is as if none were said."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Asia/Shanghai")


def _component(row: Any, uids: Mapping[int, str], zone: ZoneInfo) -> Component:
    """What repeats has the firm's zone: in another one its days of the week may be others."""
    repeats = row.rule or row.series_id in uids

    def said(moment: datetime.datetime) -> datetime.date:
        if row.is_all_day:
            return moment.astimezone().date()
        return moment.astimezone(zone if repeats else datetime.UTC)

    made = Component()
    made.add("uid", uids.get(row.series_id, uids[row.id]) if row.series_id else uids[row.id])
    made.add("summary", row.subject)
    made.add("dtstart", said(row.starts_at))
    made.add("dtend", said(row.ends_at))
    made.add("dtstamp", row.updated_at.astimezone(datetime.UTC))
    if row.rule:
        made.add("rrule", vRecur.from_ical(row.rule if row.is_all_day else _rule_in(zone, row.rule, row.starts_at)))
    for key, moments in (("exdate", row.exceptions), ("rdate", row.additions)):
        for moment in moments:
            made.add(key, said(moment))
    if row.series_id in uids and row.original_at is not None:
        made.add("recurrence-id", said(row.original_at))
    for key, value in (("location", row.place), ("description", row.description)):
        if value:
            made.add(key, value)
    if row.is_private:
        made.add("class", "PRIVATE")
    return made


def _rule_in(zone: ZoneInfo, rule: str, starts_at: datetime.datetime) -> str:
    """A rule of this computer's days as one of the days of ``zone``."""
    begin = starts_at.astimezone(zone)
    days = (begin.date() - starts_at.astimezone().date()).days
    return recurrence.ended_in_utc(shifted(rule, days, begin) if days else rule, zone)


def read_calendar(content: bytes) -> list[Incoming]:
    """The events of a file that take place, those of a series before what was changed of it.

    Raises KnownError where it is no calendar.
    """
    damaged = KnownError(
        _("This is no calendar file, or it is damaged."),
        _("Export it again from the other program as iCalendar (.ics)."),
    )
    try:
        calendars = Calendar.from_ical(_decoded(content), multiple=True)
        components = [component for calendar in calendars for component in calendar.walk("VEVENT")]
        found = [one for component in components if not _is_cancelled(component) for one in _incoming(component)]
        cancelled = [one for component in components for one in _cancelled(component)]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):  # whatever the library trips over
        raise damaged from None
    if not calendars and b"BEGIN:VCALENDAR" in content.upper():  # it ends too early
        raise damaged
    if not calendars:
        raise KnownError(_("There is no calendar in this file."), _("Choose a file that ends in .ics."))
    found = [
        replace(one, exceptions=(*one.exceptions, *(at for uid, at in cancelled if uid == one.uid)))
        if one.rule
        else one
        for one in found
    ]
    return sorted(found, key=lambda one: one.original_at is not None)


def _decoded(content: bytes) -> str:
    """UTF-8 as RFC 5545 wants it, or what else programs write."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _is_cancelled(component: Any) -> bool:
    return str(component.get("status") or "").upper() == "CANCELLED"


def _cancelled(component: Any) -> Iterator[tuple[str, datetime.datetime]]:
    """The series and the time of an occurrence that does not take place."""
    if _is_cancelled(component) and (original := component.get("recurrence-id")) is not None:
        yield str(component.get("uid") or ""), _moment(original.dt)


def _incoming(component: Any) -> Iterator[Incoming]:
    """An event, and each of its further times that lasts another time than it."""
    if component.get("dtstart") is None:
        return
    begin = component.decoded("dtstart")
    is_all_day = not isinstance(begin, datetime.datetime)
    starts_at = _moment(begin)
    ends_at = _end(component, starts_at, is_all_day=is_all_day)
    rule = _rule(component.get("rrule"))
    days = (starts_at.date() - (begin.date() if isinstance(begin, datetime.datetime) else begin)).days
    if rule and days:  # its days of the week are those of its zone
        rule = shifted(rule, days, starts_at)
    original = component.get("recurrence-id")
    values: dict[str, Any] = {
        "subject": str(component.get("summary") or _("Without a title")),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "is_all_day": is_all_day,
        "place": str(component.get("location") or "") or None,
        "description": "\n".join(
            filter(None, (str(component.get("description") or "").rstrip(), _attendees(component)))
        )
        or None,
        "is_private": str(component.get("class") or "").upper() in {"PRIVATE", "CONFIDENTIAL"},
    }
    further = dict(sorted(_further_times(component, ends_at - starts_at))[: recurrence.MOST])
    one = Incoming(
        str(component.get("uid") or "")[: _LENGTHS["uid"]],
        {key: value[: _LENGTHS[key]] if key in _LENGTHS and value else value for key, value in values.items()},
        next((str(name) for name in _categories(component)), ""),
        rule or (recurrence.ONCE if further else None),
        tuple(_moment(each.dt) for each in _dates(component, "exdate")),
        tuple(further),
        _moment(original.dt) if original is not None else None,
    )
    yield one
    for begin, end in further.items():
        if end - begin != ends_at - starts_at:
            times = {"starts_at": begin, "ends_at": end}
            yield replace(one, values={**one.values, **times}, rule=None, additions=(), original_at=begin)


def _moment(value: datetime.date) -> datetime.datetime:
    """A moment as it is said; a day begins at midnight here, and what has no zone is of here."""
    if not isinstance(value, datetime.datetime):
        value = datetime.datetime.combine(value, datetime.time())
    return value.astimezone()


def _end(component: Any, starts_at: datetime.datetime, *, is_all_day: bool) -> datetime.datetime:
    if component.get("dtend") is not None:
        ends_at = _moment(component.decoded("dtend"))
    elif component.get("duration") is not None:
        ends_at = starts_at + component.decoded("duration")
    else:
        ends_at = starts_at + (_DAY if is_all_day else datetime.timedelta())
    return ends_at if ends_at > starts_at else starts_at + (_DAY if is_all_day else datetime.timedelta(minutes=15))


def _rule(rule: Any) -> str | None:
    if rule is None:
        return None
    first = rule[0] if isinstance(rule, list) else rule
    written = first.to_ical().decode("ascii")
    return written if len(written) <= _LENGTHS["rule"] else None


def _dates(component: Any, name: str) -> Iterator[Any]:
    found = component.get(name)
    for one in found if isinstance(found, list) else [found] if found is not None else []:
        yield from one.dts


def _further_times(component: Any, length: datetime.timedelta) -> Iterator[tuple[datetime.datetime, datetime.datetime]]:
    """From when to when it takes place beside its rule (RDATE): moments, days, or periods with an end of their own."""
    for each in _dates(component, "rdate"):
        begin, end = each.dt if isinstance(each.dt, tuple) else (each.dt, length)
        begin = _moment(begin)
        yield begin, begin + end if isinstance(end, datetime.timedelta) else _moment(end)


def _attendees(component: Any) -> str:
    """Who takes part, in a line: nobody is invited by reading a file."""
    found = component.get("attendee")
    people = found if isinstance(found, list) else [found] if found is not None else []
    names = [str(one.params.get("CN") or str(one).removeprefix("mailto:")) for one in people]
    return _("Participants: {names}").format(names=_(", ").join(names)) if names else ""


def _categories(component: Any) -> list[Any]:
    found = component.get("categories")
    if found is None:
        return []
    first = found[0] if isinstance(found, list) else found
    return list(getattr(first, "cats", [first]))


def import_calendar(
    session: Session, person: Person, incoming: list[Incoming], choices: Choices, label: str
) -> Imported:
    """Make the events one's own, and change those that came from the same source before; as one action."""
    change_set = begin_change(session, "import", label)
    known = _known(session, person, {one.uid for one in incoming if one.uid})
    counts = {"created": 0, "updated": 0, "unchanged": 0}
    series = {uid: id_ for (uid, original), id_ in known.items() if original is None}
    alone: dict[str, list[datetime.datetime]] = {}
    for one in incoming:
        if one.original_at is not None:
            alone.setdefault(one.uid, []).append(one.original_at)
    for one in incoming:
        category = choices.find("event_category", one.category) if one.category else None
        columns = dict(one.values) | {"uid": one.uid or None, "category_id": category.id if category else None}
        if one.original_at is not None and one.uid in series:
            columns |= {"series_id": series[one.uid], "original_at": one.original_at}
            _leave_out(session, series[one.uid], one.original_at)
        left_out = (*one.exceptions, *alone.get(one.uid, ())) if one.rule else ()
        columns |= worked_out(columns["starts_at"], one.rule, left_out, one.additions)
        id_ = known.get((one.uid, one.original_at)) if one.uid else None
        if id_ is None:
            id_ = insert_event(session, columns)
            counts["created"] += 1
        else:
            counts["updated" if update_event(session, id_, columns) else "unchanged"] += 1
        if one.original_at is None:
            series[one.uid] = id_
    return Imported(**counts, change_set=change_set)


def _known(session: Session, person: Person, uids: set[str]) -> dict[tuple[str, datetime.datetime | None], int]:
    rows = session.execute(
        select(Event.id, Event.uid, Event.original_at).where(Event.owner_id == person.id, Event.uid.in_(uids))
    )
    return {(row.uid, row.original_at.astimezone() if row.original_at else None): row.id for row in rows}


def _leave_out(session: Session, series_id: int, at: datetime.datetime) -> None:
    """The rule of a series does not hold for what was changed alone."""
    row = session.execute(select(Event.exceptions, Event.occurs_at).where(Event.id == series_id)).one()
    if row.occurs_at is not None and at in row.occurs_at:
        left = [moment for moment in row.occurs_at if moment != at]
        update_event(session, series_id, {"exceptions": [*row.exceptions, at], "occurs_at": left})


def since_a_year_ago() -> datetime.datetime:
    """From when on events are worth taking along."""
    return clock.now() - 365 * _DAY
