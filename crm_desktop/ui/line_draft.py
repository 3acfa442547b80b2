"""What is typed into a line that makes something of it, such as a task: it stands there again after a crash."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.drafts import DraftKeeper
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.entry_line import EntryLine

T = TypeVar("T")


class LineDraft(QObject):
    """``key`` is that of a page at the side that has such a line."""

    def __init__(self, view: AreaView, line: EntryLine, key: str) -> None:
        super().__init__(line)
        self._book, self._line, self._title = view.context.drafts, line, line.accessibleName()
        self._own = ("page", view.area.key, f"{key}#line")
        self._keeper = DraftKeeper(self._book, "page", self._own[2], line)
        self._keeper.watch(view.area.key, 0)
        line.textChanged.connect(self._keep)
        self._book.changed.connect(self._restore)
        self._restore()

    def sending(self, work: Callable[[Session], T]) -> Callable[[Session], T]:
        """``work``, which makes something of what stands there (see ``DraftKeeper.sending``)."""
        sent = {"words": self._line.text()}
        return self._keeper.sending(work, lambda _result: sent)

    def _keep(self, text: str) -> None:
        if text.strip():
            self._keeper.keep(self._title, {"words": text})
        else:
            self._keeper.forget()

    def _restore(self) -> None:
        if self._line.text():
            return
        for draft in self._book.waiting():
            if (draft.kind, draft.entity, draft.place) == self._own and not draft.is_doubtful:
                self._keeper.take(draft)
                self._line.setText(draft.content["words"])
                return
