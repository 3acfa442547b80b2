"""Work logs by raw connection and by the services: who reads them, what they tell by themselves, that they stand."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from crm_desktop.core.errors import KnownError
from crm_desktop.db.engine import Gateway
from crm_desktop.services import comments, journal, messages, records, work_logs
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from tests.db.conftest import SignIn, own_database, sign_in, template
from tests.db.office import SIGNED_IN, Office, login
from tests.db.raw import Raw
from tests.ui.desk import create

__all__ = ["own_database", "sign_in", "template"]
REFUSED, SAID = "42501", "P0001"
MOVE = "update crm.work_log set state_id = crm.choice('work_log_state', %s) where id = %s"
COMMENT = "insert into crm.comment (entity, record_id, body) values ('work_log', %s, '辛苦了')"
FIRM = ZoneInfo("Asia/Shanghai")
WRITERS = ("junior", "leader", "desk", "clerk", "admin")


def log(raw: Raw, by: str, *, is_submitted: bool = True, day: str = "2026-11-18", period: str = "day") -> int:
    """A new one of somebody's; its id."""
    raw.act(login(by), "create")
    made = raw.value(
        "insert into crm.work_log (begins_on, kind_id, summary)"
        " values (%s, crm.choice('work_log_kind', %s), '谈妥') returning id",
        day, period,
    )  # fmt: skip
    if is_submitted:
        raw.count(MOVE, "submitted", made)
    return int(made)


def state(raw: Raw, id_: int) -> str:
    raw.become(None)
    statement = "select e.code from crm.work_log l join crm.dictionary_entry e on e.id = l.state_id where l.id = %s"
    return str(raw.value(statement, id_))


@pytest.mark.parametrize("key", SIGNED_IN)
def test_a_draft_is_its_writers_and_what_is_submitted_is_for_those_above(raw: Raw, office: Office, key: str) -> None:
    drafts = {log(raw, by, is_submitted=False, day="2026-11-19"): by for by in WRITERS}
    submitted = {log(raw, by): by for by in WRITERS}
    reached = office.reached(key, "work_log", "read")
    raw.become(login(key))
    seen = {id_ for id_, by in submitted.items() if office.ids[by] in reached}
    own = {id_ for id_, by in drafts.items() if by == key}
    assert {*raw.column("select id from crm.work_log")} == seen | own
    for id_, by in (drafts | submitted).items():
        mine = by == key
        assert raw.tried("update crm.work_log set plan = 'x' where id = %s", id_) == (
            0 if not mine else 1 if id_ in drafts else SAID
        )
        assert raw.tried(MOVE, "draft", id_) == int(mine)
        assert raw.tried("delete from crm.work_log where id = %s", id_) == (
            0 if not mine else 1 if id_ in drafts else SAID
        )
        assert raw.tried(COMMENT, id_) == (1 if id_ in seen | own else REFUSED)
    for other in WRITERS:
        made = raw.tried("insert into crm.work_log (owner_id) values (%s)", office.ids[other])
        assert made == (1 if other == key else REFUSED)


def test_nobody_writes_what_triggers_keep_or_gives_it_to_somebody_else(raw: Raw, office: Office) -> None:
    id_ = log(raw, "junior", is_submitted=False)
    for column, value in (("lines", "'[]'"), ("submitted_at", "now()"), ("reader_id", "1"), ("title", "'x'")):
        assert raw.tried(f"update crm.work_log set {column} = {value}") == REFUSED
    assert raw.tried("update crm.work_log set owner_id = %s", office.ids["seller"]) == REFUSED
    assert raw.tried("update crm.work_log set kind_id = crm.choice('priority', 'high')") == "23514"
    assert raw.tried(MOVE.replace("work_log_state", "priority"), "high", id_) == "23514"
    insert = "insert into crm.work_log (begins_on, kind_id, state_id) values (%s, crm.choice('work_log_kind', %s), "
    assert raw.tried(insert + "crm.choice('work_log_state', 'submitted'))", "2026-11-20", "day") == SAID
    week = log(raw, "junior", is_submitted=False, period="week")
    raw.become(login("junior"))
    row = raw.rows("select begins_on, ends_on, title from crm.work_log where id = %s", week)
    monday, sunday = datetime.date(2026, 11, 16), datetime.date(2026, 11, 22)
    assert row == [(monday, sunday, "junior 2026-11-16 – 2026-11-22")]
    again = insert.replace(", state_id", "").removesuffix(", ") + ")"
    assert raw.tried(again, "2026-11-20", "week") == "23505"  # the same week


def test_it_is_told_and_answered_and_then_stays(raw: Raw, office: Office) -> None:
    id_ = log(raw, "junior")
    told = "select employee_id, kind, sender_id, body from crm.message where entity = 'work_log' and record_id = %s"
    raw.become(None)
    ids = office.ids
    assert raw.rows(told, id_) == [(ids["seller"], "submitted", ids["junior"], "junior 2026-11-18")]
    raw.count("delete from crm.message")
    raw.act(login("junior"), "comment")
    raw.count(COMMENT, id_)  # his own answers nothing
    assert state(raw, id_) == "submitted"
    raw.become(login("junior"))
    assert raw.tried(MOVE, "commented", id_) == 1
    assert state(raw, id_) == "submitted"
    raw.act(login("leader"), "comment")
    raw.count(COMMENT, id_)
    assert state(raw, id_) == "commented"
    assert [(row[0], row[1]) for row in raw.rows(told, id_)] == [(ids["junior"], "commented")]
    raw.become(None)
    raw.cursor.execute("savepoint moved")
    raw.count("update crm.employee set superior_id = null, department_id = null where id = %s", ids["junior"])
    raw.act(login("junior"), "comment")
    raw.count(COMMENT, id_)  # whoever may not read it any more is not told, though he has commented
    raw.become(None)
    assert raw.value("select count(*) from crm.message where kind = 'commented'") == 1
    raw.cursor.execute("rollback to savepoint moved")
    raw.become(login("junior"))
    assert raw.tried(MOVE, "draft", id_) == SAID
    raw.act(login("leader"), "uncomment")
    raw.count("delete from crm.comment where author_id = crm.me()")
    assert state(raw, id_) == "submitted"
    raw.become(login("junior"))
    assert raw.count(MOVE, "draft", id_) == 1
    assert raw.rows("select lines, submitted_at from crm.work_log") == [(None, None)]
    raw.become(login("leader"))
    assert raw.rows("select id from crm.work_log") == []


# By the services


@pytest.fixture
def seller(sign_in: SignIn) -> Gateway:
    return sign_in("seller")


def begun(gateway: Gateway) -> Record:
    with gateway.write() as session:
        id_ = work_logs.begin(session)
        assert work_logs.begin(session) == id_
        return records.fetch_record(session, "work_log", id_)


def test_begun_in_two_windows_at_once_it_is_one(seller: Gateway, sign_in: SignIn) -> None:
    other = sign_in("seller")
    with ThreadPoolExecutor(1) as second:
        with seller.write() as session:
            first = work_logs.begin(session)
            coming = second.submit(begun, other)
            waiting = text("select exists (select from pg_locks where not granted)")
            while not session.execute(waiting).scalar_one():
                assert not coming.done()
        assert coming.result().id == first


def told(gateway: Gateway, log: Record) -> list[tuple[str, str, str, str]]:
    with gateway.read() as session:
        return [(one.entity, one.title, one.whose, one.what_en) for one in work_logs.fetch_deeds(session, log.id)
                if not one.is_left_out]  # fmt: skip


def do_a_days_work(gateway: Gateway) -> dict[str, Record]:
    """One of everything that counts, and what does not: another's, yesterday's, what is private, what is to come."""
    now = datetime.datetime.now(FIRM)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    customer = create(gateway, "customer", name="华工")
    at = {"customer": Ref(customer.id, "华工")}
    done = {
        "activity": create(gateway, "activity", subject="报价电话", happened_at=now, **at),
        "opportunity": create(gateway, "opportunity", name="二期设备", **at),
        "service_request": create(gateway, "service_request", subject="卡纸", **at),
        "event": create(gateway, "event", subject="拜访", starts_at=midnight, ends_at=now, **at),
        "task": create(gateway, "task", subject="寄样本"),
    }
    create(gateway, "activity", subject="昨天", happened_at=midnight - datetime.timedelta(hours=1), **at)
    create(gateway, "event", subject="电话", starts_at=midnight, ends_at=now, **at)
    create(gateway, "activity", subject="电话", happened_at=midnight, **at)  # what came of it
    create(gateway, "event", subject="看牙", starts_at=midnight, ends_at=now, is_private=True)
    create(gateway, "event", subject="明天", starts_at=now + datetime.timedelta(days=1),
           ends_at=now + datetime.timedelta(days=1, hours=1))  # fmt: skip
    with gateway.write() as session:
        finished = session.connection().exec_driver_sql("select crm.choice('task_state', 'done')").scalar_one()
        records.save_record(session, done["task"], {"state": Ref(finished, "")})
    return done


def test_it_has_room_for_so_many_lines_as_its_page_says(seller: Gateway) -> None:
    log = begun(seller)
    with seller.write() as session:
        session.connection().exec_driver_sql(
            "insert into crm.activity (subject, happened_at, customer_id) select n::text, now(), c.id"
            f" from generate_series(1, {work_logs.MOST_DEEDS + 5}) n, (select min(id) as id from crm.customer) c"
        )
        assert len(work_logs.fetch_deeds(session, log.id)) == work_logs.MOST_DEEDS


def test_it_tells_the_day_by_itself_and_stands_as_it_was_submitted(sign_in: SignIn) -> None:
    writer = sign_in("both")
    do_a_days_work(writer)
    log = begun(writer)
    found = sorted(told(writer, log))
    assert found == [
        ("activity", "报价电话", "华工", ""),
        ("activity", "电话", "华工", ""),
        ("event", "拜访", "华工", ""),
        ("opportunity", "二期设备", "华工", "First contact"),
        ("service_request", "卡纸", "华工", "New"),
        ("task", "寄样本", "", "Done"),
    ]
    with writer.write() as session:
        tasks = [one.key for one in work_logs.fetch_deeds(session, log.id) if one.entity == "task"]
        log = work_logs.leave_out(session, log, tasks)
    with writer.write() as session:
        log = work_logs.submit(session, log)
    create(writer, "task", subject="以后")
    superior = sign_in("desk")
    assert sorted(told(superior, log)) == found[:-1]
    with superior.read() as session:
        assert [(one.words, one.record_id) for one in messages.fetch_messages(session, "unread")] == [
            (f"Work log submitted: {log.title}", log.id)
        ]
    with sign_in("director").read() as session:
        team = {one.name: (one.log_id, one.state) for one in work_logs.fetch_team(session, log.values["begins_on"])}
    missing = ("manager", "leader", "seller", "junior", "narrow", "idle", "desk", "clerk")
    assert team == {"both": (log.id, "submitted"), **dict.fromkeys(missing, (None, None))}


def test_an_undo_takes_back_what_nobody_has_answered_and_no_more(seller: Gateway, sign_in: SignIn) -> None:
    def undo(change_set: int) -> Any:
        with seller.write() as session:
            return journal.undo(session, change_set)

    with seller.write() as session:
        worded = records.save_record(session, begun(seller), {"summary": "谈妥"})
    with seller.write() as session:
        log = work_logs.submit(session, records.reread(session, worded))
    with pytest.raises(KnownError, match="submitted is changed no more"):
        undo(worded.change_set)
    undo(log.change_set)
    with seller.read() as session:
        assert records.fetch_record(session, "work_log", log.id).values["submitted_at"] is None
    with seller.write() as session:
        log = work_logs.submit(session, records.fetch_record(session, "work_log", log.id))
    superior = sign_in("manager")
    with superior.write() as session:
        comments.add_comment(session, log, "辛苦了")
    with pytest.raises(KnownError, match="Somebody has commented"):
        undo(log.change_set)
