"""Which cards a board shows: whose, when expected, in which process, by a filter, in lanes; as it is kept, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_desktop.core.i18n import N_
from crm_desktop.services.listing import ListQuery
from crm_desktop.spec import Ref
from crm_desktop.spec.filters import EVERYTHING, Condition, Group, from_json, to_json

PERIODS = {
    "": N_("Any time"),
    "this_month": N_("This month"),
    "next_month": N_("Next month"),
    "this_quarter": N_("This quarter"),
    "next_quarter": N_("Next quarter"),
    "last_quarter": N_("Last quarter"),
    "this_year": N_("This year"),
    "last_year": N_("Last year"),
}
"""Of the expected day, and of the day it was closed on."""
START = "this_quarter"
EVERYBODY, MINE = EVERYTHING, Group((Condition("owner", "me"),))
TEAM, DEPARTMENT = Group((Condition("owner", "my_team"),)), Group((Condition("owner.department", "my_department"),))
WHOSE = {EVERYBODY: N_("Everybody"), MINE: N_("My own"), TEAM: N_("My team"), DEPARTMENT: N_("My department")}


@dataclass(frozen=True, slots=True)
class Choices:
    """``whose`` is everybody, one person or one department."""

    whose: Group = EVERYBODY
    period: str = START
    process_id: int = 0
    has_lanes: bool = False
    filter: Group = EVERYTHING

    def group(self) -> Group:
        """All of it as one filter, but for the process. What is over counts by the day it ended; what is open and
        late, or has no day yet, counts as now.
        """
        items = [part for part in (self.whose, _in_period(self.period), self.filter) if part]
        return Group(tuple(items)) if len(items) != 1 else items[0]

    def list_query(self, entity: str) -> ListQuery:
        """The rows of the board."""
        return ListQuery(entity=entity, filter=self.group())

    def list_filter(self, process: Ref | None) -> Group:
        """The same as a filter of the list; with a process, its rows alone."""
        chosen = (Condition("stage.process", "any_of", (process,)),) if process is not None else ()
        parts = (self.whose, _in_period(self.period), self.filter)
        flat = [item for part in parts for item in (part.items if part.match == "all" and not part.part else (part,))]
        return Group((*flat, *chosen))

    def is_narrowed(self) -> bool:
        """Whether cards may be left out."""
        return bool(self.group())

    def stored(self) -> dict[str, Any]:
        """As a preference."""
        return {
            "whose": to_json(self.whose),
            "period": self.period,
            "process": self.process_id,
            "lanes": self.has_lanes,
            "filter": to_json(self.filter),
        }


def from_stored(stored: Any) -> Choices:
    """What :meth:`Choices.stored` has made; of what cannot be read, as for somebody new."""
    if not isinstance(stored, Mapping):
        return Choices()
    whose = from_json(stored.get("whose"))
    period, process = stored.get("period"), stored.get("process")
    return Choices(
        whose if _is_whose(whose) else EVERYBODY,
        period if isinstance(period, str) and period in PERIODS else START,
        process if isinstance(process, int) else 0,
        stored.get("lanes") is True,
        from_json(stored.get("filter")),
    )


def _is_whose(group: Group) -> bool:
    """Whether the menu could have made it: everybody and such, a department or one person."""
    match group:
        case Group((Condition("owner", "any_of") | Condition("owner.department", "within"),), part=""):
            return True
    return group in WHOSE


def _in_period(period: str) -> Group:
    if not period:
        return EVERYTHING
    expected: Condition | Group = Condition("expected_on", "period", period)
    if period.startswith("this_"):
        expected = Group(
            (expected, Condition("expected_on", "longer_ago", 0), Condition("expected_on", "empty")), "any"
        )
    still_open = Group((Condition("closed_on", "empty"), expected))
    return Group((still_open, Condition("closed_on", "period", period)), "any")
