"""Events by raw connection: who reads the words, who knows the times, and that nothing is booked twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.db.office import SIGNED_IN, Office, login
from tests.db.raw import Raw

REFUSED = "42501"
BOOKED = "23P01"
NINE, TEN, NOON = "2026-12-01 09:00+8", "2026-12-01 10:00+8", "2026-12-01 12:00+8"


def event(raw: Raw, by: str, **values: Any) -> int:
    """A new one, written as somebody writes it; its id."""
    raw.act(login(by), "create")
    values = {"subject": "周会", "starts_at": NINE, "ends_at": TEN} | values
    columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    return int(raw.value(f"insert into crm.event ({columns}) values ({marks}) returning id", *values.values()))


def invite(raw: Raw, by: str, event_id: int, whom: int) -> None:
    raw.become(login(by))
    raw.count("insert into crm.event_participant (event_id, employee_id) values (%s, %s)", event_id, whom)


def book(raw: Raw, by: str, event_id: int) -> int | str:
    """Take the car for an event; refused where somebody has it."""
    raw.become(login(by))
    return raw.tried(
        "insert into crm.event_resource (event_id, resource_id) select %s, id from crm.resource where name like '粤%%'",
        event_id,
    )


def seen(raw: Raw, key: str) -> list[int]:
    raw.become(login(key))
    return raw.column("select id from crm.event order by id")


def busy(raw: Raw, by: str, office: Office, *keys: str) -> list[tuple[str, str]]:
    """When these are occupied, as the person is told."""
    raw.become(login(by))
    raw.cursor.execute("set local timezone = 'Asia/Shanghai'")
    return raw.rows(
        "select to_char(starts_at, 'MM-DD HH24:MI'), to_char(ends_at, 'MM-DD HH24:MI')"
        " from crm.occupied('2026-11-01', '2027-03-01', %s, '{}') order by starts_at",
        [office.ids[key] for key in keys],
    )


@pytest.mark.parametrize("key", SIGNED_IN)
def test_one_reads_the_events_of_those_in_reach_and_those_one_takes_part_in(raw: Raw, office: Office, key: str) -> None:
    whose = {event(raw, "clerk", owner_id=office.ids[owner]): owner for owner in ("seller", "desk", "director")}
    private = event(raw, "seller", is_private=True)
    asked = event(raw, "desk", is_private=True)
    invite(raw, "desk", asked, office.ids["junior"])
    reached = office.reached(key, "event", "read")
    expected = {id_ for id_, owner in whose.items() if office.ids[owner] in reached}
    expected |= {private} if key == "seller" else set()
    expected |= {asked} if key in ("desk", "junior") else set()
    assert {*seen(raw, key)} == expected
    assert raw.value("select count(*) from crm.event_participant") == (asked in expected)
    assert raw.tried("select count(*) from crm.event_occurrence") == REFUSED


def test_private_is_hidden_from_history_search_and_undo_too(raw: Raw) -> None:
    id_ = event(raw, "seller", is_private=True, subject="体检")
    raw.value("select journal.begin_change('edit', '体检')")
    raw.count("update crm.event set place = '医院' where id = %s", id_)
    raw.become(login("director"))
    assert raw.column("select label from journal.change_sets(100) where label = '体检'") == []
    raw.become(login("seller"))
    assert raw.column("select label from journal.my_change_sets(100) where label = '体检'") == ["体检"]
    for key, is_in_sight in (("admin", False), ("director", False), ("manager", False), ("seller", True)):
        raw.become(login(key))
        assert bool(raw.rows("select * from journal.history('event', %s)", id_)) == is_in_sight
        assert raw.value("select crm.record_in_sight('event', %s)", id_) == is_in_sight
        assert raw.tried("update crm.event set subject = subject where id = %s", id_) == int(is_in_sight)
        assert raw.tried("update crm.event set is_private = false where id = %s", id_) == int(is_in_sight)
        assert raw.tried("delete from crm.event where id = %s", id_) == int(is_in_sight)


def test_nobody_gathers_from_reminders_who_takes_part_in_something_private(raw: Raw) -> None:
    private, own = event(raw, "seller", is_private=True), event(raw, "director")
    copy = "select crm.copy_reminders(%s, %s)"
    assert raw.tried(copy, private, own) == REFUSED
    raw.become(login("seller"))
    assert raw.tried(copy, own, private) == REFUSED
    assert raw.tried(copy, private, private) == 1
    raw.become(None)
    raw.count("update crm.event set created_at = created_at - interval '1 second' where id = %s", private)
    raw.become(login("seller"))
    assert raw.tried(copy, private, private) == REFUSED, "else it would end the reminders of all who take part"


def test_nobody_keeps_in_sight_what_becomes_private_by_lending_it_to_himself(raw: Raw, office: Office) -> None:
    id_ = event(raw, "junior")
    lend = "insert into crm.share (entity, record_id, employee_id) values ('event', %s, %s)"
    raw.act(login("seller"), "share")
    raw.count(lend, id_, office.ids["seller"])
    raw.act(login("junior"), "share")
    raw.count(lend, id_, office.ids["desk"])
    private = raw.act(login("junior"))
    raw.count("update crm.event set is_private = true where id = %s", id_)
    assert (seen(raw, "seller"), seen(raw, "desk"), seen(raw, "junior")) == ([], [id_], [id_])
    raw.value("select journal.undo(%s)", private)
    assert raw.value("select count(*) from crm.share where record_id = %s", id_) == 2


def test_nobody_deletes_what_is_lent_to_him_with_a_series_of_his_own(raw: Raw, office: Office) -> None:
    others = event(raw, "director")
    raw.act(login("director"), "share")
    lend = "insert into crm.share (entity, record_id, employee_id, may_write) values ('event', %s, %s, true)"
    raw.count(lend, others, office.ids["junior"])
    series = event(raw, "junior", rule="FREQ=DAILY")
    put_into = "update crm.event set series_id = %s where id = %s"
    assert raw.tried(put_into, series, others) == REFUSED
    assert raw.tried(put_into, series, event(raw, "junior")) == 1


def test_nobody_makes_something_private_for_others(raw: Raw, office: Office) -> None:
    raw.act(login("director"), "create")
    statement = (
        "insert into crm.event (subject, starts_at, ends_at, owner_id, is_private) values ('x', %s, %s, %s, true)"
    )
    assert raw.tried(statement, NINE, TEN, office.ids["seller"]) == REFUSED
    assert raw.tried(statement, NINE, TEN, office.ids["director"]) == 1
    others = event(raw, "clerk", owner_id=office.ids["seller"])
    raw.become(login("director"))
    assert raw.tried("update crm.event set is_private = true where id = %s", others) == REFUSED


def test_what_lies_at_a_customer_is_read_by_whom_he_belongs_to_unless_it_is_private(raw: Raw, office: Office) -> None:
    raw.become(None)
    customer = raw.value("select min(id) from crm.customer where owner_id = %s", office.ids["junior"])
    plain = event(raw, "director", customer_id=customer)
    event(raw, "director", customer_id=customer, is_private=True)
    assert seen(raw, "junior") == [plain]
    assert raw.tried("update crm.event set subject = 'x' where id = %s", plain) == 0


def test_everybody_in_the_firm_knows_when_somebody_is_busy(raw: Raw, office: Office) -> None:
    event(raw, "director", is_private=True)
    assert busy(raw, "junior", office, "director") == [("12-01 09:00", "12-01 10:00")]
    assert busy(raw, "gone", office, "director") == []
    assert busy(raw, "stranger", office, "director") == []


def test_participants_are_busy_until_they_decline(raw: Raw, office: Office) -> None:
    id_ = event(raw, "desk")
    invite(raw, "desk", id_, office.ids["junior"])
    assert busy(raw, "desk", office, "junior") != []
    raw.become(login("junior"))
    raw.rows("select crm.answer_invitation(%s, 'declined')", id_)
    assert busy(raw, "desk", office, "junior") == []
    assert raw.value(
        "select e.code from crm.event_participant p join crm.dictionary_entry e on e.id = p.answer_id"
    ) == ("declined")
    raw.become(login("junior"))
    assert raw.tried("select crm.answer_invitation(%s, 'accepted')", id_) == 1
    assert raw.tried("select crm.answer_invitation(%s, 'perhaps')", id_) == "23502"
    assert raw.tried("update crm.event set subject = 'x' where id = %s", id_) == 0
    raw.become(login("seller"))
    assert raw.tried("select crm.answer_invitation(%s, 'accepted')", id_) == REFUSED
    raw.act(login("desk"))
    answer = "update crm.event_participant set answer_id = crm.choice('event_answer', 'accepted')"
    assert raw.tried(answer) == REFUSED, "nobody answers for others"


def test_who_is_asked_is_told_and_who_asked_is_told_the_answer(raw: Raw, office: Office) -> None:
    id_ = event(raw, "desk", starts_at="2098-12-01 09:00+8", ends_at="2098-12-01 10:00+8")
    invite(raw, "desk", id_, office.ids["junior"])
    for key, kind in (("junior", "invitation"), ("desk", "declined"), ("seller", None)):
        if kind == "declined":
            raw.become(login("junior"))
            raw.rows("select crm.answer_invitation(%s, 'declined')", id_)
        raw.become(login(key))
        told = raw.rows("select kind, body, entity, record_id from crm.message")
        assert told == ([(kind, "周会 · 2098-12-01 09:00", "event", id_)] if kind else [])


@pytest.mark.parametrize("column", ["reader_id", "customer_owner_id"])
def test_nobody_writes_what_triggers_keep(raw: Raw, column: str) -> None:
    id_ = event(raw, "seller")
    assert raw.tried(f"update crm.event set {column} = 1 where id = %s", id_) == REFUSED


@pytest.mark.parametrize("column", ["exceptions", "additions", "occurs_at"])
def test_no_moment_that_python_does_not_know_closes_an_event_to_everybody(raw: Raw, column: str) -> None:
    id_ = event(raw, "seller", rule="FREQ=DAILY")
    write = f"update crm.event set {column} = array[starts_at, %s]::timestamptz[] where id = %s"
    assert raw.tried(write, TEN, id_) == 1
    for moment in ("20000-01-01", "infinity", "-infinity", "0044-03-15 BC"):
        assert raw.tried(write, moment, id_) in ("23514", "0A000")


def test_a_car_is_booked_once_at_a_time(raw: Raw) -> None:
    first, beside = event(raw, "desk"), event(raw, "seller", starts_at="2026-12-01 09:59+8", ends_at=NOON)
    after = event(raw, "seller", starts_at=TEN, ends_at=NOON)
    raw.become(login("desk"))
    raw.count(
        "insert into crm.event_resource (event_id, resource_id) select %s, id from crm.resource where name like '粤%%'",
        first,
    )
    assert book(raw, "seller", beside) == BOOKED
    assert book(raw, "seller", after) == 1
    raw.become(login("desk"))
    raw.count("delete from crm.event_resource where event_id = %s", first)
    assert book(raw, "seller", beside) == 1


def test_a_series_books_each_of_its_times(raw: Raw) -> None:
    weekly = event(
        raw, "desk", rule="FREQ=WEEKLY;COUNT=2", occurs_at="{2026-12-01 09:00+8, 2026-12-08 09:00+8}"
    )  # fmt: skip
    raw.count(
        "insert into crm.event_resource (event_id, resource_id) select %s, id from crm.resource where name like '粤%%'",
        weekly,
    )
    other = event(raw, "seller", starts_at="2026-12-08 09:30+8", ends_at="2026-12-08 09:40+8")
    assert book(raw, "seller", other) == BOOKED
    raw.become(login("seller"))
    assert raw.tried("update crm.event set ends_at = '2026-12-08 09:50+8' where id = %s", other) == 1


def test_a_series_moves_within_its_day_by_its_beginning_alone(raw: Raw, office: Office) -> None:
    id_ = event(raw, "seller", rule="FREQ=WEEKLY;COUNT=2", occurs_at="{2026-12-01 09:00+8, 2026-12-08 09:00+8}")
    raw.cursor.execute("set local timezone = 'Asia/Shanghai'")
    raw.count("update crm.event set starts_at = '2026-12-01 08:00+8' where id = %s", id_)
    assert busy(raw, "seller", office, "seller") == [("12-01 08:00", "12-01 10:00"), ("12-08 08:00", "12-08 10:00")]
    assert raw.tried("update crm.event set starts_at = '2026-11-30 08:00+8' where id = %s", id_) == "P0001"


def test_an_undo_brings_the_times_back(raw: Raw, office: Office) -> None:
    id_ = event(raw, "seller")
    deleted = raw.act(login("seller"), "delete")
    raw.count("delete from crm.event where id = %s", id_)
    assert busy(raw, "seller", office, "seller") == []
    raw.become(login("seller"))
    raw.rows("select * from journal.undo(%s)", deleted)
    assert busy(raw, "seller", office, "seller") == [("12-01 09:00", "12-01 10:00")]


def test_why_names_the_invitation_and_the_privacy(raw: Raw, office: Office) -> None:
    id_ = event(raw, "desk", is_private=True)
    invite(raw, "desk", id_, office.ids["junior"])
    for key, reason in (("junior", "invited"), ("director", "private"), ("desk", "own")):
        raw.become(None)
        found = raw.rows("select verb, reason from crm.why_for(%s, 'event', %s)", office.ids[key], id_)
        assert dict(found)["read"] == reason
