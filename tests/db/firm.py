"""A small firm in a database of its own: an administrator, two salespeople, some customers."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from sqlalchemy import text

from crm_desktop.db import server
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.services.seed import seed

PASSWORD = "demo 密码"
_BLANK = "blank"


class Firm:
    """On the superuser's server; logins begin with the database's name, since all databases share them."""

    def __init__(self, superuser_url: str, database: str | None = None, *, is_there: bool = False) -> None:
        """Make it, unless the data of the server were copied with it."""
        self.database = database or f"firm{secrets.token_hex(4)}"
        self.superuser = ConnectionAddress.from_url(superuser_url)
        self.superuser_url = superuser_url
        self.url = _with_database(superuser_url, self.database)
        self.boss, self.anna, self.bert = (f"{self.database}.{name}" for name in ("boss", "anna", "bert"))
        if is_there:
            return
        copy_blank(superuser_url, self.database)
        for login, group in ((self.boss, "administrator"), (self.anna, "salesperson"), (self.bert, "salesperson")):
            server.add_user(self.url, login, name=login, password=PASSWORD, groups=[group])
        self.sql(
            "insert into crm.customer (name, owner_id)"
            " select '客户' || n, e.id from crm.employee e, generate_series(1, 30) n where e.login = %s",
            self.anna,
        )

    def address(self, login: str, password: str = PASSWORD) -> ConnectionAddress:
        """Where to sign in."""
        return replace(self.superuser, database=self.database, login=login, password=password)

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run as superuser, past everything; the rows."""
        with superuser(self.url) as cursor:
            cursor.execute(statement, values or None)
            return list(cursor.fetchall()) if cursor.description else []

    def drop(self) -> None:
        """Remove the database and its logins."""
        with superuser(self.superuser_url) as cursor:
            cursor.execute(f'drop database if exists "{self.database}" with (force)')
            for login in (self.boss, self.anna, self.bert):
                cursor.execute(f'drop role if exists "{login}"')


def copy_blank(superuser_url: str, database: str) -> None:
    """Make ``database`` as ``server init`` leaves it, but without an administrator.

    Only the first on a server is really made; the others are copies of it.
    """
    with superuser(superuser_url) as cursor:
        cursor.execute("select pg_advisory_lock(hashtext('blank'))")  # until the connection closes
        cursor.execute("select exists (select from pg_database where datname = %s)", (_BLANK,))
        if cursor.fetchone() == (False,):
            _make_blank(superuser_url)
        cursor.execute(f'create database "{database}" template {_BLANK}')
    with server.superuser(replace(ConnectionAddress.from_url(superuser_url), database=database)) as connection:
        server.open_for_employees(connection)


def _make_blank(superuser_url: str) -> None:
    founder = f"founder{secrets.token_hex(4)}"
    server.init(superuser_url, admin_login=founder, admin_password=PASSWORD, database=_BLANK, seed=seed)
    with server.superuser(replace(ConnectionAddress.from_url(superuser_url), database=_BLANK)) as connection:
        connection.execute(text("delete from crm.employee where login = :login"), {"login": founder})
        connection.execute(text("delete from journal.change where change_set_id = journal.current_change_set()"))
        connection.execute(text(f"drop role {founder}"))


def _with_database(url: str, database: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{database}"))


@contextmanager
def superuser(url: str) -> Iterator[Any]:
    """A cursor that commits every statement."""
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
