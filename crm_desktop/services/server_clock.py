"""Asking the server for the time, after this computer has slept or its clock was set."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm_desktop.core import clock


def compare_clocks(session: Session) -> None:
    """Go by the server's time from now on. One statement."""
    clock.set_by(session.execute(select(func.clock_timestamp())).scalar_one())
