"""What a board of an entity is made of: a column for each row that a reference refers to, a card for each record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from crm_desktop.spec.entity import Column
from crm_desktop.spec.facts import Attr


class Flag(NamedTuple):
    """A chip on a card: a word in the language of the moment, and its tone."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardSpec:
    """Mapped attributes of the entity, but for ``state`` and ``process``, which the rows of the reference have."""

    entity: str
    column: Attr
    """The reference whose rows are the columns, in their own order."""
    process: Attr | None = None
    """What the columns belong to; those of one are shown at a time."""
    state: Attr | None = None
    """A choice that says what it means for a record to be in a column."""
    order: tuple[Any, ...]
    """How cards stand in a column, before their ids."""
    title: Attr
    subtitle: Attr
    person: Attr
    days: tuple[Attr, ...]
    """The first that is filled in is shown."""
    amount: Attr | None = None
    weighted: Attr | None = None
    """What is added up at the head of a column."""
    told: tuple[Attr, ...] = ()
    """What ``flags`` needs to know beside what a card shows."""
    flags: Callable[[Mapping[str, Any]], Iterable[Flag]]
    """The chips of a card by its values."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """What is read of each card."""
        amount = () if self.amount is None else (self.amount,)
        shown = (self.title, self.subtitle, self.person, *self.days, *amount, self.column, *self.told)
        return tuple(Column(attr) for attr in shown)

    @property
    def sums(self) -> tuple[Attr, ...]:
        """What is added up."""
        return tuple(attr for attr in (self.amount, self.weighted) if attr is not None)
