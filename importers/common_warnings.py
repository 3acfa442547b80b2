"""The warnings of an import, each said once with the rows it is about."""

from __future__ import annotations

from collections.abc import Iterable

from importers.plan import PlannedRow


def without_place(at: str, warning: str) -> str:
    """What is said of the row at ``at``, without naming it."""
    return warning.removeprefix(at).lstrip(",， ")


def common_warnings(rows: Iterable[PlannedRow]) -> list[tuple[str, list[str]]]:
    """Each warning with the places of its rows, the most common first."""
    places: dict[str, list[str]] = {}
    for row in rows:
        for warning in row.warnings:
            places.setdefault(without_place(row.at, warning), []).append(row.at)
    return sorted(places.items(), key=lambda item: -len(item[1]))
