"""Address labels on the usual sheets of self-adhesive labels, A4."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.reports.addresses import Address, address_lines, draw_lines
from crm_desktop.reports.destination import writing
from crm_desktop.reports.engine import Letterhead, open_canvas

_PADDING = 4.5
"""Clear border inside a label, in mm: printers shift the paper by up to 2 mm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSheet:
    """Where the labels lie on the paper; all measures in mm, from its top left corner."""

    name: str
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    step_right: float
    step_down: float

    @property
    def count(self) -> int:
        """Labels on one sheet."""
        return self.columns * self.rows

    def corner(self, position: int) -> tuple[float, float]:
        """Top left corner in mm of the label at ``position``, counted from 0 along the rows."""
        row, column = divmod(position, self.columns)
        return self.left + column * self.step_right, self.top + row * self.step_down


LABEL_SHEETS = (
    LabelSheet(
        name="70 × 37 mm, 3 × 8", columns=3, rows=8, width=70, height=37, left=0, top=0.5, step_right=70, step_down=37
    ),
    LabelSheet(
        name="99.1 × 38.1 mm, 2 × 7",
        columns=2, rows=7, width=99.1, height=38.1, left=4.65, top=15.15, step_right=101.6, step_down=38.1,
    ),
    LabelSheet(
        name="63.5 × 38.1 mm, 3 × 7",
        columns=3, rows=7, width=63.5, height=38.1, left=7.25, top=15.15, step_right=66, step_down=38.1,
    ),
)  # fmt: skip


def labels_pdf(
    target: Path | BinaryIO, letterhead: Letterhead, addresses: Iterable[Address], sheet: LabelSheet, *, start: int = 1
) -> int:
    """Write one label an address; the number of sheets. ``start`` (from 1) is the first label still on the first sheet.
    Raises `KnownError` when there is no such label or the file cannot be written.
    """
    if not 1 <= start <= sheet.count:
        raise KnownError(
            _("There is no label {number} on this sheet.").format(number=start),
            _("Choose a number from 1 to {count}.").format(count=sheet.count),
        )
    with writing(target) as stream:
        canvas = open_canvas(stream, _("Labels"), letterhead.person, letterhead.printed_at, A4)
        pages, position = 1, start - 1
        for address in addresses:
            if position == sheet.count:
                canvas.showPage()
                pages, position = pages + 1, 0
            left, top = sheet.corner(position)
            room = (sheet.width - 2 * _PADDING) * mm, (sheet.height - 2 * _PADDING) * mm
            draw_lines(
                canvas, address_lines(address), (left + _PADDING) * mm, A4[1] - (top + _PADDING) * mm, room, size=10
            )
            position += 1
        canvas.showPage()
        canvas.save()
        return pages
