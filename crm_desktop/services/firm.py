"""The firm's own settings: its name and letterhead, when it works, how large files and how old changes may be."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from crm_desktop.core.i18n import _
from crm_desktop.models import Setting
from crm_desktop.services.journal import begin_change
from crm_desktop.services.preferences import LOGO, fetch_settings

WEEK = (1, 2, 3, 4, 5, 6, 7)
"""Monday is 1, as in ISO 8601."""
LARGEST_LOGO = 200_000
"""Bytes: every printed page carries it."""


@dataclass(frozen=True, slots=True)
class Firm:
    """As kept in ``crm.setting`` under the same names. Times are ``HH:MM``."""

    firm_name: str = ""
    firm_address: str = ""
    firm_postcode: str = ""
    firm_phone: str = ""
    letterhead_lines: str = ""
    """What is printed at the right of the firm's name: telephone, web site; a line each."""
    working_days: tuple[int, ...] = (1, 2, 3, 4, 5)
    working_from: str = "09:00"
    working_to: str = "18:00"
    lunch_from: str = "12:00"
    """Empty, as ``lunch_to``: no break."""
    lunch_to: str = "13:00"
    time_zone: str = "Asia/Shanghai"
    """Where the firm works, for whoever looks from elsewhere; a name of the tz database."""
    lead_response_hours: int = 8
    """Working hours in which whoever gets a lead should first take care of it."""
    lead_recycle_days: int = 0
    """Days without a follow-up after which a lead falls back into the pool; 0: never."""
    attachment_limit_mb: int = 20
    journal_months: int = 0
    """How many months changes are kept; 0: all of them."""


def firm_of(settings: dict[str, Any]) -> Firm:
    """The settings as far as they are of the right kind; the defaults for the rest."""
    default = Firm()
    values: dict[str, Any] = {}
    for field in fields(Firm):
        value = settings.get(field.name)
        if isinstance(value, list):
            value = tuple(day for day in value if day in WEEK)
        if type(value) is type(getattr(default, field.name)):
            values[field.name] = value
    return Firm(**values)


def fetch_firm(session: Session) -> tuple[Firm, bytes]:
    """The settings and the logo (a PNG, empty where there is none). Two statements."""
    return firm_of(fetch_settings(session)), fetch_logo(session)


def fetch_logo(session: Session) -> bytes:
    """A PNG; empty where there is none. One statement."""
    value = session.scalar(select(Setting.value).where(Setting.key == LOGO))
    return base64.b64decode(value) if isinstance(value, str) else b""


def save_firm(session: Session, before: Firm, firm: Firm, logo: bytes | None = None) -> int:
    """Keep what differs from ``before``, and the logo where one is given (empty: none); returns the change set.

    Two statements. Administrators only: others get a NoRightError.
    """
    changed: dict[str, Any] = {
        field.name: getattr(firm, field.name)
        for field in fields(Firm)
        if getattr(firm, field.name) != getattr(before, field.name)
    }
    if logo is not None:
        changed[LOGO] = base64.b64encode(logo).decode("ascii")
    change_set = begin_change(session, "edit", _("Settings of the firm"))
    if changed:
        statement = insert(Setting).values([{"key": key, "value": value} for key, value in changed.items()])
        session.execute(
            statement.on_conflict_do_update(index_elements=[Setting.key], set_={"value": statement.excluded.value})
        )
    return change_set


class KeptMonth(NamedTuple):
    """What the journal holds of one month."""

    month: datetime.date
    """Its first day, in UTC as the journal counts."""
    size: int
    """Bytes."""
    changes: int


def fetch_kept_months(session: Session) -> list[KeptMonth]:
    """The months that the journal holds, the oldest first. One statement; administrators only."""
    rows = session.execute(text("select * from journal.months()"))
    return [KeptMonth(datetime.date.fromisoformat(f"{row.month}-01"), row.bytes, row.changes) for row in rows]


def dropped_by(kept: Sequence[KeptMonth], months: int, today: datetime.date) -> list[KeptMonth]:
    """Those of ``kept`` that ``forget_old_changes`` would drop on a day; none where 0 months are to be kept."""
    if not months:
        return []
    number = today.year * 12 + today.month - 1 - months
    first = datetime.date(number // 12, number % 12 + 1, 1)
    return [one for one in kept if one.month < first]


def forget_old_changes(session: Session, months: int) -> None:
    """Drop what the journal holds of the months before; it cannot be undone then. One statement."""
    session.execute(text("select journal.forget(:months)"), {"months": months})
