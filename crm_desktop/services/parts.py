"""The records that belong to one record, also those that were entered on another one and join the two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import _
from crm_desktop.models import DictionaryEntry
from crm_desktop.services.listing import ListQuery, Row, fetch_first_page
from crm_desktop.spec import Column, EntitySpec, Ref


class PartRows(NamedTuple):
    """``own`` were entered on the record itself, ``mirrored`` on another one, which is shown as the other."""

    own: list[Row]
    mirrored: list[Row]


def fetch_parts(
    session: Session, part: EntitySpec, parent_id: int, person: Person, columns: Sequence[Column], limit: int
) -> PartRows:
    """The first parts of a record, in order. One statement, two for what joins records."""
    own = fetch_first_page(session, ListQuery(entity=part.key, parent_id=parent_id), person, columns, limit)
    if part.other_end is None or part.part_of is None:
        return PartRows(own, [])
    query = ListQuery(entity=part.key, parent_id=parent_id, is_other_end=True)
    exchanged = {part.part_of: part.other_end, part.other_end: part.part_of}
    turned = [Column(exchanged.get(column.path[0], column.path[0]), *column.path[1:]) for column in columns]
    codes = [Column(attr, DictionaryEntry.code) for attr in part.labels if Column(attr).facts.dictionary]
    rows = fetch_first_page(session, query, person, (*turned, *codes), limit)
    return PartRows(own, [_turned_back(part, row, columns, turned) for row in rows])


def _turned_back(part: EntitySpec, row: Row, columns: Sequence[Column], turned: Sequence[Column]) -> Row:
    """The row under the keys of ``columns``, its choices in the words of the other end."""
    values: dict[str, Any] = {}
    for column, source in zip(columns, turned, strict=True):
        value = row.values[source.key]
        word = part.backwards.get(row.values.get(f"{column.key}.code") or "")
        values[column.key] = Ref(value.id, _(word), value.tone) if word and isinstance(value, Ref) else value
    return Row(row.id, row.version, values)
