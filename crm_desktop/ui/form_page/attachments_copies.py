"""Copies of attached files on this computer, for other programs to open: read-only, and removed again."""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import time
from functools import cache
from pathlib import Path

from crm_desktop.core.file_names import safe_name
from crm_desktop.core.paths import state_home
from crm_desktop.core.progress import Progress
from crm_desktop.reports.destination import refusal, writing
from crm_desktop.services.attachments import Attachment, read_file
from crm_desktop.ui.tasks import Session

KEPT_SECONDS = 24 * 3600
"""Another workbench of this person may still show a younger copy."""


def fetch_copy(session: Session, attachment: Attachment, progress: Progress) -> Path:
    """The file as a copy that another program can open; made where there is none yet. Not for the UI thread.

    Raises KnownError where the file is gone or the disk is full.
    """
    try:
        path = copy_path(attachment)
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(Path(attachment.name), error) from error
    if path.exists():
        return path
    with writing(path) as stream:
        read_file(session, attachment.id, stream, progress)
    path.chmod(stat.S_IREAD)  # what is typed there would be lost: it is said at once
    return path


def copy_path(attachment: Attachment) -> Path:
    """Where the copy lies, or will lie. A renamed file gets a new one."""
    return _folder(state_home() / "opened") / f"{attachment.id}-{attachment.version}" / safe_name(attachment.name)


@cache
def _folder(parent: Path) -> Path:
    """Of this process; what others left behind is removed."""
    oldest = time.time() - KEPT_SECONDS
    for left in parent.glob("*"):
        if left.stat().st_mtime < oldest:
            _remove(left)
    folder = parent / str(os.getpid())
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # other users of this computer have no right to them
    folder.mkdir(exist_ok=True)
    atexit.register(_remove, folder)
    return folder


def _remove(folder: Path) -> None:
    for path in folder.rglob("*"):
        path.chmod(stat.S_IRWXU)  # Windows removes nothing that is read-only
    shutil.rmtree(folder, ignore_errors=True)  # what another program holds open goes the next time
