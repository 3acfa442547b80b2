"""The tables of a file to records: one for each company, with its people; rows that are none are rejected."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crm_desktop.core.i18n import _
from crm_desktop.core.names import name_core
from importers.labels import label_key
from importers.layout import Table, TableRow
from importers.mapping import Guess
from importers.readers import Row
from importers.rows import CellWarning, RowReader, RowValues
from importers.values.cells import folded

SERIAL = frozenset(("序号", "序", "行号", "no", "id", "sn"))
"""Labels of counters: a row that continues the one above has no number of its own."""

HABIT = 0.01
"""Share of nameless rows with a person from which they are taken for second contacts of the company above."""

FEWEST = 3
INDIVIDUAL = "个人客户"

cached_core = functools.lru_cache(maxsize=20_000)(name_core)


@dataclass(slots=True)
class Record:
    """One record. ``at`` names its first row, ``sources`` all rows that speak of it, ``part_rows`` the row of each
    of its ``parts``: contacts of a customer, the product of an opportunity. ``values`` are by field key; the remark
    holds ``extra`` too, a line for each column without a field.
    """

    at: str
    row: int
    values: dict[str, object]
    parts: list[dict[str, object]]
    warnings: list[str]
    extra: list[tuple[str, str]] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    part_rows: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that cannot come in, with its cells as they are in the file."""

    at: str
    sheet: str
    row: int
    reason: str
    cells: Row


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row that repeats a customer, or a person, of the row ``of``; what is new in it was added there."""

    at: str
    of: str
    name: str


@dataclass(slots=True)
class Records:
    """All that the tables of a file hold."""

    records: list[Record] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    continued: list[str] = field(default_factory=list)
    warnings: list[CellWarning] = field(default_factory=list)


def read_records(tables: Iterable[tuple[Table, Sequence[Guess]]]) -> Records:
    """The records of all tables, in order of their first rows. Companies are told by ``name_core``."""
    collector = _Collector()
    for table, guesses in tables:
        collector.read(table, guesses)
    for record in collector.found.records:
        _finish(record)
    return collector.found


class _Collector:
    """Takes up row after row; knows all companies so far."""

    def __init__(self) -> None:
        self.found = Records()
        self._by_core: dict[str, Record] = {}

    def read(self, table: Table, guesses: Sequence[Guess]) -> None:
        reader = RowReader(table, guesses)
        rows = [(row, reader.read(row)) for row in table.rows]
        has_habit = _has_habit(rows)
        serials = [column.index for column in table.columns if label_key(column.name) in SERIAL]
        is_contact_list = _is_contact_list(guesses)
        last: Record | None = None
        for row, read in rows:
            at = table.at(row.number)
            if any(cell is not None for cell in row.cells[table.width :]):
                reason = _("{count} columns instead of {width}").format(count=len(row.cells), width=table.width)
                self._reject(table, row, reason)
            elif "name" in read.values:
                last = self._take(read, at, row.number, is_contact_list=is_contact_list)
            elif is_contact_list:
                if read.contacts:
                    self._take(_as_individual(read), at, row.number, is_contact_list=True)
                elif _says_something(read):
                    self._reject(table, row, _("neither a person nor a company"))
            elif last and _continues(row, read, serials, has_habit=has_habit):
                self.found.continued.append(at)
                self._add(last, read, at)
            elif _says_something(read):
                self._reject(table, row, _("no customer name"))

    def _reject(self, table: Table, row: TableRow, reason: str) -> None:
        self.found.rejects.append(Reject(table.at(row.number), table.sheet, row.number, reason, row.cells))

    def _take(self, read: RowValues, at: str, number: int, *, is_contact_list: bool) -> Record:
        """A new record, or the one of the same company with what the row adds."""
        core = cached_core(str(read.values["name"]))
        known = self._by_core.get(core)
        if known is not None and (read.values.get("type") != INDIVIDUAL or _share_phone(known, read)):
            people = {_key(contact) for contact in known.parts}
            if not is_contact_list or any(_key(contact) in people for contact in read.contacts):
                self.found.duplicates.append(Duplicate(at, known.at, str(read.values["name"])))
            self._add(known, read, at)
            return known
        record = Record(at, number, read.values, [], [], read.extra, [at])
        self._by_core.setdefault(core, record)
        self.found.records.append(record)
        self._add_people(record, read, at)
        return record

    def _add(self, record: Record, read: RowValues, at: str) -> None:
        """What the row adds to a record that is there."""
        record.sources.append(at)
        record.extra += read.extra
        for name, value in read.values.items():
            if name not in record.values:
                record.values[name] = value
            elif name in read.labels:
                record.extra += _news(read.labels[name], value, record.values[name])
        self._add_people(record, read, at)

    def _add_people(self, record: Record, read: RowValues, at: str) -> None:
        self.found.warnings += read.warnings
        record.warnings += map(str, read.warnings)
        for contact in read.contacts:
            _add_contact(record, contact, at)


def _add_contact(record: Record, contact: dict[str, object], at: str) -> None:
    """Contacts of one name are one person: what is empty is filled, further telephone numbers are added."""
    known = next((own for own in record.parts if _key(own) == _key(contact)), None)
    if known is None:
        record.parts.append(contact)
        record.part_rows.append(at)
        return
    for name, value in contact.items():
        before = known.setdefault(name, value)
        if isinstance(before, list) and isinstance(value, list):
            before += [number for number in value if number not in before]


def _news(label: str, value: object, before: object) -> list[tuple[str, str]]:
    """What a later row says otherwise than the first, for the remark: nothing that somebody wrote is lost."""
    if isinstance(value, list) and isinstance(before, list):
        value = ", ".join(number for number in value if number not in before)
    is_new = value and "".join(folded(str(value)).split()) not in "".join(folded(str(before)).split())
    return [(label, str(value))] if is_new else []


def _key(contact: dict[str, object]) -> str:
    return "".join(str(contact.get("name", "")).casefold().split())


def _share_phone(record: Record, read: RowValues) -> bool:
    def numbers(values: dict[str, object], contacts: list[dict[str, object]]) -> set[object]:
        lists = [values.get("phones"), *(contact.get("phones") for contact in contacts)]
        return {number for some in lists if isinstance(some, list) for number in some}

    one, other = numbers(record.values, record.parts), numbers(read.values, read.contacts)
    return bool(one & other) or not one or not other


def _as_individual(read: RowValues) -> RowValues:
    """A person without a company is a customer of his own."""
    read.values["name"] = read.contacts[0]["name"]
    read.values["type"] = INDIVIDUAL
    return read


def _is_contact_list(guesses: Sequence[Guess]) -> bool:
    """An address book of people, each with his company, not a list of companies, each with its people."""
    fields = [(guess.target.entity, guess.target.field) for guess in guesses if guess.target]
    if {("contact", "first_name"), ("contact", "last_name"), ("contact", "phone_type")} & set(fields):
        return True
    companies = [place for place, name in enumerate(fields) if name[0] == "customer" and name[1] in NAMES]
    people = [place for place, name in enumerate(fields) if name == ("contact", "name")]
    return bool(people) and (not companies or people[0] < companies[0])


NAMES = ("name", "prospect_name")


def _has_habit(rows: list[tuple[TableRow, RowValues]]) -> bool:
    """Whether second contacts without the company's name are usual in the table."""
    nameless = sum("name" not in read.values and bool(read.contacts) and not read.has_customer for _row, read in rows)
    return nameless >= max(FEWEST, HABIT * len(rows))


def _continues(row: TableRow, read: RowValues, serials: list[int], *, has_habit: bool) -> bool:
    """Whether the row is about another contact of the company above."""
    if read.is_continuation:
        return True
    if read.has_customer or not read.contacts:
        return False
    has_serial = any(index < len(row.cells) and row.cells[index] is not None for index in serials)
    return not has_serial and (bool(serials) or has_habit)


def _says_something(read: RowValues) -> bool:
    return bool(read.values.keys() - {"region"} or read.contacts or read.extra or read.warnings)


def _finish(record: Record) -> None:
    if record.parts:
        record.parts[0]["is_main"] = True
    lines = [str(record.values["remark"])] if record.values.get("remark") else []
    lines += dict.fromkeys(_("{label}: {text}").format(label=label, text=text) for label, text in record.extra)
    if lines:
        record.values["remark"] = "\n".join(lines)
