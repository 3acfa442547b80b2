"""What the search box finds beside customers and contacts; large tables are read otherwise, with the same result."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, text

from crm_desktop.core.text import pieces
from crm_desktop.db.engine import Gateway
from crm_desktop.services import listing, search
from crm_desktop.services.listing import ListQuery
from crm_desktop.services.records import create_record, new_record
from crm_desktop.spec import Ref
from tests.db.conftest import SignIn

LARGE: Mapping[str, Mapping[str, frozenset[str]]] = {
    "the index alone": {table: frozenset() for table in ("customer", "contact", "activity")},
    "the first rows before": {
        table: frozenset(pieces("广州华工医药hgyy0205550寄送样册")) for table in ("customer", "contact", "activity")
    },
}
"""Tables said to be large, with the pieces that many of their rows are said to have."""


def make_customer(gateway: Gateway, name: str = "广州华工医药有限公司", **values: Any) -> int:
    with gateway.write() as session:
        return create_record(session, new_record("customer", gateway.person, name=name, **values)).id


def log(gateway: Gateway, customer: int, subject: str, days_ago: int = 0) -> int:
    moment = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days_ago)
    values: dict[str, Any] = {"customer": Ref(customer, ""), "subject": subject, "happened_at": moment}
    with gateway.write() as session:
        return create_record(session, new_record("activity", gateway.person, **values)).id


def found(gateway: Gateway, typed: str, **changed: Any) -> list[tuple[str, int]]:
    with gateway.read() as session:
        hits = search.search(session, typed, replace(gateway.person, **changed))
        return [(hit.entity, hit.id) for hit in hits]


def test_activities_are_found_by_their_subject_latest_first(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    customer = make_customer(seller)
    old = log(seller, customer, "报价 BJ-2026-0417", days_ago=40)
    new = log(seller, customer, "再谈报价，对方要求降价")
    log(seller, customer, "电话回访")
    assert found(seller, "报价") == [("activity", new), ("activity", old)]
    assert found(seller, "bj-2026-04") == [("activity", old)]
    assert found(seller, "报价 降价") == [("activity", new)]


def test_letters_of_full_width_are_found(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    made = log(seller, make_customer(seller), "送ＨＢ－８６Ｔ样机")
    assert found(seller, "hb-86t") == [("activity", made)]


def test_activities_out_of_sight_are_not_found(sign_in: SignIn) -> None:
    leader, junior = sign_in("leader"), sign_in("junior")
    log(leader, make_customer(leader), "报价")
    assert found(junior, "报价") == []


def test_a_list_of_activities_is_filtered_by_subject_and_by_customer(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    of_customer = log(seller, make_customer(seller), "电话回访")
    by_subject = log(seller, make_customer(seller, "广州明泰贸易有限公司"), "与华工医药一同看样机")
    log(seller, make_customer(seller, "广州恒达机械有限公司"), "电话回访")
    with seller.read() as session:
        ids = listing.fetch_ids(session, ListQuery(entity="activity", typed="华工医药"), seller.person)
    assert set(ids) == {of_customer, by_subject}


def test_departments_groups_and_dictionaries_are_found(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    with seller.read() as session:
        department = session.execute(text("select id, name from crm.department order by id limit 1")).one()
        group = session.execute(text("select id, name from crm.permission_group order by id limit 1")).one()
        dictionary = session.execute(text("select id, name from crm.dictionary order by id limit 1")).one()
    assert ("department", department.id) in found(seller, department.name)
    assert ("permission_group", group.id) in found(seller, group.name)
    assert ("dictionary", dictionary.id) in found(seller, dictionary.name)


def test_what_somebody_may_not_open_is_not_offered(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    with seller.read() as session:
        name = session.execute(text("select name from crm.department order by id limit 1")).scalar_one()
    grants = {key: grant for key, grant in seller.person.grants.items() if key != "department"}
    assert "department" not in {entity for entity, _id in found(seller, name, grants=grants)}


@pytest.mark.parametrize("way", LARGE)
@pytest.mark.parametrize("who", ["seller", "director"])
@pytest.mark.parametrize("typed", ["华工", "广州华工医药", "hgyy", "0205550", "样册", "广州 华工"])
def test_large_tables_give_the_same_result(sign_in: SignIn, typed: str, who: str, way: str) -> None:
    seller, reader = sign_in("seller"), sign_in(who)
    for name in ("广州华工医药有限公司", "华工", "东莞华工机械厂"):
        customer = make_customer(seller, name, phones=["020-55501102"])
        log(seller, customer, f"给{name}寄送样册")
    assert found(reader, typed, common_pieces=LARGE[way]) == found(reader, typed) != []


def test_short_words_are_looked_for_among_the_latest_of_many_activities(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    made = log(seller, make_customer(seller), "BJ-2026 报价")
    common = {"activity": frozenset({"bj", "20", "02"})}
    assert (
        found(seller, "202", common_pieces=common) == found(seller, "bj", common_pieces=common) == [("activity", made)]
    )


@pytest.mark.parametrize("way", LARGE)
def test_what_is_lent_is_found_in_large_tables(sign_in: SignIn, way: str) -> None:
    leader, junior = sign_in("leader"), sign_in("junior")
    customer = make_customer(leader)
    with leader.write() as session:
        session.execute(
            text("insert into crm.share (entity, record_id, employee_id) values ('customer', :record, :employee)"),
            {"record": customer, "employee": junior.person.id},
        )
    junior.person.lent.entities = frozenset({"customer", "contact", "activity"})
    assert found(junior, "华工", common_pieces=LARGE[way]) == [("customer", customer)]


@pytest.mark.parametrize("line", ["寄送样册", "报价 BJ-2026-0417", "HB-86T试用", "", "a", "ab", "ＡＢ１２", "看样机!?"])
def test_pieces_of_a_subject_are_those_that_are_looked_up(sign_in: SignIn, line: str) -> None:
    with sign_in("seller").read() as session:
        stored = set(session.scalar(select(func.crm.owned_pieces(line, 7))) or ())
        whole = session.scalar(text("select lower(normalize(:line, nfkc))"), {"line": line})
    assert stored == {piece for piece in pieces(whole) if len(piece) > 1} | {"owner 7"}


def test_small_tables_have_no_common_pieces(sign_in: SignIn) -> None:
    assert sign_in("seller").person.common_pieces == {}


def test_a_record_is_found_by_the_number_that_the_database_gave_it(sign_in: SignIn) -> None:
    gateway = sign_in("desk")
    customer = make_customer(gateway, "珠海新来的公司", owner=Ref(gateway.person.id, ""))
    with gateway.write() as session:
        request = new_record("service_request", gateway.person, subject="卡纸", customer=Ref(customer, ""))
        id_ = create_record(session, request).id
        for table, made in (("customer", customer), ("service_request", id_)):
            code = session.scalar(text(f"select code from crm.{table} where id = :id"), {"id": made})
            assert (table, made) in [(hit.entity, hit.id) for hit in search.search(session, code, gateway.person)]
        assert search.search(session, "zhxl", gateway.person), "and by pinyin, as before"


@pytest.mark.parametrize(("price", "shown"), [(Decimal(42800), "¥42,800"), (Decimal("1260.50"), "¥1,260.50")])
def test_amounts_are_told_as_everywhere(sign_in: SignIn, price: Decimal, shown: str) -> None:
    gateway = sign_in("director")
    with gateway.write() as session:
        create_record(session, new_record("product", gateway.person, name="高拍仪", list_price=price))
        (hit,) = search.find(session, "product", "高拍", gateway.person)
        assert hit.subtitle.endswith(f" · {shown}")
