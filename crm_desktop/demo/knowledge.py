"""Gives the sample firm what its service desk knows: articles in all states, whom they helped and with what."""

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
from crm_desktop.entities.knowledge import KNOWLEDGE_ARTICLE
from crm_desktop.services.keys import derived_columns

KNOWLEDGE_TABLES = ("knowledge_article", "article_vote", "article_use")
Row = dict[str, Any]
_DAYS = 700
_BATCH = 2_000
_STATES = ("draft", "in_review", "withdrawn")
_USEFUL_SHARE, _VOTERS = 0.85, 7
_REQUESTS = 400  # the latest solved ones, half of which an article helped with
_PEOPLE = text("""
    select e.id, e.superior_id is not null and e.superior_id in (
             select b.employee_id from crm.group_member b join crm.permission_group g on g.id = b.group_id
             where g.code = 'service') as is_junior
    from crm.employee e where e.is_active and exists (
        select from crm.group_member b join crm.permission_group g on g.id = b.group_id
        where b.employee_id = e.id and g.code = 'service') order by e.id
""")
_WARES = text("select p.id, p.code, p.name, p.product_model from crm.product p order by p.id")
_CATEGORIES = text("select c.name, c.id from crm.product_category c")
_KEYS = text("""
    select nextval(pg_get_serial_sequence('crm.knowledge_article', 'id')), crm.next_number('knowledge_article')
    from generate_series(1, :count)
""")
_USES = text("""
    insert into crm.article_use (request_id, owner_id, article_id)
    select r.id, r.owner_id, a.id
    from (select s.id, s.owner_id, s.product_id, s.solved_at from crm.service_request s
          where s.solved_at is not null order by s.id desc limit :requests) r
    join crm.product p on p.id = r.product_id join crm.product_category c on c.id = p.category_id
    cross join lateral (
        select a.id from crm.knowledge_article a
        where a.id = any (:written) and a.audience_id = 0 and a.published_at < r.solved_at
          and (a.product_id = p.id or a.category_id in (c.id, c.parent_id))
        order by md5(concat(a.id, ' ', r.id)) limit 1) a
    where mod(r.id, 2) = 0
""")
_COUNT_USES = text("""
    update crm.knowledge_article a set used_count = u.count
    from (select u.article_id, count(*) from crm.article_use u group by 1) u where u.article_id = a.id
""")


def add_knowledge(session: Session, scale: Scale, today: datetime.date, dice: Dice) -> None:
    """Rows are copied past triggers and policies; the session must be a superuser's and stand for a replica."""
    if not scale.articles:
        return
    desk = _Desk(session, today, dice)
    keys = session.execute(_KEYS, {"count": scale.articles}).all()
    articles = desk.articles()
    for start in range(0, len(keys), _BATCH):
        rows: list[Row] = []
        votes: list[Row] = []
        for (id_, code), row in zip(keys[start : start + _BATCH], articles, strict=False):
            row |= {"id": id_, "code": code}
            rows.append(row | derived_columns(KNOWLEDGE_ARTICLE, row))
            votes += desk.votes(rows[-1])
        _copy(session, "knowledge_article", rows)
        _copy(session, "article_vote", votes)
    session.execute(_USES, {"requests": _REQUESTS, "written": [id_ for id_, _code in keys[: desk.written]]})
    session.execute(_COUNT_USES)


class _Desk:
    """Who writes what, and who reviews it."""

    def __init__(self, session: Session, today: datetime.date, dice: Dice) -> None:
        self._words, self._choices = read_words("articles"), read_choices(session)
        self._today, self._dice = today, dice
        people = session.execute(_PEOPLE).all()
        self._authors = [person.id for person in people]
        self._reviewer = next((person.id for person in people if not person.is_junior), self._authors[0])
        self._wares = session.execute(_WARES).all()
        self._categories: Mapping[str, int] = dict(iter(session.execute(_CATEGORIES)))
        self._names = {code: name for code, name, _above in read_words("sales")["categories"]}
        self.written = len(self._words["articles"])

    def articles(self) -> Iterator[Row]:
        """Those that are written, in their states; then, without end, what else one could have written of them."""
        places = {place: state for state in _STATES for place in self._words[state]}
        for place, words in enumerate(self._words["articles"]):
            yield self._told(words, places.get(place, "published"))
        dice, known = self._dice, self._words["articles"]
        while True:
            kind, _about, title, keywords, problem, steps = dice.pick(known)
            other, ware = dice.pick(known), dice.pick(self._wares)
            title = f"{ware.name} {ware.product_model}：{title}"[:200]
            more = dice.sample(other[5], min(2, len(other[5])))
            yield self._told((kind, ware.code, title, keywords, f"{problem}{other[4]}", [*steps, *more]), "published")

    def _told(self, words: Sequence[Any], state: str) -> Row:
        kind, about, title, keywords, problem, steps = words
        dice = self._dice
        yesterday = working_day(self._today - datetime.timedelta(days=1))
        oldest = 12 if state in ("draft", "in_review") else _DAYS
        created = office_time(dice, day_between(dice, yesterday - datetime.timedelta(days=oldest), yesterday))
        later = min(created + datetime.timedelta(days=dice.randrange(8), minutes=95), office_time(dice, yesterday))
        is_out = state in ("published", "withdrawn")
        author = dice.pick(self._authors)
        ware = next((ware.id for ware in self._wares if ware.code == about), None)
        return {
            "name": title,
            "kind_id": self._choices["problem_kind", kind],
            "product_id": ware,
            "category_id": None if ware else self._categories[self._names[about]],
            "keywords": keywords,
            "problem": problem,
            "solution": "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1)),
            "state_id": self._choices["article_state", state],
            "owner_id": author,
            "audience_id": 0 if state == "published" else author,
            "reviewer_id": self._reviewer if is_out else None,
            "review_note": self._words["withdrawn_note"] if state == "withdrawn" else None,
            "handed_in_at": max(created, later) if state == "in_review" else None,
            "published_at": max(created, later) if is_out else None,
            "edition": dice.pick((1, 1, 1, 2, 2, 3)) if is_out else 0,
            "useful_count": 0,
            "useless_count": 0,
            "created_at": created,
            "updated_at": max(created, later),
        }

    def votes(self, article: Row) -> Iterator[Row]:
        """What colleagues said of a published article, counted in it."""
        if article["audience_id"] != 0:
            return
        for voter in self._dice.sample(self._authors, self._dice.randrange(min(_VOTERS, len(self._authors)))):
            is_useful = self._dice.chance(_USEFUL_SHARE)
            article["useful_count" if is_useful else "useless_count"] += 1
            yield {
                "article_id": article["id"],
                "edition": article["edition"],
                "employee_id": voter,
                "is_useful": is_useful,
            }


def _copy(session: Session, table: str, rows: Sequence[Row]) -> None:
    if rows:
        copy_rows(session, f"crm.{table}", tuple(rows[0]), (tuple(row.values()) for row in rows))
