"""Lists in groups, and the totals below them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import text

from crm_desktop.core.errors import KnownError
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.services import grouping
from crm_desktop.services.grouping import Grouping, fetch_first_of, fetch_groups, fetch_headings, groupings_of
from crm_desktop.services.listing import ListQuery, columns_of, fetch_ids
from crm_desktop.services.totals import Total, fetch_totals
from tests.db.conftest import SignIn
from tests.ui.desk import count_statements

ALL = ListQuery(entity="customer", preset="all")
SUM = {"total_amount": Total.SUM}


def test_groups_hold_every_row_once_in_the_lists_order(sign_in: SignIn) -> None:
    director = sign_in("director")
    with director.read() as session:
        whole = fetch_ids(session, ALL, director.person)
        asked = count_statements(lambda: fetch_groups(session, ALL, director.person, Grouping("owner"), SUM))
        ids, _sums, groups = fetch_groups(session, ALL, director.person, Grouping("owner"), SUM)
        owners = {row.id: row.owner_id for row in session.execute(text("select id, owner_id from crm.customer"))}
    assert len(asked) == 1
    assert sorted(ids) == sorted(whole)
    start = 0
    for group in groups:
        part = ids[start : start + group.size]
        assert {owners[id_] for id_ in part} == {group.value.id}
        assert [id_ for id_ in whole if owners[id_] == group.value.id] == list(part)
        start += group.size
    assert start == 60


def test_headings_of_a_long_list_come_without_its_ids(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "READ_AT_ONCE", 10)
    director = sign_in("director")
    with director.read() as session:
        for by in (Grouping("owner"), Grouping("registered_on", "month"), Grouping("owner.department")):
            whole = fetch_groups(session, ALL, director.person, by, SUM)
            headings = fetch_headings(session, ALL, director.person, by, SUM)
            assert (list(headings.ids), headings.groups) == ([0] * 60, whole.groups)
        asked = count_statements(lambda: fetch_headings(session, ALL, director.person, Grouping("owner"), SUM))
    assert len(asked) == 1
    assert "int8send" not in asked[0]


def test_first_rows_of_a_group_are_those_it_begins_with(sign_in: SignIn) -> None:
    director = sign_in("director")
    columns = columns_of(CUSTOMER)
    by_name = ListQuery(entity="customer", preset="all", sort="name", is_descending=True)
    groupings = [
        Grouping("owner"), Grouping("level"), Grouping("registered_on", "month"), Grouping("owner.department"),
        Grouping("is_do_not_contact"), Grouping("name"),
    ]  # fmt: skip
    with director.write() as session:
        days = "nullif(date '2026-02-03' + id::int % 40, '2026-02-03')"
        session.execute(text(f"update crm.customer set registered_on = {days}"))
        for by in groupings:
            ids, _sums, groups = fetch_groups(session, by_name, director.person, by, {})
            for group in groups:
                first = fetch_first_of(session, by_name, director.person, by, group.value, columns, limit=5)
                assert [row.id for row in first] == list(ids[: group.size][:5]), (by, group)
                ids = ids[group.size :]


def test_group_has_count_and_total(sign_in: SignIn) -> None:
    director = sign_in("director")
    with director.write() as session:
        session.execute(text("update crm.customer set total_amount = id, is_do_not_contact = id % 3 = 0"))
        ids, _sums, groups = fetch_groups(session, ALL, director.person, Grouping("is_do_not_contact"), SUM)
    assert [group.value for group in groups] == [False, True]
    assert groups[1].size == len([id_ for id_ in ids if id_ % 3 == 0])
    assert groups[1].totals == {"total_amount": sum(id_ for id_ in ids if id_ % 3 == 0)}


def test_days_gather_by_unit_and_empty_comes_last(sign_in: SignIn) -> None:
    director = sign_in("director")
    with director.write() as session:
        session.execute(
            text("update crm.customer set founded_on = null, registered_on ="
                 " case when id % 2 = 0 then date '2026-02-03' + (id % 40)::int end")
        )  # fmt: skip
        _ids, _sums, groups = fetch_groups(session, ALL, director.person, Grouping("registered_on", "month"), {})
        _ids, _sums, quarters = fetch_groups(session, ALL, director.person, Grouping("registered_on", "quarter"), {})
    labels = [Grouping("registered_on", "month").label_of(CUSTOMER, group.value) for group in groups]
    assert labels == ["2026-02", "2026-03", "(empty)"]
    assert [Grouping("x", "quarter").label_of(CUSTOMER, group.value) for group in quarters] == [
        "2026, quarter 1", "(empty)",
    ]  # fmt: skip


def test_nobody_reads_too_many_groups(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "MOST_GROUPS", 10)
    director = sign_in("director")
    with director.read() as session, pytest.raises(KnownError, match="Customer name"):
        fetch_groups(session, ALL, director.person, Grouping("name"), {})


def test_columns_of_another_table_group_too(sign_in: SignIn) -> None:
    director = sign_in("director")
    with director.read() as session:
        _ids, _sums, groups = fetch_groups(session, ALL, director.person, Grouping("owner.department"), {})
    assert groups[-1].value is None
    assert {group.value.label for group in groups[:-1]} == {"head", "sales", "south", "service"}


def test_numbers_and_lists_make_no_groups() -> None:
    offered = {column.key: groupings_of(column) for column in CUSTOMER.table.columns}
    assert offered["total_amount"] == offered["phones"] == ()
    assert [one.unit for one in offered["registered_on"]] == ["day", "week", "month", "quarter", "year"]
    assert Grouping.from_text(CUSTOMER, "registered_on:week") == Grouping("registered_on", "week")
    assert Grouping.from_text(CUSTOMER, "registered_on") is None
    assert Grouping.from_text(CUSTOMER, "gone") is None


def test_totals_are_those_of_all_rows_or_of_some(sign_in: SignIn) -> None:
    director = sign_in("director")
    totals = {"total_amount": Total.AVERAGE, "employee_count": Total.MOST}
    with director.write() as session:
        session.execute(text("update crm.customer set total_amount = 100, employee_count = id"))
        ids = list(fetch_ids(session, ALL, director.person))
        session.execute(text("update crm.customer set total_amount = 200 where id = :id"), {"id": ids[0]})
        whole = fetch_totals(session, ALL, director.person, totals)
        some = fetch_totals(session, ALL, director.person, totals, ids[:2])
        session.execute(text("update crm.customer set total_amount = null"))
        empty = fetch_totals(session, ALL, director.person, totals)
    assert whole == {"total_amount": Decimal("101.67"), "employee_count": max(ids)}
    assert some == {"total_amount": Decimal(150), "employee_count": max(ids[:2])}
    assert empty == {"employee_count": max(ids)}
