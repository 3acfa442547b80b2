"""What became of a save whose answer was lost with the connection."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core.errors import Attempt, ServerLostError
from crm_desktop.core.i18n import _
from crm_desktop.db.engine import ATTEMPT

_END_IT = text("""
    select count(pg_terminate_backend(a.pid, 2000)) from pg_stat_activity a
    where a.usename = session_user and a.backend_xid::text = (:transaction % 4294967296)::text
""")
_WAS_COMMITTED = text("select journal.was_committed(:change_set, :transaction)")
_WAS_SENT = text(
    "select exists (select from crm.message where is_sent and xmin::text = (:transaction % 4294967296)::text)"
)


def attempt_of(session: Session) -> Attempt:
    """Of the change that this transaction has begun."""
    attempt: Attempt = session.info[ATTEMPT]
    return attempt


def was_committed(session: Session, attempt: Attempt) -> bool:
    """Whether the change set is there; of what is not journaled, a message, whether that is. A transaction that still
    runs on a dead line is ended first, so that the answer holds. Two statements; raises ``ServerLostError`` where it
    cannot be told yet.
    """
    values = attempt._asdict()
    if session.scalar(_END_IT, values) and session.scalar(_END_IT, values):
        raise ServerLostError(
            _("The server has not finished the last save yet."), _("It is asked again by itself in a moment.")
        )
    return bool(session.scalar(_WAS_COMMITTED if attempt.change_set else _WAS_SENT, values))
