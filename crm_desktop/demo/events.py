"""Fills the calendars of the sample firm: weekly meetings, visits and calls, training, trips, and what is private."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core import recurrence
from crm_desktop.db.bulk import copy_rows
from crm_desktop.demo.calendar import ZONE
from crm_desktop.demo.draw import Dice
from crm_desktop.demo.scale import Scale
from crm_desktop.demo.team import read_choices
from crm_desktop.demo.words import read_words

CALENDAR_TABLES = ("resource", "event", "event_participant", "event_resource", "event_occurrence")
_AHEAD_WEEKS = 4
_BATCH = 20_000
_WEEK = datetime.timedelta(days=7)
_STARTS = (9, 9, 10, 10, 11, 14, 14, 15, 15, 16)
_WORK_DAYS = 5
_KINDS = {"visits": "visit", "calls": "call", "services": "visit", "internal": "meeting", "private": "other",
          "travel": "other", "leave": "other"}  # fmt: skip
_CATEGORIES = {"visits": "customer", "calls": "customer", "services": "service", "internal": "internal",
               "travel": "travel", "leave": "leave"}  # fmt: skip
_PEOPLE = text("""
    select e.id, e.department_id, e.superior_id, array_agg(g.code)
    from crm.employee e join crm.group_member m on m.employee_id = e.id join crm.permission_group g on g.id = m.group_id
    where e.is_active group by e.id order by e.id
""")
_CUSTOMERS = text("""
    select c.owner_id,
           (array_agg(array[c.id::text, coalesce(c.short_name, c.name)] order by c.last_contact_at desc, c.id))[1:60]
    from crm.customer c where c.last_contact_at is not null group by c.owner_id
""")
_IDS = text("select nextval(pg_get_serial_sequence(:table, 'id')) from generate_series(1, :count)")
Row = dict[str, Any]


class Diary:
    """Draws events; keeps people and rooms from being in two places at once."""

    def __init__(self, session: Session, words: dict[str, Any], today: datetime.date, dice: Dice) -> None:
        self._words, self._dice, self._today = words, dice, today
        self._choices = read_choices(session)
        self.people = [
            (id_, department, superior, groups) for id_, department, superior, groups in session.execute(_PEOPLE)
        ]
        self._customers: dict[int, list[list[str]]] = dict(session.execute(_CUSTOMERS).all())
        self._taken: set[tuple[str, int, datetime.datetime]] = set()
        self.rooms: list[int] = []

    def draw(self, weeks: int) -> Iterator[tuple[Row, list[int], list[int]]]:
        """Events with their participants and resources; the rows lack their ids."""
        monday = self._today - datetime.timedelta(days=self._today.weekday())
        yield from self._series(monday - weeks * _WEEK)
        for week in range(-weeks, _AHEAD_WEEKS):
            for person, _department, _superior, groups in self.people:
                yield from self._week(person, groups, monday + week * _WEEK)

    def _series(self, first: datetime.date) -> Iterator[tuple[Row, list[int], list[int]]]:
        """Each department meets on Monday, the service desk each morning, the heads once a month."""
        departments: dict[int, list[int]] = {}
        for person, department, _superior, _groups in self.people:
            departments.setdefault(department, []).append(person)
        for number, members in enumerate(departments.values()):
            head = next(
                (p for p, _d, superior, _g in self.people if p in members and superior not in members), members[0]
            )
            others = [one for one in members if one != head]
            begin = self._at(first, 9 + number % 2)
            rule = "FREQ=WEEKLY;BYDAY=MO"
            row = self._row("internal", head, begin, 60, "部门周会", rule=rule, place="三楼 301")
            yield row, others, self._book(row, self.rooms[number % 2 : number % 2 + 1])
        heads = [p for p, _d, _s, groups in self.people if {"general_manager", "sales_manager"} & set(groups)]
        if heads:
            begin = self._at(first + datetime.timedelta(days=4), 15)
            row = self._row("internal", heads[0], begin, 90, "月度经营分析会", rule="FREQ=MONTHLY;BYDAY=-1FR")
            row |= {"category_id": self._choices["event_category", "important"]}
            yield row, heads[1:], []

    def _week(
        self, person: int, groups: Sequence[str], monday: datetime.date
    ) -> Iterator[tuple[Row, list[int], list[int]]]:
        dice, sells = self._dice, "salesperson" in groups or "sales_manager" in groups
        plan = ["visits", "visits", "calls", "calls", "calls", "internal"] if sells else ["internal", "calls"]
        plan = ["services"] * 4 + ["calls"] if "service" in groups else plan
        for what in (*plan, *(["private"] if dice.chance(0.12) else ())):
            if not dice.chance(0.75):
                continue
            day = monday + datetime.timedelta(days=dice.randrange(_WORK_DAYS))
            begin = self._at(day, dice.pick(_STARTS), dice.pick((0, 0, 30)))
            if not self._is_free("person", person, begin):
                continue
            yield self._meeting(what, person, begin)
        if dice.chance(0.06):
            what = "travel" if dice.chance(0.6) else "leave"
            day = monday + datetime.timedelta(days=dice.randrange(3))
            row = self._row(
                what, person, self._at(day, 0), 24 * 60 * dice.pick((1, 2, 3)), dice.pick(self._words[what])
            )
            yield row | {"is_all_day": True}, [], []

    def _meeting(self, what: str, person: int, begin: datetime.datetime) -> tuple[Row, list[int], list[int]]:
        dice, subject = self._dice, self._dice.pick(self._words[what])
        customers = self._customers.get(person) or next(iter(self._customers.values()), [])
        customer = dice.pick(customers) if customers and "{name}" in subject else None
        minutes = 30 if what == "calls" else dice.pick((60, 60, 90, 120))
        row = self._row(what, person, begin, minutes, subject.format(name=customer[1] if customer else ""))
        row["is_private"] = what == "private"
        if customer is not None:
            row["customer_id"] = int(customer[0])
        mates = [p for p, _d, superior, _g in self.people if p != person and superior == self._superior(person)]
        asked = [dice.pick(mates)] if mates and what in {"internal", "visits"} and dice.chance(0.4) else []
        asked = [one for one in asked if self._is_free("person", one, begin)]
        wanted = self.rooms[:2] if what == "internal" else self.rooms[2:4] if what in {"visits", "services"} else []
        return row, asked, self._book(row, [dice.pick(wanted)] if wanted and dice.chance(0.45) else [])

    def _superior(self, person: int) -> int | None:
        superior: int | None = next(above for p, _d, above, _g in self.people if p == person)
        return superior

    def _at(self, day: datetime.date, hour: int, minute: int = 0) -> datetime.datetime:
        return datetime.datetime.combine(day, datetime.time(hour, minute), ZONE)

    def _row(
        self, what: str, person: int, begin: datetime.datetime, minutes: int, subject: str, *,
        rule: str | None = None, place: str = "",
    ) -> Row:  # fmt: skip
        category = _CATEGORIES.get(what)
        return {
            "subject": subject,
            "kind_id": self._choices["event_kind", _KINDS[what]],
            "category_id": self._choices["event_category", category] if category else None,
            "owner_id": person,
            "starts_at": begin,
            "ends_at": begin + datetime.timedelta(minutes=minutes),
            "is_all_day": False,
            "is_private": False,
            "place": place or self._dice.pick(self._words["places"]) or None,
            "customer_id": None,
            "rule": rule,
            "occurs_at": recurrence.occurrences(rule, begin) if rule else None,
        }

    def _is_free(self, kind: str, id_: int, begin: datetime.datetime) -> bool:
        """Within two hours of it; if so, it is taken now."""
        hours = [begin.replace(minute=0) + datetime.timedelta(hours=n) for n in range(3)]
        if any((kind, id_, hour) in self._taken for hour in hours):
            return False
        self._taken.update((kind, id_, hour) for hour in hours)
        return True

    def _book(self, row: Row, wanted: list[int]) -> list[int]:
        starts = row["occurs_at"] or [row["starts_at"]]
        return [one for one in wanted if sum(self._is_free("resource", one, at) for at in starts) == len(starts)]


def add_events(session: Session, scale: Scale, today: datetime.date, dice: Dice) -> None:
    """Rows are copied past triggers and policies; the session must be a superuser's and stand for a replica."""
    words = read_words("calendar")
    diary = Diary(session, words, today, dice)
    diary.rooms = _add_resources(session, words)
    drawn = diary.draw(scale.calendar_weeks) if scale.calendar_weeks else iter(())
    while some := list(islice(drawn, _BATCH)):
        _write(session, some, read_choices(session))


def _add_resources(session: Session, words: dict[str, Any]) -> list[int]:
    choices = read_choices(session)
    ids = list(session.scalars(_IDS, {"table": "crm.resource", "count": len(words["resources"])}))
    rows = [
        (id_, name, name_en, choices["resource_kind", kind], seats or None, place, order)
        for order, (id_, (name, name_en, kind, seats, place)) in enumerate(zip(ids, words["resources"], strict=True))
    ]
    copy_rows(session, "crm.resource", ("id", "name", "name_en", "kind_id", "seats", "place", "sort_order"), rows)
    return ids


def _write(
    session: Session, drawn: list[tuple[Row, list[int], list[int]]], choices: dict[tuple[str, str], int]
) -> None:
    ids = list(session.scalars(_IDS, {"table": "crm.event", "count": len(drawn)}))
    owners: dict[int, int] = dict(session.execute(text("select id, owner_id from crm.customer")).all())
    rows: list[Row] = []
    people: list[tuple[int, int, int, int]] = []
    booked: list[tuple[int, int, int]] = []
    for id_, (row, asked, taken) in zip(ids, drawn, strict=True):
        reader = -row["owner_id"] if row["is_private"] else row["owner_id"]
        occurs_at = row["occurs_at"] and [moment.isoformat() for moment in row["occurs_at"]]
        rows.append({"id": id_, **row, "occurs_at": occurs_at, "reader_id": reader,
                     "customer_owner_id": owners.get(row["customer_id"])})  # fmt: skip
        answers = ["accepted" if n % 3 or row["rule"] else "invited" for n in range(id_, id_ + len(asked))]
        people += [(id_, reader, one, choices["event_answer", a]) for one, a in zip(asked, answers, strict=True)]
        booked += [(id_, reader, one) for one in taken]
    columns = list(rows[0])
    copy_rows(session, "crm.event", columns, ([row[column] for column in columns] for row in rows))
    copy_rows(session, "crm.event_participant", ("event_id", "owner_id", "employee_id", "answer_id"), people)
    copy_rows(session, "crm.event_resource", ("event_id", "owner_id", "resource_id"), booked)
    session.execute(text("select crm.spread_events(:ids)"), {"ids": ids})
