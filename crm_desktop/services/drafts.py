"""What somebody typed and has not saved: kept on this computer, offered when he comes back. Asks no server."""

from __future__ import annotations

import datetime
import json
import sqlite3
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from crm_desktop.core import clock
from crm_desktop.core.draft_store import DraftStore
from crm_desktop.core.errors import Attempt
from crm_desktop.core.runs import is_running, this_run
from crm_desktop.services.records import Record, is_same
from crm_desktop.spec import Ref

KEPT_DAYS = 30
"""Discarded drafts can be brought back so long."""
Kind = Literal["record", "note", "import", "page", "dialog"]
_TYPE = "crm:type"
_MOMENTS = {kind.__name__: kind for kind in (datetime.datetime, datetime.date, datetime.time)}


class Typed(NamedTuple):
    """A text that stands in a field and is no value of it (yet): half a date."""

    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """One form, one box or one wizard in the middle of being filled in.

    ``content`` holds what the place needs to show it again. ``place`` tells apart the boxes of one record's page.
    """

    kind: Kind
    entity: str
    record_id: int
    title: str
    content: Mapping[str, Any]
    place: str = ""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    at: datetime.datetime = field(default_factory=clock.now)
    discarded_at: datetime.datetime | None = None
    run: str = field(default_factory=this_run)
    attempt: Attempt | None = None
    """The save that was sent off last."""
    sent: Mapping[str, Any] | None = None
    """What was in it, as in ``content``; of a record with the ``id``, version and values it has when that is committed.
    None: all that is typed.
    """
    was_new: bool = False
    """Whether it is what was typed after a new record had been sent off."""

    @property
    def is_doubtful(self) -> bool:
        """Whether its save may have been committed without anybody hearing of it; nobody goes on with it before the
        server was asked.
        """
        return self.attempt is not None

    @property
    def is_open_elsewhere(self) -> bool:
        """Whether another running workbench of this computer holds it."""
        return self.run != this_run() and is_running(self.run)

    def after_commit(self) -> Draft | None:
        """What was typed after the save was sent off, as a draft over what is saved; None where that is nothing."""
        sent = self.sent
        if sent is None or sent == self.content:
            return None
        if self.kind != "record":
            return replace(self, attempt=None, sent=None)
        done = sent["typed"]
        typed = {k: v for k, v in self.content["typed"].items() if k not in done or not is_same(v, done[k])}
        if not typed:
            return None
        content = {"version": sent["version"], "base": sent["base"], "typed": typed}
        is_rest_of_new = self.was_new or not self.record_id
        return replace(self, record_id=sent["id"], content=content, attempt=None, sent=None, was_new=is_rest_of_new)


class Drafts:
    """All drafts of one person in one database. The answers come from memory; writing happens behind them."""

    def __init__(self, owner: str, told: Callable[[OSError | sqlite3.Error | None], None]) -> None:
        """``told``: see ``DraftStore``."""
        self.store = DraftStore(owner, told)
        self._drafts: dict[str, Draft] = {}
        self._lock = threading.Lock()  # one types on while a worker notes an attempt
        self._live: set[str] = set()
        self._gone: set[str] = set()
        self.unreadable = 0
        """How many drafts are there whose key is gone from the keyring."""

    def load(self) -> list[Draft]:
        """What earlier runs left behind, without what was discarded long ago. Not for the UI thread."""
        kept, self.unreadable = self.store.load()
        oldest = clock.now() - datetime.timedelta(days=KEPT_DAYS)
        drafts = []
        for name, content in kept.items():
            try:
                draft = draft_from(content)
            except (
                KeyError,
                TypeError,
                ValueError,
                AttributeError,
                ArithmeticError,
                RecursionError,
            ):  # another program wrote it
                self.unreadable += 1
                continue
            if draft.discarded_at is not None and draft.discarded_at < oldest:
                self.store.forget(name)
            else:
                drafts.append(draft)
        return drafts

    def take(self, loaded: list[Draft]) -> None:
        """Know what ``load`` found; what was typed or saved in the meantime counts more."""
        self._drafts = {draft.id: draft for draft in loaded if draft.id not in self._gone} | self._drafts

    def keep(self, draft: Draft) -> None:
        """Keep what is being typed at the moment; it is not offered while it is open."""
        self._live.add(draft.id)
        with self._lock:
            known = self._drafts.get(draft.id)
            if known is not None:
                draft = replace(draft, attempt=known.attempt, sent=known.sent, was_new=known.was_new)
            self._put(draft)

    def note_attempt(self, id_: str, attempt: Attempt, sent: Mapping[str, Any]) -> None:
        """Remember, before it is committed, by what to ask whether it was, and what is in it (see ``Draft.sent``).

        Waits until that is written; not for the UI thread.
        """
        with self._lock:
            if id_ not in self._drafts:
                return
            self._put(replace(self._drafts[id_], attempt=attempt, sent=sent))
        self.store.flush()

    def settle(self, id_: str) -> Draft | None:
        """Its attempt was committed; what was typed since stays a draft, and is what comes back. One that began after
        the save was sent off has no attempt, and stays as it is.
        """
        with self._lock:
            known = self._drafts.get(id_)
            rest = known.after_commit() if known and known.is_doubtful else known
            if rest is not None and rest is not known:
                self._put(rest)
        if rest is None:
            self.forget(id_)
        return rest

    def note_failure(self, id_: str) -> None:
        """Its attempt was never committed."""
        with self._lock:
            if id_ in self._drafts:
                self._put(replace(self._drafts[id_], attempt=None, sent=None))

    def forget(self, id_: str) -> None:
        """It was saved, or typed back to what it was."""
        self._live.discard(id_)
        with self._lock:
            if self._drafts.pop(id_, None) is not None:
                self._gone.add(id_)
                self.store.forget(id_)

    def leave(self, id_: str) -> None:
        """Its form was closed without saving; from now on it is offered."""
        self._live.discard(id_)

    def discard(self, id_: str) -> None:
        """Offer it no more; it can be brought back for a while."""
        self._live.discard(id_)
        with self._lock:
            if id_ in self._drafts:
                self._put(replace(self._drafts[id_], discarded_at=clock.now()))

    def bring_back(self, id_: str) -> None:
        """Offer a discarded draft again."""
        self._put(replace(self._drafts[id_], discarded_at=None))

    def waiting(self) -> list[Draft]:
        """What was typed, not saved, and is open nowhere; newest first."""
        return self._newest_first(lambda draft: draft.discarded_at is None)

    def discarded(self) -> list[Draft]:
        """What can be brought back; newest first."""
        return self._newest_first(lambda draft: draft.discarded_at is not None)

    def waiting_at(self, entity: str, record_id: int) -> list[Draft]:
        """What is to be offered on the page of a record (0: of a new one, where one would look for the rest of one that
        was saved, too).
        """
        found = (draft for draft in self.waiting() if draft.entity == entity and draft.kind != "page")
        return [draft for draft in found if draft.record_id == record_id or (draft.was_new and not record_id)]

    def doubtful(self) -> list[Draft]:
        """Those of which the server is to be asked whether they were saved."""
        return self._newest_first(lambda draft: draft.is_doubtful and draft.discarded_at is None)

    def _put(self, draft: Draft) -> None:
        self._drafts[draft.id] = draft
        self.store.keep(draft.id, draft_bytes(draft))

    def _newest_first(self, wanted: Callable[[Draft], bool]) -> list[Draft]:
        found = [d for d in self._drafts.values() if wanted(d) and d.id not in self._live and not d.is_open_elsewhere]
        return sorted(found, key=lambda draft: draft.at, reverse=True)


def record_content(base: Record, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a form's draft: the record as it was read, and what was typed over it."""
    return {"version": base.version, "base": dict(base.values), "typed": dict(typed)}


def sent_content(saved: Record, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Of the draft whose ``changes`` are being saved: the record as it will be then."""
    return {"id": saved.id, **record_content(saved, changes)}


def base_of(draft: Draft) -> Record:
    """The record as it was when one began to type."""
    content = draft.content
    return Record(draft.entity, draft.record_id, content["version"], content["base"])


def draft_bytes(draft: Draft) -> bytes:
    """As it is kept."""
    parts = {field.name: getattr(draft, field.name) for field in fields(draft)}
    return json.dumps(_written(parts), ensure_ascii=False).encode()


def draft_from(content: bytes) -> Draft:
    """What ``draft_bytes`` wrote; raises one of several errors where it is something else."""
    parts = json.loads(content, object_hook=_read)
    attempt = parts["attempt"] and Attempt(*parts["attempt"])
    draft = Draft(**parts | {"run": uuid.UUID(hex=parts["run"]).hex, "attempt": attempt})
    if draft.at.tzinfo is None or (draft.discarded_at is not None and draft.discarded_at.tzinfo is None):
        raise ValueError(content)
    return draft


def _written(value: Any) -> Any:
    """``value`` as JSON can hold it. JSON would take a ``Ref`` for a list, so each value is looked at."""
    match value:
        case Ref() | Typed():
            return {_TYPE: type(value).__name__, "of": list(value)}
        case datetime.datetime() | datetime.date() | datetime.time():
            return {_TYPE: type(value).__name__, "of": value.isoformat()}
        case Decimal():
            return {_TYPE: "Decimal", "of": str(value)}
        case Mapping():
            return {str(key): _written(one) for key, one in value.items()}
        case list() | tuple():
            return [_written(one) for one in value]
    return value


def _read(found: dict[str, Any]) -> Any:
    if _TYPE not in found:
        return found
    value = found["of"]
    match found[_TYPE]:
        case "Ref":
            return Ref(*value)
        case "Typed":
            return Typed(*value)
        case "Decimal":
            return Decimal(value)
        case name:
            return _MOMENTS[name].fromisoformat(value)
