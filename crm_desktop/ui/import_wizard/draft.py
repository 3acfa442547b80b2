"""What the person has chosen so far. Plain data that outlives the page: another language builds the page anew."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from crm_desktop.core.i18n import N_
from crm_desktop.entities import by_key
from crm_desktop.spec import EntitySpec
from crm_desktop.ui.import_wizard.work import FileRead, Rehearsal, Sample
from importers.kinds import CUSTOMER, filled_fields, missing_field
from importers.layout import Table
from importers.mapping import Guess, fingerprint
from importers.plan import FILL_IN, MatchRule
from importers.run import Result, Source


class Step(enum.IntEnum):
    """The steps in their order."""

    FILE = 0
    COLUMNS = 1
    MATCHING = 2
    PREVIEW = 3
    IMPORT = 4
    RESULT = 5

    @property
    def title(self) -> str:
        """Its name, not yet translated."""
        return _TITLES[self]


_TITLES = (N_("File and table"), N_("Map columns"), N_("Known records"), N_("Preview"), N_("Import"), N_("Result"))


@dataclass(frozen=True, slots=True)
class Shape:
    """Tables with the same columns: what is chosen for one of them holds for all. ``tables`` are their numbers."""

    tables: tuple[int, ...]
    names: tuple[str, ...]


@dataclass
class ImportDraft:
    """An import on its way. ``included`` are the numbers of the tables that are to come in."""

    kind: str = ""
    """What the list holds; empty while nobody said so and no heading did."""
    is_kind_chosen: bool = False
    """Whether a person said so."""
    path: Path | None = None
    step: Step = Step.FILE
    file: FileRead | None = None
    guesses: list[tuple[Guess, ...]] = field(default_factory=list)
    included: set[int] = field(default_factory=set)
    rule: MatchRule = FILL_IN
    rehearsal: Rehearsal | None = None
    result: Result | None = None
    is_undone: bool = False
    is_touched: bool = False
    """Whether the person has decided anything that would be lost."""

    def forget_file(self, path: Path | None) -> None:
        """Begin with another file; how records are found again stays as chosen, but for single rows. So does what the
        list holds, until it is imported.
        """
        if self.result is not None or not self.is_kind_chosen:
            self.choose_kind("")
        self.path, self.step, self.file = path, Step.FILE, None
        self.guesses, self.included = [], set()
        self.rule = self.rule.without_decisions()
        self.rehearsal = self.result = None
        self.is_undone = self.is_touched = False

    def choose_kind(self, kind: str) -> None:
        """Say what the list holds, or leave it to the headings again."""
        self.kind, self.is_kind_chosen = kind, bool(kind)

    def take_file(self, read: FileRead) -> None:
        """A file was read: take the guesses, and of each sheet its table with records where there is but one."""
        self.file, self.kind = read, read.opened.entity
        self.guesses = list(read.opened.guesses)
        single = {n for n, table in enumerate(self.tables) if len(table.candidates) == 1}
        self.included = {n for n in single if missing_field(self.guesses[n], self.kind) is None} or single
        self.rehearsal = None

    @property
    def spec(self) -> EntitySpec:
        """The kind of record that comes in."""
        return by_key(self.kind or CUSTOMER)

    @property
    def file_name(self) -> str:
        """As it is shown; empty without a file."""
        return self.path.name if self.path else ""

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables of the file."""
        return self.file.opened.tables if self.file else ()

    def tables_of(self, sheet: str) -> list[int]:
        """The numbers of the tables of a sheet."""
        return [n for n, table in enumerate(self.tables) if table.sheet == sheet]

    def chosen_table(self, sheet: str) -> int | None:
        """The table of the sheet that is to come in."""
        return next((n for n in self.tables_of(sheet) if n in self.included), None)

    def choose_table(self, sheet: str, number: int | None) -> None:
        """Take this table of the sheet, or none."""
        chosen = self.included - set(self.tables_of(sheet)) | ({number} if number is not None else set())
        if chosen != self.included:
            self.included = chosen
            self._changed()

    def undecided_sheets(self) -> list[str]:
        """Sheets with several tables of which none was chosen, where nothing else is to come in."""
        if self.included:
            return []
        return list(dict.fromkeys(table.sheet for table in self.tables if len(table.candidates) > 1))

    def shapes(self) -> list[Shape]:
        """The tables to import by their columns."""
        found: dict[str, list[int]] = {}
        for number in sorted(self.included):
            found.setdefault(fingerprint(self.tables[number]), []).append(number)
        return [Shape(tuple(numbers), tuple(self.tables[n].sheet for n in numbers)) for numbers in found.values()]

    def columns(self, shape: Shape) -> Iterator[tuple[Guess, Sample]]:
        """The columns of a shape, in order: those of its first table."""
        number = shape.tables[0]
        assert self.file
        yield from zip(self.guesses[number], self.file.samples[number], strict=True)

    def set_guess(self, shape: Shape, changed: Guess) -> None:
        """What a column means, in all tables of the shape."""
        for number in shape.tables:
            self.guesses[number] = tuple(
                replace(changed, column=own.column) if own.column.index == changed.column.index else own
                for own in self.guesses[number]
            )
        self._changed()

    def set_rule(self, rule: MatchRule) -> None:
        """How records are found again, and what happens then."""
        if rule != self.rule:
            self.rule = rule
            self._changed()

    def source(self) -> Source:
        """What is to be imported."""
        assert self.path
        pairs = tuple((self.tables[n], self.guesses[n]) for n in sorted(self.included))
        return Source(self.path, pairs, self.kind)

    def missing_field(self) -> str:
        """The label of a field that every record needs and no column of some table fills, not yet translated."""
        missing = (missing_field(self.guesses[n], self.kind) for n in sorted(self.included))
        return next((self.spec.labels[field] for field in missing if field is not None), "")

    def fields(self) -> set[str]:
        """The record's own fields that the file fills."""
        return {field for n in self.included for field in filled_fields(self.guesses[n], self.kind)}

    def _changed(self) -> None:
        self.rehearsal = None
        self.is_touched = True
