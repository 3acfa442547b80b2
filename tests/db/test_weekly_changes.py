"""What became of the open opportunities from one week to another, against the same told by hand."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import psycopg2
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core import clock
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.db.engine import Gateway
from crm_desktop.entities.sales_reports import WEEKS
from crm_desktop.services.analysis import fetch_report
from crm_desktop.services.analysis_parameters import Parameters
from crm_desktop.services.jobs import run_next_job
from crm_desktop.services.listing import ListQuery, fetch_ids
from tests.db.conftest import SignIn
from tests.db.jobs import SNAPSHOT, only_snapshot

__all__ = ["only_snapshot"]

MONDAY = clock.today() - datetime.timedelta(clock.today().weekday())
LATER = clock.today() + datetime.timedelta(30)
DEALS = ("same", "slips", "sooner", "grows", "shrinks and slips", "won", "lost", "given up")
CHANGES: dict[str, dict[str, Any]] = {
    "slips": {"expected_on": LATER + datetime.timedelta(10)},
    "sooner": {"expected_on": LATER - datetime.timedelta(5)},
    "grows": {"amount": 1500},
    "shrinks and slips": {"amount": 400, "expected_on": LATER + datetime.timedelta(20)},
    "won": {"stage": "Won", "amount": 1200},
    "lost": {"stage": "Lost"},
    "given up": {"stage": "Closed"},
}
EXPECTED = {
    "New": (["quick", "new"], 0, 0),
    "Won": (["won"], 1000, 1200),
    "Lost": (["lost"], 1000, 0),
    "Given up": (["given up"], 1000, 0),
    "Slipped": (["slips", "shrinks and slips"], 2000, 1400),
    "Brought forward": (["sooner"], 1000, 1000),
    "Grown": (["grows"], 1000, 1500),
    "Shrunk": (["shrinks and slips"], 1000, 400),
}
SetWeek = Callable[[datetime.date], None]


def add(session: Session, name: str, **values: Any) -> None:
    stage = values.pop("stage", "First contact")
    row = {"name": name, "amount": 1000, "expected_on": LATER, "owner": "seller"} | values
    session.execute(
        text(
            "insert into crm.opportunity (name, amount, expected_on, owner_id, stage_id) values (:name, :amount,"
            " :expected_on, (select id from crm.employee where name = :owner),"
            " (select id from crm.sales_stage where name_en = :stage))"
        ),
        row | {"stage": stage},
    )


@pytest.fixture
def moved(sign_in: SignIn, only_snapshot: None) -> Gateway:
    """A week has passed since the snapshot, as far as anybody can tell."""
    del only_snapshot
    gateway = sign_in("director")
    with gateway.write() as session:
        for name in DEALS:
            add(session, name)
    with gateway.write() as session:
        assert run_next_job(session) == SNAPSHOT
    with gateway.write() as session:
        for name, values in CHANGES.items():
            stage = values.get("stage")
            if stage:
                session.execute(
                    text(
                        "update crm.opportunity set stage_id = (select id from crm.sales_stage where name_en = :stage)"
                        " where name = :name"
                    ),
                    {"stage": stage, "name": name},
                )
            for column in values.keys() - {"stage"}:
                session.execute(
                    text(f"update crm.opportunity set {column} = :value where name = :name"),
                    {"value": values[column], "name": name},
                )
        add(session, "new", amount=None)
        add(session, "quick", amount=None, owner="director")
    return gateway


@pytest.fixture
def set_week(server: ServerAddress, own_database: str) -> SetWeek:
    """Says that the snapshot was taken in another week."""

    def set_to(week: datetime.date) -> None:
        with psycopg2.connect(server.url(own_database)) as connection, connection.cursor() as cursor:
            cursor.execute("update crm.opportunity_snapshot set week = %s", (week,))
        connection.close()

    return set_to


def told(gateway: Gateway, parameters: Parameters) -> dict[str, tuple[list[str], Any, Any]]:
    """By kind of change which deals, and their amounts before and after; each opens its rows."""
    with gateway.read() as session:
        found = fetch_report(session, WEEKS, parameters, gateway.person)
        heads: dict[str, tuple[list[str], Any, Any]] = {}
        names: list[str] = []
        for row in found.rows:
            number = row.numbers[0]
            ids = fetch_ids(session, ListQuery(entity=number.entity, filter=number.rows), gateway.person)
            assert len(ids) == number.value
            if row.level == 1:
                names = []
                heads[row.label] = (names, *(number.value for number in row.numbers[1:3]))
            else:
                names.append(row.label)
    return heads


def test_since_the_beginning_of_the_week_each_change_is_told(moved: Gateway) -> None:
    heads = told(moved, Parameters(period="this_week"))
    assert {kind: (sorted(names), before, after) for kind, (names, before, after) in heads.items()} == {
        kind: (sorted(names), before, after) for kind, (names, before, after) in EXPECTED.items()
    }


def test_any_two_weeks_are_compared(moved: Gateway, set_week: SetWeek) -> None:
    week = datetime.timedelta(7)
    set_week(MONDAY - 3 * week)
    assert told(moved, Parameters(period=(MONDAY - 3 * week, clock.today()))).keys() == EXPECTED.keys()
    between = Parameters(period=(MONDAY - 3 * week, MONDAY - week))
    assert told(moved, between) == {}  # of the weeks between there is no other


def test_a_salesperson_is_told_of_what_he_sees(moved: Gateway, sign_in: SignIn) -> None:
    del moved
    heads = told(sign_in("seller"), Parameters(period="this_week"))
    assert heads["New"][0] == ["new"]
    assert heads["Shrunk"] == (["shrinks and slips"], Decimal(1000), Decimal(400))
    assert told(sign_in("desk"), Parameters(period="this_week")) == {}
