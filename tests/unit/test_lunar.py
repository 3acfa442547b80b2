"""Days of the Chinese calendar against what almanacs print."""

from __future__ import annotations

import datetime

import pytest

from crm_desktop.core.i18n import set_language
from crm_desktop.core.lunar import lunar_day


@pytest.mark.parametrize(
    ("day", "lunar", "feast"),
    [
        ("2026-02-17", (2026, 1, 1, False), "Spring Festival"),
        ("2026-02-16", (2025, 12, 29, False), "New Year's Eve"),
        ("2026-06-19", (2026, 5, 5, False), "Dragon Boat Festival"),
        ("2025-07-25", (2025, 6, 1, True), ""),
        ("2026-09-25", (2026, 8, 15, False), "Mid-Autumn Festival"),
        ("2033-12-22", (2033, 11, 1, True), ""),
    ],
)
def test_dates_and_feasts(day: str, lunar: tuple[int, int, int, bool], feast: str) -> None:
    found = lunar_day(datetime.date.fromisoformat(day))
    assert found is not None
    assert (found[:4], found.feast) == (lunar, feast)


def test_words_are_those_of_a_chinese_calendar() -> None:
    set_language("zh")
    said = {}
    for day in ("2026-11-22", "2026-11-23", "2026-12-09", "2026-02-17", "1900-01-01"):
        found = lunar_day(datetime.date.fromisoformat(day))
        said[day] = found.words if found is not None else None
    assert said == {
        "2026-11-22": "小雪",
        "2026-11-23": "十五",
        "2026-12-09": "冬月",
        "2026-02-17": "春节",
        "1900-01-01": None,
    }
