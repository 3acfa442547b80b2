"""A report as a file: its chart and rows as PDF, its rows as an Excel sheet. Both are made of what the screen shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from reportlab.graphics import renderPDF
from sqlalchemy.orm import Session

from crm_desktop.core.access import Function, Person
from crm_desktop.core.errors import NoRightError
from crm_desktop.core.i18n import _
from crm_desktop.reports import table
from crm_desktop.reports.cards import fetch_letterhead
from crm_desktop.reports.chart import draw_chart
from crm_desktop.reports.engine import Align, Sheet
from crm_desktop.reports.list_report import ListReport, list_pdf
from crm_desktop.services.analysis import FoundReport, ReportRow, dimension_label
from crm_desktop.services.analysis_parameters import parameter_words
from crm_desktop.services.journal import begin_change
from crm_desktop.spec.kinds import RATE
from crm_desktop.spec.report import Measure

if TYPE_CHECKING:
    from crm_desktop.reports.excel import Value

PAPER = {
    "text": "#1B2430",
    "muted": "#5F6B7A",
    "line": "#DDE2E8",
    "accent": "#0F6CBD",
    "good": "#1A7F4B",
    "warn": "#A15C00",
    "bad": "#B42318",
    "violet": "#6941C6",
    "neutral": "#94A0AE",
}
"""The colours of charts on paper."""
_GAP = 14.0
_SCALE = 0.75
"""Print is smaller than what is on the screen."""


def print_report(session: Session, found: FoundReport, person: Person, target: Path | BinaryIO) -> int:
    """Set the report as a PDF; the number of pages. Raises NoRightError without the right to print what it counts."""
    spec = found.spec
    if not person.may_use(Function.PRINT, spec.entity):
        raise NoRightError(_("You have no right to print this list."), _("Ask the administrator if you need it."))
    report = ListReport(
        letterhead=fetch_letterhead(session, person),
        title=_(spec.label),
        subtitle=" · ".join(parameter_words(spec, found.parameters)),
        columns=(
            *(table.Column(dimension_label(spec, one)) for one in found.dimensions),
            *(table.Column(_(one.label), cast("Align", one.kind.align)) for one in found.measures),
        ),
        rows=[(table.Head if row.level < len(found.dimensions) else tuple)(_texts(found, row)) for row in found.rows],
        totals=tuple(_texts(found, found.total)) if found.total is not None else (),
        note="",
        above=lambda sheet: _draw(found, sheet),
    )
    return list_pdf(target, report)


def export_report(session: Session, found: FoundReport, person: Person, target: Path) -> int:
    """Write the report as an Excel sheet, journaled as every export; the number of rows.

    Raises NoRightError without the right to export what it counts, KnownError where the file cannot be written.
    """
    # openpyxl is slow to load; a report is opened without.
    from crm_desktop.reports.excel import Heading, write_xlsx

    spec = found.spec
    if not person.may_use(Function.EXPORT, spec.entity):
        raise NoRightError(_("You have no right to export this list."), _("Ask the administrator if you need it."))
    begin_change(session, "export", f"{_(spec.label)} ({len(found.rows)})", spec.entity)

    def rows() -> Iterator[Sequence[Value]]:
        for row in found.rows:
            values = _values(found, row)
            yield Heading(values) if row.level < len(found.dimensions) else values
        if found.total is not None:
            yield Heading(_values(found, found.total))

    labels = [*(dimension_label(spec, one) for one in found.dimensions), *map(_sheet_label, found.measures)]
    write_xlsx(target, _(spec.label), labels, rows())
    return len(found.rows)


def _sheet_label(measure: Measure) -> str:
    """With the unit, which the numbers of a sheet do not have."""
    return f"{_(measure.label)} (%)" if measure.kind is RATE else _(measure.label)


def _names(found: FoundReport, row: ReportRow) -> list[str]:
    """What stands in the columns of the dimensions: a name in the column of its level."""
    place = max(0, row.level - 1)
    return [row.label if number == place else "" for number in range(len(found.dimensions))]


def _texts(found: FoundReport, row: ReportRow) -> Iterator[str]:
    yield from _names(found, row)
    for measure, number in zip(found.measures, row.numbers, strict=True):
        yield measure.kind.format(number.value)


def _values(found: FoundReport, row: ReportRow) -> list[Value]:
    """In a sheet each row says all that it is gathered by, so that it can be sorted and counted again."""
    names: list[Value] = list(_names(found, row))
    if row.level > 1:
        names[0] = next(one.label for one in found.first_level() if one.values == row.values[:1])
    return [*names, *(number.value for number in row.numbers)]


def _draw(found: FoundReport, sheet: Sheet) -> None:
    chart = draw_chart(found, PAPER, (sheet.right - sheet.left) / _SCALE)
    if chart is None:
        return
    height = chart.drawing.height * _SCALE
    if sheet.room < height:
        sheet.next_page()
    chart.drawing.scale(_SCALE, _SCALE)
    renderPDF.draw(chart.drawing, sheet.canvas, sheet.left, sheet.y - height)
    sheet.y -= height + _GAP
