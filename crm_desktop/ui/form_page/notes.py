"""Boxes beside a form, such as the line to log a call: what is typed into them is kept as a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from crm_desktop.services.drafts import Draft
from crm_desktop.ui.drafts import DraftBook, DraftKeeper
from crm_desktop.ui.tasks import Session

T = TypeVar("T")
Part = QLineEdit | QPlainTextEdit


class Note:
    """One box of a page, made of parts by name; the first is the one without which there is nothing to keep.

    A box that was emptied, because it was saved or its user wanted so, is forgotten.
    """

    def __init__(
        self,
        book: DraftBook,
        place: str,
        label: str,
        parts: Mapping[str, Part],
        title: Callable[[], str],
        owner: QWidget,
    ) -> None:
        self.place = place
        self._label, self._parts, self._title = label, parts, title
        self._keeper = DraftKeeper(book, "note", place, owner)
        self._watched: tuple[str, int] | None = None
        for part in parts.values():
            part.textChanged.connect(self._keep)

    def watch(self, entity: str, record_id: int) -> None:
        """What is typed from now on belongs to this record."""
        if self._watched != (entity, record_id):
            self._watched = entity, record_id
            self._keeper.watch(entity, record_id)

    def apply(self, draft: Draft) -> None:
        """Put into the box what was typed there."""
        self._keeper.take(draft)
        for name, text in draft.content["parts"].items():
            part = self._parts.get(name)
            if isinstance(part, QLineEdit):
                part.setText(text)
            elif part is not None:
                part.setPlainText(text)
        next(iter(self._parts.values())).setFocus()

    def sending(self, work: Callable[[Session], T]) -> Callable[[Session], T]:
        """``work``, which saves what stands in the box (see ``DraftKeeper.sending``)."""
        sent = self._content()
        return self._keeper.sending(work, lambda _result: sent)

    def begin_anew(self) -> None:
        """What was sent is saved; what stands there now is something else."""
        assert self._watched is not None
        self._keeper.settle(self._watched[1])
        self._keep()

    def discard(self) -> None:
        """Its user wants it no more."""
        self._keeper.discard()

    def leave(self) -> None:
        """The page is closed and the draft stays."""
        self._keeper.leave()

    def _keep(self) -> None:
        if _text(next(iter(self._parts.values()))).strip():
            self._keeper.keep(self._title(), self._content())
        else:
            self._keeper.forget()

    def _content(self) -> dict[str, Any]:
        return {"label": self._label, "parts": {name: _text(part) for name, part in self._parts.items()}}


def note_text(draft: Draft) -> str:
    """What stands in the first part."""
    return str(next(iter(draft.content["parts"].values())))


def _text(part: Part) -> str:
    return part.text() if isinstance(part, QLineEdit) else part.toPlainText()
