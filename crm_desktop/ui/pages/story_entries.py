"""What a timeline tells: parts as their specs say, comments, changes. No widgets."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from crm_desktop.core import clock
from crm_desktop.core.i18n import _
from crm_desktop.services.comments import Comment
from crm_desktop.services.journal import KINDS, Change
from crm_desktop.services.listing import Row
from crm_desktop.services.overview import Overview
from crm_desktop.spec import Attr, EntitySpec, facts
from crm_desktop.spec.kinds import Date
from crm_desktop.ui.form_page.wording import step_text

MOST_FIELDS = 4
COMMENT, CHANGE = "comment", "change"
"""Kinds of entries that are no records."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened. ``details`` are lines under it, ``next_step`` what was agreed."""

    kind: str
    """The key of an entity, or one of the kinds above."""
    id: int
    at: datetime.datetime
    who: str
    chip: str
    tone: str
    title: str
    details: str = ""
    next_step: str = ""
    has_time: bool = True
    """Of a day alone, ``at`` is its beginning."""


def entries_of_parts(overview: Overview, parts: Iterable[EntitySpec]) -> Iterator[Entry]:
    """What these kinds of parts tell; of what has no day yet, nothing."""
    for part in parts:
        if part.story is not None:
            at = part.story.at.key
            yield from (_entry_of(part, row) for row in overview.parts.get(part.key, ()) if row.values[at] is not None)


def entries_of_changes(overview: Overview) -> Iterator[Entry]:
    """What became of the record itself."""
    spec = overview.record.spec
    return (_change(spec, change) for change in overview.history)


def entries_of_comments(comments: Iterable[Comment]) -> Iterator[Entry]:
    """What was said."""
    return map(_comment, comments)


def _entry_of(part: EntitySpec, row: Row) -> Entry:
    story = part.story
    assert story is not None
    kind = row.values[story.kind.key] if story.kind is not None else None
    at = row.values[story.at.key]
    has_time = isinstance(at, datetime.datetime)
    texts = partial(_texts, row.values)
    return Entry(
        kind=part.key,
        id=row.id,
        at=at if has_time else datetime.datetime.combine(at, datetime.time()).astimezone(),
        who=" · ".join(texts(story.who)),
        chip=kind.label if kind is not None else _(part.label),
        tone=(kind.tone if kind is not None else None) or "accent",
        title="".join(texts((story.title,))),
        details="\n".join(texts(story.details)),
        next_step=" · ".join(texts(story.next_step)),
        has_time=has_time,
    )


def _texts(values: Mapping[str, Any], attrs: Iterable[Attr]) -> Iterator[str]:
    """What is filled in of these; days as one says them."""
    today = clock.today()
    for attr in attrs:
        kind, value = facts(attr).kind, values[attr.key]
        if text := kind.brief(value, today) if isinstance(kind, Date) else kind.format(value):
            yield text


def _comment(comment: Comment) -> Entry:
    return Entry(
        kind=COMMENT,
        id=comment.id,
        at=comment.at,
        who=comment.author,
        chip=_("Comment"),
        tone="violet",
        title=comment.body,
    )


def _change(spec: EntitySpec, change: Change) -> Entry:
    fields = [
        f"{_(field.label)} {step_text(spec, field.key, field.before, field.after)}"
        for field in change.fields[:MOST_FIELDS]
    ]
    more = " …" if len(change.fields) > MOST_FIELDS else ""
    return Entry(
        kind=CHANGE,
        id=change.id,
        at=change.at,
        who=change.who,
        chip=_(KINDS.get(change.kind, change.kind)),
        tone="neutral",
        title=_(", ").join([*filter(None, [change.source]), *fields]) + more,
    )
