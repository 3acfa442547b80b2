"""Databases of the kernel's tests: one office for the whole run, copied for each worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import fasteners
import psycopg2
import psycopg2.extensions
import pytest
from sqlalchemy import text

from crm_desktop.db import server as servers
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.db.embedded_place import Place
from crm_desktop.db.engine import Gateway
from tests.db.firm import Firm
from tests.db.office import PASSWORD, Office, make_office, read_ids
from tests.db.own_copy import OwnCopy
from tests.db.own_server import OwnServer
from tests.db.raw import Raw

TEMPLATE = "office"


@pytest.fixture(scope="session")
def template(server: ServerAddress, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> None:
    """The office's database, which the first worker makes. Nobody connects to it: it is only copied."""
    folder = tmp_path_factory.getbasetemp()
    with fasteners.InterProcessLock((folder if worker_id == "master" else folder.parent) / "office.lock"):
        with servers.superuser(ConnectionAddress.from_url(server.url())) as connection:
            is_made = connection.execute(
                text("select exists (select from pg_database where datname = :name)"), {"name": TEMPLATE}
            ).scalar_one()
        if not is_made:
            make_office(server.url(), TEMPLATE)


@pytest.fixture(scope="session")
def firm_data(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Data of a stopped server with the firm “crm”, which the first worker makes, for an ``OwnServer``."""
    folder = tmp_path_factory.getbasetemp()
    folder = (folder if worker_id == "master" else folder.parent) / "firm"
    with fasteners.InterProcessLock(folder.with_suffix(".lock")):
        if not folder.exists():
            server = OwnServer(folder)
            server.start()
            Firm(server.url(), "crm")
            server.stop()
    return Place(folder).data


@pytest.fixture(scope="session")
def shared_database(server: ServerAddress, template: None, worker_id: str) -> str:
    """The worker's own copy. Its tests roll back whatever they do."""
    del template
    return OwnCopy(server, f"{TEMPLATE}_{worker_id}", TEMPLATE).name


@pytest.fixture(scope="session")
def own_copy(server: ServerAddress, template: None, worker_id: str) -> OwnCopy:
    """The worker's copy whose tests commit."""
    del template
    return OwnCopy(server, f"{TEMPLATE}_own_{worker_id}", TEMPLATE)


@pytest.fixture
def own_database(own_copy: OwnCopy) -> Iterator[str]:
    """A copy for one test that commits."""
    yield own_copy.name
    own_copy.renew()


@pytest.fixture(scope="session")
def raw_connection(server: ServerAddress, shared_database: str) -> Iterator[psycopg2.extensions.connection]:
    """A superuser's, for one test after the other: what a connection first learns of so many tables takes longest."""
    connection = psycopg2.connect(server.url(shared_database))
    yield connection
    connection.close()


@pytest.fixture
def raw(raw_connection: psycopg2.extensions.connection) -> Iterator[Raw]:
    """A superuser's connection inside one transaction, which can become anybody; rolled back at the end."""
    yield Raw(raw_connection)
    raw_connection.rollback()
    raw_connection.autocommit = True
    with raw_connection.cursor() as cursor:
        cursor.execute("discard all")  # whom it became, locks, plans
    raw_connection.autocommit = False


@pytest.fixture
def office(raw: Raw) -> Office:
    """The people of the office, with their ids."""
    return Office(read_ids(raw.cursor))


SignIn = Callable[[str], Gateway]


@pytest.fixture
def sign_in(server: ServerAddress, own_database: str) -> Iterator[SignIn]:
    """Signs in people of the office's own copy, by key; signs them out at the end."""
    opened: list[Gateway] = []

    def connect(key: str) -> Gateway:
        url = server.url(own_database, f"office.{key}", PASSWORD)
        opened.append(Gateway.connect(ConnectionAddress.from_url(url)))
        return opened[-1]

    yield connect
    for gateway in opened:
        gateway.close()
