"""The primary dies while somebody types, and its standby takes over: he goes on there, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from crm_desktop.db.address import ConnectionAddress
from tests.db.firm import Firm, superuser
from tests.db.own_server import OwnServer
from tests.db.test_faults_failover import both, firm, primary, standby
from tests.ui.desk import write
from tests.ui.workbench import Workbench, be_impatient

__all__ = ["both", "firm", "primary", "standby"]


@pytest.fixture
def bench(
    both: ConnectionAddress, qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workbench]:
    be_impatient(monkeypatch)
    made = Workbench(qapp, qtbot, both)
    yield made
    made.close()


def test_what_is_typed_is_saved_at_the_standby_after_its_promotion(
    bench: Workbench, primary: OwnServer, standby: OwnServer, firm: Firm
) -> None:
    page: Any = bench.window.open_record("customer", 0)
    bench.settle()
    form = page.editor.form
    write(form.editors["name"].line, "committed")
    page.editor.save()
    bench.settle()
    view = bench.window.view("customers")
    view.select_page("customer/all")
    bench.settle()
    shown: Any = view.current_page()
    rows = shown.model.rowCount()
    other: Any = bench.window.open_record("customer", 0)
    bench.settle()
    write(other.editor.form.editors["name"].line, "typed")
    bench.qtbot.waitUntil(
        lambda: firm.sql("select min(replay_lsn) >= pg_current_wal_lsn() from pg_stat_replication") == [(True,)]
    )
    primary.kill()
    other.editor.save()
    bench.qtbot.waitUntil(lambda: bench.tasks.waiting_count == 1)
    write(other.editor.form.editors["website"].line, "later")
    assert "connection lost since" in bench.window.status.text()
    assert shown.model.rowCount() == rows
    standby.promote()
    bench.wait_until_everything_is_saved()
    with superuser(standby.url("crm")) as cursor:
        cursor.execute("select name from crm.customer where name in ('committed', 'typed') order by name")
        assert cursor.fetchall() == [("committed",), ("typed",)]
    assert other.editor.form.edited_keys() == {"website"}
    with bench.gateway.read() as session:
        assert session.execute(text("select inet_server_port()")).scalar_one() == standby.port
