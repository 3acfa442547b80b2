"""SQLSTATE to ``KnownError``, in one place. Whatever is not listed here is a bug and stays what it is.

No sentence carries a value of a row: the server's DETAIL is never shown. Only of a room or a car it is said when it is
taken, which everybody may know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Literal

import psycopg2
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import ColumnCollectionConstraint

from crm_desktop.core.errors import ConflictError, KnownError, NoRightError, ServerLostError
from crm_desktop.core.i18n import N_, _, language
from crm_desktop.models import SCHEMA, Base


class OutOfReachError(NoRightError):
    """A row would belong to somebody for whom this person may not write. Services say what a part belongs to."""


class RefusedValueError(KnownError):
    """The database refused what a field holds. Services put the field's label into a better sentence."""

    def __init__(self, kind: str, message: str, hint: str, table: str, columns: tuple[str, ...]) -> None:
        super().__init__(message, hint)
        self.kind = kind
        """``unique missing unknown used check too_long out_of_range``; ``unknown``: it refers to nothing."""
        self.table = table
        """In schema ``crm``; empty where the server does not tell."""
        self.columns = columns
        """Empty where the server does not tell."""


During = Literal["reading", "writing", "commit"]
_LOST = (
    ServerLostError,
    N_("The connection to the server was lost. Nothing of this step was saved."),
    N_("Try again as soon as the server is back."),
)
_LOST_BESIDE_WRITING = {
    "reading": (ServerLostError, N_("The connection to the server was lost."), _LOST[2]),
    # On which side of it the connection broke, nobody here can know.
    "commit": (
        ServerLostError,
        N_("The connection to the server was lost while saving. The change is there completely or not at all."),
        N_("Look whether it is there before you enter it again."),
    ),
}
_TOO_LONG_AT_IT = (
    KnownError,
    N_("The server stopped this because it took too long. Nothing was saved."),
    N_("Narrow it down, or try again when the server is less busy."),
)
_CONFLICT = (
    ConflictError,
    N_("Somebody else changed the same records at the same moment. Nothing was saved."),
    N_("Try again."),
)
_NO_ROOM = (
    KnownError,
    N_("The server has no room or memory left. Nothing was saved."),
    N_("Tell the administrator at once: the server's disk may be full."),
)
_DAMAGED = (
    KnownError,
    N_("The server reports that its files are damaged."),
    N_("Stop working and tell the administrator, so that a backup can be restored."),
)
_FIELDS_CHANGED = (  # a custom column that is gone, of which this workbench has not yet heard
    N_("The administrator has just changed the fields of these records. Nothing was saved."),
    N_("Try again in a moment."),
)
_BY_CODE = {
    "25006": (
        ServerLostError,
        N_("The server takes no changes at present. Nothing was saved."),
        N_("It may be a standby, or another server is taking over. Try again in a moment."),
    ),
    "25P03": _LOST,
    "25P04": _TOO_LONG_AT_IT,
    "40001": _CONFLICT,
    "40P01": _CONFLICT,
    "53300": (
        ServerLostError,
        N_("The server has no free connection: too many people or programs are signed in."),
        N_("Try again in a moment."),
    ),
    "55P03": (
        ConflictError,
        N_("Somebody else is working on the same records just now. Nothing was saved."),
        N_("A long import or bulk change may be running. Try again in a moment."),
    ),
    "57014": _TOO_LONG_AT_IT,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
}
_BY_CLASS = {"08": _LOST, "53": _NO_ROOM, "57": _LOST, "58": _DAMAGED}
_RAISED_BY_US = {"42501": NoRightError, "55000": ConflictError, "P0001": KnownError}
_VALUE_CODES = {
    "22001": "too_long",
    "22003": "out_of_range",
    "22008": "out_of_range",
    "23001": "used",
    "23502": "missing",
    "23503": "unknown",
    "23505": "unique",
    "23514": "check",
}
_VALUE_TEXTS = {
    "unique": (
        N_("Another record already has this value, perhaps one that you may not see."),
        N_("Use another value, or open the other record."),
    ),
    "missing": (N_("A field that must not be empty is empty."), N_("Fill in all required fields.")),
    "unknown": (
        N_("Something that this record refers to no longer exists."),
        N_("Somebody may have deleted it. Choose another."),
    ),
    "used": (
        N_("Other records still use this, so it cannot be deleted."),
        N_("Change or delete those first, or mark this as no longer in use."),
    ),
    "check": (N_("A value is not allowed in its field."), N_("Correct it and save again.")),
    "too_long": (N_("A text is too long for its field."), N_("Shorten it and save again.")),
    "out_of_range": (N_("A number or date is too large for its field."), N_("Correct it and save again.")),
}


@contextmanager
def known_errors(during: During = "writing") -> Iterator[None]:
    """Turn what the database refuses into a ``KnownError``. A bug passes as it is; to write while reading is one."""
    try:
        yield
    except (DBAPIError, psycopg2.Error) as error:
        known = _known_error(_cause(error), during)
        if known is None:
            raise
        raise known from None  # the original's DETAIL holds values, which must not reach a log


def _known_error(error: psycopg2.Error, during: During) -> KnownError | None:
    code = error.pgcode or ""
    if code == "0A000" and error.diag.source_function == "call_bool_check_hook":
        code = "25006"  # what a standby says when a transaction begins in order to write
    if code == "25006" and during == "reading":
        return None
    if code == "23P01":
        return _booked(error)
    known = _BY_CODE.get(code) or _BY_CLASS.get(code[:2]) or (_LOST if _is_connection_closed(error) else None)
    if known is _LOST:
        known = _LOST_BESIDE_WRITING.get(during, _LOST)
    if known:
        kind, message, hint = known
        return kind(_(message), _(hint))
    if code in _VALUE_CODES:
        return _refused_value(error)
    if code == "42703" and re.search(r"\bx_[a-z_]+_\d", error.diag.message_primary or ""):
        return ConflictError(_(_FIELDS_CHANGED[0]), _(_FIELDS_CHANGED[1]))
    own = _own_sentence(error, _RAISED_BY_US[code]) if code in _RAISED_BY_US else None
    return own or (_refused_right(error) if code == "42501" else None)


def _booked(error: psycopg2.Error) -> KnownError:
    """Of the only constraint of this kind. Who books at the same moment as another learns no more than that."""
    hint = _("Choose another time or another one; the team view shows when it is free.")
    if error.diag.source_function != "exec_stmt_raise":
        return ConflictError(_("The room or car is already booked at this time."), hint)
    taken = json.loads(error.diag.message_detail or "")
    at = datetime.fromisoformat(taken["at"]).astimezone()
    name = taken["name" if language() == "zh" else "name_en"]
    return ConflictError(
        _("“{name}” is already booked on {when}.").format(name=name, when=f"{at:%Y-%m-%d %H:%M}"), hint
    )


def _cause(error: DBAPIError | psycopg2.Error) -> psycopg2.Error:
    cause = error.orig if isinstance(error, DBAPIError) else error
    assert isinstance(cause, psycopg2.Error)
    return cause


def _is_connection_closed(error: psycopg2.Error) -> bool:
    if error.cursor is not None and error.cursor.connection.closed:
        return True
    if isinstance(error, psycopg2.OperationalError):  # without SQLSTATE: the server has not even answered
        return not error.pgcode
    return isinstance(error, psycopg2.InterfaceError) and "connection" in str(error)  # psycopg2's own words


def _refused_right(error: psycopg2.Error) -> KnownError:
    if error.diag.source_function == "ExecWithCheckOptions":  # a policy's, not a table's
        return OutOfReachError(
            _("This record would then belong to somebody whose records you may not change."),
            _("Choose another owner, or ask the administrator for the right."),
        )
    return NoRightError(_("You have no right to do this."), _("Ask the administrator if you need it."))


def _own_sentence(error: psycopg2.Error, kind: type[KnownError]) -> KnownError | None:
    """What a function of ``db/sql`` raised for the user: a constant of the catalogue that ends with a full stop.

    Whatever else a function raises is a bug.
    """
    sentence = error.diag.message_primary or ""
    if error.diag.source_function != "exec_stmt_raise" or not sentence.endswith("."):
        return None
    hint = error.diag.message_hint
    return kind(_(sentence), _(hint) if hint else "")


def _refused_value(error: psycopg2.Error) -> KnownError:
    kind = _VALUE_CODES[str(error.pgcode)]
    constraint = _constraint(error)
    if kind == "unknown" and isinstance(constraint, ForeignKeyConstraint) and _is_still_used(error, constraint):
        kind = "used"
    columns = [error.diag.column_name] if error.diag.column_name else _columns(constraint)
    message, hint = _VALUE_TEXTS[kind]
    return RefusedValueError(kind, _(message), _(hint), error.diag.table_name or "", tuple(columns))


def _columns(constraint: ColumnCollectionConstraint | Index | None) -> list[str]:
    if isinstance(constraint, CheckConstraint):
        words = set(re.findall(r"\w+", str(constraint.sqltext)))
        return [column.name for column in constraint.table.columns if column.name in words]
    return [] if constraint is None else [column.name for column in constraint.columns]


def _is_still_used(error: psycopg2.Error, constraint: ForeignKeyConstraint) -> bool:
    """Tell the two foreign key errors apart in any language: only this one names the table that is referred to."""
    words = re.findall(r"[a-z0-9_]+", error.diag.message_primary or "")
    referred = constraint.referred_table.name
    return words.count(referred) > (1 if referred == error.diag.table_name else 0)


def _constraint(error: psycopg2.Error) -> ColumnCollectionConstraint | Index | None:
    """The model's constraint or unique index that was hurt; None where the model does not know it."""
    table = Base.metadata.tables.get(f"{SCHEMA}.{error.diag.table_name}")
    if table is None:
        return None
    name = error.diag.constraint_name
    parts: list[ColumnCollectionConstraint | Index] = [*table.indexes]
    parts += [part for part in table.constraints if isinstance(part, ColumnCollectionConstraint)]
    return next((part for part in parts if part.name == name), None)
