"""Gives the sample firm machines at its customers and two years of service requests, to a firm made earlier too."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.db.bulk import copy_rows
from crm_desktop.demo.calendar import day_between, office_time, working_day
from crm_desktop.demo.draw import Dice
from crm_desktop.demo.scale import Scale
from crm_desktop.demo.team import read_choices
from crm_desktop.demo.words import read_words
from crm_desktop.entities.service import INSTALLED_PRODUCT, SERVICE_REQUEST
from crm_desktop.services.keys import derived_columns

SKILL_TABLES = ("employee_skill",)
MAINTENANCE_TABLES = ("installed_product",)
SERVICE_TABLES = ("installed_product", "service_request", "service_stay")
Row = dict[str, Any]
_YEARS = 2
_FRESH_DAYS, _FRESH_SHARE = 3, 0.05  # what is reported in the last days is still open, most of it
_MACHINES = 3  # of one customer, at most
_PRIORITIES = {"critical": "urgent", "major": "high", "minor": "normal", "none": "low"}
_SCORES = ("5", "5", "5", "4", "4", "4", "4", "3", "3", None, None)
_OPEN_STATES = ("new", "new", "new", "dispatched", "accepted", "in_work", "in_work", "waiting", "reopened", "refused")
_OF_POOL, _TAKEN = ("new", "refused"), ("accepted", "in_work", "waiting", "solved", "closed")
_CLIENTS = text("""
    select c.id, c.owner_id, c.first_deal_on, array(
        select k.id from crm.contact k where k.customer_id = c.id and not k.has_left order by k.id limit 3) as contacts
    from crm.customer c where c.first_deal_on < :known order by md5('service' || c.id::text) limit :count
""")
_WARES = text("""
    select p.id, p.name from crm.product p where p.code like 'WY%' order by p.id
""")
_ENGINEERS = text("""
    select e.id from crm.employee e where e.is_active and exists (
        select from crm.group_member b join crm.permission_group g on g.id = b.group_id
        where b.employee_id = e.id and g.code = 'service') order by e.id
""")
_SKILLS = text("""
    insert into crm.employee_skill (employee_id, category_id, type_id)
    select e.id, c.id, case when w.type <> '' then crm.choice('request_type', w.type) end
    from unnest(cast(:logins as text[]), cast(:categories as text[]), cast(:types as text[]))
         with ordinality w (login, category, type, place)
    join crm.employee e on e.login = w.login left join crm.product_category c on c.name = w.category
    order by w.place
""")
# One in three, every second of them twice a year; some of it is due by now.
_PLANS = text("""
    update crm.installed_product p
    set maintenance_months = n.months,
        next_maintenance_on = cast(:today as date) + mod(p.id * 37, n.months * 30)::integer
    from (select i.id, case when mod(i.id, 2) = 0 then 6 else 12 end as months from crm.installed_product i) n
    where n.id = p.id and mod(p.id, 3) = 0
""")
_KEYS = text("""
    select nextval(pg_get_serial_sequence('crm.service_request', 'id')), crm.next_number('service_request')
    from generate_series(1, :count)
""")
_MOMENTS = text("""
    select crm.after_working_minutes(w.since, w.minutes)
    from unnest(cast(:since as timestamptz[]), cast(:minutes as integer[])) with ordinality w (since, minutes, place)
    order by w.place
""")
_TARGETS = text("""
    update crm.service_request r
    set response_due_at = t.response_due_at, solution_due_at = t.solution_due_at, due_at = t.due_at,
        warn_at = t.warn_at, was_late = t.was_late
    from crm.service_request s cross join lateral crm.with_targets(s) t where s.id = r.id
""")
_STAYS = text("""
    insert into crm.service_stay (request_id, owner_id, state_id, engineer_id, entered_at, moved_by_id)
    select r.id, r.owner_id, w.state_id, w.engineer_id, w.entered_at, r.owner_id
    from crm.service_request r cross join lateral (values
        (crm.choice('request_state', 'new'), crm.pool_owner(), r.reported_at),
        (crm.choice('request_state', 'accepted'), r.owner_id, r.responded_at),
        (crm.choice('request_state', 'solved'), r.owner_id, r.solved_at),
        (r.state_id, r.owner_id, r.state_since)) w (state_id, engineer_id, entered_at)
    where w.entered_at is not null
    group by r.id, w.state_id, w.engineer_id, w.entered_at order by r.id, w.entered_at
""")


def add_service(session: Session, scale: Scale, today: datetime.date, dice: Dice) -> None:
    """Rows are copied past triggers and policies; the session must be a superuser's and stand for a replica."""
    if not scale.requests:
        return
    words = read_words("service")
    wares = session.execute(_WARES).all()
    known = today - datetime.timedelta(days=_FRESH_DAYS)
    clients = session.execute(_CLIENTS, {"known": known, "count": max(1, scale.requests // 4)}).all()
    machines = _machines(clients, wares, words, today, dice)
    _copy(session, "installed_product", machines)
    desk = _Desk(session, clients, machines, {ware.id: ware.name for ware in wares}, today, dice)
    _copy(session, "service_request", list(desk.requests(scale.requests)))
    session.execute(_TARGETS)
    session.execute(_STAYS)
    last = text("select setval(pg_get_serial_sequence('crm.installed_product', 'id'), :last)")
    session.execute(last, {"last": len(machines)})


def add_skills(session: Session, scale: Scale, _today: datetime.date, _dice: Dice) -> None:
    """What the engineers can do."""
    if scale.requests:
        names = {code: name for code, name, _above in read_words("sales")["categories"]} | {"": ""}
        logins, codes, types = zip(*read_words("service")["skills"], strict=True)
        skills = {"logins": logins, "categories": [names[code] for code in codes], "types": types}
        session.execute(_SKILLS, {key: list(values) for key, values in skills.items()})


def add_maintenance(session: Session, _scale: Scale, today: datetime.date, _dice: Dice) -> None:
    """Plans by which some machines are maintained."""
    session.execute(_PLANS, {"today": today})


def _machines(
    clients: Sequence[Any], wares: Sequence[Any], words: Mapping[str, Any], today: datetime.date, dice: Dice
) -> list[Row]:
    """One to three at each customer, delivered since he first bought."""
    rows: list[Row] = []
    for client in clients:
        for _machine in range(1 + dice.randrange(_MACHINES)):
            ware = dice.pick(wares)
            day = day_between(
                dice, client.first_deal_on, max(client.first_deal_on, today - datetime.timedelta(days=30))
            )
            row = {
                "id": len(rows) + 1,
                "customer_id": client.id,
                "owner_id": client.owner_id,
                "product_id": ware.id,
                "serial": f"SJ{day:%y%m}{dice.randrange(10_000):04}{chr(65 + dice.randrange(26))}",
                "delivered_on": day,
                "warranty_until": day + datetime.timedelta(days=365 * dice.pick((1, 1, 2, 3))),
                "place": dice.pick(words["places"]) if dice.chance(0.6) else None,
            }
            rows.append(row | derived_columns(INSTALLED_PRODUCT, row))
    return rows


class _Desk:
    """Who asks for what, and what becomes of it."""

    def __init__(
        self,
        session: Session,
        clients: Sequence[Any],
        machines: Sequence[Row],
        wares: Mapping[int, str],
        today: datetime.date,
        dice: Dice,
    ) -> None:
        """``wares`` are names of products by id."""
        self._session, self._machines, self._wares, self._today, self._dice = session, machines, wares, today, dice
        self._clients = {client.id: client for client in clients}
        self._words, self._choices = read_words("service"), read_choices(session)
        self._pool = session.scalars(text("select crm.pool_owner()")).one()
        self._engineers = session.scalars(_ENGINEERS).all() or [self._pool]
        self._fresh = working_day(today - datetime.timedelta(days=_FRESH_DAYS))

    def requests(self, count: int) -> Iterator[Row]:
        """So many, in the order in which they were reported."""
        dice = self._dice
        reported = sorted(office_time(dice, self._day()) for _request in range(count))
        answered = self._after(reported, [int(dice.lognormvariate(3.6, 1)) + 1 for _moment in reported])
        solved = self._after(answered, [int(dice.lognormvariate(5.2, 0.9)) + 5 for _moment in reported])
        keys = self._session.execute(_KEYS, {"count": count}).all()
        for (id_, code), *moments in zip(keys, reported, answered, solved, strict=True):
            row = {"id": id_, "code": code, **self._asked(moments[0])}
            row |= self._done(*moments)
            yield row | derived_columns(SERVICE_REQUEST, row)

    def _day(self) -> datetime.date:
        yesterday = working_day(self._today - datetime.timedelta(days=1))
        is_fresh = self._dice.chance(_FRESH_SHARE)
        first = self._fresh if is_fresh else self._today - datetime.timedelta(days=365 * _YEARS)
        return day_between(self._dice, first, yesterday)

    def _after(self, since: Sequence[datetime.datetime], minutes: Sequence[int]) -> Sequence[datetime.datetime]:
        return self._session.scalars(_MOMENTS, {"since": list(since), "minutes": list(minutes)}).all()

    def _asked(self, reported_at: datetime.datetime) -> Row:
        dice, choices = self._dice, self._choices
        machine = dice.pick(self._machines)
        client = self._clients[machine["customer_id"]]
        kind, severity, subject, self._cause, self._solution = dice.pick(self._words["problems"])
        return {
            "subject": subject.format(product=self._wares[machine["product_id"]]),
            "customer_id": client.id,
            "customer_owner_id": client.owner_id,
            "contact_id": dice.pick(client.contacts) if client.contacts else None,
            "installed_product_id": machine["id"],
            "product_id": machine["product_id"],
            "type_id": choices["request_type", kind],
            "channel_id": choices["channel", dice.pick(("phone", "phone", "phone", "wechat", "email"))],
            "description": dice.pick(self._words["details"]) if dice.chance(0.5) else None,
            "severity_id": choices["severity", severity],
            "priority_id": choices["priority", _PRIORITIES[severity]],
            "reported_at": reported_at,
            "counted_from": reported_at,
            "created_at": reported_at,
        }

    def _done(
        self, reported_at: datetime.datetime, answered_at: datetime.datetime, solved_at: datetime.datetime
    ) -> Row:
        """Where it is by now; what was reported days ago is over."""
        dice, choices = self._dice, self._choices
        is_open = reported_at.date() >= self._fresh or solved_at.date() >= self._today
        score = None if is_open else dice.pick(_SCORES)
        state = dice.pick(_OPEN_STATES) if is_open else "closed" if score or dice.chance(0.7) else "solved"
        is_taken = state in _TAKEN and answered_at.date() < self._today
        since = solved_at if not is_open else answered_at if is_taken else reported_at
        return {
            "owner_id": self._pool if state in _OF_POOL else dice.pick(self._engineers),
            "state_id": choices["request_state", state],
            "state_since": since,
            "responded_at": answered_at if is_taken else None,
            "solved_at": None if is_open else solved_at,
            "closed_at": solved_at if state == "closed" else None,
            "waiting_since": since if state == "waiting" else None,
            "cause_id": None if is_open else choices["request_cause", self._cause],
            "solution": None if is_open else self._solution,
            "hours": None if is_open else dice.pick(("0.5", "0.5", "1", "1", "1.5", "2", "3")),
            "revisited_at": solved_at if score else None,
            "satisfaction_id": choices["satisfaction", score] if score else None,
            "revisit_note": dice.pick(self._words["revisits"]) if score and dice.chance(0.4) else None,
            "updated_at": since,
        }


def _copy(session: Session, table: str, rows: Sequence[Row]) -> None:
    if rows:
        columns = list(rows[0])
        copy_rows(session, f"crm.{table}", columns, ([row[column] for column in columns] for row in rows))
