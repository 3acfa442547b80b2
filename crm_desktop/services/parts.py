"""The records that belong to one record, also those that were entered on another one and join the two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import _
from crm_desktop.models import DictionaryEntry
from crm_desktop.services.listing import ListQuery, Row, fetch_first_pages
from crm_desktop.spec import Column, EntitySpec, Ref


class PartRows(NamedTuple):
    """``own`` were entered on the record itself, ``mirrored`` on another one, which is shown as the other."""

    own: list[Row]
    mirrored: list[Row]


def fetch_parts(
    session: Session, parts: Sequence[tuple[EntitySpec, Sequence[Column]]], parent_id: int, person: Person, limit: int
) -> list[PartRows]:
    """The first of each kind of parts of a record, in order, with these columns. One statement for all."""
    pages = [page for part, columns in parts for page in _pages(part, parent_id, columns)]
    found = iter(fetch_first_pages(session, pages, person, limit))
    return [PartRows(next(found), _mirrored(part, columns, found)) for part, columns in parts]


def _pages(part: EntitySpec, parent_id: int, columns: Sequence[Column]) -> Iterator[tuple[ListQuery, Sequence[Column]]]:
    yield ListQuery(entity=part.key, parent_id=parent_id), columns
    if part.other_end is not None:
        codes = [Column(attr, DictionaryEntry.code) for attr in part.labels if Column(attr).facts.dictionary]
        query = ListQuery(entity=part.key, parent_id=parent_id, is_other_end=True)
        yield query, (*_turned(part, columns), *codes)


def _mirrored(part: EntitySpec, columns: Sequence[Column], found: Iterator[list[Row]]) -> list[Row]:
    if part.other_end is None:
        return []
    turned = _turned(part, columns)
    return [_turned_back(part, row, columns, turned) for row in next(found)]


def _turned(part: EntitySpec, columns: Sequence[Column]) -> list[Column]:
    """The columns as they read from the other end."""
    assert part.part_of is not None
    assert part.other_end is not None
    exchanged = {part.part_of: part.other_end, part.other_end: part.part_of}
    return [Column(exchanged.get(column.path[0], column.path[0]), *column.path[1:]) for column in columns]


def _turned_back(part: EntitySpec, row: Row, columns: Sequence[Column], turned: Sequence[Column]) -> Row:
    """The row under the keys of ``columns``, its choices in the words of the other end."""
    values: dict[str, Any] = {}
    for column, source in zip(columns, turned, strict=True):
        value = row.values[source.key]
        word = part.backwards.get(row.values.get(f"{column.key}.code") or "")
        values[column.key] = Ref(value.id, _(word), value.tone) if word and isinstance(value, Ref) else value
    return Row(row.id, row.version, values)
