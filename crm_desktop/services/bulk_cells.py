"""Values of single cells, as somebody pastes them: read by their kinds, compared with what stands there, then written
together as one change set. What changes the same way in all records is ``services.bulk``.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from crm_desktop.core.access import Person
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.db.bulk import update_rows
from crm_desktop.entities import by_key
from crm_desktop.services.bulk import Changed, Targets, changeable, lock_unchanged, may_change, may_receive, no_receiver
from crm_desktop.services.journal import begin_change
from crm_desktop.services.keys import affects_keys, derived_columns
from crm_desktop.services.lookup import Choices, fetch_choices
from crm_desktop.services.records import Record, check, fetch_records, is_same, refused_values, to_columns
from crm_desktop.services.statements import display_of
from crm_desktop.spec import EntitySpec, Facts, Ref, facts

PAGE = 1000
Texts = Mapping[int, Mapping[str, str]]
"""What was pasted: texts by record and column key."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One pasted cell. ``why`` it stays as it is; empty where it changes."""

    id: int
    title: str
    key: str
    before: Any
    after: Any
    why: str = ""


@dataclass(frozen=True, slots=True)
class CellsRehearsal:
    """The cells that would change or are refused, how many hold the value already, the records as they were read."""

    cells: tuple[Cell, ...]
    same: int
    bases: Mapping[int, Record]

    @property
    def changing(self) -> list[Cell]:
        """The cells that would be written."""
        return [cell for cell in self.cells if not cell.why]

    @property
    def refused(self) -> list[Cell]:
        """The cells that stay as they are."""
        return [cell for cell in self.cells if cell.why]


def rehearse_cells(session: Session, person: Person, entity: str, texts: Texts) -> CellsRehearsal:
    """What pasting ``texts`` would do. A statement for the choices, one for each kind of record referred to, two for
    each thousand rows.
    """
    spec = by_key(entity)
    may_change(person, entity, len(texts))
    reader = _Reader(session, person, spec, texts)
    bases: dict[int, Record] = {}
    may: set[int] = set()
    for page in _pages(list(texts)):
        bases |= fetch_records(session, entity, page)
        may |= changeable(session, entity, page)
    cells: list[Cell] = []
    same = 0
    for id_ in filter(bases.__contains__, texts):
        read = [reader.read(bases[id_], key, written) for key, written in texts[id_].items()]
        new = {cell.key: cell.after for cell in read if not cell.why}
        wrong = check(spec, {**bases[id_].values, **new})
        for cell in read:
            if not cell.why and is_same(cell.before, cell.after):
                same += 1
            else:
                why = cell.why or (wrong.get(cell.key, "") if id_ in may else _("You may not change this record."))
                cells.append(replace(cell, why=why))
    return CellsRehearsal(tuple(cells), same, bases)


def change_cells(session: Session, entity: str, rehearsal: CellsRehearsal, label: str, progress: Progress) -> Changed:
    """Write the cells of a rehearsal; a row that somebody changed since stays. Three statements for a thousand rows."""
    spec = by_key(entity)
    rows: dict[int, dict[str, Any]] = {}
    for cell in rehearsal.changing:
        rows.setdefault(cell.id, {})[cell.key] = cell.after
    change_set = begin_change(session, "bulk", label, entity)
    used = sorted({key for row in rows.values() for key in row})
    has_keys = affects_keys(spec, dict.fromkeys(used))
    count = 0
    for page in _pages(list(rows)):
        progress(count, len(rows), _("Changing"))
        bases = [rehearsal.bases[id_] for id_ in page]
        targets = Targets(array("q", page), array("i", [base.version for base in bases]))
        unchanged = lock_unchanged(session, entity, targets)
        written = [_row(spec, base, rows[base.id], used, has_keys=has_keys) for base in bases if base.id in unchanged]
        if written:
            columns = list(written[0])
            with refused_values(spec):
                count += update_rows(
                    session, f"crm.{spec.model.__tablename__}", columns, (tuple(row.values()) for row in written)
                )
    progress(len(rows), len(rows), _("Done"))
    return Changed(change_set, count, len(rows) - count)


def _row(
    spec: EntitySpec, base: Record, new: Mapping[str, Any], used: Sequence[str], *, has_keys: bool
) -> dict[str, Any]:
    """A row for COPY; what does not change is written as it was, and the journal sees only changes."""
    after = {**base.values, **new}
    columns = {"id": base.id} | to_columns(spec, {key: after.get(key) for key in used})
    return columns | derived_columns(spec, after) if has_keys else columns


def _pages(ids: Sequence[int]) -> Iterator[list[int]]:
    stream = iter(ids)
    while page := list(itertools.islice(stream, PAGE)):
        yield page


class _Reader:
    """Reads pasted texts; knows all choices, and the records that the texts name."""

    def __init__(self, session: Session, person: Person, spec: EntitySpec, texts: Texts) -> None:
        self._spec, self._person = spec, person
        self._editable = {attr.key: attr for attr in spec.form.fields if attr not in spec.form.read_only}
        self._choices: Choices = fetch_choices(session)
        self._named: dict[str, dict[str, list[Ref]]] = {}
        for key in {key for row in texts.values() for key in row}:
            fact = facts(self._editable[key]) if key in self._editable else None
            if fact is not None and fact.target is not None and not fact.dictionary:
                names = {row[key].strip() for row in texts.values() if row.get(key, "").strip()}
                self._named[key] = _records_named(session, fact, names)

    def read(self, base: Record, key: str, written: str) -> Cell:
        """The cell before and after, or why it cannot be read."""
        attr, before = self._editable.get(key), base.values.get(key)
        if attr is None:
            return Cell(base.id, base.title, key, before, written, _("This column cannot be changed here."))
        fact = facts(attr)
        try:
            return Cell(base.id, base.title, key, before, self._value(fact, written.strip()))
        except KnownError as error:
            return Cell(base.id, base.title, key, before, written, error.message)

    def _value(self, fact: Facts, written: str) -> Any:
        if not written:
            return fact.kind.parse("") if fact.target is None else None
        if fact.dictionary:
            found = self._choices.find(fact.dictionary, written)
            if found is None:
                raise KnownError(_("“{text}” is no choice here.").format(text=written))
            return found
        if fact.target is not None:
            refs = self._named[fact.key].get(written, [])
            if len(refs) > 1:
                raise KnownError(_("There are several “{text}”.").format(text=written))
            if not refs:
                raise KnownError(_("There is no “{text}”.").format(text=written))
            if not may_receive(self._spec, self._person, fact.key, refs[0]):
                raise no_receiver(refs[0])
            return refs[0]
        return fact.kind.parse(written)


def _records_named(session: Session, fact: Facts, names: set[str]) -> dict[str, list[Ref]]:
    target: Any = fact.target
    shown = display_of(target)
    statement = select(target.id, shown).where(shown == any_(bindparam("names", type_=ARRAY(Text))))
    found: dict[str, list[Ref]] = {}
    for id_, name in session.execute(statement, {"names": sorted(names)}):
        found.setdefault(name, []).append(Ref(id_, name))
    return found
