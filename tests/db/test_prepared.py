"""Statements that the server plans once a connection."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError

from crm_desktop.services import prepared
from crm_desktop.services.records import RecordGoneError, fetch_record
from tests.db.conftest import SignIn
from tests.db.test_records import make_customer

PLANS = text("select count(*) from pg_prepared_statements where name like 'plan%'")
PLANNED_ANEW = text("select sum(custom_plans) from pg_prepared_statements where name like 'plan%'")


def test_records_are_planned_once_a_connection_also_after_a_failed_transaction(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    customers = [make_customer(seller, name) for name in ("广州华工", "珠海华工")]
    with seller.read() as session:
        fetch_record(session, "customer", customers[0].id)
        with pytest.raises(DataError):
            session.execute(text("select 1 / 0"))
    with seller.read() as session:
        read = [fetch_record(session, "customer", customer.id) for customer in customers]
        with pytest.raises(RecordGoneError):
            fetch_record(session, "customer", -1)
        assert [record.values["name"] for record in read] == ["广州华工", "珠海华工"]
        assert session.execute(PLANS).scalar_one() == 1
        assert session.execute(PLANNED_ANEW).scalar_one() == 0


def test_a_plan_that_was_not_used_for_long_makes_room(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "_MOST_PLANS", 1)
    seller = sign_in("seller")
    customer = make_customer(seller)
    with seller.read() as session:
        for _number in range(2):
            assert fetch_record(session, "customer", customer.id).title == customer.title
            with pytest.raises(RecordGoneError):
                fetch_record(session, "contact", -1)
            assert session.execute(PLANS).scalar_one() == 1
