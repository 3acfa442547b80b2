"""Maintenance plans: a request in time, once for each day that is due; solved it lets the plan go on."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from crm_desktop.db.embedded import ServerAddress
from crm_desktop.services.jobs import run_next_job
from tests.db.conftest import SignIn
from tests.db.jobs import leave_only
from tests.db.office import Office, login
from tests.db.raw import Raw
from tests.db.test_jobs import as_if_due, run
from tests.db.test_service import Desk

REFUSED = "42501"
MADE = "select request_id from crm.maintenance_request order by id"


@pytest.fixture
def desk(raw: Raw, office: Office) -> Desk:
    as_if_due(raw, "('maintenance', 'day', 'request_maintenance')")
    return Desk(raw, office)


def machine(desk: Desk, days: int | None, months: int | None = 6, **values: Any) -> int:
    """One of the salesperson's customer, to be maintained in so many days."""
    desk.raw.act(login("seller"), "create")
    columns = {"customer_id": desk.customer, "serial": "SJ-1", "maintenance_months": months} | values
    named, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
    return int(
        desk.raw.value(
            f"insert into crm.installed_product ({named}, next_maintenance_on)"
            f" values ({places}, (now() at time zone crm.firm_zone())::date + %s::integer) returning id",
            *columns.values(), days,
        )
    )  # fmt: skip


def a_day_later(desk: Desk) -> None:
    """The job is due again, done by somebody who may read neither requests nor plans of others."""
    desk.raw.become(None)
    desk.raw.count("update crm.job set done_for = done_for - interval '1 day'")
    desk.raw.become(login("junior"))
    assert desk.raw.value("select crm.run_next_job()") == "maintenance"
    desk.raw.become(None)


def next_on(desk: Desk, id_: int) -> datetime.date | None:
    desk.raw.become(None)
    day: datetime.date | None = desk.raw.value(
        "select next_maintenance_on from crm.installed_product where id = %s", id_
    )
    return day


def test_what_is_due_is_asked_for_once(desk: Desk) -> None:
    raw = desk.raw
    raw.become(None)
    product = raw.value("insert into crm.product (code, name) values ('P1', '打印机') returning id")
    due, late = machine(desk, 14, product_id=product), machine(desk, -400, serial="SJ-2")
    machine(desk, 15)
    machine(desk, 3, months=None)
    assert next_on(desk, machine(desk, None)) == raw.value(
        "select ((now() at time zone crm.firm_zone())::date + interval '6 months')::date"
    ), "a plan that does not say when begins today"
    a_day_later(desk)
    requests = raw.rows(
        "select r.subject, r.installed_product_id, r.product_id, r.customer_owner_id, e.code, o.is_pool,"
        " r.response_due_at > m.due_on and r.response_due_at > now() and r.warn_at > now(), s.moved_by_id"
        " from crm.maintenance_request m join crm.service_request r on r.id = m.request_id"
        " join crm.dictionary_entry e on e.id = r.type_id join crm.employee o on o.id = r.owner_id"
        " join crm.service_stay s on s.request_id = r.id order by r.id"
    )
    assert requests == [
        ("定期保养：SJ-2", late, None, desk.seller, "maintenance", True, True, None),
        ("定期保养：打印机 SJ-1", due, product, desk.seller, "maintenance", True, True, None),
    ]
    made = raw.column(MADE)
    change_set = raw.value("select max(id) from journal.change_set where kind = 'job'")
    raw.count("delete from crm.service_request where id = %s", made[1])
    a_day_later(desk)
    assert raw.column(MADE) == made, "nobody deleted it without a reason"
    desk.move(made[0], "cancelled")
    raw.count("update crm.installed_product set next_maintenance_on = next_maintenance_on - 1 where id = %s", due)
    a_day_later(desk)
    assert len(raw.column(MADE)) == 3, "another day was named"
    raw.count("update crm.installed_product set next_maintenance_on = next_maintenance_on - 5 where id = %s", due)
    a_day_later(desk)
    assert len(raw.column(MADE)) == 3, "that one is still open"
    raw.become(login("admin"))
    assert raw.tried(MADE) == REFUSED
    assert raw.tried("select crm.request_maintenance()") == REFUSED
    raw.value("select journal.undo(%s)", change_set)
    assert desk.raw.column("select id from crm.service_request where id = any (%s)", made) == [made[0]], (
        "one was cancelled since"
    )


def test_plan_goes_on_when_it_is_solved(desk: Desk) -> None:
    raw = desk.raw
    kept, ended = machine(desk, 5), machine(desk, 5)
    before = next_on(desk, kept)
    a_day_later(desk)
    first, second = raw.column(MADE)
    raw.become(login("seller"))
    raw.count("update crm.installed_product set maintenance_months = null where id = %s", ended)
    solved = raw.act(login("desk"))
    for id_ in (first, second):
        desk.move(id_, "solved")
    in_half_a_year = raw.value("select ((now() at time zone crm.firm_zone())::date + interval '6 months')::date")
    assert (next_on(desk, kept), next_on(desk, ended)) == (in_half_a_year, before)
    raw.become(login("desk"))
    raw.value("select journal.undo(%s)", solved)
    assert (next_on(desk, kept), desk.state(first)) == (before, "new")
    raw.act(login("desk"))
    desk.move(first, "solved")
    desk.move(first, "closed")
    a_day_later(desk)
    assert next_on(desk, kept) == in_half_a_year
    assert raw.column(MADE) == [first, second]


def test_many_workstations_make_it_once_and_who_dies_in_the_middle_none(
    server: ServerAddress, own_database: str, sign_in: SignIn
) -> None:
    leave_only(server, own_database, "maintenance")
    seller, others = sign_in("seller"), [sign_in(key) for key in ("manager", "clerk", "junior")]
    with seller.write() as session:
        customer = session.scalar(text("select id from crm.customer where owner_id = crm.me() limit 1"))
        session.execute(
            text(
                "insert into crm.installed_product (customer_id, serial, maintenance_months, next_maintenance_on)"
                " select :customer, 'SJ-' || n, 12, current_date from generate_series(1, 3) n"
            ),
            {"customer": customer},
        )
    with pytest.raises(ZeroDivisionError), seller.write() as session:  # noqa: PT012 - what follows the work
        assert run_next_job(session) == "maintenance"
        assert [run(other) for other in others] == [None, None, None]  # somebody is at it
        raise ZeroDivisionError
    with ThreadPoolExecutor(len(others)) as pool:
        assert sorted(pool.map(run, others), key=str) == [None, None, "maintenance"]
    with sign_in("desk").read() as session:
        made = session.scalars(text("select subject from crm.service_request order by id")).all()
    assert made == ["定期保养：SJ-1", "定期保养：SJ-2", "定期保养：SJ-3"]
