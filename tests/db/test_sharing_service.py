"""Sharing, assigning and claiming as the program does them: looked at first, one change set, taken back whole."""

from __future__ import annotations

import datetime

import pytest
from sqlalchemy import text

from crm_desktop.core.errors import NoRightError
from crm_desktop.db.engine import Gateway
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.services import journal, records, rights, sharing, why
from crm_desktop.services.sharing import Receiver
from crm_desktop.spec import Ref
from tests.db.conftest import SignIn


def customers(gateway: Gateway, count: int) -> list[int]:
    made = []
    with gateway.write() as session:
        for number in range(count):
            record = records.new_record("customer", gateway.person, name=f"共享{number}")
            made.append(records.create_record(session, record).id)
    return made


def visible(gateway: Gateway, ids: list[int]) -> list[int]:
    with gateway.read() as session:
        return sorted(records.fetch_records(session, "customer", ids))


def me(gateway: Gateway) -> Ref:
    return Ref(gateway.person.id, gateway.person.name)


def test_shares_many_with_several_as_one_change_set(sign_in: SignIn) -> None:
    leader, director, desk = sign_in("leader"), sign_in("director"), sign_in("narrow")
    mine, hers = customers(leader, 3), customers(director, 1)
    with leader.write() as session:
        rehearsal = sharing.rehearse_share(session, "customer", [*mine, *hers])
        assert ([*rehearsal.targets.ids], rehearsal.gone) == (mine, 1)  # hers are out of his sight
        done = sharing.share(session, "customer", mine, [Receiver(me(desk))], "3 customers", may_write=True)
    assert visible(desk, mine) == mine
    with leader.write() as session:
        (lending,) = sharing.fetch_lendings(session, "customer", mine[0])
        assert (lending.receiver.ref.label, lending.may_write, lending.shared_by) == ("narrow", True, "leader")
        until = datetime.datetime.now().astimezone() + datetime.timedelta(days=1)
        sharing.share(session, "customer", mine[:1], [Receiver(me(desk))], "x", may_write=False, ends_at=until)
        (lending,) = sharing.fetch_lendings(session, "customer", mine[0])
        assert (lending.may_write, lending.ends_at) == (False, until)
        sharing.end_share(session, "customer", [lending.id], "x")
        (ended,) = sharing.fetch_ended(session, "customer", mine[0])
        assert (ended.name, ended.may_write, ended.ended_by) == ("narrow", False, "leader")
    with director.read() as session:
        assert sharing.fetch_ended(session, "customer", mine[0])
    with desk.read() as session:
        assert sharing.fetch_ended(session, "customer", mine[0]) == []
    assert visible(desk, mine) == mine[1:]
    with leader.write() as session:
        assert journal.describe("share", "customer:3 customers") == "Shared: 3 customers"
        result = journal.undo(session, done.change_set)
    assert result.removed == {"share": 2}
    assert visible(desk, mine) == []


def test_a_collaborator_is_told_that_he_may_change_what_is_lent(sign_in: SignIn) -> None:
    leader, narrow = sign_in("leader"), sign_in("narrow")
    (read, write) = customers(leader, 2)
    with leader.write() as session:
        sharing.share(session, "customer", [read], [Receiver(me(narrow))], "x", may_write=False)
        sharing.share(session, "customer", [write], [Receiver(me(narrow))], "x", may_write=True)
    with narrow.write() as session:
        found = records.fetch_records(session, "customer", [read, write])
        assert rights.why_not(narrow.person, "update", found[write]) == ""
        assert "belongs to leader" in rights.why_not(narrow.person, "update", found[read])
        assert "belongs to leader" in rights.why_not(narrow.person, "delete", found[write])
        saved = records.save_record(session, found[write], {"remark": "看过了"})
        assert saved.version == found[write].version + 1


def test_assigning_carries_the_parts_and_keeps_the_former_owner_as_collaborator(sign_in: SignIn) -> None:
    leader, seller, director = sign_in("leader"), sign_in("seller"), sign_in("director")
    mine, hers = customers(leader, 2), customers(director, 1)
    with director.write() as session:
        person = director.person
        rehearsal = sharing.rehearse_assign(session, person, "customer", [*mine, *hers], me(seller))
        done = sharing.assign(session, person, "customer", rehearsal.targets, me(seller), "3", keeps_me=True)
    assert (done.count, done.left) == (3, 0)
    with director.read() as session:
        assert {r.values["owner"].label for r in records.fetch_records(session, "customer", mine).values()} == {
            "seller"
        }
        (kept,) = sharing.fetch_lendings(session, "customer", hers[0])
        assert (kept.receiver.ref.label, kept.may_write) == ("director", True)
        assert sharing.fetch_lendings(session, "customer", mine[0]) == []
        history = journal.fetch_history(session, "customer", mine[0])
        now, before = sharing.tenures_of(history, CUSTOMER, "seller")
        assert (now.owner, now.until, before.owner, before.until) == ("seller", None, "leader", now.since)
    with director.write() as session:
        journal.undo(session, done.change_set)
        assert {r.values["owner"].label for r in records.fetch_records(session, "customer", mine).values()} == {
            "leader"
        }
        assert sharing.fetch_lendings(session, "customer", hers[0]) == []


def test_a_collaborator_does_not_give_away_what_is_lent(sign_in: SignIn) -> None:
    leader, clerk = sign_in("director"), sign_in("narrow")
    (lent,) = customers(leader, 1)
    with leader.write() as session:
        sharing.share(session, "customer", [lent], [Receiver(me(clerk))], "x", may_write=True)
    with clerk.write() as session:
        rehearsal = sharing.rehearse_assign(session, clerk.person, "customer", [lent], me(clerk))
        assert [*rehearsal.targets.ids] == []
        assert [[*ids] for ids in rehearsal.refused.values()] == [[lent]]
        assert [*sharing.rehearse_share(session, "customer", [lent]).targets.ids] == []
        assert not sharing.may_share(session, "customer", lent)


def test_claims_only_what_nobody_owns(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    (own,) = customers(seller, 1)
    with seller.write() as session:
        pool = Ref(session.execute(text("select id from crm.employee where is_pool")).scalar_one(), "公海")
        record = records.fetch_record(session, "customer", own)
        records.save_record(session, record, {"owner": pool})
    (other,) = customers(seller, 1)
    with seller.write() as session:
        rehearsal = sharing.rehearse_claim(session, seller.person, "customer", [own])
        assert [*rehearsal.targets.ids] == [own]
        taken = sharing.rehearse_claim(session, seller.person, "customer", [other])
        assert ([*taken.targets.ids], [[*ids] for ids in taken.refused.values()]) == ([], [[other]])
        sharing.assign(session, seller.person, "customer", rehearsal.targets, me(seller), "x")
        assert records.fetch_record(session, "customer", own).values["owner"].label == "seller"


def test_says_in_words_why_somebody_sees_a_record(sign_in: SignIn) -> None:
    leader, narrow, admin = sign_in("director"), sign_in("narrow"), sign_in("admin")
    (lent,) = customers(leader, 1)
    with admin.read() as session:
        reason = why.explain(session, "customer", lent, narrow.person.id)[0]
        assert (reason.may, reason.reason) == (False, "out_of_scope")
        assert "director" in reason.sentence
        assert "Department" in reason.sentence
        answers = [*why.explain(session, "customer", lent, narrow.person.id)]
        answers += why.explain(session, "customer", lent, leader.person.id)
        of_creating = [answer.sentence for answer in answers if answer.verb == "create"]
        assert len(of_creating) == 2
        assert not any("director" in sentence or "own" in sentence.lower().split() for sentence in of_creating)
    with leader.write() as session:
        sharing.share(session, "customer", [lent], [Receiver(me(narrow))], "x", may_write=True)
    with narrow.read() as session:
        reason = why.explain(session, "customer", lent, narrow.person.id)[0]
        assert reason.sentence.startswith("director shared it with him on ")
        seers = {seer.name: seer.verbs for seer in why.fetch_seers(session, "customer", lent)}
        assert seers["narrow"] == "See, Change"
        assert seers["director"] == "See, Change, Delete"
        assert "seller" not in seers
    seller = sign_in("seller")
    with pytest.raises(NoRightError), seller.read() as session:
        why.explain(session, "customer", lent, seller.person.id)
