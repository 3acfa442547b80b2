"""Rules by which events repeat: the published examples of RFC 5545, and the words for them."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_desktop.core.recurrence import MOST, ONCE, BadRuleError, ended_before, occurrences, parts_of, say, written

NEW_YORK = ZoneInfo("America/New_York")
FIRST = datetime.datetime(1997, 9, 2, 9, tzinfo=NEW_YORK)
"""Where nearly all examples of section 3.8.5.3 begin."""


def days(rule: str, first: datetime.datetime = FIRST, *, until: str = "2010-01-01") -> str:
    """``970902 970904``"""
    found = occurrences(
        rule, first, until=datetime.datetime.fromisoformat(until).replace(tzinfo=NEW_YORK), zone=NEW_YORK
    )
    assert {moment.hour for moment in found} == {9}, "9 o'clock stays 9 o'clock when the clocks change"
    return " ".join(f"{moment:%y%m%d}" for moment in found)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY;COUNT=10", "970902 970903 970904 970905 970906 970907 970908 970909 970910 970911"),
        ("FREQ=DAILY;INTERVAL=10;COUNT=5", "970902 970912 970922 971002 971012"),
        ("FREQ=WEEKLY;COUNT=10", "970902 970909 970916 970923 970930 971007 971014 971021 971028 971104"),
        ("FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
         "970902 970904 970909 970911 970916 970918 970923 970925 970930 971002"),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
         "970902 970904 970916 970918 970930 971002 971014 971016"),
        ("FREQ=MONTHLY;BYMONTHDAY=2,15;COUNT=10",
         "970902 970915 971002 971015 971102 971115 971202 971215 980102 980115"),
        ("FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
         "970910 970911 970912 970913 970914 970915 990310 990311 990312 990313"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "970904 971007 971106"),
    ],
)  # fmt: skip
def test_the_published_examples(rule: str, expected: str) -> None:
    assert days(rule) == expected


@pytest.mark.parametrize(
    ("first", "rule", "expected"),
    [
        (
            "1996-11-05",
            "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=3",
            "961105 001107 041102",
        ),
        ("1997-09-05", "FREQ=MONTHLY;COUNT=4;BYDAY=1FR", "970905 971003 971107 971205"),
        ("1997-09-07", "FREQ=MONTHLY;INTERVAL=2;COUNT=4;BYDAY=1SU,-1SU", "970907 970928 971102 971130"),
        ("1997-09-22", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "970922 971020 971117 971222 980119 980216"),
        ("1997-09-28", "FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=4", "970928 971029 971128 971229"),
        ("1997-06-10", "FREQ=YEARLY;COUNT=4;BYMONTH=6,7", "970610 970710 980610 980710"),
        ("1997-05-19", "FREQ=YEARLY;BYDAY=20MO;COUNT=3", "970519 980518 990517"),
        ("1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "970805 970810 970819 970824"),
        ("1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "970805 970817 970819 970831"),
    ],
)
def test_the_published_examples_that_begin_elsewhere(first: str, rule: str, expected: str) -> None:
    begins = datetime.datetime.fromisoformat(first).replace(hour=9, tzinfo=NEW_YORK)
    assert days(rule, begins) == expected


def test_exceptions_are_left_out() -> None:
    first = datetime.datetime(1998, 2, 13, 9, tzinfo=NEW_YORK)
    exception = FIRST.astimezone(datetime.UTC)
    rule = "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13"
    last = first + datetime.timedelta(days=400)
    found = occurrences(rule, FIRST, [exception, first], until=last, zone=NEW_YORK)
    assert [f"{m:%y%m%d}" for m in found] == ["980313", "981113"]


def test_additions_are_there_once_and_in_their_place() -> None:
    there = [FIRST, FIRST + datetime.timedelta(days=1), FIRST + datetime.timedelta(hours=3)]
    found = occurrences("FREQ=DAILY;COUNT=2", FIRST, [FIRST], [moment.astimezone(datetime.UTC) for moment in there])
    assert found == [there[2], there[1]]
    assert len(occurrences(ONCE, FIRST, (), [FIRST + n * datetime.timedelta(hours=1) for n in range(MOST + 9)])) == MOST


def test_a_mere_day_of_until_lasts_to_its_end() -> None:
    assert days("FREQ=DAILY;UNTIL=19970904") == "970902 970903 970904"


@pytest.mark.parametrize("rule", ["", "x", "FREQ=SOMETIMES", "FREQ=DAILY;COUNT=x", "FREQ=WEEKLY;BYDAY=XX"])
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(BadRuleError):
        occurrences(rule, FIRST)


@given(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]), st.integers(1, 6), st.integers(1, 30))
def test_what_ends_before_one_and_what_begins_there_are_the_whole(freq: str, interval: int, at: int) -> None:
    rule, last = f"FREQ={freq};INTERVAL={interval}", FIRST + datetime.timedelta(days=1500)
    whole = occurrences(rule, FIRST, until=last, zone=NEW_YORK)
    at = min(at, len(whole) - 1)
    before = occurrences(ended_before(rule, whole[at]), FIRST, until=last, zone=NEW_YORK)
    assert [*before, *occurrences(rule, whole[at], until=last, zone=NEW_YORK)] == whole


def test_rules_are_said_in_words() -> None:
    said = {
        "FREQ=DAILY": "Daily",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE": "Every 2 weeks on Mon, Wed",
        "FREQ=MONTHLY;BYDAY=-1FR;COUNT=5": "Monthly on the last Fri, 5 times",
        "FREQ=MONTHLY;BYMONTHDAY=15;UNTIL=20261231": "Monthly on day 15, until 2026-12-31",
        "FREQ=YEARLY;BYWEEKNO=20": "FREQ=YEARLY;BYWEEKNO=20",
        ONCE: "On given days",
    }
    assert {rule: say(rule) for rule in said} == said
    assert written(parts_of("RRULE:freq=daily;count=3")) == "FREQ=DAILY;COUNT=3"
