"""Tasks by raw connection: who sees and changes them, what follows from their state, the next one of a repeated one."""

from __future__ import annotations

import datetime
import threading
from typing import Any

import pytest
from dateutil.rrule import rrulestr

from tests.db.conftest import SignIn, own_database, sign_in, template
from tests.db.office import SIGNED_IN, Office, login
from tests.db.raw import Raw

__all__ = ["own_database", "sign_in", "template"]
REFUSED, SAID = "42501", "P0001"
MOVE = "update crm.task set state_id = crm.choice('task_state', %s) where id = %s"


def task(raw: Raw, by: str, **values: Any) -> int:
    """A new one, written as somebody writes it; its id."""
    raw.act(login(by), "create")
    values = {"subject": "寄样本"} | values
    columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    return int(raw.value(f"insert into crm.task ({columns}) values ({marks}) returning id", *values.values()))


def image(raw: Raw, id_: int) -> dict[str, Any]:
    """The row with the code of its state, as the superuser sees it."""
    raw.become(None)
    row: dict[str, Any] = raw.value(
        "select to_jsonb(t) || jsonb_build_object('state', s.code) from crm.task t"
        " join crm.dictionary_entry s on s.id = t.state_id where t.id = %s",
        id_,
    )
    return row


@pytest.mark.parametrize("key", SIGNED_IN)
def test_one_sees_those_of_ones_reach_and_gives_them_to_anybody(raw: Raw, office: Office, key: str) -> None:
    others = ("seller", "desk", "director", "clerk")
    owner_of = {task(raw, "admin", owner_id=office.ids[owner]): owner for owner in others}
    raw.become(login(key))
    reached = {verb: office.reached(key, "task", verb) for verb in ("read", "update", "delete", "create")}
    if key == "admin":  # gave them all
        reached["read"] = reached["update"] = set(office.ids.values())
    seen = {id_ for id_, owner in owner_of.items() if office.ids[owner] in reached["read"]}
    assert {*raw.column("select id from crm.task")} == seen
    changed = sum(office.ids[owner] in reached["update"] for owner in others)
    assert raw.tried("update crm.task set description = 'x'") == changed
    for owner in others:
        made = raw.tried("insert into crm.task (subject, owner_id) values ('x', %s)", office.ids[owner])
        assert made == (1 if office.ids[owner] in reached["create"] else REFUSED)
    gone = {id_ for id_, owner in owner_of.items() if raw.tried("delete from crm.task where id = %s", id_) == 1}
    assert gone == {id_ for id_, owner in owner_of.items() if office.ids[owner] in reached["delete"]}


def test_who_gave_a_task_changes_it_but_not_whose_it_is(raw: Raw, office: Office) -> None:
    id_ = task(raw, "desk", owner_id=office.ids["director"])
    raw.act(login("desk"))
    assert raw.column("select id from crm.task") == [id_]
    assert raw.tried("update crm.task set due_on = current_date") == 1
    assert raw.tried("update crm.task set owner_id = %s", office.ids["desk"]) == REFUSED
    assert raw.tried("update crm.task set given_by_id = null") == REFUSED
    assert raw.tried("delete from crm.task") == 0
    raw.become(login("junior"))
    assert raw.column("select id from crm.task") == []
    raw.become(login("admin"))
    why = "select may, reason from crm.why('task', %s, %s) where verb in ('read', 'update')"
    assert raw.rows(why, id_, office.ids["desk"]) == [(True, "named"), (True, "named")]


def test_the_customers_owner_sees_a_task_that_lies_at_his_customer(raw: Raw, office: Office) -> None:
    customer = raw.value("select min(id) from crm.customer where owner_id = %s", office.ids["junior"])
    id_ = task(raw, "clerk", owner_id=office.ids["director"], customer_id=customer)
    raw.become(login("junior"))
    assert raw.column("select id from crm.task") == [id_]
    assert raw.tried("update crm.task set subject = 'x'") == 0
    hidden = raw.value("select crm.me()")  # somebody else's customer cannot be named
    assert hidden == office.ids["junior"]
    raw.become(None)
    foreign = raw.value("select min(id) from crm.customer where owner_id = %s", office.ids["director"])
    raw.become(login("junior"))
    assert raw.tried("insert into crm.task (subject, customer_id) values ('x', %s)", foreign) == REFUSED


@pytest.mark.parametrize("column", ["due_at", "done_at", "told_at"])
def test_nobody_writes_what_triggers_keep(raw: Raw, column: str) -> None:
    id_ = task(raw, "director")
    assert raw.tried(f"update crm.task set {column} = now() where id = %s", id_) == REFUSED


@pytest.mark.parametrize(
    ("way", "refused"),
    [
        (("working", "done", "working", "cancelled", "open"), None),
        (("done", "cancelled"), SAID),
        (("cancelled", "done"), SAID),
        (("declined",), SAID),  # given by oneself
    ],
)
def test_states_follow_each_other_as_declared(raw: Raw, way: tuple[str, ...], refused: str | None) -> None:
    id_ = task(raw, "seller")
    raw.act(login("seller"))
    for state in way[:-1]:
        assert raw.count(MOVE, state, id_) == 1
    assert raw.tried(MOVE, way[-1], id_) == (refused or 1)
    assert raw.tried("update crm.task set state_id = crm.choice('outcome', 'won') where id = %s", id_) == "23514"


def test_giving_back_asks_for_a_word(raw: Raw, office: Office) -> None:
    id_ = task(raw, "manager", owner_id=office.ids["seller"])
    raw.act(login("seller"))
    assert raw.tried(MOVE, "declined", id_) == SAID
    assert raw.count(MOVE.replace(" where", ", result = '没有样本' where"), "declined", id_) == 1
    assert raw.tried(MOVE, "done", id_) == SAID


def test_what_follows_from_state_and_day_is_kept(raw: Raw) -> None:
    id_ = task(raw, "seller", due_on="2026-03-05")
    assert image(raw, id_)["due_at"] == image(raw, task(raw, "seller", due_on="2026-03-06", due_time="00:00"))["due_at"]
    raw.act(login("seller"))
    raw.count("update crm.task set due_time = '14:30' where id = %s", id_)
    row = image(raw, id_)
    assert row["due_at"] == row["told_at"]
    assert datetime.datetime.fromisoformat(row["due_at"]) == datetime.datetime(2026, 3, 5, 6, 30, tzinfo=datetime.UTC)
    raw.act(login("seller"))
    raw.count(MOVE, "done", id_)
    row = image(raw, id_)
    assert (row["progress"], row["due_at"]) == (100, None)
    assert row["done_at"] == row["told_at"]
    raw.act(login("seller"))
    assert raw.tried("update crm.task set due_time = '25:00' where id = %s", id_) == "23514"


def test_the_checklist_makes_the_progress(raw: Raw) -> None:
    id_ = task(raw, "seller", checklist="打印\n\n 装箱 \n寄出\n报单号")
    raw.act(login("seller"))
    raw.count("update crm.task set checked = array['装箱', '别的'] where id = %s", id_)
    row = image(raw, id_)
    assert (row["progress"], row["checked"], row["state"]) == (25, ["装箱"], "working")
    raw.act(login("seller"))
    raw.count(MOVE, "done", id_)
    raw.count(MOVE, "working", id_)
    assert image(raw, id_)["progress"] == 25


def test_a_repeated_task_has_one_next_one_and_undo_takes_it_back(raw: Raw) -> None:
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
    due = today - datetime.timedelta(days=10)
    id_ = task(raw, "seller", due_on=due, rule="FREQ=WEEKLY;COUNT=5", checklist="看", checked=["看"])
    before = image(raw, id_)
    change_set = raw.act(login("seller"))
    raw.count(MOVE, "done", id_)
    raw.count(MOVE, "working", id_)
    raw.count(MOVE, "done", id_)
    raw.become(None)
    following = raw.column("select id from crm.task where follows_id = %s", id_)
    assert len(following) == 1
    row = image(raw, following[0])
    assert (row["due_on"], row["rule"], row["state"]) == (
        str(due + datetime.timedelta(days=14)), "FREQ=WEEKLY;COUNT=3", "open",
    )  # fmt: skip
    assert (row["owner_id"], row["given_by_id"], row["checked"], row["progress"]) == (
        before["owner_id"], before["given_by_id"], [], 0,
    )  # fmt: skip
    raw.become(login("seller"))
    raw.value("select journal.undo(%s)", change_set)
    assert raw.column("select id from crm.task where follows_id is not null") == []
    after = image(raw, id_)
    assert {key for key in before if before[key] != after[key]} <= {"version", "updated_at"}


def test_two_who_finish_it_at_once_make_one_next_one(sign_in: SignIn) -> None:
    from sqlalchemy import text

    seller, manager = sign_in("seller"), sign_in("manager")
    with seller.write() as session:
        id_ = session.execute(
            text(
                "insert into crm.task (subject, due_on, rule) values ('周报', '2026-01-05', 'FREQ=DAILY') returning id"
            )
        ).scalar_one()
    ready = threading.Barrier(2)

    def finish(gateway: Any) -> None:
        ready.wait(30)
        with gateway.write() as session:
            session.execute(
                text("update crm.task set state_id = crm.choice('task_state', 'done') where id = :id"), {"id": id_}
            )

    threads = [threading.Thread(target=finish, args=[gateway]) for gateway in (seller, manager)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with seller.read() as session:
        assert session.execute(text("select count(*) from crm.task")).scalar_one() == 2


RULES = (
    "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR",
    "FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYMONTHDAY=5,20", "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1", "FREQ=MONTHLY;INTERVAL=6", "FREQ=YEARLY",
    "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=31", "FREQ=YEARLY;INTERVAL=2", "FREQ=WEEKLY;UNTIL=20260301",
    "FREQ=DAILY;BYMONTH=2",
)  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_the_next_day_of_a_rule_is_that_of_dateutil(raw: Raw, rule: str) -> None:
    raw.become(None)
    for first in (datetime.date(2026, 1, 31), datetime.date(2024, 2, 29), datetime.date(2026, 1, 5)):
        start = datetime.datetime.combine(first, datetime.time())
        expected = [moment.date() for moment in rrulestr(rule, dtstart=start).xafter(start, 4, inc=True)]
        day = expected[0] if expected else None
        found: list[datetime.date] = []
        while day is not None and len(found) < len(expected):
            found.append(day)
            day = raw.value("select crm.next_by_rule(%s, %s)", rule, day)
        assert found == expected
        if len(expected) < 4 and expected:
            assert day is None


@pytest.mark.parametrize(
    "rule",
    ["FREQ=HOURLY", "x", "FREQ=DAILY;BYHOUR=3", "FREQ=YEARLY;BYDAY=MO", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;BYDAY=3"],
)
def test_other_rules_are_refused(raw: Raw, rule: str) -> None:
    raw.act(login("seller"))
    assert raw.tried("insert into crm.task (subject, rule) values ('x', %s)", rule) == SAID


def test_who_gave_a_task_is_told_when_it_is_done_and_what_came_of_it(raw: Raw, office: Office) -> None:
    def told() -> list[tuple[str, str]]:
        raw.become(login("desk"))
        return raw.rows("select kind, body from crm.message where record_id = %s and entity = 'task'", id_)

    id_ = task(raw, "desk", owner_id=office.ids["director"])
    raw.act(login("director"))
    raw.count("update crm.task set result = '周五可以' where id = %s", id_)
    assert told() == [("task_answered", "寄样本 · 周五可以")]
    done = raw.act(login("director"))
    raw.count(MOVE, "done", id_)
    assert told() == [("task_done", "寄样本 · 周五可以")]
    raw.become(login("director"))
    raw.rows("select * from journal.undo(%s)", done)
    assert told() == []
    raw.act(login("director"))
    raw.count(
        "update crm.task set state_id = crm.choice('task_state', 'declined'), result = '不归我管' where id = %s", id_
    )
    assert told() == [("task_returned", "寄样本 · 不归我管")]
    raw.become(login("director"))
    assert raw.rows("select kind from crm.message where record_id = %s and entity = 'task'", id_) == [("task_given",)]
