"""What is typed or chosen on a page that is no record's: kept as a draft, and offered on that page again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from crm_desktop.core.i18n import _
from crm_desktop.services.drafts import Draft
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.unsaved import ask_unsaved
from crm_desktop.ui.drafts import DraftKeeper
from crm_desktop.ui.form_page.wording import moment_text
from crm_desktop.ui.widgets.bar import Bar


class PageDraft(Bar):
    """A line for the head of the page; it offers nothing before ``offer``. ``key`` is the page's at the side."""

    applied = Signal(object)  # the content that was kept

    def __init__(self, view: AreaView, key: str, title: str) -> None:
        super().__init__("accent")
        self._book = view.context.drafts
        self._area, self._key, self._title = view.area.key, key, title
        self._keeper = DraftKeeper(self._book, "page", key, self)
        self._keeper.watch(self._area, 0)
        self._is_offered = False
        self._book.changed.connect(self._show)

    def offer(self) -> None:
        """The page shows now what a draft can be applied to."""
        self._is_offered = True
        self._show()

    def keep(self, words: str, content: Mapping[str, Any]) -> None:
        """What is typed now; ``words`` tell it from other drafts."""
        self._keeper.keep(self._title, {"words": words, **content})

    def forget(self) -> None:
        """It was saved, or nothing is typed any more."""
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
        drafts = [draft for draft in waiting if (draft.kind, draft.entity, draft.place) == self._own()]
        self.say(
            [
                (
                    _("You typed this {at} and did not save it: {fields}.").format(
                        at=moment_text(draft.at), fields=draft.content["words"]
                    ),
                    [(_("Apply"), partial(self._apply, draft)), (_("Discard"), partial(self._book.discard, draft.id))],
                )
                for draft in drafts
            ]
        )

    def _own(self) -> tuple[str, str, str]:
        return "page", self._area, self._key

    def _apply(self, draft: Draft) -> None:
        self._keeper.take(draft)
        self.applied.emit(draft.content)
