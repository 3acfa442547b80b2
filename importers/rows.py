"""One row of a table to values, by the meaning of its columns. Rows are not compared with each other here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from crm_desktop.core.i18n import N_, _
from importers.layout import Table, TableRow
from importers.mapping import Guess
from importers.readers import Cell
from importers.values import cells, days, money, people, phones, regions
from importers.values.cells import UnreadableError
from importers.values.people import Person

LIFE_CYCLES = {
    "准客户": "潜在",
    "潜在客户": "潜在",
    "意向客户": "潜在",
    "潜在": "潜在",
    "客户": "交易",
    "成交客户": "交易",
    "正式客户": "交易",
    "老客户": "交易",
    "新客户": "交易",
    "交易": "交易",
}
"""Words of lists for the stages that the program knows."""

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
    "region": N_("no known place"),
    "email": N_("no e-mail address"),
    "email_and_website": N_("no e-mail address"),
}

PARSERS: dict[str, Callable[[Cell, Guess], object]] = {
    "text": lambda cell, _guess: cells.line(cell),
    "person": lambda cell, _guess: cells.line(cell),
    "code": lambda cell, _guess: cells.code(cell),
    "level": lambda cell, _guess: cells.level(cell),
    "address": lambda cell, _guess: regions.address(cell),
    "website": lambda cell, _guess: cells.website(cell),
    "email": lambda cell, _guess: cells.email(cell),
    "region": lambda cell, _guess: regions.region(cell),
    "number": lambda cell, _guess: money.number(cell),
    "money": lambda cell, guess: money.money(cell, guess.unit),
    "day": lambda cell, guess: days.day(cell, guess.order),
    "year": lambda cell, _guess: days.year(cell),
    "birthday": lambda cell, guess: days.birthday(cell, guess.order),
    "life_cycle": lambda cell, _guess: LIFE_CYCLES.get(cells.plain(cell), cells.line(cell)),
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
class _Contact:
    """The cells of a row that tell of one contact, or of several side by side."""

    names: list[str] = field(default_factory=list)
    titles: Cell = None
    family_name: str = ""
    given_name: str = ""
    numbers: list[list[str]] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)


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


@dataclass(slots=True)
class _Draft:
    """A row while its cells are read from left to right."""

    result: RowValues
    place: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    contacts: dict[int, _Contact] = field(default_factory=dict)
    persons: list[Person] = field(default_factory=list)
    phone_type: str = ""

    def contact(self, guess: Guess) -> _Contact:
        return self.contacts.setdefault(guess.person, _Contact())

    def add_phones(self, numbers: list[str]) -> None:
        known = self.result.values.setdefault("phones", [])
        assert isinstance(known, list)
        known += [number for number in numbers if number not in known]


class RowReader:
    """Reads the rows of one table by the guesses for its columns."""

    def __init__(self, table: Table, guesses: Sequence[Guess]) -> None:
        self._table = table
        self._columns = [(guess.column.index, guess, _filler(guess)) for guess in guesses if guess.target]
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
        draft = _Draft(RowValues(labels=self._labels, is_continuation=bool(self._name_columns & row.merged)))
        result = draft.result
        for index, guess, fill in self._columns:
            cell = row.cells[index] if index < len(row.cells) else None
            if cell is None or (result.is_continuation and index in row.merged):
                continue
            try:
                fill(draft, guess, cell)
            except UnreadableError:
                result.warnings.append(self._warning(row, guess, cell))
        _finish(draft)
        return result

    def _warning(self, row: TableRow, guess: Guess, cell: Cell) -> CellWarning:
        kind = guess.target.kind if guess.target else ""
        at = self._table.at(row.number)
        return CellWarning(at, guess.column.label, cells.plain(cell), _(UNREADABLE.get(kind, N_("not readable"))))


Filler = Callable[[_Draft, Guess, Cell], None]


def _filler(guess: Guess) -> Filler:
    """The function that puts a cell of the column where it belongs."""
    assert guess.target
    if guess.target.kind in {"more", "note"}:
        return _fill_more if guess.target.kind == "more" else _fill_remark
    if guess.target.entity == "contact":
        return _CONTACT_FILLERS.get(guess.target.field, _fill_contact)
    return _CUSTOMER_FILLERS.get(guess.target.field, _fill_customer)


def _fill_customer(draft: _Draft, guess: Guess, cell: Cell) -> None:
    assert guess.target
    value = PARSERS[guess.target.kind](cell, guess)
    if value is not None:
        draft.result.values[guess.target.field] = value
        draft.result.has_customer = draft.result.has_customer or guess.target.field not in {"name", "region"}


def _fill_prospect(draft: _Draft, _guess: Guess, cell: Cell) -> None:
    name = cells.line(cell)
    if name:
        draft.result.values.setdefault("name", name)
        draft.result.values.setdefault("life_cycle", LIFE_CYCLES["准客户"])


def _fill_place(draft: _Draft, guess: Guess, cell: Cell) -> None:
    assert guess.target
    draft.place[guess.target.field] = cells.line(cell) or ""


def _fill_phones(draft: _Draft, guess: Guess, cell: Cell) -> None:
    numbers, rest = phones.split(cell)
    if numbers:
        draft.add_phones(numbers)
        draft.result.has_customer = True
    _keep_rest(draft, guess, rest)


def _fill_fax(draft: _Draft, _guess: Guess, cell: Cell) -> None:
    numbers = phones.phones(cell)
    if numbers:
        draft.result.values["fax"] = " / ".join(numbers)


def _fill_email_and_website(draft: _Draft, _guess: Guess, cell: Cell) -> None:
    mail, site = cells.email_and_website(cell)
    for name, value in (("email", mail), ("website", site)):
        if value:
            draft.result.values.setdefault(name, value)
            draft.result.has_customer = True


def _fill_remark(draft: _Draft, _guess: Guess, cell: Cell) -> None:
    text = cells.text(cell)
    if text and text not in draft.remarks:
        draft.remarks.append(text)


def _fill_more(draft: _Draft, guess: Guess, cell: Cell) -> None:
    text = cells.text(cell)
    if text:
        draft.result.extra.append((guess.column.label, text))


def _fill_contact(draft: _Draft, guess: Guess, cell: Cell) -> None:
    assert guess.target
    value = PARSERS[guess.target.kind](cell, guess)
    if value is not None:
        draft.contact(guess).values[guess.target.field] = value


def _fill_names(draft: _Draft, guess: Guess, cell: Cell) -> None:
    draft.contact(guess).names += people.names(cell)


def _fill_family_name(draft: _Draft, guess: Guess, cell: Cell) -> None:
    draft.contact(guess).family_name = cells.line(cell) or ""


def _fill_given_name(draft: _Draft, guess: Guess, cell: Cell) -> None:
    draft.contact(guess).given_name = cells.line(cell) or ""


def _fill_titles(draft: _Draft, guess: Guess, cell: Cell) -> None:
    draft.contact(guess).titles = cell


def _fill_people(draft: _Draft, _guess: Guess, cell: Cell) -> None:
    found, loose = people.people(cell)
    draft.persons += found
    if loose:
        draft.add_phones(loose)


def _fill_phone_type(draft: _Draft, _guess: Guess, cell: Cell) -> None:
    draft.phone_type = cells.plain(cell).casefold()


def _fill_contact_phones(draft: _Draft, guess: Guess, cell: Cell) -> None:
    kind, draft.phone_type = draft.phone_type, ""
    if "fax" in kind or "传真" in kind:
        _fill_fax(draft, guess, cell)
    elif kind == "main":
        _fill_phones(draft, guess, cell)
    else:
        numbers, rest = phones.split(cell)
        draft.contact(guess).numbers.append(numbers)
        _keep_rest(draft, guess, rest)


def _fill_contact_fax(draft: _Draft, guess: Guess, cell: Cell) -> None:
    numbers = phones.phones(cell)
    if numbers:
        draft.contact(guess).values["fax"] = " / ".join(numbers)


def _keep_rest(draft: _Draft, guess: Guess, rest: str) -> None:
    """Words beside telephone numbers are not lost."""
    if any(letter.isalpha() for letter in rest):
        draft.result.extra.append((guess.column.label, rest))


_CUSTOMER_FILLERS: dict[str, Filler] = {
    "prospect_name": _fill_prospect,
    "phones": _fill_phones,
    "fax": _fill_fax,
    "email_and_website": _fill_email_and_website,
    "country": _fill_place,
    "province": _fill_place,
    "city": _fill_place,
    "district": _fill_place,
}
_CONTACT_FILLERS: dict[str, Filler] = {
    "name": _fill_names,
    "last_name": _fill_family_name,
    "first_name": _fill_given_name,
    "title": _fill_titles,
    "people": _fill_people,
    "phones": _fill_contact_phones,
    "phone_type": _fill_phone_type,
    "fax": _fill_contact_fax,
}


def _finish(draft: _Draft) -> None:
    """Put together what several cells say: the place, the remark, the contacts."""
    result = draft.result
    if draft.place:
        place = (draft.place.get(part, "") for part in ("country", "province", "city", "district"))
        region = regions.region_of(*place)
        if region:
            result.values["region"] = region
    if draft.remarks:
        result.values["remark"] = "\n".join(draft.remarks)
    for number in sorted(draft.contacts):
        result.contacts += _contacts(draft, draft.contacts[number])
    result.contacts += [
        _filled({"name": person.name, "title": person.title, "phones": person.phones}) for person in draft.persons
    ]


def _contacts(draft: _Draft, contact: _Contact) -> list[dict[str, object]]:
    """The contacts of a row's cells. Names, positions and numbers that stand side by side go together in order."""
    if not contact.names:
        full_name = _full_name(contact.family_name, contact.given_name)
        contact.names = [full_name] if full_name else []
    found = [people.person(name) for name in contact.names]
    titles = people.names(contact.titles) if len(found) > 1 else [cells.line(contact.titles) or ""]
    for person, title in zip(found, titles, strict=False):
        person.title = title or person.title
    for numbers in contact.numbers:
        if len(numbers) == len(found):
            for person, number in zip(found, numbers, strict=True):
                person.phones.append(number)
        elif found:
            found[0].phones += [number for number in numbers if number not in found[0].phones]
        elif numbers:
            draft.add_phones(numbers)
    contacts = [_filled({"name": person.name, "title": person.title, "phones": person.phones}) for person in found]
    if contacts:
        contacts[0] |= contact.values
    elif contact.values.get("email"):
        draft.result.values.setdefault("email", contact.values["email"])
    return contacts


def _full_name(family_name: str, given_name: str) -> str:
    """Family name first in Chinese, last in other scripts."""
    if (family_name + given_name).isascii():
        return f"{given_name} {family_name}".strip()
    return family_name + given_name


def _filled(values: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value}
