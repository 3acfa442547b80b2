"""The entries of a dictionary as the administrator keeps them: several added at once, uses counted, one replaced."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import column, func, select, table, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from crm_desktop.core.text import pinyin
from crm_desktop.entities import every_entity
from crm_desktop.models import DictionaryEntry
from crm_desktop.services.journal import begin_change
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref

NAME_LENGTH, CODE_LENGTH = 100, 40
_HAN = re.compile(r"[\u4e00-\u9fff]")


class Use(NamedTuple):
    """In how many records an entry is chosen in one column; ``entity`` is the key of its table, or its name."""

    entity: str
    column: str
    records: int


class NewEntry(NamedTuple):
    """One to be added; the name serves in English too where ``name_en`` is empty."""

    name: str
    name_en: str = ""


class Replaced(NamedTuple):
    """What became of the uses of an entry; ``left`` are those that the person may not change."""

    change_set: int
    moved: int
    left: int


def fetch_uses(session: Session, dictionary_id: int) -> dict[int, tuple[Use, ...]]:
    """Where the entries of a dictionary are chosen, by entry, in everybody's records. One statement.

    Raises NoRightError for who may not keep dictionaries.
    """
    keys = {spec.model.__tablename__: spec.key for spec in every_entity()}
    uses: dict[int, tuple[Use, ...]] = {}
    for row in session.execute(text("select * from crm.entry_uses(:id)"), {"id": dictionary_id}):
        use = Use(keys.get(row.table_name, row.table_name), row.column_name, row.uses)
        uses[row.entry_id] = (*uses.get(row.entry_id, ()), use)
    return uses


def read_entries(pasted: str, known: Iterable[str]) -> tuple[list[NewEntry], int]:
    """The entries in a pasted text, one a line, the English name after a tab; and how many are there already.

    Lines that are empty, said twice or among the ``known`` names are left out; what is too long is cut.
    """
    seen = set(known)
    found: list[NewEntry] = []
    repeated = 0
    for line in pasted.splitlines():
        name, _tab, name_en = (part.strip()[:NAME_LENGTH] for part in line.partition("\t"))
        if not name:
            continue
        if name in seen:
            repeated += 1
            continue
        seen.add(name)
        found.append(NewEntry(name, name_en.partition("\t")[0].strip()))
    return found, repeated


def add_entries(session: Session, dictionary: Record, entries: Sequence[NewEntry]) -> int:
    """Add entries at the end, as one change set, and returns it. Four statements."""
    change_set = begin_change(session, "edit", dictionary.title, dictionary.entity)
    in_it = DictionaryEntry.dictionary_id == dictionary.id
    codes = set(session.scalars(select(DictionaryEntry.code).where(in_it)))
    last = session.scalar(select(func.coalesce(func.max(DictionaryEntry.sort_order), -1)).where(in_it)) or 0
    rows = []
    for place, entry in enumerate(entries, last + 1):
        code = free_code(entry.name_en or entry.name, codes)
        codes.add(code)
        rows.append(
            {
                "dictionary_id": dictionary.id,
                "code": code,
                "name": entry.name,
                "name_en": entry.name_en or None,
                "sort_order": place,
            }
        )
    if rows:
        session.execute(insert(DictionaryEntry), rows)
    return change_set


def code_for(name: str) -> str:
    """What imports and reports know an entry by: its English name, or its pinyin, in small letters."""
    letters = "".join(pinyin(name.lower()))
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")[:CODE_LENGTH] or "entry"


def free_code(name: str, taken: Iterable[str]) -> str:
    """The code for a name, with a number where it is taken."""
    code, number, known = code_for(name), 1, set(taken)
    wanted = code
    while wanted in known:
        number += 1
        wanted = f"{code[: CODE_LENGTH - 4]}_{number}"
    return wanted


def is_untranslated(entry: Record) -> bool:
    """Whether English readers meet Chinese letters."""
    return bool(_HAN.search(entry.values.get("name_en") or entry.values["name"]))


def replace_entry(session: Session, entry: Record, by: Ref, uses: Sequence[Use]) -> Replaced:
    """Choose ``by`` wherever ``entry`` is chosen, and take it out of use; one change set.

    A statement for each column in ``uses``. What the person may not change stays.
    """
    tables = {spec.key: spec.model.__tablename__ for spec in every_entity()}
    change_set = begin_change(session, "edit", f"{entry.title} → {by.label}", entry.entity)
    moved = 0
    for use in uses:
        rows = table(tables.get(use.entity, use.entity), column(use.column), schema="crm")
        chosen = rows.c[use.column]
        done = session.execute(update(rows).where(chosen == entry.id).values({chosen: by.id}))
        moved += done.rowcount  # type: ignore[attr-defined]
    session.execute(
        update(DictionaryEntry)
        .where(DictionaryEntry.id == entry.id)
        .values(is_active=False)
        .execution_options(synchronize_session=False)
    )
    return Replaced(change_set, moved, sum(use.records for use in uses) - moved)
