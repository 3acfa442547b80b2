"""Scheduled work: one workstation is elected, another when it dies; each job is done once for each time it is due."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest
from sqlalchemy import text

from crm_desktop.db.changes import ChangeListener
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.db.engine import Gateway
from crm_desktop.services.jobs import run_next_job
from tests.db.conftest import SignIn
from tests.db.jobs import only_snapshot
from tests.db.office import PASSWORD, login
from tests.db.raw import Raw

__all__ = ["only_snapshot"]

TIMEOUT = 60  # seconds until another one must be elected
END_LISTENERS = """
    select pg_terminate_backend(pid, 60000) from pg_stat_activity
    where usename = session_user and application_name = 'crm-desktop changes'
"""
EVERYBODY = ("admin", "director", "manager", "seller", "junior", "clerk")


class Workstation:
    """A listening connection; ``told`` hears of all of them when one is elected, and when it no longer is."""

    def __init__(self, gateway: Gateway, told: Told) -> None:
        self.gateway = gateway
        self.listener = ChangeListener(
            gateway.address,
            lambda *_change: None,
            lambda: None,
            lambda _state: None,
            lambda is_elected: told.put((self, is_elected)),
        )
        self.listener.start()

    def die(self) -> None:
        """As the server sees a crash."""
        with self.gateway.read() as session:
            session.execute(text(END_LISTENERS))


Told = queue.SimpleQueue[tuple[Workstation, bool]]
Start = Callable[[str], Workstation]


@pytest.fixture
def told() -> Told:
    return queue.SimpleQueue()


@pytest.fixture
def start(sign_in: SignIn, told: Told, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.setattr(ChangeListener, "HEARTBEAT_SECONDS", 0.2)
    monkeypatch.setattr(ChangeListener, "ANSWER_SECONDS", float(TIMEOUT))
    started: list[Workstation] = []

    def make(key: str) -> Workstation:
        started.append(Workstation(sign_in(key), told))
        return started[-1]

    yield make
    for one in started:
        one.listener.stop()


def run(gateway: Gateway) -> str | None:
    with gateway.write() as session:
        return run_next_job(session)


def test_one_is_elected_and_another_when_it_dies(start: Start, told: Told) -> None:
    first = start("seller")
    assert told.get(timeout=TIMEOUT) == (first, True)
    second = start("manager")
    first.die()
    assert told.get(timeout=TIMEOUT) == (first, False)
    third, is_elected = told.get(timeout=TIMEOUT)  # who asks first, itself too when it is back
    assert is_elected
    third.listener.stop()
    assert told.get(timeout=TIMEOUT) == (second if third is first else first, True)
    assert told.empty()


def test_a_job_is_done_once_by_many_at_once(sign_in: SignIn, only_snapshot: None) -> None:
    del only_snapshot
    gateways = [sign_in(key) for key in EVERYBODY]
    with gateways[0].write() as session:
        session.execute(text("insert into crm.opportunity (name) values ('商机')"))
    with ThreadPoolExecutor(len(gateways)) as pool:
        done = list(pool.map(run, gateways))
    assert sorted(done, key=str) == [None] * (len(gateways) - 1) + ["weekly_snapshot"]
    assert [run(gateway) for gateway in gateways] == [None] * len(gateways)
    with gateways[0].read() as session:
        assert session.execute(text("select count(*) from crm.opportunity_snapshot")).scalar_one() == 1


def test_who_dies_in_the_middle_has_done_nothing(sign_in: SignIn, only_snapshot: None) -> None:
    del only_snapshot
    dying, other = sign_in("manager"), sign_in("seller")
    with pytest.raises(ZeroDivisionError), dying.write() as session:  # noqa: PT012 - what follows the work
        session.execute(text("insert into crm.opportunity (name) values ('商机')"))
        assert run_next_job(session) == "weekly_snapshot"
        assert run(other) is None  # somebody is at it
        raise ZeroDivisionError
    assert run(other) == "weekly_snapshot"


def test_who_leaves_a_job_half_done_for_long_is_put_off_the_server(
    server: ServerAddress, own_database: str, sign_in: SignIn, only_snapshot: None
) -> None:
    del only_snapshot
    holding, other = psycopg2.connect(server.url(own_database, login("clerk"), PASSWORD)), sign_in("seller")
    cursor = holding.cursor()
    cursor.execute("select crm.run_next_job()")
    assert cursor.fetchall() == [("weekly_snapshot",)]
    assert run(other) is None  # six minutes have not passed
    with psycopg2.connect(server.url(own_database)) as root, root.cursor() as looking:
        looking.execute("select crm.end_idle_transactions('6 minutes'), crm.end_idle_transactions('0')")
        assert looking.fetchall() == [(0, 1)]
    root.close()
    with pytest.raises(psycopg2.OperationalError):
        cursor.execute("commit")
    assert run(other) == "weekly_snapshot"


def as_if_due(raw: Raw, *values: str) -> None:
    """These are all jobs there are, as long as the test lasts."""
    raw.become(None)
    raw.cursor.execute(
        "create or replace function crm.jobs() returns table (key text, every text, work text) language sql immutable"
        f" as $$ values {', '.join(values)} $$;"
        " insert into crm.job (key) select j.key from crm.jobs() j on conflict (key) do nothing"
    )


def test_a_job_is_due_again_in_the_next_week(raw: Raw) -> None:
    as_if_due(raw, "('weekly_snapshot', 'week', 'take_snapshot')")
    raw.become(login("seller"))
    run_it = "select crm.run_next_job()"
    assert raw.value(run_it) == "weekly_snapshot"
    assert raw.value(run_it) is None
    raw.become(None)
    raw.cursor.execute("update crm.job set done_for = done_for - interval '1 week'")
    raw.become(login("manager"))
    assert raw.value(run_it) == "weekly_snapshot"
    raw.become(None)
    this_week = "date_trunc('week', now() at time zone crm.firm_zone())"
    assert raw.value(
        f"select done_for = {this_week} at time zone crm.firm_zone() from crm.job where key = 'weekly_snapshot'"
    )


def test_a_job_that_fails_holds_up_no_other_and_is_tried_again_later(raw: Raw) -> None:
    as_if_due(raw, "('broken', 'minute', 'no_such_function')", "('weekly_snapshot', 'week', 'take_snapshot')")
    raw.become(login("seller"))
    assert [raw.value("select crm.run_next_job()") for _time in range(3)] == ["broken", "weekly_snapshot", None]
    raw.become(None)
    assert "no_such_function" in raw.value("select failure from crm.failed_jobs()")
    raw.become(login("seller"))
    assert raw.rows("select * from crm.failed_jobs()") == []
    raw.become(login("admin"))
    assert raw.column("select key from crm.failed_jobs()") == ["broken"]
    raw.become(None)
    raw.cursor.execute("update crm.job set ran_at = now() - interval '11 minutes'")
    raw.become(login("seller"))
    assert raw.value("select crm.run_next_job()") == "broken"


@pytest.mark.parametrize("key", ["director", "manager", "seller", "junior", "desk"])
def test_a_snapshot_is_seen_by_whoever_sees_the_opportunity(raw: Raw, key: str) -> None:
    raw.become(None)
    raw.cursor.execute(
        "insert into crm.opportunity (name, owner_id) select '商机', e.id from crm.employee e, generate_series(1, 2)"
    )
    as_if_due(raw, "('weekly_snapshot', 'week', 'take_snapshot')")
    raw.become(login("desk"))
    assert raw.value("select crm.run_next_job()") == "weekly_snapshot"
    raw.become(login(key))
    seen = raw.column("select id from crm.opportunity order by 1")
    assert raw.column("select opportunity_id from crm.opportunity_snapshot order by 1") == seen
    for statement in (
        "insert into crm.opportunity_snapshot (week, opportunity_id, stage_id) values ('2026-01-05', 1, 1)",
        "update crm.opportunity_snapshot set amount = 1",
        "delete from crm.opportunity_snapshot",
        "select crm.take_snapshot()",
        "select * from crm.job",
        "select * from crm.jobs()",
    ):
        assert raw.tried(statement) == "42501", statement
