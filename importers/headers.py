"""Find the rows of a sheet that name the columns of a table: one line, or two where labels stand below groups."""

from __future__ import annotations

from importers.labels import is_label, label_key
from importers.readers import Cell, Row, Sheet

UNKNOWN_WORDS_SEARCH = 60
"""Rows in which a header of words we do not know is looked for; known words are looked for everywhere."""

LONGEST_LABEL = 40
FEWEST_LABELS = 2
"""One known word in a row may be an accident."""

SURE = 5
"""So many known words make a header however many unknown ones stand beside them (the 92 columns of Outlook)."""


def find_headers(sheet: Sheet) -> list[list[int]]:
    """The 0-based rows of each header; repetitions of one are not headers again."""
    found: list[list[int]] = []
    seen: set[tuple[str, ...]] = set()
    number = 0
    while number < len(sheet.rows):
        lines = _header_at(sheet, number)
        if lines:
            keys = tuple(map(label_key, sheet.rows[lines[0]]))
            if keys not in seen:
                seen.add(keys)
                found.append(lines)
            number = lines[-1]
        number += 1
    return found or _unknown_header(sheet)


def _header_at(sheet: Sheet, number: int) -> list[int]:
    """The rows of the header that begins at ``number``: one, or two where labels stand below group headings."""
    row = sheet.rows[number]
    if not _is_header(row):
        return []
    following = sheet.rows[number + 1] if number + 1 < len(sheet.rows) else []
    covered = {
        column
        for (top, left), (bottom, right) in sheet.merges
        if top == number and bottom > top
        for column in range(left, right + 1)
    }
    below = {column for column, cell in enumerate(following) if cell is not None and column not in covered}
    labels = all(_may_be_label(following[column]) for column in below)
    parts = sum(
        is_label(f"{_group(row, column)}{following[column]}")
        or is_label(f"{following[column]}{_group(row, column)}")
        or is_label(str(following[column]))
        for column in below
    )
    has_groups = any(row[column] is None for column in below if column < len(row))
    if labels and has_groups and (covered or parts * 2 >= len(below)):
        return [number, number + 1]
    return [number]


def _group(row: Row, column: int) -> str:
    """The text at or left of ``column``: a group heading stands over the first of its columns."""
    return next((str(cell) for cell in reversed(row[: column + 1]) if cell is not None), "")


def _may_be_label(cell: Cell) -> bool:
    return isinstance(cell, str) and len(cell) <= LONGEST_LABEL and any(letter.isalpha() for letter in cell)


def _is_header(row: Row) -> bool:
    """Whether most cells of the row are words known as headings of columns."""
    texts = [cell for cell in row if cell is not None]
    if len(texts) < FEWEST_LABELS or not all(_may_be_label(text) or text == "#" for text in texts):
        return False
    known = sum(is_label(str(text)) for text in texts)
    return known >= SURE or (known >= FEWEST_LABELS and known * 2 >= len(texts))


def _unknown_header(sheet: Sheet) -> list[list[int]]:
    """The first row of short, different texts over rows that fill the same columns, in words we do not know."""
    for number, row in enumerate(sheet.rows[:UNKNOWN_WORDS_SEARCH]):
        labels = [cell for cell in row if cell is not None]
        body = sheet.rows[number + 1 : number + 11]
        if (
            len(labels) >= FEWEST_LABELS
            and all(map(_may_be_label, labels))
            and len(set(labels)) == len(labels)
            and sum(sum(cell is not None for cell in line) * 2 >= len(labels) for line in body) * 2 > len(body)
            and any(is_label(str(label)) for label in labels)
        ):
            return [[number]]
    return []
