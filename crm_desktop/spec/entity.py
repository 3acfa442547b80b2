"""What an entity looks like to the user: plain frozen data, no Qt, no SQL text. Everything generic reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import DeclarativeBase

from crm_desktop.core.access import Grant, Group, Person
from crm_desktop.spec.facts import Attr, Facts, facts


class Column:
    """A list column: a mapped attribute, or a path through relationships to one."""

    __slots__ = ("_is_summed", "is_shown", "key", "label", "path", "width")

    def __init__(self, *path: Attr, label: str = "", width: int = 120, shown: bool = True, summed: bool = True) -> None:
        """``label`` only where it is not the entity's own label of the last attribute; ``width`` in px at 100 %.

        Money is added up below the list, where it is not ``summed=False``: prices together mean nothing.
        """
        self.path = path
        self.key = ".".join(attr.key for attr in path)
        """Names the column in preferences, exports and sort orders."""
        self.label = label
        self.width = width
        self.is_shown = shown
        self._is_summed = summed

    @property
    def has_sum(self) -> bool:
        """Whether it is added up below the list where nobody chose otherwise."""
        return self._is_summed and self.facts.kind.name == "money"

    @property
    def facts(self) -> Facts:
        """Of the last attribute."""
        return facts(self.path[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A named filter in the side list."""

    key: str
    label: str
    where: Callable[[Person], ColumnElement[bool]] | None = None
    """None: all that the person may see. Built once for each person, so time in it is SQL's own ``now()``."""
    only_if_any: bool = False
    """Offered only while it has rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """The list page."""

    columns: tuple[Column, ...]
    sort: Attr
    is_descending: bool = False
    presets: tuple[Preset, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the form."""

    label: str
    fields: tuple[Attr, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSpec:
    """The form page. Long texts take the whole width by themselves."""

    sections: tuple[Section, ...]
    read_only: frozenset[Attr] = frozenset()
    required: frozenset[Attr] = frozenset()
    """Asked for beside what the table itself cannot do without; only here: an import or a short entry may lack it."""
    helps: Mapping[Attr, str] = field(default_factory=dict)
    """What is said below a field while one edits it."""

    @property
    def fields(self) -> tuple[Attr, ...]:
        """All fields in order."""
        return tuple(attr for section in self.sections for attr in section.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSpec:
    """What finds a record. The name also gives its place in pinyin order."""

    name: Attr
    texts: tuple[Attr, ...] = ()
    phones: tuple[Attr, ...] = ()
    emails: tuple[Attr, ...] = ()
    passages: tuple[Attr, ...] = ()
    """Long texts: by their characters alone, without pinyin."""

    @property
    def attrs(self) -> tuple[Attr, ...]:
        """All of them."""
        return (self.name, *self.texts, *self.phones, *self.emails, *self.passages)


@dataclass(frozen=True, slots=True, kw_only=True)
class StorySpec:
    """How a part stands in the timeline of what it belongs to."""

    at: Attr
    """A moment or a day. Parts whose list is in this order are told one after the other, others in a table too."""
    title: Attr
    kind: Attr | None = None
    """A choice, shown in its colour; without one the entity's own name."""
    who: tuple[Attr, ...] = ()
    details: tuple[Attr, ...] = ()
    next_step: tuple[Attr, ...] = ()

    @property
    def attrs(self) -> tuple[Attr, ...]:
        """All of them."""
        kind = () if self.kind is None else (self.kind,)
        return (self.at, self.title, *kind, *self.who, *self.details, *self.next_step)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitySpec:
    """One kind of record. ``labels`` names every attribute a user can meet, once."""

    key: str
    model: type[DeclarativeBase]
    label: str
    label_plural: str
    icon: str
    labels: Mapping[Attr, str]
    table: TableSpec
    form: FormSpec
    access: Mapping[Group, Grant]
    search: SearchSpec | None = None
    found_by: tuple[Attr, ...] = ()
    """Texts that the search for everything looks through where there is no ``search``. A table that anybody owns rows
    of has one such text and an index over its pieces; the latest rows come first."""
    part_of: Attr | None = None
    """The record this one belongs to: it is listed there, and found by its name where it has no search of its own."""
    other_end: Attr | None = None
    """A second record of the parent's kind that this one joins with it: it is listed there too, read backwards."""
    backwards: Mapping[str, str] = field(default_factory=dict)
    """How a choice reads from the other end, by the entry's code, where it is another word there."""
    story: StorySpec | None = None
    """Only for parts."""
    importable: bool = False
    subtitle: tuple[Attr, ...] = ()
    """What tells records of one name apart, in search results and pickers."""
    tone: Callable[[Mapping[str, Any]], Mapping[str, str]] = field(default=lambda _row: {})
    """Colour role by column key for one list row: ``{"last_contact_at": "bad"}``."""
    closed: Callable[[Mapping[str, Any]], str] = field(default=lambda _values: "")
    """Why nobody changes a record with these values any more, in a sentence marked with ``N_``; empty where one may."""

    @property
    def is_told(self) -> bool:
        """Whether its list is a story, and better read as a timeline than as a table."""
        return self.story is not None and self.story.at is self.table.sort

    @property
    def fields(self) -> dict[str, Attr]:
        """Every labelled attribute by its key."""
        return {attr.key: attr for attr in self.labels}

    def label_of(self, key: str) -> str:
        """The label of an attribute, not yet translated; raises KeyError for one the user never meets."""
        return self.labels[self.fields[key]]

    def column_label(self, column: Column) -> str:
        """The heading of a list column, not yet translated."""
        return column.label or self.labels[column.path[0]]
