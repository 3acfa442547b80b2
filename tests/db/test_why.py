"""Why somebody can or cannot see a record: the answer is what he meets himself, for every verb."""

from __future__ import annotations

import random

import pytest

from tests.db.office import SIGNED_IN, VERBS, Office, login
from tests.db.raw import Raw

REFUSED = "42501"
OTHERS = {"customer": "(name, owner_id)", "contact": "(name, customer_id)", "activity": "(subject, customer_id)"}
ASKED = ("customer", "contact", "contact_relation", "activity", "employee", "dictionary", "department")


def _share_at_random(raw: Raw, seed: int) -> None:
    """A firm where a third of the customers are lent to somebody, some no longer."""
    dice = random.Random(seed)
    raw.become(None)
    people, departments = (
        raw.column(f"select id from crm.{table} order by id") for table in ("employee", "department")
    )
    for customer in raw.column("select id from crm.customer order by id"):
        if dice.random() < 0.4:
            column, whom = dice.choice([("employee_id", people), ("department_id", departments)])
            raw.rows(
                f"insert into crm.share (entity, record_id, {column}, may_write, ends_at, shared_by_id) values"
                " ('customer', %s, %s, %s, now() + %s * interval '1 hour', %s)",
                customer, dice.choice(whom), dice.random() < 0.5, dice.choice([None, 1, -1]), people[0],
            )  # fmt: skip


def _tried(raw: Raw, table: str, id_: int, row: dict[str, int], verb: str) -> bool:
    """What the person of this connection can do with the row."""
    match verb:
        case "read":
            return raw.column(f"select id from crm.{table} where id = %s", id_) == [id_]
        case "update":
            return raw.tried(f"update crm.{table} set version = version where id = %s", id_) == 1
        case "delete":
            return raw.tried(f"delete from crm.{table} where id = %s", id_) in (1, "23503")
    if table == "contact_relation":
        statement = "insert into crm.contact_relation (contact_id, other_id) values (%s, %s)"
        return raw.tried(statement, row["contact_id"], row["other_id"]) == 1
    parent = row["owner_id"] if table == "customer" else row["customer_id"]
    return raw.tried(f"insert into crm.{table} {OTHERS[table]} values ('x', %s)", parent) == 1


@pytest.mark.parametrize("key", SIGNED_IN)
def test_the_answer_is_what_he_meets_himself(raw: Raw, office: Office, key: str) -> None:
    _share_at_random(raw, seed=len(key) * 7 + ord(key[0]))
    dice = random.Random(key)
    for table in ASKED:
        raw.become(None)
        rows = raw.rows(f"select id, to_jsonb(t) from crm.{table} t order by id")
        for id_, row in dice.sample(rows, min(len(rows), 14)):
            raw.become(None)
            answer = dict(raw.rows("select verb, may from crm.why_for(%s, %s, %s)", office.ids[key], table, id_))
            raw.become(login(key))
            for verb in VERBS:
                if verb == "create" and table not in (*OTHERS, "contact_relation"):
                    continue
                assert _tried(raw, table, id_, row, verb) == answer[verb], (table, id_, verb)


def test_who_sees_lists_everybody_who_does_and_nobody_else(raw: Raw) -> None:
    _share_at_random(raw, seed=3)
    for customer in raw.column("select id from crm.customer order by id limit 15"):
        raw.become(login("admin"))
        listed = {*raw.column("select name from crm.who_sees('customer', %s) where verb = 'read' and may", customer)}
        seeing = set()
        for key in SIGNED_IN:
            raw.become(login(key))
            if raw.column("select id from crm.customer where id = %s", customer):
                seeing.add(key)
        assert listed == seeing


@pytest.mark.parametrize(
    ("key", "owner", "reason"),
    [
        ("seller", "seller", "own"),
        ("seller", "junior", "team"),
        ("manager", "narrow", "team"),
        ("narrow", "junior", "department"),
        ("clerk", "seller", "all"),
        ("seller", "公海", "pool"),
        ("seller", "director", "out_of_scope"),
        ("idle", "seller", "no_grant"),
        ("gone", "seller", "locked"),
    ],
)
def test_the_reason_is_named(raw: Raw, office: Office, key: str, owner: str, reason: str) -> None:
    customer = raw.value("select min(id) from crm.customer where owner_id = %s", office.ids[owner])
    raw.become(login("admin"))
    answers = raw.rows("select verb, reason, owner from crm.why('customer', %s, %s)", customer, office.ids[key])
    assert answers[0] == ("read", reason, owner)


def test_a_share_is_named_with_who_shared_it(raw: Raw, office: Office) -> None:
    customer = raw.value("select min(id) from crm.customer where owner_id = %s", office.ids["manager"])
    raw.become(login("manager"))
    raw.count(
        "insert into crm.share (entity, record_id, department_id, may_write)"
        " select 'customer', %s, id, true from crm.department where name = 'south'", customer
    )  # fmt: skip
    raw.become(login("junior"))
    contact = raw.value("select min(id) from crm.contact where customer_id = %s", customer)
    for table, id_ in (("customer", customer), ("contact", contact)):
        verb, may, reason, share = raw.rows(
            "select verb, may, reason, share from crm.why(%s, %s, %s)", table, id_, office.ids["junior"]
        )[0]
        assert (verb, may, reason, share["by"], share["department"]) == ("read", True, "share", "manager", "south")


@pytest.mark.parametrize("key", [key for key in SIGNED_IN if key not in ("admin", "gone")])
def test_nobody_asks_about_a_record_out_of_his_sight(raw: Raw, key: str) -> None:
    raw.become(login(key))
    seen = {*raw.column("select id from crm.customer")}
    raw.become(None)
    customers = raw.column("select id from crm.customer order by id")
    raw.become(login(key))
    for customer in [*customers[:20], 999_999]:
        expected = REFUSED if customer not in seen else 4
        assert raw.tried("select * from crm.why('customer', %s, crm.me())", customer) == expected
        if customer not in seen:
            assert raw.tried("select * from crm.who_sees('customer', %s)", customer) == REFUSED
    assert raw.tried("select * from crm.find_for_why('customer', '1')") == REFUSED
    for function in (
        "why_for(1, 'customer', 1)",
        "reach_for(1, 'customer', 'read', 1)",
        "granting_for(1, 'a', 'read')",
    ):
        assert raw.tried(f"select * from crm.{function}") == REFUSED


def test_who_administers_rights_finds_a_record_by_number_or_key(raw: Raw) -> None:
    id_, code, name = raw.rows("select id, code, name from crm.customer order by id limit 1")[0]
    raw.become(login("admin"))
    for typed in (code, str(id_), f"#{id_}"):
        assert raw.rows("select id, name from crm.find_for_why('customer', %s)", typed) == [(id_, name)]
    assert raw.rows("select * from crm.find_for_why('pg_class', '1')") == []
