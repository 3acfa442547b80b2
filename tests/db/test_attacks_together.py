"""Many people share, edit, give away, comment, undo and add fields at once by raw connections: nobody sees too much at
any moment, and the journal tells how every record became what it is.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import psycopg2

from crm_desktop.db.embedded import ServerAddress
from tests.db.office import PASSWORD, login
from tests.db.test_together import DERIVED, replayed

BUSY = ("admin", "director", "manager", "leader", "seller", "clerk", "desk", "both")
WATCHING = ("junior", "narrow")
STEPS = 30
TOLD = {"42501", "55P03", "55000", "23505", "23514", "40P01", "P0001", "23503"}
"""What somebody may be told: no right, wait, undone already, there already."""
TOO_MUCH = """
    with lent as (select s.record_id from crm.share s where s.entity = 'customer' and (s.employee_id = crm.me()
                  or s.department_id in (select e.department_id from crm.employee e where e.id = crm.me()))),
         hidden as (select c.id from crm.customer c
                    where c.owner_id <> all (crm.owners_in_scope('customer', 'read')) and c.id not in (table lent))
    select (select count(*) from hidden)
         + (select count(*) from crm.contact k where k.owner_id <> all (crm.owners_in_scope('contact', 'read'))
            and k.customer_id not in (table lent))
         + (select count(*) from crm.comment k where k.entity = 'customer'
            and not exists (select from crm.customer c where c.id = k.record_id))
"""


HIDDEN = {*DERIVED, "full_name"}


class Change(NamedTuple):
    """A line of a history."""

    operation: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Colleague:
    """One raw connection that does something at random, again and again."""

    def __init__(self, url: str, key: str, people: list[int], customers: list[int]) -> None:
        self.connection = psycopg2.connect(url)
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.key, self.people, self.customers, self.chance = key, people, customers, random.Random(key)
        self.done = 0

    def one(self) -> tuple[str, tuple[Any, ...]]:
        customer, person = self.chance.choice(self.customers), self.chance.choice(self.people)
        some = self.chance.sample(self.customers, 4)
        unique = f"{self.key} {self.done} {self.chance.random()}"
        share = "insert into crm.share (entity, record_id, employee_id, may_write) values ('customer', %s, %s, %s)"
        undo = "select journal.undo(id) from journal.my_change_sets(12) order by random() limit 1"
        part = (
            "select journal.undo(id, false, 'customer', %s) from journal.my_change_sets(12) order by random() limit 1"
        )
        return self.chance.choice(
            [
                ("update crm.customer set remark = %s where id = %s", (unique, customer)),
                ("update crm.customer set address = %s where id = any (%s)", (unique, some)),
                ("update crm.customer set owner_id = %s where id = %s", (person, customer)),
                ("insert into crm.comment (entity, record_id, body) values ('customer', %s, %s)", (customer, unique)),
                ("update crm.comment set body = %s where record_id = %s", (unique, customer)),
                ("insert into crm.contact (customer_id, name) values (%s, %s)", (customer, unique)),
                (share, (customer, person, self.chance.random() < 0.5)),
                (share, (customer, person, True)),
                ("update crm.share set may_write = not may_write where record_id = %s", (customer,)),
                ("delete from crm.share where record_id = any (%s)", (some,)),
                ("delete from crm.customer where id = %s", (customer,)),
                (undo, ()),
                (undo, ()),
                (part, (some,)),
            ]
        )

    def add_field(self) -> tuple[str, tuple[Any, ...]]:
        return (
            "insert into crm.custom_field (entity, kind, name) values ('customer', 'text', %s)",
            (f"字段 {self.chance.random()}",),
        )

    def work(self) -> None:
        for number in range(STEPS):
            statement, values = self.add_field() if self.key == "admin" and number % 10 == 3 else self.one()
            try:
                self.cursor.execute(statement, values or None)
                self.done += 1
            except psycopg2.Error as error:
                if error.pgcode not in TOLD:
                    raise


def test_nobody_sees_too_much_at_any_moment_and_the_journal_tells_all(server: ServerAddress, own_database: str) -> None:
    root = psycopg2.connect(server.url(own_database))
    root.autocommit = True
    cursor = root.cursor()
    cursor.execute("select array_agg(id order by id) from crm.employee where login is not null")
    (people,) = cursor.fetchone()
    cursor.execute("select array_agg(id order by id) from (select id from crm.customer order by id limit 14) c")
    (customers,) = cursor.fetchone()

    def colleague(key: str) -> Colleague:
        return Colleague(server.url(own_database, login(key), PASSWORD), key, people, customers)

    over, busy, watching = threading.Event(), [colleague(key) for key in BUSY], [colleague(key) for key in WATCHING]

    def watch(who: Colleague) -> int:
        looked = 0
        while not (over.is_set() and looked):
            who.cursor.execute(TOO_MUCH)
            (too_much,) = who.cursor.fetchone()
            assert too_much == 0
            looked += 1
        return looked

    _run_together(busy, [partial(watch, who) for who in watching], over)
    assert sum(who.done for who in busy) > STEPS
    for who in (*busy, *watching):
        who.connection.close()

    for table in ("customer", "contact", "comment", "share"):
        _check_replay(cursor, table)
    cursor.execute("select count(*) from crm.contact k join crm.customer c on c.id = k.customer_id"
                   " where k.owner_id <> c.owner_id")  # fmt: skip
    assert cursor.fetchone() == (0,)
    root.close()


def _run_together(busy: list[Colleague], watches: list[Callable[[], int]], over: threading.Event) -> None:
    with ThreadPoolExecutor(len(busy) + len(watches)) as pool:
        looking = [pool.submit(watch) for watch in watches]
        try:
            for running in [pool.submit(who.work) for who in busy]:
                running.result()
        finally:
            over.set()
        for one in looking:
            one.result()


def _check_replay(cursor: Any, table: str) -> None:
    """As the administrator's history tells each row, so it is."""
    cursor.execute(f"select id, to_jsonb(t) from crm.{table} t")
    there = dict(cursor.fetchall())
    cursor.execute("select distinct row_id from journal.change where table_name = %s", (table,))
    touched = {row for (row,) in cursor.fetchall()}
    cursor.execute('set session authorization "office.admin"')
    for row in touched:
        cursor.execute("select operation, before, after from journal.history(%s, %s)", (table, row))
        told = replayed(Change(*change) for change in cursor.fetchall())
        if told is None and row not in there:
            continue
        present = {key: value for key, value in there[row].items() if key not in HIDDEN and value is not None}
        assert {key: value for key, value in (told or {}).items() if value is not None and key not in HIDDEN} == present
    cursor.execute("reset session authorization")
