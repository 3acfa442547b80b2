"""What the wizard does in the background: read a file, say what would become of each row, import. No widget."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crm_desktop.core.access import Person
from crm_desktop.core.errors import CancelledError
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.ui.collector import collector_at_rest
from crm_desktop.ui.import_wizard.fates import FateRow, fate_rows
from crm_desktop.ui.tasks import Session
from importers.kinds import check_right, likely_kind, missing_field, read_rows
from importers.layout import Table, find_tables
from importers.plan import MatchRule, Plan
from importers.readers import Book, read_book
from importers.records import Records
from importers.run import Opened, Result, Source, import_records, open_tables, plan_import, with_saved_recipes
from importers.values.cells import plain

SAMPLES = 3
"""Different values of a column that are shown."""


class Stoppable:
    """How far a work is, for a bar that looks now and then, and the way to stop it. Made for one work."""

    def __init__(self) -> None:
        self.state = (0, 0, "")
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let the work end at its next report."""
        self._stopped.set()

    def report(self, done: int, total: int, what: str) -> None:
        """Called by the work on its thread."""
        if self._stopped.is_set():
            raise CancelledError(_("Cancelled. Nothing was changed."))
        self.state = (done, total, what)


Sample = tuple[str, ...]
"""Some different values of a column; nothing for a column without any."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file as it is, the tables in it, what their columns hold and are guessed to mean.

    ``records`` are those of the tables that hold some, as guessed; ``has_recipe`` is whether an earlier import of a
    file of this shape has decided about columns. ``likely`` is the kind that the headings speak of.
    """

    book: Book
    opened: Opened
    samples: tuple[tuple[Sample, ...], ...]
    records: Records
    has_recipe: bool
    likely: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would become of every row."""

    records: Records
    plan: Plan
    rows: Sequence[FateRow]


def read_file(session: Session, person: Person, path: Path, kind: str, progress: Stoppable) -> FileRead:
    """Read and look through a file; without a ``kind`` it holds what its headings speak of. Raises a KnownError for a
    file that cannot be used, and for what this person may not import.
    """
    with collector_at_rest():
        progress.report(0, 4, _("Reading the file"))
        book = read_book(path)
        progress.report(1, 4, _("Looking for the table"))
        return _look_through(session, person, book, find_tables(book), kind, progress)


def read_again(session: Session, person: Person, read: FileRead, kind: str, progress: Stoppable) -> FileRead:
    """The same file as a list of another kind."""
    with collector_at_rest():
        return _look_through(session, person, read.book, read.opened.tables, kind, progress)


def _look_through(
    session: Session, person: Person, book: Book, tables: tuple[Table, ...], kind: str, progress: Stoppable
) -> FileRead:
    progress.report(2, 4, _("Looking at the columns"))
    likely = likely_kind(tables)
    check_right(person, kind or likely)
    guessed = open_tables(book.path, tables, kind or likely)
    opened = with_saved_recipes(session, guessed)
    samples = tuple(sample_columns(table) for table in tables)
    progress.report(3, 4, _("Reading the rows"))
    pairs = [(t, g) for t, g in zip(tables, opened.guesses, strict=True) if missing_field(g, opened.entity) is None]
    records = read_rows(pairs, opened.entity)
    return FileRead(book, opened, samples, records, opened.guesses != guessed.guesses, likely)


def rehearse(session: Session, person: Person, source: Source, rule: MatchRule, progress: Stoppable) -> Rehearsal:
    """Decide about every row. Writes nothing."""
    with collector_at_rest():
        progress.report(0, 0, _("Reading the rows"))
        records = source.read()
        progress.report(0, 0, _("Comparing with what is there"))
        plan = plan_import(session, person, records, rule, progress.report, source.entity)
        sheets = list(dict.fromkeys(table.sheet for table, _guesses in source.pairs))
        return Rehearsal(records, plan, fate_rows(records, plan, sheets, source.entity))


def carry_out(
    session: Session, person: Person, rehearsal: Rehearsal, source: Source, rule: MatchRule, progress: Progress
) -> Result:
    """Import what was rehearsed, all or nothing."""
    with collector_at_rest():
        return import_records(session, person, rehearsal.records, source, rule, progress)


def sample_columns(table: Table) -> tuple[Sample, ...]:
    """The samples of all columns, in their order."""
    return tuple(_sample(table, column.index) for column in table.columns)


def _sample(table: Table, index: int) -> Sample:
    values: dict[str, None] = {}
    for row in table.rows:
        if index < len(row.cells) and (text := " ".join(plain(row.cells[index]).split())):
            values[text] = None
            if len(values) == SAMPLES:
                break
    return tuple(values)
