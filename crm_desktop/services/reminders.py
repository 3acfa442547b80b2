"""What somebody is to be reminded of, and what he answers: later, done, or what came of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.models import DictionaryEntry, Event, Reminder
from crm_desktop.services import journal, records
from crm_desktop.services.records import Record, new_record
from crm_desktop.spec import Ref

AHEAD = datetime.timedelta(days=1)
"""So far ahead they are read."""


@dataclass(frozen=True, slots=True)
class Pending:
    """One moment of a reminder that is not done with. A question asks what came of an event that has ended."""

    id: int
    entity: str
    record_id: int
    is_question: bool
    title: str
    begins_at: datetime.datetime
    remind_at: datetime.datetime
    snoozed_until: datetime.datetime | None
    customer: Ref | None
    place: str

    @property
    def shown_at(self) -> datetime.datetime:
        """From when on it is to be shown."""
        return max(self.remind_at, self.snoozed_until or self.remind_at)


class Wish(NamedTuple):
    """So many minutes before, or at a moment, somebody wants to be reminded of a record."""

    minutes: int | None
    at: datetime.datetime | None = None


USUAL = Wish(15)
"""What a new event has by itself, unless it takes whole days."""


def fetch_pending(session: Session, until: datetime.datetime) -> list[Pending]:
    """One's own moments up to ``until``, the earliest first. One statement."""
    rows = session.execute(text("select * from crm.my_reminders(:until)"), {"until": until}).all()
    return [
        Pending(
            row.id, "event" if row.event_id else "task", row.event_id or row.task_id, row.is_question, row.title,
            row.begins_at, row.remind_at, row.snoozed_until,
            Ref(row.customer_id, row.customer) if row.customer_id else None, row.place or "",
        )
        for row in rows
    ]  # fmt: skip


def due(pending: Iterable[Pending], now: datetime.datetime) -> list[Pending]:
    """What is to be shown now: of each reminder the latest moment that has come, the others have gone by with it."""
    latest = {one.id: one for one in sorted(pending, key=lambda one: one.remind_at) if one.remind_at <= now}
    return sorted((one for one in latest.values() if one.shown_at <= now), key=lambda one: (one.shown_at, one.id))


def finish(session: Session, several: Iterable[Pending]) -> None:
    """These are done with, wherever else they are shown. A statement each."""
    for one in several:
        through = func.greatest(Reminder.done_through, one.remind_at)
        _write(session, one, {"done_through": through, "snoozed_until": None})


def snooze(session: Session, several: Iterable[Pending], until: datetime.datetime) -> None:
    """Remind of these again later. A statement each."""
    for one in several:
        _write(session, one, {"snoozed_until": until})


def answer(session: Session, person: Person, one: Pending, values: Mapping[str, Any]) -> Record:
    """What came of an event: an activity of its customer, with ``result`` and what follows, as one change set.

    Of an event that happens once it is written to the event too, where one may. Five statements.
    """
    assert one.customer is not None
    change_set = journal.begin_change(session, "create", one.title, "activity")
    same_kind = func.crm.choice("activity_kind", DictionaryEntry.code).label("kind_id")
    of_event = select(Event.contact_id, same_kind).outerjoin(DictionaryEntry, DictionaryEntry.id == Event.kind_id)
    event = session.execute(of_event.where(Event.id == one.record_id)).one()
    made = new_record(
        "activity", person, customer=one.customer, subject=one.title, happened_at=one.begins_at,
        contact=_ref(event.contact_id), kind=_ref(event.kind_id), **values,
    )  # fmt: skip
    written = records.create_record(session, made, change_set)
    once = (Event.id == one.record_id) & Event.rule.is_(None) & Event.outcome.is_(None)
    said = update(Event).where(once).values(outcome=values["result"])
    session.execute(said.execution_options(synchronize_session=False))
    finish(session, [one])
    return written


def fetch_wishes(session: Session, entity: str, id_: int) -> list[Wish]:
    """When one is to be reminded of a record, the earliest first. One statement."""
    return [wish for _id, wish in _fetch_kept(session, entity, id_)]


def keep_wishes(session: Session, entity: str, id_: int, wanted: Sequence[Wish]) -> None:
    """Remind me of a record so and no other way; what is wanted still, stays. Up to three statements."""
    kept = _fetch_kept(session, entity, id_)
    if gone := [reminder for reminder, wish in kept if wish not in wanted]:
        statement = delete(Reminder).where(Reminder.id.in_(gone))
        session.execute(statement.execution_options(synchronize_session=False))
    there = {wish for _id, wish in kept}
    if new := [wish for wish in dict.fromkeys(wanted) if wish not in there]:
        key = _column(entity).key
        session.execute(insert(Reminder), [{key: id_, "minutes": one.minutes, "at": one.at} for one in new])


def _fetch_kept(session: Session, entity: str, id_: int) -> list[tuple[int, Wish]]:
    statement = select(Reminder.id, Reminder.minutes, Reminder.at).where(
        _column(entity) == id_, ~Reminder.is_question, Reminder.employee_id == func.crm.me()
    )
    rows = session.execute(statement.order_by(Reminder.minutes.desc(), Reminder.at))
    return [(reminder, Wish(minutes, at)) for reminder, minutes, at in rows]


def _column(entity: str) -> Any:
    return Reminder.event_id if entity == "event" else Reminder.task_id


def _write(session: Session, one: Pending, values: Mapping[str, Any]) -> None:
    statement = update(Reminder).where(Reminder.id == one.id).values(values)
    session.execute(statement.execution_options(synchronize_session=False))


def _ref(id_: int | None) -> Ref | None:
    return Ref(id_, "") if id_ else None
