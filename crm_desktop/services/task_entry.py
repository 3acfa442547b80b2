"""A task in one line: ``明天 给华工寄样本 #高 @林平``, ``friday 3pm send samples to Huagong #urgent``."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services import records, search
from crm_desktop.services.lookup import Choices
from crm_desktop.services.quick_entry import find_named_customer, parse_entry
from crm_desktop.services.records import Record, new_record
from crm_desktop.spec import Ref

_MARK = re.compile(r"(?:^|(?<=\s))([#＃@＠])(\S+)")


@dataclass(frozen=True, slots=True)
class TaskEntry:
    """What a line says. ``priority`` and ``owner`` are words, empty where it has none."""

    subject: str
    due_on: datetime.date | None
    due_time: str | None
    priority: str
    owner: str
    rule: str | None = None


def parse_task(text: str, now: datetime.datetime) -> TaskEntry:
    """What ``text`` says at the moment ``now``: ``#`` before a priority, ``@`` before who shall do it."""
    marks = {"#": "", "@": ""}

    def take(found: re.Match[str]) -> str:
        marks["#" if found[1] in "#＃" else "@"] = found[2]
        return " "

    line = " ".join(_MARK.sub(take, text).split())
    entry = parse_entry(line, now)
    if entry.subject == line.strip(" ,，。;；"):  # no word of it told a time
        return TaskEntry(line, None, None, marks["#"], marks["@"])
    starts_at = entry.span.starts_at
    hour = None if entry.is_whole else f"{starts_at:%H:%M}"
    return TaskEntry(entry.subject, starts_at.date(), hour, marks["#"], marks["@"], entry.rule)


def create_by_line(session: Session, person: Person, choices: Choices, entry: TaskEntry) -> Record:
    """The task that a line says, about the customer that one of its words names. Two statements and one for each word
    that may name somebody. Raises a KnownError where a priority or a colleague is unknown.
    """
    values: dict[str, Any] = {
        "subject": entry.subject,
        "due_on": entry.due_on,
        "due_time": entry.due_time,
        "rule": entry.rule,
    }
    if entry.priority:
        found = choices.find("priority", entry.priority)
        if found is None:
            raise KnownError(_("“{word}” is no priority.").format(word=entry.priority), _priorities(choices))
        values["priority"] = found
    if entry.owner:
        values["owner"] = _colleague(session, person, entry.owner)
    if customer := find_named_customer(session, entry.subject, person):
        values["customer"] = customer
    return records.create_record(session, new_record("task", person, choices, **values))


def _priorities(choices: Choices) -> str:
    return _(", ").join(entry.ref.label for entry in choices.of("priority"))


def _colleague(session: Session, person: Person, word: str) -> Ref:
    hits = search.find(session, "employee", word, person, 2)
    same = [hit for hit in hits if hit.title == word] or hits
    if len(same) != 1:
        raise KnownError(_("“{word}” is not one colleague.").format(word=word), _("Write the whole name after @."))
    return Ref(same[0].id, same[0].title)
