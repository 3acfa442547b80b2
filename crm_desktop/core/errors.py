"""What can go wrong and is no bug: errors whose words are shown to the user as they are."""

from __future__ import annotations

from typing import NamedTuple


class KnownError(Exception):
    """Something the user can act on. ``message`` says what is wrong, ``hint`` what to do; both are translated."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class Attempt(NamedTuple):
    """By which the server knows a transaction, so that one can ask later whether it was committed."""

    change_set: int
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
