"""Open what a profile names: the office's server, the firm this computer keeps, or the sample firm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from crm_desktop.core.paths import state_home
from crm_desktop.core.progress import Progress
from crm_desktop.core.settings import Profile
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.engine import Gateway


def _nothing() -> None:
    return


@dataclass(frozen=True)
class Opened:
    """Somebody signed in. ``stop`` ends the server that was started for him."""

    gateway: Gateway
    profile: Profile | None = None
    """As whom; None where an address was given on the command line."""
    stop: Callable[[], None] = _nothing
    superuser_url: str = ""
    """Where this computer has the server, for its backups: nobody was told a password. Empty elsewhere."""


def open_profile(profile: Profile, password: str, progress: Progress) -> Opened:
    """Sign in, after starting the server where this computer has it. Raises ``KnownError``."""
    if profile.kind == "sample":
        return _open_sample(profile, progress)
    if profile.kind == "here":
        return _open_here(profile, password, progress)
    return Opened(Gateway.connect(ConnectionAddress.from_url(profile.url(password)), learns_later=True), profile)


def _open_here(profile: Profile, password: str, progress: Progress) -> Opened:
    from crm_desktop.services import firm_here  # most people's data lie on a server

    firm = firm_here.start(progress, profile.database)
    try:
        gateway = Gateway.connect(ConnectionAddress.from_url(firm.url(profile.login, password)), learns_later=True)
    except BaseException:
        firm.server.stop()
        raise
    return Opened(gateway, profile, firm.server.stop, firm.superuser_url)


def _open_sample(profile: Profile, progress: Progress) -> Opened:
    from crm_desktop.core.i18n import _
    from crm_desktop.demo.prepare import prepare_demo  # fonts of names and stories: not for a real firm

    progress(0, 0, _("Starting the database server on this computer"))
    sample = prepare_demo(
        state_home() / "embedded", progress=lambda done, total: progress(done, total, _("Making the sample firm"))
    )
    try:
        gateway = Gateway.connect(ConnectionAddress.from_url(sample.url_as(profile.login)), learns_later=True)
    except BaseException:
        sample.server.stop()
        raise
    return Opened(gateway, profile, sample.server.stop, sample.superuser_url)


def address_as(address: ConnectionAddress, login: str, password: str) -> str:
    """The same database for another login, as a URL."""
    profile = Profile(
        name="",
        host=",".join(str(host) for host in address.hosts),
        database=address.database,
        login=login,
        sslrootcert=str(address.sslrootcert or ""),
        target_session_attrs=cast("Any", address.target_session_attrs or ""),
        sslmode=cast("Any", address.sslmode),
    )
    return profile.url(password)
