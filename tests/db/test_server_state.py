"""Administrators see who is connected and how large everything is, and end sessions; others see and end nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from crm_desktop.core.errors import KnownError, NoRightError
from crm_desktop.services.server_state import check_database, end_connections, fetch_connected, fetch_server_state
from tests.db.conftest import SignIn
from tests.db.office import login


def test_an_administrator_sees_who_is_connected(sign_in: SignIn) -> None:
    seller, admin = sign_in("seller"), sign_in("admin")
    with seller.read() as theirs, admin.read() as session:
        theirs.execute(text("select 1"))
        connected = {one.login: one for one in fetch_connected(session)}
    someone = connected[login("seller")]
    assert (someone.name, someone.may_be_ended, someone.is_me) == ("seller", True, False)
    assert someone.addresses == ("127.0.0.1",)
    assert someone.programs[0].startswith("crm-desktop")
    assert connected[login("admin")].is_me
    assert not connected[login("admin")].may_be_ended


def test_ending_a_session_ends_all_of_it_and_the_workbench_comes_back_by_itself(sign_in: SignIn) -> None:
    seller, admin = sign_in("seller"), sign_in("admin")
    with seller.read() as session:
        before = session.execute(text("select pg_backend_pid()")).scalar_one()
    with admin.write() as session:
        assert end_connections(session, login("seller")) >= 1
    with seller.read() as session:
        assert session.execute(text("select pg_backend_pid()")).scalar_one() != before


@pytest.mark.parametrize("key", ["seller", "manager", "clerk"])
def test_nobody_else_sees_or_ends_anything(sign_in: SignIn, key: str) -> None:
    someone = sign_in(key)
    for statement in (
        "select * from crm.connections()",
        "select * from crm.sizes()",
        "select * from crm.server_facts()",
        f"select crm.end_connections('{login('admin')}')",
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres'",
    ):
        with pytest.raises(NoRightError), someone.write() as session:
            session.execute(text(statement))


@pytest.mark.parametrize("name", ["postgres", "crm_owner", "no.such.login"])
def test_only_employees_sessions_can_be_ended(sign_in: SignIn, name: str) -> None:
    with pytest.raises(KnownError), sign_in("admin").write() as session:
        end_connections(session, name)


def test_sizes_and_findings_are_those_of_this_database(sign_in: SignIn) -> None:
    with sign_in("admin").read() as session:
        state = fetch_server_state(session)
        assert state.size > sum(size for _name, size in state.tables) > 0
        assert {name for name, _size in state.tables} & {"customer", "dictionary_entry"}
        assert 0 < state.used_connections <= state.most_connections
        assert not state.is_upgrade_pending
        assert all(finding.is_ok for finding in check_database(session)), check_database(session)
