"""Calendar files in and out, with what the RFC and other programs write."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from crm_desktop.core import recurrence
from crm_desktop.core.errors import KnownError
from crm_desktop.db.engine import Gateway
from crm_desktop.services import calendar, events, journal
from crm_desktop.services.calendar import Span
from crm_desktop.services.events import Attendance
from crm_desktop.services.icalendar_files import (
    Imported,
    import_calendar,
    read_calendar,
    since_a_year_ago,
    write_calendar,
)
from crm_desktop.services.lookup import fetch_choices
from crm_desktop.services.records import new_record
from tests.db.conftest import SignIn

PACIFIC = datetime.timezone(datetime.timedelta(hours=-8))
RFC_WEEKLY = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//RDU Software//NONSGML HandCal//EN
BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:STANDARD
DTSTART:19981025T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
TZNAME:EST
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19990404T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
DTSTAMP:19980309T231000Z
UID:guid-1.example.com
ORGANIZER:mailto:mrbig@example.com
DESCRIPTION:Project XYZ Review Meeting
CATEGORIES:Internal
CLASS:PUBLIC
SUMMARY:XYZ Project Review
DTSTART;TZID=America/New_York:19980312T083000
DTEND;TZID=America/New_York:19980312T093000
LOCATION:1CP Conference Room 4350
RRULE:FREQ=WEEKLY;COUNT=3
EXDATE;TZID=America/New_York:19980319T083000
END:VEVENT
BEGIN:VEVENT
UID:guid-1.example.com
DTSTAMP:19980309T231000Z
RECURRENCE-ID:19980326T133000Z
SUMMARY:XYZ Project Review (moved)
DTSTART:19980327T133000Z
DURATION:PT2H
END:VEVENT
BEGIN:VEVENT
UID:19970901T130000Z-123403@example.com
DTSTAMP:19970901T130000Z
DTSTART;VALUE=DATE:19971102
SUMMARY:Our Blissful Anniversary
TRANSP:TRANSPARENT
CLASS:CONFIDENTIAL
CATEGORIES:ANNIVERSARY,PERSONAL,SPECIAL OCCASION
RRULE:FREQ=YEARLY;COUNT=2
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n").encode()


RFC_FURTHER_TIMES = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//RDU Software//NONSGML HandCal//EN
BEGIN:VEVENT
UID:moments
SUMMARY:Moments
DTSTART:19970713T123000Z
DURATION:PT1H
RRULE:FREQ=DAILY;COUNT=2
RDATE:19970714T123000Z
RDATE;TZID=America/New_York:19970716T083000
EXDATE:19970713T123000Z
END:VEVENT
BEGIN:VEVENT
UID:periods
SUMMARY:Periods
DTSTART:19960402T010000Z
DURATION:PT3H
RDATE;VALUE=PERIOD:19960403T020000Z/19960403T040000Z,19960404T010000Z/PT3H
END:VEVENT
BEGIN:VEVENT
UID:days
SUMMARY:Days
DTSTART;VALUE=DATE:19970101
RDATE;VALUE=DATE:19970101,19970120,19970217,19970421,
 19970526,19970704,19970901,19971014,19971128,19971129,19971225
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n").encode()
"""The examples of RFC 5545, 3.8.5.2."""


def bring_in(gateway: Gateway, content: bytes) -> Imported:
    with gateway.write() as session:
        return import_calendar(session, gateway.person, read_calendar(content), fetch_choices(session), "a.ics")


def told(gateway: Gateway) -> list[str]:
    first = datetime.datetime(1996, 1, 1, tzinfo=datetime.UTC)
    with gateway.read() as session:
        found = calendar.fetch_span(session, first, first + datetime.timedelta(days=1300), [gateway.person.id], [])
    return [
        f"{one.starts_at.astimezone(datetime.UTC):%Y-%m-%d %H:%M} {(one.ends_at - one.starts_at)} {one.title}"
        for one in found
    ]


def test_what_the_rfc_prints_comes_in_and_goes_again(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    done = bring_in(seller, RFC_WEEKLY)
    assert (done.created, done.updated) == (3, 0)
    assert [line for line in told(seller) if "XYZ" in line] == [
        "1998-03-12 13:30 1:00:00 XYZ Project Review",
        "1998-03-27 13:30 2:00:00 XYZ Project Review (moved)",
    ]
    assert len([line for line in told(seller) if "Anniversary" in line]) == 2
    with seller.read() as session:
        first = datetime.datetime(1998, 3, 1, tzinfo=datetime.UTC)
        one = calendar.fetch_span(session, first, first + datetime.timedelta(days=15), [seller.person.id], [])[0]
    assert one.details is not None
    assert (one.details.place, one.details.category and one.details.category.label) == (
        "1CP Conference Room 4350",
        "Internal",
    )
    with seller.write() as session:
        assert journal.undo(session, done.change_set).kept == ()
    assert told(seller) == []


def test_further_times_come_in_are_split_and_go_again(sign_in: SignIn) -> None:
    seller, desk = sign_in("seller"), sign_in("desk")
    assert bring_in(seller, RFC_FURTHER_TIMES).created == 4
    whole = told(seller)
    assert [line[:-1] for line in whole if "Period" in line or "Moment" in line] == [
        "1996-04-02 01:00 3:00:00 Period",
        "1996-04-03 02:00 2:00:00 Period",
        "1996-04-04 01:00 3:00:00 Period",
        "1997-07-14 12:30 1:00:00 Moment",
        "1997-07-16 12:30 1:00:00 Moment",
    ]
    assert len([line for line in whole if "Days" in line]) == 11
    assert bring_in(seller, RFC_FURTHER_TIMES).updated == 0
    with seller.read() as session:
        content = write_calendar(session, seller.person, datetime.datetime(1990, 1, 1, tzinfo=datetime.UTC))
    bring_in(desk, content)
    assert told(desk) == whole
    with seller.write() as session:
        at = datetime.datetime(1997, 7, 4).astimezone()
        days = session.execute(text("select id from crm.event where subject = 'Days'")).scalar_one()
        rest = events.split(session, days, at).event_id
        events.remove(session, rest, datetime.datetime(1997, 10, 14).astimezone(), "following")
        events.move(session, rest, at, Span(at + datetime.timedelta(days=1), at + datetime.timedelta(days=2)), "all")
        left = session.execute(
            text("select occurs_at from crm.event where subject = 'Days' order by starts_at")
        ).scalars()
        assert [f"{moment.astimezone():%m%d}" for moments in left for moment in moments] == [
            "0101", "0120", "0217", "0421", "0526", "0705", "0902",
        ]  # fmt: skip


def test_the_same_file_again_changes_only_what_is_new(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    bring_in(seller, RFC_WEEKLY)
    before = told(seller)
    assert bring_in(seller, RFC_WEEKLY).created == 0
    assert told(seller) == before
    done = bring_in(seller, RFC_WEEKLY.replace(b"Our Blissful Anniversary", b"Anniversary"))
    assert (done.created, done.updated) == (0, 1)


def test_what_goes_out_comes_in_elsewhere_as_it_was(sign_in: SignIn) -> None:
    seller, junior = sign_in("seller"), sign_in("junior")
    begin = datetime.datetime(2098, 3, 3, 9).astimezone()
    hour = datetime.timedelta(hours=1)
    with seller.write() as session:
        values: dict[str, Any] = {
            "subject": '周会；"评审"',
            "starts_at": begin,
            "ends_at": begin + hour,
            "place": "301",
            "description": "一,\n二",
        }
        series = events.create(session, new_record("event", seller.person, **values), "FREQ=DAILY;COUNT=4").event_id
        events.remove(session, series, begin + 24 * hour, "this")
        moved = Span(begin + 50 * hour, begin + 51 * hour)
        events.move(session, series, begin + 48 * hour, moved, "this")
        day = new_record(
            "event",
            seller.person,
            subject="出差",
            starts_at=begin - 9 * hour,
            ends_at=begin + 39 * hour,
            is_all_day=True,
        )
        events.create(session, day, None, Attendance((junior.person.id,)))

    def seen(gateway: Gateway) -> list[tuple[datetime.datetime, datetime.datetime, str]]:
        with gateway.read() as session:
            found = calendar.fetch_span(session, begin - 48 * hour, begin + 200 * hour, [gateway.person.id], [])
        return [(one.starts_at, one.ends_at, one.title) for one in found]

    with seller.read() as session:
        content = write_calendar(session, seller.person, since_a_year_ago())
    assert content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    desk = sign_in("desk")
    assert bring_in(desk, content).created == 3
    assert seen(desk) == seen(seller)
    assert len(seen(seller)) == 4


OTHERS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
BEGIN:VTIMEZONE
TZID:Pacific Standard Time
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:-0800
TZOFFSETTO:-0800
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
DTSTART;TZID="Pacific Standard Time":20261123T{evening}
DTEND;TZID="Pacific Standard Time":20261123T235900
RRULE:FREQ=WEEKLY;COUNT=4;BYDAY=MO
SUMMARY;LANGUAGE=zh-cn:跨国周会
ATTENDEE;CN="陈客户";RSVP=TRUE:mailto:chen@example.com
ATTENDEE:mailto:lin@example.com
UID:040000008200E000
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID="Pacific Standard Time":20261130T{evening}
RECURRENCE-ID;TZID="Pacific Standard Time":20261130T{evening}
STATUS:CANCELLED
UID:040000008200E000
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261126
STATUS:CANCELLED
SUMMARY:不办了
UID:fair-1
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_what_outlook_writes_is_read_in_the_words_and_on_the_days_of_here(encoding: str) -> None:
    here = datetime.datetime(2026, 11, 24).astimezone().tzinfo
    evening = (datetime.datetime(2026, 11, 24, 0, 30, tzinfo=here).astimezone(PACIFIC)).strftime("%H%M%S")
    (one,) = read_calendar(OTHERS.format(evening=evening).encode(encoding))
    assert one.values["subject"] == "跨国周会"
    assert one.values["description"] == "Participants: 陈客户, lin@example.com"
    begin = one.values["starts_at"]
    assert one.rule == f"FREQ=WEEKLY;COUNT=4;BYDAY={recurrence.WEEKDAYS[begin.weekday()]}"
    times = recurrence.occurrences(one.rule, begin, one.exceptions)
    assert [(at - begin).days for at in times] == [0, 14, 21]


def test_what_repeats_goes_out_in_the_zone_of_the_firm(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    begin = datetime.datetime(2098, 3, 3, 7, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday, in UTC still a Sunday
    values: dict[str, Any] = {"subject": "早会", "starts_at": begin, "ends_at": begin + datetime.timedelta(hours=1)}
    with seller.write() as session:
        record = new_record("event", seller.person, **values)
        day = recurrence.WEEKDAYS[begin.astimezone().weekday()]
        events.create(session, record, f"FREQ=WEEKLY;BYDAY={day};UNTIL=20980331")
    with seller.read() as session:
        content = write_calendar(session, seller.person, since_a_year_ago())
    assert b"BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai" in content
    assert b"DTSTART;TZID=Asia/Shanghai:20980303T070000" in content
    assert b"UNTIL=2098033" in content
    assert b"Z;BYDAY=MO" in content


DAMAGED = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:nonsense\r\nEND:VEVENT\r\n"


@pytest.mark.parametrize("content", [b"", b"x", b"PK\x03\x04", OTHERS[:900].encode(), DAMAGED])
def test_what_is_no_calendar_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(KnownError):
        read_calendar(content)
