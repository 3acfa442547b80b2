"""Tables of Word documents (docx). A list becomes a sheet; forms of one customer each become one sheet together."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import docx
from docx.table import Table
from docx.text.paragraph import Paragraph

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from importers.readers.book import Merge, Sheet, check_area, damaged
from importers.readers.forms import Texts, as_sheet, is_form, read_form


def read(data: bytes) -> tuple[Sheet, ...]:
    """The tables of the document, in its order; the forms last."""
    try:
        document = docx.Document(io.BytesIO(data))
        tables = [(*_cells(table), above) for table, above in _tables(document)]
    except KnownError:
        raise
    except Exception as error:  # whatever lxml and docx raise: the package is whole, so it is the document's fault
        raise damaged() from error
    lists = [(rows, merges) for rows, merges, _above in tables if not is_form(rows)]
    sheets = [
        Sheet(
            _("Table {number}").format(number=number) if len(lists) > 1 else "",
            [[cell or None for cell in row] for row in rows],
            merges,
        )
        for number, (rows, merges) in enumerate(lists, start=1)
    ]
    forms = [form for rows, _merges, above in tables if is_form(rows) and (form := read_form(rows, above)).values]
    return (*sheets, *([as_sheet(forms, _("Forms") if sheets else "")] if forms else []))


def _tables(document: Any) -> Iterator[tuple[Table, str]]:
    """Each table with the text between it and the one before."""
    above: list[str] = []
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            above.append(block.text)
        elif isinstance(block, Table):
            yield block, "\n".join(above)
            above = []


def _cells(table: Table) -> tuple[list[Texts], tuple[Merge, ...]]:
    """The texts of all cells, a merged one at its first place alone."""
    rows: list[Texts] = []
    areas: dict[Any, list[int]] = {}  # top, left, bottom, right of each cell
    for number, row in enumerate(table.rows):
        cells: list[str | None] = [None] * row.grid_cols_before
        for cell in row.cells:
            place = len(cells)
            area = areas.setdefault(cell._tc, [number, place, number, place])  # noqa: SLF001 - the same where merged
            area[2:] = number, max(area[3], place)
            cells.append(cell.text.strip() if area[:2] == [number, place] else None)
        rows.append(cells)
        check_area("", len(rows), len(cells))
    merges = (((top, left), (low, right)) for top, left, low, right in areas.values() if (top, left) != (low, right))
    return rows, tuple(merges)
