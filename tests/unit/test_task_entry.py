"""What a line says of a task."""

from __future__ import annotations

import datetime

import pytest

from crm_desktop.services.task_entry import TaskEntry, parse_task

NOW = datetime.datetime(2026, 3, 4, 10, 0).astimezone()  # a Wednesday
DAY = datetime.date(2026, 3, 5)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("给华工寄样本", TaskEntry("给华工寄样本", None, None, "", "")),
        ("明天 给华工寄样本 #高", TaskEntry("给华工寄样本", DAY, None, "高", "")),
        ("明天下午3点 打电话 华工 ＃紧急 ＠林平", TaskEntry("打电话 华工", DAY, "15:00", "紧急", "林平")),
        ("tomorrow 3pm call Huagong #urgent @leader", TaskEntry("call Huagong", DAY, "15:00", "urgent", "leader")),
        ("friday send samples", TaskEntry("send samples", datetime.date(2026, 3, 6), None, "", "")),
        ("订单 C#12 核对", TaskEntry("订单 C#12 核对", None, None, "", "")),
    ],
)
def test_a_line_says_what_when_how_urgent_and_who(text: str, entry: TaskEntry) -> None:
    assert parse_task(text, NOW) == entry
