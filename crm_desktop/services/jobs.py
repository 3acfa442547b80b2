"""Work that nobody asks for, done by the database when the elected workstation says that time has passed."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def run_next_job(session: Session) -> str | None:
    """Do one job that is due; its key, None where none is. Jobs are declared in ``crm.jobs()``, ``db/sql/jobs.sql``."""
    return session.scalar(select(func.crm.run_next_job()))
