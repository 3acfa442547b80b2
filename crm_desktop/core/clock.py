"""The time as the server knows it, in this computer's zone. A computer's own clock may be hours or years wrong."""

from __future__ import annotations

import datetime

TOLERATED = datetime.timedelta(minutes=2)
"""What the way to the server and a clock that is set once a day may cost."""
_shift = datetime.timedelta(0)


def set_by(server_time: datetime.datetime) -> None:
    """Go from now on by the server's clock, where this computer's shows something else."""
    global _shift  # noqa: PLW0603 - there is one time
    shift = server_time - _own_time()
    _shift = shift if abs(shift) > TOLERATED else datetime.timedelta(0)


def is_wrong() -> bool:
    """Whether this computer's own clock cannot be believed."""
    return bool(_shift)


def now() -> datetime.datetime:
    """What time it is."""
    return (_own_time() + _shift).astimezone()


def today() -> datetime.date:
    """The day that it is here."""
    return now().date()


def _own_time() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
