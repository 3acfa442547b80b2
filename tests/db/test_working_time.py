"""Working time: the database counts it as one would minute by minute, and follows week plan and special days."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from functools import cache
from zoneinfo import ZoneInfo

import chinese_calendar
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_desktop.services.firm import Firm, fetch_firm, save_firm
from crm_desktop.services.journal import undo
from tests.db.conftest import SignIn
from tests.db.office import SIGNED_IN, login
from tests.db.raw import Raw

CHINA = ZoneInfo("Asia/Shanghai")
MINUTE = datetime.timedelta(minutes=1)
FIRST, LAST = datetime.datetime(2004, 1, 1), datetime.datetime(2026, 12, 31, 23, 59)  # noqa: DTZ001 - in China
LONGEST = 11 * 24 * 60
is_workday = cache(chinese_calendar.is_workday)


def is_worked(minute: datetime.datetime) -> bool:
    """Whether the minute that begins then is worked: the library's own answer, nine to six with an hour for lunch."""
    return (9 <= minute.hour < 12 or 13 <= minute.hour < 18) and is_workday(minute.date())


def counted(since: datetime.datetime, minutes: int) -> int:
    return sum(is_worked(since + passed * MINUTE) for passed in range(minutes))


def test_minutes_are_those_that_one_counts_over_real_holidays(raw: Raw) -> None:
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.datetimes(FIRST, LAST - LONGEST * MINUTE), st.integers(0, LONGEST))
    def holds(moment: datetime.datetime, length: int) -> None:
        since = moment.replace(second=0, microsecond=0)
        until = since + length * MINUTE
        wanted = counted(since, length)
        forth, back, reached = raw.rows(
            "select crm.working_minutes(a, b), crm.working_minutes(b, a), crm.after_working_minutes(a, %s)"
            " from (select %s::timestamptz as a, %s::timestamptz as b) moments",
            wanted, since.replace(tzinfo=CHINA), until.replace(tzinfo=CHINA),
        )[0]  # fmt: skip
        assert (forth, back) == (wanted, -wanted)
        # The first moment at which so many minutes were worked: the one before was, unless none was wanted.
        there = reached.astimezone(CHINA).replace(tzinfo=None)
        assert since <= there <= until
        assert counted(since, int((there - since) / MINUTE)) == wanted
        assert wanted == 0 or is_worked(there - MINUTE)

    holds()


def test_years_that_are_written_out_have_an_end(raw: Raw) -> None:
    assert raw.value("select crm.working_minutes('1990-01-01', '2000-01-04 09:10+8')") == 9 * 60 + 10 - 60
    assert raw.value("select crm.after_working_minutes('2049-12-31 17:50+8', 10)") is not None
    assert raw.value("select crm.after_working_minutes('2049-12-31 17:50+8', 11)") is None
    assert raw.value("select crm.after_working_minutes('2026-11-21 03:00+8', 0)") == datetime.datetime(
        2026, 11, 21, 3, tzinfo=CHINA
    ), "at once, also on a Saturday"


def test_working_time_follows_week_plan_and_days(sign_in: SignIn) -> None:
    admin = sign_in("admin")

    def minutes(day: str) -> int:
        with admin.read() as session:
            asked = f"select crm.working_minutes('{day} 00:00+8', '{day} 24:00+8')"
            return int(session.connection().exec_driver_sql(asked).scalar_one())

    assert (minutes("2026-11-20"), minutes("2026-11-21"), minutes("2026-10-01"), minutes("2026-10-10")) == (
        480,
        0,
        0,
        480,
    )
    with admin.read() as session:
        before, _logo = fetch_firm(session)
    assert before == Firm()
    plan = replace(before, working_days=(1, 2, 3, 4, 5, 6), lunch_from="", lunch_to="", working_to="18:30")
    with admin.write() as session:
        change_set = save_firm(session, before, plan)
    assert (minutes("2026-11-20"), minutes("2026-11-21"), minutes("2026-11-22")) == (570, 570, 0)
    with admin.write() as session:
        session.connection().exec_driver_sql("insert into crm.special_day (day, name) values ('2026-11-20', '厂庆')")
    assert minutes("2026-11-20") == 0
    with admin.write() as session:
        undo(session, change_set)
    assert (minutes("2026-11-19"), minutes("2026-11-20"), minutes("2026-11-21")) == (480, 0, 0)


def test_nonsense_in_the_settings_counts_as_the_usual_week(raw: Raw) -> None:
    raw.become(None)
    nonsense = {
        "working_from": "25:00",
        "working_to": 7,
        "lunch_from": "17:00",
        "lunch_to": "12:00",
        "working_days": "x",
    }
    written = json.dumps({**nonsense, "time_zone": "Mars/Base"})
    raw.count("insert into crm.setting (key, value) select e.key, e.value from jsonb_each(%s) e", written)
    assert raw.value("select crm.working_minutes('2026-11-20 00:00+8', '2026-11-21 00:00+8')") == 540, "without a break"


def test_nobody_writes_working_time_himself(raw: Raw) -> None:
    for key in SIGNED_IN:
        raw.become(login(key))
        for statement in ("delete from crm.working_time", "update crm.working_time set ends_at = now()"):
            assert raw.tried(statement) == "42501"
        assert raw.tried("select crm.write_out_working_time()") == "42501"
        assert raw.value("select crm.working_minutes('2026-11-20 00:00+8', '2026-11-21 00:00+8')") == 480
