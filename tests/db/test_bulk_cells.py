"""Pasted cells: what is read, refused and written."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from crm_desktop.core.errors import NoRightError
from crm_desktop.db.engine import Gateway
from crm_desktop.services import bulk_cells, journal, records
from crm_desktop.services.bulk import Changed
from crm_desktop.services.bulk_cells import CellsRehearsal, Texts
from tests.db.conftest import SignIn
from tests.db.test_bulk import ids_of, value


def rehearse(gateway: Gateway, texts: Texts, entity: str = "customer") -> CellsRehearsal:
    with gateway.read() as session:
        return bulk_cells.rehearse_cells(session, gateway.person, entity, texts)


def write(gateway: Gateway, rehearsal: CellsRehearsal, entity: str = "customer") -> Changed:
    with gateway.long_write() as session:
        return bulk_cells.change_cells(session, entity, rehearsal, "pasted", lambda *_progress: None)


def refused(rehearsal: CellsRehearsal) -> dict[tuple[int, str], Any]:
    return {(cell.id, cell.key): cell.why for cell in rehearsal.refused}


def test_block_is_read_by_the_kinds_and_written_as_one(sign_in: SignIn) -> None:
    director = sign_in("director")
    one, two = ids_of(director)[:2]
    rehearsed = rehearse(
        director,
        {
            one: {"total_amount": "3万", "level": "A", "owner": "seller", "phones": "110、120", "name": "华工医药"},
            two: {"total_amount": "", "level": "", "owner": "manager", "phones": "", "name": "客户2"},
        },
    )
    assert refused(rehearsed) == {}
    assert (len(rehearsed.changing), rehearsed.same) == (7, 3)
    changed = write(director, rehearsed)
    assert (changed.count, changed.left) == (2, 0)
    assert (str(value(director, one, "total_amount")), value(director, one, "phones")) == ("30000.00", ["110", "120"])
    assert value(director, two, "phones") == []
    assert "hgyy" in value(director, one, "search_text").split("\n")
    with director.write() as session:
        journal.undo(session, changed.change_set)
    assert value(director, one, "name") == "客户1"


def test_cells_that_do_not_fit_are_refused_one_by_one(sign_in: SignIn) -> None:
    director = sign_in("director")
    one = ids_of(director)[0]
    rehearsed = rehearse(
        director,
        {
            one: {
                "total_amount": "much", "level": "Z9", "owner": "nobody", "owner.department": "sales", "name": "",
                "fax": "1" * 61, "email": "a@b.cn",
            }
        },
    )  # fmt: skip
    assert refused(rehearsed) == {
        (one, "total_amount"): "“much” is not an amount of money.",
        (one, "level"): "“Z9” is no choice here.",
        (one, "owner"): "There is no “nobody”.",
        (one, "owner.department"): "This column cannot be changed here.",
        (one, "name"): "Customer name is needed.",
        (one, "fax"): "Fax may have at most 60 characters.",
    }
    write(director, rehearsed)
    assert value(director, one, "email") == "a@b.cn"


def test_row_changed_after_the_rehearsal_stays(sign_in: SignIn) -> None:
    director = sign_in("director")
    one, two = ids_of(director)[:2]
    rehearsed = rehearse(director, {one: {"fax": "1"}, two: {"fax": "2"}})
    with director.write() as session:
        records.save_record(session, records.fetch_record(session, "customer", one), {"fax": "his"})
    changed = write(director, rehearsed)
    assert (changed.count, changed.left) == (1, 1)
    assert (value(director, one, "fax"), value(director, two, "fax")) == ("his", "2")


def test_records_of_others_are_refused(sign_in: SignIn) -> None:
    director, desk = sign_in("director"), sign_in("desk")
    theirs = ids_of(director, "owner_id <> (select id from crm.employee where name = 'desk')")[0]
    assert refused(rehearse(desk, {theirs: {"fax": "1"}})) == {(theirs, "fax"): "You may not change this record."}


def test_several_rows_need_the_right_to_bulk_edit(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    one, two = ids_of(seller)[:2]
    with pytest.raises(NoRightError):
        rehearse(seller, {one: {"fax": "1"}, two: {"fax": "1"}})


def test_names_that_several_bear_are_refused(sign_in: SignIn) -> None:
    director = sign_in("director")
    one, two, three = ids_of(director)[:3]
    with director.write() as session:
        session.execute(text("update crm.customer set name = '同名' where id = any(:ids)"), {"ids": [two, three]})
    assert refused(rehearse(director, {one: {"parent": "同名"}})) == {(one, "parent"): "There are several “同名”."}


def test_nobody_pastes_an_owner_out_of_his_reach(sign_in: SignIn) -> None:
    manager = sign_in("manager")
    one = ids_of(manager)[0]
    refusal = {(one, "owner"): "You may not give records to director."}
    assert refused(rehearse(manager, {one: {"owner": "director"}})) == refusal
