"""Read any table file into a ``Book``. The kind of a file is told by its content, never by its name.

What reads a kind of file is loaded with the first such file: all of it is 15 MB, and most people read one kind.
"""

from __future__ import annotations

from pathlib import Path

from crm_desktop.core.errors import KnownError, system_reason
from crm_desktop.core.i18n import _
from importers.readers.book import Book, Cell, Merge, Row, Sheet, not_a_table_file

__all__ = ["Book", "Cell", "Merge", "Row", "Sheet", "read_book"]

LARGEST_FILE = 300_000_000
"""Bytes. A list of a million customers has about 100 MB."""

ZIP = b"PK\x03\x04"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHER_TEXTS = (b"%PDF", b"{\\rtf", b"SQLite format 3")
OTHER_BINARIES = (
    *(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF", b"ID3"),
    *(b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"MZ", b"\x7fELF"),
    *(b"\t\0\x04\0", b"\t\x02\x06\0", b"\t\x04\x06\0"),
)
"""Beginnings of pictures, sounds, archives, programs and of workbooks before Excel 5. A text may begin so too, but has
no NUL bytes behind it.
"""


def read_book(path: Path) -> Book:
    """The sheets of ``path``; a KnownError where the file is empty, damaged, encrypted or no table file."""
    return Book(path, _read_sheets(_content(path)))


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise KnownError(
                _("The file is too large ({size} MB).").format(size=size // 1_000_000),
                _("Split it into several files."),
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise KnownError(_("The file {name} does not exist.").format(name=path.name)) from None
    except OSError as error:
        raise KnownError(
            _("The file {name} cannot be opened: {reason}.").format(name=path.name, reason=system_reason(error)),
            _("Close it in other programs and try again."),
        ) from error


def _read_sheets(data: bytes) -> tuple[Sheet, ...]:
    if not data.strip(b"\0 \t\r\n"):
        raise KnownError(_("The file is empty."))
    if data.startswith((ZIP, COMPOUND)):
        from importers.readers import spreadsheet

        return spreadsheet.read_package(data) if data.startswith(ZIP) else spreadsheet.read_compound(data)
    if data.startswith(OTHER_TEXTS) or (data.startswith(OTHER_BINARIES) and b"\0" in data[:64]):
        raise not_a_table_file()
    return _read_text(data)


def _read_text(data: bytes) -> tuple[Sheet, ...]:
    from importers.readers import cards, html, text

    content = text.decode(data)
    if cards.is_cards(content):
        return cards.read(content)
    return html.read(content) if html.is_html(content) else text.read(content)
