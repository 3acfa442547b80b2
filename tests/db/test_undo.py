"""Undo: everything back that nobody has touched since, and a list of what was kept and why."""

from __future__ import annotations

import threading
from typing import Any

import psycopg2
import pytest

from crm_desktop.db.embedded import ServerAddress
from tests.db.office import PASSWORD, Office, login
from tests.db.raw import Raw

ADMIN, MANAGER, LEADER, SELLER, JUNIOR, CLERK, DESK = map(
    login, ("admin", "manager", "leader", "seller", "junior", "clerk", "desk")
)
NOTHING: dict[str, Any] = {"restored": {}, "brought_back": {}, "removed": {}}


def undo(raw: Raw, who: str, change_set: int, *, dry_run: bool = False) -> dict[str, Any]:
    raw.become(who)
    result: dict[str, Any] = raw.value("select journal.undo(%s, %s)", change_set, dry_run)
    raw.become(None)
    return result


def done(result: dict[str, Any]) -> dict[str, Any]:
    return {key: result[key] for key in NOTHING}


def kept(result: dict[str, Any]) -> set[tuple[str, int, str]]:
    return {(row["table"], row["id"], row["why"]) for row in result["kept"]}


def snapshot(raw: Raw) -> dict[str, list[Any]]:
    """All business rows, without what every change alters."""
    raw.become(None)
    tables = ("customer", "contact", "contact_relation", "activity", "group_member", "employee")
    return {
        table: raw.column(f"select to_jsonb(t) - '{{version,updated_at}}'::text[] from crm.{table} t order by id")
        for table in tables
    }


@pytest.fixture
def customer(raw: Raw, office: Office) -> int:
    """One of the seller's."""
    id_: int = raw.value("select min(id) from crm.customer where owner_id = %s", office.ids["seller"])
    return id_


def test_fields_come_back_that_nobody_changed_since(raw: Raw, customer: int) -> None:
    before = raw.rows("select name, fax, remark from crm.customer where id = %s", customer)[0]
    change = raw.act(SELLER)
    raw.count("update crm.customer set name = 'A', fax = '1', remark = 'A' where id = %s", customer)
    raw.count("update crm.customer set remark = 'B' where id = %s", customer)
    raw.act(CLERK)
    raw.count("update crm.customer set fax = '2' where id = %s", customer)
    result = undo(raw, SELLER, change)
    assert done(result) == NOTHING | {"restored": {"customer": {"rows": 1, "fields": 2}}}
    assert raw.rows("select name, fax, remark from crm.customer where id = %s", customer) == [
        (before[0], "2", before[2])
    ]
    (row,) = result["kept"]
    assert (row["table"], row["id"], row["fields"], row["why"]) == ("customer", customer, ["fax"], "changed_since")
    assert (row["who"], row["name"]) == ("clerk", "A")
    assert row["at"] is not None


def test_the_restored_row_has_a_new_version_and_waits_for_its_pinyin(raw: Raw, customer: int) -> None:
    change = raw.act(SELLER)
    raw.count("update crm.customer set name = 'A', search_text = 'a', search_grams = '{a}' where id = %s", customer)
    version = raw.value("select version from crm.customer where id = %s", customer)
    undo(raw, SELLER, change)
    assert raw.rows(
        "select version, search_grams @> '{=?}', search_text ~ name from crm.customer where id = %s", customer
    ) == [(version + 1, True, True)]


def test_a_deleted_customer_comes_back_with_everything(raw: Raw, customer: int) -> None:
    before = snapshot(raw)
    change = raw.act(MANAGER, "delete")
    assert raw.count("delete from crm.customer where id = %s", customer) == 1
    assert snapshot(raw) != before
    result = undo(raw, MANAGER, change)
    assert result["kept"] == []
    assert result["brought_back"]["customer"] == 1
    assert result["brought_back"]["activity"] == 2
    assert snapshot(raw) == before


def test_one_of_several_deleted_records_comes_back_alone_with_its_parts(
    raw: Raw, customer: int, office: Office
) -> None:
    before = snapshot(raw)
    other = raw.value("select max(id) from crm.customer where owner_id = %s", office.ids["seller"])
    assert other != customer
    change = raw.act(MANAGER, "delete")
    assert raw.count("delete from crm.customer where id in (%s, %s)", customer, other) == 2
    raw.become(MANAGER)
    result = raw.value("select journal.undo(%s, false, 'customer', %s)", change, [customer])
    raw.become(None)
    assert (result["kept"], result["brought_back"]["customer"]) == ([], 1)
    back = snapshot(raw)
    assert [row["id"] for row in back["customer"]] == [row["id"] for row in before["customer"] if row["id"] != other]
    of_customer = [row for row in before["activity"] if row["customer_id"] == customer]
    assert of_customer
    assert [row for row in back["activity"] if row["customer_id"] == customer] == of_customer
    rest = undo(raw, MANAGER, change)
    assert (rest["kept"], rest["brought_back"]["customer"]) == ([], 1)
    assert snapshot(raw) == before


def test_a_company_comes_back_without_its_deleted_daughter_and_the_other_belongs_to_it_again(
    raw: Raw, customer: int, office: Office
) -> None:
    daughter, sister = raw.column(
        "select id from crm.customer where id <> %s and owner_id = %s order by id limit 2",
        customer,
        office.ids["seller"],
    )
    raw.count("update crm.customer set parent_id = %s where id in (%s, %s)", customer, daughter, sister)
    change = raw.act(MANAGER, "delete")
    assert raw.count("delete from crm.customer where id in (%s, %s)", customer, daughter) == 2
    assert raw.value("select parent_id from crm.customer where id = %s", sister) is None
    raw.become(MANAGER)
    raw.value("select journal.undo(%s, false, 'customer', %s)", change, [customer])
    raw.become(None)
    assert raw.column("select id from crm.customer where id in (%s, %s) order by id", customer, daughter) == [customer]
    assert raw.value("select parent_id from crm.customer where id = %s", sister) == customer


def test_created_rows_are_removed(raw: Raw) -> None:
    before = snapshot(raw)
    change = _import(raw)
    result = undo(raw, CLERK, change)
    assert done(result) == NOTHING | {"removed": {"customer": 3, "contact": 3, "activity": 3}}
    assert snapshot(raw) == before


def _import(raw: Raw) -> int:
    """Three customers of the clerk's, each with a contact and an activity. He may not delete a customer."""
    change = raw.act(CLERK, "import")
    raw.count("insert into crm.customer (code, name) select 'N' || n, '新' || n from generate_series(1, 3) n")
    raw.count("insert into crm.contact (customer_id, name) select id, '人' from crm.customer where code like 'N_'")
    raw.count(
        "insert into crm.activity (customer_id, contact_id, subject) select customer_id, id, '来电' from crm.contact"
        " where name = '人'"
    )
    return change


def test_what_somebody_built_on_stays_with_its_parts_and_the_rest_goes(raw: Raw) -> None:
    change = _import(raw)
    edited, extended, _plain = raw.column("select id from crm.customer where code like 'N_' order by id")
    (contact,) = raw.column("select id from crm.contact where customer_id = %s", edited)
    raw.act(MANAGER)
    raw.become(DESK)
    raw.count("insert into crm.activity (customer_id, subject) values (%s, '投诉')", extended)
    raw.act(CLERK)
    raw.count("update crm.contact set title = '经理' where id = %s", contact)
    result = undo(raw, CLERK, change)
    assert result["removed"] == {"customer": 1, "contact": 1, "activity": 1}
    assert {(table, why) for table, _id, why in kept(result)} == {
        ("customer", "part_kept"), ("customer", "built_on"), ("contact", "changed_since"), ("contact", "part_kept"),
        ("activity", "part_kept"),
    }  # fmt: skip
    assert kept(result) >= {
        ("customer", edited, "part_kept"), ("customer", extended, "built_on"), ("contact", contact, "changed_since"),
    }  # fmt: skip
    (built_on,) = [row for row in result["kept"] if row["why"] == "built_on"]
    assert built_on["who"] == "desk"
    assert raw.column("select count(*) from crm.activity where customer_id = any (%s)", [edited, extended]) == [3]


def test_a_dry_run_tells_the_same_and_writes_nothing(raw: Raw) -> None:
    change = _import(raw)
    before = snapshot(raw)
    rehearsed = undo(raw, CLERK, change, dry_run=True)
    assert snapshot(raw) == before
    assert rehearsed["change_set"] is None
    assert raw.value("select count(*) from journal.change_set where undoes = %s", change) == 0
    result = undo(raw, CLERK, change)
    assert result | {"change_set": None} == rehearsed


def test_an_undo_can_be_undone_and_that_again(raw: Raw, customer: int) -> None:
    original = snapshot(raw)
    change = _import(raw)
    raw.count("update crm.customer set remark = 'x' where id = %s", customer)
    changed = snapshot(raw)
    for _ in range(2):
        first = undo(raw, CLERK, change)
        assert first["kept"] == []
        assert snapshot(raw) == original
        second = undo(raw, CLERK, first["change_set"])
        assert second["kept"] == []
        assert snapshot(raw) == changed


def test_undo_twice_is_refused(raw: Raw, customer: int) -> None:
    change = raw.act(SELLER)
    raw.count("update crm.customer set remark = 'x' where id = %s", customer)
    undo(raw, SELLER, change)
    raw.become(SELLER)
    assert raw.tried("select journal.undo(%s)", change) == "55000"


def test_changes_can_be_undone_one_after_the_other_newest_first(raw: Raw, customer: int) -> None:
    before = snapshot(raw)
    changes = []
    for remark in ("1", "2", "3"):
        changes.append(raw.act(SELLER))
        raw.count("update crm.customer set remark = %s where id = %s", remark, customer)
    for change in reversed(changes):
        assert undo(raw, SELLER, change)["kept"] == []
    assert snapshot(raw) == before


def test_a_later_change_that_was_redone_counts(raw: Raw, customer: int) -> None:
    first = raw.act(SELLER)
    raw.count("update crm.customer set remark = '1' where id = %s", customer)
    second = raw.act(CLERK)
    raw.count("update crm.customer set remark = '2' where id = %s", customer)
    undo(raw, CLERK, undo(raw, CLERK, second)["change_set"])
    result = undo(raw, SELLER, first)
    assert kept(result) == {("customer", customer, "changed_since")}
    assert raw.value("select remark from crm.customer where id = %s", customer) == "2"


def test_where_everything_is_kept_nothing_is_written_and_it_can_be_tried_again(raw: Raw, customer: int) -> None:
    first = raw.act(SELLER)
    raw.count("update crm.customer set remark = '1' where id = %s", customer)
    second = raw.act(CLERK)
    raw.count("update crm.customer set remark = '2' where id = %s", customer)
    assert undo(raw, SELLER, first)["change_set"] is None
    undo(raw, CLERK, second)
    assert undo(raw, SELLER, first)["change_set"] is not None


def test_an_unknown_change_set_is_told_apart(raw: Raw) -> None:
    assert undo(raw, ADMIN, 987654321) is None


def test_others_changes_need_the_function_and_the_scope(raw: Raw, office: Office, customer: int) -> None:
    elsewhere = raw.value("select min(id) from crm.customer where owner_id = %s", office.ids["desk"])
    change = raw.act(CLERK)
    raw.count("update crm.customer set remark = 'x' where id = any (%s)", [customer, elsewhere])
    raw.become(SELLER)
    assert raw.tried("select journal.undo(%s)", change) == "42501"
    raw.become(login("gone"))
    assert raw.tried("select journal.undo(%s)", change) == "42501"
    result = undo(raw, MANAGER, change)
    assert done(result) == NOTHING | {"restored": {"customer": {"rows": 1, "fields": 1}}}
    assert kept(result) == {("customer", elsewhere, "no_right")}


def test_a_record_given_away_is_not_taken_back_by_who_may_no_longer_change_it(
    raw: Raw, office: Office, customer: int
) -> None:
    change = raw.act(SELLER)
    raw.count("update crm.customer set remark = 'x' where id = %s", customer)
    raw.act(CLERK)
    raw.count("update crm.customer set owner_id = %s where id = %s", office.ids["desk"], customer)
    assert kept(undo(raw, SELLER, change)) == {("customer", customer, "no_right")}


def test_an_owner_is_restored_only_to_somebody_in_scope(raw: Raw, office: Office) -> None:
    customer = raw.value("select min(id) from crm.customer where owner_id = %s", office.ids["公海"])
    change = raw.act(SELLER)
    assert raw.count("update crm.customer set owner_id = crm.me() where id = %s", customer) == 1
    assert undo(raw, SELLER, change)["kept"] == []
    assert raw.value("select owner_id from crm.customer where id = %s", customer) == office.ids["公海"]
    assert raw.column("select distinct owner_id from crm.contact where customer_id = %s", customer) == [
        office.ids["公海"]
    ]


def test_a_number_used_again_keeps_the_deleted_record_away(raw: Raw, customer: int) -> None:
    code = raw.value("select code from crm.customer where id = %s", customer)
    change = raw.act(MANAGER, "delete")
    raw.count("delete from crm.customer where id = %s", customer)
    raw.act(CLERK)
    raw.count("insert into crm.customer (code, name) values (%s, 'neu')", code)
    result = undo(raw, MANAGER, change)
    assert {("customer", customer, "conflict")} <= kept(result)
    assert {why for table, _id, why in kept(result) if table != "customer"} == {"parent_gone"}
    assert result["change_set"] is None


def test_a_part_waits_for_its_parent(raw: Raw, customer: int) -> None:
    before = snapshot(raw)
    contact = raw.value("select min(id) from crm.contact where customer_id = %s", customer)
    first = raw.act(MANAGER, "delete")
    raw.count("delete from crm.contact where id = %s", contact)
    second = raw.act(MANAGER, "delete")
    raw.count("delete from crm.customer where id = %s", customer)
    assert kept(undo(raw, MANAGER, first)) == {("contact", contact, "parent_gone"), *_gone_activities(raw, customer)}
    undo(raw, MANAGER, second)
    assert undo(raw, MANAGER, first)["kept"] == []
    assert snapshot(raw) == before


def _gone_activities(raw: Raw, customer: int) -> set[tuple[str, int, str]]:
    """They lost their contact with it, and then went with the customer."""
    ids = raw.column(
        "select row_id from journal.change where table_name = 'activity' and operation = 'D'"
        " and (before ->> 'customer_id')::bigint = %s",
        customer,
    )
    return {("activity", id_, "gone") for id_ in ids}


def test_what_is_gone_is_called_what_it_was_by_whoever_could_read_it(raw: Raw) -> None:
    made = raw.act(SELLER, "create")
    id_ = raw.value("insert into crm.customer (name) values ('二期客户') returning id")
    undo(raw, SELLER, made)
    for who, name in ((SELLER, "二期客户"), (DESK, "二期客户"), (JUNIOR, None)):
        raw.become(who)
        assert raw.value("select journal.name_of('customer', %s)", id_) == name, who


def test_a_reference_to_something_gone_is_left_alone(raw: Raw, customer: int) -> None:
    raw.become(ADMIN)
    level = raw.value(
        "insert into crm.dictionary_entry (dictionary_id, code, name, name_en)"
        " select id, 'x', 'x', 'x' from crm.dictionary where code = 'level' returning id"
    )
    raw.act(SELLER)
    raw.count("update crm.customer set level_id = %s where id = %s", level, customer)
    change = raw.act(CLERK)
    raw.count("update crm.customer set level_id = null, remark = 'x' where id = %s", customer)
    raw.act(ADMIN)
    raw.count("delete from crm.dictionary_entry where id = %s", level)
    result = undo(raw, CLERK, change)
    assert kept(result) == {("customer", customer, "gone")}
    assert result["kept"][0]["fields"] == ["level_id"]
    assert raw.rows("select level_id, remark from crm.customer where id = %s", customer) == [(None, None)]


def test_a_merge_is_taken_apart_again(raw: Raw, customer: int) -> None:
    before = snapshot(raw)
    change = raw.act(MANAGER, "merge")
    merged = raw.value("insert into crm.customer (name, owner_id) values ('合并', crm.me()) returning id")
    for table in ("contact", "activity"):
        raw.count(f"update crm.{table} set customer_id = %s where customer_id = %s", merged, customer)
    raw.count("delete from crm.customer where id = %s", customer)
    result = undo(raw, MANAGER, change)
    assert result["kept"] == []
    assert result["removed"] == {"customer": 1}
    assert snapshot(raw) == before


def test_rows_replaced_in_one_action_are_put_back(raw: Raw, office: Office) -> None:
    before = snapshot(raw)
    change = raw.act(ADMIN)
    pairs = raw.rows("select group_id, employee_id from crm.group_member where employee_id = %s", office.ids["both"])
    raw.count("delete from crm.group_member where employee_id = %s", office.ids["both"])
    for pair in pairs:
        raw.count("insert into crm.group_member (group_id, employee_id) values (%s, %s)", *pair)
    result = undo(raw, ADMIN, change)
    assert done(result) == NOTHING | {"removed": {"group_member": 2}, "brought_back": {"group_member": 2}}
    assert snapshot(raw) == before


def test_columns_that_came_after_a_deletion_get_their_defaults(raw: Raw, customer: int) -> None:
    change = raw.act(MANAGER, "delete")
    raw.count("delete from crm.customer where id = %s", customer)
    raw.become(None)
    raw.rows("alter table crm.customer add column stars int not null default 3, drop column fax")
    assert undo(raw, MANAGER, change)["kept"] == []
    assert raw.value("select stars from crm.customer where id = %s", customer) == 3


def test_two_thousand_rows_take_no_more_statements_than_one(raw: Raw) -> None:
    raw.rows("set local track_functions = 'all'")
    change = raw.act(CLERK, "import")
    raw.count("insert into crm.customer (name, search_grams) select '批' || n, '{批}' from generate_series(1, 2000) n")
    people = raw.count(
        "insert into crm.contact (customer_id, name, search_grams)"
        " select id, '人', '{人}' from crm.customer where name like '批%'"
    )
    result = undo(raw, CLERK, change)
    assert result["removed"] == {"customer": 2_000, "contact": people}
    assert _calls(raw, "record_delete") <= 9  # one for each table, and those that a deletion might cascade to
    again = undo(raw, CLERK, result["change_set"])
    assert again["brought_back"] == {"customer": 2_000, "contact": people}
    assert _calls(raw, "record_insert") <= 6
    bulk = raw.act(CLERK, "bulk")
    raw.count("update crm.customer set remark = 'x' where name like '批%'")
    assert undo(raw, CLERK, bulk)["restored"] == {"customer": {"rows": 2_000, "fields": 2_000}}
    assert _calls(raw, "record_update") <= 16  # it goes in portions


def _calls(raw: Raw, name: str) -> int:
    calls: int = raw.value(
        "select coalesce(pg_stat_get_xact_function_calls(oid), 0) from pg_proc"
        " where proname = %s and pronamespace = 'journal'::regnamespace",
        name,
    )
    return calls


def test_an_undo_waits_for_who_is_just_saving_and_keeps_his_change(server: ServerAddress, own_database: str) -> None:
    clerk, seller = (_connect(server, own_database, key) for key in ("clerk", "seller"))
    customer = seller.value("select min(id) from crm.customer where owner_id = crm.me()")
    change = clerk.value("select journal.begin_change('edit', '')")
    clerk.count("update crm.customer set remark = 'clerk', fax = '1' where id = %s", customer)
    clerk.connection.commit()
    seller.count("update crm.customer set remark = 'seller' where id = %s", customer)
    results: list[dict[str, Any]] = []
    waiting = threading.Thread(target=lambda: results.append(clerk.value("select journal.undo(%s)", change)))
    waiting.start()
    _wait_until_somebody_waits(server, own_database)
    seller.connection.commit()
    waiting.join()
    clerk.connection.commit()
    assert kept(results[0]) == {("customer", customer, "changed_since")}
    assert seller.rows("select remark, fax from crm.customer where id = %s", customer) == [("seller", None)]
    for raw in (clerk, seller):
        raw.connection.close()


def _connect(server: ServerAddress, database: str, key: str) -> Raw:
    return Raw(psycopg2.connect(server.url(database, login(key), PASSWORD)))


def _wait_until_somebody_waits(server: ServerAddress, database: str) -> None:
    watcher = Raw(psycopg2.connect(server.url(database)))
    watcher.connection.autocommit = True
    while not watcher.value("select exists (select from pg_locks where not granted)"):
        pass
    watcher.connection.close()
