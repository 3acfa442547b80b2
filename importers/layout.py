"""Find the tables in the sheets of a book: where the header stands, what its columns are called, which rows hold
records and which are titles, repeated headers, totals or remarks. What a column means is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from importers.headers import find_headers
from importers.labels import COMPANY_WORDS, label_key
from importers.readers import Book, Cell, Row, Sheet

TITLE, REPEATED, SUBTOTAL, REMARK = N_("title"), N_("repeated header"), N_("total"), N_("remark")

_TOTAL = re.compile(r"^[^,;]{0,6}(小计|合计|总计|共计)[::]?|^共\d+[户家个条人行笔]|^(sub|grand)?total\b", re.IGNORECASE)


_REMARK_WORDS = re.compile(
    r"备注|注|说明|制表|填表|审核|审批|打印|单位[::]|日期[::]|以上|截[至止]|※|\*|[(\d一二三四五六七八九十]+[)、.]|第.*页|note|remark|printed",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: 0-based place in the sheet, group heading above it (or empty) and its own heading, empty
    where the column has none but is filled.
    """

    index: int
    group: str
    name: str

    @property
    def label(self) -> str:
        """Group and heading as one text; the letter of a column without."""
        if not self.name:
            return _("Column {letter}").format(letter=column_letters(self.index))
        return f"{self.group}/{self.name}" if self.group and self.group != self.name else self.name


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row that holds (part of) a record: its 1-based number, its cells with merged ones filled from the first of
    the merge, and the columns that were filled so because they lie below the first row of a merge.
    """

    number: int
    cells: Row
    merged: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class IgnoredRow:
    """A row that holds no record, and why."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a sheet. Rows are counted from 1, as office programs show them.

    ``width`` is the number of cells of the header: a row of a text with more of them is wrong. ``candidates`` are
    the first header rows of all tables of the sheet: where there are several, the user chooses. ``title`` is what
    stands above the header.
    """

    sheet: str
    header_rows: tuple[int, ...]
    first_row: int
    last_row: int
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    ignored: tuple[IgnoredRow, ...]
    candidates: tuple[int, ...]
    width: int
    title: str = ""

    def at(self, number: int) -> str:
        """How a row of this table is named to the user."""
        return f"{self.sheet}!{number}" if self.sheet else str(number)


def find_tables(book: Book) -> tuple[Table, ...]:
    """All tables of all sheets. A KnownError where there is none, or where the rows do not fit the header."""
    tables = tuple(table for sheet in book.sheets for table in _tables(sheet))
    if not tables:
        raise KnownError(
            _("No table with column headings was found."),
            _("The first row of the table must name its columns, such as customer name and telephone."),
        )
    return tables


def _tables(sheet: Sheet) -> list[Table]:
    headers = find_headers(sheet)
    starts = [header[0] for header in headers]
    if not starts:
        return []
    begins = [0, *(_title_start(sheet, start) for start in starts[1:])]
    ends = [*begins[1:], len(sheet.rows)]
    candidates = tuple(start + 1 for start in starts)
    return [
        _table(sheet, header, begin, end, candidates) for header, begin, end in zip(headers, begins, ends, strict=True)
    ]


def _title_start(sheet: Sheet, header: int) -> int:
    """The first row of the title that stands directly above a further header."""
    start = header
    while start > 0 and sum(cell is not None for cell in sheet.rows[start - 1]) == 1:
        start -= 1
    return start


def _table(sheet: Sheet, header: list[int], begin: int, end: int, candidates: tuple[int, ...]) -> Table:
    columns = tuple(_columns(sheet, header))
    _check_widths(sheet, header[-1], end, columns)
    ignored = [IgnoredRow(number + 1, TITLE) for number in range(begin, header[0]) if _filled(sheet.rows[number])]
    rows: list[TableRow] = []
    merged = _merged_cells(sheet, header[-1] + 1)
    last = header[-1]
    is_over = False
    for number in range(header[-1] + 1, end):
        row = sheet.rows[number]
        filled = _filled(row)
        if not filled:
            continue
        if is_over:
            ignored.append(IgnoredRow(number + 1, REMARK))
        elif any(_repeats(row, sheet.rows[line]) for line in header):
            ignored.append(IgnoredRow(number + 1, REPEATED))
        elif _is_total(row, filled):
            ignored.append(IgnoredRow(number + 1, SUBTOTAL))
            last = number
        elif _is_remark(sheet, number, filled, len(columns)):
            ignored.append(IgnoredRow(number + 1, REMARK))
            is_over = True
        else:
            rows.append(_row(row, number, columns, merged.get(number)))
            last = number
    width = len(sheet.rows[header[0]])
    last_row = _last_row(sheet, rows, ignored, last)
    title = " ".join(str(cell) for number in range(begin, header[0]) for cell in sheet.rows[number] if cell is not None)
    return Table(
        sheet.name,
        tuple(number + 1 for number in header),
        header[-1] + 2,
        last_row,
        _with_unnamed(columns, rows, width),
        tuple(rows),
        tuple(ignored),
        candidates,
        width,
        title,
    )


def _with_unnamed(columns: tuple[Column, ...], rows: list[TableRow], width: int) -> tuple[Column, ...]:
    """The columns, with those that nobody named but that are filled."""
    unnamed = set(range(width)) - {column.index for column in columns}
    used = {index for row in rows for index in unnamed if index < len(row.cells) and row.cells[index] is not None}
    return tuple(sorted([*columns, *(Column(index, "", "") for index in used)], key=lambda column: column.index))


def column_letters(index: int) -> str:
    """``A`` is column 0, ``AA`` column 26."""
    letters = ""
    while index >= 0:
        letters = chr(ord("A") + index % 26) + letters
        index = index // 26 - 1
    return letters


def _filled(row: Row) -> list[int]:
    return [column for column, cell in enumerate(row) if cell is not None]


def _columns(sheet: Sheet, header: list[int]) -> Iterator[Column]:
    """The columns with a label. The heading of a group reaches as far as its merge, or the blanks right of it."""
    upper, lower = sheet.rows[header[0]], sheet.rows[header[-1]]
    if len(header) == 1:
        yield from (Column(index, "", _text(cell)) for index, cell in enumerate(upper) if cell is not None)
        return
    group = ""
    for index in range(max(len(upper), len(lower))):
        over = upper[index] if index < len(upper) else None
        under = lower[index] if index < len(lower) else None
        group = _text(over) if over is not None else group
        if under is not None:
            yield Column(index, group, _text(under))
        elif over is not None:
            yield Column(index, "", _text(over))


def _text(cell: Cell) -> str:
    return "".join(str(cell).split("\n")).strip()


def _merged_cells(sheet: Sheet, first: int) -> dict[int, dict[int, Cell]]:
    """For each row of the body: the columns that lie below the first row of a merge, and the value of that."""
    found: dict[int, dict[int, Cell]] = {}
    for (top, left), (bottom, _right) in sheet.merges:
        if top >= first and bottom > top and left < len(sheet.rows[top]):
            for number in range(top + 1, min(bottom + 1, len(sheet.rows))):
                found.setdefault(number, {})[left] = sheet.rows[top][left]
    return found


def _row(row: Row, number: int, columns: tuple[Column, ...], merged: dict[int, Cell] | None) -> TableRow:
    cells = _recovered(row, len(columns))
    if not merged:
        return TableRow(number + 1, cells)
    cells = [merged.get(index, cell) if cell is None else cell for index, cell in enumerate(cells)]
    return TableRow(number + 1, cells, frozenset(merged))


def _recovered(row: Row, width: int) -> Row:
    """A line that somebody separated by full-width commas is one cell; taken apart where that gives all columns."""
    if len(row) == 1 and isinstance(row[0], str) and row[0].count("，") == width - 1 > 1:
        return [part or None for part in row[0].split("，")]
    return row


def _repeats(row: Row, heading: Row) -> bool:
    """Whether the row is the header once more, as programs print it on every page."""
    first = next(column for column, cell in enumerate(heading) if cell is not None)
    if first >= len(row) or label_key(row[first]) != label_key(heading[first]):
        return False
    return [label_key(cell) for cell in row] == [label_key(cell) for cell in heading]


def _is_total(row: Row, filled: list[int]) -> bool:
    """A sum of the rows above: the first text says so, and what else there is are numbers."""
    first = next((cell for cell in row if isinstance(cell, str)), "")
    return bool(_TOTAL.match("".join(first.split()))) and len(filled) <= max(3, len(row) // 2)


def _is_remark(sheet: Sheet, number: int, filled: list[int], width: int) -> bool:
    """A line of text below the table: alone in its row, like all rows below it. After a blank row anything but the
    name of a company is one, directly below the records only what reads like one.
    """
    row = sheet.rows[number]
    if filled != [0] or width < 3 or not isinstance(row[0], str) or len(row) == 1:  # noqa: PLR2004
        return False
    if any(len(_filled(below)) > 1 for below in sheet.rows[number:]):
        return False
    is_after_blank = not _filled(sheet.rows[number - 1])
    return bool(_REMARK_WORDS.match(row[0].strip())) or (is_after_blank and not COMPANY_WORDS.search(row[0].strip()))


def _last_row(sheet: Sheet, rows: list[TableRow], ignored: list[IgnoredRow], last: int) -> int:
    """The last row before the grand total, else the last that belongs to the table."""
    last_record = rows[-1].number if rows else 0
    totals = [row.number for row in ignored if row.reason == SUBTOTAL and row.number > last_record]
    if totals and (len(totals) > 1 or not _is_subtotal(sheet.rows[totals[-1] - 1])):
        return totals[-1] - 1
    return last + 1


def _is_subtotal(row: Row) -> bool:
    return any(isinstance(cell, str) and "小计" in "".join(cell.split()) for cell in row)


def _check_widths(sheet: Sheet, header: int, end: int, columns: tuple[Column, ...]) -> None:
    """Refuse a text whose rows mostly have another number of fields than the header, some of them more."""
    width = len(sheet.rows[header])
    lengths = [
        (number + 1, len(sheet.rows[number])) for number in range(header + 1, end) if _filled(sheet.rows[number])
    ]
    other = [number for number, length in lengths if length != width]
    if len(other) * 2 > len(lengths) and any(length > width for _number, length in lengths):
        raise KnownError(
            _(
                "The rows do not have the same number of columns; the first that differs from the header is row {row}."
            ).format(row=other[0]),
            _("Text that contains the separator must stand in quotation marks. Export the file again, best as xlsx."),
        )
    if not columns:
        raise KnownError(_("No table with column headings was found."))
