"""The recycle bin and earlier versions of a record, through the services."""

from __future__ import annotations

from crm_desktop.db.engine import Gateway
from crm_desktop.services import journal, recycle_bin, versions
from crm_desktop.services.records import (
    Record,
    create_record,
    delete_records,
    fetch_record,
    fetch_records,
    new_record,
    save_record,
)
from crm_desktop.spec import Ref
from tests.db.conftest import SignIn


def _customer(gateway: Gateway, name: str) -> Record:
    with gateway.write() as session:
        return create_record(session, new_record("customer", gateway.person, name=name, remark="wie es war"))


def _delete(gateway: Gateway, *made: Record) -> None:
    with gateway.write() as session:
        deleted = delete_records(session, made[0].entity, [record.id for record in made], "two")
    assert deleted.count == len(made)


def _deleted(gateway: Gateway) -> list[recycle_bin.DeletedRecord]:
    with gateway.read() as session:
        return recycle_bin.fetch_deleted(session, gateway.person)


def test_chosen_records_come_back_from_several_deletions(sign_in: SignIn) -> None:
    manager = sign_in("manager")
    first, second, third = (_customer(manager, name) for name in ("甲医药", "乙医药", "丙医药"))
    _delete(manager, first, second)
    _delete(manager, third)
    bin_ = {record.id: record for record in _deleted(manager)}
    assert set(bin_) == {first.id, second.id, third.id}
    assert {(record.name, record.is_mine) for record in bin_.values()} == {
        ("甲医药", True),
        ("乙医药", True),
        ("丙医药", True),
    }
    with manager.read() as session:
        values = recycle_bin.fetch_values(session, bin_[first.id])
    assert (values["remark"], values["owner"].id) == ("wie es war", manager.person.id)
    with manager.write() as session:
        result = recycle_bin.bring_back(session, [bin_[first.id], bin_[third.id]])
    assert (result.brought_back, result.kept) == ({"customer": 2}, ())
    assert [record.id for record in _deleted(manager)] == [second.id]
    with manager.read() as session:
        assert set(fetch_records(session, "customer", [first.id, second.id, third.id])) == {first.id, third.id}


def test_what_was_brought_back_alone_is_undone_alone(sign_in: SignIn) -> None:
    manager = sign_in("manager")
    first, second = (_customer(manager, name) for name in ("甲医药", "乙医药"))
    _delete(manager, first, second)
    (chosen,) = (record for record in _deleted(manager) if record.id == first.id)
    with manager.write() as session:
        back = recycle_bin.bring_back(session, [chosen])
    assert back.change_set is not None
    with manager.write() as session:
        assert journal.undo(session, back.change_set).removed == {"customer": 1}
    assert {record.id for record in _deleted(manager)} == {first.id, second.id}


def test_a_part_that_went_with_its_parent_is_not_listed_by_itself(sign_in: SignIn) -> None:
    manager = sign_in("manager")
    customer = _customer(manager, "甲医药")
    with manager.write() as session:
        begun = new_record("contact", manager.person, name="何毅", customer=Ref(customer.id, "甲医药"))
        contact = create_record(session, begun)
    _delete(manager, contact)
    assert [record.entity for record in _deleted(manager)] == ["contact"]
    _delete(manager, customer)
    assert [record.entity for record in _deleted(manager)] == ["customer"]


def test_nobody_finds_what_he_could_not_read(sign_in: SignIn) -> None:
    manager, seller = sign_in("manager"), sign_in("seller")
    _delete(manager, _customer(manager, "甲医药"))
    assert _deleted(seller) == []


def test_a_record_is_shown_as_it_was(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    made = _customer(seller, "甲医药")
    for changes in ({"name": "甲医药有限公司"}, {"name": "甲医药股份", "fax": "020"}):
        with seller.write() as session:
            save_record(session, fetch_record(session, "customer", made.id), changes)
    with seller.read() as session:
        now = fetch_record(session, "customer", made.id)
        history = journal.fetch_history(session, "customer", made.id)
    newest, middle, creation = history
    then = versions.as_of(now, history, middle.at)
    assert then is not None
    assert (then.values["name"], then.values["fax"], then.values["remark"]) == ("甲医药有限公司", None, "wie es war")
    assert {field.key: (field.before, field.after) for field in versions.differences(then, now)} == {
        "name": ("甲医药有限公司", "甲医药股份"),
        "fax": (None, "020"),
    }
    assert versions.as_of(now, history, newest.at) == now
    first = versions.as_of(now, history, creation.at)
    assert first is not None
    assert first.values["name"] == "甲医药"
    assert versions.as_of(now, history, creation.at.replace(year=2000)) is None
