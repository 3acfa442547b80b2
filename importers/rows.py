"""One row of a table to values, by the meaning of its columns. Rows are not compared with each other here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crm_desktop.core.i18n import N_, _
from importers.fillers import ContactCells, Draft, filler_of
from importers.guessing import Guess
from importers.layout import Table, TableRow
from importers.readers import Cell
from importers.values import cells, people, regions
from importers.values.cells import UnreadableError
from importers.values.people import Person

CONTRADICTED = frozenset(
    ("code", "owner", "phones", "fax", "email", "website", "address", "tax_no", "bank_account", "remark")
)
"""Fields of which a second value is worth a line of the remark."""

UNREADABLE = {
    "phones": N_("no telephone number"),
    "people": N_("no telephone number"),
    "day": N_("no day"),
    "year": N_("no day"),
    "birthday": N_("no day"),
    "money": N_("no amount"),
    "number": N_("no number"),
    "decimal": N_("no number"),
    "hours": N_("no number"),
    "calendar_year": N_("no year"),
    "month": N_("no month"),
    "percent": N_("no percentage"),
    "bool": N_("neither yes nor no"),
    "region": N_("no known place"),
    "email": N_("no e-mail address"),
    "email_and_website": N_("no e-mail address"),
}


@dataclass(frozen=True, slots=True)
class CellWarning:
    """A cell that could not be read; its field stays empty."""

    at: str
    column: str
    text: str
    reason: str

    def __str__(self) -> str:
        return _("{at}, {column}: “{text}” is {reason}; the field stays empty").format(
            at=self.at, column=self.column, text=self.text, reason=self.reason
        )


@dataclass(slots=True)
class RowValues:
    """What a row says. ``has_customer`` is whether it says something of a company beside its name; ``extra`` are the
    cells for which there is no field, with the labels of their columns. ``labels`` are those of the fields that a
    later row of the same company may contradict.
    """

    values: dict[str, object] = field(default_factory=dict)
    contacts: list[dict[str, object]] = field(default_factory=list)
    extra: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[CellWarning] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    has_customer: bool = False
    is_continuation: bool = False


class RowReader:
    """Reads the rows of one table by the guesses for its columns."""

    def __init__(self, table: Table, guesses: Sequence[Guess], *, is_plain: bool = False) -> None:
        self._table = table
        self._columns = [
            (guess.column.index, guess, filler_of(guess, is_plain=is_plain)) for guess in guesses if guess.target
        ]
        self._labels = {
            guess.target.field: guess.column.label
            for guess in guesses
            if guess.target and guess.target.entity == "customer" and guess.target.field in CONTRADICTED
        }
        self._name_columns = {
            guess.column.index
            for guess in guesses
            if guess.target and guess.target.entity == "customer" and guess.target.field in {"name", "prospect_name"}
        }

    def read(self, row: TableRow) -> RowValues:
        """The values of the row. Cells that lie in a merge with the row above belong to that row's record."""
        draft = Draft()
        is_continuation = bool(self._name_columns & row.merged)
        warnings: list[CellWarning] = []
        row_cells, width = row.cells, len(row.cells)
        for index, guess, fill in self._columns:
            cell = row_cells[index] if index < width else None
            if cell is None or (is_continuation and index in row.merged):
                continue
            try:
                fill(draft, guess, cell)
            except UnreadableError:
                warnings.append(self._warning(row, guess, cell))
        contacts = _finish(draft)
        return RowValues(
            draft.values, contacts, draft.extra, warnings, self._labels, draft.has_customer, is_continuation
        )

    def _warning(self, row: TableRow, guess: Guess, cell: Cell) -> CellWarning:
        kind = guess.target.kind if guess.target else ""
        at = self._table.at(row.number)
        return CellWarning(at, guess.column.label, cells.plain(cell), _(UNREADABLE.get(kind, N_("not readable"))))


def _finish(draft: Draft) -> list[dict[str, object]]:
    """Put together what several cells say: the place, the remark, and the contacts, which are returned."""
    if draft.place:
        place = (draft.place.get(part, "") for part in ("country", "province", "city", "district"))
        region = regions.region_of(*place)
        if region:
            draft.values["region"] = region
    if draft.remarks:
        draft.values["remark"] = "\n".join(draft.remarks)
    persons = [person for number in sorted(draft.contacts) for person in _persons(draft, draft.contacts[number])]
    return [*persons, *(_contact(person) for person in draft.persons)]


def _persons(draft: Draft, contact: ContactCells) -> list[dict[str, object]]:
    """The contacts of a row's cells. Names, positions and numbers that stand side by side go together in order."""
    names = contact.names or [full_name(contact.family_name, contact.given_name)]
    found = [people.person(name) for name in names if name]
    title = cells.line(contact.titles)
    if not found and title and any(contact.numbers):
        found = [Person(title)]  # somebody known by his position only
    for person, own_title in zip(found, people.names(contact.titles) if len(found) > 1 else [title], strict=False):
        person.title = own_title or person.title
    for numbers in contact.numbers:
        if len(numbers) == len(found):
            _give(zip(found, numbers, strict=True))
        elif found:
            _give((found[0], number) for number in numbers)
        elif numbers:
            draft.add_phones(numbers)
    if not found and contact.values.get("email"):
        draft.values.setdefault("email", contact.values["email"])
    contacts = list(map(_contact, found))
    if contacts:
        contacts[0] |= contact.values
    return contacts


def _give(pairs: Iterable[tuple[Person, str]]) -> None:
    for person, number in pairs:
        if number not in person.phones:
            person.phones.append(number)


def full_name(family_name: str, given_name: str) -> str:
    """Family name first in Chinese, last in other scripts."""
    if (family_name + given_name).isascii():
        return f"{given_name} {family_name}".strip()
    return family_name + given_name


def _contact(person: Person) -> dict[str, object]:
    values: dict[str, object] = {"name": person.name}
    if person.title and person.title != person.name:
        values["title"] = person.title
    if person.phones:
        values["phones"] = person.phones
    return values
