"""Service requests: who sees and moves them, what a move brings with it, until when they are due, and undo."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.db.office import SIGNED_IN, Office, login
from tests.db.raw import Raw

CHINA = ZoneInfo("Asia/Shanghai")
MOVES = "select from_state, to_state from crm.request_moves()"


class Desk:
    """Requests of one customer, in the transaction of ``raw``."""

    def __init__(self, raw: Raw, office: Office) -> None:
        self.raw, self.ids = raw, office.ids
        (self.customer, self.seller), *_ = raw.rows(
            "select c.id, c.owner_id from crm.customer c join crm.employee e on e.id = c.owner_id"
            " where e.name = 'seller'"
        )

    def new(self, **values: Any) -> int:
        """A request of the desk."""
        self.raw.act(login("desk"), "create")
        columns = {"customer_id": self.customer, "subject": "卡纸"} | values
        named, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
        return int(
            self.raw.value(
                f"insert into crm.service_request ({named}) values ({places}) returning id", *columns.values()
            )
        )

    def move(self, id_: int, state: str, **values: Any) -> int:
        """As whoever is signed in; returns how many rows it was."""
        more = "".join(f", {column} = %s" for column in values)
        return self.raw.count(
            f"update crm.service_request set state_id = crm.choice('request_state', %s){more} where id = %s",
            state, *values.values(), id_,
        )  # fmt: skip

    def read(self, id_: int, *columns: str) -> Any:
        """Of one request; one value where one column is asked for."""
        (row,) = self.raw.rows(f"select {', '.join(columns)} from crm.service_request where id = %s", id_)
        return row if len(columns) > 1 else row[0]

    def state(self, id_: int) -> str:
        return str(self.read(id_, "(select code from crm.dictionary_entry e where e.id = state_id)"))

    def target(self, id_: int) -> str | None:
        shown: str | None = self.read(id_, "crm.target_state(due_at, warn_at, waiting_since, solved_at, was_late)")
        return shown


@pytest.fixture
def desk(raw: Raw, office: Office) -> Desk:
    return Desk(raw, office)


def test_only_declared_moves_are_possible(desk: Desk) -> None:
    raw = desk.raw
    moves = {(before, after) for before, after in raw.rows(MOVES)}
    states = raw.column(
        "select e.code from crm.dictionary_entry e join crm.dictionary d on d.id = e.dictionary_id"
        " where d.code = 'request_state'"
    )
    assert {state for move in moves for state in move} == set(states), "every state has its way in and out"
    for before in states:
        owner = desk.ids["公海" if before == "new" else "desk"]
        id_ = desk.new(owner_id=owner, state_id=raw.value("select crm.choice('request_state', %s)", before))
        raw.become(login("desk"))
        for after in states:
            statement = (
                "update crm.service_request set state_id = crm.choice('request_state', %s), owner_id = %s where id = %s"
            )
            owner = desk.ids["both"] if after == "dispatched" else desk.read(id_, "owner_id")
            allowed = before == after or (before, after) in moves
            assert raw.tried(statement, after, owner, id_) == (1 if allowed else "P0001"), (before, after)


def test_a_request_goes_its_way_and_keeps_its_history(desk: Desk) -> None:
    raw, ids = desk.raw, desk.ids
    id_ = desk.new(description="每天三次")
    assert (desk.state(id_), desk.read(id_, "owner_id")) == ("new", ids["公海"])
    raw.act(login("director"))
    raw.count("update crm.service_request set owner_id = %s where id = %s", ids["both"], id_)
    assert desk.state(id_) == "dispatched", "given to somebody it is his to accept"
    raw.act(login("both"))
    desk.move(id_, "refused", state_note="不会修")
    assert desk.read(id_, "owner_id") == ids["公海"]
    raw.act(login("desk"))
    raw.count("update crm.service_request set owner_id = crm.me() where id = %s", id_)
    assert desk.state(id_) == "accepted", "whoever takes it has accepted it"
    assert desk.read(id_, "responded_at is not null", "state_note") == (True, None)
    desk.move(id_, "in_work")
    desk.move(id_, "solved", solution="换搓纸轮", cause_id=raw.value("select crm.choice('request_cause', 'wear')"))
    assert desk.read(id_, "solved_at is not null")
    raw.count("update crm.service_request set satisfaction_id = crm.choice('satisfaction', '5') where id = %s", id_)
    assert (desk.state(id_), desk.read(id_, "closed_at is not null", "revisited_at is not null")) == (
        "closed",
        (True, True),
    )
    stays = raw.rows(
        "select e.code, p.name, b.name, s.note from crm.service_stay s join crm.dictionary_entry e on e.id = s.state_id"
        " join crm.employee p on p.id = s.engineer_id join crm.employee b on b.id = s.moved_by_id"
        " where s.request_id = %s order by s.id", id_,
    )  # fmt: skip
    assert stays == [
        ("new", "公海", "desk", None), ("dispatched", "both", "director", None), ("refused", "公海", "both", "不会修"),
        ("accepted", "desk", "desk", None), ("in_work", "desk", "desk", None), ("solved", "desk", "desk", None),
        ("closed", "desk", "desk", None),
    ]  # fmt: skip


def test_a_low_score_opens_it_again(desk: Desk) -> None:
    raw = desk.raw
    id_ = desk.new(owner_id=desk.ids["desk"])
    desk.move(id_, "solved", solution="重启")
    raw.count("update crm.service_request set satisfaction_id = crm.choice('satisfaction', '2') where id = %s", id_)
    assert desk.state(id_) == "reopened"
    assert desk.read(id_, "solved_at", "times_reopened", "due_at is not null") == (None, 1, True)
    desk.move(id_, "solved")
    assert desk.read(id_, "satisfaction_id", "revisited_at") == (None, None), "it is asked about anew"
    desk.move(id_, "closed", satisfaction_id=raw.value("select crm.choice('satisfaction', '1')"))
    assert desk.state(id_) == "reopened", "closed with a low score, as the program's dialog writes it"


def test_targets_count_working_time_without_pauses(desk: Desk) -> None:
    raw = desk.raw
    monday = datetime.datetime(2026, 11, 16, 9, tzinfo=CHINA)
    id_ = desk.new(reported_at=monday, priority_id=raw.value("select crm.choice('priority', 'high')"))
    due = desk.read(id_, "response_due_at", "solution_due_at", "due_at", "warn_at")
    assert due == (
        monday + datetime.timedelta(hours=1),
        monday + datetime.timedelta(hours=9),  # an hour of lunch
        monday + datetime.timedelta(hours=1),
        monday + datetime.timedelta(minutes=45),
    )
    assert desk.target(id_) == "breached"
    desk.move(id_, "accepted")
    desk.move(id_, "waiting")
    assert (desk.target(id_), desk.read(id_, "due_at")) == ("paused", None)
    raw.become(None)
    raw.count("set local session_replication_role = replica")
    raw.count("update crm.service_request set waiting_since = now() - interval '7 days' where id = %s", id_)
    raw.count("set local session_replication_role = origin")
    raw.become(login("desk"))
    desk.move(id_, "in_work")
    waited = raw.value("select crm.working_minutes(now() - interval '7 days', now())")
    assert desk.read(id_, "waited_minutes") == waited > 0
    assert desk.read(id_, "due_at") == raw.value("select crm.after_working_minutes(%s, 480 + %s)", monday, waited)
    desk.move(id_, "solved")
    assert desk.target(id_) == "missed", "the answer came too late"


def test_superiors_are_told_once_of_what_is_late(desk: Desk) -> None:
    raw = desk.raw
    urgent = raw.value("select crm.choice('priority', 'high')")
    now = raw.value("select now()")
    mine = desk.new(subject="他的", priority_id=urgent, owner_id=desk.ids["both"])
    nobodys = desk.new(subject="没人接", priority_id=urgent)
    old = desk.new(subject="旧", reported_at=now - datetime.timedelta(days=30))
    settled = desk.new(subject="好了", priority_id=urgent)
    raw.count("update crm.service_request set solved_at = now() where id = %s", settled)  # and left its state

    def be_due(minutes: int, *ids: int) -> None:
        raw.become(None)
        raw.count("set local session_replication_role = replica")
        raw.count(
            "update crm.service_request set warn_at = now(), due_at = now() + make_interval(mins => %s)"
            " where id = any (%s)",
            minutes, list(ids),
        )  # fmt: skip
        raw.count("set local session_replication_role = origin")

    def told() -> list[tuple[str, str, int]]:
        """What the job of the minute sends."""
        raw.become(None)
        raw.count("delete from crm.message")
        raw.value("select crm.escalate_requests()")
        names = "select e.name, m.kind, m.record_id from crm.message m join crm.employee e on e.id = m.employee_id"
        return [(row[0], row[1], row[2]) for row in raw.rows(f"{names} order by m.record_id, e.name")]

    be_due(5, mine, nobodys, settled)
    assert {*raw.value("select crm.targets_passed(now() - interval '1 minute')")} == {mine, nobodys}
    assert not raw.value("select crm.targets_passed(now())"), "each list hears once of it"
    soon = "request_soon"
    assert told() == [("desk", soon, mine), ("desk", soon, nobodys), ("director", soon, nobodys)]
    assert not told(), "once"
    be_due(-5, mine)
    be_due(-60 * 24 * 20, old)
    assert told() == [("desk", "request_breached", mine)], "what is old is no news"
    be_due(5, mine)
    assert not told(), "each level once"
    raw.become(login("both"))
    for state in ("solved", "reopened"):
        desk.move(mine, state)
    be_due(5, mine)
    assert told() == [("desk", soon, mine)], "what is opened again has new targets"


def test_other_targets_and_other_hours_count_for_what_is_open(desk: Desk) -> None:
    raw = desk.raw
    friday = datetime.datetime(2026, 11, 20, 17, 50, tzinfo=CHINA)
    open_, over = desk.new(reported_at=friday), desk.new(reported_at=friday)
    desk.move(over, "cancelled")
    kept = desk.read(over, "solution_due_at")
    raw.act(login("admin"))
    raw.count(
        "update crm.service_target set response_minutes = 20 where priority_id = crm.choice('priority', 'normal')"
    )
    monday = datetime.datetime(2026, 11, 23, 9, 10, tzinfo=CHINA)
    assert desk.read(open_, "due_at") == monday
    raw.count("insert into crm.special_day (day, name, is_working) values ('2026-11-21', '盘点', true)")
    assert desk.read(open_, "due_at") == monday - datetime.timedelta(days=2)
    assert desk.read(over, "solution_due_at") == kept


def test_what_is_entered_afterwards_is_over_at_once(desk: Desk) -> None:
    day = datetime.datetime(2004, 1, 2, 9, tzinfo=CHINA)
    id_ = desk.new(reported_at=day, closed_at=day + datetime.timedelta(hours=2), owner_id=desk.ids["both"])
    assert (desk.state(id_), desk.read(id_, "solved_at", "due_at", "was_late")) == (
        "closed", (day + datetime.timedelta(hours=2), None, False)
    )  # fmt: skip
    assert desk.raw.tried("update crm.service_request set hours = -1 where id = %s", id_) == "23514"


def test_a_request_tells_nothing_of_what_others_own(desk: Desk) -> None:
    raw = desk.raw
    raw.become(None)
    raw.count("update crm.installed_product set product_id = (select min(id) from crm.product)")
    raw.count(
        "insert into crm.permission_grant (group_id, entity, read_scope, create_scope, update_scope)"
        " select id, 'service_request', 1, 1, 1 from crm.permission_group where code = 'narrow'"
    )
    here = raw.value("select min(id) from crm.installed_product where customer_id = %s", desk.customer)
    elsewhere = raw.value("select min(id) from crm.installed_product where owner_id = %s", desk.ids["director"])
    raw.become(login("narrow"))
    new = (
        "insert into crm.service_request (subject, customer_id, owner_id, installed_product_id)"
        " values ('x', %s, crm.me(), %s) returning product_id"
    )
    assert raw.value(new, desk.customer, elsewhere) is None
    again = "update crm.service_request set installed_product_id = %s returning product_id"
    assert raw.value(again.replace("%s", "null")) is None
    assert raw.value(again, elsewhere) is None
    assert raw.value(again, here) is not None


def test_undo_takes_back_a_move_with_all_that_followed(desk: Desk) -> None:
    raw = desk.raw
    id_ = desk.new()
    columns = ("state_id", "owner_id", "due_at", "warn_at", "responded_at", "solved_at", "was_late", "closed_at")
    before = desk.read(id_, *columns)
    change_set = raw.act(login("desk"))
    desk.move(id_, "solved", solution="重启")
    assert desk.read(id_, *columns) != before
    raw.value("select journal.undo(%s, false, null, '{}')", change_set)
    assert desk.read(id_, *columns) == before
    assert raw.value("select count(*) from crm.service_stay where request_id = %s", id_) == 1


@pytest.mark.parametrize("key", SIGNED_IN)
def test_sees_and_changes_requests_in_scope_and_those_of_customers_in_scope(
    desk: Desk, office: Office, key: str
) -> None:
    raw = desk.raw
    customers = {owner: id_ for id_, owner in raw.rows("select id, owner_id from crm.customer")}
    made: dict[int, tuple[int, int]] = {}
    for place, (customer_owner, customer) in enumerate(sorted(customers.items())):
        engineer = list(office.ids.values())[(place * 5) % len(office.ids)]
        id_ = desk.new(customer_id=customer, owner_id=engineer)
        made[id_] = (engineer, customer_owner)
    raw.become(login(key))
    reads, updates = (office.reached(key, "service_request", verb) for verb in ("read", "update"))
    seen = {id_ for id_, (engineer, owner) in made.items() if engineer in reads or owner in reads}
    assert {*raw.column("select id from crm.service_request")} == seen
    assert {*raw.column("select request_id from crm.service_stay")} == seen
    changed = {id_ for id_, (engineer, _owner) in made.items() if engineer in updates & reads}
    assert raw.tried("update crm.service_request set subject = 'x'") == len(changed)
    for statement in (
        "update crm.service_request set due_at = now()",
        "update crm.service_request set was_late = false",
        "insert into crm.service_stay (request_id, state_id, engineer_id) select 1, 1, 1",
        "delete from crm.service_stay",
    ):
        assert raw.tried(statement) == "42501"
    for engineer in office.ids.values():
        inserted = raw.tried(
            "insert into crm.service_request (customer_id, subject, owner_id) values (%s, 'x', %s)",
            desk.customer,
            engineer,
        )
        may = engineer in office.reached(key, "service_request", "create")
        assert inserted == (1 if may else "42501")


@pytest.mark.parametrize("key", SIGNED_IN)
def test_who_sees_a_request_sees_its_parts_and_expenses_and_who_may_change_it_adds_some(
    desk: Desk, office: Office, key: str
) -> None:
    raw, ids = desk.raw, desk.ids
    wheel = "insert into crm.service_part (request_id, description, quantity, unit_price) values (%s, '搓纸轮', 2.5, 3)"
    way = "insert into crm.service_expense (request_id, amount) values (%s, 40)"
    for owner in ("desk", "seller", "both", "公海"):
        id_ = desk.new(owner_id=ids[owner])
        for part, statement in (("service_part", wheel), ("service_expense", way)):
            raw.become(None)
            raw.count(statement, id_)
            raw.become(login(key))
            may_change = ids[owner] in office.reached(key, part, "update")
            may_read = raw.rows("select id from crm.service_request where id = %s", id_) == [(id_,)]
            seen = raw.rows(f"select amount from crm.{part} where request_id = %s", id_)
            assert [float(amount) for (amount,) in seen] == ([7.5 if statement is wheel else 40] if may_read else [])
            assert raw.tried(statement, id_) == (1 if may_change else "42501")
            for changed in (f"update crm.{part} set version = version", f"delete from crm.{part}"):
                assert raw.tried(f"{changed} where request_id = %s", id_) == int(may_change and may_read)
