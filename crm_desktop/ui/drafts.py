"""Drafts on the UI thread: what is typed goes to the disk behind the pages, and pages offer what was left behind."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from crm_desktop.core.errors import Attempt
from crm_desktop.core.i18n import _
from crm_desktop.services.drafts import Draft, Drafts, Kind
from crm_desktop.services.outcome import attempt_of
from crm_desktop.ui.tasks import Session

T = TypeVar("T")


class DraftBook(QObject):
    """One for all pages of a window. Until ``loaded`` it knows only what is typed now."""

    loaded = Signal()
    changed = Signal()  # what is offered, or can be brought back
    trouble_changed = Signal(str)  # why nothing can be kept, in a sentence; empty: it can
    _read = Signal(object)
    _told = Signal(object)

    def __init__(self, owner: str, parent: QObject | None = None) -> None:
        """``owner`` names person and database."""
        super().__init__(parent)
        self._drafts = Drafts(owner, self._told.emit)
        self.is_loaded = False
        self.trouble = ""
        self._read.connect(self.take, Qt.ConnectionType.QueuedConnection)
        self._told.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def load(self) -> None:
        """Read in the background what earlier runs left behind."""
        threading.Thread(target=self._load, name="read drafts", daemon=True).start()

    @property
    def is_sealed(self) -> bool:
        """Whether drafts are encrypted: not where this computer has no keyring."""
        return self._drafts.store.is_sealed

    @property
    def unreadable(self) -> int:
        """How many drafts lie there whose key is gone."""
        return self._drafts.unreadable

    def keep(self, draft: Draft) -> None:
        """Keep what is being typed at the moment."""
        self._drafts.keep(draft)

    def note_attempt(self, id_: str, attempt: Attempt, sent: Mapping[str, Any]) -> None:
        """A save is about to be committed; called on the worker thread. ``sent``: see ``Draft``."""
        self._drafts.note_attempt(id_, attempt, sent)

    def settle(self, id_: str) -> Draft | None:
        """What was sent off is saved; what was typed since stays and comes back."""
        rest = self._drafts.settle(id_)
        self.changed.emit()
        return rest

    def note_failure(self, id_: str) -> None:
        """What was sent off last was never committed."""
        self._drafts.note_failure(id_)
        self.changed.emit()

    def forget(self, id_: str) -> None:
        """It was saved, or typed back."""
        self._drafts.forget(id_)
        self.changed.emit()

    def leave(self, id_: str) -> None:
        """Its page is closed; it is offered from now on."""
        self._drafts.leave(id_)
        self.changed.emit()

    def discard(self, id_: str) -> None:
        """Offer it no more, for now."""
        self._drafts.discard(id_)
        self.changed.emit()

    def bring_back(self, id_: str) -> None:
        """Offer it again."""
        self._drafts.bring_back(id_)
        self.changed.emit()

    def waiting(self) -> list[Draft]:
        """What was typed and not saved, newest first."""
        return self._drafts.waiting()

    def waiting_at(self, entity: str, record_id: int) -> list[Draft]:
        """What is offered on the page of a record."""
        return self._drafts.waiting_at(entity, record_id)

    def doubtful(self) -> list[Draft]:
        """Those of which the server is to be asked whether they were saved."""
        return self._drafts.doubtful()

    def discarded(self) -> list[Draft]:
        """What can be brought back, newest first."""
        return self._drafts.discarded()

    def close(self) -> None:
        """Write what waits; called before the program ends."""
        self._drafts.store.flush()

    def _load(self) -> None:
        try:
            self._read.emit(self._drafts.load())
        except (OSError, sqlite3.Error) as error:
            self._read.emit([])
            self._told.emit(error)

    @Slot(object)
    def take(self, loaded: list[Draft]) -> None:
        """Know what earlier runs left behind."""
        self._drafts.take(loaded)
        self.is_loaded = True
        self.loaded.emit()
        self.changed.emit()

    @Slot(object)
    def _tell(self, error: Exception | None) -> None:
        self.trouble = "" if error is None else _("What you type cannot be kept on this computer. Is its disk full?")
        self.trouble_changed.emit(self.trouble)


class DraftKeeper(QObject):
    """Keeps one form or box. ``keep`` at every key; a draft begins with the first one and ends with ``forget``."""

    def __init__(self, book: DraftBook, kind: Kind, place: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._book, self._kind, self._place = book, kind, place
        self._entity, self._record_id = "", 0
        self._draft: Draft | None = None

    @property
    def id(self) -> str:
        """Of the draft under way; empty where there is none."""
        return self._draft.id if self._draft else ""

    def watch(self, entity: str, record_id: int) -> None:
        """What is typed from now on belongs to this record."""
        if (entity, record_id) != (self._entity, self._record_id):
            self.leave()
            self._entity, self._record_id = entity, record_id

    def take(self, draft: Draft) -> None:
        """Go on with a draft that was left behind."""
        self.leave()
        self._entity, self._record_id = draft.entity, draft.record_id
        self._draft = draft
        self._book.keep(draft)
        self._book.changed.emit()

    def keep(self, title: str, content: Mapping[str, Any]) -> None:
        """What stands there now, under the name by which its user knows it."""
        draft = Draft(self._kind, self._entity, self._record_id, title, content, self._place)
        self._draft = replace(draft, id=self._draft.id) if self._draft else draft
        self._book.keep(self._draft)

    def sending(self, work: Callable[..., T], sent: Callable[[T], Mapping[str, Any]]) -> Callable[..., T]:
        """``work``, which saves what is typed, and notes by what to ask whether it was committed: a program that is
        killed right after it must not offer it again. ``sent`` tells from its result what was in it (see ``Draft``).
        """
        book, id_ = self._book, self.id

        def noted(session: Session, *arguments: Any) -> T:
            result = work(session, *arguments)
            if id_:
                book.note_attempt(id_, attempt_of(session), sent(result))
            return result

        return noted

    def settle(self, record_id: int) -> None:
        """What was sent off is saved as this record; what was typed since goes on as the same draft."""
        self._record_id = record_id
        if self._draft is not None:
            self._draft = self._book.settle(self._draft.id)

    def forget(self) -> None:
        """It was saved, or nothing is typed any more."""
        if self._draft is not None:
            id_, self._draft = self._draft.id, None
            self._book.forget(id_)

    def discard(self) -> None:
        """Its user wants it no more."""
        if self._draft is not None:
            id_, self._draft = self._draft.id, None
            self._book.discard(id_)

    def leave(self) -> None:
        """The form is closed and the draft stays."""
        if self._draft is not None:
            id_, self._draft = self._draft.id, None
            self._book.leave(id_)
