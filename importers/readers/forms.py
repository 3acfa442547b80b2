"""Forms: tables that say label and value side by side, one for each customer, as one sheet with a row for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from importers.labels import CONTACT_GROUP, is_label, label_key
from importers.readers.book import Cell, Merge, Row, Sheet

FEWEST_ROWS = 3
_TICKED = re.compile(r"[☑☒✓✔√■]\s*([^\s☑☒✓✔√■□☐]+)")
_BLANK_BOX = re.compile(r"[□☐]")
_ABOVE = re.compile(r"([^\s::]{2,10})[::]\s*([^\s::]+)(?=\s|$)")


@dataclass(slots=True)
class Form:
    """What a form says: values by label, and tables inside of it (people) by their heading."""

    values: dict[str, Cell] = field(default_factory=dict)
    people: dict[str, list[dict[str, Cell]]] = field(default_factory=dict)


def is_form(rows: Sequence[Row]) -> bool:
    """Whether most rows begin with a label of their own: in a list only the first one does."""
    firsts = [str(row[0]) for row in rows if row and row[0] is not None]
    return len(firsts) >= FEWEST_ROWS and sum(map(is_label, firsts)) * 2 > len(firsts)


def read_form(rows: Sequence[Row], above: str) -> Form:
    """The form; ``above`` is the text before it, where its number often stands."""
    form = Form()
    form.values.update({label: value for label, value in _ABOVE.findall(above) if is_label(label)})
    heading, columns = "", dict[int, str]()
    for row in rows:
        cells = [(place, cell) for place, cell in enumerate(row) if cell is not None]
        if _names_people(cells):
            heading, columns = _plain(cells[0][1]), {place: _plain(cell) for place, cell in cells[1:]}
            form.people.setdefault(heading, [])
        elif heading and cells and (row[0] is None or _plain(row[0]) == heading):
            form.people[heading].append({columns[place]: cell for place, cell in cells if place in columns})
        else:
            heading = ""
            form.values.update(_pairs(row))
    return form


def _pairs(row: Row) -> Iterator[tuple[str, Cell]]:
    """Label, value, label, value ... A label whose cell is left blank is followed by the next label."""
    label = ""
    for cell in row:
        if cell is None:
            continue
        if not label or is_label(str(cell)):
            label = _plain(cell)
        else:
            yield label, _chosen(str(cell))
            label = ""


def _names_people(cells: Sequence[tuple[int, Cell]]) -> bool:
    """Whether the row heads a table of people: ``contacts | name | position | phones``."""
    texts = [str(cell) for _place, cell in cells]
    return len(texts) > 1 and label_key(texts[0]) in CONTACT_GROUP and all(map(is_label, texts[1:]))


def _plain(cell: Cell) -> str:
    return "".join(str(cell).split())


def _chosen(text: str) -> str:
    """Of boxes to tick the words beside those that are ticked."""
    ticked = _TICKED.findall(text)
    if not ticked and not _BLANK_BOX.search(text):
        return text
    return "、".join(ticked)


def as_sheet(forms: Sequence[Form], name: str) -> Sheet:
    """All forms below common headings, people beside their customer; with several a form goes on below itself."""
    labels = list(dict.fromkeys(label for form in forms for label, value in form.values.items() if value))
    groups = {
        heading: list(
            dict.fromkeys(label for form in forms for person in form.people.get(heading, ()) for label in person)
        )
        for heading in dict.fromkeys(heading for form in forms for heading in form.people)
    }
    inner = [(heading, label) for heading, columns in groups.items() for label in columns]
    upper: Row = [*labels, *(heading if label == groups[heading][0] else None for heading, label in inner)]
    rows: list[Row] = [upper, [*(None for _label in labels), *(label for _heading, label in inner)]]
    merges: list[Merge] = [((0, column), (1, column)) for column in range(len(labels))]
    for form in forms:
        depth = max([1, *map(len, form.people.values())])
        top = len(rows)
        for line in range(depth):
            own = [form.values.get(label) or None if line == 0 else None for label in labels]
            people = (form.people.get(heading, [])[line : line + 1] for heading, _label in inner)
            rows.append(
                [
                    *own,
                    *(
                        found[0].get(label) if found else None
                        for found, (_heading, label) in zip(people, inner, strict=True)
                    ),
                ]
            )
        if depth > 1:
            merges += [
                ((top, column), (top + depth - 1, column))
                for column, value in enumerate(rows[top][: len(labels)])
                if value
            ]
    return Sheet(name, rows, tuple(merges))
