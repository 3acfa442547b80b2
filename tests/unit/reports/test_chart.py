"""Charts: bars as long as their numbers, each with its place, the same on screen and paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from crm_desktop.entities.sales_reports import DEPARTMENTS, FUNNEL, LOST, TRACKING, WON
from crm_desktop.reports.analysis import PAPER
from crm_desktop.reports.chart import MOST_BARS, draw_chart, svg_of
from crm_desktop.services.analysis import FoundReport, Number, ReportRow
from crm_desktop.services.analysis_parameters import opening_parameters
from crm_desktop.spec import Ref
from crm_desktop.spec.filters import EVERYTHING
from crm_desktop.spec.report import ReportSpec

WIDTH = 700.0


def found(spec: ReportSpec, rows: Sequence[tuple[str, Sequence[Any]]]) -> FoundReport:
    made = tuple(
        ReportRow((Ref(place, name),), name, tuple(Number(value, spec.entity, EVERYTHING) for value in values))
        for place, (name, values) in enumerate(rows)
    )
    return FoundReport(spec, opening_parameters(spec), spec.dimensions[:1], spec.measures, made, None)


def test_bars_are_as_long_as_their_numbers() -> None:
    chart = draw_chart(
        found(LOST, [("Price", (8, 0, 0, 0)), ("Brand <&>", (2, 0, 0, 0)), ("Time", (0, 0, 0, 0))]), PAPER, WIDTH
    )
    assert chart is not None
    price, brand = chart.hits  # what is nothing is in the table only
    assert price.width == pytest.approx(4 * brand.width)
    assert brand.number.value == 2
    assert brand.told == "Brand <&>\nOpportunities: 2"
    picture = svg_of(chart).decode()
    assert all(f">{words}</text>" in picture for words in ("Price", "Brand &lt;&amp;&gt;", "8", "2"))
    assert "clip" not in picture


def test_long_names_are_whole_and_nothing_is_drawn_of_nothing() -> None:
    chart = draw_chart(found(DEPARTMENTS, [("Referred by an employee", (0, 0, 3, 0, 0, 0, 0))]), PAPER, WIDTH)
    assert chart is not None
    picture = svg_of(chart).decode()
    assert ">Referred by an employee</text>" in picture
    assert picture.count("<rect") == 1 + len(DEPARTMENTS.drawn), "the bar and the legend"


@pytest.mark.parametrize(
    "spec", [WON, TRACKING, DEPARTMENTS, FUNNEL, replace(WON, chart="line")], ids=lambda one: one.key
)
def test_every_place_lies_in_the_drawing(spec: ReportSpec) -> None:
    values = tuple(range(1, len(spec.measures) + 1))
    chart = draw_chart(found(spec, [(f"Row {n}", values) for n in range(12)]), PAPER, WIDTH)
    assert chart is not None
    assert len(chart.hits) == 12 * len(spec.drawn)
    for hit in chart.hits:
        assert hit.left >= 0
        assert hit.top >= 0
        assert hit.left + hit.width <= WIDTH
        assert hit.top + hit.height <= chart.drawing.height


def test_longest_rows_are_drawn_and_the_others_counted() -> None:
    chart = draw_chart(found(LOST, [(f"Reason {n}", (99 - n, 0, 0, 0)) for n in range(40)]), PAPER, WIDTH)
    assert chart is not None
    assert len(chart.hits) == MOST_BARS
    assert "… and 16 more".encode() in svg_of(chart)


def test_nothing_is_drawn_of_nothing() -> None:
    assert draw_chart(found(LOST, []), PAPER, WIDTH) is None
    assert draw_chart(found(LOST, [("Price", (0, 0, 0, 0))]), PAPER, WIDTH) is None
