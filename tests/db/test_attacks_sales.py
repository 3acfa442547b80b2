"""What an employee with psql tries with opportunities, products and stages."""

from __future__ import annotations

import datetime

import pytest

from tests.db.office import Office, login
from tests.db.raw import Raw
from tests.db.test_opportunities import customer_of, image, opportunity, stage

REFUSED = "42501"
NOT_ALLOWED = "23514"


def test_nobody_lets_his_opportunity_lie_at_a_customer_he_does_not_see(raw: Raw, office: Office) -> None:
    """He would read there whose customer it is, and its owner could no longer delete it."""
    mine, foreign = customer_of(raw, office, "seller"), customer_of(raw, office, "desk")
    id_ = opportunity(raw, "seller", customer_id=mine)
    assert raw.tried("update crm.opportunity set customer_id = %s where id = %s", foreign, id_) == REFUSED
    assert raw.tried("insert into crm.opportunity (name, customer_id) values ('x', %s)", foreign) == REFUSED
    upsert = (
        "insert into crm.opportunity (code, name) select code, name from crm.opportunity where id = %s"
        " on conflict (code) do update set customer_id = %s"
    )
    assert raw.tried(upsert, id_, foreign) == REFUSED


def test_an_opportunity_stays_at_a_customer_who_went_out_of_sight(raw: Raw, office: Office) -> None:
    customer = customer_of(raw, office, "seller")
    id_ = opportunity(raw, "seller", customer_id=customer)
    raw.become(None)
    raw.count("update crm.customer set owner_id = %s where id = %s", office.ids["desk"], customer)
    raw.act(login("seller"))
    assert (
        raw.tried("update crm.opportunity set next_step = '拜访', customer_id = %s where id = %s", customer, id_) == 1
    )
    assert raw.tried("update crm.opportunity set customer_id = null where id = %s", id_) == 1


@pytest.mark.parametrize(
    "value", ["amount = 'NaN'", "amount = 'Infinity'", "checked = '{NULL}'", "checked = '{{a,b},{c,d}}'"]
)
def test_no_value_that_python_does_not_take_breaks_everybodys_board(raw: Raw, value: str) -> None:
    id_ = opportunity(raw, "seller", amount=1000)
    assert raw.tried(f"update crm.opportunity set {value} where id = %s", id_) in (NOT_ALLOWED, "22003", "0A000")


@pytest.mark.parametrize(("quantity", "price"), [("NaN", "1"), ("1", "NaN")])
def test_lines_are_of_numbers(raw: Raw, quantity: str, price: str) -> None:
    id_ = opportunity(raw, "seller")
    statement = (
        "insert into crm.opportunity_line (opportunity_id, product_id, quantity, unit_price)"
        " select %s, min(p.id), %s, %s from crm.product p"
    )
    assert raw.tried(statement, id_, quantity, price) == NOT_ALLOWED


@pytest.mark.parametrize("phones", ["{NULL}", "{{1,2},{3,4}}"])
def test_phones_are_a_list_of_texts(raw: Raw, office: Office, phones: str) -> None:
    customer = customer_of(raw, office, "seller")
    raw.become(login("seller"))
    assert raw.tried("update crm.customer set phones = %s where id = %s", phones, customer) in (NOT_ALLOWED, "0A000")


def test_a_stage_that_meant_something_else_for_a_moment_forgets_no_day(raw: Raw) -> None:
    id_, won = opportunity(raw, "seller"), stage(raw, "Won")
    raw.act(login("seller"))
    day = datetime.date(2026, 1, 5)
    raw.count("update crm.opportunity set stage_id = %s, closed_on = %s where id = %s", won, day, id_)
    changed = raw.act(login("director"))
    raw.count("update crm.sales_stage set outcome_id = crm.choice('outcome', 'open') where id = %s", won)
    assert (image(raw, id_)["outcome"], image(raw, id_)["closed_on"]) == ("open", None)
    raw.become(login("director"))
    undone = raw.value("select journal.undo(%s)", changed)["change_set"]
    assert (image(raw, id_)["outcome"], image(raw, id_)["closed_on"]) == ("won", day.isoformat())
    raw.become(login("director"))
    again = raw.value("select journal.undo(%s)", undone)["change_set"]
    assert (image(raw, id_)["outcome"], image(raw, id_)["closed_on"]) == ("open", None)
    raw.become(login("director"))
    raw.value("select journal.undo(%s)", again)
    assert (image(raw, id_)["outcome"], image(raw, id_)["closed_on"]) == ("won", day.isoformat())


def test_who_sees_it_by_its_customer_is_told_so(raw: Raw, office: Office) -> None:
    id_ = opportunity(raw, "clerk", owner_id=office.ids["director"], customer_id=customer_of(raw, office, "junior"))
    raw.become(login("junior"))
    why = "select reason from crm.why(%s, %s, crm.me()) where verb = 'read' and may"
    assert raw.column(why, "opportunity", id_) == ["along"]
    (stay,) = raw.column("select id from crm.opportunity_stay where opportunity_id = %s", id_)
    assert raw.column(why, "opportunity_stay", stay) == ["along"]


def test_a_stage_in_use_is_not_deleted_nor_is_its_process(raw: Raw) -> None:
    opportunity(raw, "seller")
    raw.act(login("director"), "delete")
    assert raw.tried("delete from crm.sales_stage where id = %s", stage(raw, "First contact")) == "23503"
    assert raw.tried("delete from crm.sales_process") == "23503"


def test_a_new_stage_that_somebody_moved_to_stays(raw: Raw) -> None:
    created = raw.act(login("director"), "create")
    new = raw.value(
        "insert into crm.sales_stage (process_id, name) select min(id), '谈判' from crm.sales_process returning id"
    )
    opportunity(raw, "seller", stage_id=new)
    raw.become(login("director"))
    assert [kept["why"] for kept in raw.value("select journal.undo(%s)", created)["kept"]] == ["built_on"]
    assert raw.column("select name from crm.sales_stage where id = %s", new) == ["谈判"]


def test_nobody_without_the_right_learns_a_cost_from_what_happened(raw: Raw) -> None:
    created = raw.act(login("director"))
    product = raw.value("insert into crm.product (name) values ('GTX Pro') returning id")
    cost = raw.value("insert into crm.product_cost (product_id, cost) values (%s, 3100) returning id", product)
    for key in ("seller", "desk", "idle"):
        raw.become(login(key))
        assert raw.rows("select * from journal.history('product_cost', %s)", cost) == []
        assert raw.tried("select * from crm.why('product_cost', %s, crm.me())", cost) == REFUSED
        assert raw.tried("select * from crm.who_sees('product_cost', %s)", cost) == REFUSED
        assert raw.tried("select journal.undo(%s, true)", created) == REFUSED
        assert raw.tried("insert into crm.product_cost (product_id, cost) values (%s, 1)", product) == REFUSED
    raw.act(login("director"), "delete")
    raw.count("delete from crm.product where id = %s", product)
    raw.become(login("seller"))
    assert raw.rows("select * from journal.deleted('product_cost')") == []
    assert raw.rows("select * from journal.history('product_cost', %s)", cost) == []
