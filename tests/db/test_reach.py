"""How many records somebody reaches, as the administrator is told, against what he really reaches."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from crm_desktop.core.access import Function, Grant, Scope
from crm_desktop.core.errors import NoRightError
from crm_desktop.db.engine import Gateway
from crm_desktop.services import grants, reach
from crm_desktop.spec import Ref
from tests.db.conftest import SignIn
from tests.db.office import SIGNED_IN, Office, login
from tests.db.raw import Raw

SUBJECTS = {subject.key: subject for subject in grants.subjects()}


@pytest.mark.parametrize("table", ["customer", "contact", "activity", "department"])
def test_counts_are_those_of_the_policies(raw: Raw, office: Office, table: str) -> None:
    """Reading counts; a lock takes the right to change; a deletion tells what went. Shares are part of it."""
    raw.cursor.execute(
        """
        insert into crm.share (entity, record_id, employee_id, may_write, shared_by_id)
        select 'customer', c.id, e.id, c.id % 2 = 0, c.owner_id from crm.customer c, crm.employee e
        where e.name in ('junior', 'desk', 'narrow') and c.owner_id <> e.id and c.id % 5 = 0
    """.replace("%%", "%")
    )
    told, real = {}, {}
    for key in SIGNED_IN:
        raw.become(login("admin"))
        raw.cursor.execute("select * from crm.reach_counts(%s, %s)", (table, office.ids[key]))
        told[key] = raw.cursor.fetchone()
        raw.become(login(key))
        raw.cursor.execute("savepoint before")
        raw.cursor.execute(f"select count(*) from crm.{table}")
        seen = raw.cursor.fetchone()[0]
        raw.cursor.execute(f"with l as (select id from crm.{table} for key share) select count(*) from l")
        locked = raw.cursor.fetchone()[0]
        raw.cursor.execute("rollback to savepoint before")
        real[key] = (seen, locked)
    assert {key: counts[:2] for key, counts in told.items()} == real


def test_nobody_else_may_ask(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    with pytest.raises(NoRightError), seller.read() as session:
        reach.fetch_reach(session, 1, SUBJECTS["customer"], Ref(seller.person.id, "seller"))


@pytest.fixture
def admin(sign_in: SignIn) -> Gateway:
    return sign_in("admin")


def test_rehearsal_tells_and_leaves_nothing(admin: Gateway) -> None:
    with admin.write() as session:
        junior = Ref(session.execute(text("select id from crm.employee where name = 'junior'")).scalar_one(), "junior")
        group = session.execute(text("select id from crm.permission_group where code = 'salesperson'")).scalar_one()
        matrix = grants.fetch_matrix(session)
        before = reach.fetch_reach(session, group, SUBJECTS["customer"], junior)
        changes = {(group, "customer"): Grant(read=Scope.ALL)}
        found = reach.rehearse_reach(session, changes, group, SUBJECTS["customer"], junior)
        total = session.execute(text("select count(*) from crm.customer")).scalar_one()
    assert found is not None
    assert (found.read, found.update) == (total, 0)
    with admin.read() as session:
        assert reach.fetch_reach(session, group, SUBJECTS["customer"], junior) == before
        assert grants.fetch_matrix(session) == matrix


def test_grant_is_said_in_a_sentence() -> None:
    seller = Grant(
        read=Scope.TEAM, create=Scope.OWN, update=Scope.OWN, functions=frozenset({Function.PRINT, Function.POOL})
    )
    assert reach.say_grant(SUBJECTS["customer"], "Salesperson", seller) == (
        "Salesperson: sees his own customers and those of his subordinates, and customers of the public pool;"
        " may create his own customers; may change his own customers, and customers of the public pool;"
        " may not delete any; may also use: Print."
    )
    assert reach.say_grant(SUBJECTS["department"], "Salesperson", Grant()) == (
        "Salesperson: sees all departments; may not create any; may not change any; may not delete any."
    )


def test_settings_of_the_firm_are_in_the_matrix(admin: Gateway) -> None:
    with admin.write() as session:
        matrix = grants.fetch_matrix(session)
        clerk = next(group for group in matrix.groups if group.code == "clerk")
        assert matrix.grants[clerk.id, "setting"].update == Scope.NONE
        grants.save_matrix(session, {(clerk.id, "setting"): Grant(read=Scope.ALL, update=Scope.ALL)}, clerk.name)
        assert grants.fetch_matrix(session).grants[clerk.id, "setting"].update == Scope.ALL
    assert clerk.members == 1
