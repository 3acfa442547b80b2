"""Sheets of binary workbooks (xlsb), looked through before calamine reads them. Source: Microsoft's MS-XLSB."""

from __future__ import annotations

from collections.abc import Iterator

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from importers.readers.book import check_area, damaged

ROW = 0
FILLED_CELLS = range(2, 12)
SHORT_CELLS = range(12, 19)
"""Cells that leave out their column; calamine does not know them and would lose them without a word."""


def check_binary_sheet(name: str, content: bytes) -> None:
    """Raise a KnownError unless all cells of the sheet can be read and lie near each other."""
    row = last_row = last_column = 0
    for kind, begin, length in _records(content):
        if kind == ROW:
            row = int.from_bytes(content[begin : begin + 4], "little")
        elif kind in SHORT_CELLS:
            raise KnownError(
                _("Sheet {sheet} is written in a form of xlsb that cannot be read.").format(sheet=name),
                _("Save the sheet as xlsx or csv and import that file."),
            )
        elif kind in FILLED_CELLS and length:
            last_row = row + 1
            last_column = max(last_column, int.from_bytes(content[begin : begin + 4], "little") + 1)
            check_area(name, last_row, last_column)


def _records(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Kind, begin and length of each record: both numbers are written in groups of seven bits."""
    position = 0
    while position < len(content):
        try:
            kind = content[position]
            position += 1
            if kind & 0x80:
                kind = (kind & 0x7F) | (content[position] & 0x7F) << 7
                position += 1
            length = shift = 0
            while True:
                byte = content[position]
                position += 1
                length |= (byte & 0x7F) << shift
                shift += 7
                if not byte & 0x80:
                    break
        except IndexError as error:
            raise damaged() from error
        yield kind, position, length
        position += length
