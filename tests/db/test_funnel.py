"""The funnel: how many came how far, against the same told from a list of moves."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.db.engine import Gateway
from crm_desktop.services.funnel import Funnel, fetch_funnel
from crm_desktop.services.listing import ListQuery, fetch_ids
from tests.db.conftest import SignIn
from tests.db.office import COLLEAGUES, Office

ALL = ListQuery(entity="opportunity")
STAGES = ("First contact", "Needs confirmed", "Proposal", "Negotiation", "Won", "Lost", "Closed")
WAY = STAGES[:5]


class Deal:
    """An opportunity with all the stages it was in."""

    def __init__(self, owner: str, amount: int, stages: Sequence[str]) -> None:
        self.owner, self.amount, self.stages = owner, amount, stages

    def furthest(self) -> int:
        return max((WAY.index(stage) for stage in self.stages if stage in WAY), default=-1)


def save(session: Session, deal: Deal) -> None:
    to_stage = "(select id from crm.sales_stage where name_en = :stage)"
    id_ = session.execute(
        text(
            "insert into crm.opportunity (name, owner_id, amount, stage_id) "
            f"values ('商机', (select id from crm.employee where name = :owner), :amount, {to_stage}) returning id"
        ),
        {"owner": deal.owner, "amount": deal.amount, "stage": deal.stages[0]},
    ).scalar_one()
    for stage in deal.stages[1:]:
        session.execute(
            text(f"update crm.opportunity set stage_id = {to_stage} where id = :id"), {"stage": stage, "id": id_}
        )


@pytest.fixture
def deals(sign_in: SignIn) -> list[Deal]:
    chance = random.Random(3)
    made = [
        Deal(
            chance.choice(["seller", "junior", "director"]),
            chance.randrange(1, 100),
            chance.choices(STAGES, k=chance.randrange(1, 4)),
        )
        for _number in range(40)
    ]
    with sign_in("clerk").write() as session:
        for deal in made:
            save(session, deal)
    return made


def funnel_of(gateway: Gateway, query: ListQuery = ALL) -> Funnel:
    with gateway.read() as session:
        return fetch_funnel(session, query, gateway.person).of(0)


@pytest.mark.parametrize("key", ["director", "leader", "junior", "desk"])
def test_each_stage_counts_what_came_so_far(sign_in: SignIn, deals: list[Deal], key: str) -> None:
    office = Office({name: number for number, name in enumerate(COLLEAGUES)})
    reached = office.reached(key, "opportunity", "read")
    mine = [deal for deal in deals if office.ids[deal.owner] in reached]
    funnel = funnel_of(sign_in(key))
    assert [stage.ref.label for stage in funnel.way] == list(WAY)
    assert [stage.ref.label for stage in funnel.ends] == ["Lost", "Closed"]
    for place, stage in enumerate(funnel.way):
        came = [deal for deal in mine if deal.furthest() >= place]
        assert (stage.reached, stage.reached_amount) == (len(came), Decimal(sum(deal.amount for deal in came)))
    for stage in funnel.stages:
        there = [deal for deal in mine if deal.stages[-1] == stage.ref.label]
        assert (stage.count, stage.amount) == (len(there), Decimal(sum(deal.amount for deal in there)))
    first, second = funnel.way[:2]
    assert funnel.conversion(0) == (second.reached / first.reached if first.reached else None)
    assert funnel.conversion(4) is None


def test_every_number_opens_its_rows(sign_in: SignIn, deals: list[Deal]) -> None:
    gateway = sign_in("director")
    funnel = funnel_of(gateway)
    assert len(deals) > funnel.way[1].reached > 0
    with gateway.read() as session:
        for stage in funnel.stages:
            query = ListQuery(entity="opportunity", filter=funnel.rows_of(stage))
            expected = stage.reached if stage in funnel.way else stage.count
            assert len(fetch_ids(session, query, gateway.person)) == expected
