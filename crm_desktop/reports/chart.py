"""The chart of a report, drawn once: as a drawing of reportlab for paper, as SVG for the screen, with the places that
open rows. Sizes are points of paper and pixels of the screen.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reportlab.graphics import renderSVG
from reportlab.graphics.shapes import Drawing, Group, Line, Rect, String
from reportlab.lib.colors import HexColor

from crm_desktop.core.i18n import _
from crm_desktop.reports.fonts import MEDIUM, REGULAR, printable, register_fonts, text_width
from crm_desktop.reports.lines import one_line
from crm_desktop.services.analysis import FoundReport, Number, ReportRow
from crm_desktop.spec.report import Measure

Palette = Mapping[str, str]
"""Colours by what they mean: ``text muted line`` and the tones."""
MOST_BARS = 24
"""More are read in the table."""
SMALL, BODY = 11, 12
BAR, BAR_GAP = 20, 10
COLUMN_HEIGHT, LEGEND = 210, 26
_LABEL, _MOST_LABEL, _VALUE = 150, 240, 96
_LABEL_GAP = 14
_WIDEST_COLUMN = 56
_STEPS = (1, 2, 2.5, 5, 10)
_LINES = 4
_CLIP = re.compile(r'<clipPath.*?</clipPath>| style="clip-path: url\(#clip\)"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a number is drawn, from the upper left corner."""

    left: float
    top: float
    width: float
    height: float
    row: ReportRow
    number: Number
    told: str
    """What a tooltip says."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and the places in it, from the left and from above."""

    drawing: Drawing
    hits: tuple[Hit, ...]


def svg_of(chart: Chart) -> bytes:
    """For the screen, in the typeface as it is known there."""
    svg: str = renderSVG.drawToString(chart.drawing)
    svg = _CLIP.sub("", svg)  # which Qt draws
    for face, style in ((MEDIUM, "'Noto Sans SC'; font-weight: 500"), (REGULAR, "'Noto Sans SC'; font-weight: 400")):
        svg = svg.replace(f"font-family: {face}", f"font-family: {style}")
    return svg.encode()


def draw_chart(found: FoundReport, palette: Palette, width: float) -> Chart | None:
    """The chart of a report, as high as it needs; None where there is nothing to draw."""
    register_fonts()
    rows = found.first_level()
    numbers = [number for number, one in enumerate(found.measures) if one.key in found.spec.drawn]
    told = [row for row in rows if any(row.numbers[number].value for number in numbers)]
    if not told:
        return None
    pen = _Pen(found, palette, width, numbers)
    if found.spec.chart == "funnel":
        return pen.funnel(rows)
    if found.dimensions[0].unit:
        in_time = sorted(rows, key=lambda row: (row.values[0] is None, row.values[0] or 0))
        return pen.columns(in_time[-MOST_BARS:])
    return pen.bars(told[:MOST_BARS], left_out=len(told) - MOST_BARS)


class _Pen:
    """Draws one chart from above; reportlab's own zero is below."""

    def __init__(self, found: FoundReport, palette: Palette, width: float, numbers: Sequence[int]) -> None:
        self._found, self._palette, self._width, self._numbers = found, palette, width, numbers
        self._is_stacked = found.spec.chart == "stacked"
        self._shapes = Group()
        self._hits: list[Hit] = []
        self._label: float = _LABEL

    def bars(self, rows: Sequence[ReportRow], left_out: int) -> Chart:
        """A line for each row: its name, a bar from the left, its number."""
        self._make_room(rows)
        top = self._legend()
        most = self._most(rows)
        room = self._width - self._label - _VALUE
        bars = 1 if self._is_stacked else len(self._numbers)
        thick = BAR if bars == 1 else BAR * 0.62
        for row in rows:
            self._name(row, top + bars * thick / 2)
            left = self._label
            for place, number in enumerate(self._numbers):
                value = _size(row.numbers[number])
                length = room * value / most
                at = top if self._is_stacked else top + place * thick
                self._rect(left, at, length, thick - (0 if bars == 1 else 2), self._colour(row, number))
                self._hit(row, number, left, at, max(length, 4), thick)
                if not self._is_stacked:
                    self._text(self._label + length + 8, at + thick / 2, self._words(row, number), "muted", SMALL)
                left += length if self._is_stacked else 0
            if self._is_stacked:
                words = " · ".join(self._words(row, number) for number in self._numbers)
                self._text(left + 8, top + thick / 2, words, "muted", SMALL)
            top += bars * thick + BAR_GAP
        if left_out > 0:
            self._text(self._label, top + 6, _("… and {count} more").format(count=left_out), "muted", SMALL)
            top += 16
        return self._done(top)

    def columns(self, rows: Sequence[ReportRow]) -> Chart:
        """A column for each month or the like, with lines to compare by."""
        top = self._legend() + 14
        bottom = top + COLUMN_HEIGHT
        most = self._most(rows)
        measure = self._found.measures[self._numbers[0]]
        step = _round_step(most / _LINES)
        left = 16 + max(text_width(printable(_brief(measure, step * n)), REGULAR, SMALL) for n in range(_LINES + 2))
        most = step * math.ceil(most / step - 1e-9)
        for number in range(round(most / step) + 1):
            y = bottom - COLUMN_HEIGHT * step * number / most
            self._line((left, y), (self._width, y), "line", 0.7)
            self._text(left - 8, y, _brief(measure, step * number), "muted", SMALL, anchor="end")
        each = (self._width - left) / len(rows)
        wide = min(_WIDEST_COLUMN, each * 0.62)
        every = math.ceil(max(text_width(printable(row.label), REGULAR, SMALL) for row in rows) * 1.15 / each)
        ends: list[list[tuple[float, float]]] = [[] for _number in self._numbers]
        for place, row in enumerate(rows):
            middle = left + each * (place + 0.5)
            base, thin = bottom, wide if self._is_stacked else wide / len(self._numbers)
            for series, number in enumerate(self._numbers):
                height = COLUMN_HEIGHT * _size(row.numbers[number]) / most
                x = middle - wide / 2 + (0 if self._is_stacked else series * thin)
                if self._found.spec.chart == "line":
                    ends[series].append((middle, bottom - height))
                else:
                    self._rect(x, base - height, thin, height, self._colour(row, number))
                self._hit(row, number, x, base - max(height, 4), thin, max(height, 4))
                base -= height if self._is_stacked else 0
            if place % every == 0:
                self._text(middle, bottom + 12, row.label, "muted", SMALL, anchor="middle")
        for number, points in zip(self._numbers, ends, strict=True):
            for before, after in itertools.pairwise(points):
                self._line(before, after, self._colour(rows[0], number), 2)
        return self._done(bottom + 24)

    def funnel(self, rows: Sequence[ReportRow]) -> Chart:
        """A bar in the middle for each stage, what share went on between them."""
        top, number = 4.0, self._numbers[0]
        self._make_room(rows)
        most = self._most(rows)
        room = self._width - self._label - _VALUE
        share = next(place for place, one in enumerate(self._found.measures) if one.key == "on")
        for place, row in enumerate(rows):
            length = max(24.0, room * _size(row.numbers[number]) / most)
            left = self._label + (room - length) / 2
            self._name(row, top + 14)
            self._rect(left, top, length, 28, self._colour(row, number))
            self._text(self._width - _VALUE + 8, top + 14, self._words(row, number), "text", BODY)
            self._hit(row, number, left, top, length, 28)
            went_on = row.numbers[share].value
            if went_on is not None and place + 1 < len(rows):
                self._text(self._label + room / 2, top + 37, f"↓ {went_on:.0f}%", "muted", SMALL, anchor="middle")
            top += 46
        return self._done(top - 12)

    def _make_room(self, rows: Sequence[ReportRow]) -> None:
        """For the longest name, within bounds."""
        longest = max(text_width(printable(row.label), MEDIUM, BODY) for row in rows)
        self._label = min(max(longest + _LABEL_GAP, _LABEL), _MOST_LABEL)

    def _name(self, row: ReportRow, middle: float) -> None:
        self._text(self._label - 10, middle, row.label, "text", room=self._label - _LABEL_GAP, anchor="end")

    def _most(self, rows: Sequence[ReportRow]) -> float:
        sizes = ([_size(row.numbers[number]) for number in self._numbers] for row in rows)
        return max((sum(one) if self._is_stacked else max(one) for one in sizes), default=0.0) or 1.0

    def _legend(self) -> float:
        """What the colours mean; where it ends."""
        if len(self._numbers) == 1:
            measure = self._found.measures[self._numbers[0]]
            self._text(0, 8, _(measure.label), "muted", SMALL)
            return LEGEND
        left = self._label
        for number in self._numbers:
            measure = self._found.measures[number]
            self._rect(left, 3, 10, 10, measure.tone)
            self._text(left + 16, 8, _(measure.label), "muted", SMALL)
            left += 34 + text_width(printable(_(measure.label)), REGULAR, SMALL)
        return LEGEND

    def _colour(self, row: ReportRow, number: int) -> str:
        return row.tone if len(self._numbers) == 1 and row.tone else self._found.measures[number].tone

    def _words(self, row: ReportRow, number: int) -> str:
        return _brief(self._found.measures[number], row.numbers[number].value)

    def _hit(self, row: ReportRow, number: int, left: float, top: float, width: float, height: float) -> None:
        measure = self._found.measures[number]
        value = measure.kind.format(row.numbers[number].value)
        words = _("{field}: {value}").format(field=_(measure.label), value=value)
        self._hits.append(Hit(left, top, width, height, row, row.numbers[number], f"{row.label}\n{words}"))

    def _rect(self, left: float, top: float, width: float, height: float, role: str) -> None:
        if not width or not height:
            return  # on paper even nothing would be a thin line
        round_ = 2 if min(width, height) > 4 else 0  # noqa: PLR2004 - no room for corners
        colour = self._role(role)
        self._shapes.add(
            Rect(left, -top - height, width, height, rx=round_, ry=round_, fillColor=colour, strokeColor=None)
        )

    def _line(self, start: tuple[float, float], end: tuple[float, float], role: str, width: float) -> None:
        (left, top), (right, bottom) = start, end
        self._shapes.add(Line(left, -top, right, -bottom, strokeColor=self._role(role), strokeWidth=width))

    def _text(
        self,
        x: float,
        middle: float,
        words: str,
        role: str,
        size: int = BODY,
        *,
        room: float = 0,
        anchor: str = "start",
    ) -> None:
        font = MEDIUM if role == "text" else REGULAR
        shown = printable(words)
        if room:
            shown = one_line(shown, font, size, room)
        x -= {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * text_width(shown, font, size)
        colour = self._role(role)
        self._shapes.add(String(x, -middle - size * 0.36, shown, fontName=font, fontSize=size, fillColor=colour))

    def _role(self, role: str) -> HexColor:
        return HexColor(self._palette.get(role) or self._palette["neutral"])

    def _done(self, height: float) -> Chart:
        self._shapes.translate(0, height)
        return Chart(Drawing(self._width, height, self._shapes), tuple(self._hits))


def _size(number: Number) -> float:
    return max(0.0, float(number.value or 0))


def _brief(measure: Measure, value: float | Decimal | None) -> str:
    """A number as an axis shows it."""
    if value is None:
        return ""
    if measure.kind.name == "money":
        return measure.kind.format(round(value))
    return measure.kind.format(round(value) if measure.kind.name == "integer" else value)


def _round_step(least: float) -> float:
    """A round number that is not less."""
    size = 10 ** math.floor(math.log10(least)) if least > 0 else 1
    return next(size * step for step in _STEPS if size * step >= least * 0.999)
