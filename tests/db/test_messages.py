"""Messages, announcements and alerts by raw connection: who gets them, who can read them, what goes by itself."""

from __future__ import annotations

import datetime
import random

from crm_desktop.core import clock
from crm_desktop.core.lunar import FIRST, LAST, lunar_day
from tests.db.office import SIGNED_IN, Office, login
from tests.db.raw import Raw

REFUSED = "42501"
SEND = "select crm.send_message(%s, %s::bigint[], %s::bigint[], %s::bigint[], %s, %s)"


def send(raw: Raw, by: str, *, people: list[int] | None = None, departments: list[int] | None = None,
         groups: list[int] | None = None, entity: str | None = None, record: int | None = None) -> int:  # fmt: skip
    raw.become(login(by))
    return int(raw.value(SEND, "明天开会", people or [], departments or [], groups or [], entity, record))


def got(raw: Raw, key: str) -> list[str]:
    raw.become(login(key))
    return raw.column("select body from crm.message where not is_sent")


def test_each_reads_his_own_copy_only(raw: Raw, office: Office) -> None:
    assert send(raw, "seller", people=[office.ids["junior"], office.ids["leader"]]) == 2
    for key in SIGNED_IN:
        assert got(raw, key) == (["明天开会"] if key in {"junior", "leader"} else [])
    raw.become(login("seller"))
    assert raw.rows("select is_sent, receivers, read_at is null from crm.message") == [(True, "junior、leader", False)]
    raw.become(login("junior"))
    assert raw.tried("update crm.message set body = 'x'") == REFUSED
    forged = "insert into crm.message (employee_id, sender_id, body) values (%s, %s, 'x')"
    for receiver in ("director", "junior"):  # not even into his own box: as if somebody had told him
        assert raw.tried(forged, office.ids[receiver], office.ids["seller"]) == REFUSED


def test_departments_reach_those_below_and_nobody_who_has_left(raw: Raw, office: Office) -> None:
    sales = raw.value("select id from crm.department where name = 'sales'")
    assert send(raw, "director", departments=[sales]) == 6  # manager, leader, seller, junior, narrow, idle
    assert got(raw, "gone") == []
    raw.become(None)
    clerks = raw.value("select id from crm.permission_group where code = 'clerk'")
    assert send(raw, "director", groups=[clerks]) == 1
    assert len(got(raw, "clerk")) == 1
    assert office.ids["gone"] not in raw.column("select employee_id from crm.message")


def test_nobody_sends_a_record_that_he_does_not_see(raw: Raw, office: Office) -> None:
    raw.become(None)
    customer = raw.value("select min(id) from crm.customer where owner_id = %s", office.ids["director"])
    raw.become(login("junior"))
    assert raw.tried(SEND, "看", [office.ids["seller"]], [], [], "customer", customer) == REFUSED
    assert send(raw, "director", people=[office.ids["junior"]], entity="customer", record=customer) == 1


def test_who_is_named_in_a_comment_is_told_if_he_sees_the_record(raw: Raw, office: Office) -> None:
    raw.become(None)
    customer = raw.value("select min(id) from crm.customer where owner_id = %s", office.ids["seller"])
    named = [office.ids["leader"], office.ids["narrow"], office.ids["idle"], office.ids["seller"]]
    raw.act(login("seller"), "comment")
    raw.count(
        "insert into crm.comment (entity, record_id, body, mentions) values ('customer', %s, '请看 @leader', %s)",
        customer, named,
    )  # fmt: skip
    raw.become(None)
    told = raw.rows(
        "select e.name, m.kind, m.entity, m.record_id from crm.message m join crm.employee e on e.id = m.employee_id"
    )
    sees = {
        key for key in ("leader", "narrow", "idle") if office.ids["seller"] in office.reached(key, "customer", "read")
    }
    assert {row[0] for row in told} == sees
    assert {row[1:] for row in told} == {("mention", "customer", customer)}


def test_readings_are_written_by_reading_alone(raw: Raw) -> None:
    raw.act(login("clerk"), "create")
    id_ = raw.value("insert into crm.announcement (title) values ('放假通知') returning id")
    raw.become(login("junior"))
    raw.value("select crm.note_announcement_read(%s)", id_)
    raw.value("select crm.note_announcement_read(%s)", id_)
    assert (
        raw.tried("insert into crm.announcement_reading (announcement_id, employee_id) values (%s, 1)", id_) == REFUSED
    )
    assert raw.tried("update crm.announcement set title = 'x'") == 0
    raw.become(login("clerk"))
    names = raw.column(
        "select e.name from crm.announcement_reading r join crm.employee e on e.id = r.employee_id"
        " where announcement_id = %s", id_,
    )  # fmt: skip
    assert names == ["junior"]


def test_what_is_announced_to_a_department_only_its_people_read(raw: Raw, office: Office) -> None:
    raw.become(None)
    department = raw.value("select department_id from crm.employee where id = %s", office.ids["junior"])
    raw.act(login("clerk"), "create")
    insert = "insert into crm.announcement (title, department_id) values ('只给一个部门', %s) returning id"
    id_ = raw.value(insert, department)
    for who, sees in (("clerk", True), ("junior", True), ("desk", False)):
        raw.become(login(who))
        assert raw.column("select id from crm.announcement") == ([id_] if sees else []), who
        assert (raw.rows("select * from journal.history('announcement', %s)", id_) != []) is sees, who


# Alerts


def rule(raw: Raw, kind: str, days: int, **values: object) -> int:
    raw.become(None)
    raw.count("update crm.alert_rule set is_active = false")
    columns = "".join(f", {name}" for name in values)
    marks = ", %s" * len(values)
    return int(
        raw.value(
            f"insert into crm.alert_rule (name, kind_id, days{columns})"
            f" values ('x', crm.choice('alert_kind', %s), %s{marks}) returning id",
            kind, days, *values.values(),
        )
    )  # fmt: skip


def alerts(raw: Raw, key: str) -> list[tuple[str, int]]:
    raw.become(login(key))
    return [(row[0], row[1]) for row in raw.rows("select entity, record_id from crm.my_alerts()")]


def test_an_alert_goes_to_the_owner_and_goes_with_its_cause(raw: Raw, office: Office) -> None:
    raw.become(None)
    quiet = raw.value("select min(id) from crm.customer where owner_id = %s", office.ids["seller"])
    raw.count("update crm.customer set is_do_not_contact = (id <> %s)", quiet)
    raw.count("delete from crm.activity where customer_id = %s", quiet)
    raw.count("update crm.customer set registered_on = current_date - 40 where id = %s", quiet)
    rule(raw, "quiet_customer", 30)
    raw.become(None)  # as the elected workstation has it done
    assert raw.value("select crm.evaluate_alerts()") == 1
    assert raw.value("select crm.evaluate_alerts()") == 0
    for key in SIGNED_IN:
        assert alerts(raw, key) == ([("customer", quiet)] if key == "seller" else [])
    raw.act(login("seller"), "create")
    raw.count("insert into crm.activity (customer_id, subject) values (%s, '电话')", quiet)
    assert alerts(raw, "seller") == []


def test_the_superior_is_warned_where_the_rule_says_so(raw: Raw, office: Office) -> None:
    raw.act(login("seller"), "create")
    id_ = raw.value("insert into crm.opportunity (name) values ('设备') returning id")
    raw.become(None)
    raw.count("update crm.opportunity set stalls_on = current_date - 3 where id = %s", id_)
    rule(raw, "stalled_deal", 2, warns_superior=True)
    raw.become(None)
    assert raw.value("select crm.evaluate_alerts()") == 2
    assert alerts(raw, "seller") == alerts(raw, "leader") == [("opportunity", id_)]
    raw.become(login("seller"))
    assert raw.tried("update crm.alert set record_id = 1") == REFUSED
    assert raw.count("update crm.alert set snoozed_until = current_date + 1") == 1
    assert alerts(raw, "seller") == []
    assert office.ids["seller"] > 0


def test_persons_and_groups_that_a_rule_names_are_warned_of_what_they_see(raw: Raw, office: Office) -> None:
    raw.act(login("seller"), "create")
    id_ = raw.value("insert into crm.opportunity (name) values ('设备') returning id")
    raw.become(None)
    raw.count("update crm.opportunity set stalls_on = current_date - 3 where id = %s", id_)
    group = raw.value("select id from crm.permission_group where code = 'general_manager'")
    rule(raw, "stalled_deal", 2, warns_owner=False, employee_id=office.ids["leader"], group_id=group)
    rule_of_stranger = (
        "insert into crm.alert_rule (name, kind_id, days, employee_id)"
        " select 'y', kind_id, 2, %s from crm.alert_rule where name = 'x' returning id"
    )
    raw.value(rule_of_stranger, office.ids["junior"])
    raw.become(None)
    raw.value("select crm.evaluate_alerts()")
    warned = {key for key in SIGNED_IN if alerts(raw, key)}
    assert warned == {"leader", "director", "seller"}  # the seller by the other rule; the junior does not see it
    raw.become(None)
    assert raw.value("select count(*) from crm.alert where employee_id = %s", office.ids["junior"]) == 0


def test_birthdays_are_told_so_many_days_before_by_sun_and_moon(raw: Raw, office: Office) -> None:
    raw.become(None)
    contact = raw.value("select min(id) from crm.contact where owner_id = %s", office.ids["seller"])
    rule(raw, "birthday", 7)
    for kept, is_lunar in (("to_char(%s::date, 'MM-DD')", False), ("crm.lunar_day(%s)", True)):
        for ahead, warned in ((0, True), (7, True), (8, False), (-1, False)):
            raw.become(None)
            day = clock.today() + datetime.timedelta(ahead)
            raw.count(
                f"update crm.contact set birthday = '1980-' || {kept}, is_birthday_lunar = %s where id = %s",
                day, is_lunar, contact,
            )  # fmt: skip
            raw.value("select crm.evaluate_alerts()")
            moon = lunar_day(day)
            is_kept = not is_lunar or (moon is not None and not moon.is_leap_month)
            assert alerts(raw, "seller") == ([("contact", contact)] if warned and is_kept else []), (day, is_lunar)


def test_the_database_knows_the_calendar_of_the_moon(raw: Raw) -> None:
    chance = random.Random(5)
    days = [FIRST + datetime.timedelta(chance.randrange((LAST - FIRST).days)) for _number in range(150)]
    days += [datetime.date(2020, 5, 23), datetime.date(2025, 7, 25), FIRST, LAST]
    raw.become(login("seller"))
    found = raw.rows("select crm.lunar_day(d) from unnest(%s::date[]) with ordinality as days (d, n) order by n", days)
    read = [lunar_day(day) for day in days]
    assert [row[0] for row in found] == [
        None if one is None or one.is_leap_month else f"{one.month:02}-{one.day:02}" for one in read
    ]
    assert None in [row[0] for row in found]  # 23 May 2020 is in a month that is doubled
    kept = raw.rows("select birthday from crm.birthdays_on('2025-02-28') where not is_lunar order by 1")
    assert [row[0] for row in kept] == ["02-28", "02-29"]
    assert raw.value("select crm.lunar_birthdays('2026-02-16', '2026-02-17')") == ["12-29", "12-30", "01-01"]


def test_what_minutes_count_for_is_looked_at_more_often_and_leaves_the_rest_alone(raw: Raw, office: Office) -> None:
    raw.act(login("seller"), "create")
    task = raw.value("insert into crm.task (subject, due_on) values ('寄样本', current_date - 2) returning id")
    customer = raw.value("select min(id) from crm.customer where owner_id = %s", office.ids["seller"])
    raw.become(None)
    request = raw.value(
        "insert into crm.service_request (subject, customer_id, owner_id, reported_at)"
        " values ('卡纸', %s, %s, now() - interval '30 days') returning id",
        customer, office.ids["seller"],
    )  # fmt: skip
    raw.value("select crm.evaluate_alerts()")
    mine = [("service_request", request), ("task", task)]
    assert sorted(a for a in alerts(raw, "seller") if a[0] in {"task", "service_request"}) == mine
    assert ("service_request", request) in alerts(raw, "leader")  # the superior
    raw.become(None)
    raw.count("update crm.service_request set reported_at = now() where id = %s", request)
    raw.value("select crm.evaluate_urgent_alerts()")
    assert raw.column("select record_id from crm.alert where entity = 'service_request'") == []
    assert raw.column("select record_id from crm.alert where entity = 'task'") == [task]
