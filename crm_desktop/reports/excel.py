"""Lists as files for Excel and other programs: xlsx with real numbers and dates, csv that Excel opens without asking.
No cell can become a formula (OWASP, "CSV Injection").
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import errno
import io
import itertools
import math
import os
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias
from zipfile import ZIP_DEFLATED, ZipFile

from lxml.etree import SerialisationError
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from crm_desktop.core import excel_text
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Step
from crm_desktop.reports.destination import writing

Value: TypeAlias = str | int | float | Decimal | datetime.date | datetime.datetime | datetime.time | bool | None

MOST_ROWS = 1_048_576  # of a sheet with its header, by Excel's own limits
_MOST_DIGITS = 15  # of a number; Excel turns the others into zeros
_SAMPLE = 300
_FORMATS = {
    int: "#,##0",
    float: "#,##0.00",
    Decimal: "#,##0.00",
    datetime.date: "yyyy-mm-dd",
    datetime.datetime: "yyyy-mm-dd hh:mm",
    datetime.time: "hh:mm",
}


class Heading(tuple[Value, ...]):
    """A row that heads the rows below it, until the next one; a sheet can fold those away."""

    __slots__ = ()


def write_xlsx(
    path: Path, sheet_title: str, columns: Sequence[str], rows: Iterable[Sequence[Value]], progress: Step | None = None
) -> int:
    """Write one sheet with a frozen header and a filter; the number of rows. Raises `KnownError` when there are more
    rows than a sheet holds or the file cannot be written; the old file is then untouched.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(excel_text.sheet_title(sheet_title) or _("List"))
    stream = iter(rows)
    sample = list(itertools.islice(stream, _SAMPLE))
    for number, width in enumerate(_widths(columns, sample), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    sheet.sheet_properties.outlinePr.summaryBelow = False  # groups are headed, not summed up below
    with writing(path) as target:
        try:
            count = _append(sheet, columns, _counted(itertools.chain(sample, stream), progress))
            if not any(isinstance(row, Heading) for row in sample):  # a filter would tear groups apart
                sheet.auto_filter.ref = f"A1:{get_column_letter(max(1, len(columns)))}{count + 1}"
            sheet.close()
        except BaseException as error:
            with contextlib.suppress(SerialisationError, StopIteration):  # the latter where it has ended before
                sheet.close()  # openpyxl's own file in the temporary folder is to end in order
            if isinstance(error, SerialisationError):  # how lxml says that this folder is full
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
            raise
        with ZipFile(target, "w", ZIP_DEFLATED) as archive:  # openpyxl's own would stay open where the disk is full
            ExcelWriter(book, archive).save()
    return count


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Value]], progress: Step | None = None) -> int:
    """Write comma-separated UTF-8 with the mark by which Excel knows it; the number of rows. Texts that Excel would
    take for a formula begin with an apostrophe. Raises `KnownError` when the file cannot be written.
    """
    count = 0
    with writing(path) as target:
        text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerow([_csv_text(label) for label in columns])
        for row in _counted(rows, progress):
            writer.writerow([_csv_text(value) for value in row])
            count += not isinstance(row, Heading)
        text.flush()
        text.detach()
    return count


def _append(sheet: Any, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> int:
    sheet.append([_heading(sheet, label) for label in columns])
    count = headings = 0
    for line, row in enumerate(rows, 1):
        if line >= MOST_ROWS:
            raise KnownError(
                _("An Excel sheet holds {count} rows at most.").format(count=f"{MOST_ROWS - 1:,}"),
                _("Filter the list, or export it as CSV."),
            )
        if isinstance(row, Heading):
            headings += 1
            sheet.append([_group_cell(sheet, value) for value in row])
        else:
            if headings:
                sheet.row_dimensions[line + 1].outlineLevel = 1
            sheet.append([_cell(sheet, value) for value in row])
            count += 1
    return count


def _counted(rows: Iterable[Sequence[Value]], progress: Step | None) -> Iterator[Sequence[Value]]:
    for done, row in enumerate(rows):
        if progress and done % 1000 == 0:
            progress(done, 0)
        yield row


def _plain(value: Value) -> Value:
    """``value`` as Excel can hold it: times are local and bare, numbers that would lose digits become text."""
    if isinstance(value, datetime.datetime) and value.tzinfo:
        return value.astimezone().replace(tzinfo=None)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int | Decimal) and not _is_exact(Decimal(value)):
        return str(value)
    return value


def _is_exact(number: Decimal) -> bool:
    return number.is_finite() and len(number.normalize().as_tuple().digits) <= _MOST_DIGITS


def _cell(sheet: Any, value: Value) -> Any:
    value = _plain(value)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return _text_cell(sheet, value)
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = _FORMATS[type(value)]
    return cell


def _group_cell(sheet: Any, value: Value) -> Any:
    cell = _cell(sheet, value)
    if cell is not None:
        cell.font = Font(bold=True)
    return cell


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, excel_text.cell_text(text))
    cell.data_type = "s"  # never a formula, whatever it looks like
    if excel_text.is_like_formula(text):
        cell.quotePrefix = True  # nor when somebody edits the cell
    if "\n" in text:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _heading(sheet: Any, label: str) -> Any:
    cell = _text_cell(sheet, label)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="EEF1F4")
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def _widths(columns: Sequence[str], sample: list[Sequence[Value]]) -> list[float]:
    """Width of each column in Excel's unit, the digit: Chinese characters take two."""
    return [
        min(60.0, max(_digits(text) for text in (label, *(_shown(row[number]) for row in sample))) + 3)
        for number, label in enumerate(columns)
    ]


def _shown(value: Value) -> str:
    value = _plain(value)
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, int | float | Decimal):
        return f"{value:,.2f}"
    return "" if value is None else str(value)


def _digits(text: str) -> int:
    return max((sum(2 if c >= "\u2e80" else 1 for c in line) for line in text.splitlines()), default=0)


def _csv_text(value: Value) -> str:
    value = _plain(value)
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if not isinstance(value, str):
        return "" if value is None else str(value)
    text = excel_text.clean(value)
    return "'" + text if excel_text.is_like_formula(text) else text
