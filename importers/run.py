"""An import from file to result, the same for the wizard and the command line: open, choose, plan, write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.entities import by_key
from crm_desktop.models import ImportRecipe
from crm_desktop.services.journal import begin_change
from importers.kinds import CUSTOMER, check_right, guess_columns, missing_field, read_rows
from importers.layout import Table, find_tables
from importers.mapping import Guess, fingerprint, recipe, with_recipe
from importers.plan import FILL_IN, Fate, MatchRule, Plan
from importers.planning import make_plan
from importers.readers import read_book
from importers.records import Records, Reject
from importers.values.days import Order
from importers.write import Written, foresee, write_plan


@dataclass(frozen=True, slots=True)
class Source:
    """The tables of a file that are to come in, with what their columns mean."""

    path: Path
    pairs: tuple[tuple[Table, tuple[Guess, ...]], ...]
    entity: str = CUSTOMER

    def read(self) -> Records:
        """The records of the tables, before anything is looked up."""
        return read_rows(self.pairs, self.entity)

    @property
    def mapping(self) -> dict[str, str]:
        """Label to ``entity.field`` of all tables; empty text for a column that is left out."""
        return {
            found.column.label: f"{found.target.entity}.{found.target.field}" if found.target else ""
            for _table, guesses in self.pairs
            for found in guesses
        }


@dataclass(frozen=True, slots=True)
class Opened:
    """A file, all tables found in it, and what their columns are guessed to mean."""

    path: Path
    tables: tuple[Table, ...]
    guesses: tuple[tuple[Guess, ...], ...]
    entity: str = CUSTOMER

    def chosen(self, sheet: str | None = None) -> Source:
        """The tables to import: those that tell of such records; in ``sheet`` (``Sheet1``, ``Sheet1!14`` by header).

        Raises a KnownError where there is none, or where two tables of one sheet could be meant.
        """
        pairs = list(zip(self.tables, self.guesses, strict=True))
        if sheet is not None:
            name, _mark, row = sheet.rpartition("!") if sheet.rpartition("!")[2].isdecimal() else (sheet, "", "")
            pairs = [(t, g) for t, g in pairs if t.sheet == name and (not row or int(row) in t.header_rows)]
            if not pairs:
                known = ", ".join(dict.fromkeys(t.sheet for t in self.tables))
                raise KnownError(
                    _("There is no table “{name}” in the file.").format(name=sheet),
                    _("There are: {known}.").format(known=known) if known else "",
                )
            if row:
                return Source(self.path, tuple(pairs), self.entity)
        missing = next((field for _table, guesses in pairs if (field := missing_field(guesses, self.entity))), None)
        pairs = [(table, guesses) for table, guesses in pairs if missing_field(guesses, self.entity) is None]
        if missing is not None and not pairs:
            spec = by_key(self.entity)
            raise KnownError(
                _("No column of the file holds “{field}” of {things}.").format(
                    field=_(spec.labels[missing]), things=_(spec.label_plural).lower()
                ),
                _("Say which column it is, in the wizard or with --mapping."),
            )
        for table, _guesses in pairs:
            if len(table.candidates) > 1:
                rows = ", ".join(map(str, table.candidates))
                raise KnownError(
                    _("Sheet “{sheet}” holds several tables, with headers in the rows {rows}.").format(
                        sheet=table.sheet, rows=rows
                    ),
                    _("Say which one is meant: {option}").format(
                        option=f'--sheet "{table.sheet}!{table.candidates[-1]}"'  # as one types it
                    ),
                )
        return Source(self.path, tuple(pairs), self.entity)


@dataclass(frozen=True, slots=True)
class Result:
    """What an import did, or would do."""

    written: Written
    plan: Plan
    rejects: tuple[Reject, ...]
    mapping: Mapping[str, str]
    entity: str = CUSTOMER

    @property
    def left_alone(self) -> int:
        """Records that are there and stay as they are."""
        return self.plan.count(Fate.SKIP) + self.plan.count(Fate.UNCHANGED)

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "change_set": self.written.change_set,
            "created": self.written.created,
            "updated": self.written.updated,
            "skipped": self.left_alone,
            "rejected": [{"row": r.row, "sheet": r.sheet, "reason": r.reason} for r in self.rejects],
            "warnings": [{"at": row.at, "text": text} for row in self.plan.rows for text in row.warnings],
            "mapping": dict(self.mapping),
        }


def open_file(path: Path, entity: str = CUSTOMER) -> Opened:
    """Read the file, find its tables, guess their columns. Raises a KnownError for a file that cannot be used."""
    return open_tables(path, find_tables(read_book(path)), entity)


def open_tables(path: Path, tables: tuple[Table, ...], entity: str) -> Opened:
    """The tables of a file, with what their columns are guessed to mean in lists of this kind."""
    return Opened(path, tables, tuple(guess_columns(table, entity) for table in tables), entity)


def with_saved_recipes(session: Session, opened: Opened) -> Opened:
    """The guesses with what was chosen the last time for files of the same shape. One statement."""
    shapes = [fingerprint(table) for table in opened.tables]
    rows = session.execute(
        select(ImportRecipe.shape, ImportRecipe.mapping).where(
            ImportRecipe.entity == opened.entity, ImportRecipe.shape.in_(shapes)
        )
    )
    saved: dict[str, Any] = dict(rows.all())
    return replace(
        opened,
        guesses=tuple(
            _as_kept(guesses, saved[shape], opened.entity) if shape in saved else guesses
            for guesses, shape in zip(opened.guesses, shapes, strict=True)
        ),
    )


def _as_kept(guesses: tuple[Guess, ...], mapping: Any, entity: str) -> tuple[Guess, ...]:
    """With the saved mapping where it still fits: it may be another version's, or written by hand."""
    try:
        return with_recipe(guesses, mapping, entity)
    except (KnownError, AttributeError, TypeError, ValueError):
        return guesses


def save_recipes(session: Session, source: Source) -> None:
    """Keep the mapping for the next file of this shape, in a change set of its own: undoing the import leaves it."""
    begin_change(session, "recipe", source.path.name)
    for table, guesses in source.pairs:
        statement = insert(ImportRecipe).values(
            entity=source.entity, shape=fingerprint(table), name=source.path.name, mapping=recipe(guesses)
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[ImportRecipe.entity, ImportRecipe.shape],
                set_={"mapping": statement.excluded.mapping, "name": statement.excluded.name},
            )
        )


def plan_import(
    session: Session,
    person: Person,
    records: Records,
    rule: MatchRule = FILL_IN,
    progress: Progress | None = None,
    entity: str = CUSTOMER,
) -> Plan:
    """What would become of every record. Raises NoRightError for who may not import."""
    check_right(person, entity)
    return make_plan(session, person, entity, records.records, rule, progress)


def import_records(
    session: Session,
    person: Person,
    records: Records,
    source: Source,
    rule: MatchRule = FILL_IN,
    progress: Progress | None = None,
) -> Result:
    """Plan again in this transaction, since others work on, and write. All or nothing."""
    plan = plan_import(session, person, records, rule, progress, source.entity)
    written = write_plan(session, plan, source.entity, source.path.name, progress)
    if written.change_set is not None and person.may("create", "import_recipe"):
        save_recipes(session, source)
    return Result(written, plan, _rejects(records, plan, source), source.mapping, source.entity)


def rehearse(
    session: Session,
    person: Person,
    records: Records,
    source: Source,
    rule: MatchRule = FILL_IN,
    progress: Progress | None = None,
) -> Result:
    """What ``import_records`` would do. Writes nothing."""
    plan = plan_import(session, person, records, rule, progress, source.entity)
    return Result(foresee(plan, source.entity), plan, _rejects(records, plan, source), source.mapping, source.entity)


def _rejects(records: Records, plan: Plan, source: Source) -> tuple[Reject, ...]:
    """The rows that are no records, and those whose records cannot come in, with their cells."""
    reasons = {row.at: row.reason for row in plan.rows if row.fate is Fate.REJECT}
    refused = [
        Reject(table.at(row.number), table.sheet, row.number, reasons[table.at(row.number)], row.cells)
        for table, _guesses in source.pairs
        for row in (table.rows if reasons else ())
        if table.at(row.number) in reasons
    ]
    return (*records.rejects, *refused)


def with_mapping(opened: Opened, mapping: Mapping[str, str], order: Order | None) -> Opened:
    """The guesses with a mapping file's words (label to ``customer.name``, or to nothing) and an order of days.

    Raises a KnownError for a label that the file has not.
    """
    labels = list(dict.fromkeys(found.column.label for guesses in opened.guesses for found in guesses))
    for label in mapping:
        if label not in labels:
            raise KnownError(
                _("The file has no column “{label}”.").format(label=label),
                _("There are: {known}.").format(known=", ".join(labels)),
            )
    kept: dict[str, dict[str, object]] = {label: {"target": field} for label, field in mapping.items()}
    guesses = [with_recipe(found, kept, opened.entity) for found in opened.guesses]
    if order:
        guesses = [tuple(replace(one, order=order) for one in found) for found in guesses]
    return replace(opened, guesses=tuple(guesses))
