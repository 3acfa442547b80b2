"""Bulk edit and bulk delete: what the rehearsal promises is what is written, and nothing else."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text

from crm_desktop.core.errors import CancelledError, NoRightError
from crm_desktop.db.engine import Gateway
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.models import Customer
from crm_desktop.services import bulk, journal, records
from crm_desktop.services.bulk import Changed, Rehearsal, Targets
from crm_desktop.services.bulk_steps import Action, Step, actions_for, editable
from crm_desktop.services.records import FieldsError
from crm_desktop.spec import Ref
from tests.db.conftest import SignIn


def ids_of(gateway: Gateway, where: str = "true") -> list[int]:
    with gateway.read() as session:
        return list(session.scalars(text(f"select id from crm.customer where {where} order by id")))


def value(gateway: Gateway, id_: int, column: str) -> Any:
    with gateway.read() as session:
        return session.execute(text(f"select {column} from crm.customer where id = :id"), {"id": id_}).scalar_one()


def rehearse(gateway: Gateway, ids: Sequence[int], *steps: Step) -> Rehearsal:
    with gateway.read() as session:
        return bulk.rehearse(session, gateway.person, "customer", steps, ids)


def change(gateway: Gateway, targets: Targets, *steps: Step) -> Changed:
    with gateway.long_write() as session:
        return bulk.change_all(session, "customer", steps, targets, "60 customers", lambda *_progress: None)


def test_sets_a_field_of_all_and_can_be_undone(sign_in: SignIn) -> None:
    director = sign_in("director")
    ids = ids_of(director)
    step = Step("interests", Action.SET, "golf")
    rehearsed = rehearse(director, ids, step)
    assert (rehearsed.total, sorted(rehearsed.targets.ids), rehearsed.same, rehearsed.refused) == (60, ids, 0, {})
    changed = change(director, rehearsed.targets, step)
    assert (changed.count, changed.left) == (60, 0)
    assert value(director, ids[7], "interests") == "golf"
    with director.write() as session:
        assert journal.undo(session, changed.change_set).restored == {"customer": 60}
    assert value(director, ids[7], "interests") is None


def test_rehearsal_tells_same_from_refused(sign_in: SignIn) -> None:
    director, clerk = sign_in("director"), sign_in("manager")
    ids = ids_of(clerk)
    change(director, rehearse(director, ids[:2], Step("fax", Action.SET, "1")).targets, Step("fax", Action.SET, "1"))
    rehearsed = rehearse(clerk, [*ids, 10**9], Step("fax", Action.SET, "1"))
    assert (rehearsed.same, rehearsed.gone) == (2, 1)
    assert len(rehearsed.targets.ids) == len(ids) - 2


def test_records_of_others_stay_and_are_named(sign_in: SignIn) -> None:
    clerk, desk = sign_in("clerk"), sign_in("desk")
    desk_grants = {**desk.person.grants, "customer": clerk.person.grants["customer"]}
    object.__setattr__(desk.person, "grants", desk_grants)
    ids = ids_of(desk)
    mine = ids_of(desk, "owner_id = crm.me()")
    rehearsed = rehearse(desk, ids, Step("fax", Action.SET, "1"))
    assert sorted(rehearsed.targets.ids) == mine
    ((why, refused),) = rehearsed.refused.items()
    assert (why, len(refused)) == ("You may not change them.", len(ids) - len(mine))
    everything = Targets(array("q", ids), array("i", [1] * len(ids)))
    assert change(desk, everything, Step("fax", Action.SET, "1")).count == len(mine)


def test_a_record_changed_after_the_rehearsal_stays(sign_in: SignIn) -> None:
    director, manager = sign_in("director"), sign_in("manager")
    ids = ids_of(manager)
    step = Step("remark", Action.APPEND, "checked")
    rehearsed = rehearse(director, ids, step)
    with manager.write() as session:
        records.save_record(session, records.fetch_record(session, "customer", ids[0]), {"remark": "his"})
    changed = change(director, rehearsed.targets, step)
    assert (changed.count, changed.left) == (len(ids) - 1, 1)
    assert value(director, ids[0], "remark") == "his"


def test_numbers_are_computed_in_each_row(sign_in: SignIn) -> None:
    director = sign_in("director")
    ids = ids_of(director)
    with director.write() as session:
        session.execute(text("update crm.customer set total_amount = 100.10, employee_count = 3 where id = any(:i)"),
                        {"i": ids[:2]})  # fmt: skip
        session.execute(text("update crm.customer set employee_count = 2147483647 where id = :i"), {"i": ids[2]})
    steps = (Step("total_amount", Action.MULTIPLY, 3), Step("employee_count", Action.ADD, 2))
    rehearsed = rehearse(director, ids, *steps)
    assert sorted(rehearsed.targets.ids) == ids[:2]
    assert {why: list(found) for why, found in rehearsed.refused.items()} == {
        "Employees would become too large.": [ids[2]]
    }
    assert rehearsed.examples[0].after == {"total_amount": value(director, ids[0], "total_amount") * 3,
                                           "employee_count": 5}  # fmt: skip
    change(director, rehearsed.targets, *steps)
    assert (str(value(director, ids[1], "total_amount")), value(director, ids[1], "employee_count")) == ("300.30", 5)


def test_a_new_name_is_found_by_its_pinyin_at_once(sign_in: SignIn) -> None:
    director = sign_in("director")
    ids = ids_of(director, "name like '客户1%'")
    step = Step("name", Action.REPLACE, "客户", "华工医药")
    change(director, rehearse(director, ids, step).targets, step)
    with director.read() as session:
        found = session.execute(
            text("select name, sort_key, name_core, search_text from crm.customer where id = :i"), {"i": ids[0]}
        ).one()
    assert found.name == "华工医药1"
    assert found.sort_key.startswith("hua 华")
    assert "hgyy1" in found.search_text.split("\n")
    assert found.name_core == "华工医药1"


def test_lists_take_and_give_single_items(sign_in: SignIn) -> None:
    director = sign_in("director")
    ids = ids_of(director)
    steps = [Step("phones", Action.INSERT, ["110"])]
    change(director, rehearse(director, ids[:2], *steps).targets, *steps)
    assert value(director, ids[0], "phones") == ["020-8880001", "110"]
    assert rehearse(director, ids[:2], *steps).same == 2
    back = [Step("phones", Action.REMOVE, ["020-8880001"])]
    change(director, rehearse(director, ids[:1], *back).targets, *back)
    assert value(director, ids[0], "phones") == ["110"]


def test_text_that_would_be_too_long_stays(sign_in: SignIn) -> None:
    director = sign_in("director")
    ids = ids_of(director)
    with director.write() as session:
        session.execute(text("update crm.customer set fax = repeat('1', 60) where id = :i"), {"i": ids[0]})
    rehearsed = rehearse(director, ids[:2], Step("fax", Action.APPEND, "22"))
    assert list(rehearsed.targets.ids) == [ids[1]]
    assert list(rehearsed.refused) == ["Fax may have at most 60 characters."]


def test_a_value_that_no_record_can_take_is_refused(sign_in: SignIn) -> None:
    director = sign_in("director")
    with pytest.raises(FieldsError, match="Customer name is needed"):
        rehearse(director, ids_of(director), Step("name", Action.SET, None))


def test_nobody_gives_records_out_of_his_reach(sign_in: SignIn) -> None:
    manager, director = sign_in("manager"), sign_in("director")
    to_director = Step("owner", Action.SET, Ref(director.person.id, "director"))
    with pytest.raises(NoRightError, match="director"):
        rehearse(manager, ids_of(manager), to_director)


def test_bulk_edit_is_a_function_of_its_own(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    with pytest.raises(NoRightError):
        rehearse(seller, ids_of(seller), Step("fax", Action.SET, "1"))
    assert len(rehearse(seller, ids_of(seller)[:1], Step("fax", Action.SET, "1")).targets.ids) == 1


def test_cancel_leaves_nothing(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BATCH", 20)
    director = sign_in("director")
    ids, step = ids_of(director), Step("fax", Action.SET, "1")
    targets = rehearse(director, ids, step).targets

    def stop(done: int, _total: int, _what: str) -> None:
        if done >= 40:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError), director.long_write() as session:
        bulk.change_all(session, "customer", [step], targets, "", stop)
    assert ids_of(director, "fax = '1'") == []


def test_delete_names_what_goes_with_it_and_comes_back(sign_in: SignIn) -> None:
    director = sign_in("director")
    ids = ids_of(director)[:10]
    with director.read() as session:
        rehearsed = bulk.rehearse_delete(session, "customer", ids)
    assert (len(rehearsed.targets.ids), rehearsed.parts["contact"], rehearsed.parts["activity"]) == (10, 15, 20)
    with director.long_write() as session:
        deleted = bulk.delete_all(session, "customer", rehearsed.targets, "10", lambda *_progress: None)
    assert (deleted.count, len(ids_of(director))) == (10, 50)
    with director.write() as session:
        journal.undo(session, deleted.change_set)
    assert len(ids_of(director)) == 60


def test_what_only_one_record_can_have_is_not_offered() -> None:
    offered = {attr.key for attr in editable(CUSTOMER)}
    assert "code" not in offered
    assert "level" in offered
    assert Action.CLEAR not in actions_for(Customer.name)
    assert Action.MULTIPLY in actions_for(Customer.total_amount)


def test_customers_with_opportunities_stay_and_the_others_go(sign_in: SignIn) -> None:
    director = sign_in("director")
    ids = ids_of(director)[:3]
    with director.write() as session:
        begun = records.new_record("opportunity", director.person, name="二期设备", customer=Ref(ids[0], ""))
        records.create_record(session, begun)
    with director.read() as session:
        rehearsed = bulk.rehearse_delete(session, "customer", ids)
    assert sorted(rehearsed.targets.ids) == ids[1:]
    assert {why: list(kept) for why, kept in rehearsed.refused.items()} == {"They still have opportunities.": [ids[0]]}
    assert "opportunity" not in rehearsed.parts
