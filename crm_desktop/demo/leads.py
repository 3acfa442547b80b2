"""Gives the sample firm leads: those its latest customers came from, and those it has not made up its mind about."""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.db.bulk import copy_rows
from crm_desktop.demo.calendar import day_between, office_time, working_day
from crm_desktop.demo.draw import Dice, Wheel
from crm_desktop.demo.names import Names
from crm_desktop.demo.scale import Scale
from crm_desktop.demo.team import read_choices
from crm_desktop.demo.words import read_places, read_words
from crm_desktop.entities.lead import LEAD
from crm_desktop.services.keys import derived_columns

LEAD_TABLES = ("lead_rule", "lead_rule_member", "lead", "lead_follow_up")
Row = dict[str, Any]
_DAYS = 270
_OPPORTUNITIES_A_LEAD = 2
_STATES = {"new": 0.12, "working": 0.38, "dropped": 0.5}
_FRESH_DAYS = {"new": 4, "working": 45, "dropped": _DAYS}
_FREE_SHARE = 0.5  # of new ones
_SOURCES = ("exhibition", "internet", "advertising", "phone_enquiry", "customer_referral", "employee_referral")
_REASONS = ("no_need", "no_need", "no_budget", "not_reached", "not_reached", "competitor", "not_ours", "wrong_data")
_ALLOWED = datetime.timedelta(hours=8)  # to answer
_MINUTES = (12, 25, 40, 75, 130, 260, 700, 1500)
_BECAME = text("""
    select c.id, c.name, c.phones, c.email, c.address, c.region_id, c.industry_id, c.source_id, c.owner_id,
           c.created_at,
           k.id as contact_id, k.name as contact_name, k.title,
           (select min(o.id) from crm.opportunity o where o.customer_id = c.id) as opportunity_id
    from crm.customer c join crm.employee e on e.id = c.owner_id and not e.is_pool
    left join lateral (select k.id, k.name, k.title from crm.contact k where k.customer_id = c.id
                       order by k.is_main desc, k.id limit 1) k on true
    where c.registered_on > :since order by md5(c.id::text) limit :count
""")
_PEOPLE = text("""
    select distinct e.id from crm.employee e join crm.group_member b on b.employee_id = e.id
    join crm.permission_group g on g.id = b.group_id where g.code = 'salesperson' and e.is_active order by e.id
""")
_POOL = text("select id from crm.employee where is_pool")
_KEYS = text("""
    select nextval(pg_get_serial_sequence('crm.lead', 'id')) as id, crm.next_number('lead') as code
    from generate_series(1, :count)
""")
_RULES = text("""
    with made as (
      insert into crm.lead_rule (name, sort_order, source_id, method_id)
      values ('展会线索轮流分配', 1, :exhibition, :round_robin), ('电话咨询分给最闲的人', 2, :enquiry, :least_busy)
      returning id)
    insert into crm.lead_rule_member (rule_id, employee_id)
    select made.id, e from made, unnest(cast(:people as bigint[])) e order by 1, 2
""")


class _Story(NamedTuple):
    lead: Row
    follow_ups: list[Row]


def add_leads(session: Session, scale: Scale, today: datetime.date, dice: Dice) -> None:
    """Rows are copied past triggers and policies; the session must be a superuser's and stand for a replica."""
    choices, people = read_choices(session), list(session.scalars(_PEOPLE))
    wanted = scale.opportunities // _OPPORTUNITIES_A_LEAD
    since = today - datetime.timedelta(days=_DAYS)
    became = session.execute(_BECAME, {"since": since, "count": wanted // 3}).mappings().all()
    pool = session.scalars(_POOL).one()
    stories = _Stories(choices, people, pool, today, dice)
    told = [stories.of_customer(dict(row)) for row in became]
    told += [stories.of_stranger() for _ in range(wanted - len(told) if people else 0)]
    told.sort(key=lambda story: story.lead["created_at"])
    keys = session.execute(_KEYS, {"count": len(told)}).all()
    for story, key in zip(told, keys, strict=True):
        lead = story.lead
        lead |= {"id": key.id, "code": key.code}
        lead |= derived_columns(LEAD, lead)
        for follow_up in story.follow_ups:
            follow_up["lead_id"] = key.id
    codes = {
        "exhibition": choices["source", "exhibition"], "enquiry": choices["source", "phone_enquiry"],
        **{method: choices["lead_method", method] for method in ("round_robin", "least_busy")},
    }  # fmt: skip
    session.execute(_RULES, {**codes, "people": people[:4]})
    _copy(session, "lead", [story.lead for story in told])
    _copy(session, "lead_follow_up", [follow_up for story in told for follow_up in story.follow_ups])


class _Stories:
    """Draws one lead after the other."""

    def __init__(
        self, choices: dict[tuple[str, str], int], people: list[int], pool: int, today: datetime.date, dice: Dice
    ) -> None:
        words = read_words("names")
        self._choices, self._people, self._pool, self._today, self._dice = choices, people, pool, today, dice
        self._words, self._names = read_words("leads"), Names(words, dice)
        self._places = [place for some in read_places(words["cities"]).values() for place in some]
        self._industries = sorted(words["trades"])
        self._states = Wheel(list(_STATES), list(_STATES.values()), dice)

    def of_customer(self, became: Row) -> _Story:
        """The lead that a customer came from, some days before he was registered."""
        ended_at = became.pop("created_at")
        created_at = office_time(self._dice, working_day(ended_at.date() - datetime.timedelta(days=7)))
        references = {f"{key}_id": became.pop(f"{key}_id") for key in ("contact", "opportunity")}
        references |= {"customer_id": became.pop("id"), "customer_owner_id": became["owner_id"]}
        return self._told("converted", created_at, became | references, ended_at)

    def of_stranger(self) -> _Story:
        """Somebody who is no customer."""
        dice, names = self._dice, self._names
        state = self._states.draw()
        yesterday = working_day(self._today - datetime.timedelta(days=1))
        day = day_between(dice, yesterday - datetime.timedelta(days=_FRESH_DAYS[state]), yesterday)
        place, industry = dice.pick(self._places), dice.pick(self._industries)
        company = names.company(place, industry)
        is_free = state == "new" and dice.chance(_FREE_SHARE)
        who: Row = {
            "name": company.name,
            "contact_name": names.person(),
            "title": dice.pick(self._words["positions"]),
            "phones": [f"17900{dice.randrange(100_000, 999_999)}"],
            "email": f"office@{company.domain}" if dice.chance(0.3) else None,
            "address": place.address if dice.chance(0.4) else None,
            "region_id": self._choices["region", place.region_code],
            "industry_id": self._choices["industry", industry],
            "source_id": self._choices["source", dice.pick(_SOURCES)],
            "owner_id": self._pool if is_free else dice.pick(self._people),
            **dict.fromkeys(("customer_id", "customer_owner_id", "contact_id", "opportunity_id")),
        }
        return self._told(state, office_time(dice, day), who, None)

    def _told(self, state: str, created_at: datetime.datetime, who: Row, ended_at: datetime.datetime | None) -> _Story:
        dice = self._dice
        is_free, is_new = who["owner_id"] == self._pool, state == "new"
        answered = None if is_new else created_at + datetime.timedelta(minutes=dice.pick(_MINUTES))
        follow_ups = [] if answered is None else self._follow_ups(who, answered, ended_at)
        last = follow_ups[-1] if follow_ups else {}
        if state == "dropped":
            ended_at = last["happened_at"] + datetime.timedelta(minutes=5)
        is_open = state in ("new", "working")
        lead = who | {
            "need": dice.pick(self._words["needs"]),
            "state_id": self._choices["lead_state", state],
            "registered_by_id": who["owner_id"] if not is_free else dice.pick(self._people),
            "assigned_at": None if is_free else created_at,
            "respond_by": created_at + _ALLOWED if is_new and not is_free else None,
            "responded_at": answered,
            "is_in_time": None if answered is None else answered <= created_at + _ALLOWED,
            "last_contact_at": last.get("happened_at"),
            "next_step": last.get("next_step") if is_open else None,
            "next_on": last.get("next_on") if is_open else None,
            "reason_id": self._choices["drop_reason", dice.pick(_REASONS)] if state == "dropped" else None,
            "ended_at": ended_at,
            "created_at": created_at,
            "updated_at": ended_at or last.get("happened_at") or created_at,
        }
        return _Story(lead, follow_ups)

    def _follow_ups(self, who: Row, first: datetime.datetime, ended_at: datetime.datetime | None) -> list[Row]:
        dice, made = self._dice, []
        last = ended_at or datetime.datetime.combine(self._today, datetime.time(), first.tzinfo)
        at = min(first, last - datetime.timedelta(minutes=30))
        for _ in range(dice.randrange(1, 4)):
            subject, result, next_step = dice.pick(self._words["calls"])
            made.append({
                "owner_id": who["owner_id"],
                "kind_id": self._choices["activity_kind", "call"],
                "happened_at": at,
                "done_by_id": who["owner_id"],
                "subject": subject,
                "result": result,
                "next_step": next_step,
                "next_on": at.date() + datetime.timedelta(days=dice.randrange(2, 12)),
            })  # fmt: skip
            at += datetime.timedelta(days=dice.randrange(2, 8))
            if at >= last:
                break
        return made


def _copy(session: Session, table: str, rows: list[Row]) -> None:
    if rows:
        columns = list(rows[0])
        copy_rows(session, f"crm.{table}", columns, ([row[column] for column in columns] for row in rows))
