"""What a page shows around its record: files, comments, star, people there, shares. Read at once; each part refreshes
itself later.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import DateTime, Select, select
from sqlalchemy.orm import Session

from crm_desktop.entities import by_key
from crm_desktop.services.attachments import Attachment, select_attachments
from crm_desktop.services.comments import Comment, select_comments
from crm_desktop.services.marks import has_star
from crm_desktop.services.presence import Present, select_present
from crm_desktop.services.sharing import EndedLending, Lending, is_shareable, lending_of, select_ended, select_lendings
from crm_desktop.services.together import in_one_value


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Of one record. Shares are empty for records that cannot be shared themselves."""

    record_id: int
    files: tuple[Attachment, ...]
    comments: tuple[Comment, ...]
    is_starred: bool
    present: tuple[Present, ...]
    lendings: tuple[Lending, ...] = ()
    ended: tuple[EndedLending, ...] = ()


def fetch_surroundings(session: Session, entity: str, id_: int) -> Surroundings:
    """All of it; empty where the person may not see the record. One statement."""
    asked = [select_attachments(entity, id_), select_comments(entity, id_), select_present(entity, id_)]
    if is_shareable(by_key(entity)):
        asked += [select_lendings(entity, id_), select_ended(entity, id_)]
    is_starred, *found = session.execute(select(has_star(entity, id_), *map(in_one_value, asked))).one()
    files, comments, present, *shares = (list(_rows(rows, texts)) for rows, texts in zip(asked, found, strict=True))
    lendings, ended = shares or ((), ())
    return Surroundings(
        id_,
        tuple(Attachment(*row) for row in files),
        tuple(Comment(*row) for row in comments),
        is_starred,
        tuple(Present(*row) for row in present),
        tuple(lending_of(row) for row in lendings),
        tuple(EndedLending(*row) for row in ended),
    )


def _rows(asked: Select[Any], found: list[list[Any]] | None) -> Iterator[list[Any]]:
    """The rows as the select itself would have given them: JSON knows no moments."""
    moments = [isinstance(column.type, DateTime) for column in asked.selected_columns]
    for row in found or ():
        yield [
            datetime.datetime.fromisoformat(value) if is_moment and value is not None else value
            for value, is_moment in zip(row, moments, strict=True)
        ]
