"""Two ways of doing the same, in turn, as often as it takes: medians in milliseconds and their ratio."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the result. ``statements`` is what ours sent to the server in one run."""

    name: str
    ours: float
    best: float
    limit: float
    statements: int
    most_statements: int
    most_ms: float = 0

    @property
    def ratio(self) -> float:
        """Ours to the best."""
        return self.ours / self.best if self.best else 0.0

    @property
    def is_kept(self) -> bool:
        """Whether ratio, statements and time are within what is promised; 0 promises nothing."""
        found = ((self.ratio, self.limit), (self.statements, self.most_statements), (self.ours, self.most_ms))
        return all(not limit or value <= limit for value, limit in found)


def compare(ours: Callable[[], object], best: Callable[[], object], runs: int = 15) -> tuple[float, float]:
    """Medians in milliseconds, both ways warmed up and then run in turn, so that a noisy machine slows both."""
    for way in (ours, best, ours, best):
        way()
    taken: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    gc.disable()
    try:
        for _run in range(runs):
            for way, times in zip((ours, best), taken, strict=True):
                begun = perf_counter()
                way()
                times.append((perf_counter() - begun) * 1000)
    finally:
        gc.enable()
    return median(taken[0]), median(taken[1])


def once(way: Callable[[], object]) -> float:
    """Milliseconds of one run, for what cannot be repeated."""
    begun = perf_counter()
    way()
    return (perf_counter() - begun) * 1000
