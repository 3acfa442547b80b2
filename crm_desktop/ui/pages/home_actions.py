"""What can be done about a record where a list only names it: noted, moved, finished, without opening it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QMenu, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services import leads
from crm_desktop.services.overview import log_activity
from crm_desktop.services.records import Record, fetch_record
from crm_desktop.spec import Ref
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.board.next_step import ask_next_step
from crm_desktop.ui.dialogs.log import LogDialog
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.list_page.bulk_actions import BulkActions
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.menu_actions import add_action

_LOGGED = ("customer", "contact", "lead")
_WITH_STEP = ("opportunity", "lead")


class HomeActions:
    """``done`` is called whenever something was written or taken back."""

    def __init__(self, page: QWidget, view: AreaView, done: Callable[[], object]) -> None:
        self._page, self._view, self._done = page, view, done

    def fill(self, menu: QMenu, entity: str, id_: int) -> None:
        """Offer what this person may do with such a record."""
        add_action(menu, "arrow-square-out", _("Open"), partial(self._view.open_record, entity, id_), "Enter")
        person = self._view.context.person
        if entity in _LOGGED and person.may("create", "lead_follow_up" if entity == "lead" else "activity"):
            add_action(menu, "chat-circle-text", _("Log…"), partial(self._ask_log, entity, id_))
        if not person.may("update", entity):
            return
        bulk = BulkActions(self._page, self._view, entity, self._done)
        if entity in _WITH_STEP:
            step = partial(ask_next_step, self._view, self._page, entity, id_, self._done)
            add_action(menu, "arrow-right", _("Next step…"), step)
        if entity == "opportunity":
            add_action(menu, "flow-arrow", _("Move to a stage…"), partial(bulk.move, [id_]))
        if entity == "task":
            add_action(menu, "check-circle", _("Done"), partial(bulk.finish, [id_]))

    def _ask_log(self, entity: str, id_: int) -> None:
        def ask(record: Record) -> None:
            dialog = LogDialog(self._view, record)
            dialog.line.logged.connect(partial(self._log, dialog, record))
            dialog.open_quietly()

        self._view.context.tasks.query(self._page, lambda session: fetch_record(session, entity, id_), ask)

    def _log(self, dialog: LogDialog, record: Record, values: Mapping[str, Any]) -> None:
        person = self._view.context.person

        def work(session: Session) -> Record:
            if record.entity == "lead":
                return leads.follow_up(session, record, person, **values)[1]
            if record.entity == "customer":
                return log_activity(session, record, person, **values)
            customer = fetch_record(session, "customer", record.values["customer"].id)
            return log_activity(session, customer, person, contact=Ref(record.id, record.title), **values)

        def done(logged: Record) -> None:
            dialog.accept()
            back = partial(undo, self._view, self._view, logged.change_set, self._done)
            messages.notify(self._page, _("Logged."), undo=back)
            self._done()

        self._view.context.tasks.command(dialog, dialog.note.sending(work), done)
