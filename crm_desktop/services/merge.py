"""Three-way merge of long texts: what two people wrote in different places of the same text is kept, both of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_LINES = re.compile(r"[^\n]+|\n")
_WORDS = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)  # a Chinese character is a word


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place that both changed differently."""

    base: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class Merged:
    """Texts that are settled, and places that are not, in their order."""

    pieces: tuple[str | Conflict, ...]

    @property
    def text(self) -> str | None:
        """The merged text; None where something is to be decided."""
        return None if self.conflicts else "".join(piece for piece in self.pieces if isinstance(piece, str))

    @property
    def conflicts(self) -> list[Conflict]:
        """What is to be decided."""
        return [piece for piece in self.pieces if isinstance(piece, Conflict)]

    def with_both(self) -> str:
        """A text in which nothing is lost: where both changed a place, theirs and then mine."""
        return "".join(piece if isinstance(piece, str) else _both(piece) for piece in self.pieces)


def merge_texts(base: str, theirs: str, mine: str) -> Merged:
    """Line by line, and where both changed the same lines, word by word, if that settles them."""
    pieces: list[str | Conflict] = []
    for piece in _merge(*(_LINES.findall(text) for text in (base, theirs, mine))):
        if isinstance(piece, Conflict):
            words = (_WORDS.findall(text) for text in (piece.base, piece.theirs, piece.mine))
            settled = Merged(tuple(_merge(*words))).text
            pieces.append(piece if settled is None else settled)
        else:
            pieces.append(piece)
    return Merged(tuple(pieces))


def _merge(base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> Iterator[str | Conflict]:
    """After Khanna, Kunal and Pierce, A Formal Investigation of Diff3 (2007): stretches that are the same in all three
    are stable, and what lies between two of them is decided as a whole.
    """
    done = (0, 0, 0)
    for stable in (*_stable(base, theirs, mine), (len(base), len(theirs), len(mine), 0)):
        *begin, length = stable
        between = ["".join(text[start:end]) for text, start, end in zip((base, theirs, mine), done, begin, strict=True)]
        if any(between):
            yield _decided(*between)
        if length:
            yield "".join(base[begin[0] : begin[0] + length])
        done = (begin[0] + length, begin[1] + length, begin[2] + length)


def _decided(base: str, theirs: str, mine: str) -> str | Conflict:
    if theirs in (mine, base):
        return mine
    return theirs if mine == base else Conflict(base, theirs, mine)


def _stable(base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where stretches begin that are the same in all three, and how long they are."""
    in_theirs, in_mine = _partners(base, theirs), _partners(base, mine)
    place = 0
    while place < len(base):
        if place not in in_theirs or place not in in_mine:
            place += 1
            continue
        length = 1
        while (
            in_theirs.get(place + length) == in_theirs[place] + length
            and in_mine.get(place + length) == in_mine[place] + length
        ):
            length += 1
        yield place, in_theirs[place], in_mine[place], length
        place += length


def _partners(base: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    """Where each part of ``base`` that is kept stands in ``other``."""
    blocks = SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks()
    return {block.a + n: block.b + n for block in blocks for n in range(block.size)}


def _both(conflict: Conflict) -> str:
    if conflict.mine.startswith(conflict.theirs):
        return conflict.mine
    if conflict.theirs.endswith("\n") or not conflict.theirs or not conflict.mine:
        return conflict.theirs + conflict.mine
    return f"{conflict.theirs}\n{conflict.mine}"
