"""Choices of the dictionaries, read once and kept by whoever asked until a dictionary changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_desktop.core.text import normalise
from crm_desktop.models import Dictionary, DictionaryEntry
from crm_desktop.services.statements import display_of, full_name_of
from crm_desktop.spec import Ref

TREES = frozenset({"region"})
"""Dictionaries whose entries lie in each other."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One choice. ``words`` are all texts that mean it."""

    ref: Ref
    code: str
    parent_id: int | None
    words: tuple[str, ...]


class Choices:
    """All active entries by dictionary code, in their order."""

    def __init__(self, entries: Iterable[tuple[str, Entry]]) -> None:
        """``entries`` with their dictionary's code."""
        self._by_dictionary: dict[str, list[Entry]] = {}
        for dictionary, entry in entries:
            self._by_dictionary.setdefault(dictionary, []).append(entry)

    @cached_property
    def _by_word(self) -> dict[tuple[str, str], Ref]:
        """Built when the first text is looked up, which few do: most of it is regions."""
        found: dict[tuple[str, str], Ref] = {}
        for dictionary, entries in self._by_dictionary.items():
            for entry in entries:
                for word in entry.words:
                    found.setdefault((dictionary, normalise(word)), entry.ref)
        return found

    def of(self, dictionary: str) -> list[Entry]:
        """The entries of one dictionary; empty for an unknown one."""
        return self._by_dictionary.get(dictionary, [])

    def find(self, dictionary: str, text: str) -> Ref | None:
        """The entry that ``text`` means, by name in either language or by code."""
        return self._by_word.get((dictionary, normalise(text)))


def fetch_choices(session: Session) -> Choices:
    """All dictionaries at once: some 3,500 entries, most of them regions. One statement."""
    rows = session.execute(
        select(
            Dictionary.code.label("dictionary"),
            DictionaryEntry.id,
            display_of(DictionaryEntry).label("label"),
            full_name_of(DictionaryEntry).label("full"),
            DictionaryEntry.code,
            DictionaryEntry.parent_id,
            DictionaryEntry.name,
            DictionaryEntry.name_en,
            DictionaryEntry.full_name,
            DictionaryEntry.tone,
        )
        .join(DictionaryEntry.dictionary)
        .where(DictionaryEntry.is_active)
        .order_by(DictionaryEntry.dictionary_id, DictionaryEntry.sort_order, DictionaryEntry.id)
    )
    return Choices(
        (
            row.dictionary,
            Entry(
                Ref(row.id, (row.full or row.label) if row.dictionary == "region" else row.label, row.tone),
                row.code,
                row.parent_id,
                tuple(filter(None, (row.name, row.name_en, row.code, row.full_name))),
            ),
        )
        for row in rows
    )
