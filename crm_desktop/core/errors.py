"""What can go wrong and is no bug: errors whose words are shown to the user as they are."""

from __future__ import annotations

import errno
from typing import NamedTuple

from crm_desktop.core.i18n import N_, _

_REASONS = {
    errno.ENOENT: N_("the folder or file does not exist"),
    errno.ENOTDIR: N_("the folder does not exist"),
    errno.EISDIR: N_("there is a folder of this name"),
    errno.EACCES: N_("access is denied"),
    errno.EPERM: N_("access is denied"),
    errno.EROFS: N_("access is denied"),
    errno.ENOSPC: N_("the disk is full"),
    errno.ENAMETOOLONG: N_("the name is too long"),
}


class KnownError(Exception):
    """Something the user can act on. ``message`` says what is wrong, ``hint`` what to do; both are translated."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


def system_reason(error: OSError) -> str:
    """Why the system refused something with a file, in the user's language where it is one of the usual reasons."""
    known = _REASONS.get(error.errno or 0)
    return _(known) if known else error.strerror or str(error)


class Attempt(NamedTuple):
    """By which the server knows a transaction, so that one can ask later whether it was committed."""

    change_set: int
    """0 where none is journaled: a message."""
    transaction: int


class ServerLostError(KnownError):
    """The server cannot be reached, or went away in the middle; nothing of the transaction was written."""

    is_open = False
    """Whether it went away while it committed, so that the transaction may have been written after all."""
    attempt: Attempt | None = None
    """Of such a transaction, where it named what it does."""


class SignInError(KnownError):
    """The server answers but does not let this person in."""


class NoRightError(KnownError):
    """The database refused the action to this person."""


class ConflictError(KnownError):
    """Somebody else changed or removed the same thing in the meantime."""


class CancelledError(KnownError):
    """The user stopped a long work; nothing of it was written."""
