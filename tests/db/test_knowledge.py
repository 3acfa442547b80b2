"""Knowledge articles by raw connection and by the services: who reads and publishes them, and what finds them."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg2.errors import InsufficientPrivilege

from crm_desktop.core.errors import NoRightError
from crm_desktop.db.engine import Gateway
from crm_desktop.services import journal, knowledge, records, search
from crm_desktop.services.lookup import fetch_choices
from crm_desktop.services.overview import fetch_overview
from crm_desktop.services.records import FieldsError, Record
from crm_desktop.spec import Ref
from tests.db.conftest import SignIn, own_database, sign_in, template
from tests.db.office import SIGNED_IN, Office, login
from tests.db.raw import Raw
from tests.db.test_attached import attach
from tests.ui.desk import create

__all__ = ["own_database", "sign_in", "template"]
REFUSED, SAID = "42501", "P0001"
MOVE = "update crm.knowledge_article set state_id = crm.choice('article_state', %s) where id = %s"
WORDS = {"name": "打印机卡纸怎么处理", "problem": "提示缺纸, 打不出来", "solution": "取出卡住的纸, 清洁搓纸轮"}


def article(raw: Raw, by: str, *, state: str = "draft", **values: Any) -> int:
    """A new one, written as its author writes it and moved as the superuser; its id."""
    raw.act(login(by), "create")
    values = WORDS | values
    columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    made = raw.value(f"insert into crm.knowledge_article ({columns}) values ({marks}) returning id", *values.values())
    raw.become(None)
    if state != "draft":
        raw.count(MOVE.replace("set", "set edition = 1,"), state, made)
    return int(made)


def test_the_declared_moves_are_those_that_the_program_offers(raw: Raw) -> None:
    moves = {(before, after) for before, after in raw.rows("select * from crm.article_moves()")}
    assert moves == {(before, after) for before, afters in knowledge.MOVES.items() for after in afters}


@pytest.mark.parametrize("key", SIGNED_IN)
def test_everybody_reads_what_is_published_and_few_a_draft(raw: Raw, office: Office, key: str) -> None:
    author_of = {}
    for author in ("desk", "seller", "clerk"):
        for state in ("draft", "in_review", "published", "withdrawn"):
            author_of[article(raw, author, state=state)] = (author, state)
    reached = office.reached(key, "knowledge_article", "read")
    changed = office.reached(key, "knowledge_article", "update")
    raw.become(login(key))
    seen = {
        id_ for id_, (author, state) in author_of.items()
        if reached and (state == "published" or office.ids[author] in reached)
    }  # fmt: skip
    assert {*raw.column("select id from crm.knowledge_article")} == seen
    assert raw.tried("update crm.knowledge_article set version = version") == sum(
        office.ids[author] in changed for author, _state in author_of.values()
    )
    for id_, (author, state) in author_of.items():
        is_reached = office.ids[author] in changed
        may_publish = is_reached and len(changed) > 1
        if state != "published":
            allowed = 1 if may_publish else REFUSED if is_reached else 0
            assert raw.tried(MOVE, "published", id_) == allowed
            assert raw.tried("delete from crm.knowledge_article where id = %s", id_) == int(is_reached)
        else:
            for statement in (
                "update crm.knowledge_article set solution = 'x' where id = %s",
                "delete from crm.knowledge_article where id = %s",
            ):
                assert raw.tried(statement, id_) == (1 if may_publish else REFUSED if is_reached else 0)


def test_it_goes_only_where_its_state_lets_it(raw: Raw) -> None:
    allowed = {*raw.rows("select * from crm.article_moves()")}
    states = ("draft", "in_review", "published", "withdrawn")
    made = {state: article(raw, "desk", state=state) for state in states}
    raw.act(login("director"))
    for before in states:
        for after in states:
            moved = raw.tried(MOVE, after, made[before])
            assert moved == (1 if before == after or (before, after) in allowed else SAID)
    insert = "insert into crm.knowledge_article (name, state_id) values ('x', crm.choice('article_state', 'published'))"
    assert raw.tried(insert) == SAID
    assert raw.tried("update crm.knowledge_article set edition = 9") == REFUSED
    assert raw.tried("update crm.knowledge_article set audience_id = 0") == REFUSED


def test_each_publishing_is_an_edition_and_votes_are_for_the_present_one(raw: Raw, office: Office) -> None:
    id_ = article(raw, "clerk")
    edition = "select edition from crm.knowledge_article where id = %s"
    vote = "insert into crm.article_vote (article_id, is_useful) values (%s, true)"
    raw.act(login("director"))
    assert raw.tried(vote, id_) == REFUSED  # not a draft
    raw.count(MOVE, "published", id_)
    assert raw.value(edition, id_) == 1
    raw.act(login("seller"))
    raw.count(vote, id_)
    assert raw.tried(vote, id_) == "23505"
    # Else it would be counted where it was, and where it is.
    assert raw.tried("update crm.article_vote set article_id = %s", id_) == REFUSED
    assert raw.tried("insert into crm.article_vote (article_id, is_useful, employee_id) values (%s, true, %s)",
                     id_, office.ids["junior"]) == REFUSED  # fmt: skip
    raw.act(login("director"))
    assert raw.column("select id from crm.article_vote") == []  # nobody else's business
    raw.count("update crm.knowledge_article set keywords = 'x' where id = %s", id_)
    assert raw.value(edition, id_) == 1
    raw.count("update crm.knowledge_article set solution = 'x' where id = %s", id_)
    assert raw.value(edition, id_) == 2
    raw.act(login("seller"))
    raw.count(vote.replace("true", "false"), id_)
    counts = "select useful_count, useless_count from crm.knowledge_article where id = %s"
    assert raw.rows(counts, id_) == [(1, 1)]
    raw.count("delete from crm.article_vote where edition = 1")
    assert raw.rows(counts, id_) == [(0, 1)]


def test_no_undo_rewrites_what_was_published_meanwhile(raw: Raw) -> None:
    id_ = article(raw, "seller")
    written = raw.act(login("seller"))
    raw.count("update crm.knowledge_article set solution = '关机' where id = %s", id_)
    raw.act(login("director"))
    raw.count(MOVE, "published", id_)
    raw.become(login("seller"))
    assert raw.tried("select journal.undo(%s)", written) == REFUSED
    raw.act(login("director"))
    raw.count(MOVE, "withdrawn", id_)
    raw.become(login("seller"))
    assert raw.value("select journal.undo(%s)", written)["restored"] == {"knowledge_article": {"rows": 1, "fields": 1}}


def test_nobody_learns_what_is_in_a_draft_from_how_rare_its_words_are(raw: Raw) -> None:
    article(raw, "director", problem="绝密")
    article(raw, "clerk", state="published")
    raw.rows("analyze crm.knowledge_article")
    raw.become(login("junior"))
    there, missing = raw.value("select crm.article_shares('{绝密,没有}')")
    assert there == missing


def test_pictures_of_what_is_published_are_changed_by_who_publishes(raw: Raw) -> None:
    id_ = article(raw, "seller")
    raw.act(login("seller"), "attach")
    picture = attach(raw, "knowledge_article", id_)
    remove, rename = "delete from crm.attachment where id = %s", "update crm.attachment set name = 'x' where id = %s"
    assert [raw.tried(statement, picture) for statement in (remove, rename)] == [1, 1]
    raw.act(login("director"))
    raw.count(MOVE, "published", id_)
    raw.act(login("seller"), "attach")
    assert [raw.tried(statement, picture) for statement in (remove, rename)] == [REFUSED, REFUSED]
    with pytest.raises(InsufficientPrivilege):
        attach(raw, "knowledge_article", id_)


def test_what_helped_with_a_request_is_counted_and_not_blindly(raw: Raw, office: Office) -> None:
    draft, known = article(raw, "seller"), article(raw, "desk", state="published")
    raw.act(login("desk"), "create")
    request = raw.value(
        "insert into crm.service_request (subject, customer_id, owner_id) values ('卡纸',"
        " (select min(id) from crm.customer), %s) returning id", office.ids["desk"],
    )  # fmt: skip
    use = "insert into crm.article_use (request_id, article_id) values (%s, %s)"
    assert raw.tried(use, request, draft) == REFUSED
    raw.count(use, request, known)
    assert raw.value("select used_count from crm.knowledge_article where id = %s", known) == 1
    raw.become(login("narrow"))
    assert raw.column("select id from crm.article_use") == []
    assert raw.tried(use, request, known) == REFUSED
    raw.act(login("desk"))
    raw.count("delete from crm.article_use")
    assert raw.value("select used_count from crm.knowledge_article where id = %s", known) == 0
    written = article(raw, "desk", request_id=request)
    assert raw.rows("select request_id, article_id from crm.article_use") == [(request, written)]
    raw.act(login("narrow"), "create")
    insert = "insert into crm.knowledge_article (name, request_id) values ('x', %s)"
    assert raw.tried(insert, request) == REFUSED, "he does not see the request"
    raw.act(login("desk"))
    lend = "insert into crm.share (entity, record_id, employee_id) values ('service_request', %s, %s)"
    raw.count(lend, request, office.ids["seller"])
    raw.act(login("seller"), "create")
    raw.count(insert, request)
    raw.become(None)
    assert raw.column("select article_id from crm.article_use") == [written], "he may not change it"


def test_an_article_is_written_from_a_request_and_taken_back(sign_in: SignIn) -> None:
    desk = sign_in("desk")
    customer = create(desk, "customer", name="珠海华工", owner=Ref(desk.person.id, ""))
    solved = create(
        desk, "service_request", subject="卡纸", customer=Ref(customer.id, ""), owner=Ref(desk.person.id, ""),
        solution="换搓纸轮",
    )  # fmt: skip
    begun = records.new_record("knowledge_article", desk.person, **knowledge.article_from(solved))
    with desk.write() as session:
        made = records.reread(session, records.create_record(session, begun))
    assert made.values["request"].label == "卡纸"

    def shown() -> list[int]:
        with desk.read() as session:
            parts = fetch_overview(session, "service_request", solved.id, desk.person).parts
            return [row.values["article"].id for row in parts["article_use"]]

    assert shown() == [made.id]
    with desk.write() as session:
        journal.undo(session, made.change_set)
    assert shown() == []


def test_a_login_of_another_database_learns_nothing(raw: Raw) -> None:
    article(raw, "desk", state="published")
    raw.become(login("stranger"))
    assert raw.value("select crm.article_shares('{卡纸}')") is None
    assert raw.column("select crm.find_articles('{卡纸}', '{卡纸}', null, true, 5)") == []
    for table in ("knowledge_article", "article_vote", "article_use"):
        assert raw.value(f"select count(*) from crm.{table}") == 0


def saved(gateway: Gateway, **values: Any) -> Record:
    return create(gateway, "knowledge_article", **(WORDS | values))


def test_it_is_handed_in_sent_back_published_and_undone(sign_in: SignIn) -> None:
    author, reviewer = sign_in("seller"), sign_in("manager")
    draft = saved(author)
    with author.write() as session:
        choices = fetch_choices(session)
        handed = records.reread(session, knowledge.hand_in(session, draft))
        assert knowledge.state_of(handed, choices) == "in_review"
        assert not knowledge.may_publish(author.person, handed)
    with pytest.raises(NoRightError), author.write() as session:
        knowledge.publish(session, handed)
    with reviewer.write() as session:
        back = records.reread(session, knowledge.send_back(session, handed, "写清楚型号"))
        assert (back.values["review_note"], back.values["reviewer"].label) == ("写清楚型号", "manager")
    with pytest.raises(FieldsError), reviewer.write() as session:
        knowledge.publish(session, Record(back.entity, back.id, back.version, {**back.values, "solution": " "}))
    with reviewer.write() as session:
        assert knowledge.may_publish(reviewer.person, back)
        published = records.reread(session, knowledge.publish(session, back))
        assert (published.values["edition"], published.values["review_note"]) == (1, None)
    reader = sign_in("clerk")
    with reader.read() as session:
        assert [hit.id for hit in knowledge.suggest(session, "卡纸")] == [draft.id]
    with reviewer.write() as session:
        journal.undo(session, published.change_set)
    with reader.read() as session:
        assert knowledge.suggest(session, "卡纸") == []
    with reviewer.read() as session:
        assert knowledge.state_of(records.reread(session, published), choices) == "draft"


def publish(gateway: Gateway, *articles: Record) -> None:
    with gateway.write() as session:
        for one in articles:
            knowledge.publish(session, one)


def test_the_best_is_what_says_more_words_then_where_it_says_them(sign_in: SignIn) -> None:
    desk = sign_in("director")
    made = {
        name: saved(desk, name=title, keywords=keywords, problem=problem, solution=solution)
        for name, title, keywords, problem, solution in (
            ("title", "硒鼓漏粉", "", "纸上有黑点", "更换"),
            ("keywords", "打印质量差", "硒鼓 墨盒", "纸上有黑点", "更换"),
            ("problem", "打印质量差", "", "硒鼓响", "更换"),
            ("solution", "打印质量差", "", "纸上有黑点", "更换硒鼓"),
            ("both", "打印质量差", "", "纸上有黑点", "更换硒鼓, 清洁激光器"),
            ("latin", "LaserJet 1020 提示 E05", "", "不能打印", "重启"),
        )
    }
    publish(desk, *made.values())
    draft = saved(desk, name="硒鼓", solution="x")
    names = {one.id: name for name, one in made.items()} | {draft.id: "draft"}
    with desk.read() as session:

        def found(typed: str) -> list[str]:
            return [names[hit.id] for hit in knowledge.suggest(session, typed, limit=9)]

        assert found("硒鼓") == ["title", "keywords", "problem", "solution", "both"]
        assert found("我的打印机硒鼓和激光器都坏了怎么办呢")[0] == "both"
        assert found("laserjet 的 e05") == ["latin"]
        assert found("的 吗") == found("") == []
        assert draft.id in [hit.id for hit in knowledge.find(session, "硒鼓")]
        assert knowledge.suggest(session, "激光器")[0].excerpt == "更换硒鼓, 清洁激光器"
        everywhere = search.search(session, "激光器", desk.person)
        assert [hit.id for hit in everywhere if hit.entity == "knowledge_article"] == [made["both"].id]
    with desk.write() as session:
        knowledge.vote(session, made["both"].id, is_useful=True)
        assert knowledge.own_vote(session, made["both"].id) is True
        assert found("更换")[0] == "both"
        knowledge.vote(session, made["both"].id, is_useful=False)
        assert knowledge.own_vote(session, made["both"].id) is False
        knowledge.vote(session, made["both"].id, is_useful=None)
        assert knowledge.own_vote(session, made["both"].id) is None


def test_what_is_about_the_product_comes_first(sign_in: SignIn) -> None:
    desk = sign_in("director")
    with desk.read() as session:
        (product, *_more) = search.find(session, "product", "GTX", desk.person)
    other = create(desk, "product", name="GTX 2")
    refs = {"its": {"product": Ref(product.id, "GTX 1")}, "any": {}, "other": {"product": Ref(other.id, other.title)}}
    made = {name: saved(desk, **values) for name, values in refs.items()}
    publish(desk, *made.values())
    names = {one.id: name for name, one in made.items()}
    with desk.read() as session:
        assert [names[hit.id] for hit in knowledge.suggest(session, "卡纸", product.id)] == ["its", "any", "other"]
