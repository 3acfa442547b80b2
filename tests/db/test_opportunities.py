"""Opportunities by raw connection: who sees them, what entering a stage does, and that an undo takes all of it back."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.db.office import SIGNED_IN, Office, login
from tests.db.raw import Raw

REFUSED = "42501"


def stage(raw: Raw, name_en: str) -> int:
    return int(raw.value("select id from crm.sales_stage where name_en = %s", name_en))


def opportunity(raw: Raw, by: str, **values: Any) -> int:
    """A new one, written as somebody writes it; its id."""
    raw.act(login(by), "create")
    values = {"name": "二期设备"} | values
    columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    return int(raw.value(f"insert into crm.opportunity ({columns}) values ({marks}) returning id", *values.values()))


def image(raw: Raw, id_: int) -> dict[str, Any]:
    """The row with the words of its choices, as the superuser sees it."""
    raw.become(None)
    row: dict[str, Any] = raw.value(
        """
        select to_jsonb(o) || jsonb_build_object('stage', s.name_en, 'outcome', e.code, 'category', c.code)
        from crm.opportunity o join crm.sales_stage s on s.id = o.stage_id
          join crm.dictionary_entry e on e.id = o.outcome_id left join crm.dictionary_entry c on c.id = o.category_id
        where o.id = %s
        """,
        id_,
    )
    return row


def stays(raw: Raw, id_: int) -> list[str]:
    """The stages it went through."""
    raw.become(None)
    return raw.column(
        "select s.name_en from crm.opportunity_stay y join crm.sales_stage s on s.id = y.stage_id"
        " where y.opportunity_id = %s order by y.entered_at, y.id",
        id_,
    )


def customer_of(raw: Raw, office: Office, key: str) -> int:
    raw.become(None)
    return int(raw.value("select min(id) from crm.customer where owner_id = %s", office.ids[key]))


@pytest.mark.parametrize("key", SIGNED_IN)
def test_one_sees_those_of_ones_reach_and_those_at_customers_of_ones_reach(raw: Raw, office: Office, key: str) -> None:
    seller, junior = customer_of(raw, office, "seller"), customer_of(raw, office, "junior")
    owner_of = {
        opportunity(raw, "clerk", owner_id=office.ids[owner], customer_id=customer): (office.ids[owner], at)
        for owner, customer, at in (
            ("seller", seller, office.ids["seller"]),
            ("desk", junior, office.ids["junior"]),
            ("director", seller, office.ids["seller"]),
            ("leader", None, None),
        )
    }
    reached = office.reached(key, "opportunity", "read")
    raw.become(login(key))
    assert {*raw.column("select id from crm.opportunity")} == {
        id_ for id_, owners in owner_of.items() if reached.intersection(owners)
    }
    raw.become(None)
    parts = {
        id_: raw.value("select count(*) from crm.opportunity_stay where opportunity_id = %s", id_) for id_ in owner_of
    }
    raw.become(login(key))
    assert raw.value("select count(*) from crm.opportunity_stay") == sum(
        parts[id_] for id_, owners in owner_of.items() if reached.intersection(owners)
    )


def test_the_customers_owner_reads_but_does_not_write(raw: Raw, office: Office) -> None:
    customer = customer_of(raw, office, "junior")
    id_ = opportunity(raw, "clerk", owner_id=office.ids["director"], customer_id=customer)
    raw.become(login("junior"))
    assert raw.column("select name from crm.opportunity where id = %s", id_) == ["二期设备"]
    assert raw.tried("update crm.opportunity set name = 'x' where id = %s", id_) == 0
    assert raw.tried("delete from crm.opportunity where id = %s", id_) == 0
    assert raw.tried("insert into crm.opportunity_line (opportunity_id, product_id) values (%s, 1)", id_) == REFUSED


def test_it_follows_its_customer_to_another_owner(raw: Raw, office: Office) -> None:
    customer = customer_of(raw, office, "junior")
    id_ = opportunity(raw, "clerk", owner_id=office.ids["director"], customer_id=customer)
    raw.become(None)
    raw.count("update crm.customer set owner_id = %s where id = %s", office.ids["desk"], customer)
    raw.become(login("junior"))
    assert raw.column("select id from crm.opportunity where id = %s", id_) == []


def test_a_shared_customer_shows_its_opportunities(raw: Raw, office: Office) -> None:
    customer = customer_of(raw, office, "manager")
    id_ = opportunity(raw, "clerk", owner_id=office.ids["director"], customer_id=customer)
    raw.become(login("admin"))
    raw.count(
        "insert into crm.share (entity, record_id, employee_id) values ('customer', %s, %s)",
        customer, office.ids["junior"],
    )  # fmt: skip
    raw.become(login("junior"))
    assert raw.column("select id from crm.opportunity") == [id_]
    raw.become(login("desk"))
    assert raw.column("select id from crm.opportunity") == []


def test_a_share_of_the_opportunity_makes_a_team_member(raw: Raw, office: Office) -> None:
    id_ = opportunity(raw, "manager")
    raw.count(
        "insert into crm.share (entity, record_id, employee_id, may_write) values ('opportunity', %s, %s, true)",
        id_, office.ids["junior"],
    )  # fmt: skip
    raw.become(login("junior"))
    assert raw.tried("update crm.opportunity set next_step = '拜访' where id = %s", id_) == 1


@pytest.mark.parametrize("column", ["outcome_id", "stage_since", "stalls_on", "customer_owner_id", "weighted_amount"])
def test_nobody_writes_what_triggers_keep(raw: Raw, column: str) -> None:
    id_ = opportunity(raw, "director")
    assert raw.tried(f"update crm.opportunity set {column} = null where id = %s", id_) == REFUSED
    assert raw.tried("insert into crm.opportunity_stay (opportunity_id, stage_id) values (%s, 1)", id_) == REFUSED


def test_a_new_one_begins_in_the_first_stage(raw: Raw) -> None:
    id_ = opportunity(raw, "seller", amount=1000)
    row = image(raw, id_)
    assert (row["stage"], row["outcome"], row["category"]) == ("First contact", "open", "pipeline")
    assert (row["probability"], Decimal(str(row["weighted_amount"]))) == (20, Decimal(200))
    today = raw.value("select current_date")
    assert row["stalls_on"] == (today + datetime.timedelta(days=14)).isoformat()
    assert stays(raw, id_) == ["First contact"]


def test_entering_a_stage_takes_what_it_means(raw: Raw) -> None:
    id_ = opportunity(raw, "seller", amount=1000)
    raw.act(login("seller"))
    won = stage(raw, "Won")
    raw.count("update crm.opportunity set stage_id = %s, stage_note = '中标' where id = %s", won, id_)
    row = image(raw, id_)
    assert (row["outcome"], row["probability"], row["category"], row["stalls_on"]) == ("won", 100, "commit", None)
    assert row["closed_on"] == str(raw.value("select current_date"))
    assert stays(raw, id_) == ["First contact", "Won"]
    raw.act(login("seller"))
    raw.count("update crm.opportunity set stage_id = %s where id = %s", stage(raw, "Proposal"), id_)
    row = image(raw, id_)
    assert (row["outcome"], row["closed_on"], row["reason_id"]) == ("open", None, None)


def test_what_somebody_knows_better_stays(raw: Raw) -> None:
    id_ = opportunity(raw, "seller", probability=90)
    assert image(raw, id_)["probability"] == 90
    raw.act(login("seller"))
    raw.count("update crm.opportunity set stage_id = %s, probability = 55 where id = %s", stage(raw, "Proposal"), id_)
    assert image(raw, id_)["probability"] == 55


def test_what_is_entered_late_has_been_there_since(raw: Raw) -> None:
    day = datetime.date(2017, 3, 1)
    id_ = opportunity(raw, "seller", stage_id=stage(raw, "Won"), opened_on=datetime.date(2016, 10, 20), closed_on=day)
    row = image(raw, id_)
    assert (row["closed_on"], row["stage_since"][:10]) == (day.isoformat(), day.isoformat())


def test_an_undone_step_never_was(raw: Raw) -> None:
    id_ = opportunity(raw, "seller", amount=1000)
    before = image(raw, id_)
    change_set = raw.act(login("seller"))
    raw.count("update crm.opportunity set stage_id = %s where id = %s", stage(raw, "Lost"), id_)
    raw.value("select journal.undo(%s)", change_set)
    after = image(raw, id_)
    told = {"version", "updated_at"}
    assert {k: v for k, v in after.items() if k not in told} == {k: v for k, v in before.items() if k not in told}
    assert stays(raw, id_) == ["First contact"]


def test_a_deleted_one_comes_back_with_the_stages_it_went_through(raw: Raw) -> None:
    id_ = opportunity(raw, "director")
    raw.act(login("director"))
    raw.count("update crm.opportunity set stage_id = %s where id = %s", stage(raw, "Proposal"), id_)
    change_set = raw.act(login("director"), "delete")
    raw.count("delete from crm.opportunity where id = %s", id_)
    assert stays(raw, id_) == []
    raw.become(login("director"))
    raw.value("select journal.undo(%s)", change_set)
    assert stays(raw, id_) == ["First contact", "Proposal"]


def test_a_stage_that_allows_more_days_does_so_for_what_is_in_it(raw: Raw) -> None:
    id_ = opportunity(raw, "director")
    raw.act(login("director"))
    raw.count("update crm.sales_stage set days_allowed = 3 where id = %s", stage(raw, "First contact"))
    today = raw.value("select current_date")
    assert image(raw, id_)["stalls_on"] == (today + datetime.timedelta(days=3)).isoformat()


def test_lines_take_the_list_price_and_add_up(raw: Raw) -> None:
    id_ = opportunity(raw, "seller")
    raw.become(None)
    product = raw.value("insert into crm.product (name, list_price) values ('GTX Pro', 4821) returning id")
    raw.act(login("seller"))
    raw.count(
        "insert into crm.opportunity_line (opportunity_id, product_id, quantity) values (%s, %s, 2.5)", id_, product
    )
    raw.become(None)
    assert raw.rows("select unit_price, amount from crm.opportunity_line") == [(Decimal(4821), Decimal("12052.50"))]


@pytest.mark.parametrize("key", SIGNED_IN)
def test_costs_are_seen_by_right_only(raw: Raw, office: Office, key: str) -> None:
    raw.become(None)
    product = raw.value("insert into crm.product (name) values ('GTX Pro') returning id")
    raw.act(login("director"))
    raw.count("insert into crm.product_cost (product_id, cost) values (%s, 3100)", product)
    raw.become(login(key))
    expected = [Decimal(3100)] if office.ids["director"] in office.reached(key, "product_cost", "read") else []
    assert raw.column("select cost from crm.product_cost") == expected
    if key in ("leader", "seller", "desk", "clerk"):
        assert expected == []


def test_fixed_choices_are_renamed_only(raw: Raw) -> None:
    raw.become(login("admin"))
    entry = raw.value("select crm.choice('outcome', 'won')")
    assert raw.tried("update crm.dictionary_entry set name = '成交' where id = %s", entry) == 1
    assert raw.tried("update crm.dictionary_entry set code = 'x' where id = %s", entry) == REFUSED
    assert raw.tried("delete from crm.dictionary_entry where id = %s", entry) == REFUSED
    outcomes = raw.value("select id from crm.dictionary where code = 'outcome'")
    assert raw.tried("insert into crm.dictionary_entry (dictionary_id, name) values (%s, 'x')", outcomes) == REFUSED


def test_ticks_are_forgotten_in_another_stage_and_come_back_with_it(raw: Raw) -> None:
    id_ = opportunity(raw, "seller")
    raw.act(login("seller"))
    raw.count("update crm.opportunity set checked = '{找到决策人}' where id = %s", id_)
    change_set = raw.act(login("seller"))
    raw.count("update crm.opportunity set stage_id = %s where id = %s", stage(raw, "Proposal"), id_)
    assert image(raw, id_)["checked"] == []
    raw.become(login("seller"))
    raw.value("select journal.undo(%s)", change_set)
    assert image(raw, id_)["checked"] == ["找到决策人"]
