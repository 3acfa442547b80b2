"""What an undo brings back is found and sorted by pinyin again, as if the program had just saved it."""

from __future__ import annotations

from sqlalchemy import text

from crm_desktop.core.names import name_core
from crm_desktop.core.text import search_keys
from crm_desktop.services import journal
from crm_desktop.services.records import create_record, new_record
from tests.db.conftest import SignIn

_KEYS = text("select sort_key, search_text, search_grams, name_core from crm.customer where id = :id")


def test_an_undone_name_is_found_by_its_initials(sign_in: SignIn) -> None:
    manager = sign_in("manager")
    with manager.write() as session:
        record = create_record(
            session, new_record("customer", manager.person, code="Z9", name="广州华工医药", phones=["020-88881234"])
        )
    with manager.write() as session:
        change = journal.begin_change(session, "edit", "x")
        session.execute(text("update crm.customer set name = '别', phones = '{}' where id = :id"), {"id": record.id})
    with manager.write() as session:
        journal.undo(session, change)
    expected = (*search_keys("广州华工医药", ["Z9"], ["020-88881234"]), name_core("广州华工医药"))
    with manager.read() as session:
        assert tuple(session.execute(_KEYS, {"id": record.id}).one()) == expected


def test_a_rehearsal_completes_nothing(sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    with clerk.write() as session:
        change = journal.begin_change(session, "edit", "x")
        session.execute(text("update crm.customer set name = 'x' where id = 1"))
    with clerk.read() as session:
        before = session.execute(_KEYS, {"id": 1}).one()
    with clerk.write() as session:
        journal.undo(session, change, is_rehearsal=True)
    with clerk.read() as session:
        assert session.execute(_KEYS, {"id": 1}).one() == before


def test_a_deleted_record_keeps_its_keys(sign_in: SignIn) -> None:
    manager = sign_in("manager")
    with manager.write() as session:
        record = create_record(session, new_record("customer", manager.person, name="广州华工医药"))
        before = tuple(session.execute(_KEYS, {"id": record.id}).one())
    with manager.write() as session:
        change = journal.begin_change(session, "delete", "x")
        session.execute(text("delete from crm.customer where id = :id"), {"id": record.id})
    with manager.write() as session:
        journal.undo(session, change)
    with manager.read() as session:
        assert tuple(session.execute(_KEYS, {"id": record.id}).one()) == before
