"""What those who take part in an event are told of it, by raw connection: one message each, and none to who does it."""

from __future__ import annotations

from typing import Any

from tests.db.office import Office, login
from tests.db.raw import Raw
from tests.db.test_calendar import event, invite

FUTURE = {"starts_at": "2098-12-01 09:00+8", "ends_at": "2098-12-01 10:00+8"}
WHAT = "周会 · 2098-12-01 09:00"


def told(raw: Raw, key: str) -> list[tuple[str, str]]:
    """The messages somebody has, the newest last."""
    raw.become(login(key))
    return raw.rows("select kind, body from crm.message order by id")


def do(raw: Raw, by: str, statement: str, *values: Any) -> int:
    """One action of somebody; its change set."""
    change_set = raw.act(login(by), "edit")
    raw.count(statement, *values)
    return change_set


def test_who_takes_part_is_told_that_it_moves_where_to_and_that_it_does_not_take_place(
    raw: Raw, office: Office
) -> None:
    id_ = event(raw, "desk", **FUTURE, place="二楼")
    for key in ("junior", "director", "desk"):
        invite(raw, "desk", id_, office.ids[key])
    raw.become(login("director"))
    raw.rows("select crm.answer_invitation(%s, 'declined')", id_)
    raw.value("select crm.mark_messages(array(select id from crm.message), false)")
    do(
        raw,
        "desk",
        "update crm.event set subject = '例会', starts_at = starts_at - interval '1 hour' where id = %s",
        id_,
    )
    moved = "例会 · 2098-12-01 08:00 · 二楼"
    assert told(raw, "junior") == [("invitation", moved)]  # nobody read that it was at nine
    raw.value("select crm.mark_messages(array(select id from crm.message), false)")
    do(raw, "desk", "update crm.event set place = '三楼' where id = %s", id_)
    do(raw, "desk", "update crm.event set description = '议程' where id = %s", id_)
    assert told(raw, "junior")[1:] == [("moved", "例会 · 2098-12-01 08:00 · 三楼")]
    do(raw, "desk", "delete from crm.event where id = %s", id_)
    assert told(raw, "junior")[1:] == [("cancelled", "例会 · 2098-12-01 08:00 · 三楼")]
    assert [kind for kind, _body in told(raw, "director")] == ["invitation"]  # who declined is left alone
    assert told(raw, "desk") == [("declined", WHAT + " · 二楼")]


def test_who_need_not_come_any_more_is_told_and_an_undo_asks_him_again(raw: Raw, office: Office) -> None:
    id_ = event(raw, "desk", **FUTURE)
    invite(raw, "desk", id_, office.ids["junior"])
    raw.become(login("junior"))
    raw.rows("select crm.answer_invitation(%s, 'accepted')", id_)
    gone = do(raw, "desk", "delete from crm.event_participant where event_id = %s", id_)
    assert told(raw, "junior") == [("released", WHAT)]
    raw.become(login("desk"))
    raw.rows("select * from journal.undo(%s)", gone)
    assert told(raw, "junior") == [("restored", WHAT)]


def test_the_organiser_is_told_what_somebody_else_does_and_nobody_of_what_is_over(raw: Raw, office: Office) -> None:
    id_ = event(raw, "seller", **FUTURE)
    do(raw, "clerk", "update crm.event set ends_at = ends_at + interval '1 hour' where id = %s", id_)
    assert (told(raw, "seller"), told(raw, "clerk")) == ([("moved", WHAT)], [])
    over = event(raw, "seller", starts_at="2020-12-01 09:00+8", ends_at="2020-12-01 10:00+8")
    invite(raw, "seller", over, office.ids["junior"])
    do(raw, "seller", "delete from crm.event where id = %s", over)
    assert told(raw, "junior") == []
