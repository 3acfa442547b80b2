"""What somebody made of an event in a form, saved over what others made of it meanwhile."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from crm_desktop.core.errors import ConflictError
from crm_desktop.core.i18n import _
from crm_desktop.services import events
from crm_desktop.services.events import Attendance, Saved, Which
from crm_desktop.services.records import fetch_record, is_same

_TIMES = frozenset({"starts_at", "ends_at"})
"""Those of one occurrence; ``events.change`` looks whether it is still there."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a form holds of an event: fields by key, its rule, who takes part and what it takes."""

    values: Mapping[str, Any]
    rule: str | None
    attendance: Attendance


def save_edited(
    session: Session, event_id: int, at: datetime.datetime, which: Which, before: Content, after: Content
) -> Saved:
    """Write what differs between ``before`` and ``after``, for what ``which`` says of the occurrence at ``at``.

    Raises ConflictError where somebody else has changed the same field, or moved or deleted the event.
    """
    changed = {key: value for key, value in after.values.items() if not is_same(value, before.values.get(key))}
    now = fetch_record(session, "event", event_id)
    for key, value in changed.items():
        there = now.values.get(key)
        if key not in _TIMES and not is_same(there, before.values.get(key)) and not is_same(there, value):
            raise ConflictError(
                _("Somebody else has changed “{field}” in the meantime.").format(field=_(now.spec.label_of(key))),
                _("Open the event again to see it as it is now."),
            )
    rule = now.values.get("rule") if after.rule == before.rule else after.rule
    people = events.fetch_attendance(session, event_id)
    attendance = Attendance(
        _merged(people.people, before.attendance.people, after.attendance.people),
        _merged(people.resources, before.attendance.resources, after.attendance.resources),
    )
    return events.change(session, event_id, at, which, changed, rule, attendance)


def _merged(now: tuple[int, ...], before: tuple[int, ...], after: tuple[int, ...]) -> tuple[int, ...]:
    """Those of now without who was taken away, and with who was added."""
    gone = {*before} - {*after}
    return tuple(
        dict.fromkeys([*(id_ for id_ in now if id_ not in gone), *(id_ for id_ in after if id_ not in before)])
    )
