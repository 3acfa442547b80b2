"""What the journal keeps, who may read it, and that nobody can write it but its triggers; and what is notified."""

from __future__ import annotations

import select
from typing import Any

import psycopg2
import pytest

from crm_desktop.db.embedded import ServerAddress
from tests.db.office import PASSWORD, SIGNED_IN, Office, login
from tests.db.raw import Raw

REFUSED = "42501"
ADMIN, MANAGER, SELLER, CLERK, DESK = map(login, ("admin", "manager", "seller", "clerk", "desk"))


@pytest.fixture
def customer(raw: Raw, office: Office) -> int:
    """One of the seller's."""
    id_: int = raw.value("select min(id) from crm.customer where owner_id = %s", office.ids["seller"])
    return id_


def changes(raw: Raw, change_set: int) -> list[tuple[Any, ...]]:
    raw.become(None)
    return raw.rows(
        "select table_name, row_id, operation, before from journal.change where change_set_id = %s order by id",
        change_set,
    )


def test_an_insert_keeps_nothing_an_update_the_old_values_a_delete_the_row(raw: Raw, customer: int) -> None:
    change = raw.act(CLERK)
    new = raw.value("insert into crm.customer (name) values ('x') returning id")
    raw.count("update crm.customer set phones = '{1}', tax_no = 'T', remark = null where id = %s", customer)
    inserted, updated = changes(raw, change)
    assert inserted == ("customer", new, "I", None)
    assert updated == ("customer", customer, "U", {"phones": ["020-8880005"], "tax_no": None})
    whole = raw.value("select to_jsonb(c) from crm.customer c where id = %s", customer)
    change = raw.act(MANAGER)
    raw.count("delete from crm.customer where id = %s", customer)
    deleted = {(table, id_): before for table, id_, operation, before in changes(raw, change) if operation == "D"}
    assert deleted["customer", customer] == whole
    assert {table for table, _id in deleted} >= {"customer", "contact", "activity"}


def test_what_triggers_and_the_program_derive_is_not_kept(raw: Raw, office: Office, customer: int) -> None:
    change = raw.act(CLERK)
    raw.count(
        "update crm.customer set name = 'x', sort_key = 'x', search_text = 'x', search_grams = '{x}', name_core = 'x',"
        " owner_id = %s where id = %s",
        office.ids["desk"], customer,
    )  # fmt: skip
    raw.count("insert into crm.activity (customer_id, subject) values (%s, 'x')", customer)
    kept = [(table, before and {*before}) for table, _id, _operation, before in changes(raw, change)]
    assert kept == [("customer", {"name", "owner_id"}), ("activity", None)]


def test_a_statement_that_changes_nothing_leaves_nothing(raw: Raw, customer: int) -> None:
    change = raw.act(SELLER)
    raw.count("update crm.customer set name = name where id = %s", customer)
    raw.count("update crm.customer set name = 'x' where false")
    raw.count("delete from crm.customer where false")
    assert changes(raw, change) == []


def test_a_bare_transaction_gets_one_change_set(raw: Raw, customer: int) -> None:
    raw.become(SELLER)
    raw.count("update crm.customer set remark = '1' where id = %s", customer)
    raw.count("update crm.customer set remark = '2' where id = %s", customer)
    assert raw.rows("select kind, rows, login, who, is_mine from journal.my_change_sets(1)") == [
        ("sql", 2, SELLER, "seller", True)
    ]


def test_nobody_writes_under_another_change_set(raw: Raw, customer: int) -> None:
    foreign = raw.act(CLERK)
    raw.count("update crm.customer set remark = 'clerk' where id = %s", customer)
    raw.become(SELLER)
    for lie in (str(foreign), "1", "-1", "x", "99999999999999999999", "1; drop table x"):
        raw.rows("select set_config('crm.change_set', %s, true)", lie)
        raw.count("update crm.customer set remark = %s where id = %s", lie, customer)
    assert len(changes(raw, foreign)) == 1
    raw.become(SELLER)
    assert {row[0] for row in raw.rows("select login from journal.my_change_sets(100)")} == {SELLER}


def test_kinds_of_the_journal_itself_are_refused(raw: Raw) -> None:
    raw.become(SELLER)
    assert raw.tried("select journal.begin_change('undo', '')") == "P0001"
    assert raw.tried("select journal.open_change_set('undo', '', null)") == REFUSED


@pytest.mark.parametrize("key", [*SIGNED_IN, "stranger"])
def test_nobody_reads_or_writes_the_tables_of_the_journal(raw: Raw, key: str) -> None:
    tables = [
        f"journal.{name}"
        for name in raw.column(
            "select relname from pg_class where relnamespace = 'journal'::regnamespace and relkind in ('r', 'p')"
        )
    ]
    raw.become(login(key))
    for table in tables:
        assert raw.tried(f"select 1 from {table}") == (
            REFUSED if table != "journal.expected" else raw.value(f"select count(*) from {table}")
        )
        for statement in (f"insert into {table} default values", f"delete from {table}", f"truncate {table}"):
            assert raw.tried(statement) == REFUSED, statement
    for statement in (
        "update journal.change set before = '{}'", "update journal.change_set set login = ''",
        "alter table crm.customer disable trigger all", "alter table crm.customer disable row level security",
        "drop trigger journal_update on crm.customer", "set session_replication_role = replica",
        "create trigger x before update on crm.customer for each row execute function crm.raise_version()",
        "select journal.ensure_partition(now())", "select journal.remove_rows(false)", "set role crm_owner",
        "create function crm.x() returns int language sql as 'select 1'", "create table crm.x ()",
        "create policy x on crm.customer using (true)", "truncate crm.customer",
    ):  # fmt: skip
        assert raw.tried(statement) == REFUSED, statement


def test_history_tells_before_and_after(raw: Raw, customer: int) -> None:
    name = raw.value("select name from crm.customer where id = %s", customer)
    raw.act(SELLER)
    raw.count("update crm.customer set name = 'B', fax = '1' where id = %s", customer)
    raw.act(CLERK)
    raw.count("update crm.customer set name = 'C' where id = %s", customer)
    raw.become(SELLER)
    rows = raw.rows(
        "select who, operation, before, after from journal.history('customer', %s) order by change_id", customer
    )
    assert [row[1] for row in rows] == ["I", "U", "U"]
    assert rows[1][0::2] == ("seller", {"name": name, "fax": None})
    assert rows[1][3] == {"name": "B", "fax": "1"}
    assert rows[2] == ("clerk", "U", {"name": "B"}, {"name": "C"})
    created = rows[0][3]
    assert (created["name"], created["phones"]) == (name, ["020-8880005"])
    assert "fax" not in created
    assert not {"search_grams", "version"} & {*created}


@pytest.mark.parametrize("key", [*SIGNED_IN, "stranger"])
def test_history_is_for_those_who_may_read_the_record(raw: Raw, office: Office, key: str) -> None:
    reached = office.reached(key, "customer", "read") if key != "stranger" else set()
    customers = raw.rows("select min(id), owner_id from crm.customer group by owner_id")
    raw.become(login(key))
    for id_, owner in customers:
        assert bool(raw.rows("select change_id from journal.history('customer', %s)", id_)) == (owner in reached)
    raw.become(None)
    raw.count("delete from crm.customer")
    raw.become(login(key))
    for id_, owner in customers:
        assert bool(raw.rows("select change_id from journal.history('customer', %s)", id_)) == (owner in reached)
    assert raw.value("select count(*) from journal.deleted('customer')") == sum(
        raw.value("select count(*) from journal.history('customer', %s) where operation = 'D'", id_)
        for id_ in range(1, 61)
    )
    assert raw.rows("select change_id from journal.history('preference', 1)") == []
    assert raw.rows("select change_id from journal.history('no such table', 1)") == []


def test_the_recycle_bin_is_empty_again_once_the_record_is_back(raw: Raw, customer: int) -> None:
    change = raw.act(MANAGER, "delete")
    raw.count("delete from crm.customer where id = %s", customer)
    assert raw.rows("select row_id, name, who, change_set_id from journal.deleted('customer')") == [
        (customer, "客户5", "manager", change)
    ]
    raw.rows("select journal.undo(%s)", change)
    assert raw.rows("select row_id from journal.deleted('customer')") == []


def test_change_sets_of_others_are_shown_to_those_who_may_undo_them(raw: Raw, customer: int) -> None:
    mine = raw.act(SELLER)
    raw.count("update crm.customer set remark = 'x' where id = %s", customer)
    raw.act(SELLER)  # changes nothing
    other = raw.act(ADMIN)
    raw.count("insert into crm.department (name) values ('x')")
    raw.become(SELLER)
    assert raw.column("select id from journal.my_change_sets(10)") == [mine]
    assert raw.tried("select * from journal.change_sets(10)") == REFUSED
    raw.become(MANAGER)
    shown = raw.column("select id from journal.change_sets(10)")
    assert mine in shown
    assert other not in shown  # he has the function for customers, not for departments
    raw.become(ADMIN)
    assert {mine, other} <= {*raw.column("select id from journal.change_sets(10)")}


def test_old_months_are_forgotten_by_the_administrator_only(raw: Raw, customer: int) -> None:
    raw.rows("select journal.ensure_partition(now() - interval '30 months')")
    raw.become(None)
    raw.count(
        "insert into journal.change_set (at, kind, label, login, transaction_id)"
        " values (now() - interval '30 months', 'edit', 'old', 'x', 1)"
    )
    raw.count(
        "insert into journal.change (at, change_set_id, table_name, row_id, operation)"
        " select at, id, 'customer', %s, 'U' from journal.change_set where label = 'old'",
        customer,
    )
    raw.become(MANAGER)
    assert raw.tried("select journal.forget(24)") == REFUSED
    raw.become(ADMIN)
    assert raw.tried("select journal.forget(0)") == "P0001"
    history = raw.value("select count(*) from journal.history('customer', %s)", customer)
    raw.rows("select journal.forget(24)")
    assert raw.value("select count(*) from journal.history('customer', %s)", customer) == history - 1
    raw.become(None)
    assert raw.value("select count(*) from journal.change_set where label = 'old'") == 0


class Listener:
    """What one person hears on the channel."""

    def __init__(self, server: ServerAddress, database: str) -> None:
        self.connection = psycopg2.connect(server.url(database, DESK, PASSWORD))
        self.connection.autocommit = True
        with self.connection.cursor() as cursor:
            cursor.execute("listen crm")

    def heard(self) -> list[str]:
        """All that has arrived, after waiting for the first."""
        select.select([self.connection], [], [], 20)
        self.connection.poll()
        messages = [notify.payload for notify in self.connection.notifies]
        self.connection.notifies.clear()
        return messages


def test_messages_name_table_operation_ids_and_change_set_and_no_value(
    server: ServerAddress, own_database: str
) -> None:
    listener = Listener(server, own_database)
    writer = Raw(psycopg2.connect(server.url(own_database, login("director"), PASSWORD)))
    customer = writer.value("select min(id) from crm.customer where owner_id <> crm.me()")
    contacts = writer.column("select id from crm.contact where customer_id = %s order by id", customer)
    activities = writer.column("select id from crm.activity where customer_id = %s order by id", customer)

    def after(statement: str, *values: Any) -> set[str]:
        """What is told of a transaction, without the change set that all belongs to."""
        begun = writer.value("select journal.begin_change('edit', 'x')")
        writer.rows(statement, *values)
        writer.connection.commit()
        told = [message.rpartition(":") for message in listener.heard()]
        assert {change_set for _message, _colon, change_set in told} == {str(begun)}
        return {message for message, _colon, _change_set in told}

    assert after("update crm.customer set remark = '秘密' where id = %s", customer) == {f"customer:u:{customer}"}
    assert after("update crm.customer set owner_id = crm.me() where id = %s", customer) >= {
        f"customer:u:{customer}",
        f"contact:u:{','.join(map(str, contacts))}",
        f"activity:u:{','.join(map(str, activities))}",
    }
    told = after("insert into crm.activity (customer_id, subject) values (%s, 'x')", customer)
    new = writer.value("select max(id) from crm.activity")
    assert told == {f"activity:i:{new}", f"customer:u:{customer}"}
    assert after(
        "insert into crm.contact (customer_id, name) select %s, 'x' from generate_series(1, 201)", customer
    ) == {"contact:i:*"}
    assert after("delete from crm.activity where id = %s", new) == {f"activity:d:{new}", f"customer:u:{customer}"}
    (message,) = after(
        "insert into crm.contact (customer_id, name) select %s, 'y' from generate_series(1, 200)", customer
    )
    ids = writer.column("select id from crm.contact where name = 'y'")
    assert {*message.removeprefix("contact:i:").split(",")} == {*map(str, ids)}
    listener.connection.close()
    writer.connection.close()
