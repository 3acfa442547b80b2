"""Lines of a list: headings and records, folded or not."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from crm_desktop.services.listing import RowGroup
from crm_desktop.ui.list_page.lines import Lines

IDS = array("q", [11, 12, 13, 14, 15, 16])


def _groups(*counts: int) -> list[RowGroup]:
    return [RowGroup(number, count, {}) for number, count in enumerate(counts)]


def test_without_groups_a_line_is_a_place() -> None:
    lines = Lines(IDS)
    assert (lines.count, lines.group_at(3), lines.place_at(3), lines.line_of(3)) == (6, -1, 3, 3)
    assert list(lines.places(1, 4)) == [(1, 4)]


def test_headings_stand_between_the_records() -> None:
    lines = Lines(IDS, _groups(2, 1, 3))
    assert lines.count == 9
    assert [lines.group_at(line) for line in range(9)] == [0, -1, -1, 1, -1, 2, -1, -1, -1]
    assert [lines.place_at(line) for line in range(9)] == [-1, 0, 1, -1, 2, -1, 3, 4, 5]
    assert list(lines.places(2, 6)) == [(1, 1), (2, 2), (3, 3)]
    assert list(lines.members(2)) == [14, 15, 16]


def test_folded_group_shows_its_heading_only() -> None:
    lines = Lines(IDS, _groups(2, 1, 3), {0, 2})
    assert (lines.count, lines.line_of(0), lines.line_of(2), lines.line_of(5)) == (4, -1, 2, -1)
    assert list(lines.places(0, 3)) == [(2, 2)]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=8), st.sets(st.integers(0, 7)))
def test_line_and_place_are_each_others_inverse(counts: list[int], folded: set[int]) -> None:
    ids = array("q", range(sum(counts)))
    lines = Lines(ids, _groups(*counts), folded)
    shown = [place for first, last in lines.places(0, lines.count - 1) for place in range(first, last + 1)]
    assert [lines.place_at(lines.line_of(place)) for place in shown] == shown
    assert len(shown) + len(counts) == lines.count
    assert {place for place in range(len(ids)) if lines.line_of(place) < 0} == set(range(len(ids))) - set(shown)
