"""Small texts kept on this computer so that no crash loses them: one SQLite file a person and database.

Written on a thread of its own, at once: a change waits only for the writing of the one before. Knows no record and no
window.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator

from crm_desktop.core.paths import state_home

SECRET = "crm-desktop drafts"  # noqa: S105 - the name under which the keyring knows the key
_NONCE = 12  # bytes, as NIST SP 800-38D advises for GCM
_TABLE = "create table if not exists draft (id text primary key, is_sealed integer not null, content blob not null)"

_ALL = (
    "select cast(id as text), is_sealed, cast(content as blob) from draft where id is not null and content is not null"
)
"""Whoever else wrote into the file: SQLite keeps values of any type in any column."""


class DraftStore:
    """Keeps bytes by name. ``load`` first; ``keep``, ``forget`` and ``flush`` may be called from any thread."""

    RETRY_SECONDS = 5.0
    """After which a file that could not be written, a full disk perhaps, is tried again."""

    def __init__(self, owner: str, told: Callable[[OSError | sqlite3.Error | None], None]) -> None:
        """``owner`` names person and database. ``told`` hears, on the writing thread, why nothing can be written, and
        None as soon as it can.
        """
        name = hashlib.sha256(owner.encode()).hexdigest()[:24]
        self._owner, self._told = owner, told
        self.file = state_home() / "drafts" / f"{name}.sqlite3"
        self._key: bytes | None = None
        self._waiting: dict[str, bytes | None] = {}
        self._lock = threading.Condition()
        self._is_urgent = self._is_writing = False
        self._has_failed = False

    @property
    def is_sealed(self) -> bool:
        """Whether what is kept is encrypted; known after ``load``."""
        return self._key is not None

    def load(self) -> tuple[dict[str, bytes], int]:
        """All that is kept, by name, and how many pieces cannot be read because their key is gone.

        Asks the keyring, which may take its time: not for the UI thread. Raises what sqlite3 raises. A file that is
        damaged is put aside, so that what is typed from now on is kept.
        """
        self._key = _key_of(self._owner)
        if not self.file.exists():
            return {}, 0
        try:
            with self._opened() as connection:
                rows = connection.execute(_ALL).fetchall()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self.file.replace(self.file.with_suffix(".damaged"))
            return {}, 0
        opened = {name: self._open(name, content) if sealed else content for name, sealed, content in rows}
        readable = {name: content for name, content in opened.items() if content is not None}
        return readable, len(opened) - len(readable)

    def keep(self, name: str, content: bytes) -> None:
        """Write this at once, behind its caller, in place of what had the name."""
        self._put(name, content)

    def forget(self, name: str) -> None:
        """Remove it, behind its caller."""
        self._put(name, None)

    def flush(self, seconds: float = 5.0) -> bool:
        """Write what waits and wait for it, not longer than ``seconds``; whether all is written."""
        with self._lock:
            self._is_urgent = True
            self._lock.notify_all()
            self._lock.wait_for(lambda: not self._waiting or self._has_failed, seconds)
            return not self._waiting

    def _put(self, name: str, content: bytes | None) -> None:
        with self._lock:
            self._waiting[name] = content
            if not self._is_writing:
                self._is_writing = True
                threading.Thread(target=self._write_all, name="drafts", daemon=True).start()

    def _write_all(self) -> None:
        """Until nothing waits; then the thread ends, so that nobody has to stop it."""
        while True:
            with self._lock:
                if self._has_failed:
                    self._lock.wait_for(lambda: self._is_urgent, self.RETRY_SECONDS)
                self._is_urgent = False
                batch = dict(self._waiting)
            error = self._try(batch)
            with self._lock:
                if error is None:
                    self._waiting = {k: v for k, v in self._waiting.items() if k not in batch or v is not batch[k]}
                has_changed = error is not None or self._has_failed
                self._has_failed = error is not None
                goes_on = self._is_writing = bool(self._waiting)
                self._lock.notify_all()
            if has_changed:
                self._told(error)
            if not goes_on:
                return

    def _try(self, batch: dict[str, bytes | None]) -> OSError | sqlite3.Error | None:
        try:
            with self._opened() as connection, connection:
                for name, content in batch.items():
                    if content is None:
                        connection.execute("delete from draft where id = ?", [name])
                    else:
                        connection.execute(
                            "insert or replace into draft values (?, ?, ?)",
                            [name, self.is_sealed, self._seal(name, content)],
                        )
        except (OSError, sqlite3.Error) as error:
            return error
        return None

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """A connection whose commits survive a power cut. Only its user may read the file."""
        self.file.parent.mkdir(mode=0o700, exist_ok=True)
        with contextlib.suppress(
            FileExistsError
        ):  # to open and close one that is there would undo SQLite's locks on it
            os.close(os.open(self.file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with contextlib.closing(sqlite3.connect(self.file, timeout=5)) as connection:
            connection.execute("pragma synchronous = extra")
            connection.execute("pragma secure_delete = on")  # what was saved or discarded leaves no trace
            connection.execute(_TABLE)
            yield connection

    def _seal(self, name: str, content: bytes) -> bytes:
        if self._key is None:
            return content
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # slow to import

        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self._key).encrypt(nonce, content, name.encode())

    def _open(self, name: str, content: bytes) -> bytes | None:
        if self._key is None:
            return None
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(self._key).decrypt(content[:_NONCE], content[_NONCE:], name.encode())
        except (InvalidTag, ValueError):  # ValueError: too short to be sealed at all
            return None


def _key_of(owner: str) -> bytes | None:
    """The key of 256 bits that the system's keyring keeps, made when there is none; None without a keyring."""
    import keyring
    from keyring.errors import KeyringError

    try:
        known = keyring.get_password(SECRET, owner)
        if known is None:
            keyring.set_password(SECRET, owner, base64.b64encode(secrets.token_bytes(32)).decode())
            known = keyring.get_password(SECRET, owner)  # some keyrings take everything and keep nothing
    except KeyringError:
        return None
    return base64.b64decode(known) if known else None
