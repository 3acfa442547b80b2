"""Long texts merge by three ways: no word of anybody is lost, and only what contradicts itself asks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_desktop.services.merge import Conflict, merge_texts

texts = st.text(alphabet="ab 好\n。", max_size=40)
lines = st.lists(st.sampled_from(["来电", "报价 3 份", "付款", "", "to visit"]), max_size=8).map("\n".join)


@given(texts | lines, texts | lines)
def test_who_changed_nothing_gets_what_the_other_wrote(base: str, changed: str) -> None:
    assert merge_texts(base, changed, base).text == changed
    assert merge_texts(base, base, changed).text == changed


@given(texts | lines, texts | lines)
def test_the_same_change_is_made_once(base: str, changed: str) -> None:
    assert merge_texts(base, changed, changed).text == changed


@given(texts | lines, texts | lines, texts | lines)
def test_the_order_of_the_two_does_not_matter(base: str, one: str, other: str) -> None:
    there, back = merge_texts(base, one, other), merge_texts(base, other, one)
    assert there.text == back.text
    assert [(c.theirs, c.mine) for c in there.conflicts] == [(c.mine, c.theirs) for c in back.conflicts]


@given(texts | lines, texts | lines, texts | lines)
def test_everything_anybody_wrote_stands_in_the_pieces(base: str, theirs: str, mine: str) -> None:
    """Characters that one of the two has more often than before are there at least as often."""
    found = merge_texts(base, theirs, mine).with_both()
    for character in set(base + theirs + mine):
        added = max(text.count(character) - base.count(character) for text in (theirs, mine))
        assert found.count(character) >= max(0, added)


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "merged"),
    [
        ("一\n二\n三\n", "零\n一\n二\n三\n", "一\n二\n三\n四\n", "零\n一\n二\n三\n四\n"),
        ("a\nb\nc", "a\nB\nc", "a\nb\nc\nd", "a\nB\nc\nd"),
        (
            "王经理 喜欢喝茶，周五休息",
            "王经理 喜欢喝绿茶，周五休息",
            "王经理 喜欢喝茶，周六休息",
            "王经理 喜欢喝绿茶，周六休息",
        ),
        ("a\nb\nc\nd", "b\nc\nd", "a\nb\nc", "b\nc"),
        ("一\n二", "一\n二\n三", "零\n二", "零\n二\n三"),
    ],
)
def test_changes_in_different_places_are_both_kept(base: str, theirs: str, mine: str, merged: str) -> None:
    assert merge_texts(base, theirs, mine).text == merged


def test_the_same_place_asks_and_can_keep_both() -> None:
    merged = merge_texts("call Monday\nbring offer\n", "call Tuesday\nbring offer\n", "call Friday\nbring offer\n")
    assert merged.text is None
    assert merged.conflicts == [Conflict("call Monday", "call Tuesday", "call Friday")]
    assert merged.with_both() == "call Tuesday\ncall Friday\nbring offer\n"
