"""Rejected rows back to the user: an Excel file with their cells as they were and the reason, to correct and import."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from crm_desktop.core import excel_text
from crm_desktop.core.errors import KnownError, system_reason
from crm_desktop.core.i18n import _
from importers.layout import Table
from importers.mapping import Guess
from importers.readers import Cell
from importers.records import Reject


def write_rejects(path: Path, pairs: Iterable[tuple[Table, Sequence[Guess]]], rejects: Sequence[Reject]) -> None:
    """One sheet for each table with rejected rows. Text that looks like a formula stays text, in Excel too."""
    book = Workbook(write_only=True)
    for table, _guesses in pairs:
        last_row = table.rows[-1].number if table.rows else 0
        own = [r for r in rejects if r.sheet == table.sheet and table.first_row <= r.row <= last_row]
        if own:
            _write_sheet(book, table, own)
    if not book.worksheets:
        book.create_sheet(_("Rejected rows"))
    try:
        book.save(path)
    except OSError as error:
        raise KnownError(
            _("The file {name} cannot be written: {reason}.").format(name=path.name, reason=system_reason(error)),
            _("Close it in other programs and try again."),
        ) from error


def _write_sheet(book: Workbook, table: Table, rejects: Iterable[Reject]) -> None:
    sheet = book.create_sheet(excel_text.sheet_title(table.sheet) or _("Rejected rows"))
    sheet.freeze_panes = "A2"
    titles = [*(column.label for column in table.columns), _("Row in the file"), _("Reason")]
    sheet.append([_cell(sheet, title) for title in titles])
    for reject in rejects:
        cells = [reject.cells[c.index] if c.index < len(reject.cells) else None for c in table.columns]
        beyond = reject.cells[table.columns[-1].index + 1 :]
        sheet.append([_cell(sheet, cell) for cell in (*cells, reject.row, reject.reason, *beyond)])


def _cell(sheet: Any, value: Cell) -> Any:
    """The cell for a value. Long numbers are names of something and would lose digits, so they become text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) >= 10**11:
        value = str(value)
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, excel_text.cell_text(value))
    cell.data_type = "s"
    cell.quotePrefix = excel_text.is_like_formula(value)
    return cell
