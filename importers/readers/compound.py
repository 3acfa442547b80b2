"""Compound files (xls, doc, encrypted xlsx): their streams, and whether a workbook stream is safe to read.

A damaged sector chain that runs in a circle makes calamine allocate without end; a wrong column number makes it
hold a grid of gigabytes. Source of the layout: Microsoft's open specifications MS-CFB and MS-XLS.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from importers.readers.book import check_area, damaged
from importers.readers.packages import needs_password

END_OF_CHAIN = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""

CELL_RECORDS = {0x0006, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E, 0x00BD, 0x00D6, 0x0003, 0x0004, 0x0002}
DIMENSIONS, STRINGS, ENCRYPTED, BOUND_SHEET, END_OF_PART = 0x0200, 0x00FC, 0x002F, 0x0085, 0x000A
COLUMNS = 256
ROWS = 65_536
"""The grid of an xls sheet."""


@dataclass(frozen=True, slots=True)
class _Sectors:
    """The sectors of a compound file, their size, and for each sector the next one of its chain."""

    data: bytes
    start: int
    size: int
    following: array[int]

    def read(self, first: int) -> bytes:
        """The bytes of the chain that begins with ``first``."""
        pieces: list[bytes] = []
        sector = first
        while sector < END_OF_CHAIN:
            if sector >= len(self.following) or len(pieces) > len(self.following):
                raise damaged()
            offset = self.start + sector * self.size
            pieces.append(self.data[offset : offset + self.size])
            sector = self.following[sector]
        return b"".join(pieces)


def read_streams(data: bytes) -> dict[str, bytes]:
    """Name to content of every stream. Every chain of the file is walked, so that a broken one is found."""
    try:
        return _read_streams(data)
    except (struct.error, ValueError, IndexError, UnicodeDecodeError) as error:
        raise damaged() from error


def _read_streams(data: bytes) -> dict[str, bytes]:
    shift, short_shift = struct.unpack_from("<HH", data, 30)
    first_directory, _sign, short_limit, first_short_table = struct.unpack_from("<IIII", data, 48)
    if shift not in {9, 12} or short_shift != 6:  # noqa: PLR2004 - the only sizes the format allows
        raise damaged()
    size = 1 << shift
    table = _numbers(b"".join(data[(s + 1) * size : (s + 2) * size] for s in _table_sectors(data, size)))
    sectors = _Sectors(data, size, size, table)
    entries = list(_entries(sectors.read(first_directory)))
    if not entries:
        raise damaged()
    root_content = sectors.read(entries[0][2])
    short_sectors = _Sectors(root_content, 0, 64, _numbers(sectors.read(first_short_table)))
    streams: dict[str, bytes] = {}
    for name, kind, first, length in entries[1:]:
        if kind == 2 and length:  # noqa: PLR2004 - 2 marks a stream
            content = (short_sectors if length < short_limit else sectors).read(first)
            if len(content) < length:
                raise damaged()
            streams[name] = content[:length]
    return streams


def _table_sectors(data: bytes, size: int) -> list[int]:
    """The sectors that hold the table of chains: 109 in the header, the rest in a chain of their own."""
    found = list(struct.unpack_from("<109I", data, 76))
    (sector,) = struct.unpack_from("<I", data, 68)
    blocks = 0
    while sector < END_OF_CHAIN:
        *more, sector = struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
        found += more
        blocks += 1
        if blocks * size > len(data):
            raise damaged()
    return [number for number in found if number < END_OF_CHAIN]


def _numbers(content: bytes) -> array[int]:
    numbers = array("I")
    numbers.frombytes(content[: len(content) // 4 * 4])
    return numbers


def _entries(directory: bytes) -> list[tuple[str, int, int, int]]:
    """Name, kind, first sector and length of each directory entry."""
    found = []
    for offset in range(0, len(directory) - 127, 128):
        name_length, kind = struct.unpack_from("<HB", directory, offset + 64)
        if kind:
            name = directory[offset : offset + max(name_length - 2, 0)].decode("utf-16-le")
            found.append((name, kind, *struct.unpack_from("<II", directory, offset + 116)))
    return found


def check_workbook(stream: bytes) -> None:
    """Raise a KnownError unless the records of the workbook stream are whole and its cells lie in the grid."""
    try:
        sheets = [int.from_bytes(stream[body : body + 4], "little") for body in _walk(stream, 0)]
        for begin in sheets:
            for _body in _walk(stream, begin):
                raise damaged()
    except struct.error as error:
        raise damaged() from error
    if not sheets:
        raise KnownError(_("The workbook holds no sheet."))


def _walk(stream: bytes, position: int) -> Iterator[int]:
    """Check the records from ``position`` to the end of their part; yields where each BOUND_SHEET's content begins."""
    end = len(stream)
    last_row = last_column = 0
    kind = None
    while position + 4 <= end and kind != END_OF_PART:
        kind, length = struct.unpack_from("<HH", stream, position)
        body = position + 4
        position = body + length
        if kind == ENCRYPTED:
            raise needs_password()
        if position > end or not _is_plausible(stream, kind, body, length):
            raise damaged()
        if kind == BOUND_SHEET:
            yield body
        elif kind in CELL_RECORDS:
            row, column = struct.unpack_from("<HH", stream, body)
            last_row, last_column = max(last_row, row + 1), max(last_column, column + 1)
            check_area("", last_row, last_column)


def _is_plausible(stream: bytes, kind: int, body: int, length: int) -> bool:
    """Whether the numbers in a record are ones that an xls workbook can have."""
    if kind in CELL_RECORDS:
        return length >= 6 and int.from_bytes(stream[body + 2 : body + 4], "little") < COLUMNS  # noqa: PLR2004
    if kind == STRINGS:
        return int.from_bytes(stream[body + 4 : body + 8], "little") <= len(stream)
    if kind == DIMENSIONS and length >= 14:  # noqa: PLR2004 - the length since Excel 97
        last_row = int.from_bytes(stream[body + 4 : body + 8], "little")
        last_column = int.from_bytes(stream[body + 10 : body + 12], "little")
        return last_row <= ROWS and last_column <= COLUMNS
    return True
