"""Where the cells of a grid go when the number of its columns follows from its width."""

from __future__ import annotations

from collections.abc import Iterable


def places_of(wide: Iterable[bool], columns: int) -> list[tuple[int, int, int]]:
    """Row, column and columns taken of each cell, from left to right, then down. A wide cell takes a whole row."""
    place, places = 0, []
    for is_wide in wide:
        taken = columns if is_wide else 1
        if is_wide:
            place += -place % columns
        places.append((*divmod(place, columns), taken))
        place += taken
    return places
