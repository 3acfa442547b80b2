"""Setting up, upgrading, checking: the same state from any start, and every sabotage found and repaired."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core.errors import KnownError
from crm_desktop.db import server as servers
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.check import Finding, check
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.db.person import MIGRATIONS, known_revisions
from crm_desktop.models import CUSTOM, SCHEMA, Base
from crm_desktop.services.seed import seed
from tests.db.office import PASSWORD, login
from tests.db.raw import Raw


@pytest.fixture
def superuser(server: ServerAddress, own_database: str) -> Iterator[Raw]:
    """In the test's own copy, committing each statement."""
    connection = psycopg2.connect(server.url(own_database))
    connection.autocommit = True
    yield Raw(connection)
    connection.close()


def wrong(server: ServerAddress, database: str) -> list[Finding]:
    return [finding for finding in check(server.url(database)) if not finding.is_ok]


def test_a_fresh_database_has_nothing_wrong_for_superuser_and_employee(
    server: ServerAddress, own_database: str
) -> None:
    assert wrong(server, own_database) == []
    findings = check(server.url(own_database, login("seller"), PASSWORD))
    assert all(finding.is_ok for finding in findings)
    assert len(findings) == 8


SABOTAGES = {
    "policy crm.customer.may_read": "drop policy may_read on crm.customer",
    "policy crm.contact.may_update": "alter policy may_update on crm.contact using (true)",
    "policy crm.activity.extra": "create policy extra on crm.activity using (true)",
    "policy journal.change.extra": "create policy extra on journal.change to crm_user using (true)",
    "table crm.customer": "alter table crm.customer disable row level security",
    "table crm.employee": "alter table crm.employee no force row level security",
    "table crm.setting": "revoke select on crm.setting from crm_user",
    "table crm.department": "grant truncate on crm.department to crm_user",
    "table journal.change_set": "grant insert on journal.change_set to crm_user",
    "table crm.extra": "create table crm.extra ()",
    "table crm.dictionary": "alter table crm.dictionary owner to current_user",
    "trigger crm.customer.journal_update": "drop trigger journal_update on crm.customer",
    "trigger crm.contact.keep_owner_id": "alter table crm.contact disable trigger keep_owner_id",
    "function crm.me()": "create or replace function crm.me() returns bigint language sql as 'select 1::bigint'",
    "function crm.owners_in_scope(text,text)": "alter function crm.owners_in_scope(text, text) security invoker",
    "function journal.record_delete()": "alter function journal.record_delete() owner to current_user",
    "function journal.notify(text,text,bigint[])": "grant execute on all routines in schema journal to public",
    "function crm.extra()": "create function crm.extra() returns int language sql as 'select 1'",
    "schema journal": "grant create on schema journal to crm_user",
    "index crm.customer_search_idx": "drop index crm.customer_search_idx",
    "column crm.customer.extra": "alter table crm.customer add column extra int",
    "constraint crm.contact.contact_birthday_check": "alter table crm.contact drop constraint contact_birthday_check",
}


@pytest.mark.parametrize("what", SABOTAGES)
def test_sabotage_is_found(server: ServerAddress, own_database: str, superuser: Raw, what: str) -> None:
    superuser.rows(SABOTAGES[what])
    assert any(what in finding.text for finding in wrong(server, own_database))


def test_upgrade_repairs_what_it_installs(server: ServerAddress, own_database: str, superuser: Raw) -> None:
    beyond_repair = ("table crm.extra", "index ", "column ", "constraint ")  # migrations own tables
    for what, sabotage in SABOTAGES.items():
        if not what.startswith(beyond_repair):
            superuser.rows(sabotage)
    superuser.rows(f"grant connect on database {own_database} to public")
    assert len(wrong(server, own_database)) > 15
    servers.upgrade(server.url(own_database), seed=seed)
    assert wrong(server, own_database) == []


def test_an_open_partition_of_the_journal_is_found_and_closed(
    server: ServerAddress, own_database: str, superuser: Raw
) -> None:
    partition = superuser.value(
        "select max(inhrelid::regclass::text) from pg_inherits where inhparent = 'journal.change'::regclass"
    )
    superuser.rows(f"grant select on {partition} to crm_user")
    superuser.rows(f"alter table {partition} disable row level security")
    assert any(partition.removeprefix("journal.") in finding.text for finding in wrong(server, own_database))
    servers.upgrade(server.url(own_database), seed=seed)
    assert wrong(server, own_database) == []


def test_migrations_are_known_by_the_numbers_of_their_files() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert known_revisions() == tuple(script.revision for script in scripts.walk_revisions())


def test_older_and_newer_databases_are_told_apart(server: ServerAddress, own_database: str, superuser: Raw) -> None:
    newest, older, *_more = known_revisions()
    for revision, word in ((older, "older"), ("ffff", "newer")):
        superuser.rows("update crm.alembic_version set version_num = %s", revision)
        (finding,) = wrong(server, own_database)
        assert word in finding.hint
    superuser.rows("update crm.alembic_version set version_num = %s", newest)
    superuser.rows("update journal.expected set definition = 'other' where kind = 'program'")
    (finding,) = wrong(server, own_database)
    assert "older" in finding.hint


def test_a_login_above_row_security_is_found(
    server: ServerAddress, own_database: str, worker_id: str, superuser: Raw
) -> None:
    name = f"above.{worker_id}"
    superuser.rows(f'create role "{name}" login bypassrls in role crm_user')
    try:
        assert any(name in finding.text for finding in wrong(server, own_database))
    finally:
        superuser.rows(f'drop role "{name}"')


def test_a_login_that_a_superuser_made_is_handed_to_the_administrator(
    server: ServerAddress, own_database: str, worker_id: str, superuser: Raw
) -> None:
    name = f"made.{worker_id}"
    superuser.rows(f'create role "{name}" login in role crm_user')
    superuser.rows("insert into crm.employee (name, login) values ('x', %s)", name)
    try:
        found = [finding for finding in wrong(server, own_database) if name in finding.text]
        assert bool(found) == (superuser.connection.server_version >= 160000)
        servers.upgrade(server.url(own_database), seed=seed)
        assert wrong(server, own_database) == []
        superuser.rows(f'set session authorization "{login("admin")}"')
        superuser.rows("update crm.employee set is_active = false where login = %s", name)
        assert superuser.value("select rolcanlogin from pg_roles where rolname = %s", name) is False
    finally:
        superuser.rows("reset session authorization")
        superuser.rows(f'drop role "{name}"')


def test_an_employee_without_login_and_too_few_connections_are_found(
    server: ServerAddress, own_database: str, superuser: Raw
) -> None:
    superuser.rows("insert into crm.employee (name, login) select 'x', 'missing' || n from generate_series(1, 90) n")
    texts = [finding.text for finding in wrong(server, own_database)]
    assert any("missing1" in sentence for sentence in texts)
    assert any("connections" in sentence for sentence in texts)


def test_a_database_that_is_none_of_ours_is_said_to_be_so(server: ServerAddress) -> None:
    assert any("not set up" in finding.text for finding in check(server.url("postgres")))
    with pytest.raises(KnownError, match="not set up"):
        servers.upgrade(server.url("postgres"), seed=seed)


def test_upgrade_changes_no_row_of_the_firms(server: ServerAddress, own_database: str, superuser: Raw) -> None:
    superuser.rows(
        "update crm.dictionary_entry set name = 'ours' where code = (select min(code) from crm.dictionary_entry)"
    )

    def rows() -> dict[str, Any]:
        tables = [table.name for table in Base.metadata.sorted_tables]
        return {t: superuser.column(f"select to_jsonb(t) from crm.{t} t order by id") for t in tables}

    before, changes = rows(), superuser.value("select count(*) from journal.change")
    servers.upgrade(server.url(own_database), seed=seed)
    assert rows() == before
    assert superuser.value("select count(*) from journal.change") == changes


@pytest.mark.filterwarnings("ignore:Can't validate argument 'dialect_options'")  # SQLAlchemy's own, of NOT VALID checks
def test_the_migrations_make_the_tables_of_the_models(server: ServerAddress, shared_database: str) -> None:
    with servers.superuser(ConnectionAddress.from_url(server.url(shared_database))) as connection:
        options = {
            "include_schemas": True,
            "include_name": lambda name, kind, _up: kind != "schema" or name == SCHEMA,
            "include_object": lambda item, _name, _kind, _is_found, _other: CUSTOM not in item.info,  # of other tests
            "version_table_schema": SCHEMA,
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
        checks = connection.execute(text("select conrelid::regclass::text, conname from pg_constraint")).all()
    named = ((t.fullname, c.name) for t in Base.metadata.tables.values() for c in t.constraints)
    missing = {(table, name) for table, name in named if str(name).endswith("_check")} - {tuple(row) for row in checks}
    assert not missing, "by its name it is known which fields a refused value is of"


def test_a_database_is_not_set_up_twice(server: ServerAddress, own_database: str) -> None:
    with pytest.raises(KnownError, match="already a database"):
        servers.init(server.url(), admin_login="x", admin_password="x", database=own_database, seed=seed)


@pytest.mark.parametrize(("admin_login", "password", "reason"), [("Not A Login", "x", "begins"), ("", "", "empty")])
def test_a_set_up_that_fails_leaves_no_database(
    server: ServerAddress, worker_id: str, admin_login: str, password: str, reason: str
) -> None:
    name = f"failing_{worker_id}"

    def only_the_group(session: Session) -> None:
        session.execute(text("insert into crm.permission_group (code, name) values ('administrator', '系统管理员')"))

    with pytest.raises(KnownError, match=reason):
        servers.init(
            server.url(),
            admin_login=admin_login or f"x.{worker_id}",
            admin_password=password,
            database=name,
            seed=only_the_group,
        )
    with servers.superuser(ConnectionAddress.from_url(server.url())) as connection:
        here = text("select from pg_database where datname = :name")
        assert connection.execute(here, {"name": name}).first() is None


def test_an_employee_cannot_set_up_or_upgrade(server: ServerAddress, own_database: str) -> None:
    url = server.url(own_database, login("admin"), PASSWORD)
    with pytest.raises(KnownError, match="not a superuser"):
        servers.upgrade(url, seed=seed)


def test_added_user_signs_in_with_his_groups(
    server: ServerAddress, own_database: str, worker_id: str, superuser: Raw
) -> None:
    name = f"added.{worker_id}"
    servers.add_user(
        server.url(own_database), name, name="新人", password="geheim", groups=["salesperson", "客服人员"],
        department="south", superior=login("leader"),
    )  # fmt: skip
    try:
        person = Raw(psycopg2.connect(server.url(own_database, name, "geheim")))
        assert person.value("select count(*) from crm.customer") == 60
        assert person.rows(
            "select e.name, d.name, s.name, e.sort_key from crm.employee e"
            " join crm.department d on d.id = e.department_id"
            " join crm.employee s on s.id = e.superior_id where e.id = crm.me()"
        ) == [("新人", "south", "leader", "xin 新ren 人")]
        person.connection.close()
        for wrong_part in ({"groups": ["x"]}, {"department": "x"}, {"superior": "x"}):
            with pytest.raises(KnownError, match="x"):
                servers.add_user(server.url(own_database), f"other.{worker_id}", name="x", password="x", **wrong_part)
        with pytest.raises(KnownError, match=r"There are: .*south"):
            servers.add_user(server.url(own_database), f"other.{worker_id}", name="x", password="x", department="x")
        with pytest.raises(KnownError, match=f"already an employee with the login {name}"):
            servers.add_user(server.url(own_database), name, name="x", password="x")
    finally:
        superuser.rows(f'drop role "{name}"')
