"""What is done to a service request from its page, a board or a list: asked for, saved, told, taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from crm_desktop.core.errors import ConflictError, KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services import records, service_desk
from crm_desktop.services.records import Record
from crm_desktop.services.service_desk import ASKED, EXPLAINED, Claimed, State
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.enter_state import EnterStateDialog
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.pages.state_card import WAYS
from crm_desktop.ui.tasks import Session


class ServiceSteps:
    """``done`` gets the record as it is after a step, None where somebody else had changed it."""

    def __init__(self, view: AreaView, page: QWidget, done: Callable[[Record | None], object]) -> None:
        self._view, self._page, self._done = view, page, done

    def go(self, record: Record, state: State) -> None:
        """Let a request enter a state, asking for what that needs."""
        person = self._view.context.person
        if state.code == "accepted" and record.values["owner"].id == person.pool_id:
            self.claim(record)
        elif state.code in ASKED or state.code in EXPLAINED:
            dialog = EnterStateDialog(self._view, record, state, self._title(record, state))
            dialog.decided.connect(partial(self._move, record, state, dialog))
            dialog.open_quietly()
        else:
            self._move(record, state, None, {}, "")

    def claim(self, record: Record) -> None:
        """Take a request that nobody has; whoever is first has it."""

        def work(session: Session) -> tuple[Claimed, Record]:
            claimed = service_desk.claim(session, [record.id], record.title)
            return claimed, records.fetch_record(session, record.entity, record.id)

        def tell(answer: tuple[Claimed, Record]) -> None:
            claimed, now = answer
            self._done(now)
            if claimed.ids:
                words = _("“{title}” is yours now.").format(title=now.title)
                messages.notify(self._page, words, undo=partial(undo, self._view, self._view, claimed.change_set))
            else:
                words = _("{owner} was first: “{title}” is taken.").format(
                    owner=now.values["owner"].label, title=now.title
                )
                messages.notify(self._page, words, tone="warn")

        self._view.context.tasks.command(self._page, work, tell)

    def _title(self, record: Record, state: State) -> str:
        is_free = record.values["owner"].id == self._view.context.person.pool_id
        return _("Transfer…") if state.code == "dispatched" and not is_free else _(WAYS[state.code][0])

    def _move(
        self, base: Record, state: State, dialog: EnterStateDialog | None, values: Mapping[str, Any], note: str
    ) -> None:
        def work(session: Session) -> Record:
            return records.reread(session, service_desk.move(session, base, state, values, note))

        def done(moved: Record) -> None:
            if dialog is not None:
                dialog.accept()
            self._done(moved)
            words = _("“{title}”: {state}").format(title=moved.title, state=moved.values["state"].label)
            messages.notify(self._page, words, undo=partial(undo, self._view, self._view, moved.change_set))

        def fail(error: KnownError) -> None:
            if dialog is None:
                messages.show_error(self._page, error)
            else:
                dialog.refuse(error)
            if isinstance(error, ConflictError):
                self._done(None)

        self._view.context.tasks.command(dialog or self._page, dialog.sending(work) if dialog else work, done, fail)
