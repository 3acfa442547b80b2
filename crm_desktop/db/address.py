"""Where a database is and as whom to connect: read from a URL or given field by field. Opens nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self, cast, get_args

import psycopg2
import psycopg2.extensions

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.core.settings import PORT

ENCRYPTION = Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
SESSION = Literal["any", "read-write", "read-only", "primary", "standby", "prefer-standby"]


@dataclass(frozen=True, slots=True)
class Host:
    """One machine that may hold the database. An ``address`` that starts with ``/`` is a folder of Unix sockets."""

    address: str
    port: int = PORT

    @property
    def is_local_socket(self) -> bool:
        """Whether no network lies between."""
        return self.address.startswith("/")

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionAddress:
    """Everything libpq needs. Several hosts are a primary and its standbys; the one that takes writes is used."""

    hosts: tuple[Host, ...] = (Host("127.0.0.1"),)
    database: str = "crm"
    login: str
    password: str = field(default="", repr=False)
    sslmode: ENCRYPTION = "prefer"
    sslrootcert: Path | None = None
    target_session_attrs: SESSION | None = None

    def __post_init__(self) -> None:
        if self.sslrootcert and not self.sslrootcert.is_file():
            raise KnownError(
                _("The file with the certificate authority does not exist: {path}").format(path=self.sslrootcert),
                _("Choose the file again in the settings of the connection."),
            )
        if self.sslmode.startswith("verify") and not self.authority:
            raise KnownError(
                _("The connection is to check the server's certificate, but names no certificate authority."),
                _("Choose the file with the authority's certificate in the settings of the connection."),
            )

    @classmethod
    def from_url(cls, url: str) -> Self:
        """The address in ``postgresql://login:password@host:port,host:port/database?sslmode=...``.

        Raises ``KnownError`` where it cannot be read.
        """
        try:
            parts = psycopg2.extensions.parse_dsn(url)
        except psycopg2.ProgrammingError:  # its words would repeat the URL, and with it the password
            parts = None
        if parts is None or "://" not in url or not {*parts} <= _URL_PARTS:
            raise _unreadable()
        ports = str(parts.get("port", PORT)).split(",")
        addresses = str(parts.get("host") or "127.0.0.1").split(",")
        if len(ports) == 1:
            ports *= len(addresses)
        are_numbers = all(port.isdecimal() or not port for port in ports)
        if len(ports) != len(addresses) or not are_numbers or "user" not in parts:
            raise _unreadable()
        given = {"sslmode": get_args(ENCRYPTION), "target_session_attrs": get_args(SESSION)}
        if any(name in parts and parts[name] not in values for name, values in given.items()):
            raise _unreadable()
        return cls(
            hosts=tuple(Host(address, int(port or PORT)) for address, port in zip(addresses, ports, strict=True)),
            database=parts.get("dbname", "crm"),
            login=parts["user"],
            password=parts.get("password", ""),
            sslmode=cast("ENCRYPTION", parts.get("sslmode", "prefer")),
            sslrootcert=Path(parts["sslrootcert"]) if "sslrootcert" in parts else None,
            target_session_attrs=cast("SESSION | None", parts.get("target_session_attrs")),
        )

    @property
    def session_attributes(self) -> SESSION:
        """The kind of server wanted: of several hosts the one that takes writes, unless told otherwise."""
        return self.target_session_attrs or ("read-write" if len(self.hosts) > 1 else "any")

    @property
    def authority(self) -> Path | None:
        """The certificates that vouch for the server: the profile's, else libpq's own default file where it exists."""
        if self.sslrootcert:
            return self.sslrootcert
        folder = Path(os.environ.get("APPDATA", "")) / "postgresql" if os.name == "nt" else Path.home() / ".postgresql"
        default = folder / "root.crt"
        return default if default.is_file() else None

    def libpq_parameters(self) -> dict[str, Any]:
        """The keywords of ``psycopg2.connect``, without timeouts."""
        return {
            "host": ",".join(host.address for host in self.hosts),
            "port": ",".join(str(host.port) for host in self.hosts),
            "dbname": self.database,
            "user": self.login,
            "password": self.password,
            "sslmode": self.sslmode,
            "target_session_attrs": self.session_attributes,
            "client_encoding": "UTF8",
            "gssencmode": "disable",  # in a Windows domain it costs seconds before every connection
            **({"sslrootcert": str(self.authority)} if self.authority else {}),
        }


_URL_PARTS = {"host", "port", "dbname", "user", "password", "sslmode", "sslrootcert", "target_session_attrs"}


def _unreadable() -> KnownError:
    return KnownError(
        _("The address of the database cannot be read."),
        _("It must look like postgresql://login:password@server:5432/crm."),
    )
