"""Look through a zip package (xlsx, xlsb, ods, docx) before a library reads it: whole, not encrypted, not a bomb.

calamine holds a sheet as one rectangle and trusts the counts in the file, so that one stray cell or one wrong
number can take all memory and end the program. What it would do is worked out here from the XML as it streams by.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from importers.readers.binary import check_binary_sheet
from importers.readers.book import check_area, damaged, not_a_table_file

LARGEST_CONTENT = 2_000_000_000
CHUNK = 4_000_000
DOCUMENT = "word/document.xml"
OVERLAP = 64
"""Bytes repeated between chunks, so that a cell reference is never cut."""

FILLED_CELL = re.compile(rb'<(?:\w+:)?c r="([A-Z]{1,3})\d{1,7}"[^>/]*>')
CELL_ROW = re.compile(rb'[A-Z](\d{1,7})"')
STRING_COUNT = re.compile(rb'<(?:\w+:)?sst[^>]*?uniqueCount="(\d+)"')


def check_package(data: bytes) -> None:
    """Raise a KnownError unless the package is a workbook, or a document with tables, that is safe to hand on."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_kind(package)
            for entry in package.infolist():
                _check_entry(package, entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, IndexError) as error:
        raise damaged() from error
    except RuntimeError as error:
        raise needs_password() from error


def is_document(data: bytes) -> bool:
    """Whether a package that was checked is a Word document."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return DOCUMENT in package.namelist()


def needs_password() -> KnownError:
    """The error for an encrypted file."""
    return KnownError(_("The file is protected by a password."), _("Remove the password first, then import it again."))


def _check_kind(package: zipfile.ZipFile) -> None:
    if sum(entry.file_size for entry in package.infolist()) > LARGEST_CONTENT:
        raise KnownError(
            _("The file is too large ({size} MB).").format(size=LARGEST_CONTENT // 1_000_000),
            _("Split it into several files."),
        )
    names = set(package.namelist())
    if DOCUMENT in names:
        if b"<w:tbl>" not in package.read(DOCUMENT):
            raise KnownError(_("The document contains no table."))
    elif not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} and "[Content_Types].xml" not in names:
        raise not_a_table_file()


def _check_entry(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Read the entry to its end, which verifies its checksum, and look at what calamine would allocate."""
    is_sheet = entry.filename.startswith("xl/worksheets/")
    if is_sheet and entry.filename.endswith(".bin"):
        check_binary_sheet(entry.filename.rpartition("/")[2].removesuffix(".bin"), package.read(entry))
        return
    is_strings = entry.filename.lower().endswith("sharedstrings.xml")
    columns: set[bytes] = set()
    last_row = 0
    for chunk in _chunks(package, entry):
        if is_sheet:
            columns.update(FILLED_CELL.findall(chunk))
            last_row = max(last_row, _last_row(chunk))
        if is_strings and (count := STRING_COUNT.search(chunk)) and int(count[1]) > entry.file_size:
            raise damaged()
    if columns:
        check_area(entry.filename.rpartition("/")[2].removesuffix(".xml"), last_row, max(map(_number, columns)))


def _last_row(chunk: bytes) -> int:
    """The row of the last cell with a value."""
    end = max(chunk.rfind(b"<v>"), chunk.rfind(b"<is>"))
    row = CELL_ROW.search(chunk, max(chunk.rfind(b' r="', 0, end), 0)) if end > 0 else None
    return int(row[1]) if row else 0


def _chunks(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with package.open(entry) as stream:
        tail = b""
        while chunk := stream.read(CHUNK):
            yield tail + chunk
            tail = chunk[-OVERLAP:]


def _number(column: bytes) -> int:
    """``A`` is 1, ``XFD`` is 16384."""
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number
