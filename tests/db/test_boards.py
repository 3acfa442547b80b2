"""Boards: what stands in which column, and what it adds up to, against the same computed in Python."""

from __future__ import annotations

import datetime
import io
import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core import clock
from crm_desktop.core.errors import NoRightError
from crm_desktop.db.engine import Gateway
from crm_desktop.entities.boards import OPPORTUNITY_BOARD
from crm_desktop.models import Opportunity
from crm_desktop.reports.board import BoardPaper, print_board
from crm_desktop.services.boards import NO_LANE, FoundBoard, fetch_board
from crm_desktop.services.listing import ListQuery
from crm_desktop.services.records import fetch_record, save_record
from crm_desktop.spec import Ref
from crm_desktop.spec.board import BoardSpec
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.spec.kinds import MONEY
from tests.db.conftest import SignIn
from tests.db.office import COLLEAGUES, Office

ALL = ListQuery(entity="opportunity")
WEIGHTS = {
    "First contact": 20,
    "Needs confirmed": 40,
    "Proposal": 60,
    "Negotiation": 80,
    "Won": 100,
    "Lost": 0,
    "Closed": 0,
}


def ids_by_name(session: Session, table: str, name: str) -> dict[str, int]:
    return {row[0]: row[1] for row in session.execute(text(f"select {name}, id from crm.{table}"))}


@pytest.fixture
def deals(sign_in: SignIn) -> dict[int, dict[str, Any]]:
    """Opportunities of several people in all stages: what stands in each, by id."""
    chance, made = random.Random(7), {}
    with sign_in("clerk").write() as session:
        people = ids_by_name(session, "employee", "name")
        stages = ids_by_name(session, "sales_stage", "name_en")
        for owner, stage in product(("seller", "junior", "manager", "director"), WEIGHTS):
            for again in range(chance.randrange(4)):
                values = {
                    "name": f"商机 {again}",
                    "owner_id": people[owner],
                    "stage_id": stages[stage],
                    "amount": chance.choice([None, Decimal(chance.randrange(1, 10**6)) / 100]),
                    "expected_on": chance.choice(
                        [None, clock.today() + datetime.timedelta(chance.randrange(-40, 200))]
                    ),
                }
                names = ", ".join(values)
                marks = ", ".join(f":{name}" for name in values)
                insert = text(f"insert into crm.opportunity ({names}) values ({marks}) returning id")
                id_ = session.execute(insert, values).scalar_one()
                made[id_] = values | {"owner": owner, "stage": stage}
    return made


def board_of(gateway: Gateway, query: ListQuery = ALL, spec: BoardSpec = OPPORTUNITY_BOARD, **lane: Any) -> FoundBoard:
    with gateway.read() as session:
        return fetch_board(session, spec, query, gateway.person, **lane)


def rounded(deal: dict[str, Any]) -> Decimal:
    return round(Decimal(deal["amount"] or 0) * WEIGHTS[deal["stage"]] / 100 + Decimal("1e-9"), 2)


def places(found: FoundBoard) -> Iterator[tuple[int, int, int]]:
    for column in found.columns:
        for lane, cell in column.cells.items():
            yield from ((column.ref.id, lane, id_) for id_ in cell.ids)


@pytest.mark.parametrize("key", ["director", "manager", "seller", "junior", "desk"])
def test_heads_count_what_the_reader_may_see(sign_in: SignIn, deals: dict[int, dict[str, Any]], key: str) -> None:
    office = Office(dict.fromkeys(COLLEAGUES, 0) | {deal["owner"]: deal["owner_id"] for deal in deals.values()})
    reached = office.reached(key, "opportunity", "read")
    found = board_of(sign_in(key))
    assert [column.ref.label for column in found.columns] == list(WEIGHTS)
    for column in found.columns:
        mine = [deal for deal in deals.values() if deal["stage"] == column.ref.label and deal["owner_id"] in reached]
        assert column.count == len(mine)
        assert column.amount == sum((deal["amount"] or Decimal(0) for deal in mine), Decimal(0))
        assert column.weighted == sum(map(rounded, mine), Decimal(0))


def test_cards_stand_by_expected_day(sign_in: SignIn, deals: dict[int, dict[str, Any]]) -> None:
    found = board_of(sign_in("director"))
    never = datetime.date.max
    for column in found.columns[:4]:
        mine = [id_ for id_, deal in deals.items() if deal["stage_id"] == column.ref.id]
        in_order = sorted(mine, key=lambda id_: (deals[id_]["expected_on"] or never, id_))
        assert list(column.cell(NO_LANE.id).ids) == in_order


def test_lanes_part_the_cards_by_owner(sign_in: SignIn, deals: dict[int, dict[str, Any]]) -> None:
    found = board_of(sign_in("director"), lane=Opportunity.owner)
    assert sorted(places(found)) == sorted((deal["stage_id"], deal["owner_id"], id_) for id_, deal in deals.items())
    assert [lane.label for lane in found.lanes] == sorted({deal["owner"] for deal in deals.values()})
    assert all(column.cell(-1).ids.tolist() == [] for column in found.columns)


def test_a_filter_counts_for_the_heads_too(sign_in: SignIn, deals: dict[int, dict[str, Any]]) -> None:
    gateway = sign_in("director")
    owner = next(deal["owner_id"] for deal in deals.values() if deal["owner"] == "junior")
    group = Group((Condition("owner", "any_of", (Ref(owner, ""),)), Condition("amount", "more", Decimal(3000))))
    found = board_of(gateway, ListQuery(entity="opportunity", filter=group))
    passing = {id_ for id_, deal in deals.items() if deal["owner"] == "junior" and (deal["amount"] or 0) > 3000}
    assert {id_ for _column, _lane, id_ in places(found)} == passing
    assert [column.count for column in found.columns].count(0) < len(WEIGHTS)


def test_columns_of_one_process_stand_together(sign_in: SignIn) -> None:
    with sign_in("admin").write() as session:
        session.execute(text("insert into crm.sales_process (name, name_en, sort_order) values ('备件', 'Parts', 9)"))
        of_parts = "select id, '下单' from crm.sales_process where sort_order = 9"
        session.execute(text(f"insert into crm.sales_stage (process_id, name) {of_parts}"))
    found = board_of(sign_in("seller"))
    standard, parts = found.processes()
    assert (standard.label, parts.label) == ("Standard sales", "Parts")
    assert [column.ref.label for column in found.of(parts.id)] == ["下单"]
    assert [column.ref.label for column in found.of(0)] == list(WEIGHTS)


def test_a_board_is_printed_with_what_its_cards_say(sign_in: SignIn, deals: dict[int, dict[str, Any]]) -> None:
    gateway = sign_in("director")
    pages = io.BytesIO()
    with gateway.write() as session:
        longest = fetch_record(
            session, "opportunity", next(id_ for id_, deal in deals.items() if deal["stage"] == "Won")
        )
        save_record(session, longest, {"name": f"商机 {'长' * 190}"})
    with gateway.read() as session:
        found = fetch_board(session, OPPORTUNITY_BOARD, ALL, gateway.person, Opportunity.owner)
        paper = BoardPaper(board=OPPORTUNITY_BOARD, title="Board", subtitle="", columns=found.of(0), lanes=found.lanes)
        print_board(session, paper, gateway.person, pages)
        with pytest.raises(NoRightError):
            print_board(session, paper, replace(gateway.person, grants={}), io.BytesIO())
    with pypdfium2.PdfDocument(pages.getvalue()) as document:
        told = "".join(page.get_textpage().get_text_range() for page in document)
    assert told.count("商机 ") == len(deals)
    assert 0 < told.count("长") < 190  # else a card could be higher than a page
    for deal in deals.values():
        assert deal["stage"] in {"Won", "Lost", "Closed"} or str(deal["expected_on"] or "") in told
        assert MONEY.format(deal["amount"]) in told
        assert deal["owner"] in told


def test_a_board_stands_over_a_choice_as_well(sign_in: SignIn, deals: dict[int, dict[str, Any]]) -> None:
    spec = BoardSpec(
        entity="opportunity", column=Opportunity.category, order=(Opportunity.name,), title=Opportunity.name,
        subtitle=Opportunity.customer, person=Opportunity.owner, days=(Opportunity.opened_on,), flags=lambda _card: (),
    )  # fmt: skip
    found = board_of(sign_in("director"), spec=spec)
    assert sum(column.count for column in found.columns) == len(deals)
    assert [column.amount for column in found.columns] == [0] * len(found.columns)
    assert found.of(0) == found.columns
