"""Values as people type them into forms."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from crm_desktop.spec.kinds import BIRTHDAY, BOOL, DATE, EMAIL, INTEGER, MONEY, PHONES, TIME, BadValueError, Kind


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (INTEGER, "1,234", 1234),
        (INTEGER, "-5.0", -5),
        (MONEY, "¥1,234.5", Decimal("1234.50")),
        (MONEY, "-¥39,115", Decimal(-39115)),
        (MONEY, "3.2万", Decimal(32000)),
        (MONEY, "1亿元", Decimal(100_000_000)),
        (DATE, "2026年3月5日", datetime.date(2026, 3, 5)),
        (DATE, "26/3/5", datetime.date(2026, 3, 5)),
        (DATE, "26年3月", datetime.date(2026, 3, 1)),
        (DATE, "03.05", datetime.date(datetime.date.today().year, 3, 5)),
        (DATE, "0045-03-05", datetime.date(45, 3, 5)),
        (TIME, "2026-03-05 14:30", datetime.datetime(2026, 3, 5, 14, 30).astimezone()),
        (BOOL, "是", True),
        (EMAIL, "Info@Example.com", "info@example.com"),
        (PHONES, "020-55501234、19900001234", ["020-55501234", "19900001234"]),
        (BIRTHDAY, "1970年5月12日", "1970-05-12"),
        (BIRTHDAY, "5-12", "--05-12"),
        (BIRTHDAY, "05-12", "--05-12"),
        (BIRTHDAY, "--02-29", "--02-29"),
    ],
)
def test_what_is_typed_is_understood_and_written_so_that_it_is_understood_again(
    kind: Kind, text: str, value: Any
) -> None:
    assert kind.parse(text) == value
    assert kind.parse(kind.format(value)) == value
    assert kind.parse("  ") in (None, [])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (INTEGER, "3.7"),
        (INTEGER, "inf"),
        (INTEGER, "9" * 40),
        (MONEY, "viel"),
        (MONEY, "nan"),
        (MONEY, "1e999"),
        (MONEY, "9" * 40),
        (DATE, "2026-02-30"),
        (DATE, "197-5-1"),
        (TIME, "2026-03-05 25:00"),
        (BOOL, "vielleicht"),
        (EMAIL, "info@"),
        (BIRTHDAY, "70-5-12"),
        (BIRTHDAY, "2-30"),
    ],
)
def test_what_is_no_value_is_refused_in_words(kind: Kind, text: str) -> None:
    with pytest.raises(BadValueError, match="“"):
        kind.parse(text)


def test_a_moment_near_today_says_the_hour() -> None:
    today, noon = datetime.date(2026, 11, 22), datetime.datetime(2026, 11, 22, 12).astimezone()
    assert [TIME.brief(noon + datetime.timedelta(days=days), today) for days in (-2, -1, 0, 1, 2)] == [
        "2 days ago", "yesterday 12:00", "today 12:00", "tomorrow 12:00", "in 2 days",
    ]  # fmt: skip
