"""What the administrator does on a server, by the command line: on the embedded PostgreSQL and on the system's own."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest

from crm_desktop.db.embedded import ServerAddress
from tests.db.own_server import OwnServer, system_binaries
from tests.e2e.conftest import Crm

SECRET = "老板的 demo"


@dataclass(frozen=True)
class Place:
    """A server with the names of the databases and logins that a test may make there."""

    url: str
    name: str

    def database(self, name: str) -> str:
        return f"{self.url.rpartition('/')[0]}/{name}"

    def sign_in(self, login: str, database: str) -> str:
        return f"postgresql://{login}:{SECRET.replace(' ', '%20')}@{self.database(database).rpartition('@')[2]}"

    def sql(self, statement: str, database: str) -> None:
        connection = psycopg2.connect(self.database(database))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()


@pytest.fixture(scope="module", params=["embedded", pytest.param("system", marks=pytest.mark.system_postgres)])
def place(
    request: pytest.FixtureRequest, server: ServerAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    name = f"e2e{secrets.token_hex(4)}"
    if request.param == "system":
        own = OwnServer(tmp_path_factory.mktemp("system"), system_binaries())
        try:
            own.start()
            yield Place(own.url(), name)
        finally:
            own.remove()
        return
    place = Place(server.url(), name)
    yield place
    for database in (name, f"{name}_again"):
        place.sql(f'drop database if exists "{database}" with (force)', "postgres")
    for login in (f"{name}.boss", f"{name}.lin"):
        place.sql(f'drop role if exists "{login}"', "postgres")


def check_that_it_is_for_superusers_only(crm: Crm, employee: str, folder: Path) -> None:
    for arguments in (
        ("server", "upgrade"),
        ("server", "backup", folder / "refused"),
        ("server", "init", "--admin", "me", "--password-stdin"),
    ):
        answer = crm(*arguments, "--url", employee, typed=SECRET)
        assert (answer.code, answer.out) == (1, "")
        assert "not a superuser" in answer.err
    assert list(folder.glob("refused*")) == []


def test_server_is_set_up_checked_saved_and_restored(place: Place, crm: Crm, tmp_path: Path) -> None:
    boss, lin, again = f"{place.name}.boss", f"{place.name}.lin", f"{place.name}_again"
    url = place.database(place.name)

    init = ["server", "init", "--url", place.url, "--database", place.name, "--admin", boss, "--password-stdin"]
    assert crm(*init, typed=f"{SECRET}\n").code == 0
    twice = crm(*init, typed=f"{SECRET}\n")
    assert (twice.code, twice.out) == (1, "")
    assert "already" in twice.err

    add = [
        "server",
        "add-user",
        lin,
        "--name",
        "林平",
        "--group",
        "salesperson",
        "--superior",
        boss,
        "--password-stdin",
    ]
    assert crm("--url", url, *add, typed=SECRET).code == 0
    assert crm("--url", url, *add, typed=SECRET).code == 1
    assert [hit["title"] for hit in crm("search", "lp", "--url", place.sign_in(lin, place.name), "--json").json] == [
        "林平"
    ]

    check_that_it_is_for_superusers_only(crm, place.sign_in(lin, place.name), tmp_path)
    assert crm("server", "upgrade", "--url", url).code == 0
    assert all(finding["ok"] for finding in crm("server", "check", "--url", url, "--json").json)

    file = tmp_path / "备份.crm"
    assert crm("server", "backup", file, "--url", url).code == 0
    assert crm("server", "restore", file, "--database", place.name, "--url", url).code == 1
    assert crm("server", "restore", file, "--database", again, "--url", url).code == 0
    assert crm("search", "lp", "--url", place.sign_in(lin, again), "--json").json[0]["title"] == "林平"
    file.write_bytes(file.read_bytes()[:-200])
    assert "damaged" in crm("server", "restore", file, "--database", f"{again}_2", "--url", url).err

    place.sql("alter table crm.customer disable trigger all", again)
    place.sql("alter table crm.contact no force row level security", again)
    place.sql("grant delete on crm.setting to public", again)
    found = crm("server", "check", "--url", place.database(again))
    assert found.code == 1
    assert [word for word in ("customer", "contact", "setting") if f"crm.{word}" not in found.out] == []
    assert crm("server", "check", "--url", url).code == 0
    assert crm("server", "upgrade", "--url", place.database(again)).code == 0
    assert crm("server", "check", "--url", place.database(again)).code == 0
