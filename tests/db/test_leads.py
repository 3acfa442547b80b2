"""Leads by raw connection and by the services: who sees them, who gets them, what they become, what undo takes back."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from crm_desktop.core.errors import KnownError
from crm_desktop.db.engine import Gateway
from crm_desktop.services import journal, leads, records
from crm_desktop.services.duplicates import find_duplicates
from crm_desktop.services.leads import Conversion
from crm_desktop.services.lookup import fetch_choices
from crm_desktop.services.records import FieldsError, Record
from crm_desktop.spec import Ref
from tests.db.conftest import SignIn, own_database, sign_in, template
from tests.db.office import SIGNED_IN, Office, login
from tests.db.raw import Raw
from tests.ui.desk import create

__all__ = ["own_database", "sign_in", "template"]
REFUSED, SAID = "42501", "P0001"
POOL = "公海"


def lead(raw: Raw, by: str, **values: Any) -> int:
    """A new one, written as somebody writes it; its id."""
    raw.act(login(by), "create")
    values = {"name": "广州新华"} | values
    columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    return int(raw.value(f"insert into crm.lead ({columns}) values ({marks}) returning id", *values.values()))


def image(raw: Raw, id_: int) -> dict[str, Any]:
    """The row with the words of its state and owner, as the superuser sees it."""
    raw.become(None)
    row: dict[str, Any] = raw.value(
        "select to_jsonb(l) || jsonb_build_object('state', s.code, 'owner', e.name) from crm.lead l"
        " join crm.dictionary_entry s on s.id = l.state_id join crm.employee e on e.id = l.owner_id where l.id = %s",
        id_,
    )
    return row


def rule(raw: Raw, *members: int, method: str = "round_robin", **values: Any) -> int:
    raw.become(None)
    values = {"name": "规则"} | values
    columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    made = raw.value(
        f"insert into crm.lead_rule ({columns}, method_id) values ({marks}, crm.choice('lead_method', %s))"
        " returning id",
        *values.values(), method,
    )  # fmt: skip
    for member in members:
        raw.count("insert into crm.lead_rule_member (rule_id, employee_id) values (%s, %s)", made, member)
    return int(made)


@pytest.mark.parametrize("key", SIGNED_IN)
def test_one_sees_those_of_ones_reach_and_registers_for_anybody(raw: Raw, office: Office, key: str) -> None:
    owner_of = {lead(raw, "clerk", owner_id=office.ids[owner]): owner for owner in ("seller", "desk", "director", POOL)}
    reached = office.reached(key, "lead", "read")
    raw.become(login(key))
    seen = {id_ for id_, owner in owner_of.items() if office.ids[owner] in reached}
    assert {*raw.column("select id from crm.lead")} == seen
    changed = office.reached(key, "lead", "update")
    assert raw.tried("update crm.lead set next_step = 'x'") == sum(office.ids[o] in changed for o in owner_of.values())
    may_create = office.reached(key, "lead", "create")
    for owner in ("junior", "director", POOL):
        made = raw.tried("insert into crm.lead (name, owner_id) values ('x', %s)", office.ids[owner])
        assert made == (1 if office.ids[owner] in may_create else REFUSED)


def test_who_registers_a_lead_for_somebody_sees_it_and_no_more(raw: Raw, office: Office) -> None:
    id_ = lead(raw, "desk", owner_id=office.ids["director"])
    raw.become(login("desk"))
    assert raw.column("select id from crm.lead") == [id_]
    assert raw.tried("update crm.lead set next_step = 'x'") == 0
    assert raw.tried("update crm.lead set registered_by_id = null") == REFUSED
    raw.become(login("junior"))
    assert raw.column("select id from crm.lead") == []
    raw.become(login("admin"))
    why = "select may, reason from crm.why('lead', %s, %s) where verb in ('read', 'update')"
    assert raw.rows(why, id_, office.ids["desk"]) == [(True, "named"), (False, "out_of_scope")]


def test_the_customers_owner_sees_a_lead_that_lies_at_his_customer(raw: Raw, office: Office) -> None:
    customer = raw.value("select min(id) from crm.customer where owner_id = %s", office.ids["junior"])
    id_ = lead(raw, "clerk", owner_id=office.ids["director"], customer_id=customer)
    raw.become(login("junior"))
    assert raw.column("select id from crm.lead") == [id_]
    assert raw.tried("update crm.lead set name = 'x'") == 0


@pytest.mark.parametrize(
    "column", ["assigned_at", "respond_by", "responded_at", "last_contact_at", "recycled_at", "ended_at"]
)
def test_nobody_writes_what_triggers_keep(raw: Raw, column: str) -> None:
    id_ = lead(raw, "director")
    assert raw.tried(f"update crm.lead set {column} = now() where id = %s", id_) == REFUSED


def test_states_ask_for_what_they_need(raw: Raw) -> None:
    id_ = lead(raw, "seller")
    row = image(raw, id_)
    assert (row["state"], row["responded_at"]) == ("new", None)
    assert row["respond_by"] > row["assigned_at"]
    raw.act(login("seller"))
    move = "update crm.lead set state_id = crm.choice('lead_state', %s) where id = %s"
    assert raw.tried(move, "converted", id_) == SAID
    assert raw.tried(move, "dropped", id_) == SAID
    assert raw.tried("update crm.lead set state_id = crm.choice('outcome', 'won') where id = %s", id_) == "23514"
    raw.count(move.replace(" where", ", reason_id = crm.choice('drop_reason', 'no_need') where"), "dropped", id_)
    row = image(raw, id_)
    assert row["ended_at"] == row["responded_at"] is not None
    raw.act(login("seller"))
    raw.count(move, "working", id_)
    row = image(raw, id_)
    assert (row["ended_at"], row["reason_id"]) == (None, None)


def test_the_first_follow_up_takes_it_up_and_undo_puts_it_back(raw: Raw) -> None:
    id_ = lead(raw, "seller")
    before = image(raw, id_)
    change_set = raw.act(login("seller"))
    raw.count("insert into crm.lead_follow_up (lead_id, subject) values (%s, '打电话')", id_)
    row = image(raw, id_)
    assert row["state"] == "working"
    assert row["responded_at"] is not None is not row["last_contact_at"]
    raw.become(login("seller"))
    raw.value("select journal.undo(%s)", change_set)
    after = image(raw, id_)
    assert {k for k in before if before[k] != after[k]} <= {"version", "updated_at"}


def test_the_first_rule_that_fits_gives_in_turn(raw: Raw, office: Office) -> None:
    ids = office.ids
    guangdong = raw.value("select id from crm.dictionary_entry where name = '广东' and parent_id is null")
    tianhe = raw.value("select id from crm.dictionary_entry where full_name = '广东广州天河'")
    rule(raw, ids["seller"], ids["junior"], region_id=guangdong, sort_order=1)
    rule(raw, ids["leader"], source_id=raw.value("select crm.choice('source', 'exhibition')"), sort_order=2)
    got = [image(raw, lead(raw, "desk", owner_id=ids[POOL], region_id=tianhe))["owner"] for _ in range(3)]
    assert got == ["seller", "junior", "seller"]
    raw.become(None)
    fair = raw.value("select crm.choice('source', 'exhibition')")
    assert image(raw, lead(raw, "desk", owner_id=ids[POOL], source_id=fair))["owner"] == "leader"
    row = image(raw, lead(raw, "desk", owner_id=ids[POOL]))
    assert (row["owner"], row["assigned_at"], row["respond_by"]) == (POOL, None, None)
    assert image(raw, lead(raw, "desk", owner_id=ids["desk"], region_id=tianhe))["owner"] == "desk"  # somebody owns it


def test_the_least_busy_gets_it_and_nobody_who_has_left(raw: Raw, office: Office) -> None:
    ids = office.ids
    rule(raw, ids["gone"], ids["seller"], ids["junior"], method="least_busy")
    lead(raw, "clerk", owner_id=ids["seller"])
    got = [image(raw, lead(raw, "clerk", owner_id=ids[POOL]))["owner"] for _ in range(3)]
    assert got == ["junior", "seller", "junior"]


def test_only_who_works_with_the_pool_gives_by_rule(raw: Raw, office: Office) -> None:
    id_ = lead(raw, "clerk", owner_id=office.ids[POOL])
    rule(raw, office.ids["junior"])
    raw.become(login("narrow"))
    assert raw.tried("select crm.assign_leads_by_rule(%s)", [id_]) == REFUSED
    assert raw.tried("select crm.give_leads(%s)", [id_]) == REFUSED
    change_set = raw.act(login("manager"), "assign")
    assert raw.value("select crm.assign_leads_by_rule(%s)", [id_]) == [office.ids["junior"]]
    assert image(raw, id_)["owner"] == "junior"
    raw.become(login("manager"))
    raw.value("select journal.undo(%s)", change_set)
    assert image(raw, id_)["owner"] == POOL


def test_what_is_not_followed_up_falls_back(raw: Raw) -> None:
    idle, fresh = lead(raw, "seller"), lead(raw, "seller")
    raw.become(None)
    raw.count(
        "update crm.lead set assigned_at = now() - interval '40 days', updated_at = assigned_at where id = %s", idle
    )
    raw.cursor.execute("alter table crm.lead disable trigger raise_version")
    raw.count("update crm.lead set updated_at = now() - interval '40 days' where id = %s", idle)
    raw.cursor.execute("alter table crm.lead enable trigger raise_version")
    assert raw.value("select crm.recycle_leads()") == 0  # the firm has not said after how many days
    raw.become(None)
    raw.count("insert into crm.setting (key, value) values ('lead_recycle_days', '30')")
    assert raw.value("select crm.recycle_leads()") == 1
    change_set = raw.value("select max(id) from journal.change_set where kind = 'recycle'")
    row = image(raw, idle)
    assert (row["owner"], row["state"], row["assigned_at"]) == (POOL, "new", None)
    assert image(raw, fresh)["owner"] == "seller"
    raw.become(login("admin"))
    raw.value("select journal.undo(%s)", change_set)
    assert image(raw, idle)["owner"] == "seller"


# By the services


@pytest.fixture
def seller(sign_in: SignIn) -> Gateway:
    return sign_in("seller")


def fetched(gateway: Gateway, id_: int, entity: str = "lead") -> Record:
    with gateway.read() as session:
        return records.fetch_record(session, entity, id_)


def converted(gateway: Gateway, made: Record, **instead: Any) -> Record:
    with gateway.write() as session:
        proposed = leads.proposed(made, gateway.person, fetch_choices(session))
        parts = {key: getattr(proposed, key) for key in ("customer", "contact", "opportunity")} | instead
        return leads.convert(session, made, Conversion(**parts))


def a_lead(gateway: Gateway, **values: Any) -> Record:
    given = {"name": "广州新华仪器厂", "contact_name": "陈工", "phones": ["13800001111"], "need": "二十台"}
    return fetched(gateway, create(gateway, "lead", **given | values).id)


def test_a_lead_becomes_customer_contact_and_opportunity_and_all_of_it_is_taken_back(seller: Gateway) -> None:
    made = a_lead(seller)
    create(seller, "lead_follow_up", lead=Ref(made.id, made.title), subject="谈了需求")
    done = converted(seller, fetched(seller, made.id))
    became = {key: done.values[key].id for key in ("customer", "contact", "opportunity")}
    customer = fetched(seller, became["customer"], "customer")
    assert (customer.title, customer.values["phones"], customer.values["life_cycle"].label) == (
        "广州新华仪器厂", ["13800001111"], "Prospect",
    )  # fmt: skip
    contact = fetched(seller, became["contact"], "contact").values
    assert (contact["customer"].id, contact["is_main"]) == (customer.id, True)
    assert fetched(seller, became["opportunity"], "opportunity").values["need"] == "二十台"
    with seller.read() as session:
        told = session.connection().exec_driver_sql("select subject, contact_id, customer_id from crm.activity").all()
    assert ("谈了需求", became["contact"], customer.id) in [tuple(row) for row in told]
    with seller.write() as session:
        journal.undo(session, done.change_set)
    assert fetched(seller, made.id).values["state"].label == "Working"
    for entity, id_ in became.items():
        with pytest.raises(records.RecordGoneError):
            fetched(seller, id_, entity)


def test_of_a_known_customer_the_known_contact_is_taken(seller: Gateway) -> None:
    customer = create(seller, "customer", name="新华")
    known = create(seller, "contact", name="陈工程师", phones=["13800001111"], customer=Ref(customer.id, "新华"))
    done = converted(seller, a_lead(seller), customer=customer, opportunity=None)
    assert (done.values["customer"].id, done.values["contact"].id) == (customer.id, known.id)
    assert "opportunity" not in done.values or done.values["opportunity"] is None
    other = converted(seller, a_lead(seller, contact_name="许文静", phones=["13900002222"]), customer=customer)
    assert not fetched(seller, other.values["contact"].id, "contact").values["is_main"], "it has its own"


def test_two_who_convert_the_same_lead_make_one_customer(seller: Gateway, sign_in: SignIn) -> None:
    made, leader = a_lead(seller), sign_in("leader")
    ready, told = threading.Barrier(2), []

    def try_it(gateway: Gateway) -> None:
        ready.wait()
        try:
            converted(gateway, made)
        except KnownError as error:
            told.append(type(error).__name__)

    both = [threading.Thread(target=try_it, args=(gateway,)) for gateway in (seller, leader)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(told) == 1
    with leader.read() as session:
        found = find_duplicates(session, "lead", {"name": "广州新华仪器厂"}, made.id)
    assert [one.entity for one in found] == ["customer"]


def test_to_drop_needs_a_reason(seller: Gateway) -> None:
    made = a_lead(seller)
    with seller.write() as session, pytest.raises(FieldsError):
        leads.drop(session, made, None)


def test_leads_warn_of_each_other_and_tell_no_more_than_whose_they_are(seller: Gateway, sign_in: SignIn) -> None:
    made = a_lead(seller)
    other = sign_in("manager")
    hidden = create(other, "lead", name="别的厂", phones=["020-5550 1234"])
    with seller.read() as session:
        found = find_duplicates(session, "customer", {"phones": ["13800001111", "02055501234"]})
    assert {(one.entity, one.id, one.owner) for one in found} == {
        ("lead", made.id, "seller"),
        ("lead", None, "manager"),
    }
    assert all(hidden.title not in one.sentence() for one in found)
