"""Filters in SQL: every field with every operator runs, and lets through what plain Python lets through."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core.text import search_keys
from crm_desktop.db.engine import Gateway
from crm_desktop.entities import ALL_ENTITIES, by_key, parts_of
from crm_desktop.services import listing, prepared
from crm_desktop.services.filter_fields import FilterField, fields_of, find_field, problems_of
from crm_desktop.services.filter_words import filter_words
from crm_desktop.services.listing import ListQuery, columns_of, fetch_first_page, fetch_ids
from crm_desktop.spec import EntitySpec
from crm_desktop.spec.filters import Condition, Group, Item, Unreadable, from_json, to_json
from crm_desktop.spec.kinds import Ref
from crm_desktop.spec.operators import PERIODS, Operator, Takes
from tests.db.conftest import SignIn
from tests.db.filter_oracle import Rows, any_rows, passes, read_rows
from tests.ui.desk import count_statements

NAMES = ("珠海华工医药有限公司", "TCL 惠州", "Acme Ltd", "重庆（长安）", "广州天河 B座", "100%_棉")
SAMPLES: dict[Takes, Any] = {
    Takes.NOTHING: None,
    Takes.TEXT: "1",
    Takes.NUMBER: Decimal(3),
    Takes.NUMBERS: (Decimal(9), Decimal(2)),
    Takes.DAY: datetime.date(2026, 1, 9),
    Takes.DAYS: (datetime.date(2026, 2, 1), datetime.date(2026, 1, 1)),
    Takes.COUNT: 30,
    Takes.HOUR: 9,
    Takes.PERIOD: "this_month",
    Takes.ROWS: (Ref(1, ""), Ref(2, "")),
}


REACHING = {"customer", "contact"}
"""Of which fields of related records are asked too."""


@pytest.mark.parametrize("spec", ALL_ENTITIES, ids=lambda s: s.key)
def test_every_field_can_be_asked_every_operator(sign_in: SignIn, spec: EntitySpec) -> None:
    director = sign_in("director")
    with director.read() as session:
        query = ListQuery(entity=spec.key)
        for field in fields_of(spec):
            if len(field.path) > (2 if spec.key in REACHING else 1):
                continue  # as those of these, once more
            asked = tuple(Condition(field.key, o.key, SAMPLES[o.takes]) for o in field.operators)
            group = Group(asked, "any")
            assert problems_of(spec.key, group) == []
            query = ListQuery(entity=spec.key, filter=group)
            fetch_ids(session, query, director.person)
            assert from_json(to_json(group)) == group
        first = fetch_first_page(session, query, director.person, columns_of(spec))
        assert [row.id for row in first] == list(fetch_ids(session, query, director.person)[:100])


def test_rare_text_in_a_large_table_is_looked_up_in_the_index(director: Gateway) -> None:
    large = replace(director.person, common_pieces={"customer": frozenset({"华工"})})
    asked = {
        "name": ("华工医药", "huagong", "华工"), "phones": ("020-8880", "前台"), "email": ("A@B",), "remark": ("100%",),
    }  # fmt: skip
    with director.read() as session:
        for key, texts in asked.items():
            for typed in texts:
                query = _one(by_key("customer"), key, "contains", typed)
                (statement,) = count_statements(partial(fetch_ids, session, query, large))
                is_told = key != "remark" and typed not in {"华工", "前台"}  # common, no number, not searched
                assert ("owned_grams" in statement) == is_told, typed
                assert len(fetch_ids(session, query, large)) > 0


def test_a_condition_and_its_denial_share_out_the_rows(director: Gateway) -> None:
    """What is denied holds for empty values and for missing related records too."""
    spec = by_key("customer")
    with director.read() as session:
        whole = set(fetch_ids(session, ListQuery(entity="customer"), director.person))
        for key in (
            "name",
            "phones",
            "level",
            "total_amount",
            "last_contact_at",
            "parent.region",
            "parent.is_do_not_contact",
        ):
            field = find_field(spec, key)
            assert field is not None
            for operator in filter(lambda one: one.denies, field.operators):
                value = SAMPLES[operator.takes]
                yes, no = (
                    set(fetch_ids(session, _one(spec, key, asked, value), director.person))
                    for asked in (operator.denies, operator.key)
                )
                assert yes | no == whole, (key, operator.key)
                assert not yes & no


def test_what_is_empty_can_be_found_in_an_index_of_what_is_open(director: Gateway) -> None:
    query = ListQuery(entity="service_request", filter=Group((Condition("solved_at", "empty"),)))
    with director.read() as session:
        (statement,) = count_statements(partial(fetch_ids, session, query, director.person))
    assert "solved_at IS NULL" in statement


def _one(spec: EntitySpec, field: str, operator: str, value: Any) -> ListQuery:
    return ListQuery(entity=spec.key, filter=Group((Condition(field, operator, value),)))


@pytest.fixture
def director(sign_in: SignIn) -> Iterator[Gateway]:
    """Signed in over customers, contacts and activities of every sort."""
    gateway = sign_in("director")
    with gateway.write() as session:
        _scatter(session, random.Random(3))
    yield gateway
    prepared._compiled.clear()


def _scatter(session: Session, dice: random.Random) -> None:
    """Give the records of the office values worth asking for, and some none."""
    entries = {
        code: list(session.scalars(_entries(code), {"code": code}))
        for code in ("level", "region", "life_cycle", "source")
    }
    customers = list(session.scalars(text("select id from crm.customer order by id")))

    def maybe(value: Any) -> Any:
        return value if dice.random() < 0.7 else None

    today = datetime.date.today()
    for id_ in customers:
        name = f"{dice.choice(NAMES)}{id_ % 7}"
        near = today + datetime.timedelta(days=dice.randint(-120, 120))
        short, email = maybe(dice.choice(["", "A座", "b 座"])), maybe("A@B.cn")
        phones = dice.choice([[], ["020-8880 0011"], ["+86 138 0013 8000", "前台"], ["8613800138000"]])
        keys = search_keys(name, [short], phones, [email])
        session.execute(
            text(
                "update crm.customer set name = :name, search_text = :search_text, search_grams = :grams,"
                " level_id = :level, region_id = :region, source_id = :source, parent_id = :parent,"
                " short_name = :short, phones = :phones, total_amount = :amount, employee_count = :count,"
                " founded_on = :day, last_contact_at = :moment, anniversary = :birthday, is_do_not_contact = :flag,"
                " email = :email, remark = :remark where id = :id"
            ),
            {
                "id": id_, "name": name, "search_text": keys.search_text, "grams": keys.search_grams,
                "level": maybe(dice.choice(entries["level"])), "region": maybe(dice.choice(entries["region"][:60])),
                "source": maybe(dice.choice(entries["source"])), "parent": maybe(dice.choice(customers)),
                "short": short, "phones": phones,
                "amount": maybe(dice.randint(0, 9)), "count": maybe(dice.randint(0, 9)), "day": maybe(near),
                "moment": maybe(datetime.datetime.combine(near, datetime.time(dice.choice([0, 23]), 30)).astimezone()),
                "birthday": maybe(dice.choice([f"{near:%Y-%m-%d}", f"--{near:%m-%d}"])),
                "flag": dice.random() < 0.5, "email": email, "remark": maybe("多行\n100% Baumwolle"),
            },
        )  # fmt: skip
    session.execute(text("update crm.contact set title = case id % 3 when 0 then '经理' when 1 then 'Boss' end"))
    session.execute(text("update crm.activity set next_on = current_date + (id % 40 - 20)::integer where id % 4 > 0"))


def _entries(_code: str) -> Any:
    return text(
        "select e.id from crm.dictionary_entry e join crm.dictionary d on d.id = e.dictionary_id"
        " where d.code = :code order by e.sort_order, e.id"
    )


@pytest.mark.parametrize("entity", ["customer", "contact", "activity", "employee", "department"])
def test_sql_and_python_agree_on_random_filters(
    director: Gateway, entity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the tables are large: texts are looked up then, and the first page is not read from all rows."""
    monkeypatch.setattr(listing, "NEAR", 7)
    large = replace(director.person, common_pieces={"customer": frozenset({"有", "限"}), "contact": frozenset()})
    spec, dice = by_key(entity), random.Random(entity)
    with director.read() as session:
        rows = read_rows(session)
        for _round in range(15):
            group = _random_group(spec, rows, dice, 2)
            assert from_json(to_json(group)) == group
            query = ListQuery(entity=entity, filter=group)
            ids = fetch_ids(session, query, director.person)
            found = set(ids)
            assert fetch_ids(session, query, large) == ids, group
            assert [row.id for row in fetch_first_page(session, query, large, columns_of(spec), 3)] == list(ids[:3])
            table = rows[spec.model.__tablename__]
            expected = {id_ for id_, row in table.items() if passes(rows, spec, row, group, director.person)}
            assert found == expected, group


def _random_group(spec: EntitySpec, rows: Rows, dice: random.Random, deeper: int) -> Group:
    items: list[Item] = []
    for _number in range(dice.randint(1, 3)):
        kind = dice.random()
        if deeper and kind < 0.2:
            items.append(_random_group(spec, rows, dice, deeper - 1))
        elif deeper and kind < 0.4 and parts_of(spec):
            part = dice.choice(parts_of(spec))
            inner = _random_group(part, rows, dice, 0)
            items.append(Group(inner.items, inner.match, part.key, dice.choice(["any", "none"])))
        else:
            field = dice.choice(fields_of(spec))
            operator = dice.choice(field.operators)
            items.append(Condition(field.key, operator.key, _random_value(field, operator, rows, dice)))
    return Group(tuple(items), dice.choice(["all", "any"]))


def _random_value(field: FilterField, operator: Operator, rows: Rows, dice: random.Random) -> Any:
    today = datetime.date.today()

    def day() -> datetime.date:
        return today + datetime.timedelta(days=dice.randint(-60, 60))

    def number() -> Decimal:
        return Decimal(dice.randint(0, 9))

    texts = (
        "a",
        "hg",
        "huagong",
        "华工",
        "座",
        "B座",
        "%",
        "_",
        "\\",
        "138",
        "+86 138 0013",
        "020-888",
        "l t",
        "经",
        "（长",
        "(长安)",
    )
    table = field.facts.target.__tablename__ if field.facts.target else ""
    make: dict[Takes, Any] = {
        Takes.NOTHING: lambda: None,
        Takes.TEXT: lambda: dice.choice(texts),
        Takes.NUMBER: number,
        Takes.NUMBERS: lambda: (number(), number()),
        Takes.DAY: day,
        Takes.DAYS: lambda: (day(), day()),
        Takes.COUNT: lambda: dice.choice([0, 1, 7, 30, 400]),
        Takes.HOUR: lambda: dice.randrange(24),
        Takes.PERIOD: lambda: dice.choice(list(PERIODS)),
        Takes.ROWS: lambda: any_rows(rows, table, [dice.randint(0, 400) for _n in range(dice.randint(1, 4))]),
    }
    return make[operator.takes]()


def test_a_salesperson_finds_only_his_own_whatever_he_asks(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    with seller.read() as session:
        mine = set(fetch_ids(session, ListQuery(entity="customer"), seller.person))
        everything = Group((Condition("name", "filled"), Condition("name", "contains", "客户")), "any")
        assert set(fetch_ids(session, ListQuery(entity="customer", filter=everything), seller.person)) == mine
        assert 0 < len(mine) < 60


def test_related_records_out_of_sight_count_as_none(sign_in: SignIn) -> None:
    """Else one could read a hidden parent company by asking."""
    with sign_in("director").write() as session:
        hidden, child = session.execute(
            text(
                "select h.id, c.id from crm.customer h, crm.customer c where h.owner_id = (select id from crm.employee"
                " where name = 'desk') and c.owner_id = (select id from crm.employee where name = 'seller') limit 1"
            )
        ).one()
        session.execute(text("update crm.customer set parent_id = :h where id = :c"), {"h": hidden, "c": child})
    seller = sign_in("seller")
    with seller.read() as session:
        seen = _one(by_key("customer"), "parent.name", "filled", None)
        assert list(fetch_ids(session, seen, seller.person)) == []


def test_a_condition_on_a_field_that_is_gone_is_told_and_left_out(sign_in: SignIn) -> None:
    stored = {
        "version": 1,
        "match": "all",
        "items": [
            {"field": "shoe_size", "operator": "equal", "value": "42"},
            {"field": "name", "operator": "smells", "value": "x"},
            {"field": "name", "operator": "contains", "value": "客户1"},
            {"field": "level", "operator": "contains", "value": "A"},
            {"part": "dog", "has": "any", "match": "all", "items": []},
        ],
    }
    group = from_json(stored)
    assert to_json(group) == stored
    assert problems_of("customer", group) == [
        "There is no field “shoe_size” any more.",
        "It was made by a newer version of the program, or is damaged.",
        "“contains” cannot be asked of this field.",
        "There is no “dog” here any more.",
    ]
    assert filter_words("customer", group)[:2] == ["“shoe_size” no longer exists", "Unreadable condition"]
    assert filter_words("customer", group)[3] == "Level contains"
    assert filter_words("opportunity", Group((Condition("expected_on", "longer_ago", 0),))) == [
        "Expected on before today"
    ]
    director = sign_in("director")
    with director.read() as session:
        found = fetch_ids(session, ListQuery(entity="customer", filter=group), director.person)
        only = fetch_ids(session, _one(by_key("customer"), "name", "contains", "客户1"), director.person)
        assert found == only
        assert 0 < len(found) < 60


@pytest.mark.parametrize(
    "stored", ["x", 3, [], {"version": 2}, {"version": 1}, {"version": 1, "match": "all", "items": [None]}]
)
def test_what_cannot_be_read_is_kept_as_it_is(stored: Any) -> None:
    group = from_json(stored)
    assert len(problems_of("customer", group)) == 1
    assert all(isinstance(item, Unreadable) for item in group.items)


def test_filters_of_one_shape_are_compiled_once(sign_in: SignIn) -> None:
    director = sign_in("director")
    prepared._compiled.clear()
    with director.read() as session:
        found = [
            len(fetch_ids(session, _one(by_key("customer"), "name", "contains", typed), director.person))
            for typed in ("客户1", "客户", "zz")
        ]
    assert found == [11, 60, 0]
    assert len(prepared._compiled) == 1


def test_a_path_leads_through_related_records() -> None:
    field = find_field(by_key("contact"), "customer.owner.department")
    assert field is not None
    assert field.label == "Customer › Owner › Department"
    assert find_field(by_key("contact"), "customer.owner.shoes") is None
    assert field.key in {offered.key for offered in fields_of(by_key("contact"))}


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("equal", "1e99"), ("equal", "NaN"), ("equal", "x"), ("between", ["1"]), ("last_days", -1), ("last_days", True),
        ("period", "next_life"), ("on", "2026-02-30"), ("any_of", []), ("any_of", ["x"]), ("any_of", [2**63]),
        ("contains", " "), ("contains", 3), ("contains", "a\x00"), ("filled", 1),
    ],
)  # fmt: skip
def test_values_that_no_server_takes_are_not_read(operator: str, value: Any) -> None:
    """A shared view is what a colleague, or his script, wrote into the table."""
    stored = {"version": 1, "match": "all", "items": [{"field": "name", "operator": operator, "value": value}]}
    (item,) = from_json(stored).items
    if operator == "filled":
        assert item == Condition("name", "filled")
    else:
        assert isinstance(item, Unreadable)
