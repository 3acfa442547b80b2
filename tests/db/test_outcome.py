"""What became of a save is known to who tried it, also while its transaction still hangs on a dead line."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from crm_desktop.core.errors import Attempt
from crm_desktop.db.engine import Gateway
from crm_desktop.services.outcome import attempt_of, was_committed
from crm_desktop.services.records import create_record, new_record
from tests.db.conftest import SignIn


def create(gateway: Gateway, name: str) -> Attempt:
    with gateway.write() as session:
        create_record(session, new_record("customer", gateway.person, name=name))
        return attempt_of(session)


def asked(gateway: Gateway, attempt: Attempt) -> bool:
    with gateway.read() as session:
        return was_committed(session, attempt)


def test_committed_and_given_up_attempts_are_told_apart(sign_in: SignIn) -> None:
    gateway = sign_in("seller")
    attempt = create(gateway, "华工")
    assert asked(gateway, attempt)
    assert not asked(gateway, attempt._replace(transaction=attempt.transaction + 1))
    assert not asked(gateway, attempt._replace(change_set=attempt.change_set + 1))
    with pytest.raises(ZeroDivisionError), gateway.write() as session:  # noqa: PT012 - the failure follows the change
        create_record(session, new_record("customer", gateway.person, name="中山"))
        attempt = attempt_of(session)
        raise ZeroDivisionError
    assert not asked(gateway, attempt)


def test_somebody_elses_attempts_are_nobodys_business(sign_in: SignIn) -> None:
    attempt = create(sign_in("seller"), "华工")
    assert not asked(sign_in("director"), attempt)


def test_a_transaction_that_hangs_on_a_dead_line_is_ended_first(sign_in: SignIn) -> None:
    hanging, asking = sign_in("seller"), sign_in("seller")
    with pytest.raises(Exception, match="connection"), hanging.write() as session:  # noqa: PT012 - it dies in the middle
        create_record(session, new_record("customer", hanging.person, name="华工"))
        assert not asked(asking, attempt_of(session))
        session.execute(text("select 1"))
    with asking.read() as session:
        assert session.execute(text("select count(*) from crm.customer where name = '华工'")).scalar_one() == 0
