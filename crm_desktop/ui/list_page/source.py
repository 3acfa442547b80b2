"""Where a list's rows come from: the statements of ``services.listing``, bound to one query and its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from crm_desktop.core.access import Person
from crm_desktop.services import listing
from crm_desktop.services.grouping import Grouping, fetch_first_of, fetch_groups, fetch_headings
from crm_desktop.services.listing import Ids, ListQuery, Row
from crm_desktop.services.totals import Totals
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

    @property
    def grouping_text(self) -> str:
        """What the rows are grouped by, empty where they are not."""

    @property
    def is_grouped(self) -> bool:
        """Whether the rows stand in groups."""

    def fetch_first_page(self, session: Any) -> Sequence[Row]:
        """The first ``FIRST`` rows in order."""

    def heading_of(self, value: Any) -> str:
        """What the group of a value is called."""

    def fetch_headings(self, session: Any) -> Ids:
        """The groups; of a long list with ids of 0 instead of those of its rows."""

    def fetch_first_of(self, session: Any, value: Any) -> Sequence[Row]:
        """The first rows of a group, while the ids are not known."""

    def fetch_ids(self, session: Any) -> Ids:
        """All ids in order, with sums or with groups."""

    def fetch_rows(self, session: Any, ids: Sequence[int]) -> Mapping[int, Row]:
        """The rows of these ids that are still there."""


@dataclass(frozen=True)
class ListSource:
    """Rows of the database."""

    query: ListQuery
    person: Person
    columns: tuple[Column, ...]
    grouping: Grouping | None = None
    totals: Totals = field(default_factory=dict)
    """What stands in the headings of groups."""

    @property
    def spec(self) -> EntitySpec:
        """Of the rows."""
        return self.query.spec

    @property
    def grouping_text(self) -> str:
        """What the rows are grouped by, empty where they are not."""
        return self.grouping.text() if self.grouping else ""

    @property
    def is_grouped(self) -> bool:
        """Whether the rows stand in groups."""
        return self.grouping is not None

    def heading_of(self, value: Any) -> str:
        """What the group of a value is called."""
        return self.grouping.label_of(self.spec, value) if self.grouping else ""

    def fetch_first_page(self, session: Any) -> Sequence[Row]:
        """The first ``FIRST`` rows in order."""
        return listing.fetch_first_page(session, self.query, self.person, self.columns, FIRST)

    def fetch_headings(self, session: Any) -> Ids:
        """The groups; of a long list with ids of 0 instead of those of its rows."""
        assert self.grouping is not None
        return fetch_headings(session, self.query, self.person, self.grouping, self.totals)

    def fetch_first_of(self, session: Any, value: Any) -> Sequence[Row]:
        """The first rows of a group, while the ids are not known."""
        assert self.grouping is not None
        return fetch_first_of(session, self.query, self.person, self.grouping, value, self.columns, FIRST)

    def fetch_ids(self, session: Any) -> Ids:
        """All ids in order, and the sums of the money columns or the groups."""
        if self.grouping is not None:
            return fetch_groups(session, self.query, self.person, self.grouping, self.totals)
        return listing.fetch_ids_and_sums(session, self.query, self.person, self.columns)

    def fetch_rows(self, session: Any, ids: Sequence[int]) -> Mapping[int, Row]:
        """The rows of these ids that are still there."""
        return listing.fetch_rows(session, self.spec, self.columns, ids)
