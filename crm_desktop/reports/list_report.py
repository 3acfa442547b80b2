"""Any list as a PDF: what the screen shows, on as many pages as it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from reportlab.lib.pagesizes import A4

from crm_desktop.core.i18n import _, ngettext
from crm_desktop.core.progress import Step
from crm_desktop.reports.destination import writing
from crm_desktop.reports.engine import MARGIN, MUTED, Letterhead, Sheet
from crm_desktop.reports.fonts import MEDIUM, REGULAR
from crm_desktop.reports.table import GAP, Column, Extent, Group, Head, Row, Table, measure, share

_PORTRAIT, _LANDSCAPE = A4[0] - 2 * MARGIN, A4[1] - 2 * MARGIN
_SIZES = ((False, 9.0), (False, 8.5), (True, 9.0), (True, 8.5), (True, 8.0), (True, 7.5))
"""Tried in this order until all columns are at ease; smaller type is no pleasure to read on paper."""
_SMALLEST, _STRIP_SIZE = 7.0, 8.0
_KEPT = 2
"""Columns repeated on every strip when a list is wider than the paper."""
_STEP = 200
"""Rows between two calls of ``progress``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReport:
    """A list as it is to be printed: cells formatted, in the order of the columns. ``subtitle`` tells view and filters;
    ``totals`` has one text per column, empty where nothing is summed.
    """

    letterhead: Letterhead
    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Row | Group]
    subtitle: str = ""
    totals: Row = ()
    note: str | None = None
    """Right of the title; without it how many rows there are."""
    above: Callable[[Sheet], None] | None = None
    """Draws what stands above the rows, and moves the cursor below it."""


@dataclass(frozen=True, slots=True)
class _Plan:
    is_landscape: bool
    size: float
    strips: list[list[int]]


def list_pdf(target: Path | BinaryIO, report: ListReport, progress: Step | None = None) -> int:
    """Write the list to ``target``; the number of pages. Raises `KnownError` when the file cannot be written."""
    rows = list(report.rows)
    extents = measure(report.columns, [*rows, report.totals] if report.totals else rows)
    plan = _plan(extents)
    with writing(target) as stream:
        sheet = Sheet(stream, report.letterhead, report.title, is_landscape=plan.is_landscape)
        count = sum(not isinstance(row, Group) for row in rows)
        records = ngettext("{count} record", "{count} records", count).format(count=f"{count:,}")
        sheet.head(report.subtitle, records if report.note is None else report.note)
        if report.above is not None:
            report.above(sheet)
        done = _counter(progress, len(rows) * len(plan.strips))
        for number, strip in enumerate(plan.strips):
            if number:
                sheet.next_page()
            if len(plan.strips) > 1:
                _draw_strip_note(sheet, number + 1, len(plan.strips))
            widths = share([extents[i] for i in strip], sheet.right - sheet.left, plan.size)
            table = Table(sheet, [report.columns[i] for i in strip], widths, plan.size)
            _draw(table, rows, report.totals, strip, done)
        return sheet.close()


def _plan(extents: list[Extent]) -> _Plan:
    """The largest type on the smallest paper that suits all columns, else strips of columns."""
    everything = list(range(len(extents)))
    for is_landscape, size in _SIZES:
        if _needed([e.comfort for e in extents]) * size <= (_LANDSCAPE if is_landscape else _PORTRAIT):
            return _Plan(is_landscape, size, [everything])
    if _needed([e.least for e in extents]) * _SMALLEST <= _LANDSCAPE:
        return _Plan(True, _SMALLEST, [everything])
    strips = _strips(extents, _LANDSCAPE / _STRIP_SIZE)
    return _Plan(True, _STRIP_SIZE, _balanced(extents, strips, _LANDSCAPE / _STRIP_SIZE))


def _needed(widths: list[float]) -> float:
    return sum(widths) + GAP * (len(widths) - 1)


def _strips(extents: list[Extent], room: float) -> list[list[int]]:
    """Column numbers of each strip; the first columns stand in all of them, so that one knows whose row it is."""
    kept = list(range(_KEPT))
    strips = [kept]
    for number in range(_KEPT, len(extents)):
        wider = [*strips[-1], number]
        if _needed([extents[i].comfort for i in wider]) <= room or strips[-1] == kept:
            strips[-1] = wider
        else:
            strips.append([*kept, number])
    return strips


def _balanced(extents: list[Extent], strips: list[list[int]], room: float) -> list[list[int]]:
    """As many strips as ``strips``, but of similar width, so that the last one is no lonely column."""
    while len(narrower := _strips(extents, room := room * 0.97)) == len(strips):
        strips = narrower
    return strips


def _draw_strip_note(sheet: Sheet, number: int, count: int) -> None:
    note = _("Part {number} of {count}: more columns of the same rows").format(number=number, count=count)
    sheet.paragraph(note, size=8, colour=MUTED)
    sheet.y -= 3


def _draw(table: Table, rows: list[Row | Group], totals: Row, strip: list[int], done: Iterator[None]) -> None:
    table.header()
    for row in rows:
        if isinstance(row, Group):
            table.group(row)
        else:
            table.row(tuple(row[i] for i in strip), MEDIUM if isinstance(row, Head) else REGULAR)
        next(done)
    if not rows:
        sheet = table.sheet
        middle = (sheet.left + sheet.right) / 2
        sheet.text(middle, sheet.y - 34, _("Nothing matches this filter."), colour=MUTED, align="center")
    elif totals:
        table.totals(tuple(totals[i] for i in strip))


def _counter(progress: Step | None, total: int) -> Iterator[None]:
    """One step a row; tells ``progress`` now and then."""
    done = 0
    while True:
        if progress and done % _STEP == 0:
            progress(done, total)
        done += 1
        yield
