"""Forms: tables that say label and value side by side, one for each customer, as one sheet with a row for each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from importers.labels import CONTACT_GROUP, is_label, label_key
from importers.readers.book import Merge, Row, Sheet

FEWEST_ROWS = 3
LONGEST_LABEL = 12
_TICKED = re.compile(r"[☑☒✓✔√■]\s*([^\s☑☒✓✔√■□☐]+)")
_BLANK_BOX = re.compile(r"[□☐]")
_IN_TEXT = re.compile(r"([^\s::]{2,10})[::]\s*([^\s::]+)(?=\s|$)")

Texts = Sequence[str | None]
"""A row of a form: a cell that is left blank is empty, further places of a merged one are None."""


@dataclass(slots=True)
class Form:
    """What a form says: values by label, and people by the labels of the table that lists them below ``heading``."""

    values: dict[str, str] = field(default_factory=dict)
    heading: str = ""
    people: list[dict[str, str]] = field(default_factory=list)


def is_form(rows: Sequence[Texts]) -> bool:
    """Whether most rows begin with a label of their own: in a list only the first one does."""
    firsts = [row[0] for row in rows if row and row[0]]
    return len(firsts) >= FEWEST_ROWS and sum(map(is_label, firsts)) * 2 > len(firsts)


def read_form(rows: Sequence[Texts], above: str) -> Form:
    """The form; ``above`` is the text before it, where its number often stands."""
    form = Form()
    form.values.update({label: value for label, value in _IN_TEXT.findall(above) if is_label(label)})
    columns: dict[int, str] = {}
    for row in rows:
        cells = [(place, cell) for place, cell in enumerate(row) if cell is not None]
        if not cells:
            continue
        if _names_people([cell for _place, cell in cells]):
            form.heading, columns = _plain(cells[0][1]), {place: _plain(cell) for place, cell in cells[1:] if cell}
        elif columns and (row[0] is None or _plain(row[0]) == form.heading):
            person = {columns[place]: cell for place, cell in cells if place in columns and cell}
            form.people += [person] if person else []
        else:
            columns = {}
            form.values.update(_pairs([cell for _place, cell in cells]))
    return form


def _names_people(cells: Sequence[str]) -> bool:
    """Whether the row heads a table of people: ``contacts | name | position | phones``."""
    named = [cell for cell in cells[1:] if cell]
    return label_key(cells[0]) in CONTACT_GROUP and len(named) > 1 and all(map(is_label, named))


def _pairs(cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Label, value, label, value ... of which some are left blank."""
    for label, value in zip(cells[::2], cells[1::2], strict=False):
        if label and value and len(_plain(label)) <= LONGEST_LABEL:
            yield _plain(label), _chosen(value)


def _plain(cell: str) -> str:
    return "".join(cell.split())


def _chosen(text: str) -> str:
    """Of boxes to tick the words beside those that are ticked."""
    ticked = _TICKED.findall(text)
    if not ticked and not _BLANK_BOX.search(text):
        return text
    return "、".join(ticked)


def as_sheet(forms: Sequence[Form], name: str) -> Sheet:
    """All forms below common headings, people beside their customer; with several a form goes on below itself."""
    labels = _all_keys(form.values for form in forms)
    inner = _all_keys(person for form in forms for person in form.people)
    heading = next((form.heading for form in forms if form.heading), "")
    rows: list[Row] = [[*labels, *([heading] if inner else []), *[None] * (len(inner) - 1)]]
    rows.append([*[None] * len(labels), *inner])
    merges: list[Merge] = [((0, column), (1, column)) for column in range(len(labels))]
    for form in forms:
        top, people = len(rows), form.people or [{}]
        own: Row = [form.values.get(label) or None for label in labels]
        rows += [[*own, *(person.get(label) for label in inner)] for person in people[:1]]
        rows += [[*[None] * len(labels), *(person.get(label) for label in inner)] for person in people[1:]]
        if len(people) > 1:
            merges += [((top, column), (len(rows) - 1, column)) for column, value in enumerate(own) if value]
    return Sheet(name, rows, tuple(merges))


def _all_keys(sources: Iterable[dict[str, str]]) -> list[str]:
    """In the order in which they come first."""
    return list(dict.fromkeys(key for source in sources for key, value in source.items() if value))
