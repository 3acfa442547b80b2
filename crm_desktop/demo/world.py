"""What the generator must know of the database it fills: the ids of choices and of people."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Seller(NamedTuple):
    """Somebody who owns customers, and the ids of those who step in for him."""

    id: int
    share: float
    mates: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Ids by code; ``today`` is the day all dates are relative to."""

    today: datetime.date
    choices: Mapping[tuple[str, str], int]
    """(dictionary, code) to the entry's id."""
    sellers: tuple[Seller, ...]
    engineers: tuple[int, ...]
    pool_id: int
