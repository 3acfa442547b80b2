"""Sign in by hand, as far as the server's first refusal, to hear its SQLSTATE.

libpq hands on only the server's sentence, in the server's language and encoding; psycopg2 has no code for a failed
connection.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import socket
import ssl
import struct
from dataclasses import dataclass
from typing import Self

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.db.address import ConnectionAddress, Host
from crm_desktop.db.scram import prepared

_TLS_REQUEST = struct.pack("!ii", 8, 80877103)
_PROTOCOL = 196608  # 3.0
_LENGTH_SIZE = 4  # a length counts itself
_LONGEST_MESSAGE = 30_000
_ACCEPTED, _CLEARTEXT, _MD5, _SASL, _SASL_CONTINUE, _SASL_FINAL = 0, 3, 5, 10, 11, 12


@dataclass(frozen=True, slots=True)
class Answer:
    """How a server answered: its SQLSTATE, or '' where it let the person in or asked for something not known here."""

    code: str = ""
    routine: str = ""
    """The server's function that refused: the same in every language."""
    authenticated: bool = False
    """Whether login and password had been accepted before."""
    encrypted: bool = False


class NotPostgresError(Exception):
    """Something listens on the port, but no PostgreSQL."""


class NoEncryptionError(Exception):
    """The server does not offer the encryption that the profile demands."""


def knock(host: Host, address: ConnectionAddress, seconds: float) -> Answer:
    """The server's answer to this login.

    Raises ``OSError`` (with ``ssl.SSLError``), ``NotPostgresError``, ``NoEncryptionError``, or ``KnownError`` where
    a file of this computer is at fault.
    """
    with _Wire.open(host, address, seconds) as wire:
        wire.send(b"", struct.pack("!i", _PROTOCOL) + _strings("user", address.login, "database", address.database, ""))
        authenticated = False
        scram = _Scram(address.password)
        while True:
            kind, body = wire.receive()
            if kind == b"E":
                fields = {part[:1]: part[1:].decode("ascii", "replace") for part in body.split(b"\0") if part}
                return Answer(fields.get(b"C", ""), fields.get(b"R", ""), authenticated, wire.encrypted)
            if kind == b"Z":
                return Answer(authenticated=True, encrypted=wire.encrypted)
            if kind != b"R":
                continue
            request = struct.unpack("!i", body[:_LENGTH_SIZE])[0]
            authenticated = authenticated or request == _ACCEPTED
            if request in {_ACCEPTED, _SASL_FINAL}:
                continue
            reply = _reply(request, body[_LENGTH_SIZE:], address, scram)
            if reply is None:
                return Answer(encrypted=wire.encrypted)
            wire.send(b"p", reply)


def _reply(request: int, challenge: bytes, address: ConnectionAddress, scram: _Scram) -> bytes | None:
    """The proof of the password that the server asks for; None where it asks for something else."""
    if request == _CLEARTEXT:  # over a line that is encrypted and checked as demanded, as libpq did a moment ago
        return _strings(address.password)
    if request == _MD5:
        return _md5(address, challenge)
    if request == _SASL and b"SCRAM-SHA-256" in challenge.split(b"\0"):
        first = scram.first()
        return b"SCRAM-SHA-256\0" + struct.pack("!i", len(first)) + first
    return scram.proof(challenge) if request == _SASL_CONTINUE else None


class _Wire:
    """Messages of PostgreSQL's protocol over a socket, encrypted and checked as the profile demands."""

    def __init__(self, stream: socket.socket, *, encrypted: bool) -> None:
        self._stream, self.encrypted = stream, encrypted

    @classmethod
    def open(cls, host: Host, address: ConnectionAddress, seconds: float) -> Self:
        if host.is_local_socket:
            stream = socket.socket(socket.AF_UNIX)
            stream.settimeout(seconds)
            stream.connect(f"{host.address}/.s.PGSQL.{host.port}")
            return cls(stream, encrypted=False)
        stream = socket.create_connection((host.address, host.port), timeout=seconds)
        try:
            stream, encrypted = _encrypt(stream, host, address)
        except BaseException:
            stream.close()
            raise
        return cls(stream, encrypted=encrypted)

    def send(self, kind: bytes, body: bytes) -> None:
        self._stream.sendall(kind + struct.pack("!i", len(body) + _LENGTH_SIZE) + body)

    def receive(self) -> tuple[bytes, bytes]:
        kind, length = struct.unpack("!ci", self._exactly(5))
        if not _LENGTH_SIZE <= length <= _LONGEST_MESSAGE:
            raise NotPostgresError
        return kind, self._exactly(length - _LENGTH_SIZE)

    def _exactly(self, count: int) -> bytes:
        got = b""
        while len(got) < count:
            piece = self._stream.recv(count - len(got))
            if not piece:
                raise ConnectionResetError
            got += piece
        return got

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stream.close()


def _encrypt(stream: socket.socket, host: Host, address: ConnectionAddress) -> tuple[socket.socket, bool]:
    """The stream to talk over, and whether it is encrypted."""
    if address.sslmode == "disable":
        return stream, False
    stream.sendall(_TLS_REQUEST)
    reply = stream.recv(1)
    if reply == b"S":
        return _tls_context(address).wrap_socket(stream, server_hostname=host.address), True
    if reply != b"N":
        raise NotPostgresError if reply else ConnectionResetError
    if address.sslmode not in {"allow", "prefer"}:
        raise NoEncryptionError
    return stream, False


def _tls_context(address: ConnectionAddress) -> ssl.SSLContext:
    """What libpq checks of a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = address.sslmode == "verify-full"
    authority = address.authority
    if authority and address.sslmode in {"require", "verify-ca", "verify-full"}:
        try:
            context.load_verify_locations(authority)
        except ssl.SSLError:
            raise KnownError(
                _("The file {path} holds no certificate.").format(path=authority),
                _("Choose the file with the authority's certificate in the settings of the connection."),
            ) from None
    else:
        context.verify_mode = ssl.CERT_NONE
    return context


def _strings(*texts: str) -> bytes:
    return b"".join(text.encode() + b"\0" for text in texts)


def _md5(address: ConnectionAddress, salt: bytes) -> bytes:
    inner = hashlib.md5((address.password + address.login).encode(), usedforsecurity=False).hexdigest()
    return b"md5" + hashlib.md5(inner.encode() + salt, usedforsecurity=False).hexdigest().encode() + b"\0"


class _Scram:
    """The client's half of SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding."""

    def __init__(self, password: str) -> None:
        self._password = prepared(password)
        self._bare = b"n=,r=" + base64.b64encode(secrets.token_bytes(18))

    def first(self) -> bytes:
        return b"n,," + self._bare

    def proof(self, challenge: bytes) -> bytes:
        """The answer to ``r=nonce,s=salt,i=iterations``."""
        parts = dict(part.split(b"=", 1) for part in challenge.split(b","))
        without_proof = b"c=biws,r=" + parts[b"r"]
        salted = hashlib.pbkdf2_hmac("sha256", self._password, base64.b64decode(parts[b"s"]), int(parts[b"i"]))
        key = hmac.digest(salted, b"Client Key", "sha256")
        transcript = b",".join((self._bare, challenge, without_proof))
        signature = hmac.digest(hashlib.sha256(key).digest(), transcript, "sha256")
        proof = bytes(left ^ right for left, right in zip(key, signature, strict=True))
        return without_proof + b",p=" + base64.b64encode(proof)
