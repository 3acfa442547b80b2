"""Why a connection could not be opened, told from facts that are the same in every language. Opens no session."""

from __future__ import annotations

import enum
import socket
import ssl
from dataclasses import replace
from typing import NamedTuple

from crm_desktop.core.errors import KnownError, ServerLostError, SignInError
from crm_desktop.core.i18n import N_, _
from crm_desktop.db.address import ConnectionAddress, Host
from crm_desktop.db.knock import Answer, NoEncryptionError, NotPostgresError, knock


class Stage(enum.IntEnum):
    """How far one comes on the way into the database, in this order."""

    NAME = 0
    COMPUTER = 1
    PORT = 2
    POSTGRES = 3
    ENCRYPTION = 4
    SIGN_IN = 5
    DATABASE = 6
    PROGRAM = 7
    """The database is set up, and of this program's version."""


class Cause(NamedTuple):
    """One way to fail. Texts may name ``{host}``, ``{server}`` (no port), ``{login}``, ``{database}``, ``{code}``."""

    stage: Stage
    kind: type[KnownError]
    message: str
    hint: str

    def error(self, address: ConnectionAddress, host: Host | None = None, code: str = "") -> KnownError:
        """The error, with its texts in the user's language and filled in."""
        host = host or address.hosts[0]
        names = {"host": host, "server": host.address, "code": code}
        names |= {"login": address.login, "database": address.database}
        return self.kind(_(self.message).format(**names), _(self.hint).format(**names))


NO_RIGHT_TO_DATABASE = Cause(
    Stage.DATABASE,
    SignInError,
    N_("The login {login} has no right to the database {database}."),
    N_("Ask the administrator to add you as an employee, or check the name of the database."),
)
_UNREACHABLE: tuple[tuple[type[Exception], Cause], ...] = (  # the first that fits
    (
        socket.gaierror,
        Cause(
            Stage.NAME,
            ServerLostError,
            N_("The server's name is not known on this network: {server}"),
            N_("Check how it is spelled, or use its IP address."),
        ),
    ),
    (
        ConnectionRefusedError,
        Cause(
            Stage.PORT,
            ServerLostError,
            N_("No database answers at {host}: the computer is there, but nothing listens on this port."),
            N_("Check the port, and whether PostgreSQL is running on the server."),
        ),
    ),
    (
        ssl.SSLCertVerificationError,
        Cause(
            Stage.ENCRYPTION,
            SignInError,
            N_("The certificate of the server {server} is not signed by the authority this program trusts."),
            N_("Do not sign in before the administrator has checked it: it may be another server."),
        ),
    ),
    (
        ssl.SSLError,
        Cause(
            Stage.ENCRYPTION,
            SignInError,
            N_("No encrypted connection to {host} could be agreed on."),
            N_("Ask the administrator to check the server's TLS settings."),
        ),
    ),
    (
        NoEncryptionError,
        Cause(
            Stage.ENCRYPTION,
            SignInError,
            N_("The server at {host} offers no encryption, but this connection demands it."),
            N_("Ask the administrator to switch on TLS on the server, or demand less in the connection's settings."),
        ),
    ),
    (
        NotPostgresError,
        Cause(
            Stage.POSTGRES,
            ServerLostError,
            N_("What answers at {host} is not a PostgreSQL database."),
            N_("Check the server and the port."),
        ),
    ),
    (
        ConnectionError,
        Cause(
            Stage.POSTGRES,
            ServerLostError,
            N_("The server at {host} closed the connection before signing in."),
            N_("It may be starting or stopping just now. Try again in a moment."),
        ),
    ),
    (
        TimeoutError,
        Cause(
            Stage.COMPUTER,
            ServerLostError,
            N_("The server at {host} does not answer."),
            N_(
                "Check that it is switched on, that this computer is on the network, "
                "and that no firewall blocks the port."
            ),
        ),
    ),
    (
        OSError,
        Cause(
            Stage.COMPUTER,
            ServerLostError,
            N_("The server at {host} cannot be reached from this computer."),
            N_("Check this computer's network connection."),
        ),
    ),
)
_CERTIFICATE_EXPIRED = Cause(
    Stage.ENCRYPTION,
    SignInError,
    N_("The certificate of the server {server} is not valid today."),
    N_("Ask the administrator to renew it, and check this computer's clock."),
)
_WRONG_NAME = Cause(
    Stage.ENCRYPTION,
    SignInError,
    N_("The certificate of the server was made for another name than {server}."),
    N_("Use the name that stands in the certificate, or ask the administrator for a new one."),
)
_ENCRYPTED_ONLY = Cause(
    Stage.ENCRYPTION,
    SignInError,
    N_("The server at {host} takes encrypted connections only."),
    N_("Switch on encryption in the connection's settings."),
)
_NOT_LISTED = Cause(
    Stage.SIGN_IN,
    SignInError,
    N_("The server at {host} does not accept the login {login} from this computer."),
    N_("The administrator must allow this network, database and login in the server's file pg_hba.conf."),
)
_WRONG_PASSWORD = Cause(
    Stage.SIGN_IN,
    SignInError,
    N_("Login or password is wrong, or the password has expired."),  # the server does not say which
    N_("Mind capital letters and the input method. The administrator can set a new password."),
)
_STARTING = Cause(
    Stage.POSTGRES,
    ServerLostError,
    N_("The server at {host} is just starting or stopping."),
    N_("Try again in a moment."),
)
_BY_CODE = {
    "28P01": _WRONG_PASSWORD,
    "28000": Cause(
        Stage.SIGN_IN, SignInError, N_("The login {login} is locked."), N_("Ask the administrator to unlock it.")
    ),
    "3D000": Cause(
        Stage.DATABASE,
        SignInError,
        N_("The server has no database named {database}."),
        N_("Check the name in the connection's settings, or let the administrator run “server init”."),
    ),
    "42501": NO_RIGHT_TO_DATABASE,
    "55000": Cause(
        Stage.DATABASE,
        SignInError,
        N_("The database {database} accepts no connections at present."),
        N_("The administrator may be restoring it. Try again later."),
    ),
    "53300": Cause(
        Stage.SIGN_IN,
        ServerLostError,
        N_("The server has no free connection: too many people or programs are signed in."),
        N_("Try again in a moment. The administrator can allow more; “server check” says how many are needed."),
    ),
    "57P01": _STARTING,
    "57P02": _STARTING,
    "57P03": _STARTING,
}
_OTHER_REFUSAL = Cause(
    Stage.SIGN_IN,
    SignInError,
    N_("The server at {host} does not let you in (error {code})."),
    N_("Ask the administrator to look into the server's log."),
)
_NO_PRIMARY = Cause(
    Stage.POSTGRES,
    ServerLostError,
    N_("Of the servers that answer, none takes changes just now."),
    N_("A standby may be taking over. Try again in a moment, or ask the administrator."),
)
_UNKNOWN = Cause(
    Stage.SIGN_IN, ServerLostError, N_("The connection to {host} could not be opened."), N_("Try again in a moment.")
)
_BY_CERTIFICATE_ERROR = {  # OpenSSL's X509_V_ERR_...
    9: _CERTIFICATE_EXPIRED,  # NOT_YET_VALID
    10: _CERTIFICATE_EXPIRED,
    62: _WRONG_NAME,
    64: _WRONG_NAME,  # an IP address
}


class Obstacle(NamedTuple):
    """Where the way into the database ends at one host: at ``stage``, or nowhere (None) as far as can be known here."""

    host: Host
    stage: Stage | None
    error: KnownError | None


def find_obstacle(host: Host, address: ConnectionAddress, seconds: float) -> Obstacle:
    """What keeps this login out of the database at ``host``. Asks once, for at most some ``seconds``."""
    silence, answer = _ask(host, address, seconds)
    if silence is None and answer.authenticated and not answer.code:
        return Obstacle(host, None, None)
    cause = silence or _refusal(host, address, answer, seconds)
    return Obstacle(host, cause.stage, cause.error(address, host, answer.code))


def sign_in_failure(address: ConnectionAddress, seconds: float) -> KnownError:
    """A ``SignInError`` or a ``ServerLostError`` to raise, after libpq has failed in words that nobody can rely on.

    Every host is asked once more, for at most some ``seconds`` each; the first that refuses by itself decides.
    """
    failures = []
    for host in address.hosts:
        silence, answer = _ask(host, address, seconds)
        failures.append((silence or _refusal(host, address, answer, seconds), host, answer))
    cause, host, answer = min(failures, key=lambda failure: _distance(failure[0]))
    return cause.error(address, host, answer.code)


def _distance(cause: Cause) -> int:
    """Of several hosts the nearest tells most: it refused this person, or serves nobody, or did not even answer."""
    return 0 if cause.kind is SignInError else 1 if cause not in dict(_UNREACHABLE).values() else 2


def _ask(host: Host, address: ConnectionAddress, seconds: float) -> tuple[Cause | None, Answer]:
    """What the server answers, or why it does not."""
    try:
        return None, knock(host, address, seconds)
    except (OSError, NotPostgresError, NoEncryptionError) as error:
        if isinstance(error, ssl.SSLCertVerificationError) and error.verify_code in _BY_CERTIFICATE_ERROR:
            return _BY_CERTIFICATE_ERROR[error.verify_code], Answer()
        return next(cause for kind, cause in _UNREACHABLE if isinstance(error, kind)), Answer()


def _refusal(host: Host, address: ConnectionAddress, answer: Answer, seconds: float) -> Cause:
    if not answer.code:
        return _UNKNOWN if address.session_attributes == "any" else _NO_PRIMARY
    if answer.code == "28000" and not answer.authenticated:
        if answer.routine == "auth_failed":
            return _WRONG_PASSWORD
        return _ENCRYPTED_ONLY if _is_let_further_with_tls(host, address, answer, seconds) else _NOT_LISTED
    return _BY_CODE.get(answer.code, _OTHER_REFUSAL)


def _is_let_further_with_tls(host: Host, address: ConnectionAddress, answer: Answer, seconds: float) -> bool:
    if answer.encrypted or host.is_local_socket:
        return False
    try:
        second = knock(host, replace(address, sslmode="require"), seconds)
    except (OSError, NotPostgresError, NoEncryptionError):
        return False
    return second.code != "28000" or second.authenticated
