"""The home page's reading: each person's own, in two statements."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from sqlalchemy import text

from crm_desktop.core.lunar import lunar_day
from crm_desktop.db.engine import Gateway
from crm_desktop.services import marks, messages
from crm_desktop.services.home import Figures, Home, fetch_home
from crm_desktop.services.listing import ListQuery, fetch_ids
from crm_desktop.services.messages import Receiver
from crm_desktop.spec import Ref
from crm_desktop.spec.filters import Condition, Group
from tests.db.conftest import SignIn, own_database, sign_in, template
from tests.ui.desk import count_statements, create

__all__ = ["own_database", "sign_in", "template"]


DEAL = """
    insert into crm.opportunity (name, owner_id, stage_id, amount, opened_on, closed_on)
    select '商机', :owner, min(s.id), :amount, '2020-01-01', :day
    from crm.sales_stage s where s.outcome_id = crm.choice('outcome', 'won')
"""


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


def test_figures_add_up_for_each_circle_that_one_sees(sign_in: SignIn) -> None:
    today, director = datetime.date.today(), sign_in("director")
    first, quarter = today.replace(day=1), today.month - (today.month - 1) % 3
    won = {
        "manager": [(today, 100)], "leader": [(first, 2_000), (first.replace(month=1), 30)],
        "seller": [(first.replace(month=quarter), 400)], "clerk": [(today, 50_000)],
        "junior": [(today, 7), (first.replace(year=today.year - 1), 9)],
    }  # fmt: skip
    targets = {
        "manager": [(today.month, 1_000)], "leader": [(today.month, 500), (13 - today.month, 60)],
        "junior": [(quarter, 3)], "clerk": [(today.month, 90_000)],
    }  # fmt: skip
    owners = {one: Ref(sign_in(one).person.id, one) for one in won}
    with director.write() as session:
        for owner, deals in won.items():
            for day, amount in deals:
                session.execute(text(DEAL), {"owner": owners[owner].id, "day": day, "amount": amount})
    for owner, months in targets.items():
        for month, wanted in dict(months).items():
            create(director, "sales_target", owner=owners[owner], year=today.year, month=month, amount=Decimal(wanted))

    def expected(*people: str) -> list[tuple[Decimal, Decimal | None]]:
        found = []
        for months in ({today.month}, {*range(quarter, quarter + 3)}, {*range(1, 13)}):
            deals = (deal for one in people for deal in won[one])
            amount = sum(amount for day, amount in deals if day.year == today.year and day.month in months)
            set_ = [wanted for one in people for month, wanted in dict(targets.get(one, ())).items() if month in months]
            found.append((Decimal(amount), Decimal(sum(set_)) if set_ else None))
        return found

    def told(figures: Figures | None) -> list[tuple[Decimal, Decimal | None]] | None:
        return (
            None
            if figures is None
            else [(one.amount, one.target) for one in (figures.month, figures.quarter, figures.year)]
        )

    sales = ("manager", "leader", "seller", "junior")
    for key, department, everybody in (
        ("junior", (), ()), ("seller", (), ("seller", "junior")), ("manager", sales, ()), ("director", won, won),
    ):  # fmt: skip
        found = home(sign_in(key))
        assert told(found.mine) == (expected(key) if key in won else [(0, None)] * 3), key
        assert told(found.department) == (expected(*department) if department else None), key
        assert told(found.everybody) == (expected(*everybody) if everybody else None), key
    assert home(sign_in("manager")).mine.month.percent == 10


def test_it_costs_two_statements(seller: Gateway) -> None:
    lead = create(seller, "lead", name="新线索")
    with seller.write() as session:
        marks.note_opened(session, "lead", lead.id)
    with seller.read() as session:
        session.connection()
        assert len(count_statements(lambda: fetch_home(session, seller.person))) == 2
