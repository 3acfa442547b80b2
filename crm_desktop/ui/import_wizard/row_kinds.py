"""What the rows of a sheet are, for the grid of the first step: titles, headings, totals, second contacts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from crm_desktop.core.i18n import N_
from crm_desktop.ui.widgets.chip import Tone
from importers import layout
from importers.layout import Table
from importers.records import Records


@dataclass(frozen=True, slots=True)
class RowKind:
    """A word for the row, its colour, and a sentence on what becomes of it; texts are marked with ``N_``."""

    word: str
    tone: Tone
    why: str


RECORD = RowKind(N_("record"), "good", N_("A record of its own."))
HEADING = RowKind(N_("headings"), "accent", N_("Names the columns."))
FURTHER = RowKind(N_("further contact"), "good", N_("Belongs to the customer above and adds a contact to it."))
NOT_USABLE = RowKind(N_("not usable"), "bad", N_("Does not say what it is about; it comes back to you."))
OTHER = RowKind(N_("other table"), "neutral", N_("Belongs to another table of this sheet, which is not imported."))
UNDECIDED = RowKind(N_("undecided"), "neutral", N_("Say above which table is meant."))
TITLE = RowKind(N_("title"), "violet", N_("Stands above the table; left out."))
REPEATED = RowKind(N_("repeated headings"), "neutral", N_("The headings once more; left out."))
TOTAL = RowKind(N_("total"), "warn", N_("A sum of the rows above; left out."))
REMARK = RowKind(N_("remark"), "neutral", N_("A note below the table; left out."))
ALL_KINDS = (RECORD, FURTHER, NOT_USABLE, HEADING, TITLE, REPEATED, TOTAL, REMARK, UNDECIDED, OTHER)
IGNORED = {layout.TITLE: TITLE, layout.REPEATED: REPEATED, layout.SUBTOTAL: TOTAL, layout.REMARK: REMARK}


class RowKinds:
    """The kinds of a sheet's rows, by 1-based row number. ``chosen`` is the table that is to come in."""

    def __init__(self, tables: list[Table], chosen: Table | None, records: Records) -> None:
        self._found: dict[int, RowKind] = {}
        self._records: set[int] = set()
        for table in tables:
            if chosen is not None and table is not chosen:
                numbers = [*table.header_rows, *(r.number for r in table.rows), *(r.number for r in table.ignored)]
                self._found.update(dict.fromkeys(numbers, OTHER))
            else:
                self._take(table, records)
                if chosen is None and len(tables) > 1:
                    self._found.update({row.number: UNDECIDED for row in table.rows})

    def _take(self, table: Table, records: Records) -> None:
        self._records.update(row.number for row in table.rows)
        self._found.update({row.number: IGNORED[row.reason] for row in table.ignored})
        self._found.update(dict.fromkeys(table.header_rows, HEADING))
        continued = set(records.continued)
        self._found.update({row.number: FURTHER for row in table.rows if table.at(row.number) in continued})
        rejected = {reject.row for reject in records.rejects if reject.sheet == table.sheet}
        self._found.update({row.number: NOT_USABLE for row in table.rows if row.number in rejected})

    def kind(self, number: int) -> RowKind | None:
        """What a row is; None for a blank one."""
        return self._found.get(number) or (RECORD if number in self._records else None)

    def counts(self) -> Mapping[RowKind, int]:
        """How many rows there are of each kind, records first."""
        counts = Counter(self._found.values())
        counts[RECORD] = len(self._records - self._found.keys())
        return {kind: counts[kind] for kind in ALL_KINDS if counts[kind]}

    def numbers(self, kind: RowKind) -> list[int]:
        """The rows of a kind from top to bottom."""
        if kind is RECORD:
            return sorted(self._records - self._found.keys())
        return sorted(number for number, found in self._found.items() if found is kind)

    def next_row(self, kind: RowKind, after: int) -> int | None:
        """The next row of a kind behind the row ``after``, else the first one."""
        numbers = self.numbers(kind)
        return next((number for number in numbers if number > after), numbers[0] if numbers else None)
