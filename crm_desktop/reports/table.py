"""A table on a `Sheet`: columns as wide as their content asks, soft lines, header again on every page.
Cells wrap and long rows run over the page end; nothing is ever cut.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reportlab.lib.colors import Color

from crm_desktop.reports.engine import LEADING, LINE, MUTED, RULE, TEXT, Align, Sheet
from crm_desktop.reports.fonts import MEDIUM, REGULAR, printable, text_width
from crm_desktop.reports.lines import widest_piece, wrap

GAP = 1.4
_WIDER_GAP = 1.2
"""Between two columns at least, and what is added where there is room, in em."""
_HEADER = 0.9
"""Size of the header against that of the cells."""
_WORD_LIMIT, _TEXT_LEAST, _TEXT_COMFORT, _TEXT_MOST = 12.0, 5.0, 16.0, 40.0
"""In em: longer words are broken; narrower text columns are no pleasure; wider ones may wrap; none is wider."""
_FREAKS = 0.03
"""Part of the cells that may be wider than the column's natural width."""


@dataclass(frozen=True, slots=True)
class Column:
    """Heading (translated) and alignment of one column; numbers are right-aligned."""

    label: str
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Group:
    """A row that heads the rows below it, until the next group."""

    label: str
    note: str = ""


Row = tuple[str, ...]


class Head(Row):
    """A row that sums up others."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What a column's content asks for, in em: nearly all cells on one line, and the least it can live with."""

    natural: float
    least: float

    @property
    def comfort(self) -> float:
        """Width at which only long texts wrap."""
        return max(self.least, min(self.natural, _TEXT_COMFORT))


def measure(columns: Sequence[Column], rows: Iterable[Row | Group]) -> list[Extent]:
    """What every column asks for, from all its cells."""
    cells = [row for row in rows if not isinstance(row, Group)]
    return [_extent(column, Counter(row[number] for row in cells)) for number, column in enumerate(columns)]


def _extent(column: Column, cells: Counter[str]) -> Extent:
    label = printable(column.label)
    heading = text_width(label, MEDIUM, _HEADER)
    half_heading = max(widest_piece(label, MEDIUM) * _HEADER, heading / 2 + _HEADER / 2)  # two lines will do
    texts = [(printable(cell), count) for cell, count in cells.items()]
    # In the weight of the totals, which is a little wider than that of the rows.
    widths = sorted((max(text_width(line, MEDIUM, 1) for line in text.split("\n")), count) for text, count in texts)
    if column.align == "right":  # a number that breaks is misread
        natural = least = min(widths[-1][0], _TEXT_COMFORT) if widths else 0.0
    else:
        natural = min(_typical(widths), _TEXT_MOST)
        longest_word = max((widest_piece(text, MEDIUM) for text, _count in texts), default=0.0)
        least = min(natural, max(_TEXT_LEAST, min(longest_word, _WORD_LIMIT)))
    return Extent(max(natural, heading), max(least, min(heading, half_heading)))


def _typical(widths: list[tuple[float, int]]) -> float:
    """The width that nearly all cells keep to: one freak must not rule the page. ``widths`` is sorted."""
    rest = sum(count for _width, count in widths) * _FREAKS
    for width, count in reversed(widths):
        rest -= count
        if rest < 0:
            return width
    return 0.0


def share(extents: Sequence[Extent], width: float, size: float) -> list[float]:
    """Widths in points that leave gaps between the columns in ``width``. Where the room is short the widest columns
    give way first: long texts wrap, short ones stay on their line.
    """
    room = width / size - GAP * (len(extents) - 1)
    natural, least = [e.natural for e in extents], [e.least for e in extents]
    if sum(natural) <= room:
        spare = max(0.0, room - sum(natural) - _WIDER_GAP * (len(extents) - 1))
        widths = [n + spare / len(extents) for n in natural]
    elif sum(least) >= room:
        widths = [one * room / sum(least) for one in least]
    else:
        low, high = 0.0, max(natural)
        for _halving in range(40):
            limit = (low + high) / 2
            widths = [max(e.least, min(e.natural, limit)) for e in extents]
            low, high = (limit, high) if sum(widths) < room else (low, limit)
        widths = [max(e.least, min(e.natural, low)) for e in extents]
    return [w * size for w in widths]


class Table:
    """Draws header and rows at the sheet's cursor, from margin to margin."""

    def __init__(self, sheet: Sheet, columns: Sequence[Column], widths: Sequence[float], size: float) -> None:
        self.sheet, self.columns, self.widths, self.size = sheet, columns, widths, size
        self.padding = size * 0.35
        self.leading = size * LEADING
        self.ends: list[float] = []  # where each column's text starts, ends or has its middle
        gap = (sheet.right - sheet.left - sum(widths)) / max(1, len(widths) - 1)
        x = sheet.left
        for column, width in zip(columns, widths, strict=True):
            self.ends.append(x + width * {"left": 0.0, "center": 0.5, "right": 1.0}[column.align])
            x += width + gap

    def header(self) -> None:
        """Draw the headings; they stand on one line at the bottom."""
        size = self.size * _HEADER
        labels = self._wrapped([c.label for c in self.columns], MEDIUM, size)
        count = max(map(len, labels))
        bottom = [[""] * (count - len(lines)) + lines for lines in labels]
        self._draw(bottom, MEDIUM, size, MUTED)
        self.sheet.rule(self.sheet.y, RULE, 0.8)

    def row(self, cells: Row, font: str = REGULAR) -> None:
        """Draw one row and the soft line below it."""
        self._flow(self._wrapped(cells, font, self.size), font)
        self.sheet.rule(self.sheet.y, LINE, 0.4)

    def totals(self, cells: Row) -> None:
        """Draw the sums at the end, under a stronger line."""
        self.sheet.rule(self.sheet.y, RULE, 0.8)
        self._flow(self._wrapped(cells, MEDIUM, self.size), MEDIUM)

    def group(self, group: Group) -> None:
        """Draw a group's heading, never alone at the foot of a page."""
        sheet, size = self.sheet, self.size * 1.05
        lines = wrap(printable(group.label), MEDIUM, size, (sheet.right - sheet.left) * 0.65)
        height = self.leading * (len(lines) + 0.6) + self.padding * 2
        if self.sheet.room < height + 2 * (self.leading + 2 * self.padding):
            self._turn_page()
        baseline = sheet.y - height + self.padding + size * 0.3
        for number, line in enumerate(reversed(lines)):
            sheet.text(sheet.left, baseline + number * self.leading, line, MEDIUM, size, TEXT)
        sheet.text(sheet.right, baseline, printable(group.note), REGULAR, self.size, MUTED, "right")
        sheet.y -= height
        sheet.rule(sheet.y, RULE, 0.5)

    def _wrapped(self, cells: Iterable[str], font: str, size: float) -> list[list[str]]:
        return [wrap(printable(cell), font, size, width) for cell, width in zip(cells, self.widths, strict=True)]

    def _flow(self, cells: list[list[str]], font: str) -> None:
        """Draw a row, on the next page if it fits there whole, else as far as this page reaches and on."""
        while True:
            count = max(map(len, cells))
            fitting = math.floor((self.sheet.room - 2 * self.padding) / self.leading)
            if count <= fitting:
                break
            if count * self.leading > self.sheet.page_room / 2 and fitting > 2:  # noqa: PLR2004 - no single lines
                self._draw([lines[:fitting] for lines in cells], font, self.size, TEXT)
                cells = [lines[fitting:] for lines in cells]
            self._turn_page()
        self._draw(cells, font, self.size, TEXT)

    def _turn_page(self) -> None:
        self.sheet.next_page()
        self.header()

    def _draw(self, cells: list[list[str]], font: str, size: float, colour: Color) -> None:
        leading = size * LEADING
        top = self.sheet.y - self.padding - (leading + size * 0.72) / 2
        for column, end, lines in zip(self.columns, self.ends, cells, strict=True):
            for number, line in enumerate(lines):
                self.sheet.text(end, top - number * leading, line, font, size, colour, column.align)
        self.sheet.y -= max(map(len, cells)) * leading + 2 * self.padding
