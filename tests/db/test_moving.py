"""How opportunities are moved by the services: what is asked for, what it costs, and the days in each stage."""

from __future__ import annotations

import datetime

import pytest
from sqlalchemy import text

from crm_desktop.core.errors import ConflictError
from crm_desktop.db.engine import Gateway
from crm_desktop.services import opportunities, records
from crm_desktop.services.opportunities import Stage, Stages
from crm_desktop.services.records import FieldsError, Record
from crm_desktop.spec import Ref
from tests.db.conftest import SignIn, own_database, sign_in, template
from tests.ui.desk import count_statements, create

__all__ = ["own_database", "sign_in", "template"]


@pytest.fixture
def seller(sign_in: SignIn) -> Gateway:
    return sign_in("seller")


def stages_of(gateway: Gateway) -> Stages:
    with gateway.read() as session:
        return opportunities.fetch_stages(session)


def stage(stages: Stages, outcome: str, place: int = 0) -> Stage:
    return [one for one in stages.all if one.outcome == outcome][place]


def move(gateway: Gateway, record: Record, target: Stage, note: str = "", **values: object) -> Record:
    with gateway.write() as session:
        return records.reread(session, opportunities.move(session, record, target, values, note))


def test_a_move_costs_two_statements(seller: Gateway) -> None:
    made, stages = create(seller, "opportunity", name="二期设备"), stages_of(seller)
    with seller.write() as session:
        session.execute(text("select 1"))
        asked = count_statements(lambda: opportunities.move(session, made, stage(stages, "open", 1), {}, ""))
    assert len(asked) == 2


def test_losing_needs_a_reason_and_winning_none(seller: Gateway) -> None:
    made, stages = create(seller, "opportunity", name="二期设备"), stages_of(seller)
    assert opportunities.asked(stage(stages, "won"), made.values) == opportunities.CLOSING
    with pytest.raises(FieldsError) as error:
        move(seller, made, stage(stages, "lost"))
    assert list(error.value.fields) == ["reason"]
    won = move(seller, made, stage(stages, "won"), closed_on=datetime.date(2026, 1, 5))
    assert (won.values["outcome"].label, won.values["closed_on"]) == ("Won", datetime.date(2026, 1, 5))


def test_going_back_needs_a_word_that_stays_with_it(seller: Gateway) -> None:
    made, stages = create(seller, "opportunity", name="二期设备"), stages_of(seller)
    there = move(seller, made, stage(stages, "open", 2))
    with pytest.raises(FieldsError) as error:
        move(seller, there, stage(stages, "open"))
    assert list(error.value.fields) == ["stage_note"]
    back = move(seller, there, stage(stages, "open"), "需求变了")
    there = move(seller, back, stage(stages, "open", 2))
    move(seller, there, stage(stages, "open"), "需求变了")
    with seller.read() as session:
        notes = [stay.note for stay in opportunities.fetch_stays(session, made.id)]
    assert notes == ["", "", "需求变了", "", "需求变了"]


def test_the_slower_of_two_is_told(seller: Gateway) -> None:
    made, stages = create(seller, "opportunity", name="二期设备"), stages_of(seller)
    move(seller, made, stage(stages, "open", 1))
    with pytest.raises(ConflictError, match="moved it to"):
        move(seller, made, stage(stages, "open", 2))


def test_days_in_each_stage_end_where_the_next_begins(seller: Gateway) -> None:
    stages = stages_of(seller)
    begun = datetime.date(2026, 1, 5)
    made = create(seller, "opportunity", name="二期设备", opened_on=begun)
    move(seller, made, stage(stages, "won"))
    with seller.read() as session:
        first, last = opportunities.fetch_stays(session, made.id)
    assert first.entered_at.astimezone().date() == begun
    assert first.days == (last.entered_at - first.entered_at).days
    assert last.days is None
    assert first.stage == Ref(made.values["stage"].id, made.values["stage"].label, "violet")
