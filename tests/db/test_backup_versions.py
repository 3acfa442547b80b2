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
def embedded(firm_data: Path, tmp_path: Path) -> Iterator[OwnServer]:
    server = OwnServer(tmp_path / "embedded", data=firm_data)
    server.start()
    yield server
    server.remove()


@pytest.fixture
def system(tmp_path: Path) -> Iterator[OwnServer]:
    server = OwnServer(tmp_path / "system", system_binaries())
    server.start()
    yield server
    server.remove()


def test_backup_of_one_version_restores_on_the_other_and_back(
    embedded: OwnServer, system: OwnServer, tmp_path: Path
) -> None:
    firm = Firm(embedded.url(), "crm", is_there=True)
    url, version = firm.url, 1
    for target, database in ((system, "crm"), (embedded, "again")):
        made = backup(url, tmp_path / "file", lambda *_: None)
        restored = restore(target.url(), tmp_path / "file", database, lambda *_: None)
        assert restored.manifest.tables == made.tables
        gateway = Gateway.connect(target.address(firm.anna, PASSWORD, database))
        version += 1
        with gateway.write() as session:
            session.execute(text("update crm.customer set remark = :moved"), {"moved": f"to {version}"})
        with gateway.read() as session:
            count = text("select count(*) from crm.customer where version = :version")
            assert session.execute(count, {"version": version}).scalar() == 30
        gateway.close()
        url = target.url(database)
