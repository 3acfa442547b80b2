"""Logins made and locked by SQL: only the administrator, only plain logins, and never a password in clear text."""

from __future__ import annotations

import psycopg2
import pytest

from crm_desktop.db.embedded import ServerAddress
from crm_desktop.db.scram import scram_verifier
from tests.db.office import SIGNED_IN, login
from tests.db.raw import Raw

VERIFIER = scram_verifier("geheim 密码")
REFUSED, TOLD = "42501", "P0001"
ADMIN, SELLER = login("admin"), login("seller")


@pytest.fixture
def newcomer(worker_id: str) -> str:
    """Not yet there; of this worker, since all share one list of roles."""
    return f"new.{worker_id}"


@pytest.mark.parametrize("key", [*SIGNED_IN, "stranger"])
def test_only_the_administrator_manages_logins(raw: Raw, newcomer: str, key: str) -> None:
    raw.become(login(key))
    other = login("idle")
    attempts = [
        raw.tried("select crm.create_login(%s, %s)", newcomer, VERIFIER),
        raw.tried("select crm.set_login_password(%s, %s)", other if key != "idle" else SELLER, VERIFIER),
        raw.tried("select crm.set_login_active(%s, false)", other),
        raw.tried("select crm.drop_login(%s)", other),
    ]
    assert attempts == ([1] * 4 if key == "admin" else [REFUSED] * 4)


@pytest.mark.parametrize("key", ["seller", "idle"])
def test_everybody_sets_his_own_password(raw: Raw, key: str) -> None:
    raw.become(login(key))
    assert raw.tried("select crm.set_login_password(session_user::text, %s)", VERIFIER) == 1


def test_a_locked_employee_does_not(raw: Raw) -> None:
    raw.become(login("gone"))
    assert raw.tried("select crm.set_login_password(session_user::text, %s)", VERIFIER) == REFUSED


def test_a_login_is_an_employees_and_nothing_more(raw: Raw, newcomer: str) -> None:
    raw.become(ADMIN)
    raw.rows("select crm.create_login(%s, %s)", newcomer, VERIFIER)
    raw.become(None)
    assert raw.rows(
        "select rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication, rolpassword,"
        " array(select m.roleid::regrole::text from pg_auth_members m where m.member = a.oid)"
        " from pg_authid a where rolname = %s",
        newcomer,
    ) == [(True, False, False, False, False, False, VERIFIER, ["crm_user"])]


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        "A",
        "1a",
        "a b",
        'a"; drop role crm_user; --',
        "a'b",
        "pg_x",
        "postgres",
        "crm_owner",
        "crm_user",
        "张三",
        "a" * 64,
    ],
)
def test_strange_logins_are_refused(raw: Raw, name: str | None) -> None:
    raw.become(ADMIN)
    assert raw.tried("select crm.create_login(%s, %s)", name, VERIFIER) == TOLD


@pytest.mark.parametrize(
    "verifier",
    [None, "", "geheim", "md5" + "0" * 32, "SCRAM-SHA-256$", VERIFIER + "\n", VERIFIER + "' superuser", "x" + VERIFIER],
)
def test_only_verifiers_are_taken_for_passwords(raw: Raw, newcomer: str, verifier: str | None) -> None:
    raw.become(ADMIN)
    assert raw.tried("select crm.create_login(%s, %s)", newcomer, verifier) == TOLD
    assert raw.tried("select crm.set_login_password(%s, %s)", SELLER, verifier) == TOLD


@pytest.mark.parametrize(
    "power", ["superuser", "createrole", "createdb", "replication", "bypassrls", "in role pg_monitor"]
)
def test_logins_with_power_are_out_of_reach(raw: Raw, newcomer: str, power: str) -> None:
    raw.rows(f'create role "{newcomer}" login {power if "role" not in power else ""}')
    raw.rows(f'grant crm_user to "{newcomer}"')
    if "role" in power:
        raw.rows(
            f'alter role "{newcomer}" createrole' if power == "createrole" else f'grant pg_monitor to "{newcomer}"'
        )
    raw.become(ADMIN)
    for name in (newcomer, "postgres", "crm_owner", "crm_user", "pg_monitor", "no such login"):
        assert raw.tried("select crm.set_login_password(%s, %s)", name, VERIFIER) == TOLD
        assert raw.tried("select crm.set_login_active(%s, true)", name) == TOLD
        assert raw.tried("select crm.drop_login(%s)", name) == TOLD


def test_a_login_of_somebody_else_is_not_taken_over(raw: Raw) -> None:
    raw.become(ADMIN)
    assert raw.tried("select crm.create_login(%s, %s)", login("stranger"), VERIFIER) == TOLD


def test_a_locked_employee_loses_his_login_with_it(raw: Raw) -> None:
    can_login = "select rolcanlogin from pg_roles where rolname = %s"
    raw.become(ADMIN)
    for is_active in (False, True):
        raw.count("update crm.employee set is_active = %s where login = %s", is_active, SELLER)
        assert raw.value(can_login, SELLER) is is_active
    change = raw.act(ADMIN)
    raw.count("update crm.employee set is_active = false where login = %s", SELLER)
    raw.rows("select journal.undo(%s)", change)
    assert raw.value(can_login, SELLER) is True


def test_an_employee_row_with_a_superusers_login_locks_nobody(raw: Raw) -> None:
    raw.become(ADMIN)
    raw.count("insert into crm.employee (name, login) values ('x', 'postgres')")
    raw.count("update crm.employee set is_active = false where login = 'postgres'")
    assert raw.value("select rolcanlogin from pg_roles where rolname = 'postgres'") is True


def test_the_new_password_lets_in_and_the_old_one_no_longer(
    server: ServerAddress, own_database: str, newcomer: str
) -> None:
    superuser = Raw(psycopg2.connect(server.url(own_database)))
    superuser.connection.autocommit = True
    superuser.rows("select crm.create_login(%s, %s)", newcomer, VERIFIER)
    try:
        psycopg2.connect(server.url(own_database, newcomer, "geheim 密码")).close()
        superuser.rows("select crm.set_login_password(%s, %s)", newcomer, scram_verifier("neu"))
        psycopg2.connect(server.url(own_database, newcomer, "neu")).close()
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(server.url(own_database, newcomer, "geheim 密码"))
    finally:
        superuser.rows("select crm.drop_login(%s)", newcomer)
        superuser.connection.close()
