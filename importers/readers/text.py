"""Delimited text (csv, txt, a system's export) in whatever encoding and with whatever separator."""

from __future__ import annotations

import codecs
import csv
import io
import math
from collections import Counter

import charset_normalizer

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from importers.readers.book import Row, Sheet, damaged, not_a_table_file

SEPARATORS = (",", ";", "\t", "|", "，", "；")
SAMPLE_RECORDS = 300
SAMPLE_BYTES = 200_000
LONGEST_FIELD = 1_000_000
MOST_LINES_IN_FIELD = 200
"""A field of more lines than this is not text, but a quotation mark that was never closed."""

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes) -> str:
    """The text of ``data``. A byte here and there that fits no character becomes U+FFFD."""
    encoding = _encoding(data)
    content = data.decode(encoding, errors="replace").removeprefix("\ufeff")
    if "\0" in content:
        raise KnownError(
            _("The file is damaged (it contains NUL characters)."),
            _("Open it in the office program and save it again."),
        )
    unreadable = content.count("\ufffd") + sum(content.count(chr(code)) for code in range(1, 9))
    if unreadable > max(3, len(content) // 500):
        raise not_a_table_file() if unreadable > len(content) // 20 else damaged()
    return content


def _encoding(data: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding
    if _is_utf_16(data):
        return "utf-16-le"
    if _decodes(data, "utf-8"):
        return "utf-8"
    if _is_chinese(data):
        return "gb18030"
    best = charset_normalizer.from_bytes(data[:SAMPLE_BYTES]).best()
    return best.encoding if best else "gb18030"


def _decodes(data: bytes, encoding: str) -> bool:
    """Whether all but a few bytes of ``data`` are text in ``encoding``; strays do not make it another one."""
    content = data.decode(encoding, errors="replace")
    beyond_ascii = sum(not character.isascii() for character in content)
    return content.count("\ufffd") <= beyond_ascii // 50


def _is_utf_16(data: bytes) -> bool:
    """UTF-16 without a mark: its line ends and separators are every second byte zero."""
    sample = data[:SAMPLE_BYTES]
    return sample[1::2].count(0) > 0 and sample[::2].count(0) == 0 and (b"\n\0" in sample or b"\t\0" in sample)


def _is_chinese(data: bytes) -> bool:
    """Whether ``data`` read as GB18030 is mostly characters of GB2312, the ones that are in use.

    Nearly any bytes are valid GB18030; those of Big5 and Latin text give its rare characters.
    """
    content = data[:SAMPLE_BYTES].decode("gb18030", errors="ignore")
    beyond_ascii = [character for character in content if not character.isascii()]
    common = sum(bool(character.encode("gb2312", errors="ignore")) for character in beyond_ascii)
    return bool(beyond_ascii) and common / len(beyond_ascii) > 0.8  # noqa: PLR2004 - Big5 gives about half


def read(content: str) -> tuple[Sheet, ...]:
    """One sheet of the records of ``content``; lines inside quotation marks belong to their field."""
    rows: list[Row] = []
    for record in _records(content, _separator(content)):
        if any(field.count("\n") > MOST_LINES_IN_FIELD for field in record):
            raise KnownError(
                _("A quotation mark in row {row} is never closed.").format(row=len(rows) + 1),
                _("Correct that row in a text editor."),
            )
        rows.append([field or None for field in record])
    while rows and not any(rows[-1]):
        rows.pop()
    return (Sheet("", rows),)


def _records(content: str, separator: str) -> list[list[str]]:
    csv.field_size_limit(LONGEST_FIELD)
    try:
        return list(csv.reader(io.StringIO(content, newline=""), delimiter=separator))
    except csv.Error as error:
        raise damaged() from error


def _separator(content: str) -> str:
    """The separator that cuts most records into the same, larger number of fields."""
    sample = "".join(content.splitlines(keepends=True)[:SAMPLE_RECORDS])
    best, best_score = ",", 0.0
    for separator in SEPARATORS:
        if separator not in sample:
            continue
        widths = Counter(len(record) for record in _records(sample, separator) if any(record))
        width, count = max(((w, c) for w, c in widths.items() if w > 1), key=lambda item: item[1], default=(1, 0))
        score = count / widths.total() * math.log2(width)
        if score > best_score:
            best, best_score = separator, score
    return best
