"""The services of the calendar: what one saves, moves and repeats, and what everybody then finds in the week."""

from __future__ import annotations

import datetime
import threading
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from crm_desktop.core.errors import ConflictError, NoRightError
from crm_desktop.db.engine import Gateway
from crm_desktop.services import calendar, events, journal, messages
from crm_desktop.services.calendar import Span, clashes, free_spans
from crm_desktop.services.event_edits import Content, save_edited
from crm_desktop.services.events import Attendance, Swap
from crm_desktop.services.listing import ListQuery, fetch_ids
from crm_desktop.services.quick_entry import find_named_customer
from crm_desktop.services.records import FieldsError, fetch_record, new_record
from tests.db.conftest import SignIn

MONDAY = datetime.datetime(2026, 11, 30, 9).astimezone()
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


def make(
    gateway: Gateway, subject: str = "周会", at: datetime.datetime = MONDAY, rule: str | None = None,
    people: tuple[int, ...] = (), resources: tuple[int, ...] = (), **values: Any,
) -> int:  # fmt: skip
    with gateway.write() as session:
        record = new_record("event", gateway.person, subject=subject, starts_at=at, ends_at=at + HOUR, **values)
        return events.create(session, record, rule, Attendance(people, resources)).event_id


def week(gateway: Gateway, *people: int, days: int = 28, resources: tuple[int, ...] = ()) -> list[calendar.Occurrence]:
    with gateway.read() as session:
        since = MONDAY - 9 * HOUR
        return calendar.fetch_span(session, since, since + days * DAY, people or (gateway.person.id,), resources)


def starts(gateway: Gateway, *people: int, days: int = 28) -> str:
    return " ".join(f"{one.starts_at:%m%d.%H}{one.title}" for one in week(gateway, *people, days=days))


def id_of(gateway: Gateway, table: str, name: str) -> int:
    with gateway.read() as session:
        return int(
            session.execute(text(f"select id from crm.{table} where name like :name"), {"name": name}).scalar_one()
        )


def at(day: str, hour: int) -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"2026-{day}").replace(hour=hour).astimezone()


def test_one_sees_ones_own_words_and_of_others_that_they_are_busy(sign_in: SignIn) -> None:
    seller, desk = sign_in("seller"), sign_in("desk")
    make(seller, place="广州")
    (mine,) = week(seller)
    assert mine.details is not None
    assert (mine.title, mine.details.place, mine.details.owner.id, mine.tone) == (
        "周会",
        "广州",
        seller.person.id,
        "accent",
    )
    (busy,) = week(desk, seller.person.id)
    assert (busy.title, busy.details, busy.tone, busy.starts_at) == ("Busy", None, "neutral", MONDAY)


def test_moving_one_of_a_series_this_and_following_and_all(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    series = make(seller, "晨会", rule="FREQ=WEEKLY;BYDAY=MO;COUNT=4")
    assert starts(seller) == "1130.09晨会 1207.09晨会 1214.09晨会 1221.09晨会"
    with seller.write() as session:
        events.move(session, series, at("12-07", 9), Span(at("12-08", 15), at("12-08", 16)), "this")
    assert starts(seller) == "1130.09晨会 1208.15晨会 1214.09晨会 1221.09晨会"
    with seller.write() as session:
        moved = events.move(session, series, at("12-14", 9), Span(at("12-15", 10), at("12-15", 11)), "following")
    assert starts(seller) == "1130.09晨会 1208.15晨会 1215.10晨会 1222.10晨会"
    assert moved.event_id != series
    with seller.write() as session:
        events.move(session, moved.event_id, at("12-22", 10), Span(at("12-23", 8), at("12-23", 9)), "all")
    assert starts(seller) == "1130.09晨会 1208.15晨会 1216.08晨会 1223.08晨会"
    with seller.write() as session:
        journal.undo(session, moved.change_set)
    assert starts(seller).startswith("1130.09晨会 1208.15晨会")


def test_deleting_of_a_series_and_undoing_it(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    series = make(seller, "晨会", rule="FREQ=DAILY;COUNT=5")
    whole = starts(seller)
    with seller.write() as session:
        events.remove(session, series, at("12-01", 9), "this")
        last = events.remove(session, series, at("12-03", 9), "following")
    assert starts(seller) == "1130.09晨会 1202.09晨会"
    with seller.write() as session:
        journal.undo(session, last.change_set)
    assert starts(seller) == whole.replace(" 1201.09晨会", "")
    with seller.write() as session:
        events.remove(session, series, at("12-02", 9), "all")
    assert starts(seller) == ""


def test_of_a_series_one_is_told_of_that_alone_which_changes(sign_in: SignIn) -> None:
    seller, junior = sign_in("seller"), sign_in("junior")
    first = datetime.datetime(2098, 12, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))  # where the firm is
    series = make(seller, "晨会", first, "FREQ=DAILY;COUNT=5", (junior.person.id,))

    def told() -> list[tuple[str, str]]:
        with junior.write() as session:
            found = [(one.kind, one.body) for one in messages.fetch_messages(session, "unread")]
            session.execute(text("select crm.mark_messages(array(select id from crm.message), false)"))
        return found

    assert told() == [("invitation", f"晨会 · {first:%Y-%m-%d %H:%M}")]
    with seller.write() as session:
        events.remove(session, series, first + DAY, "this")
    assert told() == [("cancelled", f"晨会 · {first + DAY:%Y-%m-%d %H:%M}")]
    with seller.write() as session:
        later = first + 2 * DAY
        events.move(session, series, later, Span(later + HOUR, later + 2 * HOUR), "this")
    assert told() == [("moved", f"晨会 · {first + 2 * DAY + HOUR:%Y-%m-%d %H:%M}")]
    with seller.write() as session:
        events.remove(session, series, first + 3 * DAY, "following")
    assert told() == [("cancelled", f"晨会 · {first + 3 * DAY:%Y-%m-%d %H:%M}")]


def test_answers_go_with_what_leaves_its_series_and_nowhere_else(sign_in: SignIn) -> None:
    seller, junior = sign_in("seller"), sign_in("junior")
    first = MONDAY + 7 * DAY
    series = make(seller, "晨会", first, "FREQ=DAILY;COUNT=4", (junior.person.id,))
    with junior.write() as session:
        events.answer(session, series, "accepted", "晨会")
    with seller.write() as session:
        rest = events.split(session, series, first + 2 * DAY).event_id
        apart = events.detach(session, series, first + DAY).event_id
    with junior.read() as session:
        given = session.scalars(
            text(
                "select crm.choice('event_answer', 'accepted') union all select answer_id "
                "from crm.event_participant where event_id = any(:ids)"
            ),
            {"ids": [rest, apart]},
        )
        assert len({*given}) == 1
    other = make(seller, "另一个会", first)
    with pytest.raises(NoRightError), seller.write() as session:
        session.execute(
            text("insert into crm.event_participant (event_id, employee_id, answer_id) "
                 "values (:event, :who, crm.choice('event_answer', 'accepted'))"),
            {"event": other, "who": junior.person.id},
        )  # fmt: skip


def test_an_endless_rule_is_known_years_ahead_and_then_further(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    series = make(seller, "年检", rule="FREQ=MONTHLY;BYMONTHDAY=30")
    with seller.read() as session:
        many = session.execute(
            text("select count(*) from crm.occupied(now(), now() + interval '5 years', :me, '{}')"),
            {"me": [seller.person.id]},
        ).scalar_one()
    assert many > 30
    with seller.write() as session:
        session.execute(text("update crm.event set occurs_at = occurs_at[1:3] where id = :id"), {"id": series})
    with seller.write() as session:
        assert events.look_further_ahead(session) == 1
    with seller.write() as session:
        assert events.look_further_ahead(session) == 0


def test_undoing_a_new_event_takes_its_times_too(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    with seller.write() as session:
        record = new_record("event", seller.person, subject="一次", starts_at=MONDAY, ends_at=MONDAY + HOUR)
        saved = events.create(session, record, None, Attendance((sign_in("junior").person.id,)))
    with seller.write() as session:
        assert journal.undo(session, saved.change_set).kept == ()
    assert starts(seller) == ""


def test_a_copy_asks_anew_and_belongs_to_whoever_made_it(sign_in: SignIn) -> None:
    seller, junior = sign_in("seller"), sign_in("junior")
    first = make(seller, people=(junior.person.id,))
    with junior.write() as session:
        events.answer(session, first, "accepted", "周会")
    (asked,) = week(junior)
    assert asked.details is not None
    assert asked.details.answer == "accepted"
    with seller.write() as session:
        events.copy(session, first, MONDAY, Span(MONDAY + DAY, MONDAY + DAY + HOUR))
    assert [one.details.answer for one in week(junior) if one.details] == ["accepted", "invited"]
    with junior.write() as session, pytest.raises(NoRightError):
        events.move(session, first, MONDAY, Span(MONDAY + HOUR, MONDAY + 2 * HOUR), "all")


def test_the_lists_of_events_know_what_one_was_invited_to_and_did_not_decline(sign_in: SignIn) -> None:
    seller, junior = sign_in("seller"), sign_in("junior")
    tomorrow = datetime.datetime.now().astimezone() + DAY
    own = make(junior, at=tomorrow)
    asked, accepted, declined = (make(seller, at=tomorrow + n * DAY, people=(junior.person.id,)) for n in range(3))
    over = make(seller, at=tomorrow - 9 * DAY, people=(junior.person.id,))
    series = make(seller, "晨会", tomorrow - 9 * DAY, "FREQ=DAILY;COUNT=20", (junior.person.id,))
    with junior.write() as session:
        events.answer(session, accepted, "accepted", "周会")
        events.answer(session, declined, "declined", "周会")

    def listed(preset: str) -> set[int]:
        with junior.read() as session:
            return set(fetch_ids(session, ListQuery(entity="event", preset=preset), junior.person))

    assert listed("invitations") == {asked, series}
    assert listed("coming") == {own, asked, accepted, series}
    assert listed("mine") == listed("coming") | {over}


def test_who_moved_it_first_wins(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    first = make(seller)
    with seller.write() as session:
        events.move(session, first, MONDAY, Span(MONDAY + HOUR, MONDAY + 2 * HOUR), "all")
    with seller.write() as session, pytest.raises(ConflictError):
        events.move(session, first, MONDAY, Span(MONDAY + DAY, MONDAY + DAY + HOUR), "all")


def test_changing_the_rule_and_who_takes_part_is_one_action(sign_in: SignIn) -> None:
    seller, junior = sign_in("seller"), sign_in("junior")
    first = make(seller)
    car = id_of(seller, "resource", "粤%")
    with seller.write() as session:
        saved = events.change(
            session,
            first,
            MONDAY,
            "all",
            {"subject": "例会"},
            "FREQ=WEEKLY;COUNT=2",
            Attendance((junior.person.id,), (car,)),
        )
    assert starts(junior) == "1130.09例会 1207.09例会"
    with seller.read() as session:
        assert events.fetch_attendance(session, first) == Attendance((junior.person.id,), (car,))
    with seller.write() as session:
        journal.undo(session, saved.change_set)
    assert (starts(seller), starts(junior)) == ("1130.09周会", "")


def test_an_event_goes_over_to_another_room_or_person(sign_in: SignIn) -> None:
    admin, seller, junior, desk = (sign_in(key) for key in ("admin", "seller", "junior", "desk"))
    people = (seller.person.id, junior.person.id)
    car, room = id_of(admin, "resource", "粤%"), id_of(admin, "resource", "%会议室%")
    first = make(admin, people=people, resources=(car,))
    make(admin, "送货", MONDAY + DAY, resources=(car,))
    with admin.write() as session:  # the car has no time tomorrow, which does not matter: it stays here
        to = Span(MONDAY + DAY, MONDAY + DAY + HOUR)
        events.move(session, first, MONDAY, to, "all", Swap(is_resource=True, leaves=car, comes=room))
    swap = Swap(is_resource=False, leaves=junior.person.id, comes=desk.person.id)
    with admin.write() as session:
        saved = events.move(session, first, MONDAY + DAY, to, "all", swap)
        assert events.fetch_attendance(session, first) == Attendance((seller.person.id, desk.person.id), (room,))
    with admin.write() as session:
        journal.undo(session, saved.change_set)
        assert events.fetch_attendance(session, first) == Attendance(people, (room,))
    with admin.write() as session:
        to = Span(MONDAY, MONDAY + HOUR)
        given = Swap(is_resource=False, leaves=admin.person.id, comes=seller.person.id)
        beside = events.copy(session, first, MONDAY + DAY, to, given).event_id
        (clash,), names = calendar.fetch_clashes(session, first, Span(MONDAY, MONDAY + HOUR))
        assert (clash.event_id, [names[False, id_] for id_ in clash.people]) == (beside, ["seller", "junior"])


def test_changing_this_one_and_this_and_the_following(sign_in: SignIn) -> None:
    seller, nobody = sign_in("seller"), Attendance()
    rule = "FREQ=WEEKLY;BYDAY=MO;COUNT=4"
    series = make(seller, "晨会", rule=rule)
    with seller.write() as session:
        events.change(session, series, at("12-07", 9), "this", {"subject": "外出"}, rule, nobody)
        later = {"starts_at": at("12-15", 10), "ends_at": at("12-15", 12), "subject": "周二会"}
        moved = events.change(session, series, at("12-14", 9), "following", later, rule, nobody)
    assert starts(seller) == "1130.09晨会 1207.09外出 1215.10周二会 1222.10周二会"
    with seller.write() as session:
        events.change(session, series, at("11-30", 9), "all", {}, "FREQ=WEEKLY;BYDAY=MO;COUNT=3", nobody)
    assert starts(seller) == "1130.09晨会 1207.09外出 1214.09晨会 1215.10周二会 1222.10周二会"
    with seller.write() as session:
        events.change(session, moved.event_id, at("12-22", 10), "all", {"subject": "一次"}, None, nobody)
    assert starts(seller) == "1130.09晨会 1207.09外出 1214.09晨会 1222.10一次"


def test_what_somebody_else_changed_meanwhile_stays_and_the_same_field_is_told(sign_in: SignIn) -> None:
    seller, clerk = sign_in("seller"), sign_in("clerk")
    room, junior = id_of(seller, "resource", "大会议室"), sign_in("junior").person.id
    rule = "FREQ=WEEKLY;BYDAY=MO;COUNT=4"
    series = make(seller, "晨会", rule=rule)

    def opened(gateway: Gateway) -> Content:
        with gateway.read() as session:
            values = fetch_record(session, "event", series).values
            return Content(values, str(values["rule"]), events.fetch_attendance(session, series))

    def save(gateway: Gateway, before: Content, rule: str, attendance: Attendance, **typed: str) -> None:
        with gateway.write() as session:
            after = Content({**before.values, **typed}, rule, attendance)
            save_edited(session, series, MONDAY, "all", before, after)

    first = second = opened(seller)
    save(clerk, first, "FREQ=WEEKLY;BYDAY=MO;COUNT=2", Attendance((), (room,)), place="三楼")
    save(seller, second, rule, Attendance((junior,)), subject="早会")
    now = opened(seller)
    assert (now.values["place"], now.values["subject"]) == ("三楼", "早会")
    assert (now.rule, now.attendance) == ("FREQ=WEEKLY;BYDAY=MO;COUNT=2", Attendance((junior,), (room,)))
    with pytest.raises(ConflictError, match="Place"):
        save(seller, second, rule, Attendance(), place="二楼")


def test_two_people_book_the_same_car_at_once_and_one_gets_it(sign_in: SignIn) -> None:
    seller, junior = sign_in("seller"), sign_in("junior")
    car, told = id_of(seller, "resource", "粤%"), []
    both_ready = threading.Barrier(2)

    def book(gateway: Gateway) -> None:
        try:
            with gateway.write() as session:
                record = new_record("event", gateway.person, subject="送货", starts_at=MONDAY, ends_at=MONDAY + HOUR)
                saved = events.create(session, record)
                both_ready.wait(60)
                events.change(session, saved.event_id, MONDAY, "all", {}, None, Attendance((), (car,)))
                told.append("booked")
        except ConflictError as error:
            told.append(error.message)

    threads = [threading.Thread(target=book, args=(gateway,)) for gateway in (seller, junior)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    told.remove("booked")
    (refused,) = told
    assert "is already booked" in refused
    assert len(week(seller, resources=(car,))) == 1


def test_a_line_names_its_customer_between_its_verbs(sign_in: SignIn) -> None:
    director = sign_in("director")
    with director.read() as session:
        for line in ("给客户7寄样本", "拜访客户7", "下周 联系客户7 谈合同", "客户7"):
            found = find_named_customer(session, line, director.person)
            assert found is not None, line
            assert found.label == "客户7"
        assert find_named_customer(session, "给张总打电话", director.person) is None


def test_what_cannot_be_is_said_of_its_field(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    with seller.write() as session, pytest.raises(FieldsError) as refused:
        events.create(session, new_record("event", seller.person, starts_at=MONDAY, ends_at=MONDAY + HOUR))
    assert [*refused.value.fields] == ["subject"]


def test_free_times_lie_in_the_working_hours_of_all(sign_in: SignIn) -> None:
    seller, desk = sign_in("seller"), sign_in("desk")
    people = [seller.person.id, desk.person.id]
    with seller.read() as session:
        working, notes = calendar.fetch_days(session, MONDAY - 62 * DAY, MONDAY + DAY)
    opening = working[-2].starts_at  # in the firm's zone, wherever this computer is
    assert [span.ends_at - span.starts_at for span in working[-2:]] == [3 * HOUR, 5 * HOUR]
    assert (notes[datetime.date(2026, 10, 1)].is_working, notes[datetime.date(2026, 10, 10)].is_working) == (
        False,
        True,
    )
    make(seller, at=opening)
    make(desk, at=opening + 2 * HOUR, is_private=True)
    with seller.read() as session:
        found = calendar.find_free(session, opening, HOUR, people, [], most=3)
        wanted = [Span(opening + 2 * HOUR, opening + 3 * HOUR)]
        clash = calendar.find_clashes(session, wanted, people, [])
    assert [(span.starts_at - opening) // HOUR for span in found] == [1, 4, 5]
    assert [one.title for _span, one in clash] == ["Busy"]


def test_clashes_and_free_times() -> None:
    one = calendar.Occurrence(1, MONDAY, MONDAY + HOUR, (1, 2), (9,), None)
    wanted = Span(MONDAY + HOUR / 2, MONDAY + 2 * HOUR)
    assert clashes([one], wanted, [2], []) == [one] == clashes([one], wanted, [], [9])
    assert clashes([one], wanted, [3], []) == [] == clashes([one], wanted, [2], [9], but=1)
    assert clashes([one], Span(MONDAY + HOUR, MONDAY + 2 * HOUR), [1], []) == []
    office = Span(MONDAY, MONDAY + 9 * HOUR)
    busy = [
        (MONDAY - HOUR, MONDAY + HOUR),
        (MONDAY + 2 * HOUR, MONDAY + 3 * HOUR),
        (MONDAY + 2 * HOUR, MONDAY + 4 * HOUR),
    ]
    assert [*free_spans(busy, [office])] == [
        Span(MONDAY + HOUR, MONDAY + 2 * HOUR),
        Span(MONDAY + 4 * HOUR, office.ends_at),
    ]
