"""What triggers keep in rows: versions, owners of parts, latest contact, full names, search columns; and numbers."""

from __future__ import annotations

import threading

import psycopg2
import pytest

from crm_desktop.db.embedded import ServerAddress
from tests.db.office import PASSWORD, Office, login
from tests.db.raw import Raw

ADMIN, MANAGER, SELLER, CLERK, DESK = map(login, ("admin", "manager", "seller", "clerk", "desk"))


@pytest.fixture
def customer(raw: Raw, office: Office) -> int:
    """One of the seller's, with two contacts."""
    id_: int = raw.value("select min(id) from crm.customer where owner_id = %s and id %% 2 = 0", office.ids["seller"])
    return id_


def test_a_change_raises_the_version_and_a_save_without_change_does_not(raw: Raw, customer: int) -> None:
    raw.become(SELLER)
    read = "select version from crm.customer where id = %s"
    first = raw.value(read, customer)
    raw.count("update crm.customer set name = name where id = %s", customer)
    assert raw.value(read, customer) == first
    raw.count("update crm.customer set name = 'x', version = 1000 where id = %s", customer)
    assert raw.value(read, customer) == first + 1


def test_parts_follow_their_parents_owner_without_a_new_version(raw: Raw, office: Office, customer: int) -> None:
    contact = raw.value("select min(id) from crm.contact where customer_id = %s", customer)
    other = raw.value("select max(id) from crm.contact")
    raw.count("insert into crm.contact_relation (contact_id, other_id) values (%s, %s)", contact, other)
    versions = (
        "select (select array_agg(version order by id) from crm.contact where customer_id = %(id)s),"
        " (select array_agg(version order by id) from crm.activity where customer_id = %(id)s)"
    )
    raw.cursor.execute(versions, {"id": customer})
    before = raw.cursor.fetchall()
    raw.become(CLERK)
    raw.count("update crm.customer set owner_id = %s where id = %s", office.ids["desk"], customer)
    raw.become(None)
    for table, column in (("contact", "customer_id"), ("activity", "customer_id")):
        owners = raw.column(f"select distinct owner_id from crm.{table} where {column} = %s", customer)
        assert owners == [office.ids["desk"]]
    assert raw.column("select owner_id from crm.contact_relation where contact_id = %s", contact) == [
        office.ids["desk"]
    ]
    raw.cursor.execute(versions, {"id": customer})
    assert raw.cursor.fetchall() == before


def test_a_part_added_while_its_parent_changes_hands_gets_the_new_owner(
    server: ServerAddress, own_database: str
) -> None:
    giver, adder = (
        Raw(psycopg2.connect(server.url(own_database, login(key), PASSWORD))) for key in ("clerk", "director")
    )
    customer, new_owner = giver.rows(
        "select min(c.id), (select id from crm.employee where name = 'desk') from crm.customer c"
        " join crm.employee e on e.id = c.owner_id where e.name = 'seller'"
    )[0]
    giver.count("update crm.customer set owner_id = %s where id = %s", new_owner, customer)
    adding = threading.Thread(
        target=adder.count, args=("insert into crm.contact (customer_id, name) values (%s, 'x')", customer)
    )
    adding.start()
    adding.join(0.3)
    giver.connection.commit()
    adding.join()
    adder.connection.commit()
    assert adder.column("select distinct owner_id from crm.contact where customer_id = %s", customer) == [new_owner]
    for raw in (giver, adder):
        raw.connection.close()


def test_nobody_makes_a_part_his_own(raw: Raw, office: Office, customer: int) -> None:
    raw.become(SELLER)
    raw.count(
        "insert into crm.contact (customer_id, name, owner_id) values (%s, 'x', %s)", customer, office.ids["desk"]
    )
    raw.count("update crm.contact set owner_id = %s where customer_id = %s", office.ids["junior"], customer)
    raw.become(None)
    assert raw.column("select distinct owner_id from crm.contact where customer_id = %s", customer) == [
        office.ids["seller"]
    ]


def test_the_latest_contact_is_that_of_the_latest_activity(raw: Raw, customer: int) -> None:
    def matches() -> bool:
        agrees: bool = raw.value(
            "select bool_and(c.last_contact_at is not distinct from"
            " (select max(a.happened_at) from crm.activity a where a.customer_id = c.id)) from crm.customer c"
        )
        return agrees

    other = raw.value("select max(id) from crm.customer")
    assert matches()
    for statement in (
        "insert into crm.activity (customer_id, subject, happened_at, done_by_id) values (%s, 'x', '2027-01-01', 1)",
        "update crm.activity set happened_at = '2020-01-01' where customer_id = %s and happened_at >= '2027-01-01'",
        f"update crm.activity set customer_id = {other}, happened_at = '2028-01-01' where customer_id = %s",
        f"update crm.activity set customer_id = %s where customer_id = {other}",
        "delete from crm.activity where customer_id = %s and happened_at > '2027-12-31'",
        "delete from crm.activity where customer_id = %s",
    ):
        assert raw.count(statement, customer) > 0
        assert matches(), statement
    assert raw.value("select last_contact_at from crm.customer where id = %s", customer) is None


def test_entries_of_a_tree_bear_their_parents_names(raw: Raw) -> None:
    raw.become(ADMIN)
    add = (
        "insert into crm.dictionary_entry (dictionary_id, parent_id, code, name, name_en)"
        " select id, %s, 'x' || %s, %s, '' from crm.dictionary where code = 'region' returning id"
    )
    province = raw.value(add, None, 1, "广东")
    city = raw.value(add, province, 2, "广州市")
    district = raw.value(add, city, 3, "天河区")
    raw.count("update crm.dictionary_entry set name = '粤' where id = %s", province)
    read = "select full_name from crm.dictionary_entry where id = any (%s) order by id"
    assert raw.column(read, [province, city, district]) == ["粤", "粤广州市", "粤广州市天河区"]
    raw.count("update crm.dictionary_entry set name_en = 'Canton' where id = %s", city)
    english = raw.column(read.replace("full_name", "full_name_en"), [city, district])
    assert english == ["Canton, 粤", "天河区, Canton, 粤"]
    raw.count("update crm.dictionary_entry set parent_id = null where id = %s", city)
    assert raw.column(read, [city, district]) == ["广州市", "广州市天河区"]


def test_plain_sql_is_found_too_and_marked_for_pinyin(raw: Raw) -> None:
    raw.become(CLERK)
    raw.count(
        "insert into crm.customer (code, name, phones, email) values ('Z9', '华工  ABC', '{020-8888 1234}', 'A@b.cn')"
    )
    find = "select count(*) from crm.customer where search_grams operator(crm.@>>) %s"
    for tokens in (["华工"], ["ab"], ["z9"], ["81"], ["=02088881234"], ["=a@b.cn"], ["=?", "华"]):
        assert raw.value(find, tokens) == 1, tokens
    assert raw.column("select search_text ~ '华工 abc' from crm.customer where code = 'Z9'") == [True]
    raw.count("update crm.customer set name = '理工' where code = 'Z9'")
    assert (raw.value(find, ["理工"]), raw.value(find, ["华工"])) == (1, 0)


def test_what_the_program_wrote_is_left_alone(raw: Raw) -> None:
    raw.become(CLERK)
    raw.count(
        "insert into crm.customer (code, name, sort_key, search_text, search_grams, name_core)"
        " values ('Z9', 'Abc', 'k', E'abc\\nz9', '{abc}', 'core')"
    )
    raw.count("update crm.customer set name = 'ABC' where code = 'Z9'")
    raw.count("update crm.customer set name = 'other', search_grams = '{mine}' where code = 'Z9'")
    assert raw.rows("select sort_key, search_grams, name_core from crm.customer where code = 'Z9'") == [
        ("k", ["mine"], "core")
    ]


def test_numbers_go_on_and_pass_over_used_ones(raw: Raw) -> None:
    raw.become(None)
    raw.rows("select setval('crm.customer_number', 999998)")
    raw.count("insert into crm.customer (code, name, owner_id) select 'C1000000', 'x', min(id) from crm.employee")
    raw.become(CLERK)
    codes = [raw.value("insert into crm.customer (name) values ('x') returning code") for _ in range(2)]
    assert codes == ["C999999", "C1000001"]


def test_deleting_a_parent_leaves_others_without_it_and_that_comes_back(raw: Raw, customer: int) -> None:
    other = raw.value("select max(id) from crm.customer")
    raw.become(None)
    raw.count("update crm.customer set parent_id = %s where id = %s", customer, other)
    change = raw.act(MANAGER, "delete")
    raw.count("delete from crm.customer where id = %s", customer)
    raw.become(None)
    assert raw.value("select parent_id from crm.customer where id = %s", other) is None
    raw.become(login("director"))
    raw.rows("select journal.undo(%s)", change)
    assert raw.value("select parent_id from crm.customer where id = %s", other) == customer


def test_scopes_hold_in_parallel_plans(raw: Raw, office: Office) -> None:
    reached = office.reached("seller", "customer", "read")
    expected = raw.value("select count(*) from crm.customer where owner_id = any (%s)", list(reached))
    forced = "debug_parallel_query" if raw.connection.server_version >= 160000 else "force_parallel_mode"
    raw.rows(f"set local {forced} = on; set local parallel_setup_cost = 0; set local min_parallel_table_scan_size = 0")
    raw.become(SELLER)
    assert "Gather" in str(raw.rows("explain select count(*) from crm.customer"))
    assert raw.value("select count(*) from crm.customer") == expected


def test_what_was_put_in_a_circle_once_can_be_taken_out_again(raw: Raw) -> None:
    """An older program let it happen; a walk up it would never end."""
    raw.cursor.execute("insert into crm.department (name) values ('甲'), ('乙'), ('丙')")
    raw.cursor.execute("set local session_replication_role = replica")
    put = "update crm.department set parent_id = (select id from crm.department where name = '{}') where name = '{}'"
    raw.cursor.execute(put.format("甲", "乙") + ";" + put.format("乙", "甲"))
    raw.cursor.execute("set local session_replication_role = origin")
    assert raw.count(put.format("甲", "丙")) == 1
    assert raw.tried(put.format("丙", "甲")) == "P0001"
    assert raw.count("update crm.department set parent_id = null where name = '甲'") == 1
