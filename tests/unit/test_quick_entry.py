"""Events in one line, in both languages."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_desktop.core.errors import KnownError
from crm_desktop.services.quick_entry import parse_entry

NOW = datetime.datetime(2026, 11, 24, 10, 20, tzinfo=datetime.UTC)  # a Tuesday


def said(text: str) -> str:
    entry = parse_entry(text, NOW)
    first, last = entry.span
    when = f"{first:%m-%d}" if entry.is_whole else f"{first:%m-%d %H:%M}-{last:%H:%M}"
    return f"{when} {entry.kind or '?'} {entry.subject}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("明天下午3点 回访 华工", "11-25 15:00-16:00 visit 回访 华工"),
        ("tomorrow 3pm call Huagong", "11-25 15:00-16:00 call call Huagong"),
        ("下午3点到5点半 例会", "11-24 15:00-17:30 meeting 例会"),
        ("周五上午十点半 拜访 信达机械 2小时", "11-27 10:30-12:30 visit 拜访 信达机械"),
        ("下周一 9:30-11:00 周会", "11-30 09:30-11:00 meeting 周会"),
        ("后天全天 出差", "11-26 ? 出差"),
        ("12月3日 年会", "12-03 ? 年会"),
        ("1月5日晚上7点 聚餐", "01-05 19:00-20:00 ? 聚餐"),
        ("明晚八点 电话会", "11-25 20:00-21:00 call 电话会"),
        ("28号中午 请客户吃饭", "11-28 12:00-13:00 ? 请客户吃饭"),
        ("三天后 14:00 培训 一个半小时", "11-27 14:00-15:30 seminar 培训"),
        ("9点 站会", "11-25 09:00-10:00 ? 站会"),
        ("整理资料", "11-24 11:00-12:00 ? 整理资料"),
        ("next friday at 10:30 meeting with Xinda for 2 hours", "12-04 10:30-12:30 meeting meeting with Xinda"),
        ("friday 2-4pm seminar", "11-27 14:00-16:00 seminar seminar"),
        ("30 Nov all day trade fair", "11-30 ? trade fair"),
        ("Dec 3 9am visit Foshan", "12-03 09:00-10:00 visit visit Foshan"),
        ("in 3 days noon lunch 45 min", "11-27 12:00-12:45 ? lunch"),
        ("2026-12-24 18:00 dinner", "12-24 18:00-19:00 ? dinner"),
        ("明天下午 给华工寄样本", "11-25 14:00-15:00 ? 给华工寄样本"),
        ("今晚 聚餐 2小时", "11-24 19:00-21:00 ? 聚餐"),
        ("friday afternoon visit Foshan", "11-27 14:00-15:00 visit visit Foshan"),
        ("明天 下午茶", "11-25 ? 下午茶"),
        ("morning meeting", "11-24 11:00-12:00 meeting morning meeting"),
        ("call 020-5550 1234", "11-24 11:00-12:00 call call 020-5550 1234"),
    ],
)
def test_a_line_says_when_and_what(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected", "rule"),
    [
        ("每周一 10点 例会", "11-30 10:00-11:00 meeting 例会", "FREQ=WEEKLY;BYDAY=MO"),
        ("每天 9点 站会", "11-25 09:00-10:00 ? 站会", "FREQ=DAILY"),
        ("每个工作日 18:00 小结", "11-24 18:00-19:00 ? 小结", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("每两周周五下午3点 复盘", "11-27 15:00-16:00 ? 复盘", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
        ("每月5号 对账", "12-05 ? 对账", "FREQ=MONTHLY;BYMONTHDAY=5"),
        ("每月15日 交报表", "12-15 ? 交报表", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("every friday 4pm review", "11-27 16:00-17:00 ? review", "FREQ=WEEKLY;BYDAY=FR"),
        ("daily 9:30 stand-up", "11-25 09:30-10:30 ? stand-up", "FREQ=DAILY"),
        ("每周报告", "11-24 11:00-12:00 ? 报告", "FREQ=WEEKLY;BYDAY=TU"),
    ],
)
def test_a_line_says_that_it_repeats(text: str, expected: str, rule: str) -> None:
    assert (said(text), parse_entry(text, NOW).rule) == (expected, rule)


def test_a_day_that_there_is_not_is_no_event_of_today() -> None:
    with pytest.raises(KnownError, match="2月30日"):
        parse_entry("2月30日 会议", NOW)
    assert parse_entry("12月45台设备发货", NOW).subject == "12月45台设备发货"


moments = st.datetimes(NOW.replace(day=25, tzinfo=None), NOW.replace(year=2027, month=10, day=20, tzinfo=None)).map(
    lambda m: m.replace(minute=m.minute // 5 * 5, second=0, microsecond=0, tzinfo=datetime.UTC)
)


@given(moments)
def test_what_is_written_out_is_read_as_it_was_meant(at: datetime.datetime) -> None:
    part = "上午" if at.hour < 12 else "下午"
    hour = at.hour if at.hour <= 12 else at.hour - 12
    forms = [
        f"{at.year}年{at.month}月{at.day}日 {at.hour}点{at.minute}分 会议",
        f"{at.month}月{at.day}日{part}{hour}点{at.minute}分 会议"
        if hour
        else f"{at.month}月{at.day}日 0点{at.minute}分 会议",
        f"{at:%Y-%m-%d} {at:%H:%M} 会议",
        f"{at.day} {at:%b} at {at:%I:%M}{at:%p} 会议",
    ]
    for form in forms:
        entry = parse_entry(form, NOW)
        assert (entry.span.starts_at, entry.subject, entry.is_whole) == (at, "会议", False), form


@given(st.text(max_size=40))
def test_any_line_is_some_event(text: str) -> None:
    entry = parse_entry(text, NOW)
    assert entry.span.starts_at < entry.span.ends_at
