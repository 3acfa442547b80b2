"""How one person arranged a list: which columns, in which order, how wide, grouped by what, with which totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crm_desktop.services.grouping import Grouping
from crm_desktop.services.listing import columns_of
from crm_desktop.services.totals import Total, default_totals, is_number
from crm_desktop.spec import Column, EntitySpec

WIDEST = 4000
"""Pixels of a column."""


@dataclass(frozen=True)
class Arrangement:
    """``keys`` of the columns in order, none for the entity's own choice; ``widths`` in px by key; ``group`` as
    ``Grouping.text`` writes it; ``totals`` by key where they are not the usual ones, empty for none.
    """

    keys: tuple[str, ...] = ()
    widths: Mapping[str, int] = field(default_factory=dict)
    group: str = ""
    totals: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_stored(cls, stored: Any) -> Arrangement:
        """What was kept in the preferences; the entity's own choice where that is not to be understood."""
        try:
            keys = tuple(str(key) for key in stored["columns"])
            widths = {str(key): max(0, min(int(width), WIDEST)) for key, width in stored["widths"].items()}
            totals = {str(key): str(total) for key, total in stored.get("totals", {}).items()}
            return cls(keys, widths, str(stored.get("group", "")), totals)
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
            return cls()

    def stored(self) -> dict[str, Any]:
        """As it is kept in the preferences."""
        kept = {"columns": list(self.keys), "widths": dict(self.widths)}
        return kept | {"group": self.group, "totals": dict(self.totals)}

    def columns(self, spec: EntitySpec) -> tuple[Column, ...]:
        """The columns to show; those the program no longer has are left out."""
        return columns_of(spec, self.keys)

    def grouping(self, spec: EntitySpec) -> Grouping | None:
        """What the rows are grouped by; None for nothing, and for a column the program no longer has."""
        return Grouping.from_text(spec, self.group)

    def totals_of(self, columns: Sequence[Column]) -> dict[str, Total]:
        """The totals to show of these columns."""
        chosen = default_totals(columns)
        for column in columns:
            if column.key in self.totals and is_number(column):
                chosen.pop(column.key, None)
                if self.totals[column.key] in set(Total):
                    chosen[column.key] = Total(self.totals[column.key])
        return chosen

    def with_keys(self, keys: Sequence[str]) -> Arrangement:
        """The same with other columns."""
        return replace(self, keys=tuple(keys))

    def with_width(self, key: str, width: int) -> Arrangement:
        """The same with another width of one column."""
        return replace(self, widths={**self.widths, key: width})

    def with_group(self, text: str) -> Arrangement:
        """The same grouped by something else, or by nothing."""
        return replace(self, group=text)

    def with_total(self, key: str, total: str) -> Arrangement:
        """The same with another total of one column, empty for none."""
        return replace(self, totals={**self.totals, key: total})
