"""The home page's reading: each person's own, in two statements."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from crm_desktop.core.lunar import lunar_day
from crm_desktop.db.engine import Gateway
from crm_desktop.services import marks, messages
from crm_desktop.services.home import Home, fetch_home
from crm_desktop.services.listing import ListQuery, fetch_ids
from crm_desktop.services.messages import Receiver
from crm_desktop.spec import Ref
from crm_desktop.spec.filters import Condition, Group
from tests.db.conftest import SignIn, own_database, sign_in, template
from tests.ui.desk import count_statements, create

__all__ = ["own_database", "sign_in", "template"]


def home(gateway: Gateway) -> Home:
    with gateway.read() as session:
        return fetch_home(session, gateway.person)


@pytest.fixture
def seller(sign_in: SignIn) -> Gateway:
    return sign_in("seller")


def test_it_shows_what_waits_for_oneself_alone(seller: Gateway, sign_in: SignIn) -> None:
    today = datetime.date.today()
    given = Ref(seller.person.id, "")
    lead = create(sign_in("director"), "lead", name="新线索", contact_name="陈工", owner=given)
    create(seller, "lead", name="自己登记的线索")
    won = create(seller, "opportunity", name="二期", amount=Decimal(5000), next_step="寄样本", next_on=today)
    create(seller, "task", subject="寄样本", due_on=today + datetime.timedelta(1))
    customer = create(seller, "customer", name="华工")
    create(seller, "contact", name="寿星", customer=Ref(customer.id, "华工"), birthday=f"1980-{today:%m-%d}")
    moon = lunar_day(today)
    assert moon is not None
    by_moon = {"birthday": f"--{moon.month:02}-{moon.day:02}", "is_birthday_lunar": True}
    create(seller, "contact", name="农历寿星", customer=Ref(customer.id, "华工"), **by_moon)
    with seller.write() as session:
        marks.set_star(session, "customer", customer.id, is_on=True)
        marks.note_opened(session, "lead", lead.id)
    found = home(seller)
    assert [(line.entity, line.id) for line in found.assignments] == [("lead", lead.id)]
    assert [(line.title, line.at, line.tone) for line in found.tasks] == [("寄样本", today + datetime.timedelta(1), "")]
    assert [(line.title, line.note, line.tone) for line in found.next_steps] == [("寄样本", "二期", "")]
    kept = ["寿星"] if moon.is_leap_month else ["寿星", "农历寿星"]
    assert [line.title for line in found.birthdays] == kept
    asked = ListQuery(entity="contact", filter=Group((Condition("birthday", "period", "today"),)))
    with seller.read() as session:
        assert len(fetch_ids(session, asked, seller.person)) == len(kept)
    assert [hit.id for hit in found.starred] == [customer.id]
    assert [(hit.entity, hit.title) for hit in found.recent] == [("lead", "新线索")]
    assert [(step.count, step.amount) for step in found.funnel] == [(1, Decimal(5000))]
    assert (found.mine.open_count, found.mine.open_weighted) == (1, Decimal(1000))
    assert won.id
    others = home(sign_in("desk"))
    assert [*others.assignments, *others.next_steps, *others.birthdays, *others.starred, *others.funnel] == []


def test_messages_and_announcements_wait_until_they_are_read(seller: Gateway, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    create(clerk, "announcement", title="放假通知")
    service = {"id": 0}
    with clerk.read() as session:
        receivers = {one.ref.label: one for one in messages.fetch_receivers(session)}
    service["id"] = receivers["service"].ref.id
    create(clerk, "announcement", title="只给服务部", department=Ref(service["id"], "service"))
    create(
        clerk, "announcement", title="过期", valid_from=datetime.date(2020, 1, 1), valid_until=datetime.date(2020, 1, 2)
    )
    with clerk.write() as session:
        assert messages.send(session, [Receiver("employee", receivers["seller"].ref)], "来一下") == 1
    found = home(seller)
    assert [notice.title for notice in found.announcements] == ["放假通知"]
    assert (found.unread, [one.body for one in found.messages]) == (1, ["来一下"])
    with seller.write() as session:
        messages.mark_read(session, [found.messages[0].id])
        messages.note_announcement_read(session, found.announcements[0].id)
    found = home(seller)
    assert (found.unread, found.announcements[0].is_read) == (0, True)


def test_it_costs_two_statements(seller: Gateway) -> None:
    lead = create(seller, "lead", name="新线索")
    with seller.write() as session:
        marks.note_opened(session, "lead", lead.id)
    with seller.read() as session:
        session.connection()
        assert len(count_statements(lambda: fetch_home(session, seller.person))) == 2
