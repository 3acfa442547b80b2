"""Where a list's rows come from: the statements of ``services.listing``, bound to one query and its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from crm_desktop.core.access import Person
from crm_desktop.services import listing
from crm_desktop.services.listing import Ids, ListQuery, Row
from crm_desktop.spec import Column, EntitySpec

FIRST = 100
"""Rows that are read before the ids are known."""


class Source(Protocol):
    """What a ``RowModel`` asks, in the background; each method is one statement."""

    @property
    def spec(self) -> EntitySpec:
        """Of the rows."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """What is shown of them, in order."""

    def fetch_first_page(self, session: Any) -> Sequence[Row]:
        """The first ``FIRST`` rows in order."""

    def fetch_ids(self, session: Any) -> Ids:
        """All ids in order, and sums."""

    def fetch_rows(self, session: Any, ids: Sequence[int]) -> Mapping[int, Row]:
        """The rows of these ids that are still there."""


@dataclass(frozen=True)
class ListSource:
    """Rows of the database."""

    query: ListQuery
    person: Person
    columns: tuple[Column, ...]

    @property
    def spec(self) -> EntitySpec:
        """Of the rows."""
        return self.query.spec

    def fetch_first_page(self, session: Any) -> Sequence[Row]:
        """The first ``FIRST`` rows in order."""
        return listing.fetch_first_page(session, self.query, self.person, self.columns, FIRST)

    def fetch_ids(self, session: Any) -> Ids:
        """All ids in order, and the sums of the money columns."""
        return listing.fetch_ids_and_sums(session, self.query, self.person, self.columns)

    def fetch_rows(self, session: Any, ids: Sequence[int]) -> Mapping[int, Row]:
        """The rows of these ids that are still there."""
        return listing.fetch_rows(session, self.spec, self.columns, ids)
