"""Tables of Word documents (docx). A list becomes a sheet; forms of one customer each become one sheet together."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import docx
from docx.table import Table
from docx.text.paragraph import Paragraph

from crm_desktop.core.i18n import _
from importers.readers.book import Merge, Row, Sheet, check_area, damaged
from importers.readers.forms import as_sheet, is_form, read_form


def read(data: bytes) -> tuple[Sheet, ...]:
    """The tables of the document, in its order; the forms last."""
    try:
        document = docx.Document(io.BytesIO(data))
        tables = list(_tables(document))
    except Exception as error:  # whatever lxml and docx raise: the package is whole, so it is the document's fault
        raise damaged() from error
    forms = [form for grid, above in tables if is_form(grid.rows) and (form := read_form(grid.rows, above)).values]
    lists = [grid for grid, _above in tables if not is_form(grid.rows)]
    if len(lists) > 1:
        lists = [
            Sheet(_("Table {number}").format(number=n), grid.rows, grid.merges) for n, grid in enumerate(lists, start=1)
        ]
    return (*lists, *((as_sheet(forms, _("Forms") if lists else ""),) if forms else ()))


def _tables(document: Any) -> Iterator[tuple[Sheet, str]]:
    """Each table with the text between it and the one before."""
    above: list[str] = []
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            above.append(block.text)
        elif isinstance(block, Table):
            yield _grid(block), "\n".join(above)
            above = []


def _grid(table: Table) -> Sheet:
    """A cell that is merged has its text at its first place, and blanks at the others."""
    rows: list[Row] = []
    areas: dict[Any, list[int]] = {}  # top, left, bottom, right by cell
    for number, row in enumerate(table.rows):
        cells: Row = [None] * row.grid_cols_before
        for cell in row.cells:
            area = areas.setdefault(cell._tc, [number, len(cells), number, len(cells)])  # noqa: SLF001 - what tells merged cells
            area[2], area[3] = number, max(area[3], len(cells))
            is_first = area[:2] == [number, len(cells)]
            cells.append((cell.text.strip() or None) if is_first else None)
        rows.append(cells)
        check_area("", len(rows), len(cells))
    merges: list[Merge] = [
        ((top, left), (low, right)) for top, left, low, right in areas.values() if (top, left) != (low, right)
    ]
    return Sheet("", rows, tuple(merges))
