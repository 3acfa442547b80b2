"""Files at records. Who sees the record sees them; who may change the record adds, renames and removes them."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, Any, BinaryIO

from sqlalchemy import Select, delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from crm_desktop.core.errors import ConflictError, KnownError, NoRightError
from crm_desktop.core.file_names import free_name, guess_type
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress, Step
from crm_desktop.db.errors import known_errors
from crm_desktop.models import Attachment as Row
from crm_desktop.models import AttachmentPiece, Employee
from crm_desktop.services.journal import begin_change
from crm_desktop.services.records import Record, refused_addition

PIECE = 1 << 18
"""Bytes that travel and are stored at once."""
KILOBYTE, MEGABYTE = 1 << 10, 1 << 20
LONGEST_NAME = 255
_HEAD = 512


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file at a record; ``size`` in bytes."""

    id: int
    version: int
    name: str
    mime_type: str
    size: int
    added_by: str
    added_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class NewFile:
    """Something to attach, which is opened when its turn has come."""

    name: str
    open: Callable[[], IO[bytes]]

    @classmethod
    def at(cls, path: Path) -> NewFile:
        """A file on this computer."""

        def open_it() -> IO[bytes]:
            if path.is_dir():  # Windows would speak of a right that is missing
                raise IsADirectoryError
            return path.open("rb")

        return cls(path.name, open_it)

    @classmethod
    def of(cls, name: str, content: bytes) -> NewFile:
        """Something from the clipboard."""
        return cls(name, lambda: io.BytesIO(content))


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding files: the names they got, and a sentence about each that could not be added."""

    change_set: int
    names: tuple[str, ...]
    refused: tuple[str, ...]


class _UnreadableError(KnownError):
    """One of several files cannot be added; the others can."""


def select_attachments(entity: str, record_id: int) -> Select[Any]:
    """The fields of ``Attachment`` for each file of a record, oldest first; none where the person may not see it."""
    columns: tuple[Any, ...] = (Row.id, Row.version, Row.name, Row.mime_type, Row.size, Employee.name, Row.added_at)
    return (
        select(*columns)
        .join(Employee, Employee.id == Row.added_by_id)
        .where(Row.entity == entity, Row.record_id == record_id)
        .order_by(Row.id)
    )


def fetch_attachments(session: Session, entity: str, record_id: int) -> list[Attachment]:
    """The files of a record. One statement."""
    return [Attachment(*row) for row in session.execute(select_attachments(entity, record_id))]


def fetch_limit(session: Session) -> int:
    """Bytes that one file may have, as the firm has set it. One statement."""
    return int(session.execute(select(func.crm.attachment_limit())).scalar_one())


def add_files(session: Session, record: Record, files: Sequence[NewFile], progress: Progress) -> Added:
    """Attach files to a record, as one change set; a file that cannot be read or is too large stays away.

    Raises NoRightError, and CancelledError out of ``progress``.
    """
    change_set = begin_change(session, "attach", record.title, record.entity)
    taken = [file.name for file in fetch_attachments(session, record.entity, record.id)]
    limit = fetch_limit(session)
    names: list[str] = []
    refused: list[str] = []
    for number, file in enumerate(files, 1):
        name = free_name(file.name[-LONGEST_NAME:], [*taken, *names])
        what = f"{file.name} ({number}/{len(files)})" if len(files) > 1 else file.name
        try:
            with session.begin_nested():
                _add(session, record, replace(file, name=name), limit, partial(_report, progress, what))
        except _UnreadableError as error:
            refused.append(str(error))
        else:
            names.append(name)
    return Added(change_set, tuple(names), tuple(refused))


def read_file(session: Session, attachment_id: int, target: BinaryIO, progress: Progress) -> None:
    """Write the bytes of a file to ``target``. A statement for each 256 kB; raises ConflictError where it is gone."""
    found = session.execute(select(Row.name, Row.size, Row.content_id).where(Row.id == attachment_id)).one_or_none()
    if found is None:
        raise ConflictError(
            _("This file is no longer there, or you may no longer see it."), _("The list shows what is there now.")
        )
    done = 0
    piece = select(AttachmentPiece.bytes).where(AttachmentPiece.content_id == found.content_id)
    while done < found.size:
        content = session.execute(piece.where(AttachmentPiece.position == done // PIECE)).scalar_one()
        target.write(content)
        done += len(content)
        progress(done, found.size, found.name)


def fetch_content(session: Session, attachment_id: int) -> bytes:
    """A whole file, to be looked at."""
    content = io.BytesIO()
    read_file(session, attachment_id, content, lambda _done, _of, _what: None)
    return content.getvalue()


def rename_attachment(session: Session, record: Record, attachment: Attachment, name: str) -> int:
    """Give a file another name; returns the change set. Raises NoRightError, ConflictError where it was renamed."""
    change_set = begin_change(session, "attach", record.title, record.entity)
    statement = update(Row).where(Row.id == attachment.id, Row.version == attachment.version).values(name=name)
    with known_errors():
        _expect_one(session.execute(statement.execution_options(synchronize_session=False)))
    return change_set


def delete_attachment(session: Session, record: Record, attachment: Attachment) -> int:
    """Remove a file from its record; returns the change set, by which it comes back."""
    change_set = begin_change(session, "detach", record.title, record.entity)
    statement = delete(Row).where(Row.id == attachment.id)
    _expect_one(session.execute(statement.execution_options(synchronize_session=False)))
    return change_set


def _expect_one(result: Any) -> None:
    if result.rowcount != 1:
        raise NoRightError(
            _("This file is no longer there, or you may not change it."), _("Ask the owner of the record.")
        )


def _report(progress: Progress, what: str, done: int, total: int) -> None:
    progress(done, total, what)


def _add(session: Session, record: Record, file: NewFile, limit: int, step: Step) -> None:
    try:
        with closing(file.open()) as source:
            content, head = _write_content(session, file.name, source, limit, step)
    except OSError as error:
        raise _unreadable(file.name, error) from error
    values = {"name": file.name, "mime_type": guess_type(head, file.name), "content_id": content}
    with refused_addition():
        session.execute(insert(Row).values(entity=record.entity, record_id=record.id, **values))


def _write_content(session: Session, name: str, source: IO[bytes], limit: int, step: Step) -> tuple[int, bytes]:
    """The id of the content, not yet sealed, and the first bytes of it."""
    total = source.seek(0, io.SEEK_END)
    source.seek(0)
    content: int = session.execute(select(func.crm.begin_content())).scalar_one()
    add_piece = text("select crm.add_piece(:content, :position, :bytes)")
    head, done = b"", 0
    while total <= limit and (piece := source.read(PIECE)):
        head = head or piece[:_HEAD]
        total = max(total, done + len(piece))
        if total > limit:  # somebody goes on writing it
            break
        session.execute(add_piece, {"content": content, "position": done // PIECE, "bytes": piece})
        done += len(piece)
        step(done, total)
    if total > limit:
        raise _UnreadableError(
            _("“{name}” is larger than {limit}, which is the most the firm allows for one file.").format(
                name=name, limit=size_text(limit)
            )
        )
    return content, head


def _unreadable(name: str, error: OSError) -> _UnreadableError:
    if isinstance(error, FileNotFoundError):
        return _UnreadableError(_("“{name}” is no longer there.").format(name=name))
    if isinstance(error, IsADirectoryError):
        return _UnreadableError(_("“{name}” is a folder; only files can be attached.").format(name=name))
    return _UnreadableError(_("“{name}” cannot be read; another program may hold it.").format(name=name))


def size_text(size: int) -> str:
    """``812 B``, ``1.4 MB``."""
    if size < KILOBYTE:
        return f"{size} B"
    unit, divisor = ("kB", KILOBYTE) if size < MEGABYTE else ("MB", MEGABYTE)
    return f"{size / divisor:,.1f}".removesuffix(".0") + f" {unit}"
