"""What waits for somebody: all that his home page shows but the events of the day, in two statements."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core.access import Grant, Person
from crm_desktop.core.i18n import language
from crm_desktop.services.marks import fetch_hits
from crm_desktop.services.messages import Message
from crm_desktop.services.search import Hit
from crm_desktop.services.work_logs import Period
from crm_desktop.spec import Ref


@dataclass(frozen=True, slots=True)
class Line:
    """A record that waits. ``note`` says whose or what, ``at`` when it is due or was given, ``tone`` whether late."""

    entity: str
    id: int
    title: str
    note: str
    at: datetime.datetime | datetime.date | None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert that stands, with the record it is about."""

    id: int
    rule: str
    kind: Ref
    since: datetime.date
    hit: Hit


@dataclass(frozen=True, slots=True)
class Notice:
    """An announcement that holds today."""

    id: int
    title: str
    author: str
    valid_from: datetime.date
    is_important: bool
    is_read: bool


@dataclass(frozen=True, slots=True)
class Won:
    """What was won in a period, and what should be; ``target`` is None where nobody set any. In yuan."""

    amount: Decimal
    target: Decimal | None

    @property
    def percent(self) -> int | None:
        """How much of the target is won."""
        return int(100 * self.amount / self.target) if self.target else None


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one person, or of several whom he reaches. Amounts are in yuan."""

    month: Won
    quarter: Won
    year: Won
    open_count: int
    open_weighted: Decimal
    activities_month: int


@dataclass(frozen=True, slots=True)
class Step:
    """One's own open opportunities in a stage."""

    stage: Ref
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class OwnLog:
    """One's own work log of today, or of this week."""

    id: int
    state: Ref
    is_submitted: bool


@dataclass(frozen=True, slots=True)
class Home:
    """All cards."""

    alerts: tuple[Alert, ...]
    messages: tuple[Message, ...]
    unread: int
    announcements: tuple[Notice, ...]
    assignments: tuple[Line, ...]
    birthdays: tuple[Line, ...]
    queue: tuple[Line, ...]
    next_steps: tuple[Line, ...]
    tasks: tuple[Line, ...]
    recent: tuple[Hit, ...]
    starred: tuple[Hit, ...]
    funnel: tuple[Step, ...]
    mine: Figures
    department: Figures | None
    """Of those in one's own department and below; None where one does not see more of it than his own, or it is all."""
    everybody: Figures | None
    """Of all whom one reaches; None where that is himself or his department."""
    my_logs: Mapping[Period, OwnLog]
    logs: tuple[Line, ...]
    """Work logs of others that wait to be read."""


def fetch_home(session: Session, person: Person) -> Home:
    """Everything that waits for the person of this session. Two statements."""
    row = session.execute(text("select crm.home(:english)"), {"english": language() == "en"}).scalar_one()
    rows: Mapping[str, list[dict[str, Any]]] = {key: value or [] for key, value in row.items()}
    named = [(one["entity"], one["record_id"]) for key in ("alerts", "recent", "starred") for one in rows[key]]
    readable = [(entity, id_) for entity, id_ in named if person.may("read", entity)]
    hits = {(hit.entity, hit.id): hit for hit in fetch_hits(session, dict.fromkeys(readable))}

    # Where somebody may see less of the targets than of what was won, the two cannot be compared.
    sees_all = person.grants.get("sales_target", Grant()).read >= person.grants.get("opportunity", Grant()).read

    def seen(some: Iterable[Mapping[str, Any]]) -> tuple[Hit, ...]:
        return tuple(hit for one in some if (hit := hits.get((one["entity"], one["record_id"]))) is not None)

    return Home(
        alerts=tuple(
            Alert(
                one["id"], one["rule"], Ref(one["kind_id"], one["kind"], one["tone"]), _day(one["since"]),
                hits[one["entity"], one["record_id"]],
            )
            for one in rows["alerts"]
            if (one["entity"], one["record_id"]) in hits
        ),
        messages=tuple(map(_message, rows["messages"])),
        unread=row["unread"],
        announcements=tuple(Notice(**one | {"valid_from": _day(one["valid_from"])}) for one in rows["announcements"]),
        assignments=tuple(map(_line, rows["assignments"])),
        birthdays=tuple(map(_line, rows["birthdays"])),
        queue=tuple(map(_line, rows["queue"])),
        next_steps=tuple(map(_line, rows["next_steps"])),
        tasks=tuple(map(_line, rows["tasks"])),
        recent=seen(rows["recent"]),
        starred=seen(rows["starred"]),
        funnel=tuple(map(_step, rows["funnel"])),
        mine=_figures(row["mine"], with_targets=True),
        department=row["department"] and _figures(row["department"], with_targets=sees_all),
        everybody=row["everybody"] and _figures(row["everybody"], with_targets=sees_all),
        my_logs={one["period"]: _own_log(one) for one in rows["my_logs"]},
        logs=tuple(map(_line, rows["logs"])),
    )  # fmt: skip


def _day(written: str) -> datetime.date:
    return datetime.date.fromisoformat(written)


def _line(row: Mapping[str, Any]) -> Line:
    written = row["at"]
    at = None if written is None else datetime.datetime.fromisoformat(written) if "T" in written else _day(written)
    return Line(**{**row, "at": at, "title": row["title"] or "", "note": row["note"] or ""})


def _own_log(row: Mapping[str, Any]) -> OwnLog:
    return OwnLog(row["id"], Ref(row["state_id"], row["state"], row["tone"]), row["is_submitted"])


def _step(row: Mapping[str, Any]) -> Step:
    return Step(Ref(row["id"], row["stage"]), row["count"], Decimal(row["amount"]))


def _message(row: Mapping[str, Any]) -> Message:
    return Message(**{**row, "sent_at": datetime.datetime.fromisoformat(row["sent_at"])})


def _figures(row: list[Any], *, with_targets: bool) -> Figures:
    *amounts, targets, count, weighted, activities = row
    wanted = targets if with_targets else (None, None, None)
    month, quarter, year = map(_won, amounts, wanted)
    return Figures(month, quarter, year, count, Decimal(weighted), activities)


def _won(amount: str, target: str | None) -> Won:
    return Won(Decimal(amount), None if target is None else Decimal(target))
