"""Try a connection before it is used: how far one comes at each host, and what to do where the way ends."""

from __future__ import annotations

from typing import NamedTuple

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_
from crm_desktop.core.settings import Profile
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.diagnosis import Stage, find_obstacle
from crm_desktop.db.engine import Gateway

SECONDS = 5.0
"""How long a host may take to answer; the office's answers at once."""
STAGES = {
    Stage.NAME: N_("The server's name is known on this network"),
    Stage.COMPUTER: N_("The computer can be reached"),
    Stage.PORT: N_("Something answers at the port"),
    Stage.POSTGRES: N_("It is a PostgreSQL server"),
    Stage.ENCRYPTION: N_("The connection is protected as chosen"),
    Stage.SIGN_IN: N_("Login and password are accepted"),
    Stage.DATABASE: N_("The database is there and open to this login"),
    Stage.PROGRAM: N_("The database is set up and fits this program"),
}


class Trial(NamedTuple):
    """The way to one host: it ended before ``failed``, for the reason ``error``; or it led to the end (both None)."""

    host: str
    failed: Stage | None
    error: KnownError | None


def try_connection(profile: Profile, password: str, seconds: float = SECONDS) -> list[Trial]:
    """One trial a host, each for at most some ``seconds``. Raises ``KnownError`` where the profile itself is wrong."""
    address = ConnectionAddress.from_url(profile.url(password))
    obstacles = [find_obstacle(host, address, seconds) for host in address.hosts]
    last: KnownError | None = None
    if any(obstacle.stage is None for obstacle in obstacles):
        try:
            Gateway.connect(address).close()
        except KnownError as error:
            last = error
    return [
        Trial(str(host), Stage.PROGRAM if stage is None and last else stage, error or last)
        for host, stage, error in obstacles
    ]
