"""What every page may use: background work, change events, who is signed in, and the window it lies in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crm_desktop.ui.bus import Bus
from crm_desktop.ui.page import Area
from crm_desktop.ui.tasks import Tasks


@dataclass(frozen=True)
class Person:
    """Who is signed in, as the header and the status line show it."""

    login: str
    name: str
    department: str = ""


@dataclass(frozen=True)
class SearchHit:
    """A record that the search box found."""

    entity: str
    id: int
    text: str
    note: str = ""


@dataclass(frozen=True)
class SearchGroup:
    """The hits of one entity, best first, under its translated name."""

    title: str
    hits: Sequence[SearchHit]


Search = Callable[[str, Callable[[Sequence[SearchGroup]], None]], None]


@dataclass(frozen=True)
class Context:
    """Made once after sign-in. ``search(text, answer)`` looks in the background and calls ``answer`` on the
    UI thread.
    """

    tasks: Tasks
    bus: Bus
    person: Person
    server: str
    areas: tuple[Area, ...]
    search: Search
