from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_desktop.reports.fonts import MISSING, REGULAR, printable, text_width
from crm_desktop.reports.lines import wrap

MIXED = st.text(alphabet="深圳金恒机械，。（）《》“”、！ab-/@. 019￥\n", max_size=120)


@given(MIXED, st.floats(min_value=12, max_value=400))
@settings(deadline=None)
def test_no_line_is_wider_than_the_column_and_no_character_is_lost(text: str, width: float) -> None:
    lines = wrap(printable(text), REGULAR, 9, width)
    assert all(text_width(line, REGULAR, 9) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_text_can_be_set(text: str) -> None:
    assert text_width(printable(text).replace("\n", ""), REGULAR, 9) >= 0


def test_characters_that_the_typeface_lacks_are_seen() -> None:
    assert printable("𠮷田👍") == f"{MISSING}田{MISSING}"
    assert printable("名\ud800") == f"名{MISSING}"


def test_invisible_characters_leave_no_trace() -> None:
    assert printable("张\u200b三\ufeff\x07\u00ad") == "张三"
    assert printable("A\tB\u00a0C") == "A B C"
    assert printable("e\u0301") == "é"


@pytest.mark.parametrize("mark", "，。、；：！？）》”")
def test_no_closing_mark_begins_a_line(mark: str) -> None:
    text = f"客户名称{mark}地址"
    for width in range(20, 60, 3):
        assert not any(line.startswith(mark) for line in wrap(text, REGULAR, 9, width))


@pytest.mark.parametrize("mark", "（《“【￥")
def test_no_opening_mark_ends_a_line(mark: str) -> None:
    text = f"客户名称{mark}地址电话"
    for width in range(20, 60, 3):
        assert not any(line.endswith(mark) for line in wrap(text, REGULAR, 9, width))


def test_latin_words_and_numbers_stay_whole_where_they_fit() -> None:
    assert wrap("产品 model X2000 报价", REGULAR, 10, 52) == ["产品", "model", "X2000 报价"]


def test_a_word_longer_than_the_line_is_broken_after_a_separator() -> None:
    lines = wrap("someone.important@example-company.com", REGULAR, 9, 100)
    assert lines[0] == "someone.important@"
    assert "".join(lines) == "someone.important@example-company.com"


def test_line_ends_of_the_text_are_kept() -> None:
    assert wrap("甲\n\n乙", REGULAR, 9, 100) == ["甲", "", "乙"]
