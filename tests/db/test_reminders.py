"""Reminders: whose they are, when each moment comes, what becomes of it, and who is told. Times are the server's."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from sqlalchemy import text

from crm_desktop.db.engine import Gateway
from crm_desktop.services import events, reminders
from crm_desktop.services.calendar import Span
from crm_desktop.services.events import Attendance
from crm_desktop.services.records import new_record
from crm_desktop.services.reminders import USUAL, Pending, Wish
from tests.db.conftest import SignIn, own_database, sign_in, template
from tests.db.office import Office, login
from tests.db.raw import Raw
from tests.ui.desk import create

__all__ = ["own_database", "sign_in", "template"]
REFUSED = "42501"
MINUTE, HOUR, DAY = datetime.timedelta(minutes=1), datetime.timedelta(hours=1), datetime.timedelta(days=1)


@pytest.fixture
def seller(sign_in: SignIn) -> Gateway:
    return sign_in("seller")


@pytest.fixture
def now(seller: Gateway) -> datetime.datetime:
    with seller.read() as session:
        moment: datetime.datetime = session.execute(text("select now()")).scalar_one()
        return moment


def event(gateway: Gateway, starts_at: datetime.datetime, rule: str | None = None, **values: Any) -> int:
    occurs_at = None
    if rule is not None:
        occurs_at = [starts_at + n * DAY for n in range(40)]
    columns = {"subject": "回访", "starts_at": starts_at, "ends_at": starts_at + HOUR, **values}
    columns |= {"rule": rule, "occurs_at": occurs_at}
    with gateway.write() as session:
        statement = f"insert into crm.event ({', '.join(columns)}) values (:{', :'.join(columns)}) returning id"
        return int(session.execute(text(statement), columns).scalar_one())


def pending(gateway: Gateway, until: datetime.datetime) -> list[Pending]:
    with gateway.read() as session:
        return reminders.fetch_pending(session, until)


def test_only_oneself_sees_and_changes_them(raw: Raw, office: Office) -> None:
    raw.act(login("seller"))
    event_id = raw.value(
        "insert into crm.event (subject, starts_at, ends_at)"
        " values ('x', now() + interval '1 day', now() + interval '2 days') returning id"
    )
    assert raw.column("select employee_id from crm.reminder where event_id = %s", event_id) == [office.ids["seller"]]
    for other in ("admin", "director", "junior"):
        raw.become(login(other))
        assert raw.column("select id from crm.reminder") == []
        assert raw.tried("update crm.reminder set minutes = 0") == 0
        insert = "insert into crm.reminder (employee_id, event_id, minutes) values (%s, %s, 5)"
        assert raw.tried(insert, office.ids["seller"], event_id) == REFUSED
        assert raw.rows("select * from crm.my_reminders(now() + interval '9 days')") == []


def test_an_event_reminds_its_organiser_and_whom_he_asks(
    sign_in: SignIn, seller: Gateway, now: datetime.datetime
) -> None:
    junior = sign_in("junior")
    id_ = event(seller, now + HOUR)
    with seller.write() as session:
        session.execute(
            text("insert into crm.event_participant (event_id, employee_id) values (:e, :p)"),
            {"e": id_, "p": junior.person.id},
        )
    for gateway in (seller, junior):
        (one,) = pending(gateway, now + DAY)
        assert (one.entity, one.record_id, one.title, one.remind_at) == ("event", id_, "回访", now + 45 * MINUTE)
        assert reminders.due([one], now) == []
        assert reminders.due([one], now + 46 * MINUTE) == [one]
    with junior.write() as session:
        session.execute(text("select crm.answer_invitation(:e, 'declined')"), {"e": id_})
    assert pending(junior, now + DAY) == []


def test_what_was_missed_is_told_once_by_its_latest_time(seller: Gateway, now: datetime.datetime) -> None:
    event(seller, now + HOUR, "FREQ=DAILY")
    several = pending(seller, now + 3 * DAY)
    assert [one.begins_at - now for one in several] == [HOUR, HOUR + DAY, HOUR + 2 * DAY]
    later = now + 2 * DAY + 2 * HOUR  # the program was closed for two days
    (shown,) = reminders.due(several, later)
    assert shown.begins_at == now + HOUR + 2 * DAY
    with seller.write() as session:
        reminders.finish(session, [shown])
    assert [one.begins_at for one in pending(seller, now + 4 * DAY)] == [now + HOUR + 3 * DAY]


def test_it_comes_back_when_it_was_put_off(seller: Gateway, now: datetime.datetime) -> None:
    event(seller, now + 5 * MINUTE)
    (one,) = reminders.due(pending(seller, now + DAY), now)  # less than its quarter of an hour was left
    with seller.write() as session:
        reminders.snooze(session, [one], now + HOUR)
    several = pending(seller, now + DAY)
    assert reminders.due(several, now + 59 * MINUTE) == []
    assert [again.id for again in reminders.due(several, now + HOUR)] == [one.id]
    with seller.write() as session:
        reminders.finish(session, [one])
        reminders.finish(session, [one])  # on another computer
    assert pending(seller, now + DAY) == []


def test_an_event_that_is_moved_reminds_anew(seller: Gateway, now: datetime.datetime) -> None:
    id_ = event(seller, now + 5 * MINUTE)
    with seller.write() as session:
        reminders.finish(session, pending(seller, now + DAY))
        statement = "update crm.event set starts_at = :at, ends_at = :end where id = :id"
        session.execute(text(statement), {"at": now + 2 * HOUR, "end": now + 3 * HOUR, "id": id_})
    assert [one.remind_at for one in pending(seller, now + DAY)] == [now + 105 * MINUTE]


def test_a_task_reminds_on_its_day_or_at_its_hour_until_it_is_over(seller: Gateway, now: datetime.datetime) -> None:
    shanghai = datetime.timezone(8 * HOUR)
    tomorrow = now.astimezone(shanghai).date() + DAY
    whole = create(seller, "task", subject="寄样本", due_on=tomorrow)
    timed = create(seller, "task", subject="打电话", due_on=tomorrow, due_time="08:15")
    assert [(one.record_id, one.remind_at.astimezone(shanghai).time()) for one in pending(seller, now + 3 * DAY)] == [
        (timed.id, datetime.time(8, 15)), (whole.id, datetime.time(9)),
    ]  # fmt: skip
    with seller.write() as session:
        session.execute(text("update crm.task set state_id = crm.choice('task_state', 'done')"))
    assert pending(seller, now + 3 * DAY) == []


def test_a_task_that_is_given_away_takes_its_reminder_along(
    sign_in: SignIn, seller: Gateway, now: datetime.datetime
) -> None:
    junior, leader = sign_in("junior"), sign_in("leader")
    given = create(seller, "task", subject="寄样本", due_on=(now + 2 * DAY).date())
    with leader.write() as session:
        session.execute(text("update crm.task set owner_id = :to"), {"to": junior.person.id})
    assert [one.record_id for one in pending(junior, now + 4 * DAY)] == [given.id]
    assert pending(seller, now + 4 * DAY) == []


def test_several_of_ones_own_by_minutes_and_by_moment(seller: Gateway, now: datetime.datetime) -> None:
    id_ = event(seller, now + 3 * DAY)
    with seller.write() as session:
        reminders.keep_wishes(session, "event", id_, (Wish(1440), USUAL, Wish(None, now + HOUR)))
    with seller.read() as session:
        assert {*reminders.fetch_wishes(session, "event", id_)} == {Wish(1440), USUAL, Wish(None, now + HOUR)}
    assert [one.remind_at for one in pending(seller, now + 4 * DAY)] == [
        now + HOUR, now + 2 * DAY, now + 3 * DAY - 15 * MINUTE,
    ]  # fmt: skip
    with seller.write() as session:
        reminders.keep_wishes(session, "event", id_, (Wish(1440), Wish(None, now + HOUR)))
    assert len(pending(seller, now + 4 * DAY)) == 2


def test_what_leaves_its_series_takes_everybodys_reminders_along(
    sign_in: SignIn, seller: Gateway, now: datetime.datetime
) -> None:
    junior, begin = sign_in("junior"), now.replace(microsecond=0) + 3 * DAY
    with seller.write() as session:
        record = new_record("event", seller.person, subject="晨会", starts_at=begin, ends_at=begin + HOUR)
        series = events.create(session, record, "FREQ=DAILY;COUNT=4", Attendance((junior.person.id,))).event_id
    with junior.write() as session:
        reminders.keep_wishes(session, "event", series, (Wish(60), Wish(120)))
    with seller.write() as session:
        reminders.keep_wishes(session, "event", series, ())
        events.move(session, series, begin + DAY, Span(begin + DAY + HOUR, begin + DAY + 2 * HOUR), "this")
        events.split(session, series, begin + 2 * DAY)
    assert pending(seller, now + 9 * DAY) == []
    hours = [0, 1, 2, 3]
    moments = [begin + n * DAY + (n == 1) * HOUR - before * HOUR for n in hours for before in (2, 1)]
    assert [one.remind_at for one in pending(junior, now + 9 * DAY)] == moments


def test_an_event_with_a_customer_asks_when_it_has_ended(seller: Gateway, now: datetime.datetime) -> None:
    customer = create(seller, "customer", name="新华仪器")
    kind = "(select crm.choice('event_kind', 'visit'))"
    id_ = event(seller, now + HOUR, customer_id=customer.id)
    with seller.write() as session:
        session.execute(text(f"update crm.event set kind_id = {kind} where id = :id"), {"id": id_})
    asked = [one for one in pending(seller, now + DAY) if one.is_question]
    assert [(one.remind_at, one.customer and one.customer.id) for one in asked] == [(now + 2 * HOUR, customer.id)]
    with seller.write() as session:
        written = reminders.answer(session, seller.person, asked[0], {"result": "要两台", "next_step": "寄报价"})
    assert [one for one in pending(seller, now + DAY) if one.is_question] == []
    with seller.read() as session:
        row = session.execute(
            text(
                "select a.subject, a.result, a.next_step, a.happened_at, e.code, v.outcome from crm.activity a"
                " join crm.dictionary_entry e on e.id = a.kind_id, crm.event v where a.id = :id and v.id = :event"
            ),
            {"id": written.id, "event": id_},
        ).one()
        assert tuple(row) == ("回访", "要两台", "寄报价", now + HOUR, "visit", "要两台")
    with seller.write() as session:
        session.execute(text("select journal.undo(:id)"), {"id": written.change_set})
        assert session.execute(text("select outcome from crm.event where id = :id"), {"id": id_}).scalar() is None
        of_customer = text("select count(*) from crm.activity where customer_id = :id")
        assert session.execute(of_customer, {"id": customer.id}).scalar() == 0
