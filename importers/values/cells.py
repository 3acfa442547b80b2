"""Cells to plain text: what office programs, systems and people put around a value is taken away."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from crm_desktop.spec.calendar_kinds import Year
from crm_desktop.spec.kinds import BOOL, BadValueError
from importers.readers import Cell

UNKNOWN = frozenset(
    ("-", "--", "---", "/", "\\", "无", "不详", "未知", "暂无", "没有", "n/a", "na", "none", "null", "?")
)
"""What people write where they know nothing."""

LONGEST_UNKNOWN = max(map(len, UNKNOWN))

_WRAPPED = re.compile(r'="(.*)"', re.DOTALL)
_FULL_WIDTH = {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum() or code in (0xFF06, 0xFF0D)
}
_INNER_BLANK = re.compile(
    r"(?<=[\u3400-\u9fff（）()])\s+(?=[\u3400-\u9fff（）()A-Za-z0-9])|(?<=[A-Za-z0-9])\s+(?=[\u3400-\u9fff])"
)


class UnreadableError(ValueError):
    """The cell holds something, but nothing of the kind its column should hold."""


def plain(cell: Cell) -> str:
    """The cell as text, without ``="…"``, tabs and blanks around it; empty where nothing is known."""
    if cell is None:
        return ""
    if type(cell) is not str:
        if isinstance(cell, datetime):
            return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
        return cell.isoformat() if isinstance(cell, date) else str(cell)
    text = cell.strip()
    if text.startswith('="') and (wrapped := _WRAPPED.fullmatch(text)):
        text = wrapped[1].replace('""', '"').strip()
    return "" if len(text) <= LONGEST_UNKNOWN and text.casefold() in UNKNOWN else text


def folded(cell: Cell) -> str:
    """The plain text after NFKC: full-width digits, letters and punctuation are ordinary ones."""
    return unicodedata.normalize("NFKC", plain(cell))


def text(cell: Cell) -> str | None:
    """Text of one line or more, as written."""
    return plain(cell) or None


def line(cell: Cell) -> str | None:
    """Text of one line. Blanks inside Chinese and line breaks go, full-width letters and digits become ordinary."""
    content = plain(cell)
    if not unicodedata.is_normalized("NFKC", content):
        content = content.translate(_FULL_WIDTH)
    words = content.split()
    if len(words) > 1 and not content.isascii():
        words = _INNER_BLANK.sub("", content).split()
    return " ".join(words) or None


def code(cell: Cell) -> str | None:
    """A number that is a name (tax number, postcode): its characters without blanks."""
    return "".join(folded(cell).split()) or None


def level(cell: Cell) -> str | None:
    """The level without 级: ``Ａ级`` is ``A``."""
    content = "".join(folded(cell).split()).upper()
    return (content.removesuffix("级") or content) if content else None


def yes_or_no(cell: Cell) -> bool | None:
    """True for yes, 是, √, 1; False for no, 否, 0."""
    try:
        return BOOL.parse(plain(cell))
    except BadValueError as error:
        raise UnreadableError(plain(cell)) from error


def of_calendar(cell: Cell, kind: Year) -> int | None:
    """A year or a month by its number, with or without 年 and 月."""
    try:
        return kind.parse(plain(cell))
    except BadValueError as error:
        raise UnreadableError(plain(cell)) from error


def website(cell: Cell) -> str | None:
    """The address without its scheme and last slash."""
    content = "".join(folded(cell).split())
    return re.sub(r"^https?:/*", "", content, flags=re.IGNORECASE).rstrip("/") or None


def email(cell: Cell) -> str | None:
    """The address. The names by which mail servers know their own users (/O=...) are none, and unknown."""
    content = "".join(folded(cell).split()).removeprefix("mailto:")
    if not content or content.upper().startswith("/O="):
        return None
    if not re.fullmatch(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+", content):
        raise UnreadableError(content)
    return content


def email_and_website(cell: Cell) -> tuple[str | None, str | None]:
    """Both, in any order, from one cell."""
    parts = [part for part in re.split(r"[\s,;、|]+|(?<![:/])/(?!/)", folded(cell)) if part]
    mails = [part for part in parts if "@" in part]
    sites = [part for part in parts if "@" not in part]
    return (email(mails[0]) if mails else None), (website(sites[0]) if sites else None)
