"""Work logs: begun, what somebody's records say of his day, submitted, taken back; who has not submitted his."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NamedTuple, cast

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from crm_desktop.db.errors import known_errors
from crm_desktop.models import WorkLog
from crm_desktop.services import records
from crm_desktop.services.journal import begin_change
from crm_desktop.services.lookup import Choices
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref

Period = Literal["day", "week"]
State = Literal["draft", "submitted", "commented"]
MOST_DEEDS = 500
"""A log tells no more, the first ones (``crm.deeds``)."""


class Deed(NamedTuple):
    """Something that was done: a line of a log, which leads to the record that says so."""

    at: datetime.datetime
    entity: str
    record_id: int
    title: str
    whose: str
    """The customer or lead it was about; empty where there is none."""
    what: str
    """In Chinese; the kind of an activity, the stage an opportunity came to."""
    what_en: str
    is_left_out: bool

    @property
    def key(self) -> str:
        """Under which a log leaves it out."""
        return f"{self.entity}/{self.record_id}"


class Colleague(NamedTuple):
    """Somebody whose logs one reads. Without a log he has not submitted it."""

    id: int
    name: str
    department: str
    log_id: int | None
    state: State | None
    summary: str
    submitted_at: datetime.datetime | None


def state_of(log: Record, choices: Choices) -> State | None:
    """Where a log stands; None for one that is not saved yet."""
    state = log.values.get("state")
    codes = {entry.ref.id: entry.code for entry in choices.of("work_log_state")}
    return cast("State", codes[state.id]) if log.id and state is not None and state.id in codes else None


def begin(session: Session, period: Period = "day") -> int:
    """One's own log of this day, or of this week, made where there is none. A few statements."""
    begins_on, kind, found = session.execute(_BEGUN, {"period": period}).one()
    if found is not None:
        return int(found)
    begun = Record("work_log", 0, 0, {"begins_on": begins_on, "kind": Ref(kind, period)})
    try:
        with session.begin_nested():
            return records.create_record(session, begun).id
    except records.FieldsError:  # begun in another window at the same moment?
        found = session.execute(_BEGUN, {"period": period}).one().id
        if found is None:
            raise
        return int(found)


_BEGUN = text("""
    select p.begins_on, p.kind_id, l.id
    from (select date_trunc(:period, now() at time zone crm.firm_zone())::date as begins_on,
                 crm.choice('work_log_kind', :period) as kind_id) p
    left join crm.work_log l on l.begins_on = p.begins_on and l.kind_id = p.kind_id and l.owner_id = crm.me()
""")


def find_own(session: Session, day: datetime.date, kind_id: int) -> int | None:
    """One's own log of that day, or of the week it lies in; None where there is none. One statement."""
    found: int | None = session.execute(_OWN, {"day": day, "kind": kind_id}).scalar_one_or_none()
    return found


_OWN = text("""
    select id from crm.work_log
    where owner_id = crm.me() and kind_id = :kind
      and begins_on = date_trunc(case when :kind = crm.choice('work_log_kind', 'week') then 'week' else 'day' end,
                                 cast(:day as timestamp))::date
""")


def fetch_deeds(session: Session, log_id: int) -> list[Deed]:
    """The lines of a log, in the order of the day: of a draft all that was done until now. One statement."""
    rows = session.execute(text("select crm.work_log_lines(:id)"), {"id": log_id}).scalar_one() or []
    return [Deed(**row | {"at": datetime.datetime.fromisoformat(row["at"]).astimezone()}) for row in rows]


def leave_out(session: Session, log: Record, keys: Sequence[str]) -> Record:
    """These lines do not belong in it, all others do. Three statements."""
    change_set = begin_change(session, "edit", log.title, log.entity)
    statement = update(WorkLog).where(WorkLog.id == log.id).values(left_out=list(keys))
    with known_errors():
        session.execute(statement.execution_options(synchronize_session=False))
    return records.reread(session, replace(log, change_set=change_set))


def submit(session: Session, log: Record) -> Record:
    """Give it to the superior, who is told. Four statements."""
    return _move(session, log, "submitted")


def take_back(session: Session, log: Record) -> Record:
    """Make it a draft again. Four statements; raises KnownError where somebody has commented on it."""
    return _move(session, log, "draft")


def _move(session: Session, log: Record, state: State) -> Record:
    statement = text("select crm.choice('work_log_state', :code)")
    wanted = Ref(session.execute(statement, {"code": state}).scalar_one(), state)
    return records.reread(session, records.save_record(session, log, {"state": wanted}))


def fetch_team(session: Session, begins_on: datetime.date, period: Period = "day") -> list[Colleague]:
    """Everybody whose logs one reads, by department and name, with what he submitted for that day or week. One
    statement.
    """
    statement = text("select * from crm.logs_of_team(:day, :period)")
    return [Colleague(*row) for row in session.execute(statement, {"day": begins_on, "period": period})]
