"""Single records lent to people and departments, by raw connection: his scope and what is shared, no more."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from crm_desktop.entities import by_key
from crm_desktop.services import listing, records, statements
from crm_desktop.services.listing import ListQuery
from crm_desktop.services.search import find, search
from crm_desktop.spec import Ref
from tests.db.conftest import SignIn
from tests.db.office import COLLEAGUES, DEPARTMENTS, SIGNED_IN, Office, login
from tests.db.raw import Raw

REFUSED = "42501"
READERS = tuple(key for key in SIGNED_IN if key not in ("gone", "idle"))


def customer_of(raw: Raw, office: Office, key: str) -> int:
    raw.become(None)
    return int(raw.value("select min(id) from crm.customer where owner_id = %s", office.ids[key]))


def share(raw: Raw, by: str, customer: int, whom: int, *, may_write: bool = False, column: str = "employee_id") -> int:
    """Somebody shares a customer; the id of the share."""
    raw.become(login(by))
    statement = (
        f"insert into crm.share (entity, record_id, {column}, may_write) values ('customer', %s, %s, %s) returning id"
    )
    return int(raw.value(statement, customer, whom, may_write))


def department(raw: Raw, name: str) -> int:
    return int(raw.value("select id from crm.department where name = %s", name))


def sees(raw: Raw, key: str, customer: int) -> bool:
    raw.become(login(key))
    return bool(raw.column("select id from crm.customer where id = %s", customer))


@pytest.mark.parametrize("key", READERS)
def test_a_share_shows_the_record_with_its_parts_and_nothing_else(raw: Raw, office: Office, key: str) -> None:
    customer = customer_of(raw, office, "manager")
    share(raw, "admin", customer, office.ids[key])
    for table, column in (("customer", "id"), ("contact", "customer_id"), ("activity", "customer_id")):
        raw.become(None)
        rows = raw.rows(f"select id, owner_id, {column} from crm.{table}")
        reached = office.reached(key, table, "read")
        lent = bool(reached)  # a share lends a record, not a kind of work
        raw.become(login(key))
        seen = {*raw.column(f"select id from crm.{table}")}
        assert seen == {i for i, owner, parent in rows if owner in reached or (lent and parent == customer)}
    assert raw.tried("update crm.customer set remark = 'x' where id = %s", customer) in (0, 1)


@pytest.mark.parametrize("key", SIGNED_IN)
def test_a_department_share_follows_membership(raw: Raw, office: Office, key: str) -> None:
    customer = customer_of(raw, office, "admin")
    share(raw, "admin", customer, department(raw, "sales"), column="department_id")
    person = COLLEAGUES[key]
    above, name = set(), person.department
    while name:
        above.add(name)
        name = DEPARTMENTS[name]
    reads = bool(office.reached(key, "customer", "read")) and person.is_active
    expected = office.ids["admin"] in office.reached(key, "customer", "read") or (reads and "sales" in above)
    assert sees(raw, key, customer) == expected
    raw.become(None)
    raw.count("update crm.employee set department_id = null where id = %s", office.ids[key])
    in_scope = office.scope(key, "customer", "read") == 5
    assert sees(raw, key, customer) == in_scope


def test_a_share_to_read_changes_nothing(raw: Raw, office: Office) -> None:
    customer = customer_of(raw, office, "manager")
    share(raw, "manager", customer, office.ids["junior"])
    assert sees(raw, "junior", customer)
    assert raw.tried("update crm.customer set remark = 'x' where id = %s", customer) == 0
    assert raw.tried("delete from crm.customer where id = %s", customer) == 0
    assert raw.tried("insert into crm.contact (customer_id, name) values (%s, 'x')", customer) == REFUSED
    assert raw.tried("insert into crm.activity (customer_id, subject) values (%s, 'x')", customer) == REFUSED
    assert raw.tried("update crm.contact set name = 'x' where customer_id = %s", customer) == 0


def test_a_share_to_write_changes_the_record_and_its_parts_but_deletes_and_gives_nothing(
    raw: Raw, office: Office
) -> None:
    customer = customer_of(raw, office, "manager")
    other = customer_of(raw, office, "director")
    own = customer_of(raw, office, "junior")
    share(raw, "manager", customer, office.ids["junior"], may_write=True)
    raw.become(login("junior"))
    assert raw.tried("update crm.customer set remark = 'x' where id = %s", customer) == 1
    made = raw.rows("insert into crm.contact (customer_id, name) values (%s, 'x') returning id, owner_id", customer)
    assert made[0][1] == office.ids["manager"]
    assert raw.rows("insert into crm.activity (customer_id, subject) values (%s, 'x') returning id", customer)
    written = raw.tried("update crm.contact set name = 'x' where customer_id = %s", customer)
    assert isinstance(written, int)
    assert written >= 2
    contacts = raw.column("select id from crm.contact where customer_id = %s", customer)
    relation = "insert into crm.contact_relation (contact_id, other_id) values (%s, %s) returning id"
    assert raw.rows(relation, contacts[0], contacts[1])
    # nothing leaves, nothing goes
    for statement in ("delete from crm.customer where id = %s", "delete from crm.contact where customer_id = %s"):
        assert raw.tried(statement, customer) == 0
    for owner in (office.ids["junior"], office.ids["director"]):
        assert raw.tried("update crm.customer set owner_id = %s where id = %s", owner, customer) == REFUSED
    for target in (own, other):
        assert raw.tried("update crm.contact set customer_id = %s where id = %s", target, contacts[0]) == REFUSED
    mine = raw.value("select min(id) from crm.contact where customer_id = %s", own)
    assert raw.tried("update crm.contact set customer_id = %s where id = %s", customer, mine) == REFUSED


def test_what_is_lent_is_not_lent_on(raw: Raw, office: Office) -> None:
    customer = customer_of(raw, office, "manager")
    first = share(raw, "manager", customer, office.ids["junior"], may_write=True)
    raw.become(login("junior"))
    statement = "insert into crm.share (entity, record_id, employee_id) values ('customer', %s, %s)"
    assert raw.tried(statement, customer, office.ids["idle"]) == REFUSED
    assert raw.tried("update crm.share set ends_at = 'infinity' where id = %s", first) == 0
    assert raw.tried("delete from crm.share where id = %s", first) == 0
    assert raw.column("select id from crm.share") == [first]  # who sees the record sees with whom it is shared


@pytest.mark.parametrize("entity", ["customer", "contact", "employee", "share", "nonsense", "pg_class"])
def test_nobody_shares_what_he_may_not_change(raw: Raw, office: Office, entity: str) -> None:
    hidden = customer_of(raw, office, "director")
    raw.become(login("seller"))
    statement = "insert into crm.share (entity, record_id, employee_id) values (%s, %s, %s)"
    assert raw.tried(statement, entity, hidden, office.ids["seller"]) == REFUSED
    assert raw.column("select id from crm.share") == []
    # and in nobody else's name, at no other time
    own = customer_of(raw, office, "seller")
    raw.become(login("seller"))
    forged = (
        "insert into crm.share (entity, record_id, employee_id, shared_by_id, shared_at)"
        " values ('customer', %s, %s, %s, 'infinity') returning shared_by_id, shared_at = now()"
    )
    assert raw.rows(forged, own, office.ids["idle"], office.ids["admin"]) == [(office.ids["seller"], True)]
    assert raw.tried("update crm.share set record_id = %s", hidden) == REFUSED  # no right to the column


def test_a_share_ends(raw: Raw, office: Office) -> None:
    customer = customer_of(raw, office, "manager")
    lent = share(raw, "manager", customer, office.ids["junior"])
    assert sees(raw, "junior", customer)
    raw.become(login("manager"))
    assert raw.count("update crm.share set ends_at = now() - interval '1 second' where id = %s", lent) == 1
    assert not sees(raw, "junior", customer)
    raw.become(login("manager"))
    raw.count("update crm.share set ends_at = now() + interval '1 hour' where id = %s", lent)
    assert sees(raw, "junior", customer)
    raw.become(login("manager"))
    raw.count("delete from crm.share where id = %s", lent)
    assert not sees(raw, "junior", customer)


def test_what_somebody_lent_himself_ends_when_another_gets_the_record(raw: Raw, office: Office) -> None:
    own = customer_of(raw, office, "seller")
    free = customer_of(raw, office, "公海")
    for customer in (own, free):
        raw.become(login("seller"))
        share(raw, "seller", customer, office.ids["seller"], may_write=True)
        raw.become(None)
        raw.count("update crm.share set shared_at = shared_at - interval '1 day'")
        raw.become(login("clerk"))
        assert raw.count("update crm.customer set owner_id = %s where id = %s", office.ids["director"], customer) == 1
        assert not sees(raw, "seller", customer)


@pytest.mark.parametrize(
    ("by", "to", "receiver", "stays"),
    [
        ("seller", "south", "director", False),
        ("manager", "sales", "leader", True),
        ("seller", "service", "director", True),
    ],
)
def test_what_somebody_lent_his_department_ends_beyond_his_reach(
    *, by: str, to: str, receiver: str, stays: bool, raw: Raw, office: Office
) -> None:
    customer = customer_of(raw, office, "seller")
    lent = share(raw, by, customer, department(raw, to), column="department_id")
    raw.become(None)
    raw.count("update crm.share set shared_at = shared_at - interval '1 day'")
    raw.become(login("clerk"))
    assert raw.count("update crm.customer set owner_id = %s where id = %s", office.ids[receiver], customer) == 1
    raw.become(None)
    assert raw.column("select id from crm.share where id = %s", lent) == ([lent] if stays else [])


def test_nothing_is_noted_with_what_is_lent_to_read(raw: Raw, office: Office) -> None:
    customer = customer_of(raw, office, "manager")
    share(raw, "manager", customer, office.ids["junior"])
    own = customer_of(raw, office, "junior")
    raw.become(login("junior"))
    noted = raw.value("insert into crm.activity (customer_id, subject) values (%s, 'x') returning id", own)
    assert raw.tried("update crm.activity set customer_id = %s where id = %s", customer, noted) == REFUSED


def test_who_left_sees_nothing_shared(raw: Raw, office: Office) -> None:
    customer = customer_of(raw, office, "manager")
    share(raw, "manager", customer, office.ids["gone"])
    assert not sees(raw, "gone", customer)


def test_the_owner_sees_what_others_noted_with_his_customer(raw: Raw, office: Office) -> None:
    customer = customer_of(raw, office, "seller")
    raw.become(login("director"))
    noted = raw.value("insert into crm.activity (customer_id, subject) values (%s, '拜访') returning id", customer)
    raw.become(login("seller"))
    assert raw.column("select id from crm.activity where id = %s", noted) == [noted]


def test_sharing_is_undone_and_done_again(raw: Raw, office: Office) -> None:
    customer = customer_of(raw, office, "manager")
    raw.become(None)
    raw.act(login("manager"), "share")
    share(raw, "manager", customer, office.ids["junior"], may_write=True)
    change_set = raw.value("select max(id) from journal.my_change_sets(10)")
    result: dict[str, Any] = raw.value("select journal.undo(%s)", change_set)
    assert result["removed"] == {"share": 1}
    assert not sees(raw, "junior", customer)
    raw.become(login("manager"))
    raw.value("select journal.undo(%s)", result["change_set"])
    assert sees(raw, "junior", customer)


def test_undo_shares_nothing_that_is_no_longer_his_to_share(raw: Raw, office: Office) -> None:
    customer = customer_of(raw, office, "seller")
    raw.become(None)
    lent = share(raw, "seller", customer, office.ids["narrow"])
    raw.become(None)
    ended = raw.act(login("seller"), "share")
    raw.count("delete from crm.share where id = %s", lent)
    raw.become(None)
    raw.count("update crm.customer set owner_id = %s where id = %s", office.ids["manager"], customer)
    raw.become(None)
    raw.rows(
        "insert into crm.share (entity, record_id, employee_id, shared_by_id) values ('customer', %s, %s, %s)",
        customer, office.ids["seller"], office.ids["manager"],
    )  # fmt: skip
    raw.become(login("seller"))
    result = raw.value("select journal.undo(%s)", ended)
    assert [kept["why"] for kept in result["kept"]] == ["no_right"]
    assert not sees(raw, "narrow", customer)


def test_a_collaborator_takes_back_his_own_change_and_his_own_parts(raw: Raw, office: Office) -> None:
    customer = customer_of(raw, office, "manager")
    share(raw, "manager", customer, office.ids["junior"], may_write=True)
    raw.become(None)
    edited = raw.act(login("junior"))
    raw.count("update crm.customer set remark = 'x' where id = %s", customer)
    raw.rows("insert into crm.contact (customer_id, name) values (%s, '新') returning id", customer)
    result = raw.value("select journal.undo(%s)", edited)
    assert result["kept"] == []
    assert (result["restored"]["customer"]["rows"], result["removed"]) == (1, {"contact": 1})


def test_shares_go_and_come_back_with_their_record(raw: Raw, office: Office) -> None:
    raw.become(login("manager"))
    customer = raw.value("insert into crm.customer (name) values ('x') returning id")
    share(raw, "manager", customer, office.ids["junior"])
    raw.become(None)
    deleted = raw.act(login("manager"), "delete")
    assert raw.count("delete from crm.customer where id = %s", customer) == 1
    raw.become(None)
    assert raw.value("select count(*) from crm.share where record_id = %s", customer) == 0
    raw.become(login("manager"))
    raw.value("select journal.undo(%s)", deleted)
    assert sees(raw, "junior", customer)


def test_a_share_is_told_as_a_change_of_the_record(raw: Raw, office: Office) -> None:
    customer = customer_of(raw, office, "manager")
    raw.become(None)
    raw.rows("create temporary table told (payload text)")
    raw.connection.commit()
    raw.cursor.execute("listen crm")
    raw.connection.commit()
    share(raw, "manager", customer, office.ids["junior"])
    raw.connection.commit()
    raw.connection.poll()
    payloads = [notify.payload for notify in raw.connection.notifies]
    raw.become(None)
    raw.count("delete from crm.share")
    raw.connection.commit()
    assert f"customer:u:{customer}" in {payload.rpartition(":")[0] for payload in payloads}


def test_history_opens_with_the_share(raw: Raw, office: Office) -> None:
    customer = customer_of(raw, office, "manager")
    raw.become(login("junior"))
    assert raw.rows("select * from journal.history('customer', %s)", customer) == []
    share(raw, "manager", customer, office.ids["junior"])
    raw.become(login("manager"))
    raw.count("update crm.customer set remark = 'x' where id = %s", customer)
    raw.become(login("junior"))
    assert raw.rows("select * from journal.history('customer', %s)", customer)


@pytest.mark.parametrize(
    "call",
    [
        "crm.scope_for(1, 'customer', 'read')",
        "crm.owners_for(1, 'customer', 'read')",
        "crm.shared_for(1, 'customer', 'read')",
        "crm.function_for(1, 'customer', 'pool')",
    ],
)
def test_nobody_asks_about_others(raw: Raw, call: str) -> None:
    raw.become(login("admin"))
    assert raw.tried(f"select {call}") == REFUSED


def test_lists_counts_and_search_follow_a_new_share(sign_in: SignIn) -> None:
    manager, junior = sign_in("manager"), sign_in("junior")
    with manager.write() as session:
        record = records.create_record(session, records.new_record("customer", manager.person, name="珠海华工医药"))
    query = ListQuery(entity="customer", preset="all")

    def shown() -> tuple[bool, int, bool, bool]:
        person = junior.person
        with junior.read() as session:
            ids = listing.fetch_ids(session, query, person)
            first = listing.fetch_first_page(session, query, person, listing.columns_of(query.spec))
            count = listing.fetch_counts(session, ["customer"], person)["customer/all"]
            assert (count, [*ids]) == (len(ids), [row.id for row in first])
            found = search(session, "hgyy", person)
            picked = find(session, "customer", "华工", person)
        return record.id in ids, count, bool(found), bool(picked)

    before = shown()
    assert before == (False, before[1], False, False)
    with manager.write() as session:
        session.execute(
            text("insert into crm.share (entity, record_id, employee_id) values ('customer', :id, :whom)"),
            {"id": record.id, "whom": junior.person.id},
        )
    with junior.read() as session:
        junior.person.lent.entities = frozenset(session.execute(text("select crm.shared_tables()")).scalar_one())
    assert junior.person.lent.entities >= {"customer", "contact", "activity"}
    assert shown() == (True, before[1] + 1, True, True)


@pytest.mark.parametrize("entity", ["customer", "contact"])
def test_lists_are_the_same_when_they_are_read_owner_by_owner(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, entity: str
) -> None:
    leader, junior = sign_in("leader"), sign_in("junior")
    with leader.write() as session:
        for name in ("甲", "丙", "乙"):
            made = records.create_record(session, records.new_record("customer", leader.person, name=name))
            contact = records.new_record("contact", leader.person, name=f"{name}先生", customer=Ref(made.id, name))
            records.create_record(session, contact)
            session.execute(
                text("insert into crm.share (entity, record_id, employee_id) values ('customer', :id, :whom)"),
                {"id": made.id, "whom": junior.person.id},
            )
    junior.person.lent.entities = frozenset({"customer", "contact", "activity"})
    queries = [
        ListQuery(entity=entity, preset=preset.key, is_descending=is_descending, sort="name")
        for preset in by_key(entity).table.presets
        for is_descending in (False, True)
    ]

    def ids() -> list[list[int]]:
        with junior.read() as session:
            return [list(session.scalars(listing.select_ids(query, junior.person))) for query in queries]

    assert len(statements.scopes_in_turn(by_key(entity), junior.person)) == 3  # his own, the pool, what is lent
    merged = ids()
    assert any(len(found) > 3 for found in merged)
    monkeypatch.setattr(listing, "scopes_in_turn", lambda *_arguments: [])
    assert merged == ids()
