"""A real firm whose data this computer keeps: its private server is set up, started and backed up here.

Only programs of this computer reach it. What other PCs are to share belongs on an office server.
"""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import fasteners
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.core.paths import state_home
from crm_desktop.core.progress import Progress
from crm_desktop.db import server
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.backup import backup, restore
from crm_desktop.db.embedded import EmbeddedServer, ServerAddress
from crm_desktop.db.fingerprint import is_of_this_program
from crm_desktop.db.person import known_revisions
from crm_desktop.models import Setting
from crm_desktop.services.administration import check_password
from crm_desktop.services.seed import seed

DATABASE = "crm"
COPIES_KEPT = 14
_COPY = "crm-{day}.crmbackup"
_STEPS = 3
_LOCK = "firm-set-up.lock"


class AlreadyThereError(KnownError):
    """A firm is kept on this computer already; one signs in instead."""


@dataclass(frozen=True)
class FirmHere:
    """The running server of the firm. ``server`` is stopped by its own ``stop``, or with the program."""

    server: EmbeddedServer
    address: ServerAddress
    database: str = DATABASE
    """Another one where a backup was restored beside the first."""

    def url(self, login: str, password: str) -> str:
        """The firm's database, for an employee."""
        return self.address.url(self.database, login, password)

    @property
    def superuser_url(self) -> str:
        """The firm's database, for backup and upgrade: who may use this account of the computer may do all."""
        return self.address.url(self.database)


@dataclass(frozen=True)
class NewFirm:
    """What the set-up asks."""

    name: str
    admin_name: str
    admin_login: str
    password: str


def firm_home() -> Path:
    """Where the firm's server keeps its files."""
    return state_home() / "firm"


def set_up(firm: NewFirm, progress: Progress) -> None:
    """Make the server, its database and the first administrator. Stopped or failed, it leaves nothing behind.

    Raises ``AlreadyThereError`` where a firm is kept here already, ``KnownError`` for everything else.
    """
    check_password(firm.password)

    def make(address: ServerAddress) -> None:
        def fill(session: Session) -> None:
            seed(session)
            session.execute(update(Setting).where(Setting.key == "firm_name").values(value=firm.name))
            progress(2, _STEPS, _("Making tables and choice lists"))

        progress(1, _STEPS, _("Making tables and choice lists"))
        server.init(
            address.url(), admin_login=firm.admin_login, admin_password=firm.password, admin_name=firm.admin_name,
            database=DATABASE, seed=fill,
        )  # fmt: skip

    _set_up(make, progress)


def set_up_from(file: Path, progress: Progress) -> None:
    """Make the server and its database of a backup; people sign in as they did then. Otherwise like ``set_up``."""
    _set_up(lambda address: _restore(address, file, progress), progress)


def _restore(address: ServerAddress, file: Path, progress: Progress) -> None:
    restore(address.url(), file, DATABASE, progress)


def _set_up(make: Callable[[ServerAddress], None], progress: Progress) -> None:
    lock = fasteners.InterProcessLock(state_home() / _LOCK)
    if not lock.acquire(blocking=False):
        lock.lockfile.close()  # fasteners leaves it open
        raise KnownError(_("Another window is just setting up the firm."), _("Wait until it has finished."))
    try:
        was_there = firm_home().exists()
        try:
            _start_and_make(make, progress)
        except AlreadyThereError:
            raise
        except BaseException:
            if not was_there:
                shutil.rmtree(firm_home(), ignore_errors=True)
            raise
    finally:
        lock.release()


def _start_and_make(make: Callable[[ServerAddress], None], progress: Progress) -> None:
    progress(0, _STEPS, _("Making the database server on this computer"))
    embedded = EmbeddedServer(firm_home())
    address = embedded.start()
    try:
        _make_room(address)
        make(address)
        progress(_STEPS, _STEPS, _("Ready"))
    finally:
        embedded.stop()


def _make_room(address: ServerAddress) -> None:
    """Remove a database that a killed set-up left. One that was set up to its end is never touched."""
    with server.superuser(ConnectionAddress.from_url(address.url()), autocommit=True) as connection:
        is_there = text("select exists (select from pg_database where datname = :name)")
        if not connection.execute(is_there, {"name": DATABASE}).scalar_one():
            return
    if _revision(address, DATABASE):  # written with everything else in one transaction
        raise AlreadyThereError(
            _("This computer keeps a firm's data already."), _("Sign in with the login and password chosen then.")
        )
    with server.superuser(ConnectionAddress.from_url(address.url()), autocommit=True) as connection:
        connection.execute(text(f"drop database {server.quoted(connection, DATABASE)}"))


def start(progress: Progress, database: str = DATABASE) -> FirmHere:
    """Start the firm's server, and bring its database to this program's state; a copy is kept of the state before."""
    progress(0, 0, _("Starting the database server on this computer"))
    embedded = EmbeddedServer(firm_home())
    address = embedded.start()
    firm = FirmHere(embedded, address, database)
    try:
        if _is_older(address, database):
            backup(firm.superuser_url, firm_home() / f"before-upgrade-{_today()}.crmbackup", progress)
            progress(0, 0, _("Bringing the database to this version of the program"))
            server.upgrade(firm.superuser_url, seed=seed)
    except BaseException:
        embedded.stop()
        raise
    return firm


def _revision(address: ServerAddress, database: str) -> str:
    with server.superuser(ConnectionAddress.from_url(address.url(database))) as connection:
        if not connection.execute(text("select to_regclass('crm.alembic_version') is not null")).scalar_one():
            return ""
        return str(connection.execute(text("select version_num from crm.alembic_version")).scalar_one())


def _is_older(address: ServerAddress, database: str) -> bool:
    """Whether an earlier program set the database up; one that is newer is told of at sign-in."""
    revision, (newest, *older) = _revision(address, database), known_revisions()
    if revision != newest:
        return revision in older
    with server.superuser(ConnectionAddress.from_url(address.url(database))) as connection:
        return not is_of_this_program(connection)


def copy_is_due(folder: Path) -> bool:
    """Whether today's copy is still to be made."""
    return not (folder / _COPY.format(day=_today())).exists()


def make_copy(superuser_url: str, folder: Path, progress: Progress) -> Path:
    """Today's copy in ``folder``, which keeps the newest ones. Returns its file. Raises ``KnownError``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KnownError(
            _("The folder for backups cannot be used: {folder}").format(folder=folder),
            _("Choose another one in the settings, or plug the drive in."),
        ) from error
    file = folder / _COPY.format(day=_today())
    backup(superuser_url, file, progress)
    for old in sorted(folder.glob(_COPY.format(day="????-??-??")))[:-COPIES_KEPT]:
        old.unlink(missing_ok=True)
    return file


def _today() -> str:
    return datetime.datetime.now().astimezone().date().isoformat()
