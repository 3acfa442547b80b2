"""Reports: each number is the number of the rows it opens, under the reader's own rights."""

from __future__ import annotations

import datetime
import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core import clock
from crm_desktop.core.access import Person
from crm_desktop.core.text import normalise
from crm_desktop.db.engine import Gateway
from crm_desktop.entities import by_key
from crm_desktop.entities.reports import REPORTS
from crm_desktop.entities.sales_reports import (
    ACTIVITIES,
    CONVERSION,
    DEPARTMENT_PERFORMANCE,
    DEPARTMENTS,
    FORECAST,
    FUNNEL,
    LEADS,
    LOST,
    PEOPLE,
    PERFORMANCE,
    TRACKING,
    TRADE,
    WON,
)
from crm_desktop.entities.service_reports import ENGINEERS, MONITOR, REQUESTS
from crm_desktop.services.analysis import FoundReport, Number, fetch_report
from crm_desktop.services.analysis_parameters import Parameters, fetch_named, from_stored, opening_parameters
from crm_desktop.services.filter_fields import find_field
from crm_desktop.services.listing import ListQuery, fetch_ids
from crm_desktop.spec import Ref
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.spec.report import Count, Measure, ReportSpec
from tests.db.conftest import SignIn

STAGES = ("First contact", "Needs confirmed", "Proposal", "Negotiation", "Won", "Lost", "Closed")
ANY_TIME = Parameters()


def insert(session: Session, table: str, **values: Any) -> int:
    columns, marks = ", ".join(values), ", ".join(f":{key}" for key in values)
    return int(
        session.execute(text(f"insert into crm.{table} ({columns}) values ({marks}) returning id"), values).scalar_one()
    )


@pytest.fixture
def deals(sign_in: SignIn) -> None:
    """Sixty opportunities of four people, at customers of theirs or at none, with and without products and reasons."""
    chance, today = random.Random(11), clock.today()
    with sign_in("admin").write() as session:

        def ids(statement: str) -> list[int]:
            return [row[0] for row in session.execute(text(statement))]

        people = ids("select id from crm.employee where name in ('seller', 'junior', 'manager', 'director')")
        stages = {row[0]: row[1] for row in session.execute(text("select name_en, id from crm.sales_stage"))}
        reasons = ids(
            "select e.id from crm.dictionary_entry e join crm.dictionary d on d.id = e.dictionary_id"
            " where d.code = 'close_reason'"
        )
        industry = ids(
            "select e.id from crm.dictionary_entry e join crm.dictionary d on d.id = e.dictionary_id"
            " where d.code = 'industry' order by e.id limit 2"
        )
        for number, id_ in enumerate(industry):
            session.execute(
                text("update crm.customer set industry_id = :entry where id % 3 = :rest"),
                {"entry": id_, "rest": number},
            )
        products = [*ids("select id from crm.product"), insert(session, "product", name="GTX 2")]
        customers = ids("select id from crm.customer")
        for _number in range(60):
            stage = chance.choice(STAGES)
            opened = today - datetime.timedelta(chance.randrange(100, 500))
            deal = insert(
                session,
                "opportunity",
                name="商机",
                owner_id=chance.choice(people),
                customer_id=chance.choice([*customers, None, None]),
                stage_id=stages[stage],
                amount=chance.choice([None, Decimal(chance.randrange(1, 10**6)) / 100]),
                opened_on=opened,
                expected_on=chance.choice([None, today + datetime.timedelta(chance.randrange(-40, 200))]),
                closed_on=opened + datetime.timedelta(chance.randrange(90)) if stage in STAGES[4:] else None,
                reason_id=chance.choice([*reasons, None]) if stage in STAGES[5:] else None,
                competitor=chance.choice(["宏达（集团）", "宏达(集团)", "Acme  Ltd", "ACME Ltd", "", None]),
            )
            for product in chance.sample(products, chance.randrange(3)):
                insert(session, "opportunity_line", opportunity_id=deal, product_id=product, quantity=1)


def report_of(gateway: Gateway, spec: ReportSpec, parameters: Parameters = ANY_TIME) -> FoundReport:
    with gateway.read() as session:
        return fetch_report(session, spec, parameters, gateway.person)


def counted(session: Session, person: Person, measure: Measure, number: Number) -> Any:
    """The number again, of the rows that it opens."""
    ids = list(fetch_ids(session, ListQuery(entity=number.entity, filter=number.rows), person))
    match measure.count:
        case Count.COUNT:
            return len(ids)
        case Count.SUM:
            column = measure.of.key
            total = text(f"select coalesce(sum({column}), 0) from crm.opportunity where id = any(:ids)")
            return session.execute(total, {"ids": ids}).scalar_one()
        case Count.RATE:
            won = text(
                "select round(100.0 * count(*) filter (where outcome_id = crm.choice('outcome', 'won'))"
                " / nullif(count(*), 0), 2) from crm.opportunity where id = any(:ids)"
            )
            return session.execute(won, {"ids": ids}).scalar_one()
    what = "amount" if measure.of.key == "amount" else "closed_on - opened_on"
    mean = text(f"select round(avg({what}), 2) from crm.opportunity where id = any(:ids)")
    return session.execute(mean, {"ids": ids}).scalar_one()


@pytest.mark.parametrize("key", ["director", "seller"])
def test_each_number_is_that_of_the_rows_it_opens(sign_in: SignIn, deals: None, key: str) -> None:
    del deals
    gateway, looked_at = sign_in(key), 0
    for spec in (TRACKING, FORECAST, WON, LOST, PEOPLE, DEPARTMENTS):
        for by in spec.dimensions if key == "director" else spec.dimensions[:2]:
            found = report_of(gateway, spec, Parameters(by=by.key, then="owner" if key == "director" else ""))
            with gateway.read() as session:
                for row in (*found.rows[:1], *found.rows[-1:], found.total):
                    assert row is not None
                    for measure, number in zip(found.measures, row.numbers, strict=True):
                        assert counted(session, gateway.person, measure, number) == number.value, (spec.key, by.key)
                        looked_at += 1
    assert looked_at > (300 if key == "director" else 50)


@pytest.mark.parametrize("key", ["director", "seller", "desk"])
def test_counts_of_leads_activities_and_requests_are_those_of_their_lists(sign_in: SignIn, key: str) -> None:
    with sign_in("director").write() as session:
        session.execute(text("update crm.activity set happened_at = now() - id % 3 * interval '1 day'"))
    gateway, found = sign_in(key), 0
    specs = (PERFORMANCE, DEPARTMENT_PERFORMANCE, ACTIVITIES, LEADS, CONVERSION, TRADE, MONITOR, REQUESTS, ENGINEERS)
    for spec in specs:
        for by in (*spec.dimensions[:4], *(one for one in spec.dimensions if one.unit == "hour")):
            report = report_of(gateway, spec, Parameters(by=by.key))
            with gateway.read() as session:
                for row in (*report.rows[:2], *([report.total] if report.total else [])):
                    for measure, number in zip(report.measures, row.numbers, strict=True):
                        if measure.count is Count.COUNT:
                            assert counted(session, gateway.person, measure, number) == number.value, measure.key
                            found += number.value
    assert found > 0


def test_hours_are_those_of_the_rows_of_the_period_alone(sign_in: SignIn) -> None:
    desk = sign_in("desk")
    with desk.write() as session:
        for days_ago, is_solved in ((0, True), (0, True), (400, True), (400, False)):
            session.execute(
                text("""
                    insert into crm.service_request
                      (subject, customer_id, owner_id, reported_at, responded_at, solved_at)
                    select '卡纸', (select min(id) from crm.customer), crm.me(), at - interval '20 days', at,
                           case when :is_solved then at end
                    from (select now() - make_interval(days => :days_ago) as at) m
                """),
                {"days_ago": days_ago, "is_solved": is_solved},
            )
        expected = session.execute(
            text("""
                select count(*), round(avg(crm.worked_until(responded_at) - crm.worked_until(reported_at)) / 3600.0, 2),
                       round(avg(crm.worked_until(solved_at) - crm.worked_until(reported_at)) / 3600.0, 2)
                from crm.service_request where solved_at >= date_trunc('month', now())
            """)
        ).one()
        still_open = session.execute(
            text("select count(*) from crm.service_request where solved_at is null and closed_at is null")
        ).scalar_one()
    found = report_of(desk, ENGINEERS, Parameters(period="this_month", by="owner"))
    assert found.total is not None
    numbers = {one.key: number.value for one, number in zip(found.measures, found.total.numbers, strict=True)}
    assert (numbers["solved"], numbers["response"], numbers["hours"]) == tuple(expected)
    assert numbers["hours"] > 0
    assert numbers["open"] == still_open >= numbers["breached"]
    assert still_open > 0
    with desk.write() as session:
        at_once = "select '卡纸', min(id), crm.me(), now(), now() from crm.customer"
        named = "(subject, customer_id, owner_id, reported_at, solved_at)"
        session.execute(text(f"insert into crm.service_request {named} {at_once}"))
        expected = session.execute(
            text("""
                with r as (
                    select crm.target_state(due_at, warn_at, waiting_since, solved_at, was_late) as target
                    from crm.service_request)
                select round(100.0 * count(*) filter (where target in ('missed', 'breached'))
                             / count(*) filter (where target in ('kept', 'missed', 'breached')), 2)
                from r
            """)
        ).scalar_one()
    total = report_of(desk, REQUESTS, Parameters(period="", by="owner")).total
    assert total is not None
    late = next(n.value for one, n in zip(REQUESTS.measures, total.numbers, strict=True) if one.key == "late")
    assert late == expected
    assert 0 < late < 100, "some that are still open are late"


def test_a_report_counts_what_its_reader_may_see(sign_in: SignIn, deals: None) -> None:
    del deals
    counts = set()
    for key in ("director", "manager", "seller", "junior", "desk"):
        gateway = sign_in(key)
        with gateway.read() as session:
            seen = session.execute(text("select count(*) from crm.opportunity")).scalar_one()
        found = report_of(gateway, replace(PEOPLE, measures=PEOPLE.measures[4:5]))
        assert sum(row.numbers[0].value for row in found.rows) == seen
        assert seen == (found.total.numbers[0].value if found.total and found.total.numbers else 0)
        counts.add(seen)
    assert len(counts) > 3


def test_rows_add_up_to_the_total_and_second_level_to_the_first(sign_in: SignIn, deals: None) -> None:
    del deals
    found = report_of(sign_in("director"), DEPARTMENTS, Parameters(by="department", then="owner"))
    assert {row.level for row in found.rows} == {1, 2}
    assert found.total is not None
    for place, measure in enumerate(found.measures):
        if measure.count in {Count.COUNT, Count.SUM}:
            values = {level: [row.numbers[place].value for row in found.rows if row.level == level] for level in (1, 2)}
            assert sum(values[1]) == sum(values[2]) == found.total.numbers[place].value


def test_rows_are_in_the_order_asked_for_each_level_within_the_one_above(sign_in: SignIn, deals: None) -> None:
    del deals
    gateway = sign_in("director")
    own = report_of(gateway, LOST, Parameters(by="owner", then="competitor"))
    for sort, place in (("days", 3), ("-days", 3), ("-count", 0)):
        found = report_of(gateway, LOST, Parameters(by="owner", then="competitor", sort=sort))
        assert found.rows
        assert set(found.rows) == set(own.rows)
        assert found.total == own.total
        heads = [row for row in found.rows if row.level == 1]
        for level in (heads, *([row for row in found.rows if row.values[:-1] == head.values] for head in heads)):
            numbers = [row.numbers[place].value for row in level if row.numbers[place].value is not None]
            assert numbers == sorted(numbers, reverse=sort[0] == "-")
            assert numbers
    by_name = report_of(gateway, LOST, Parameters(by="competitor", sort="-name"))
    assert [row.label for row in by_name.rows][-1] == "(empty)"
    assert sorted(normalise(row.label) for row in by_name.rows) == ["(empty)", "acme ltd", "宏达(集团)"]


def test_who_has_two_products_counts_for_each_and_once_in_total(sign_in: SignIn, deals: None) -> None:
    del deals
    gateway = sign_in("director")
    found = report_of(gateway, WON, Parameters(by="product", then="owner"))
    assert [one.key for one in found.dimensions] == ["product"]
    assert found.total is not None
    whole = report_of(gateway, WON)
    assert whole.total is not None
    assert (
        found.total.numbers[0].value == whole.total.numbers[0].value < sum(row.numbers[0].value for row in found.rows)
    )


def test_stages_of_several_processes_are_told_apart(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    with admin.write() as session:
        process = insert(session, "sales_process", name="工程项目", name_en="Projects")
        stage = insert(session, "sales_stage", name="方案", name_en="Proposal", process_id=process)
        of_standard = session.execute(text("select id from crm.sales_stage where name = '方案报价'")).scalar_one()
        for one in (stage, of_standard):
            insert(session, "opportunity", name="商机", stage_id=one)
    assert [row.label for row in report_of(admin, TRACKING).rows] == ["Proposal", "Projects · Proposal"]


def test_months_without_anything_stand_between_the_others(sign_in: SignIn) -> None:
    gateway = sign_in("director")
    with gateway.write() as session:
        won = session.execute(text("select id from crm.sales_stage where name_en = 'Won'")).scalar_one()
        for day in ("2024-11-30", "2025-03-01", "2025-03-31"):
            insert(session, "opportunity", name="商机", stage_id=won, opened_on="2024-01-01", closed_on=day, amount=5)
    found = report_of(gateway, WON)
    assert [(row.label, row.numbers[0].value) for row in found.rows] == [
        ("2024-11", 1), ("2024-12", 0), ("2025-01", 0), ("2025-02", 0), ("2025-03", 2),
    ]  # fmt: skip
    days = (datetime.date(2024, 12, 1), datetime.date(2025, 3, 30))
    within = report_of(gateway, WON, Parameters(period=days, by="quarter"))
    assert [(row.label, row.numbers[0].value) for row in within.rows] == [("2025, quarter 1", 1)]
    assert report_of(gateway, WON, Parameters(period="this_year")).rows == ()


def test_funnel_says_what_the_funnel_of_the_board_does(sign_in: SignIn, deals: None) -> None:
    del deals
    gateway = sign_in("director")
    found = report_of(gateway, FUNNEL)
    assert [row.label for row in found.rows] == list(STAGES)
    with gateway.read() as session:
        for row in found.rows:
            for number in (row.numbers[0], row.numbers[3]):
                query = ListQuery(entity="opportunity", filter=number.rows)
                assert len(fetch_ids(session, query, gateway.person)) == number.value


def test_only_one_person_or_department_is_asked_for(sign_in: SignIn, deals: None) -> None:
    del deals
    gateway = sign_in("director")
    with gateway.read() as session:
        seller, department = session.execute(
            text("select id, department_id from crm.employee where name = 'seller'")
        ).one()
        own = session.execute(text("select count(*) from crm.opportunity where owner_id = :id"), {"id": seller})
        expected = own.scalar_one()
    opened = replace(PEOPLE, measures=PEOPLE.measures[4:5])
    whose = Group((Condition("owner", "any_of", (Ref(seller, "seller"),)),))
    found = report_of(gateway, opened, Parameters(whose=whose))
    assert [(row.label, row.numbers[0].value) for row in found.rows] == [("seller", expected)]
    whose = Group((Condition("owner.department", "within", (Ref(department, ""),)),))
    assert {row.label for row in report_of(gateway, opened, Parameters(whose=whose)).rows} <= {
        "seller", "junior", "manager",
    }  # fmt: skip


def test_parameters_are_kept_without_names(sign_in: SignIn) -> None:
    gateway = sign_in("director")
    with gateway.read() as session:
        process = session.execute(text("select id, name_en from crm.sales_process")).first()
        assert process is not None
        whose = Group((Condition("owner", "any_of", (Ref(gateway.person.id, ""),)),))
        days = (datetime.date(2026, 1, 1), datetime.date(2026, 3, 31))
        asked = Parameters(days, whose, Ref(process[0], ""), "owner", "month", "-amount")
        assert from_stored(WON, asked.stored()) == asked
        named = fetch_named(session, WON, asked)
        assert named.process == Ref(process[0], process[1])
        assert named.whose.items[0] == Condition("owner", "any_of", (Ref(gateway.person.id, "director"),))
    opening = opening_parameters(WON)
    broken: dict[str, Any] = {
        "period": ["x"],
        "whose": {"version": 1, "match": "all", "items": [{}]},
        "by": "none",
        "sort": "-none",
        "process": "7",
    }
    kept: tuple[Any, ...] = (None, [], {"period": "sometime"}, broken)
    for stored in kept:
        assert from_stored(WON, stored) == opening


def test_every_report_is_named_once_and_its_entities_have_what_it_gathers_by() -> None:
    assert len({spec.key for spec in REPORTS}) == len({spec.number for spec in REPORTS}) == len(REPORTS)
    for spec in REPORTS:
        keys = [one.key for one in spec.measures]
        assert len(set(keys)) == len(keys)
        assert set(spec.drawn) <= set(keys)
        assert len({one.key for one in spec.dimensions}) == len(spec.dimensions)
        assert spec.then in {"", *(one.key for one in spec.dimensions)}
        for entity in spec.entities():
            for one in spec.dimensions:
                is_own_day = one.unit and one.field == spec.day
                there = by_key(one.part or entity)
                assert is_own_day or find_field(there, spec.field_in(entity, one.field)), (spec.key, entity, one.key)
