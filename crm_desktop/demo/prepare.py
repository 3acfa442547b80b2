"""The sample firm on the embedded server: made on first use, kept afterwards, made again when it was left half way."""
from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, NullPool, create_engine, make_url, text
from sqlalchemy.orm import Session

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.db import server
from crm_desktop.db.embedded import EmbeddedServer, ServerAddress
from crm_desktop.demo.load import MARKER, Progress, fill
from crm_desktop.demo.scale import SCALES
from crm_desktop.demo.team import PASSWORD
from crm_desktop.demo.words import read_words
from crm_desktop.services.seed import seed

MANAGER = "longzhaoji"
"""Login of the general manager, as whom the workbench opens on the sample firm."""
_ADMINISTRATOR = "konghao"
_USERS = text("""
    select e.login, e.name, coalesce(d.name, '') as department,
           array(select g.code from crm.group_member m join crm.permission_group g on g.id = m.group_id
                 where m.employee_id = e.id order by g.code) as groups
    from crm.employee e left join crm.department d on d.id = e.department_id
    where e.login is not null and e.is_active order by e.id
""")


class DemoUser(NamedTuple):
    """Somebody one can sign in as."""

    login: str
    name: str
    department: str
    groups: list[str]
    password: str = PASSWORD


@dataclass(frozen=True)
class Demo:
    """A running sample firm. ``server`` stops it, and stops by itself with the program."""

    server: EmbeddedServer
    address: ServerAddress
    database: str
    users: list[DemoUser]

    @property
    def url(self) -> str:
        """Of the database, for the general manager."""
        return self.address.url(self.database, MANAGER, PASSWORD)


def prepare_demo(home: Path, scale: str = "office", *, reset: bool = False, progress: Progress) -> Demo:
    """Start the embedded server under ``home`` and see to it that the sample firm of ``scale`` is there.

    ``reset`` makes it again. Raises ``KnownError`` for an unknown scale or a server that does not start.
    """
    if scale not in SCALES:
        raise KnownError(
            _("There is no sample firm of the size {scale}.").format(scale=scale),
            _("Sizes are: {sizes}.").format(sizes=", ".join(SCALES)),
        )
    database = "demo" if scale == "office" else f"demo_{scale}"
    embedded = EmbeddedServer(home)
    address = embedded.start()
    if reset or not _is_complete(address, database):
        _make(address, database, scale, progress)
    server.upgrade(address.url(database), seed=seed)
    with Session(_engine(address, database)) as session:
        users = [DemoUser(*row) for row in session.execute(_USERS).tuples()]
    return Demo(embedded, address, database, users)


def _is_complete(address: ServerAddress, database: str) -> bool:
    """Whether the database is there and was filled to the end."""
    with Session(_engine(address, "postgres")) as session:
        if not session.scalar(text("select true from pg_database where datname = :name"), {"name": database}):
            return False
    with Session(_engine(address, database)) as session:
        if not session.scalar(text("select to_regclass('crm.setting') is not null")):
            return False
        return bool(session.scalar(text("select true from crm.setting where key = :key"), {"key": MARKER}))


def _make(address: ServerAddress, database: str, scale: str, progress: Progress) -> None:
    with _engine(address, "postgres", autocommit=True).connect() as connection:
        connection.execute(text(f"drop database if exists {database} with (force)"))
        connection.execute(text(f"drop role if exists {_ADMINISTRATOR}"))  # left by the database before
    names = {login: name for login, name, *_rest in read_words("firm")["staff"]}
    server.init(
        address.url(), admin_login=_ADMINISTRATOR, admin_password=PASSWORD, admin_name=names[_ADMINISTRATOR],
        database=database, seed=seed,
    )  # fmt: skip
    with Session(_engine(address, database)) as session:
        fill(session, scale, datetime.date.today(), progress)
        session.commit()
    with _engine(address, database, autocommit=True).connect() as connection:
        connection.execute(text("vacuum (analyze)"))  # covering indexes need the visibility map


def _engine(address: ServerAddress, database: str, *, autocommit: bool = False) -> Engine:
    """As the superuser; keeps no connection open."""
    return create_engine(
        make_url(address.url(database)).set(drivername="postgresql+psycopg2"),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT" if autocommit else "READ COMMITTED",
        hide_parameters=True,
    )
