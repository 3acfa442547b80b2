"""What every reader returns: sheets of plain cells, as the file has them; nothing is interpreted here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _

Cell = str | int | float | Decimal | bool | datetime | date | time | timedelta | None
Row = list[Cell]
Merge = tuple[tuple[int, int], tuple[int, int]]

LARGEST_AREA = 20_000_000
"""Cells of the rectangle around the content of a sheet; more than this would take gigabytes to hold."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One grid. Blank cells are None. ``merges`` are ((top, left), (bottom, right)), 0-based, both ends within."""

    name: str
    rows: list[Row]
    merges: tuple[Merge, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """A file that was read. A text file is one sheet without a name."""

    path: Path
    sheets: tuple[Sheet, ...]


def damaged() -> KnownError:
    """The error for a file whose structure is broken."""
    return KnownError(_("The file is incomplete or damaged."), _("Open it in the office program and save it again."))


def not_a_table_file() -> KnownError:
    """The error for a file of a kind that holds no tables, whatever its name says."""
    return KnownError(
        _("This is not an Excel, CSV or text file."), _("Save the sheet as xlsx or csv and import that file.")
    )


def check_area(sheet: str, last_row: int, last_column: int) -> None:
    """Refuse a sheet whose content (1-based corner) is spread so far that the grid would not fit in memory."""
    if last_row * last_column > LARGEST_AREA:
        raise KnownError(
            _("Sheet {sheet} has content far outside its table (as far as row {row}, column {column}).").format(
                sheet=sheet, row=last_row, column=last_column
            ),
            _("Delete the rows and columns behind the table and save the file again."),
        )
