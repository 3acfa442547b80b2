"""The sample firm on the embedded server: made on first use, kept afterwards, made again when it was left half way."""

from __future__ import annotations

import datetime
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, NullPool, create_engine, make_url, text
from sqlalchemy.orm import Session

from crm_desktop.core.access import Group
from crm_desktop.core.progress import Step
from crm_desktop.db import server
from crm_desktop.db.embedded import EmbeddedServer, ServerAddress
from crm_desktop.db.fingerprint import is_of_this_program
from crm_desktop.db.person import known_revisions
from crm_desktop.demo.load import add_chapters, fill
from crm_desktop.demo.team import PASSWORD
from crm_desktop.services.preferences import SAMPLE_FIRM
from crm_desktop.services.seed import seed

MANAGER = "longzhaoji"
"""Login of the general manager, as whom the workbench opens on the sample firm."""
_ONE_AT_A_TIME = text("select pg_advisory_lock(hashtext('crm_desktop.demo'))")
_USERS = text("""
    select e.login, e.name, coalesce(d.name, '') as department,
           array(select g.code from crm.group_member m join crm.permission_group g on g.id = m.group_id
                 where m.employee_id = e.id order by g.code) as groups
    from crm.employee e left join crm.department d on d.id = e.department_id
    where e.login is not null and e.is_active order by e.id
""")
# Else he would lie in the recycle bin.
_FORGET_FOUNDER = text("delete from journal.change where change_set_id = journal.current_change_set()")


class DemoUser(NamedTuple):
    """Somebody one can sign in as."""

    login: str
    name: str
    department: str
    groups: list[str]
    password: str = PASSWORD


@dataclass(frozen=True)
class Demo:
    """A running sample firm. ``server`` is stopped by its own ``stop``, or with the program."""

    server: EmbeddedServer
    address: ServerAddress
    database: str
    users: list[DemoUser]

    @property
    def url(self) -> str:
        """Of the database, for the general manager."""
        return self.address.url(self.database, MANAGER, PASSWORD)

    @property
    def superuser_url(self) -> str:
        """Of the database, for backups."""
        return self.address.url(self.database)

    def url_as(self, group: str) -> str:
        """Of the database, for the first employee of a permission group; the general manager's where it has none."""
        logins = (user.login for user in self.users if group in user.groups)
        login = MANAGER if group == Group.GENERAL_MANAGER else next(logins, MANAGER)
        return self.address.url(self.database, login, PASSWORD)


def prepare_demo(home: Path, scale: str = "office", *, reset: bool = False, progress: Step) -> Demo:
    """Start the embedded server under ``home`` and see to it that the sample firm of a size in ``SCALES`` is there.

    ``reset`` makes it again. Raises ``KnownError`` where the server does not start.
    """
    database = "demo" if scale == "office" else f"demo_{scale}"
    embedded = EmbeddedServer(home)
    address = embedded.start()
    try:
        ensure_database(address, database, scale, reset=reset, progress=progress)
    except BaseException:
        embedded.stop()
        raise
    with Session(_engine(address, database)) as session:
        users = [DemoUser(*row) for row in session.execute(_USERS)]
    return Demo(embedded, address, database, users)


def ensure_database(address: ServerAddress, database: str, scale: str, *, reset: bool = False, progress: Step) -> None:
    """See to it that ``database`` holds the whole sample firm, in the state this program needs."""
    with _engine(address, "postgres", autocommit=True).connect() as connection:
        connection.execute(_ONE_AT_A_TIME)  # until the connection closes: also for a program started twice
        if not reset and _is_complete(address, database):
            _upgrade(address, database)
            _continue(address, database)
            return
        drop = text(f'drop database if exists "{database}" with (force)')
        connection.execute(drop)
        try:
            _make(address, database, scale, progress)
        except BaseException:
            connection.execute(drop)
            raise


def _is_complete(address: ServerAddress, database: str) -> bool:
    """Whether the database is there and was filled to the end."""
    with Session(_engine(address, "postgres")) as session:
        if not session.scalar(text("select true from pg_database where datname = :name"), {"name": database}):
            return False
    with Session(_engine(address, database)) as session:
        if not session.scalar(text("select to_regclass('crm.setting') is not null")):
            return False
        return bool(session.scalar(text("select true from crm.setting where key = :key"), {"key": SAMPLE_FIRM}))


def _upgrade(address: ServerAddress, database: str) -> None:
    with Session(_engine(address, database)) as session:
        revision = session.scalar(text("select version_num from crm.alembic_version"))
        is_current = revision == known_revisions()[0] and is_of_this_program(session.connection())
    if not is_current:
        server.upgrade(address.url(database), seed=seed)


def _continue(address: ServerAddress, database: str) -> None:
    """A firm that an older program made gets what came since; its customers stay as they are."""
    with Session(_engine(address, database)) as session:
        filled = add_chapters(session, datetime.date.today())
        session.commit()
    if filled:
        _vacuum(address, database, *filled)


def _vacuum(address: ServerAddress, database: str, *tables: str) -> None:
    """Covering indexes need the visibility map. Without ``tables`` all."""
    with _engine(address, database, autocommit=True).connect() as connection:
        connection.execute(text("vacuum (analyze) " + ", ".join(f"crm.{table}" for table in tables)))


def _make(address: ServerAddress, database: str, scale: str, progress: Step) -> None:
    # The firm's own administrator may have his login already, from a sample firm of another size on this server.
    founder = f"founder_{secrets.token_hex(4)}"
    server.init(address.url(), admin_login=founder, admin_password=PASSWORD, database=database, seed=seed)
    with Session(_engine(address, database)) as session:
        session.execute(text("delete from crm.employee where login = :founder"), {"founder": founder})
        fill(session, scale, datetime.date.today(), progress)
        session.execute(_FORGET_FOUNDER)
        session.execute(text(f"drop role {founder}"))
        session.commit()
    _vacuum(address, database)


def _engine(address: ServerAddress, database: str, *, autocommit: bool = False) -> Engine:
    """As the superuser; keeps no connection open."""
    return create_engine(
        make_url(address.url(database)).set(drivername="postgresql+psycopg2"),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT" if autocommit else "READ COMMITTED",
        hide_parameters=True,
    )
