"""A computer whose clock is wrong by hours or years: what is dated there is dated as the server says."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from crm_desktop.core import clock
from crm_desktop.db.engine import Gateway
from crm_desktop.entities import by_key
from crm_desktop.services import events, journal, reminders
from crm_desktop.services.drafts import Draft, Drafts
from crm_desktop.services.overview import fetch_overview, log_activity
from crm_desktop.services.records import create_record, fetch_record, new_record
from crm_desktop.services.server_clock import compare_clocks
from crm_desktop.spec.kinds import DATE
from tests.db.conftest import SignIn

SOON = datetime.timedelta(minutes=1)


@pytest.fixture(params=["9 years slow", "7 hours slow", "7 hours fast", "40 years fast"])
def wrong_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[datetime.timedelta]:
    count, unit, direction = request.param.split()
    wrong = datetime.timedelta(hours=int(count)) * (1 if unit == "hours" else 24 * 365)
    wrong = -wrong if direction == "slow" else wrong
    monkeypatch.setattr(clock, "_own_time", lambda: datetime.datetime.now(datetime.UTC) + wrong)
    yield wrong
    monkeypatch.undo()
    clock.set_by(datetime.datetime.now(datetime.UTC))


@pytest.fixture
def seller(wrong_by: datetime.timedelta, sign_in: SignIn) -> Gateway:
    del wrong_by
    return sign_in("seller")


def _server_time(gateway: Gateway) -> datetime.datetime:
    with gateway.read() as session:
        now: datetime.datetime = session.execute(text("select clock_timestamp()")).scalar_one()
    return now


def test_what_happens_now_is_dated_by_the_server(seller: Gateway) -> None:
    assert clock.is_wrong()
    with seller.write() as session:
        customer = create_record(session, new_record("customer", seller.person, name="珠海华工"))
        logged = log_activity(session, customer, seller.person, subject="电话", kind=None)
        activity = fetch_record(session, "activity", logged.id)
        figures = fetch_overview(session, "customer", customer.id, seller.person).figures
    now = _server_time(seller)
    assert abs(activity.values["happened_at"] - now) < SOON
    assert DATE.parse("today") == now.astimezone().date()
    assert figures is not None
    assert (figures.activities, figures.days_since_contact) == (1, 0)
    assert by_key("customer").tone({"last_contact_at": now}) == {}


@pytest.mark.parametrize("wrong_by", ["1 hours slow", "1 hours fast"], indirect=True)
def test_what_is_due_in_an_hour_is_due_when_the_server_says(seller: Gateway) -> None:
    """On a computer whose clock is wrong by just that hour."""
    begin = clock.now() + datetime.timedelta(hours=1)
    with seller.write() as session:
        event = new_record("event", seller.person, subject="回访", starts_at=begin, ends_at=begin + SOON)
        events.create(session, event)
        quarter = datetime.timedelta(minutes=15)
        (told,) = reminders.fetch_pending(session, begin - quarter + SOON)
        assert reminders.fetch_pending(session, begin - quarter - SOON) == []
        assert reminders.due([told], clock.now()) == []
        assert reminders.due([told], clock.now() + 3 * quarter + SOON) == [told]
        now = session.scalars(text("select clock_timestamp()")).one()
    assert abs(told.begins_at - now - datetime.timedelta(hours=1)) < SOON


def test_undo_and_drafts_do_not_look_at_the_own_clock(seller: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    drafts = Drafts(seller.identity, lambda _error: None)
    drafts.keep(kept := Draft("note", "customer", 1, "x", {"text": "typed"}))
    drafts.keep(thrown := Draft("note", "customer", 2, "y", {"text": "thrown away"}))
    drafts.leave(kept.id)
    drafts.discard(thrown.id)
    assert drafts.store.flush()
    with seller.write() as session:
        made = create_record(session, new_record("customer", seller.person, name="珠海华工"))
        journal.undo(session, made.change_set)
    monkeypatch.setattr(clock, "_own_time", lambda: datetime.datetime.now(datetime.UTC))  # somebody sets the clock
    with seller.read() as session:
        compare_clocks(session)
    assert not clock.is_wrong()
    again = Drafts(seller.identity, lambda _error: None)
    again.take(again.load())
    assert [draft.id for draft in again.waiting()] == [kept.id]
    assert [draft.id for draft in again.discarded()] == [thrown.id]


def test_clock_that_is_a_little_off_is_believed() -> None:
    clock.set_by(clock._own_time() + datetime.timedelta(seconds=40))
    assert not clock.is_wrong()
