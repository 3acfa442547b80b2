"""Which runs of the program on this computer go on. Each holds a lock, which the system takes from a killed one too.

No number or birth of a process: numbers are given again, and the birth is another one once the clock was set.
"""

from __future__ import annotations

import uuid
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from crm_desktop.core.paths import state_home

if TYPE_CHECKING:
    import fasteners

_held: list[fasteners.InterProcessLock] = []


@cache
def this_run() -> str:
    """The name of this run, held from the first question on."""
    import fasteners  # no start waits for it

    name = uuid.uuid4().hex
    lock = fasteners.InterProcessLock(_place(name))
    lock.acquire()
    _held.append(lock)
    return name


def is_running(name: str) -> bool:
    """Whether this or another process holds the name."""
    import fasteners

    if name == this_run():
        return True
    place = _place(name)
    if not place.exists():
        return False
    lock = fasteners.InterProcessLock(place)
    if not lock.acquire(blocking=False):
        lock.lockfile.close()  # which it leaves open
        return True
    lock.release()
    place.unlink(missing_ok=True)
    return False


def _place(name: str) -> Path:
    return state_home() / "runs" / name
