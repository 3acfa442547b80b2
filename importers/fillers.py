"""Where the cells of a row go: one small function for each kind of column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from crm_desktop.spec.calendar_kinds import MONTH, YEAR
from importers.guessing import LIFE_CYCLES, Guess
from importers.readers import Cell
from importers.values import cells, days, money, people, phones, regions
from importers.values.people import Person

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
    "decimal": lambda cell, _guess: money.money(cell),
    "hours": lambda cell, _guess: money.hours(cell),
    "bool": lambda cell, _guess: cells.yes_or_no(cell),
    "long_text": lambda cell, _guess: cells.text(cell),
    "money": lambda cell, guess: money.money(cell, guess.unit),
    "day": lambda cell, guess: days.day(cell, guess.order),
    "year": lambda cell, _guess: days.year(cell),
    "birthday": lambda cell, guess: days.birthday(cell, guess.order),
    "calendar_year": lambda cell, _guess: cells.of_calendar(cell, YEAR),
    "month": lambda cell, _guess: cells.of_calendar(cell, MONTH),
    "percent": lambda cell, _guess: money.percent(cell),
    "life_cycle": lambda cell, _guess: LIFE_CYCLES.get(cells.plain(cell), cells.line(cell)),
}


@dataclass(slots=True)
class ContactCells:
    """The cells of a row that tell of one contact, or of several side by side."""

    names: list[str] = field(default_factory=list)
    titles: Cell = None
    family_name: str = ""
    given_name: str = ""
    numbers: list[list[str]] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """A row while its cells are read from left to right."""

    values: dict[str, object] = field(default_factory=dict)
    extra: list[tuple[str, str]] = field(default_factory=list)
    place: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    contacts: dict[int, ContactCells] = field(default_factory=dict)
    persons: list[Person] = field(default_factory=list)
    phone_type: str = ""
    has_customer: bool = False

    def contact(self, guess: Guess) -> ContactCells:
        """The cells of the contact to whom the column belongs."""
        found = self.contacts.get(guess.person)
        if found is None:
            found = self.contacts[guess.person] = ContactCells()
        return found

    def add_phones(self, numbers: list[str]) -> None:
        """More telephone numbers of the company."""
        known = self.values.setdefault("phones", [])
        assert isinstance(known, list)
        known += [number for number in numbers if number not in known]


Filler = Callable[[Draft, Guess, Cell], None]


def filler_of(guess: Guess, *, is_plain: bool) -> Filler:
    """The function that puts a cell of the column where it belongs; ``is_plain`` where it tells no people beside."""
    assert guess.target
    if guess.target.kind in {"more", "note"}:
        return _fill_more if guess.target.kind == "more" else _fill_remark
    if guess.target.entity == "contact" and not is_plain:
        return _CONTACT_FILLERS.get(guess.target.field, _fill_contact)
    return _CUSTOMER_FILLERS.get(guess.target.field, _fill_customer)


def _fill_customer(draft: Draft, guess: Guess, cell: Cell) -> None:
    assert guess.target
    value = PARSERS[guess.target.kind](cell, guess)
    if value is not None:
        draft.values[guess.target.field] = value
        draft.has_customer = draft.has_customer or guess.target.field not in {"name", "region"}


def _fill_prospect(draft: Draft, _guess: Guess, cell: Cell) -> None:
    name = cells.line(cell)
    if name:
        draft.values.setdefault("name", name)
        draft.values.setdefault("life_cycle", LIFE_CYCLES["准客户"])


def _fill_place(draft: Draft, guess: Guess, cell: Cell) -> None:
    assert guess.target
    draft.place[guess.target.field] = cells.line(cell) or ""


def _fill_phones(draft: Draft, guess: Guess, cell: Cell) -> None:
    numbers, rest = phones.split(cell)
    if numbers:
        draft.add_phones(numbers)
        draft.has_customer = True
    _keep_rest(draft, guess, rest)


def _fill_fax(draft: Draft, _guess: Guess, cell: Cell) -> None:
    numbers = phones.phones(cell)
    if numbers:
        draft.values["fax"] = " / ".join(numbers)


def _fill_email_and_website(draft: Draft, _guess: Guess, cell: Cell) -> None:
    mail, site = cells.email_and_website(cell)
    for name, value in (("email", mail), ("website", site)):
        if value:
            draft.values.setdefault(name, value)
            draft.has_customer = True


def _fill_remark(draft: Draft, _guess: Guess, cell: Cell) -> None:
    text = cells.text(cell)
    if text and text not in draft.remarks:
        draft.remarks.append(text)


def _fill_more(draft: Draft, guess: Guess, cell: Cell) -> None:
    text = cells.text(cell)
    if text:
        draft.extra.append((guess.column.label, text))


def _fill_contact(draft: Draft, guess: Guess, cell: Cell) -> None:
    assert guess.target
    value = PARSERS[guess.target.kind](cell, guess)
    if value is not None:
        draft.contact(guess).values[guess.target.field] = value


def _fill_names(draft: Draft, guess: Guess, cell: Cell) -> None:
    draft.contact(guess).names += people.names(cell)


def _fill_family_name(draft: Draft, guess: Guess, cell: Cell) -> None:
    draft.contact(guess).family_name = cells.line(cell) or ""


def _fill_given_name(draft: Draft, guess: Guess, cell: Cell) -> None:
    draft.contact(guess).given_name = cells.line(cell) or ""


def _fill_titles(draft: Draft, guess: Guess, cell: Cell) -> None:
    draft.contact(guess).titles = cell


def _fill_people(draft: Draft, _guess: Guess, cell: Cell) -> None:
    found, loose = people.people(cell)
    draft.persons += found
    if loose:
        draft.add_phones(loose)


def _fill_phone_type(draft: Draft, _guess: Guess, cell: Cell) -> None:
    draft.phone_type = cells.plain(cell).casefold()


def _fill_contact_phones(draft: Draft, guess: Guess, cell: Cell) -> None:
    kind, draft.phone_type = draft.phone_type, ""
    if "fax" in kind or "传真" in kind:
        _fill_fax(draft, guess, cell)
    elif kind == "main":
        _fill_phones(draft, guess, cell)
    else:
        numbers, rest = phones.split(cell)
        draft.contact(guess).numbers.append(numbers)
        _keep_rest(draft, guess, rest)


def _fill_contact_fax(draft: Draft, guess: Guess, cell: Cell) -> None:
    numbers = phones.phones(cell)
    if numbers:
        draft.contact(guess).values["fax"] = " / ".join(numbers)


def _keep_rest(draft: Draft, guess: Guess, rest: str) -> None:
    """Words beside telephone numbers are not lost."""
    if any(letter.isalpha() for letter in rest):
        draft.extra.append((guess.column.label, rest))


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
