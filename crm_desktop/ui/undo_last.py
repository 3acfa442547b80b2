"""Ctrl+Z and Ctrl+Y outside of a line one types in: take back what one did last, or do it again.

Small things at once. Where much is touched or something would stay, the rehearsal is shown first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from shiboken6 import isValid

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services import journal
from crm_desktop.services.journal import ChangeSet, UndoResult
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.undo import UndoDialog
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.notice import notices_of

MANY = 50
"""From so many records on the person is asked."""


@dataclass(frozen=True)
class _Attempt:
    """What is to be taken back, and what came of it; without a result the person is asked first."""

    change_set: ChangeSet
    result: UndoResult | None


def undo_last(view: AreaView) -> None:
    """Take back the newest action of this person that still stands."""
    _try(view, to_redo=False)


def redo_last(view: AreaView) -> None:
    """Do again what was taken back last, unless something else was done since."""
    _try(view, to_redo=True)


def _try(view: AreaView, *, to_redo: bool) -> None:
    """One wish after the other: keys that are pressed fast mean an action each."""
    wishes = view.context.undo_wishes
    if wishes and view.context.tasks.waiting_count:
        return  # for a server that is away nothing piles up
    wishes.append(partial(_begin, view, to_redo=to_redo))
    if len(wishes) == 1:
        wishes[0]()


def _begin(view: AreaView, *, to_redo: bool) -> None:
    wishes, tasks = view.context.undo_wishes, view.context.tasks

    def work(session: Session) -> _Attempt | None:
        last = journal.fetch_last(session, to_redo=to_redo)
        if last is None:
            return None
        if last.rows >= MANY or journal.undo(session, last.id, is_rehearsal=True).kept:
            return _Attempt(last, None)
        return _Attempt(last, journal.undo(session, last.id))

    def done(attempt: _Attempt | None) -> None:
        if isValid(view):
            _tell(view, attempt, to_redo=to_redo)
        if attempt is None or attempt.result is None:  # nothing is left, or the person is asked
            wishes.clear()
        else:
            go_on()

    def fail(error: KnownError) -> None:
        wishes.clear()
        messages.show_error(view if isValid(view) else None, error)

    def go_on() -> None:
        wishes.popleft()
        if wishes:
            wishes[0]()

    tasks.command(tasks, work, done, fail)


def _tell(view: AreaView, attempt: _Attempt | None, *, to_redo: bool) -> None:
    if attempt is None:
        messages.notify(
            view, _("There is nothing to do again.") if to_redo else _("There is nothing to take back."), tone="neutral"
        )
        return
    what = journal.describe(attempt.change_set.kind, attempt.change_set.label)
    if attempt.result is None:
        dialog = UndoDialog(view, attempt.change_set.id, what)
        dialog.rehearse()
        dialog.open_quietly()
        return
    sentence = _("Done again: {what}") if to_redo else _("Taken back: {what}")
    notices = notices_of(view)
    if notices is not None:
        notices.withdraw_offer(_("Redo") if to_redo else _("Undo"))
        back = (_("Undo"), lambda: undo_last(view)) if to_redo else (_("Redo"), lambda: redo_last(view))
        notices.show_notice(sentence.format(what=what), tone="good", action=back)
