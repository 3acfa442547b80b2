"""An import from file to result, the same for the wizard and the command line: open, choose, plan, write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from crm_desktop.core.access import Function, Person
from crm_desktop.core.errors import KnownError, NoRightError
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.models import ImportRecipe
from crm_desktop.services.journal import begin_change
from importers.layout import Table, find_tables
from importers.mapping import Guess, fingerprint, guess, recipe, with_recipe
from importers.plan import FILL_IN, Fate, MatchRule, Plan, make_plan
from importers.readers import read_book
from importers.records import Records, Reject
from importers.values.days import Order
from importers.write import Written, foresee, write_plan

ENTITY = "customer"
"""Of each kind that a result tells in words; its JSON has all."""


@dataclass(frozen=True, slots=True)
class Source:
    """The tables of a file that are to come in, with what their columns mean."""

    path: Path
    pairs: tuple[tuple[Table, tuple[Guess, ...]], ...]

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

    def chosen(self, sheet: str | None = None) -> Source:
        """The tables to import: those with a customer's name, of ``sheet`` (``Sheet1``, ``Sheet1!14`` by header row).

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
                return Source(self.path, tuple(pairs))
        pairs = [(table, guesses) for table, guesses in pairs if names_customers(guesses)]
        if not pairs:
            raise KnownError(
                _("No column of the file holds names of customers."),
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
        return Source(self.path, tuple(pairs))


@dataclass(frozen=True, slots=True)
class Result:
    """What an import did, or would do."""

    written: Written
    plan: Plan
    rejects: tuple[Reject, ...]
    mapping: Mapping[str, str]

    @property
    def left_alone(self) -> int:
        """Customers that are there and stay as they are."""
        return self.plan.count(Fate.SKIP) + self.plan.count(Fate.UNCHANGED)

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        none = {"customer": 0, "contact": 0}
        return {
            "change_set": self.written.change_set,
            "created": none | self.written.created,
            "updated": none | self.written.updated,
            "skipped": self.left_alone,
            "rejected": [{"row": r.row, "sheet": r.sheet, "reason": r.reason} for r in self.rejects],
            "warnings": [{"at": row.at, "text": text} for row in self.plan.rows for text in row.warnings],
            "mapping": dict(self.mapping),
        }


def names_customers(guesses: Sequence[Guess]) -> bool:
    """Whether a column holds names of customers, or of people who are customers themselves."""
    found = {(g.target.entity, g.target.field) for g in guesses if g.target}
    names = {"name", "prospect_name"}
    return any(field in names for entity, field in found if entity == ENTITY) or not found.isdisjoint(
        {("contact", "name"), ("contact", "last_name"), ("contact", "first_name"), ("contact", "people")}
    )


def open_file(path: Path) -> Opened:
    """Read the file, find its tables, guess their columns. Raises a KnownError for a file that cannot be used."""
    tables = find_tables(read_book(path))
    return Opened(path, tables, tuple(guess(table) for table in tables))


def with_saved_recipes(session: Session, opened: Opened) -> Opened:
    """The guesses with what was chosen the last time for files of the same shape. One statement."""
    shapes = [fingerprint(table) for table in opened.tables]
    rows = session.execute(
        select(ImportRecipe.shape, ImportRecipe.mapping).where(
            ImportRecipe.entity == ENTITY, ImportRecipe.shape.in_(shapes)
        )
    )
    saved: dict[str, Any] = dict(rows.all())
    return replace(
        opened,
        guesses=tuple(
            _as_kept(guesses, saved[shape]) if shape in saved else guesses
            for guesses, shape in zip(opened.guesses, shapes, strict=True)
        ),
    )


def _as_kept(guesses: tuple[Guess, ...], mapping: Any) -> tuple[Guess, ...]:
    """With the saved mapping where it still fits: it may be another version's, or written by hand."""
    try:
        return with_recipe(guesses, mapping)
    except (KnownError, AttributeError, TypeError, ValueError):
        return guesses


def save_recipes(session: Session, source: Source) -> None:
    """Keep the mapping for the next file of this shape, in a change set of its own: undoing the import leaves it."""
    begin_change(session, "recipe", source.path.name)
    for table, guesses in source.pairs:
        statement = insert(ImportRecipe).values(
            entity=ENTITY, shape=fingerprint(table), name=source.path.name, mapping=recipe(guesses)
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[ImportRecipe.entity, ImportRecipe.shape],
                set_={"mapping": statement.excluded.mapping, "name": statement.excluded.name},
            )
        )


def plan_import(
    session: Session, person: Person, records: Records, rule: MatchRule = FILL_IN, progress: Progress | None = None
) -> Plan:
    """What would become of every record. Raises NoRightError for who may not import."""
    if not person.may_use(Function.IMPORT, ENTITY):
        raise NoRightError(_("You may not import customers."), _("Ask your administrator for the function “Import”."))
    return make_plan(session, person, records.records, rule, progress)


def import_records(
    session: Session,
    person: Person,
    records: Records,
    source: Source,
    rule: MatchRule = FILL_IN,
    progress: Progress | None = None,
) -> Result:
    """Plan again in this transaction, since others work on, and write. All or nothing."""
    plan = plan_import(session, person, records, rule, progress)
    written = write_plan(session, plan, source.path.name, progress)
    if written.change_set is not None and person.may("create", "import_recipe"):
        save_recipes(session, source)
    return Result(written, plan, tuple(records.rejects), source.mapping)


def rehearse(
    session: Session,
    person: Person,
    records: Records,
    source: Source,
    rule: MatchRule = FILL_IN,
    progress: Progress | None = None,
) -> Result:
    """What ``import_records`` would do. Writes nothing."""
    plan = plan_import(session, person, records, rule, progress)
    return Result(foresee(plan), plan, tuple(records.rejects), source.mapping)


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
    guesses = [with_recipe(found, kept) for found in opened.guesses]
    if order:
        guesses = [tuple(replace(one, order=order) for one in found) for found in guesses]
    return replace(opened, guesses=tuple(guesses))
