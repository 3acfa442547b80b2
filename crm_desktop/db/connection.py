"""Open one psycopg2 connection that notices a dead line, or say in the user's words why it cannot be opened."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Any

import psycopg2

from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.diagnosis import sign_in_failure
from crm_desktop.db.watch import WatchedConnection

CONNECT_SECONDS = 8
LONGEST_NAME = 63
"""Bytes that the server keeps of a program's name."""
KEEP_ALIVE = {
    # A line that dies silently is noticed after a quarter of a minute, on Windows too, which knows no tcp_user_timeout
    # and always tries ten times.
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 1,
    "keepalives_count": 10,
    "tcp_user_timeout": 15_000,
}


def program_name() -> str:
    """What a workbench is called in the server's list of connections: with its version, and the PC it runs on."""
    pc = platform.node().encode("ascii", "ignore").decode("ascii")  # the server replaces everything else
    return f"crm-desktop {version('crm-desktop')} {pc}".strip()[:LONGEST_NAME]


def connection_parameters(address: ConnectionAddress, purpose: str, **settings: str) -> dict[str, Any]:
    """The keywords of ``psycopg2.connect``.

    ``purpose`` is what the server's list of connections shows, ``settings`` are the server's for this session.
    """
    return {
        **address.libpq_parameters(),
        **KEEP_ALIVE,
        "application_name": purpose,
        "connect_timeout": CONNECT_SECONDS,
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
    }


def open_connection(address: ConnectionAddress, purpose: str, **settings: str) -> WatchedConnection:
    """A new connection. Raises ``SignInError`` or ``ServerLostError``."""
    parameters = connection_parameters(address, purpose, **settings)
    try:
        connection: WatchedConnection = psycopg2.connect(connection_factory=WatchedConnection, **parameters)
    except (psycopg2.OperationalError, UnicodeDecodeError):  # a Chinese server may speak its own encoding at first
        raise sign_in_failure(address, CONNECT_SECONDS) from None
    return connection
