"""What every page may use: background work, change events, who is signed in, and the areas of the window."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from crm_desktop.core.access import Person
from crm_desktop.services.comments import Colleague, fetch_colleagues
from crm_desktop.services.lookup import Choices, fetch_choices
from crm_desktop.services.messages import Receiver, fetch_receivers
from crm_desktop.services.search import Hit
from crm_desktop.services.service_desk import States, fetch_states
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.drafts import DraftBook
from crm_desktop.ui.live_fields import LiveFields
from crm_desktop.ui.maintenance import Maintenance
from crm_desktop.ui.page import Area
from crm_desktop.ui.preferences import Preferences
from crm_desktop.ui.presence import Presence
from crm_desktop.ui.read_once import ReadOnce
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.views import Views

if TYPE_CHECKING:  # else loaded with the first page that asks for them
    from crm_desktop.services.calendar import Calendar
    from crm_desktop.services.opportunities import Stages

Search = Callable[[str, Callable[[Sequence[Hit]], None]], None]


@dataclass(frozen=True)
class Context:
    """Made once after sign-in. ``server`` is empty for this computer. ``search(text, answer)`` looks in the
    background and calls ``answer`` on the UI thread. ``identity`` names the person and the database, so that drafts of
    one never come into another.
    """

    tasks: Tasks
    bus: Bus
    person: Person
    server: str
    areas: tuple[Area, ...]
    search: Search
    identity: str = ""
    maintenance: Maintenance | None = None
    """For backing up and restoring from the window; None where nobody can."""

    @cached_property
    def choices(self) -> ReadOnce[Choices]:
        """The choices of all dictionaries."""
        return ReadOnce(self.tasks, self.bus, fetch_choices, {"dictionary", "dictionary_entry"})

    @cached_property
    def stages(self) -> ReadOnce[Stages]:
        """The stages of all sales processes."""
        from crm_desktop.services.opportunities import fetch_stages

        return ReadOnce(self.tasks, self.bus, fetch_stages, {"sales_process", "sales_stage", "dictionary_entry"})

    @cached_property
    def states(self) -> ReadOnce[States]:
        """The states of service requests."""
        return ReadOnce(self.tasks, self.bus, fetch_states, {"dictionary_entry"})

    @cached_property
    def colleagues(self) -> ReadOnce[list[Colleague]]:
        """Whom a comment can name."""
        return ReadOnce(self.tasks, self.bus, fetch_colleagues, {"employee"})

    @cached_property
    def calendars(self) -> ReadOnce[list[Calendar]]:
        """Whose times can be shown."""
        from crm_desktop.services.calendar import fetch_calendars

        return ReadOnce(self.tasks, self.bus, fetch_calendars, {"employee", "department", "resource"})

    @cached_property
    def receivers(self) -> ReadOnce[list[Receiver]]:
        """Whom one can write to."""
        return ReadOnce(self.tasks, self.bus, fetch_receivers, {"employee", "department", "permission_group"})

    @cached_property
    def fields(self) -> LiveFields:
        """The fields that the administrator adds."""
        return LiveFields(self.tasks, self.bus)

    @cached_property
    def undo_wishes(self) -> deque[Callable[[], object]]:
        """What Ctrl+Z and Ctrl+Y are to do next; the first is under way."""
        return deque()

    @cached_property
    def drafts(self) -> DraftBook:
        """What is typed and not saved."""
        book = DraftBook(self.identity or f"{self.person.login} {self.server}", self.tasks)
        self.tasks.when_idle(book.load)  # the keyring's modules take a while
        return book

    @cached_property
    def presence(self) -> Presence:
        """At which records this window is."""
        return Presence(self.tasks)

    @cached_property
    def views(self) -> Views:
        """The saved views of lists."""
        return Views(self.tasks, self.bus, self.person, self.preferences)

    @cached_property
    def preferences(self) -> Preferences:
        """What the person arranged for himself."""
        return Preferences(self.tasks)
