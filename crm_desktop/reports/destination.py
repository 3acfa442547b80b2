"""Where a finished document goes: a file that is either whole or untouched, or a stream in memory."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from crm_desktop.core.errors import KnownError, system_reason
from crm_desktop.core.i18n import _


@contextlib.contextmanager
def writing(target: Path | BinaryIO) -> Iterator[BinaryIO]:
    """A stream to write the document to. A file is moved into place at the end, and left as it was after any error.
    Raises `KnownError` when the file is open elsewhere or its folder cannot be written.
    """
    if not isinstance(target, Path):
        yield target
        return
    try:
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=target.parent)
    except OSError as error:
        raise refusal(target, error) from error
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        part.chmod(0o644)  # mkstemp's own mode would hide the file from colleagues on a shared drive
        part.replace(target)
    except OSError as error:
        raise refusal(target, error) from error
    finally:
        part.unlink(missing_ok=True)


def refusal(target: Path, error: OSError) -> KnownError:
    """Why a file cannot be written, in a sentence."""
    if isinstance(error, PermissionError) and target.exists():
        return KnownError(
            _("“{name}” is open in another program or write-protected.").format(name=target.name),
            _("Close it there, or choose another name."),
        )
    return KnownError(
        _("“{name}” cannot be written: {reason}").format(name=target.name, reason=system_reason(error)),
        _("Choose another folder, or make room on the disk."),
    )
