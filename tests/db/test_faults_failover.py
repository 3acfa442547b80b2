"""A primary dies and its standby takes over: the workbench goes on there by itself."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from crm_desktop.core.errors import ServerLostError
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.changes import ChangeListener
from crm_desktop.db.engine import Gateway
from tests.db.firm import Firm
from tests.db.own_server import OwnServer


@pytest.fixture
def primary(firm_data: Path, tmp_path: Path) -> Iterator[OwnServer]:
    server = OwnServer(tmp_path / "primary", data=firm_data, wal_level="replica")
    server.write("pg_hba.conf", "host all all all scram-sha-256\nhost replication all all scram-sha-256\n")
    server.start()
    yield server
    server.remove()


@pytest.fixture
def firm(primary: OwnServer) -> Firm:
    return Firm(primary.url(), "crm", is_there=True)


@pytest.fixture
def standby(primary: OwnServer, firm: Firm, tmp_path: Path) -> Iterator[OwnServer]:
    server = OwnServer(tmp_path / "standby", copy_of=primary)
    server.start()
    while firm.sql("select count(*) from pg_stat_replication where state = 'streaming'") != [(1,)]:
        pass
    yield server
    server.remove()


@pytest.fixture
def both(firm: Firm, primary: OwnServer, standby: OwnServer) -> ConnectionAddress:
    """The standby stands first, so that every connection has to look further."""
    return replace(firm.address(firm.anna), hosts=(*standby.address().hosts, *primary.address().hosts))


def test_work_goes_on_at_the_standby_after_its_promotion(
    both: ConnectionAddress, primary: OwnServer, standby: OwnServer, firm: Firm
) -> None:
    heard: queue.SimpleQueue[str] = queue.SimpleQueue()
    listener = ChangeListener(both, lambda *_change: None, lambda: None, heard.put)
    listener.start()
    gateway = Gateway.connect(both)
    try:
        with gateway.write() as session:
            session.execute(text("update crm.customer set remark = 'before'"))
        while firm.sql("select min(replay_lsn) >= pg_current_wal_lsn() from pg_stat_replication") != [(True,)]:
            pass
        primary.kill()
        with pytest.raises(ServerLostError, match="none takes changes just now"), gateway.write():
            pass
        standby.promote()
        with gateway.write() as session:
            assert session.execute(text("select count(*) from crm.customer where remark = 'before'")).scalar() == 30
            session.execute(text("update crm.customer set remark = 'after'"))
        assert [heard.get(timeout=60) for _state in range(4)] == ["connecting", "connected", "lost", "connected"]
    finally:
        listener.stop()
        gateway.close()


def test_reports_may_read_from_the_standby(both: ConnectionAddress, standby: OwnServer) -> None:
    gateway = Gateway.connect(replace(both, target_session_attrs="prefer-standby"))
    try:
        with gateway.read() as session:
            assert session.execute(text("select inet_server_port()")).scalar() == standby.port
            assert session.execute(text("select count(*) from crm.customer")).scalar() == 30
        with pytest.raises(ServerLostError, match="takes no changes"), gateway.write() as session:
            session.execute(text("update crm.customer set remark = 'x'"))
    finally:
        gateway.close()
