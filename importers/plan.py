"""What an import would do with every row: plain data for the preview. ``planning`` decides it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from crm_desktop.core.i18n import N_
from crm_desktop.services.records import Record
from importers.matching import DEFAULT_KEYS, MatchKey


class OnMatch(enum.StrEnum):
    """What happens with a record that is there already."""

    UPDATE = "update"
    """The sheet's values replace those of the record."""
    FILL = "fill"
    """Only what is empty in the record is filled."""
    SKIP = "skip"
    CREATE = "create"
    """It comes in once more."""


@dataclass(frozen=True, slots=True)
class MatchRule:
    """By what records are found in the database, and what happens with those that are there.

    ``decisions`` are those for single rows by their ``at``; they go before ``on_match``.
    """

    on_match: OnMatch = OnMatch.FILL
    keys: tuple[MatchKey, ...] = DEFAULT_KEYS
    decisions: Mapping[str, OnMatch] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def of_row(self, at: str) -> OnMatch:
        """What happens when this row meets a record that is there."""
        return self.decisions.get(at, self.on_match)

    def deciding(self, at: str, on_match: OnMatch) -> MatchRule:
        """The rule with a decision for this row; what holds for all rows takes its decision back."""
        decisions = {**self.decisions, at: on_match}
        if on_match is self.on_match:
            del decisions[at]
        return replace(self, decisions=MappingProxyType(decisions))

    def without_decisions(self) -> MatchRule:
        """The rule as it holds for all rows."""
        return replace(self, decisions=MappingProxyType({}))


FILL_IN = MatchRule()


class Fate(enum.StrEnum):
    """What becomes of a row."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    SKIP = "skip"
    REJECT = "reject"

    @property
    def label(self) -> str:
        """The words for it, not yet translated."""
        return _FATE_LABELS[self]


_FATE_LABELS = {
    Fate.CREATE: N_("New"),
    Fate.UPDATE: N_("Update"),
    Fate.UNCHANGED: N_("Nothing new"),
    Fate.SKIP: N_("Skipped"),
    Fate.REJECT: N_("Rejected"),
}


@dataclass(slots=True)
class PlannedRow:
    """One record of the sheet and what becomes of it. ``base`` is the record it joins."""

    at: str
    title: str
    fate: Fate
    reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    base: Record | None = None
    new_parts: list[dict[str, Any]] = field(default_factory=list)
    """What comes with it: contacts of a customer, the product of an opportunity."""
    changed_parts: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    """Parts as they are, and the fields that change."""
    parent: PlannedRow | None = None
    """The new record of the same file that this one's ``parent`` is."""
    warnings: tuple[str, ...] = ()
    has_met: bool = False
    """Whether there is such a record already, whatever happens then."""
    is_decided: bool = False
    """Whether that was decided for this row alone."""
    is_named: bool = True
    """Whether the sheet itself names it: what is only called by what it is about is known by its number alone."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Every row's fate."""

    rows: tuple[PlannedRow, ...]

    def count(self, fate: Fate) -> int:
        """How many rows have this fate."""
        return sum(row.fate is fate for row in self.rows)
