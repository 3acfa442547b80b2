from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_desktop.core.text import digits, phone_token, pinyin, search_keys, sort_key, typed_words


def found(typed: str, name: str, *, phones: tuple[str, ...] = ()) -> bool:
    """As the database does it: pieces looked up, then the order of the characters rechecked."""
    keys = search_keys(name, phones=phones)
    words = typed_words(typed)
    return bool(words) and all(set(w.grams) <= set(keys.search_grams) and w.text in keys.search_text for w in words)


@pytest.mark.parametrize("typed", ["hgyy", "HGYY", "huagong", "华工", "工医", "华", "h", "医药 华工", "huagongyiyao"])
def test_name_is_found_by_initials_pinyin_and_any_part(typed: str) -> None:
    assert found(typed, "华工医药")


@pytest.mark.parametrize("typed", ["020-5550 1102", "02055501102", "1102", "(020)5550", "+86 20 5550"])
def test_phone_is_found_by_digits_in_any_format(typed: str) -> None:
    assert found(typed, "华工医药", phones=("020-55501102",))


def test_characters_in_another_order_are_not_found() -> None:
    assert not found("药医", "华工医药")


def test_full_width_and_half_width_are_the_same() -> None:
    assert found("ev1", "ＥＶ１商行")


@pytest.mark.parametrize(
    ("name", "initials"),
    [("重庆长安", "cqca"), ("厦门银行", "xmyh"), ("单志强", "szq"), ("曾玲", "zl"), ("广州粤兴商行", "gzyxsh")],
)
def test_words_that_are_read_otherwise(name: str, initials: str) -> None:
    assert "".join(s[0] for s in pinyin(name)) == initials


def test_names_sort_by_pinyin_then_by_character() -> None:
    names = ["张三", "安娜", "关羽", "广州", "李四", "厘米", "李五", "Abc"]
    assert sorted(names, key=sort_key) == ["Abc", "安娜", "关羽", "广州", "厘米", "李四", "李五", "张三"]


def test_same_number_in_another_format_has_the_same_token() -> None:
    assert phone_token("020-5550 1102") == phone_token("（020）55501102") == "=02055501102"
    assert phone_token("801") == ""


@given(st.text())
def test_any_text_has_keys_that_find_it_again(text: str) -> None:
    keys = search_keys(text)
    for word in typed_words(text):
        if word.text != digits(text):
            assert word.text in keys.search_text
            assert set(word.grams) <= set(keys.search_grams)


@given(st.text(max_size=40))
def test_no_key_holds_what_the_database_refuses(text: str) -> None:
    keys = search_keys(text.replace("\0", "").encode("utf-8", "ignore").decode())
    assert "\0" not in keys.search_text
    assert "" not in keys.search_grams
