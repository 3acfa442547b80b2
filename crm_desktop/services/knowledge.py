"""What becomes of a knowledge article, what finds it, and whom it helped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, cast

from sqlalchemy import ARRAY, BigInteger, Boolean, Integer, Select, Text, bindparam, func, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from crm_desktop.core import text
from crm_desktop.core.access import Person
from crm_desktop.core.i18n import _
from crm_desktop.models import DictionaryEntry, InstalledProduct, KnowledgeArticle, Product
from crm_desktop.services import records
from crm_desktop.services.lookup import Choices
from crm_desktop.services.prepared import execute
from crm_desktop.services.records import FieldsError, Record
from crm_desktop.services.statements import display_of
from crm_desktop.spec import Ref, facts

State = Literal["draft", "in_review", "published", "withdrawn"]
MOVES: Mapping[State, tuple[State, ...]] = {
    "draft": ("in_review", "published"),
    "in_review": ("draft", "published"),
    "published": ("withdrawn",),
    "withdrawn": ("draft", "published"),
}
"""From which state an article may go to which, as ``crm.article_moves``, which decides."""
MOST_WORDS = 24
"""So many words of what is typed are looked for; who tells a longer story has named the problem before."""
_EXCERPT = 80
_BEFORE = 12


class Hit(NamedTuple):
    """An article that was found."""

    id: int
    code: str
    title: str
    excerpt: str
    """The part of problem or solution in which a word was found; else where the problem begins."""
    state: str
    product: str
    solution: str
    useful: int
    used: int


def suggest(
    session: Session, typed: str, product_id: int | None = None, limit: int = 5, *, machine_id: int | None = None
) -> list[Hit]:
    """Published articles for a problem that somebody is typing, the best first: those that have more and rarer of its
    words, in the title before the keywords, the problem and the solution, and that helped more often. What is about
    ``product_id``, or that of the installed product ``machine_id``, comes before what is about all products, that
    before what is about another one. One statement.
    """
    return _found(session, typed, limit, {"product": product_id, "machine": machine_id, "is_public": True})


def find(session: Session, typed: str, limit: int = 50) -> list[Hit]:
    """The same among all articles in the person's sight, drafts too."""
    return _found(session, typed, limit, {"product": None, "machine": None, "is_public": False})


def _found(session: Session, typed: str, limit: int, among: Mapping[str, Any]) -> list[Hit]:
    words = text.told_words(typed)[:MOST_WORDS]
    if not words:
        return []
    parameters = {
        "words": [word.text for word in words],
        "pieces": [" ".join(word.grams) for word in words],
        "most": limit,
        **among,
    }
    rows = execute(session, "find_articles", _select_found, parameters)
    said = [word.text for word in words]
    return [
        Hit(
            row.id,
            row.code,
            row.name,
            excerpt((row.problem, row.solution), said),
            row.state,
            row.product or "",
            row.solution or "",
            row.useful_count,
            row.used_count,
        )
        for row in rows
    ]


def _select_found() -> Select[Any]:
    article = KnowledgeArticle
    machine = bindparam("machine", type_=BigInteger)
    its_product = select(InstalledProduct.product_id).where(InstalledProduct.id == machine).scalar_subquery()
    found = func.crm.find_articles(
        bindparam("words", type_=ARRAY(Text)),
        bindparam("pieces", type_=ARRAY(Text)),
        func.coalesce(bindparam("product", type_=BigInteger), its_product),
        bindparam("is_public", type_=Boolean),
        bindparam("most", type_=Integer),
    )
    best = found.table_valued("id", with_ordinality="place", name="best").render_derived()
    shown: tuple[Any, ...] = (
        article.id, article.code, article.name, article.problem, article.solution, article.useful_count,
        article.used_count, Product.name.label("product"), display_of(DictionaryEntry).label("state"),
    )  # fmt: skip
    return (
        select(*shown)
        .select_from(best)
        .join(article, article.id == best.c.id)
        .join(DictionaryEntry, DictionaryEntry.id == article.state_id)
        .outerjoin(Product, Product.id == article.product_id)
        .order_by(best.c.place)
    )


def excerpt(passages: Sequence[str | None], words: Sequence[str]) -> str:
    """One line of the first passage that has one of ``words`` (lower case), from a little before it; else the first."""
    lines = [" ".join(passage.split()) for passage in passages if passage]
    for line in lines:
        places = [place for word in words if (place := line.lower().find(word)) >= 0]
        if places:
            start = max(0, min(places) - _BEFORE)
            return _cut(line, start)
    return _cut(lines[0], 0) if lines else ""


def _cut(line: str, start: int) -> str:
    part = line[start : start + _EXCERPT]
    return ("…" if start else "") + part + ("…" if start + _EXCERPT < len(line) else "")


def state_of(article: Record, choices: Choices) -> State | None:
    """Where an article stands; None for one that is not saved yet."""
    state = article.values.get("state")
    codes = {entry.ref.id: entry.code for entry in choices.of("article_state")}
    return cast("State", codes[state.id]) if article.id and state is not None and state.id in codes else None


def may_publish(person: Person, article: Record) -> bool:
    """Whether to offer it: he may change this one and articles of others (``crm.may_publish`` decides)."""
    reached = person.owners.get(("knowledge_article", "update"), ())
    return article.values["owner"].id in reached and not {*reached} <= {person.id, person.pool_id}


def hand_in(session: Session, article: Record) -> Record:
    """Ask for review. Three statements."""
    return _move(session, article, "in_review")


def publish(session: Session, article: Record) -> Record:
    """Let everybody read it, as its next edition. Three statements; raises NoRightError, and FieldsError without a
    solution.
    """
    if not (article.values.get("solution") or "").strip():
        raise FieldsError({"solution": _("Write what helps before the article is published.")})
    return _move(session, article, "published")


def send_back(session: Session, article: Record, note: str) -> Record:
    """Make it a draft again, with what is to be changed; the author's own way to take it back, too."""
    return _move(session, article, "draft", review_note=note.strip() or None)


def withdraw(session: Session, article: Record) -> Record:
    """It holds no longer. Three statements; raises NoRightError."""
    return _move(session, article, "withdrawn")


def _move(session: Session, article: Record, state: State, **values: Any) -> Record:
    statement = sql("select crm.choice('article_state', :code)")
    moved = Ref(session.execute(statement, {"code": state}).scalar_one(), state)
    return records.save_record(session, article, {"state": moved, **values})


def vote(session: Session, article_id: int, *, is_useful: bool | None) -> None:
    """Say whether the article in its present edition helped the person himself; None takes that back. One statement."""
    if is_useful is None:
        session.execute(
            sql("""
                delete from crm.article_vote v using crm.knowledge_article a
                where a.id = v.article_id and a.id = :article and v.edition = a.edition
            """),
            {"article": article_id},
        )
        return
    session.execute(
        sql("""
            insert into crm.article_vote (article_id, is_useful) values (:article, :useful)
            on conflict (article_id, edition, employee_id) do update set is_useful = excluded.is_useful
        """),
        {"article": article_id, "useful": is_useful},
    )


def own_vote(session: Session, article_id: int) -> bool | None:
    """What the person said of the present edition; None where he said nothing. One statement."""
    statement = sql("""
        select v.is_useful from crm.article_vote v join crm.knowledge_article a on a.id = v.article_id
        where a.id = :article and v.edition = a.edition
    """)
    return cast("bool | None", session.execute(statement, {"article": article_id}).scalar())


def article_from(request: Record) -> dict[str, Any]:
    """What a new draft begins with that says what a solved request says and is linked to it, by field key."""
    told = request.values
    given = {
        "name": told["subject"],
        "problem": told["description"] or told["subject"],
        "solution": told["solution"],
        "product": told["product"],
        "request": Ref(request.id, request.title),
    }
    return {key: value for key, value in given.items() if value}


def article_from_deal(deal: Record) -> dict[str, Any]:
    """What a new draft begins with that says what was learned of an opportunity that is over, by field key."""
    told, spec = deal.values, deal.spec
    asked = (facts(spec.fields[key]).kind.format(told[key]) for key in ("reason", "competitor"))
    labels = (_(spec.label_of(key)) for key in ("reason", "competitor"))
    lines = [f"{label}: {text}" for label, text in zip(labels, asked, strict=True) if text]
    given = {
        "name": deal.title,
        "problem": told["need"] or deal.title,
        "solution": "\n".join([told["summary"] or "", *lines]).strip(),
        "keywords": told["competitor"],
    }
    return {key: value for key, value in given.items() if value}


def note_use(session: Session, request_id: int, article_ids: Sequence[int]) -> None:
    """Note in the change set that was begun which articles helped with a request, each once. One statement."""
    session.execute(
        sql("""
            insert into crm.article_use (request_id, article_id) select :request, unnest(cast(:articles as bigint[]))
            on conflict (request_id, article_id) do nothing
        """),
        {"request": request_id, "articles": list(article_ids)},
    )
