"""What is typed or chosen where no record's page shows it, on a page or in a dialog: kept, and offered there again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import Signal

from crm_desktop.core.i18n import _
from crm_desktop.services.drafts import Draft, Kind
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.unsaved import ask_unsaved
from crm_desktop.ui.drafts import DraftBook, DraftKeeper
from crm_desktop.ui.form_page.wording import moment_text
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.bar import Bar

T = TypeVar("T")


class KeptDraft(Bar):
    """A line for the head of the place; it offers nothing before ``offer``. ``about`` is an entity and the id of one of
    its records, or an area and 0.
    """

    applied = Signal(object)  # the content that was kept

    def __init__(self, book: DraftBook, kind: Kind, about: tuple[str, int], place: str, title: str) -> None:
        super().__init__("accent")
        self._book = book
        self._own = (kind, *about, place)
        self._title = title
        self._keeper = DraftKeeper(book, kind, place, self)
        self._keeper.watch(*about)
        self._is_offered = False
        self._book.changed.connect(self._show)

    def offer(self) -> None:
        """The place shows now what a draft can be applied to."""
        self._is_offered = True
        self._show()

    def keep(self, words: str, content: Mapping[str, Any]) -> None:
        """What is typed now; ``words`` tell it from other drafts."""
        self._keeper.keep(self._title, {"words": words, **content})

    def sending(self, work: Callable[[Session], T], words: str, content: Mapping[str, Any]) -> Callable[[Session], T]:
        """``work``, which saves what ``keep`` was given (see ``DraftKeeper.sending``)."""
        return self._keeper.sending(work, lambda _result: {"words": words, **content})

    def settle(self) -> None:
        """What was sent off is saved; what was typed since stays."""
        self._keeper.settle(self._own[2])

    def forget(self) -> None:
        """Nothing is typed any more."""
        self._keeper.forget()

    def leave(self) -> None:
        """Its user goes on with something else; it is offered again at once."""
        self._keeper.leave()

    def discard(self) -> None:
        """Its user wants it no more; it can be brought back."""
        self._keeper.discard()

    def may_leave(self) -> bool:
        """Ask what becomes of it."""
        answer = ask_unsaved(self, self._title, can_save=False)
        if answer == "keep":
            self._keeper.leave()
        elif answer == "discard":
            self._keeper.discard()
        return answer != "stay"

    def _show(self) -> None:
        waiting = self._book.waiting() if self._is_offered else []
        own = [draft for draft in waiting if (draft.kind, draft.entity, draft.record_id, draft.place) == self._own]
        self.say(
            [
                (
                    _("You typed this {at} and did not save it: {fields}.").format(
                        at=moment_text(draft.at), fields=draft.content["words"]
                    ),
                    [(_("Apply"), partial(self._apply, draft)), (_("Discard"), partial(self._book.discard, draft.id))],
                )
                for draft in own
                if not draft.is_doubtful
            ]
        )

    def _apply(self, draft: Draft) -> None:
        self._keeper.take(draft)
        self.applied.emit(draft.content)


class PageDraft(KeptDraft):
    """Of a page that is no record's. ``key`` is the page's at the side."""

    def __init__(self, view: AreaView, key: str, title: str) -> None:
        super().__init__(view.context.drafts, "page", (view.area.key, 0), key, title)
