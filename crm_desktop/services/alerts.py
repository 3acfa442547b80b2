"""Alerts of the person: what he does with them. They come and go by themselves (``db/sql/alerts.sql``)."""

from __future__ import annotations

import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from crm_desktop.models import Alert


def snooze(session: Session, id_: int, until: datetime.date) -> None:
    """Do not tell of it again before this day. One statement."""
    statement = update(Alert).where(Alert.id == id_).values(snoozed_until=until)
    session.execute(statement.execution_options(synchronize_session=False))
