"""What a list can hold: customers with their contacts, or one other kind of record, a row each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from crm_desktop.core.access import Function, Person
from crm_desktop.core.errors import NoRightError
from crm_desktop.core.i18n import _
from crm_desktop.entities import ALL_ENTITIES, by_key
from crm_desktop.spec import Attr, facts
from importers.guessing import SAMPLE, Guess, guess
from importers.layout import Table
from importers.matching import name_key
from importers.plain import guess_plain, read_plain
from importers.records import Records, read_records

CUSTOMER = "customer"
KINDS = tuple(spec.key for spec in ALL_ENTITIES if spec.importable)
"""Customers first."""

SURE = 0.9
"""A guess from the label, not from the values."""

NAMED_BY = {
    "customer": (
        ("customer", "prospect_name"), ("contact", "name"), ("contact", "last_name"), ("contact", "first_name"),
        ("contact", "people"),
    ),
    "contact": (("contact", "last_name"), ("contact", "first_name")),
    "opportunity": (("opportunity_line", "product"),),
}  # fmt: skip
"""Columns that name a record of a kind where none holds its name: a person without a company is a customer himself, and
an opportunity is called by its product.
"""


def guess_columns(table: Table, kind: str) -> tuple[Guess, ...]:
    """What the columns of a list of this kind mean, in their order."""
    return guess(table) if kind == CUSTOMER else guess_plain(table, kind)


def read_rows(pairs: Iterable[tuple[Table, Sequence[Guess]]], kind: str) -> Records:
    """The records of the tables, before anything is looked up."""
    return read_records(pairs) if kind == CUSTOMER else read_plain(pairs, kind)


def likely_kind(tables: Sequence[Table]) -> str:
    """What the headings of the tables speak of: the kind of which most are fields, customers where several are."""
    beginnings = [replace(table, rows=table.rows[:SAMPLE]) for table in tables]
    return max(KINDS, key=lambda kind: sum(_known(guess_columns(table, kind), kind) for table in beginnings))


def _known(guesses: Sequence[Guess], kind: str) -> int:
    """How many columns are fields by their labels; none where the records could not be named."""
    if missing_field(guesses, kind) is not None:
        return 0
    known = [found.target for found in guesses if found.target and found.score >= SURE]
    return sum(target.kind != "more" for target in known)


def missing_field(guesses: Sequence[Guess], kind: str) -> Attr | None:
    """A field that every record of this kind needs, and no column fills."""
    filled = filled_fields(guesses, kind)
    needed = (attr for attr in by_key(kind).fields.values() if facts(attr).is_required)
    return next((attr for attr in needed if facts(attr).default is None and attr.key not in filled), None)


def filled_fields(guesses: Sequence[Guess], kind: str) -> set[str]:
    """The record's own fields that the columns fill, its name among them however it is put together."""
    filled = {(found.target.entity, found.target.field) for found in guesses if found.target}
    own = {field for entity, field in filled if entity == kind}
    return own if filled.isdisjoint(NAMED_BY.get(kind, ())) else {*own, name_key(by_key(kind))}


def allowed_kinds(person: Person) -> tuple[str, ...]:
    """What this person may import."""
    return tuple(kind for kind in KINDS if person.may_use(Function.IMPORT, kind))


def check_right(person: Person, kind: str) -> None:
    """Raises NoRightError for who may not import this kind."""
    if not person.may_use(Function.IMPORT, kind):
        words = _("You may not import {things}.").format(things=_(by_key(kind).label_plural).lower())
        raise NoRightError(words, _("Ask your administrator for the function “Import”."))
