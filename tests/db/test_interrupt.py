"""Statements that nobody waits for any more are stopped on the server, and no other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from queue import Queue

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core.errors import KnownError
from crm_desktop.db.engine import Gateway
from tests.db.conftest import SignIn

_SLEEPS = text(
    "select count(*) from pg_stat_activity where pid = :pid and state = 'active' and query like 'select pg_sleep%'"
)


def test_a_running_statement_is_interrupted_and_no_later_one(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    begun: Queue[tuple[Session, int]] = Queue()

    def sleep() -> None:
        with seller.read() as session:
            begun.put((session, session.scalar(text("select pg_backend_pid()"))))
            session.execute(text("select pg_sleep(600)"))

    with ThreadPoolExecutor(1) as worker:
        sleeping = worker.submit(sleep)
        session, process = begun.get()
        _wait_for_statement(seller, process)
        seller.interrupt(session)
        with pytest.raises(KnownError):
            sleeping.result()
        again = worker.submit(sleep)
        later, same_process = begun.get()
        assert same_process == process, "the connection still serves"
        _wait_for_statement(seller, process)
        seller.interrupt(session)  # it is over
        _wait_for_statement(seller, process)
        seller.interrupt(later)
        with pytest.raises(KnownError):
            again.result()


def _wait_for_statement(gateway: Gateway, process: int) -> None:
    while True:
        with gateway.read() as session:
            if session.scalar(_SLEEPS, {"pid": process}):
                return
