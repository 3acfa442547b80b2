"""People in cells: a name with a position, several names side by side, people with their telephone numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from importers.readers import Cell
from importers.values.cells import folded
from importers.values.phones import NUMBER, area_of, clean, split

_BRACKETS = re.compile(r"\(([^()]*)\)")
_EMPTY_BRACKETS = re.compile(r"\([\s/,:;-]*\)")
_SEPARATORS = re.compile(r"[;,、\n]")
_SIDE_BY_SIDE = re.compile(r"[;,、/\n]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_EDGES = " :/-.\t"
LONGEST_CHINESE_NAME = 4
"""Characters; more before a blank are no name."""


@dataclass(slots=True)
class Person:
    """Somebody at a customer, as one cell tells it."""

    name: str
    title: str | None = None
    phones: list[str] = field(default_factory=list)


def names(cell: Cell) -> list[str]:
    """Several names or positions of one cell, as they stand side by side."""
    text = folded(cell)
    parts = _SIDE_BY_SIDE.split(text) if _HAN.search(text) else [text]
    return [part.strip() for part in parts if part.strip()]


def person(text: str) -> Person:
    """A name with the position behind it, in brackets or after a blank: ``白磊(老板)``, ``王 海 经理``."""
    outside = _BRACKETS.sub(" ", text).strip(_EDGES)
    inside = " ".join(part.strip() for part in _BRACKETS.findall(text))
    if not outside:
        return Person(inside)
    words = outside.split()
    if not _HAN.search(outside):
        return Person(" ".join(words), inside or None)
    size = 2 if len(words[0]) == 1 else 1
    if inside or len("".join(words[:size])) > LONGEST_CHINESE_NAME:
        return Person("".join(words), inside or None)
    return Person("".join(words[:size]), "".join(words[size:]) or None)


def people(cell: Cell) -> tuple[list[Person], list[str]]:
    """The people of a cell with their numbers, and the numbers that belong to nobody."""
    found: list[Person] = []
    loose: list[str] = []
    area = ""
    for segment in _SEPARATORS.split(clean(cell)):
        numbers = split(segment, area)[0] if NUMBER.search(segment) else []
        area = next((code for code in map(area_of, reversed(numbers)) if code), area)
        words = _balanced(_EMPTY_BRACKETS.sub(" ", NUMBER.sub(" ", segment))).strip(_EDGES)
        if words:
            someone = person(words)
            someone.phones = numbers
            found.append(someone)
        elif found:
            found[-1].phones += [number for number in numbers if number not in found[-1].phones]
        else:
            loose += numbers
    if loose and found and not found[0].phones:
        found[0].phones, loose = loose, []
    return found, loose


def _balanced(text: str) -> str:
    """The text without brackets that are open or closed only."""
    return text if text.count("(") == text.count(")") else text.replace("(", " ").replace(")", " ")
