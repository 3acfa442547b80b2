from __future__ import annotations

import datetime
from collections.abc import Iterator

import psycopg2
import pytest
from sqlalchemy import Connection, NullPool, create_engine, make_url, text

from crm_desktop.core.access import Group
from crm_desktop.db import server as servers
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.demo.prepare import ensure_database
from crm_desktop.demo.team import PASSWORD
from crm_desktop.entities.contact import CONTACT
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.entities.organisation import EMPLOYEE
from crm_desktop.services.keys import derived_columns
from crm_desktop.services.seed import seed
from crm_desktop.spec import EntitySpec

PARTS = {
    "contact": ("customer", "customer_id"),
    "activity": ("customer", "customer_id"),
    "contact_relation": ("contact", "contact_id"),
}


class StoppedError(Exception):
    pass


def no_progress(done: int, total: int) -> None:
    assert done <= total


@pytest.fixture(scope="module")
def database(server: ServerAddress, worker_id: str) -> Iterator[str]:
    name = f"test_demo_{worker_id}"
    ensure_database(server, name, "office", progress=no_progress)
    yield name
    with superuser(server, "postgres") as connection:
        connection.execute(text(f"drop database {name} with (force)"))


def superuser(server: ServerAddress, database: str) -> Connection:
    url = make_url(server.url(database)).set(drivername="postgresql+psycopg2")
    return create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect()


@pytest.fixture
def connection(server: ServerAddress, database: str) -> Iterator[Connection]:
    with superuser(server, database) as connection:
        yield connection


def test_nothing_was_deleted_in_the_sample_firm(connection: Connection) -> None:
    assert connection.execute(text("select count(*) from journal.change where operation = 'D'")).scalar() == 0


def test_counts_are_those_of_the_sample_firm(connection: Connection) -> None:
    by_life_cycle = connection.execute(
        text("""
            select e.code, count(*) from crm.customer c
            join crm.dictionary_entry e on e.id = c.life_cycle_id group by 1
        """)
    )
    assert dict(by_life_cycle.all()) == {"transaction": 900, "potential": 1_400}
    assert connection.scalar(text("select count(*) from crm.contact")) == 2_600
    assert connection.scalar(text("select count(*) from crm.activity")) == 20_000
    assert connection.scalar(text("select count(*) from crm.employee where not is_pool")) == 28
    assert connection.scalar(text("select count(*) from crm.department")) == 4
    assert connection.scalar(text("select count(distinct group_id) from crm.group_member")) == 6


def test_every_foreign_key_holds(connection: Connection) -> None:
    keys = connection.execute(
        text("""
            select conrelid::regclass::text, confrelid::regclass::text, a.attname
            from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
            where k.contype = 'f' and k.connamespace = 'crm'::regnamespace
        """)
    ).all()
    assert len(keys) > 20
    for table, parent, column in keys:
        lost = f"select count(*) from {table} t where not exists (select from {parent} p where p.id = t.{column})"
        lost += f" and {column} is not null"
        assert connection.scalar(text(lost)) == 0, (table, column)


@pytest.mark.parametrize("spec", [CUSTOMER, CONTACT, EMPLOYEE], ids=lambda spec: spec.key)
def test_search_columns_are_what_the_program_would_write(connection: Connection, spec: EntitySpec) -> None:
    rows = connection.execute(text(f"select * from crm.{spec.key} where id % 7 = 0 or id < 30")).mappings().all()
    for row in rows:
        expected = derived_columns(spec, dict(row))
        assert {key: row[key] for key in expected} == expected


@pytest.mark.parametrize("part", PARTS)
def test_parts_carry_the_owner_the_trigger_would_give(connection: Connection, part: str) -> None:
    parent, column = PARTS[part]
    wrong = f"select count(*) from crm.{part} t join crm.{parent} p on p.id = t.{column} where p.owner_id <> t.owner_id"
    assert connection.scalar(text(wrong)) == 0


def test_latest_contacts_are_what_the_trigger_would_give(connection: Connection) -> None:
    wrong = connection.scalar(
        text("""
            select count(*) from crm.customer c
            where c.last_contact_at is distinct from
                (select max(a.happened_at) from crm.activity a where a.customer_id = c.id)
        """)
    )
    assert wrong == 0


def test_new_rows_get_keys_and_numbers_after_the_last(connection: Connection) -> None:
    with connection.engine.execution_options(isolation_level="READ COMMITTED").connect() as transaction:
        owner = transaction.scalar(text("select id from crm.employee where login = 'linping'"))
        made = transaction.execute(
            text("insert into crm.customer (name, owner_id) values ('新客户', :owner) returning id, code"),
            {"owner": owner},
        ).one()
        assert tuple(made) == (2_301, "C002301")
        transaction.rollback()


def test_dates_are_relative_to_today(connection: Connection) -> None:
    latest = connection.scalar(text("select max(happened_at) from crm.activity"))
    assert datetime.timedelta() < datetime.datetime.now(datetime.UTC) - latest < datetime.timedelta(days=6)
    this_month = text("select count(*) from crm.customer where registered_on >= date_trunc('month', current_date - 1)")
    assert connection.scalar(this_month) >= 10


def test_everybody_signs_in_and_sees_his_scope(server: ServerAddress, database: str, connection: Connection) -> None:
    people = connection.execute(
        text("""
            select e.login, g.code from crm.employee e join crm.group_member m on m.employee_id = e.id
            join crm.permission_group g on g.id = m.group_id
        """)
    ).all()
    seen: dict[str, set[int]] = {group: set() for group in Group}
    for login, group in people:
        session = psycopg2.connect(server.url(database, login, "demo"))
        with session, session.cursor() as cursor:
            cursor.execute("select count(*) from crm.customer")
            seen[group].add(cursor.fetchone()[0])
        session.close()
    assert len(people) == 28
    assert seen[Group.GENERAL_MANAGER] == seen[Group.ADMINISTRATOR] == seen[Group.CLERK] == {2_300}
    assert all(100 < count < 1_700 for count in seen[Group.SALES_MANAGER])
    assert all(50 < count < 1_000 for count in seen[Group.SALESPERSON])


def test_an_unfilled_database_is_made_again(server: ServerAddress, worker_id: str) -> None:
    name = f"test_half_{worker_id}"

    def stop(_done: int, _total: int) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        ensure_database(server, name, "office", progress=stop)
    with superuser(server, "postgres") as connection:
        here = connection.scalar(text("select true from pg_database where datname = :name"), {"name": name})
        assert here is None, "what was stopped leaves nothing behind"
    servers.init(server.url(), admin_login="half.way", admin_password=PASSWORD, database=name, seed=seed)  # killed then
    ensure_database(server, name, "empty", progress=no_progress)
    with superuser(server, name) as connection:
        assert connection.scalar(text("select count(*) from crm.customer")) == 0
        assert connection.scalar(text("select count(*) from crm.employee where not is_pool")) == 28
        assert connection.scalar(text("select crm.next_number('customer')")) == "C000001"
    with superuser(server, "postgres") as connection:
        connection.execute(text(f"drop database {name} with (force)"))
        connection.execute(text('drop role "half.way"'))


def test_a_second_run_keeps_the_data_and_reset_does_not(server: ServerAddress, worker_id: str) -> None:
    name = f"test_kept_{worker_id}"
    ensure_database(server, name, "empty", progress=no_progress)
    with superuser(server, name) as connection:
        connection.execute(text("update crm.department set name = '销售中心' where code = 'XS1'"))
    ensure_database(server, name, "empty", progress=no_progress)
    with superuser(server, name) as connection:
        assert connection.scalar(text("select name from crm.department where code = 'XS1'")) == "销售中心"
    ensure_database(server, name, "empty", reset=True, progress=no_progress)
    with superuser(server, name) as connection:
        assert connection.scalar(text("select name from crm.department where code = 'XS1'")) == "销售一部"
    with superuser(server, "postgres") as connection:
        connection.execute(text(f"drop database {name} with (force)"))
