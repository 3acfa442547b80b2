"""Telephone numbers in every form people give them, written ``19900001234``, ``020-55501234-801``, ``+852 2345 6789``.

Rules: tests/data/legacy/README.md. Numbers of other countries are read by phonenumbers when they begin with ``+``.
"""

from __future__ import annotations

import re

import phonenumbers

from importers.readers import Cell
from importers.values.cells import UnreadableError, folded

LOST_DIGITS = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
"""A number that a spreadsheet has shortened: its last digits are gone."""

NUMBER = re.compile(
    r"(?:\+|00)?\s*(?:\(\s*\+?\d{1,5}\s*\)|\d)(?:[\s-]*(?:\(\d{1,5}\)|\d))+"
    r"(?:\s*(?:转|分机|ext\.?|x|#)\s*:?\s*\d{1,6})?",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"\s*(?:转|分机|ext\.?|x|#)\s*:?\s*(\d{1,6})\s*$", re.IGNORECASE)
_MARK = re.compile(r"\s*(转|分机|ext\.?|x|#)\s*:?\s*", re.IGNORECASE)
_DASHES = str.maketrans(dict.fromkeys("—–‐‑‒―−ー－~", "-"))
_MOBILE = re.compile(r"1[3-9]\d{9}")
_AMERICAN = re.compile(r"\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4}|1-\d{3}-\d{3}-\d{4}")
_SERVICE = re.compile(r"[48]00\d{7}")
_SHORT_CODES = ("10", "20", "21", "22", "23", "24", "25", "27", "28", "29")
"""Area codes of three digits, without their leading zero; all others have four."""

_PLAIN = re.compile(r"1[3-9]\d{9}|0(?:10|2\d|[3-9]\d\d)-\d{7,8}")
"""What needs no work: most numbers of most lists."""

_SUBSCRIBER = range(7, 9)
"""Digits of a number inside an area."""

LONGEST_EXTENSION = 5
LONGEST_NUMBER = 12
"""Digits of an area code and a number."""


def phones(cell: Cell) -> list[str]:
    """The numbers of the cell in its order. Words beside them are left out (``split`` returns them)."""
    return split(cell)[0]


def split(cell: Cell, area: str = "") -> tuple[list[str], str]:
    """The numbers of the cell, and what else stands in it. Numbers without area code get the one before them, at
    first ``area``.
    """
    if isinstance(cell, str) and _PLAIN.fullmatch(cell):
        return [cell], ""
    content = clean(cell)
    if LOST_DIGITS.search(content):
        raise UnreadableError(content)
    numbers: list[str] = []
    for found in NUMBER.finditer(content):
        for part in _parts(found[0]):
            number = normal(part, area)
            area = area_of(number) or area
            if number not in numbers:
                numbers.append(number)
    rest = NUMBER.sub(" ", content).strip(" ,;/、:|\n\t()-")
    if not numbers and rest:
        raise UnreadableError(content)
    return numbers, rest


def clean(cell: Cell) -> str:
    """The text of the cell with ordinary digits, brackets and dashes."""
    return folded(cell).translate(_DASHES)


def _parts(text: str) -> list[str]:
    """The numbers of a text in which only blanks divide them. Groups of digits of one number are put together."""
    parts: list[str] = []
    if " " not in text.strip():
        return [text]
    for word in _MARK.sub(lambda mark: mark[1], text).split():
        is_begun = parts and len(_digits(_EXTENSION.sub("", parts[-1]))) < _SUBSCRIBER.start
        is_end = parts and len(_digits(word)) <= LONGEST_EXTENSION and len(_digits(parts[-1])) < LONGEST_NUMBER
        if is_begun or is_end:
            parts[-1] += f" {word}"
        else:
            parts.append(word)
    return parts


def normal(text: str, area: str = "") -> str:
    """One number as the product writes it. A number without area code gets ``area`` where that is given."""
    extension = _EXTENSION.search(text)
    body = text[: extension.start()] if extension else text
    tail = extension[1] if extension else ""
    if _AMERICAN.fullmatch(body.strip()):
        return body.strip() + (f" x{tail}" if tail else "")
    if body.strip().startswith("+") and not _digits(body).startswith("86"):
        return _foreign(body, tail)
    pieces = [piece for piece in re.split(r"\D+", _without_country(body)) if piece]
    if not tail and len(pieces) > 1 and len(pieces[-1]) <= LONGEST_EXTENSION and not _is_whole("".join(pieces)):
        tail = pieces.pop()
    number = _chinese("".join(pieces), area)
    return f"{number}-{tail}" if tail else number


def _is_whole(digits: str) -> bool:
    """Whether the digits are one number, so that the last of them are no extension."""
    if _MOBILE.fullmatch(digits.removeprefix("0")) or _SERVICE.fullmatch(digits) or len(digits) in _SUBSCRIBER:
        return True
    return digits.startswith("0") and len(digits) - 1 - _code_length(digits[1:]) in _SUBSCRIBER


def _code_length(digits: str) -> int:
    """How many digits the area code has with which ``digits`` begin, without its zero."""
    return 2 if digits.startswith(_SHORT_CODES) else 3


def _without_country(text: str) -> str:
    """Without 86; an area code behind it gets its zero back."""
    country = re.match(r"\D*(?:0\D*0\D*|0\D*)?8\D*6\D*(?=(?:\d\D*){9,})", text)
    if not country:
        return text
    rest = text[country.end() :]
    return rest if rest.startswith("0") or _MOBILE.fullmatch(_digits(rest)) else f"0{rest}"


def _chinese(digits: str, area: str) -> str:
    if _MOBILE.fullmatch(digits.removeprefix("0")):
        return digits.removeprefix("0")
    if _SERVICE.fullmatch(digits):
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    if len(digits) in _SUBSCRIBER:
        return f"{area}-{digits}" if area else digits
    without_zero = digits.removeprefix("0")
    length = _code_length(without_zero)
    if len(without_zero) - length in _SUBSCRIBER:
        return f"0{without_zero[:length]}-{without_zero[length:]}"
    return digits


def _foreign(body: str, tail: str) -> str:
    try:
        number = phonenumbers.parse(body)
    except phonenumbers.NumberParseException:
        return body.strip()
    text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return f"{text} x{tail}" if tail else str(text)


def area_of(number: str) -> str:
    """The area code of a normal number, with its zero."""
    return number.split("-", maxsplit=1)[0] if re.match(r"0\d{2,3}-", number) else ""


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
