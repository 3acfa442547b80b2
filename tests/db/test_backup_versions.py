"""A backup moves between versions of PostgreSQL, up and down, with the same checksums."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from crm_desktop.db.backup import backup, restore
from crm_desktop.db.engine import Gateway
from tests.db.firm import PASSWORD, Firm
from tests.db.own_server import OwnServer, system_binaries

pytestmark = pytest.mark.system_postgres


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[OwnServer, OwnServer]]:
    """The embedded server's version, and the system's."""
    pair = (OwnServer(tmp_path / "embedded"), OwnServer(tmp_path / "system", system_binaries()))
    for server in pair:
        server.start()
    yield pair
    for server in pair:
        server.remove()


@pytest.mark.parametrize("turn", [1, -1])
def test_backup_of_one_version_restores_on_the_other(
    servers: tuple[OwnServer, OwnServer], turn: int, tmp_path: Path
) -> None:
    source, target = servers[::turn]
    firm = Firm(source.url(), "crm")
    made = backup(firm.url, tmp_path / "file", lambda *_: None)
    restored = restore(target.url(), tmp_path / "file", "crm", lambda *_: None)
    assert restored.manifest.tables == made.tables
    gateway = Gateway.connect(target.address(firm.anna, PASSWORD))
    with gateway.write() as session:
        session.execute(text("update crm.customer set remark = 'moved'"))
    with gateway.read() as session:
        assert session.execute(text("select count(*) from crm.customer where version = 2")).scalar() == 30
    gateway.close()
