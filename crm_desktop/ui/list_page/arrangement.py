"""How one person arranged a list: which columns, in which order, and the widths he gave them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crm_desktop.services.listing import columns_of
from crm_desktop.spec import Column, EntitySpec


@dataclass(frozen=True)
class Arrangement:
    """``keys`` of the columns in order, none for the entity's own choice; ``widths`` in px by key."""

    keys: tuple[str, ...] = ()
    widths: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def from_stored(cls, stored: Any) -> Arrangement:
        """What was kept in the preferences; the entity's own choice where that is not to be understood."""
        try:
            keys = tuple(str(key) for key in stored["columns"])
            return cls(keys, {str(key): int(width) for key, width in stored["widths"].items()})
        except (KeyError, TypeError, ValueError, AttributeError):
            return cls()

    def stored(self) -> dict[str, Any]:
        """As it is kept in the preferences."""
        return {"columns": list(self.keys), "widths": dict(self.widths)}

    def columns(self, spec: EntitySpec) -> tuple[Column, ...]:
        """The columns to show; those the program no longer has are left out."""
        return columns_of(spec, self.keys)

    def with_keys(self, keys: Sequence[str]) -> Arrangement:
        """The same with other columns."""
        return replace(self, keys=tuple(keys))

    def with_width(self, key: str, width: int) -> Arrangement:
        """The same with another width of one column."""
        return replace(self, widths={**self.widths, key: width})
